/// A piece of a lesson that stands on lines of its own.
public indirect enum Block: Hashable, Sendable {
    /// What a block of code is marked with that holds a drawing.
    public static let drawingInfo = "diagram"

    case paragraph([Inline])
    /// 1...6.
    case heading(level: Int, [Inline])
    /// `info` is the first word after the fence, as `smtp`; `text` ends without a line feed.
    case code(info: String, text: String)
    /// `start` is the first number of an ordered list; a tight list has no blank lines between its items.
    case list(ordered: Bool, start: Int, tight: Bool, items: [[Block]])
    case quote([Block])
    /// Cells; every row is as long as the header.
    case table(alignments: [ColumnAlignment], header: [[Inline]], rows: [[[Inline]]])
    case rule
}

/// How the cells of a table's column stand.
public enum ColumnAlignment: Hashable, Sendable { case none, left, center, right }

/// A piece of running text.
public indirect enum Inline: Hashable, Sendable {
    case text(String)
    case code(String)
    case emphasis([Inline])
    case strong([Inline])
    case strike([Inline])
    /// `https://…`, or `ehlo:` and an anchor for a link to another lesson.
    case link(url: String, [Inline])
    /// A line end in the file: a space on the screen.
    case softBreak
    case lineBreak
}

extension [Inline] {
    /// The words without their marks.
    public var plainText: String {
        map { inline in
            switch inline {
            case .text(let text), .code(let text): text
            case .emphasis(let inner), .strong(let inner), .strike(let inner), .link(_, let inner): inner.plainText
            case .softBreak, .lineBreak: " "
            }
        }.joined()
    }
}

extension [Block] {
    /// The first paragraph, which stands alone: what `--plain` prints and what is read aloud.
    public var opening: [Inline] {
        for block in self { if case .paragraph(let inlines) = block { return inlines } }
        return []
    }
}
