import Screen

/// The sessions to choose from when none was named. It is what there is before there is a session, so it has no key and
/// cannot be closed.
func drawChoices(_ state: State, in rect: Rect, on canvas: inout Canvas, _ glyphs: Glyphs) {
    canvas.frame(rect, title: "Sessions to replay", focused: true, glyphs: glyphs)
    let choices = state.session.choices
    let selected = state.cursor.choice
    let width = choices.map { TextWidth.columns(of: $0.name) }.max() ?? 0
    drawList(choices.count, selected: selected, in: rect.inset(), on: &canvas, glyphs) { index in
        let name = choices[index].name
        var line = StyledLine(index == selected ? "\(glyphs.pointer) " : "  ", .cursor, emphasis: .bold)
        let gap = String(repeating: " ", count: width - TextWidth.columns(of: name) + 2)
        line.append(name + gap, .title, emphasis: .bold)
        line.append(choices[index].title)
        return line
    }
}
