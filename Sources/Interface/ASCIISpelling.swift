import Screen

/// What an ASCII terminal shows for the signs of running text that it does not have.
enum ASCIISpelling {
    /// THE table, for text that can grow.
    static let signs: [Character: String] = [
        "–": "-", "—": "-", "“": "\"", "”": "\"", "‘": "'", "’": "'", "…": "...", "→": "->", "←": "<-", "↑": "^",
        "↓": "v",
        "➔": "->", "×": "x", "·": "-", "•": "*", "§": "section ", "Δ": "d",
    ]

    static func spelled(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        return text.map { signs[$0] ?? String($0) }.joined()
    }
}

extension Canvas {
    /// Leaves no cell that an ASCII terminal cannot show: whatever was not spelled out before becomes one sign, a
    /// question mark where there is none like it.
    mutating func spellInASCII() {
        for row in 0..<rows {
            for column in 0..<columns where !self[column, row].glyph.isASCII {
                let cell = self[column, row]
                let sign = ASCIISpelling.signs[cell.glyph]?.first ?? "?"
                let place = Rect(column: column, row: row, columns: 1, rows: 1)
                fill(place, with: sign, cell.role, emphasis: cell.emphasis)
            }
        }
    }
}
