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
        let paragraphs = found.paragraphs
        let width = paragraphs.filter { $0.role == .fact }.map(\.name.count).max() ?? 0
        var lines: [Line] = []
        var before: Explanation.Paragraph.Role?
        for paragraph in paragraphs {
            let isNew = paragraph.role != before && [.sentence, .heading, .drawn].contains(paragraph.role)
            if isNew { lines.append(Self.blank) }
            lines += Self.lines(paragraph, width)
            before = paragraph.role
        }
        return lines + lessons(found)
    }

    private static let blank = Line(text: "", role: .detail)

    private static func lines(_ paragraph: Explanation.Paragraph, _ width: Int) -> [Line] {
        let text = paragraph.text
        switch paragraph.role {
        case .title: return wrapped(text, .title)
        case .quote: return wrapped(text, .server, "  ")
        case .fact:
            let gap = String(repeating: " ", count: width - paragraph.name.count + 2)
            return wrapped(text, .note, "  \(paragraph.name)\(gap)")
        case .drawn: return [Line(text: text.isEmpty ? "" : "  " + Escaping.message(text), role: .note)]
        case .sentence: return wrapped(text, .detail)
        case .heading: return wrapped(text, .heading)
        case .advice: return wrapped("\(paragraph.name): \(text)", .detail, "  ", indent: 4)
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
