import Lessons
import Screen
import Tracing

/// What a lesson is about: a place of the session, or a finding.
struct Explained {
    /// What explains it, the most telling first.
    let anchors: [LessonAnchor]
    /// Where the values in the text come from.
    let line: TraceLine?
    let span: WireSpan?
    /// What is wrong with the line, said before the lesson.
    let findings: [Finding]

    /// What is under the cursor.
    init(under state: State, in world: Environment) {
        let general = state.anchor
        let first = Self.first(under: state, in: world)
        anchors = [first?.anchor, general].compactMap(\.self)
        line = first?.line ?? state.currentLine
        span = state.currentSpan
        // A span has its own lesson; what is wrong with the line is told while the line as a whole is meant.
        findings = state.cursor.span == nil ? state.currentLine?.findings ?? [] : []
    }

    /// What came in the place of what was to come, at the line that the person chose, else at the stop. A span has its own lesson.
    private static func first(under state: State, in world: Environment) -> FirstLesson.Told? {
        guard state.cursor.span == nil, let line = state.currentLine else { return nil }
        let rule = FirstLesson(world.library)
        if state.cursor.choseLine { return rule.trouble(of: line, in: state.session.trace).first }
        return state.stopIndex.flatMap {
            rule.first(of: state.stops[$0], in: state.session.trace, general: state.anchor)
        }
    }

    /// One of the findings of a line, which is the title of its own lesson.
    init(_ finding: Finding, of line: TraceLine) {
        anchors = [finding.anchor]
        self.line = line
        span = nil
        findings = []
    }
}

/// The explanation of what is under the cursor.
func drawLesson(_ state: State, in rect: Rect, on canvas: inout Canvas, in world: Environment) {
    let lesson = LessonPane(state.session.trace, about: Explained(under: state, in: world), world)
    let (card, scroll) = (state.cursor.card, state.cursor.cardScroll)
    lesson.draw(card, from: scroll, isFocused: state.view.pane == .lesson, in: rect, on: &canvas)
}

/// The lesson's title and its one sentence, for screens that have no room for it beside the wire.
func drawSummary(_ state: State, in rect: Rect, on canvas: inout Canvas, in world: Environment) {
    let section = Explained(under: state, in: world).anchors.first.flatMap(world.library.section)
    let title = StyledLine(section?.title.asciified(world.glyphs) ?? "", .title)
    canvas.rule(rect, title: title, glyphs: world.glyphs)
    let text = StyledLine(section?.summary.asciified(world.glyphs) ?? "")
    let lines = Wrap.lines(text, columns: rect.columns - 2, rows: rect.rows - 1, glyphs: world.glyphs)
    for (row, line) in lines.enumerated() {
        canvas.write(line, column: 1, row: row + 1, in: rect)
    }
}

/// A lesson set for reading, card by card: what came, the most exact first, then what is general.
struct LessonPane {
    /// Text is never set wider than this: the eye loses its line.
    static let maxTextColumns = 72
    /// The rows above the text: a rule with the title, and a blank one.
    static let head = 2
    /// More cards than this are counted, and not drawn as dots.
    private static let maxDots = 6

    private let world: Environment
    private let sheets: [Sheet]

    /// A card, and what stands around it.
    private struct Sheet {
        /// The lesson, and the part of it; empty where it has none.
        let title: String
        var part = ""
        var blocks: [Block]
        var findings: [Finding] = []
        var spec: [String] = []
    }

    /// How many cards there are.
    var count: Int { sheets.count }

    init(_ trace: Trace, about subject: Explained, _ world: Environment) {
        self.world = world
        var sections: [Section] = []
        for section in subject.anchors.compactMap(world.library.section)
        where !sections.contains(where: { $0.anchor == section.anchor }) {
            sections.append(section)
        }
        let context = SessionValues.Context(trace, line: subject.line, span: subject.span)
        var sheets = sections.flatMap { section in
            Card.cards(of: section.filled(with: context)).map { card in
                let (title, part) = (section.title.asciified(world.glyphs), card.heading.asciified(world.glyphs))
                return Sheet(title: title, part: part, blocks: card.blocks, spec: section.spec)
            }
        }
        if sheets.isEmpty {
            let name = subject.anchors.first?.path ?? ""
            let words = [Inline.text("There is no lesson for \(name) yet.")]
            sheets = [Sheet(title: sections.first?.title ?? "Lesson", blocks: [.paragraph(words)])]
        }
        self.sheets = Self.headed(sheets, by: subject.findings, world.glyphs)
    }

    /// The findings of the line stand above the first card, and on one of their own where both do not fit.
    private static func headed(_ sheets: [Sheet], by findings: [Finding], _ glyphs: Glyphs) -> [Sheet] {
        guard var first = sheets.first, !findings.isEmpty else { return sheets }
        let text = MarkdownLines(columns: Card.columns, glyphs: glyphs).lines(first.blocks)
        let above = lines(findings, Card.columns, glyphs)
        guard above.count + 1 + text.count > Card.maxLines else {
            first.findings = findings
            return [first] + sheets.dropFirst()
        }
        return [Sheet(title: first.title, part: first.part, blocks: [], findings: findings)] + sheets
    }

