extension Canvas {
    /// Draws the frame of a pane along the inner edge of `rect`: light, or heavy when the pane has the keys.
    ///
    /// `title` stands at the left of the upper edge, `titleRight` at its right; the right one gives way first.
    public mutating func frame(
        _ rect: Rect,
        title: String = "",
        titleRight: String = "",
        focused: Bool = false,
        glyphs: Glyphs = .unicode
    ) {
        guard rect.columns >= 2, rect.rows >= 2 else { return }
        let signs = glyphs.frame(focused: focused)
        let role: Role = focused ? .frameFocused : .frame
        let last = (column: rect.columns - 1, row: rect.rows - 1)
        let edge = String(repeating: signs.horizontal, count: rect.columns - 2)
        write("\(signs.topLeft)\(edge)\(signs.topRight)", role, in: rect)
        write("\(signs.bottomLeft)\(edge)\(signs.bottomRight)", role, row: last.row, in: rect)
        for row in 1..<max(1, last.row) {
            write(String(signs.vertical), role, row: row, in: rect)
            write(String(signs.vertical), role, column: last.column, row: row, in: rect)
        }

        let room = rect.columns - 6  // a corner, a line and a blank on either side
        guard room > 0 else { return }
        let left = Wrap.cut(StyledLine(title, .title, emphasis: focused ? .bold : []), columns: room, glyphs: glyphs)
        if !title.isEmpty { write(StyledLine(" ") + left + StyledLine(" "), column: 2, in: rect) }
        let rightColumns = TextWidth.columns(of: titleRight)
        guard !titleRight.isEmpty, left.columns + rightColumns + 4 <= room + (title.isEmpty ? 4 : 0) else { return }
        write(" \(titleRight) ", .dim, column: rect.columns - rightColumns - 4, in: rect)
    }
}
