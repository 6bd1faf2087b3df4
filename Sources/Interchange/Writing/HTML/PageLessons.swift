import Lessons
import Tracing

/// The lessons of a page: each text once, at the first stop that needs it, and linked to from everywhere else.
struct PageLessons {
    struct Entry {
        /// Unique in the page: `lesson-command-MAIL`.
        let id: String
        let section: Lessons.Section
        let blocks: [Block]
    }

    /// What one stop shows: the entries that stand there, and where the explanations of everything in it are.
    struct Stop {
        /// The entry that explains the stop; nil when nothing does.
        var own: String?
        /// What is explained here for the first time, in the order it is needed; its own lesson first.
        var entries: [Entry] = []
        /// The ids for the spans, by line and span.
        var spans: [[String?]] = []
        /// The ids for the findings, by line and finding.
        var findings: [[String?]] = []
    }

    private struct Key: Hashable {
        let anchor: LessonAnchor
        let blocks: [Block]
    }

    /// The most texts of one lesson that differ by the values in them; what comes after them is told without values.
    private static let maxVariants = 64

    let library: LessonLibrary
    let trace: Trace
    private var ids: [Key: String] = [:]
    /// Lessons without values need not be compared.
    private var plain: [LessonAnchor: String] = [:]
    private var variants: [LessonAnchor: Int] = [:]
    private var taken: Set<String> = []
    private var sections: [LessonAnchor: Lessons.Section?] = [:]

    init(_ trace: Trace, library: LessonLibrary) {
        self.trace = trace
        self.library = library
    }

    /// The first id of each lesson that is on the page, for links from one to another.
    private(set) var firstIDs: [LessonAnchor: String] = [:]

    mutating func stop(_ section: ExportWalk.Section) -> Stop {
        var stop = Stop()
        let general = SessionValues.Context(trace, line: section.lines.first)
        stop.own = section.first.flatMap { first in
            id(first.section.anchor, first.line.map { SessionValues.Context(trace, line: $0) } ?? general, &stop)
        }
        _ = id(section.anchor, general, &stop)
        for line in section.lines {
            stop.spans.append(
                line.spans.map { span in
                    // Between the words of a lookup line stand spaces of ours.
                    guard line.isWire || span.kind != .separator else { return nil }
                    return id(span.anchor, .init(trace, line: line, span: span), &stop)
                }
            )
            stop.findings.append(line.findings.map { id($0.anchor, .init(trace, line: line), &stop) })
        }
        return stop
    }

    private mutating func id(_ anchor: LessonAnchor, _ context: SessionValues.Context, _ stop: inout Stop) -> String? {
        guard let section = section(anchor) else { return nil }
        let isGeneral = !section.hasValues || variants[section.anchor, default: 0] >= Self.maxVariants
        if isGeneral, let known = plain[section.anchor] { return known }
        let blocks = isGeneral ? section.blocks : section.filled(with: context)
        let key = Key(anchor: section.anchor, blocks: blocks)
        if let known = ids[key] { return known }
        variants[section.anchor, default: 0] += 1
        let id = newID(section.anchor)
        ids[key] = id
        if isGeneral { plain[section.anchor] = id }
        if firstIDs[section.anchor] == nil { firstIDs[section.anchor] = id }
        stop.entries.append(Entry(id: id, section: section, blocks: blocks))
        return id
    }

    private mutating func section(_ anchor: LessonAnchor) -> Lessons.Section? {
        if let known = sections[anchor] { return known }
        let found = library.section(for: anchor)
        // A hostile wire could bring ever new anchors.
        if sections.count < 10_000 { sections[anchor] = .some(found) }
        return found
    }

    private mutating func newID(_ anchor: LessonAnchor) -> String {
        let name =
            "lesson-" + anchor.path.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "-" }.joined()
        var id = name
        var count = 2
        while !taken.insert(id).inserted {
            id = "\(name)-\(count)"
            count += 1
        }
        return id
    }
}