    /// Below a rule with its title, or in a frame.
    func draw(
        _ card: Int = 0,
        from scroll: Int = 0,
        isFocused: Bool = false,
        isFramed: Bool = false,
        in rect: Rect,
        on canvas: inout Canvas
    ) {
        let glyphs = world.glyphs
        let card = min(max(0, card), count - 1)
        let text = text(card, columns: rect.columns - (isFramed ? 4 : 2))
        let room = rect.rows - Self.head
        let first = min(max(0, scroll), max(0, text.count - room))
        let below = text.count - first - room
        let more = below > 0 ? "\(glyphs.arrowDown) \(below) more" : ""
        let (words, right) = titles(of: card, more, columns: rect.columns - (isFramed ? 4 : 0))
        if isFramed {
            canvas.frame(rect, title: words, titleRight: right, focused: isFocused, glyphs: glyphs)
        } else {
            let title = StyledLine(words, .title, emphasis: .bold)
            canvas.rule(rect, title: title, titleRight: StyledLine(right, .dim), focused: isFocused, glyphs: glyphs)
        }
        // Below a rule there is a blank row above the text.
        let inner =
            isFramed ? rect.inset(columns: 2, rows: 1) : rect.inset(columns: 1, rows: 0).split(top: Self.head).rest
        for (row, line) in text.dropFirst(first).prefix(inner.rows).enumerated() {
            canvas.write(line, row: row, in: inner)
        }
        // In the last row of a card; in a high pane not far below the text.
        let row = min(inner.rows - 1, max(Card.maxLines - 1, text.count + 1))
        if text.count <= row { drawSources(sheets[card].spec, row: row, in: inner, on: &canvas) }
    }

    /// How far a card can be scrolled in a place of this size.
    func last(ofCard card: Int, in rect: Rect) -> Int {
        guard sheets.indices.contains(card) else { return 0 }
        return max(0, text(card, columns: rect.columns - 2).count - (rect.rows - Self.head))
    }

    /// What stands at both ends of the rule: the title, and how much there is. Where there is no room for all of it the dots give
    /// way first, then the part, then the end of the title; what is counted never does.
    private func titles(of card: Int, _ more: String, columns: Int) -> (left: String, right: String) {
        let sheet = sheets[card]
        let whole = [sheet.title, sheet.part].filter { !$0.isEmpty }.joined(separator: " \(world.glyphs.separator) ")
        let counted = { (place: String) in [more, place].filter { !$0.isEmpty }.joined(separator: "  ") }
        let number = count > 1 ? "\(card + 1) of \(count)" : ""
        let choices = [
            (whole, counted(dots(at: card) + number)), (whole, counted(number)), (sheet.title, counted(number)),
        ]
        let fits = { (left: String, right: String) in
            TextWidth.columns(of: left) + TextWidth.columns(of: right) + Canvas.columnsAroundTitles <= columns
        }
        return choices.first(where: fits) ?? (whole, counted(number))
    }

    /// `● ○ ○ ○  `; empty where there is one card, and where they are too many to be seen at a glance.
    private func dots(at card: Int) -> String {
        guard (2...Self.maxDots).contains(count) else { return "" }
        let dots = (0..<count).map { String($0 == card ? world.glyphs.cardShown : world.glyphs.card) }
        return dots.joined(separator: " ") + "  "
    }

    /// The text with the session's values. Findings of the line come first.
    private func text(_ card: Int, columns: Int) -> [StyledLine] {
        let width = max(10, min(columns, Self.maxTextColumns))
        let sheet = sheets[card]
        let findings = Self.lines(sheet.findings, width, world.glyphs)
        let body = MarkdownLines(columns: width, glyphs: world.glyphs).lines(sheet.blocks)
        return findings + (findings.isEmpty || body.isEmpty ? [] : [StyledLine("")]) + body
    }

    private static func lines(_ findings: [Finding], _ width: Int, _ glyphs: Glyphs) -> [StyledLine] {
        findings.flatMap { finding in
            let words = "\(glyphs.flag) \(finding.message). \(finding.spec)".asciified(glyphs)
            return Wrap.lines(StyledLine(words, .finding), columns: width, hanging: 2)
        }
    }

    /// Where it is defined, at the right end of a row.
    private func drawSources(_ spec: [String], row: Int, in rect: Rect, on canvas: inout Canvas) {
        let words = spec.joined(separator: " \(world.glyphs.separator) ").asciified(world.glyphs)
        let line = Wrap.cut(StyledLine(words, .dim), columns: rect.columns, glyphs: world.glyphs)
        canvas.write(line, column: rect.columns - line.columns, row: row, in: rect)
    }
}

extension String {
    /// The section sign and its like in words where the terminal has ASCII only.
    func asciified(_ glyphs: Glyphs) -> String { glyphs.isASCII ? ASCIISpelling.spelled(self) : self }
}
