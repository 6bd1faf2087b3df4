import Yams

/// A small YAML file that a person writes, read so that it means what it shows and costs little: keys and values, without
/// anchors, aliases and tags, never large or deep.
public struct PlainYAML {
    /// One key with its value, which is a text, a number or a truth value.
    public struct Entry: Equatable, Sendable {
        public let key: String
        public let value: String
        /// Counted from 1.
        public let line: Int
    }

    /// What is wrong in the file. Lines are counted from 1; nil when it is about the whole file.
    public struct Problem: Equatable, Sendable {
        public let line: Int?
        public let message: String
    }

    /// The largest file that is read, in octets.
    public static let maxOctets = 65_536
    private static let maxLine = 1000
    private static let maxBrackets = 500
    private static let maxDepth = 8

    /// Where these files may be used, as `a persona`, for the messages.
    let kind: String

    /// The keys of a file that has one value each, in their order. An empty file has none. A key of `groups` has keys of its own
    /// below it, which are given as `group.key`.
    public static func entries(_ octets: [UInt8], kind: String, groups: Set<String> = []) -> (
        entries: [Entry], problems: [Problem]
    ) {
        if isEmpty(octets) { return ([], []) }
        let mapping: Node.Mapping
        switch PlainYAML(kind: kind).mapping(octets) {
        case .success(let found): mapping = found
        case .failure(let trouble): return ([], [trouble.problem])
        }
        var entries: [Entry] = []
        var problems: [Problem] = []
        read(mapping, above: "", groups, &entries, &problems)
        return (entries, problems)
    }

    private static func read(
        _ mapping: Node.Mapping,
        above group: String,
        _ groups: Set<String>,
        _ entries: inout [Entry],
        _ problems: inout [Problem]
    ) {
        for (key, value) in mapping {
            let line = key.mark?.line ?? 1
            guard let name = key.scalar?.string else {
                problems.append(Problem(line: line, message: "a key is no text"))
                continue
            }
            if groups.contains(name), let inner = value.mapping {
                read(inner, above: "\(name).", [], &entries, &problems)
                continue
            }
            guard let text = value.scalar?.string else {
                problems.append(Problem(line: line, message: "\(group)\(name): this is one text or number"))
                continue
            }
            entries.append(Entry(key: "\(group)\(name)", value: LessonOctets.line(text), line: line))
        }
    }

    /// Whether there are but blank lines and comments.
    private static func isEmpty(_ octets: [UInt8]) -> Bool {
        octets.split(separator: 10).allSatisfy { line in
            let words = line.drop { $0 == 32 || $0 == 9 || $0 == 13 }
            return words.isEmpty || words.first == UInt8(ascii: "#")
        }
    }

    struct PlainYAMLError: Error {
        let problem: Problem
        init(_ line: Int?, _ message: String) { problem = Problem(line: line, message: message) }
    }

    /// The keys and values of the file.
    func mapping(_ octets: [UInt8]) -> Result<Node.Mapping, PlainYAMLError> {
        do throws(PlainYAMLError) {
            return .success(try read(octets))
        } catch {
            return .failure(error)
        }
    }

    private func read(_ octets: [UInt8]) throws(PlainYAMLError) -> Node.Mapping {
        guard octets.count <= Self.maxOctets else {
            throw PlainYAMLError(nil, "\(kind) has at most \(Self.maxOctets) octets")
        }
        guard let text = String(validating: octets, as: UTF8.self) else {
            throw PlainYAMLError(nil, "the file is not UTF-8")
        }
        let lines = octets.split(separator: 10, omittingEmptySubsequences: false)
        if let long = lines.firstIndex(where: { $0.count > Self.maxLine }) {
            throw PlainYAMLError(long + 1, "the line is longer than \(Self.maxLine) octets")
        }
        guard octets.count(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }) <= Self.maxBrackets else {
            throw PlainYAMLError(nil, "there are more than \(Self.maxBrackets) brackets and braces")
        }
        let parser: Yams.Parser
        let root: Node?
        do {
            parser = try Yams.Parser(yaml: text)
            root = try parser.singleRoot()
        } catch {
            let problem = FrontMatter.problem(error)
            throw PlainYAMLError(problem.line, problem.message.replacing("the front matter", with: "the file"))
        }
        guard let mapping = root?.mapping else { throw PlainYAMLError(1, "this is no list of keys and values") }
        // A node forgets its anchor when the parser is gone.
        if let trouble = withExtendedLifetime(parser, { trouble(in: .mapping(mapping), depth: 0) }) { throw trouble }
        return mapping
    }

    /// The first place with an anchor or a tag, or with more levels than any key needs.
    private func trouble(in node: Node, depth: Int) -> PlainYAMLError? {
        let line = node.mark?.line
        guard depth < Self.maxDepth else { return PlainYAMLError(line, "this is nested too deep") }
        guard node.anchor == nil else { return PlainYAMLError(line, "anchors and aliases have no place in \(kind)") }
        let tag = node.tag.description
        let usual = ["str", "int", "float", "bool", "null", "map", "seq", "timestamp"].map { "tag:yaml.org,2002:\($0)" }
        guard tag.isEmpty || usual.contains(tag) else { return PlainYAMLError(line, "tags have no place in \(kind)") }
        switch node {
        case .scalar: return nil
        case .mapping(let mapping):
            for (key, value) in mapping {
                if let found = trouble(in: key, depth: depth + 1) ?? trouble(in: value, depth: depth + 1) {
                    return found
                }
            }
            return nil
        case .sequence(let sequence):
            for item in sequence { if let found = trouble(in: item, depth: depth + 1) { return found } }
            return nil
        case .alias: return PlainYAMLError(line, "anchors and aliases have no place in \(kind)")
        }
    }
}
