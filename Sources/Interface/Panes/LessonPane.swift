import Lessons
import Screen
import Tracing

/// The explanation of what is under the cursor.
enum LessonPane {
    /// Text is never set wider than this: the eye loses its line.
    static let widestText = 72

    static func draw(_ state: State, in rect: Rect, on canvas: inout Canvas, in world: Surroundings) {
        let text = text(state, columns: rect.columns - 4, in: world)
        let room = rect.rows - 2
        let scroll = min(state.cursor.lessonScroll, max(0, text.count - room))
        let below = text.count - scroll - room
        let more = below > 0 ? "\(world.glyphs.arrowDown) \(below) lines more" : scroll > 0 ? "end" : ""
        canvas.frame(
            rect,
            title: title(state, world.glyphs),
            titleRight: more,
            focused: state.view.pane == .lesson,
            glyphs: world.glyphs
        )
        let inner = rect.inset(columns: 2, rows: 1)
        for (row, line) in text.dropFirst(scroll).prefix(inner.rows).enumerated() {
            canvas.write(line, row: row, in: inner)
        }
    }

    /// The lesson's one sentence, for screens that have no room for it beside the wire.
    static func drawSummary(_ state: State, in rect: Rect, on canvas: inout Canvas, in world: Surroundings) {
        guard let section = world.library.section(for: state.anchor) else { return }
        let lines = Wrap.lines(StyledLine(section.summary.asciified(world.glyphs), .plain), columns: rect.columns - 2)
        for (row, line) in lines.prefix(rect.rows).enumerated() { canvas.write(line, column: 1, row: row, in: rect) }
    }

    /// `Lesson · MAIL FROM · 3 of 5`.
    private static func title(_ state: State, _ glyphs: Glyphs) -> String {
        guard state.view.overlay == nil else { return "Lesson \(glyphs.separator) finding" }
        guard let spans = state.currentLine?.spans, let span = state.cursor.span else {
            return state.place.map { "Lesson \(glyphs.separator) step \($0.label)" } ?? "Lesson"
        }
        return
            "Lesson \(glyphs.separator) \(spans.indices.contains(span) ? spans[span].name : "") \(glyphs.separator) \(span + 1) of \(spans.count)"
    }

    /// The whole lesson as lines: title, text with the session's values, findings of the line, and where it stands.
    static func text(_ state: State, columns: Int, in world: Surroundings) -> [StyledLine] {
        let width = max(10, min(columns, widestText))
        let setting = MarkdownLines(columns: width, glyphs: world.glyphs)
        var lines: [StyledLine] = []
        guard let section = world.library.section(for: state.anchor) else {
            return Wrap.lines("There is no lesson for \(state.anchor.path) yet.", .error, columns: width)
        }
        if state.view.overlay == nil, let span = state.currentSpan,
            !section.title.lowercased().hasSuffix(span.name.lowercased())
        {
            lines += Wrap.lines(StyledLine(span.name, .span, emphasis: .bold), columns: width)
        }
        lines += Wrap.lines(StyledLine(section.title, .heading, emphasis: [.bold, .underline]), columns: width)
        lines.append(StyledLine(""))
        lines += findings(state, width, world)
        let context = context(state)
        lines += setting.lines(section.filled(with: context))
        if !section.spec.isEmpty {
            lines.append(StyledLine(""))
            lines += Wrap.lines(
                section.spec.joined(separator: " \(world.glyphs.separator) ").asciified(world.glyphs),
                .dim,
                columns: width
            )
        }
        return lines
    }

    /// Where the values in the text come from: beside the findings from the selected one's line, else from the cursor's.
    private static func context(_ state: State) -> SessionValues.Context {
        guard case .findings(let selected)? = state.view.overlay else {
            return SessionValues.Context(state.session.trace, line: state.currentLine, span: state.currentSpan)
        }
        let findings = state.findings
        let line = findings.indices.contains(selected) ? state.session.trace.lines[findings[selected].line] : nil
        return SessionValues.Context(state.session.trace, line: line)
    }

    /// What is wrong with the line, said before the lesson when the line as a whole is meant.
    private static func findings(_ state: State, _ width: Int, _ world: Surroundings) -> [StyledLine] {
        guard state.cursor.span == nil, state.view.overlay == nil, let findings = state.currentLine?.findings,
            !findings.isEmpty
        else { return [] }
        return findings.flatMap { finding in
            Wrap.lines(
                StyledLine(
                    "\(world.glyphs.flag) \(finding.message). \(finding.spec)".asciified(world.glyphs),
                    .finding
                ),
                columns: width,
                hanging: 2
            )
        } + [StyledLine("")]
    }
}

extension String {
    /// The section sign and its like in words where the terminal has ASCII only.
    func asciified(_ glyphs: Glyphs) -> String { glyphs.isASCII ? ASCIISpelling.spelled(self) : self }
}
