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
    /// One sentence.
    public let summary: String
    /// The language the text is written in, as `en`.
    public let language: String
    /// The text for no session at all: each value replaced by its fallback phrase.
    public let blocks: [Block]
    let text: LessonText

    /// Whether the text has values of a session in it, so that it can differ from line to line.
    public var hasValues: Bool { text.hasValues }

    /// Whether it explains this very thing and not only the class it belongs to.
    public func isSpecific(for requested: LessonAnchor) -> Bool { requested.isSpecific(anchor) }

    /// The text with the values of a session in their places.
    public func filled(with context: SessionValues.Context) -> [Block] {
        text.hasValues ? text.blocks { $0.value(context) } : blocks
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
