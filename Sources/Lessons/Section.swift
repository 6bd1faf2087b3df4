public import Tracing

/// The text that explains one anchor: a whole lesson, or one heading of it that has an anchor of its own.
public struct Section: Sendable {
    public let anchor: LessonAnchor
    /// The lesson's title; for a heading with its own anchor both, as `250 Done · After RCPT`.
    public let title: String
    /// Of a heading with its own anchor its words; nil for a lesson.
    public let heading: String?
    /// Where it is defined, as `RFC 5321 §4.1.1.2`.
    public let spec: [String]
    /// The language the text is written in, as `en`.
    public let language: String
    private let givenSummary: String?
    private let deferredText: Deferred<LessonText>
    private let deferredBlocks: Deferred<[Block]>
    /// The first paragraph alone; nil where it cannot be told apart without reading all.
    private let deferredOpening: Deferred<LessonText?>

    init(_ part: LessonFile.Part, of lesson: LessonAnchor, _ front: FrontMatter, language: String) {
        let title = front.title.isEmpty ? lesson.path : front.title
        let text = Deferred { LessonText(part.source) }
        deferredText = text
        deferredBlocks = Deferred { text.value.blocks { _ in nil } }
        deferredOpening = Deferred { LessonText(openingOf: part.source) }
        anchor = part.anchor.map { LessonAnchor($0) } ?? lesson
        heading = part.anchor == nil ? nil : part.heading
        self.title = heading.map { "\(title) · \($0)" } ?? title
        spec = front.spec
        givenSummary = part.anchor == nil ? front.summary : nil
        self.language = language
    }

    /// One sentence.
    public var summary: String { givenSummary ?? Self.firstSentence(blocks.opening.plainText) }

    /// The text for no session at all: each value replaced by its fallback phrase.
    public var blocks: [Block] { deferredBlocks.value }

    private var text: LessonText { deferredText.value }

    /// Reads the opening now, so that it need not be read when it is asked for.
    func readOpening() { _ = deferredOpening.value }

    /// Whether the text has values of a session in it, so that it can differ from line to line.
    public var hasValues: Bool { text.hasValues }

    /// Whether it explains this very thing and not only the class it belongs to.
    public func isSpecific(for requested: LessonAnchor) -> Bool { requested.isSpecific(anchor) }

    /// The text with the values of a session in their places.
    public func filled(with context: SessionValues.Context) -> [Block] {
        text.hasValues ? text.blocks { $0.value(context) } : blocks
    }

    /// The first paragraph of `filled`, for less.
    public func opening(with context: SessionValues.Context) -> [Inline] {
        let opening = deferredOpening.value?.blocks { $0.value(context) }.opening ?? []
        // A paragraph that is left out whole gives way to the next.
        return opening.isEmpty ? filled(with: context).opening : opening
    }

    /// Up to the first full stop that a space follows.
    private static func firstSentence(_ text: String) -> String {
        guard let end = text.utf8.firstRange(of: ". ") else { return text }
        return String(text[..<end.lowerBound]) + "."
    }
}

/// A file of lessons: its own text and the headings in it that have anchors of their own.
public struct Lesson: Sendable {
    let section: Section
    /// The headings with an anchor, in the order of the file; their text is no part of `blocks`.
    public let sections: [Section]

    public var anchor: LessonAnchor { section.anchor }
    public var title: String { section.title }
    public var spec: [String] { section.spec }
    public var summary: String { section.summary }
    public var blocks: [Block] { section.blocks }
}
