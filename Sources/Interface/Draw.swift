public import Screen
import Tracing

/// The whole screen for a state. Pure: it changes nothing and remembers nothing.
public func draw(_ state: State, in world: Surroundings) -> Canvas {
    var canvas = Canvas(columns: state.view.columns, rows: state.view.rows)
    let layout = Layout(of: state)
    let glyphs = world.glyphs
    guard layout.shape != .tooSmall else {
        drawTooSmall(state, on: &canvas)
        return canvas
    }
    guard !state.view.isBlank else { return canvas }
    drawTitle(state, in: layout.title, on: &canvas, glyphs)
    if !state.session.choices.isEmpty {
        ChoiceList.draw(state, in: layout.overlay, on: &canvas, glyphs)
    } else if let overlay = state.view.overlay {
        drawOverlay(overlay, state, in: layout.overlay, on: &canvas, in: world)
    } else {
        if let rect = layout.tabs { drawTabs(state, in: rect, on: &canvas) }
        if let rect = layout.steps { drawSteps(state, in: rect, on: &canvas, glyphs) }
        if let rect = layout.wire { drawWire(state, in: rect, on: &canvas, glyphs) }
        if let rect = layout.summary { LessonPane.drawSummary(state, in: rect, on: &canvas, in: world) }
        if let rect = layout.lesson { LessonPane.draw(state, in: rect, on: &canvas, in: world) }
    }
    drawKeys(state, in: layout.keys, on: &canvas, glyphs)
    if glyphs.isASCII { canvas.spellInASCII() }
    return canvas
}

private func drawOverlay(
    _ overlay: View.Overlay,
    _ state: State,
    in rect: Rect,
    on canvas: inout Canvas,
    in world: Surroundings
) {
    switch overlay {
    case .help(let scroll):
        HelpOverlay.page(state, in: world).draw("Help", scroll, in: rect, on: &canvas, world.glyphs)
    case .message(let scroll):
        let title = MessageOverlay.title(state)
        MessageOverlay.page(state, in: world).draw(title, scroll, in: rect, on: &canvas, world.glyphs)
    case .conversations(let selected):
        ConversationList.draw(state, selected, in: rect, on: &canvas, world.glyphs)
    case .findings(let selected): FindingsOverlay.draw(state, selected, in: rect, on: &canvas, in: world)
    case .matrix(let scroll):
        MatrixOverlay.page(state, in: world).draw("Hosts tried", scroll, in: rect, on: &canvas, world.glyphs)
    case .timeLine(let scroll): TimeLineOverlay.draw(state, scroll, in: rect, on: &canvas, in: world)
    }
}

/// What a screen shows that has no room for anything.
private func drawTooSmall(_ state: State, on canvas: inout Canvas) {
    let bounds = canvas.bounds
    let text =
        "ehlo needs \(Layout.smallest.columns)x\(Layout.smallest.rows), this is \(state.view.columns)x\(state.view.rows). Make the window larger, or q."
    for (row, line) in Wrap.lines(text, .error, columns: max(1, bounds.columns)).enumerated() {
        canvas.write(line, row: row, in: bounds)
    }
}

/// The sessions to choose from when none was named.
enum ChoiceList {
    static func draw(_ state: State, in rect: Rect, on canvas: inout Canvas, _ glyphs: Glyphs) {
        canvas.frame(rect, title: "Sessions to replay", focused: true, glyphs: glyphs)
        let inner = rect.inset()
        let width = state.session.choices.map { TextWidth.columns(of: $0.name) }.max() ?? 0
        let first = max(0, min(state.cursor.choice - inner.rows / 2, state.session.choices.count - inner.rows))
        for (row, choice) in state.session.choices.dropFirst(first).prefix(inner.rows).enumerated() {
            let isHere = first + row == state.cursor.choice
            var line = StyledLine(isHere ? "\(glyphs.pointer) " : "  ", .cursor, emphasis: .bold)
            line.append(
                choice.name + String(repeating: " ", count: width - TextWidth.columns(of: choice.name) + 2),
                .title,
                emphasis: .bold
            )
            line.append(choice.title)
            canvas.write(Wrap.cut(line, columns: inner.columns, glyphs: glyphs), row: row, in: inner)
            if isHere {
                canvas.restyle(
                    Rect(column: inner.column, row: inner.row + row, columns: inner.columns, rows: 1),
                    role: .cursor,
                    adding: .reverse
                )
            }
        }
    }
}
