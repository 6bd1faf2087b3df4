public import Tracing

/// How much of what the registries name has a section of its own, THE rule what counts as one.
///
/// A section counts when it tells this very thing, in at least `minWords` words, and not in the words of the more general section
/// that would stand in for it. A reply in answer to a verb may be told by the file of its code, where that names the verb.
public struct LessonCoverage: Sendable {
    /// Why something has no section of its own.
    public enum Gap: Hashable, Sendable {
        /// A more general section explains it; nil where none does.
        case fallback(LessonAnchor?)
        /// There is a section, of so many words.
        case short(words: Int)
        /// The section says what this one says, with another name in it.
        case copied(from: LessonAnchor)
    }

    /// One registry with what is missing of it.
    public struct Table: Sendable {
        public let registry: Registry
        public let gaps: [(row: Registry.Row, gap: Gap)]
        /// How many of its rows have a section of their own.
        public var covered: Int { registry.rows.count - gaps.count }
    }

    public let tables: [Table]
    /// What is wrong in the registries' files.
    public let problems: [LessonCheck.Problem]

    public static let minWords = 40
    /// A section is that of its class when so many of a hundred of its word triples stand there too.
    private static let maxShared = 80

    public init(of library: LessonLibrary) {
        let (registries, problems) = Registry.all(in: library.folder)
        let anchors = Set(library.anchors())
        tables = registries.map { registry in
            let gaps = registry.rows.compactMap { row in
                Self.gap(row.anchor, library, anchors).map { (row: row, gap: $0) }
            }
            return Table(registry: registry, gaps: gaps)
        }
        self.problems = problems
    }

    public var rows: Int { tables.reduce(0) { $0 + $1.registry.rows.count } }
    public var covered: Int { tables.reduce(0) { $0 + $1.covered } }
    /// Whether nothing is missing. Without a registry nothing is known, so that is not whole.
    public var isWhole: Bool { rows > 0 && covered == rows && problems.isEmpty }

    // MARK: One anchor

    /// Nil where the anchor has a section of its own.
    static func gap(_ anchor: LessonAnchor, _ library: LessonLibrary, _ anchors: Set<LessonAnchor>) -> Gap? {
        let steps = anchor.withFallbacks.filter { anchors.contains($0) }
        guard let nearest = steps.first, let section = library.section(for: nearest) else { return .fallback(nil) }
        let words = words(of: section)
        guard anchor.isMet(by: nearest) || isTold(anchor, by: nearest, words) else { return .fallback(nearest) }
        guard words.count >= minWords else { return .short(words: words.count) }
        let coarser = steps.dropFirst().first { $0.file != nearest.file }
        guard let coarser, let general = library.section(for: coarser) else { return nil }
        return isCopy(words, of: Self.words(of: general)) ? .copied(from: coarser) : nil
    }

    /// Whether the file of a reply tells what it means in answer to a verb: it names that verb.
    private static func isTold(_ anchor: LessonAnchor, by found: LessonAnchor, _ words: [String]) -> Bool {
        guard anchor.family == "reply", anchor.file == found, let at = anchor.path.firstIndex(of: "@") else {
            return false
        }
        return words.contains(anchor.path[anchor.path.index(after: at)...].lowercased())
    }

    /// The words of a section in small letters, without punctuation; whatever has a digit in it is one word for all such.
    static func words(of section: Section) -> [String] {
        let text = PlainText.lines(section.blocks, columns: Card.columns).joined(separator: "\n").lowercased()
        return text.utf8.split { !$0.isLetDig && $0 < 0x80 }.map { word in
            word.contains { (0x30...0x39).contains($0) } ? "#" : String(Substring(word))
        }
    }

    private static func isCopy(_ words: [String], of general: [String]) -> Bool {
        let known = Set(triples(general))
        let own = triples(words)
        return !own.isEmpty && own.count(where: known.contains) * 100 >= own.count * maxShared
    }

    private static func triples(_ words: [String]) -> [[String]] {
        words.count < 3 ? [] : (0...(words.count - 3)).map { Array(words[$0..<($0 + 3)]) }
    }
}
