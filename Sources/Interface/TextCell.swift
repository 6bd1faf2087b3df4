import Screen

/// A text in the columns of a table.
enum TextCell {
    /// At the left of so many columns, of which at least one stays empty; nothing where there is no room.
    static func left(_ text: String, _ columns: Int, _ glyphs: Glyphs) -> String {
        guard columns > 1 else { return "" }
        let cut = cut(text, columns - 1, glyphs)
        return cut + String(repeating: " ", count: max(1, columns - TextWidth.columns(of: cut)))
    }

    /// At the right of so many columns.
    static func right(_ text: String, _ columns: Int) -> String {
        guard columns > 0 else { return "" }
        return String(repeating: " ", count: max(0, columns - TextWidth.columns(of: text))) + text
    }

    /// What fits into so many columns.
    static func cut(_ text: String, _ columns: Int, _ glyphs: Glyphs) -> String {
        Wrap.cut(StyledLine(text), columns: columns, glyphs: glyphs).text
    }
}
