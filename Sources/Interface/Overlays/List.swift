import Screen

/// Rows of which one is selected: as many as there is room for, the selected one among them and marked.
func drawList(
    _ count: Int,
    selected: Int,
    in rect: Rect,
    on canvas: inout Canvas,
    _ glyphs: Glyphs,
    row: (Int) -> StyledLine
) {
    let first = firstListed(selected, of: count, in: rect)
    for index in first..<max(first, min(count, first + rect.rows)) {
        canvas.write(Wrap.cut(row(index), columns: rect.columns, glyphs: glyphs), row: index - first, in: rect)
        guard index == selected else { continue }
        let place = Rect(column: rect.column, row: rect.row + index - first, columns: rect.columns, rows: 1)
        canvas.restyle(place, role: .cursor, adding: .reverse)
    }
}

/// The row that is drawn first.
func firstListed(_ selected: Int, of count: Int, in rect: Rect) -> Int {
    max(0, min(selected - rect.rows / 2, count - rect.rows))
}
