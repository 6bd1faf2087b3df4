import Lessons
import Screen
import Tracing

/// What a lesson is about: a place of the session, or a finding.
struct Explained {
    /// What explains it, the most telling first.
    let anchors: [LessonAnchor]
    /// What stands on the frame behind "Lesson".
    let title: String
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
        if let spans = state.currentLine?.spans, let index = state.cursor.span {
            let name = spans.indices.contains(index) ? spans[index].name : ""
            title = "\(name) \(world.glyphs.separator) \(index + 1) of \(spans.count)"
        } else {
            title = state.place.map { "step \($0.label)" } ?? ""
        }
    }

    /// What came in the place of what was to come, at the line that the person chose, else at the stop. A span has its own lesson.
    private static func first(under state: State, in world: Surroundings) -> FirstLesson.Told? {
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
        title = "finding"
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

/// The lesson's one sentence, for screens that have no room for it beside the wire.
func drawSummary(_ state: State, in rect: Rect, on canvas: inout Canvas, in world: Surroundings) {
    guard let anchor = Explained(under: state, in: world).anchors.first,
        let section = world.library.section(for: anchor)
    else { return }
    let lines = Wrap.lines(StyledLine(section.summary.asciified(world.glyphs), .plain), columns: rect.columns - 2)
    for (row, line) in lines.prefix(rect.rows).enumerated() { canvas.write(line, column: 1, row: row, in: rect) }
}

/// A lesson set for reading, in a frame.
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

    func draw(from scroll: Int = 0, isFocused: Bool = false, in rect: Rect, on canvas: inout Canvas) {
        let text = text(columns: rect.columns - 4)
        let room = rect.rows - 2
        let scroll = min(scroll, max(0, text.count - room))
        let below = text.count - scroll - room
        let more = below > 0 ? "\(world.glyphs.arrowDown) \(below) lines more" : scroll > 0 ? "end" : ""
        let title = ["Lesson", subject.title].filter { !$0.isEmpty }.joined(separator: " \(world.glyphs.separator) ")
        canvas.frame(rect, title: title, titleRight: more, focused: isFocused, glyphs: world.glyphs)
        let inner = rect.inset(columns: 2, rows: 1)
        for (row, line) in text.dropFirst(scroll).prefix(inner.rows).enumerated() {
            canvas.write(line, row: row, in: inner)
        }
    }

    /// How far it can be scrolled in a frame of this size.
    func last(in rect: Rect) -> Int { max(0, text(columns: rect.columns - 4).count - (rect.rows - 2)) }

    /// The lessons as lines, one below the other: title, text with the session's values, and where it stands. Findings of the line
    /// come below the first title.
    private func text(columns: Int) -> [StyledLine] {
        let width = max(10, min(columns, Self.widestText))
        var sections: [Section] = []
        for section in subject.anchors.compactMap(world.library.section)
        where !sections.contains(where: { $0.anchor == section.anchor }) {
            sections.append(section)
        }
        guard !sections.isEmpty else {
            let name = subject.anchors.first?.path ?? ""
            return Wrap.lines("There is no lesson for \(name) yet.", .error, columns: width)
        }
        let context = SessionValues.Context(trace, line: subject.line, span: subject.span)
        return sections.enumerated().flatMap { number, section in
            let body = MarkdownLines(columns: width, glyphs: world.glyphs).lines(section.filled(with: context))
            let above = number == 0 ? [] : [StyledLine("")]
            return above + heading(section.title, width) + (number == 0 ? findings(width) : []) + body
                + sources(section.spec, width)
        }
    }

    /// The name of the span, where the title does not tell it, and the title.
    private func heading(_ title: String, _ width: Int) -> [StyledLine] {
        var lines: [StyledLine] = []
        if let span = subject.span, !title.lowercased().hasSuffix(span.name.lowercased()) {
            lines += Wrap.lines(StyledLine(span.name, .span, emphasis: .bold), columns: width)
        }
        lines += Wrap.lines(StyledLine(title, .heading, emphasis: [.bold, .underline]), columns: width)
        return lines + [StyledLine("")]
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
