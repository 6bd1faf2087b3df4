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
    init(under state: State, in world: Surroundings) {
        let general = state.anchor
        let first = Self.first(under: state, in: world)
        anchors = [first?.anchor, general].compactMap(\.self)
        line = first?.line ?? state.currentLine
        span = state.currentSpan
        // A span has its own lesson; what is wrong with the line is told while the line as a whole is meant.
        findings = state.cursor.span == nil ? state.currentLine?.findings ?? [] : []
    }

    /// What came in the place of what was to come, at the line that the person chose, else at the stop. A span has its own lesson.
    private static func first(under state: State, in world: Surroundings) -> FirstLesson.Told? {
        guard state.cursor.span == nil, let line = state.currentLine else { return nil }
        let rule = FirstLesson(world.library)
        if state.cursor.choseLine { return rule.trouble(of: line).first }
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
func drawLesson(_ state: State, in rect: Rect, on canvas: inout Canvas, in world: Surroundings) {
    let lesson = LessonPane(state.session.trace, about: Explained(under: state, in: world), world)
    let scroll = state.cursor.lessonScroll
    lesson.draw(from: scroll, isFocused: state.view.pane == .lesson, in: rect, on: &canvas)
}

/// The lesson's title and its one sentence, for screens that have no room for it beside the wire.
func drawSummary(_ state: State, in rect: Rect, on canvas: inout Canvas, in world: Surroundings) {
    let section = Explained(under: state, in: world).anchors.first.flatMap(world.library.section)
    let title = StyledLine(section?.title.asciified(world.glyphs) ?? "", .title)
    canvas.rule(rect, title: title, glyphs: world.glyphs)
    let lines = Wrap.lines(StyledLine(section?.summary.asciified(world.glyphs) ?? ""), columns: rect.columns - 2)
    for (row, line) in lines.prefix(rect.rows - 1).enumerated() {
        canvas.write(line, column: 1, row: row + 1, in: rect)
    }
}

/// A lesson set for reading.
struct LessonPane {
    /// Text is never set wider than this: the eye loses its line.
    static let widestText = 72

    let trace: Trace
    let subject: Explained
    let world: Surroundings

    init(_ trace: Trace, about subject: Explained, _ world: Surroundings) {
        self.trace = trace
        self.subject = subject
        self.world = world
    }

    /// Below a rule with its title, or in a frame.
    func draw(
        from scroll: Int = 0,
        isFocused: Bool = false,
        isFramed: Bool = false,
        in rect: Rect,
        on canvas: inout Canvas
    ) {
        let glyphs = world.glyphs
        let text = text(columns: rect.columns - (isFramed ? 4 : 2))
        let room = rect.rows - 2
        let scroll = min(scroll, max(0, text.count - room))
        let below = text.count - scroll - room
        let more = below > 0 ? "\(glyphs.arrowDown) \(below) lines more" : scroll > 0 ? "end" : ""
        if isFramed {
            canvas.frame(rect, title: title, titleRight: more, focused: isFocused, glyphs: glyphs)
        } else {
            let words = StyledLine(title, .title, emphasis: .bold)
            canvas.rule(rect, title: words, titleRight: StyledLine(more, .dim), focused: isFocused, glyphs: glyphs)
        }
        // Below a rule there is a blank row above the text.
        let inner = isFramed ? rect.inset(columns: 2, rows: 1) : rect.inset(columns: 1, rows: 0).split(top: 2).rest
        for (row, line) in text.dropFirst(scroll).prefix(inner.rows).enumerated() {
            canvas.write(line, row: row, in: inner)
        }
    }

    /// How far it can be scrolled in a place of this size.
    func last(in rect: Rect) -> Int { max(0, text(columns: rect.columns - 2).count - (rect.rows - 2)) }

    /// The lessons there are for what it is about, each once.
    private var sections: [Section] {
        var sections: [Section] = []
        for section in subject.anchors.compactMap(world.library.section)
        where !sections.contains(where: { $0.anchor == section.anchor }) {
            sections.append(section)
        }
        return sections
    }

    /// What the first of them is called.
    private var title: String { (sections.first?.title ?? "Lesson").asciified(world.glyphs) }

    /// The lessons as lines, one below the other, each but the first with its title: text with the session's values, and where it
    /// stands. Findings of the line come first.
    private func text(columns: Int) -> [StyledLine] {
        let width = max(10, min(columns, Self.widestText))
        let sections = sections
        guard !sections.isEmpty else {
            let name = subject.anchors.first?.path ?? ""
            return Wrap.lines("There is no lesson for \(name) yet.", .error, columns: width)
        }
        let context = SessionValues.Context(trace, line: subject.line, span: subject.span)
        return sections.enumerated().flatMap { number, section in
            let body = MarkdownLines(columns: width, glyphs: world.glyphs).lines(section.filled(with: context))
            let above = number == 0 ? findings(width) : [StyledLine("")] + heading(section.title, width)
            return above + body + sources(section.spec, width)
        }
    }

    private func heading(_ title: String, _ width: Int) -> [StyledLine] {
        Wrap.lines(StyledLine(title, .heading, emphasis: [.bold, .underline]), columns: width) + [StyledLine("")]
    }

    private func findings(_ width: Int) -> [StyledLine] {
        guard !subject.findings.isEmpty else { return [] }
        return subject.findings.flatMap { finding in
            let words = "\(world.glyphs.flag) \(finding.message). \(finding.spec)".asciified(world.glyphs)
            return Wrap.lines(StyledLine(words, .finding), columns: width, hanging: 2)
        } + [StyledLine("")]
    }

    private func sources(_ spec: [String], _ width: Int) -> [StyledLine] {
        guard !spec.isEmpty else { return [] }
        let words = spec.joined(separator: " \(world.glyphs.separator) ").asciified(world.glyphs)
        return [StyledLine("")] + Wrap.lines(words, .dim, columns: width)
    }
}

extension String {
    /// The section sign and its like in words where the terminal has ASCII only.
    func asciified(_ glyphs: Glyphs) -> String { glyphs.isASCII ? ASCIISpelling.spelled(self) : self }
}
