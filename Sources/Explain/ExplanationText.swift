public import Interchange
public import Lessons
import Tracing

/// Explanations as flat text: what it is, where it belongs, who says it, what to do, then the lessons.
///
/// The first lesson stands with its text, the others by name; a text stands once, however many things it explains.
public struct ExplanationText {
    /// One line, fit for a terminal.
    public struct Line: Equatable, Sendable {
        public let text: String
        public let role: WalkText.Role
    }

    private let library: LessonLibrary
    private var told: Set<LessonAnchor> = []

    public init(_ library: LessonLibrary) { self.library = library }

    public mutating func lines(_ found: Explanation) -> [Line] {
        var lines = Self.wrapped(found.title, .title)
        for line in found.text.split(separator: "\n").prefix(8) { lines += Self.wrapped(String(line), .server, "  ") }
        lines += Self.rows(found)
        let sentences = [found.stepSentence, found.speakerSentence, found.againSentence].compactMap(\.self)
        if !sentences.isEmpty { lines.append(Self.blank) }
        for sentence in sentences { lines += Self.wrapped(sentence, .detail) }
        if let advice = Advice.of(found) {
            lines += [Self.blank] + Self.wrapped("What to do", .heading)
            lines += Self.wrapped("The author: \(advice.author)", .detail, "  ", indent: 4)
            lines += Self.wrapped("The administrator: \(advice.administrator)", .detail, "  ", indent: 4)
        }
        return lines + lessons(found)
    }

    private static let blank = Line(text: "", role: .detail)

    private static func rows(_ found: Explanation) -> [Line] {
        let own = found.recipient.map { [Explanation.Detail("recipient", $0)] } ?? []
        let rows = own + found.details
        let width = rows.map(\.name.count).max() ?? 0
        return rows.flatMap { row in
            let gap = String(repeating: " ", count: width - row.name.count + 2)
            return wrapped(row.value, .note, "  \(row.name)\(gap)")
        }
    }

    private mutating func lessons(_ found: Explanation) -> [Line] {
        let sections = found.lessons.compactMap { anchor in library.section(for: anchor).map { (anchor, $0) } }
        var lines: [Line] = []
        for (index, (anchor, section)) in sections.enumerated() {
            if index < 2 { lines.append(Self.blank) }
            lines += Self.wrapped("Lesson \(anchor): \(section.title)", .lesson)
            // A wording's lesson is short and says what to do; of others the opening does.
            guard index == 0, told.insert(section.anchor).inserted else { continue }
            let isWhole = anchor.path.hasPrefix("wording/")
            let words =
                isWhole
                ? PlainText.lines(section.blocks, columns: WalkText.columns)
                : PlainText.lines(section.blocks.opening, columns: WalkText.columns)
            lines += words.map { Line(text: $0, role: .lesson) }
        }
        return lines
    }

    /// In lines of the usual width: the first begins with `head`, the others with as many blanks, or with `indent`.
    private static func wrapped(_ text: String, _ role: WalkText.Role, _ head: String = "", indent: Int? = nil)
        -> [Line]
    {
        let indent = indent ?? head.count
        let words = PlainText.lines([.text(Escaping.message(text))], columns: WalkText.columns - indent)
        return words.enumerated().map { number, line in
            Line(text: (number == 0 ? head : String(repeating: " ", count: indent)) + line, role: role)
        }
    }
}
