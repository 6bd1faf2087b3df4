public import Screen

extension Canvas {
    /// The screen as a person would copy it. Blanks at the end of a line are left out, so that no editor and no
    /// `git diff --check` has a say in a golden file. Every row ends with a line feed.
    public var text: String {
        rowTexts { $0.isContinuation ? nil : $0.glyph }
            .map { line in line.lastIndex { $0 != " " }.map { String(line[...$0]) } ?? "" }
            .joined(separator: "\n") + "\n"
    }

    /// The screen's text, a rule, then the letter of every cell's role, so that both can be read in a diff.
    public var golden: String {
        let meaning = rowTexts { $0.role.rawValue }.joined(separator: "\n") + "\n"
        return text + String(repeating: "─", count: columns) + "\n" + meaning
    }

    private func rowTexts(_ character: (Cell) -> Character?) -> [String] {
        (0..<rows).map { row in String(cells(ofRow: row).compactMap(character)) }
    }
}
