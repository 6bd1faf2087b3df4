extension Canvas {
    /// Draws the frame of a pane along the inner edge of `rect`: light, or heavy when the pane has the keys.
    ///
    /// `title` stands at the left of the upper edge, `titleRight` at its right; a long title gives way to the right one.
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
        // A corner and a line stand on either side.
        let words = Rect(column: rect.column + 2, row: rect.row, columns: rect.columns - 4, rows: 1)
        let style: Emphasis = focused ? .bold : []
        writeTitles(StyledLine(title, .title, emphasis: style), StyledLine(titleRight, .dim), in: words, glyphs)
    }

    /// Draws a rule over the first row of `rect`, heavy when what is below it has the keys, with a title at its left and at its
    /// right what never gives way to it.
    public mutating func rule(
        _ rect: Rect,
        title: StyledLine = StyledLine(),
        titleRight: StyledLine = StyledLine(),
        focused: Bool = false,
        glyphs: Glyphs = .unicode
    ) {
        let line = String(repeating: glyphs.frame(focused: focused).horizontal, count: rect.columns)
        write(line, focused ? .frameFocused : .frame, in: rect)
        writeTitles(title, titleRight, in: rect.split(top: 1).top, glyphs)
    }

    /// What a row with words at both ends needs beside them: a blank on either side of each, and two columns of the line between.
    public static let columnsAroundTitles = 6

    /// Words with a blank on either side at both ends of a row. The right ones stand whole where there is any room for them.
    private mutating func writeTitles(_ left: StyledLine, _ right: StyledLine, in rect: Rect, _ glyphs: Glyphs) {
        let blank = StyledLine(" ")
        let fits = !right.runs.isEmpty && right.columns > 0 && right.columns + 2 <= rect.columns
        if fits { write(blank + right + blank, column: rect.columns - right.columns - 2, in: rect) }
        let room = rect.columns - (fits ? right.columns + Self.columnsAroundTitles : 2)
        guard room > 0, left.columns > 0 else { return }
        write(blank + Wrap.cut(left, columns: room, glyphs: glyphs) + blank, in: rect)
    }
}
