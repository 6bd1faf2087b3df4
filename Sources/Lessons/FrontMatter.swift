import Yams

/// The three keys that open a lesson file. Their texts have gone through `LessonOctets.line`.
struct FrontMatter: Equatable, Sendable {
    var title = ""
    var spec: [String] = []
    var summary = ""

    /// The longest front matter that is read, in octets.
    static let maxOctets = 4096

    /// Reads the keys, as far as they can be read: quickly when each is one plain line, else with all of YAML.
    static func read(_ yaml: String) -> FrontMatter { quick(yaml) ?? checked(yaml).front }

    /// The front matter when it is in the plain form that nearly every lesson has; nil for any other.
    ///
    /// The first full reading of YAML takes milliseconds, by which the first screen would come later.
    static func quick(_ yaml: String) -> FrontMatter? {
        var front = FrontMatter()
        var seen: [Substring] = []
        guard !yaml.utf8.contains(0x0D) else { return nil }
        for octets in yaml.utf8.split(separator: 0x0A) {
            guard let colon = octets.firstIndex(of: UInt8(ascii: ":")), octets[colon...].starts(with: ": ".utf8) else {
                return nil
            }
            let key = Substring(octets[..<colon])
            let value = Substring(octets[colon...].dropFirst(2))
            guard !seen.contains(key) else { return nil }
            seen.append(key)
            switch key {
            case "title":
                guard let text = scalar(value) else { return nil }
                front.title = text
            case "summary":
                guard let text = scalar(value) else { return nil }
                front.summary = text
            case "spec":
                guard let list = list(value) else { return nil }
                front.spec = list
            default: return nil
            }
        }
        return seen.count == 3 ? front : nil
    }

    /// A plain or a double-quoted scalar without escapes.
    private static func scalar(_ value: Substring) -> String? {
        let utf8 = value.utf8
        if utf8.first == UInt8(ascii: "\"") {
            guard utf8.count >= 2, utf8.last == UInt8(ascii: "\"") else { return nil }
            let inner = Substring(utf8.dropFirst().dropLast())
            let isPlain = !inner.utf8.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
            return isPlain ? LessonOctets.line(String(inner)) : nil
        }
        let marks = "!&*-?|>@`\"'%{}[],#: \t".utf8
        guard let first = utf8.first, let last = utf8.last, !marks.contains(first), last != 32, last != 9,
            last != UInt8(ascii: ":"),
            utf8.firstRange(of: ": ") == nil, utf8.firstRange(of: " #") == nil
        else { return nil }
        return LessonOctets.line(String(value))
    }

    /// `[]` or `["…", "…"]`.
    private static func list(_ value: Substring) -> [String]? {
        guard value.utf8.first == UInt8(ascii: "["), value.utf8.last == UInt8(ascii: "]"), value.utf8.count >= 2 else {
            return nil
        }
        var rest = value.utf8.dropFirst().dropLast()
        if rest.isEmpty { return [] }
        var texts: [String] = []
        while true {
            let end = rest.firstRange(of: ", ")
            let item = Substring(rest[..<(end?.lowerBound ?? rest.endIndex)])
            guard item.utf8.first == UInt8(ascii: "\""), let text = scalar(item) else { return nil }
            texts.append(text)
            guard let end else { return texts }
            rest = rest[end.upperBound...]
        }
    }

    /// The front matter by all of YAML, and everything that is wrong with it.
    static func checked(_ yaml: String) -> (front: FrontMatter, problems: [FrontMatterError]) {
        var front = FrontMatter()
        guard yaml.utf8.count <= maxOctets else {
            return (front, [FrontMatterError(line: 1, message: "the front matter is longer than \(maxOctets) octets")])
        }
        let mapping: Node.Mapping
        do {
            guard let node = try Yams.compose(yaml: yaml)?.mapping else {
                return (front, [FrontMatterError(line: 1, message: "the front matter is no list of keys and values")])
            }
            mapping = node
        } catch {
            return (front, [problem(error)])
        }
        var found: [FrontMatterError] = []
        for (key, value) in mapping {
            let line = key.mark?.line ?? 1
            switch key.scalar?.string {
            case "title": front.title = text(value, "title", line, &found)
            case "summary": front.summary = text(value, "summary", line, &found)
            case "spec":
                front.spec = value.sequence?.compactMap { shown($0, "spec", line, &found) } ?? []
                if value.sequence?.allSatisfy({ $0.scalar != nil }) != true {
                    found.append(FrontMatterError(line: line, message: "spec is not a list of texts"))
                }
            case let other:
                found.append(FrontMatterError(line: line, message: "unknown key \(other ?? "that is no text")"))
            }
        }
        for key in ["title", "spec", "summary"] where mapping[key] == nil {
            found.append(FrontMatterError(line: 1, message: "\(key) is missing"))
        }
        return (front, found)
    }

    private static func text(_ node: Node, _ key: String, _ line: Int, _ found: inout [FrontMatterError]) -> String {
        let text = node.scalar?.string ?? ""
        if text.isEmpty { found.append(FrontMatterError(line: line, message: "\(key) is empty or no text")) }
        if text.utf8.contains(0x0A) {
            found.append(FrontMatterError(line: line, message: "\(key) is longer than a line"))
            return LessonOctets.line(text)
        }
        return shown(node, key, line, &found) ?? ""
    }

    /// The text as it may be shown; a problem where it is not what the file says. Nil for what is no text.
    private static func shown(_ node: Node, _ key: String, _ line: Int, _ found: inout [FrontMatterError]) -> String? {
        guard let text = node.scalar?.string else { return nil }
        let shown = LessonOctets.line(text)
        if shown != text {
            found.append(FrontMatterError(line: line, message: "\(key) holds a character that does not show"))
        }
        return shown
    }

    static func problem(_ error: any Error) -> FrontMatterError {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _):
            return FrontMatterError(line: mark.line, message: "the front matter is no YAML: \(problem)")
        case YamlError.duplicatedKeysInMapping(let keys, let context):
            let names = keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
            return FrontMatterError(line: context.mark.line, message: "the front matter has \(names) twice")
        default:
            let words = String(describing: error).split(separator: "\n").first.map(String.init) ?? "unreadable"
            return FrontMatterError(line: 1, message: "the front matter is no YAML: \(words)")
        }
    }
}

/// What is wrong with it. Lines are counted from 1 within the front matter.
struct FrontMatterError: Error, Equatable {
    let line: Int
    let message: String
}
