public import Screen
import Tracing

/// The whole screen for a state. Pure: it changes nothing and remembers nothing.
public func draw(_ state: State, in world: Environment) -> Canvas {
    var canvas = Canvas(columns: state.view.columns, rows: state.view.rows)
    let layout = Layout(of: state)
    let glyphs = world.glyphs
    guard layout.shape != .tooSmall else {
        drawTooSmall(state, on: &canvas)
        return canvas
    }
    guard !state.view.isBlank else { return canvas }
    if state.isListing, state.view.overlay == nil {
        drawSessionList(state, on: &canvas, glyphs)
        drawKeys(state, in: layout.keys, on: &canvas, glyphs)
        if glyphs.isASCII { canvas.spellInASCII() }
        return canvas
    }
    if state.isListing {
        drawListTitle(state, in: layout.title, on: &canvas, glyphs)
    } else {
        drawTitle(state, in: layout.title, on: &canvas, glyphs)
    }
    if !state.session.choices.isEmpty {
        drawChoices(state, in: layout.overlay, on: &canvas, glyphs)
    } else if let open = state.view.overlay {
        open.overlay.row.draw(state, open.at, layout.overlay, &canvas, world)
    } else {
        drawRules(layout, state.view.pane, on: &canvas, glyphs)
        if let rect = layout.tabs { drawTabs(state, in: rect, on: &canvas) }
        if let rect = layout.steps {
            (layout.hasLadder ? drawLadder : drawSteps)(state, rect, &canvas, glyphs)
        }
        if let rect = layout.wire { drawWire(state, in: rect, on: &canvas, glyphs) }
        if let rect = layout.summary { drawSummary(state, in: rect, on: &canvas, in: world) }
        if let rect = layout.lesson { drawLesson(state, in: rect, on: &canvas, in: world) }
    }
    drawKeys(state, in: layout.keys, on: &canvas, glyphs)
    if glyphs.isASCII { canvas.spellInASCII() }
    return canvas
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
