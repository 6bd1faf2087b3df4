public import Tracing

/// What somebody else registered, as a file of `registries/`: the names that lessons are measured against, from where, as of when.
///
///     title: SMTP verbs
///     source: RFC 5321 §4.1.1
///     date: 2023-01
///
///     command/MAIL RFC 5321
///
/// A line below the heads is an anchor, then what the registry says of it. The heads stand in this order, and a blank line ends
/// them. It decides nothing: a line that is no anchor is a problem and no row.
public struct Registry: Equatable, Sendable {
    public struct Row: Hashable, Sendable {
        public let anchor: LessonAnchor
        /// Where it was registered, or what it is called there.
        public let note: String
    }

    public let title: String
    public let source: String
    /// As of when, in the words of the file.
    public let date: String
    public let rows: [Row]

    static let folderName = "registries"
    private static let heads = ["title", "source", "date"]

    /// Every registry of a folder of lessons, files by name, and what is wrong in them.
    static func all(in folder: LessonFolder) -> (registries: [Registry], problems: [LessonCheck.Problem]) {
        var registries: [Registry] = []
        var problems: [LessonCheck.Problem] = []
        for name in folder.list(folderName) {
            let file = "\(folderName)/\(name)"
            guard name.hasSuffix(".txt"), let octets = folder.read(file), let text = LessonOctets.text(octets) else {
                problems.append(.init(file: file, line: nil, message: "a registry is a text called NAME.txt"))
                continue
            }
            let (registry, wrong) = read(text, file: file)
            registries += registry.map { [$0] } ?? []
            problems += wrong
        }
        return (registries, problems)
    }

    /// The registry in a text, nil without its heads.
    static func read(_ text: String, file: String) -> (Registry?, [LessonCheck.Problem]) {
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { Substring($0) }
        let values = zip(heads, lines).compactMap { head, line in
            line.hasPrefix("\(head): ") ? String(line.dropFirst(head.utf8.count + 2)) : nil
        }
        guard values.count == heads.count, lines.dropFirst(heads.count).first?.isEmpty == true else {
            let message = "a registry begins with the lines \(heads.joined(separator: ", ")) and a blank one"
            return (nil, [.init(file: file, line: 1, message: message)])
        }
        var rows: [Row] = []
        var problems: [LessonCheck.Problem] = []
        var seen: Set<LessonAnchor> = []
        for (index, line) in lines.enumerated().dropFirst(heads.count + 1) where !line.trimmed.isEmpty {
            let words = line.split(separator: " ", maxSplits: 1)
            let anchor = LessonAnchor(String(words[0]))
            guard LessonFolder.isSafe(anchor.path), anchor.path.contains("/") else {
                problems.append(.init(file: file, line: index + 1, message: "\(anchor) is no anchor"))
                continue
            }
            // Two numbers of a registry may have one section, but not one anchor and one name.
            let row = Row(anchor: anchor, note: words.dropFirst().first.map(String.init) ?? "")
            if !seen.insert(anchor).inserted, rows.contains(row) {
                problems.append(.init(file: file, line: index + 1, message: "\(anchor) stands here twice"))
            }
            rows.append(row)
        }
        return (Registry(title: values[0], source: values[1], date: values[2], rows: rows), problems)
    }
}
