/// A drawing of plain text as an SVG within a page: strokes become lines, the rest stays text in its cells.
///
/// It decides what is a stroke: two hyphens or more in a row, one between a blank and an arrow's head, a bar with one above or
/// below it or with an end of a stroke or an arrow's head beside it, a plus sign beside one, and an arrow's head at the end of
/// hyphens. It knows nothing of what the drawing says. Wrong input is none: whatever is no stroke is text, and all text goes through
/// `Escaping.xml`. Names of attributes are in small letters, as everywhere in a page: HTML gives those of SVG their capitals
/// (viewBox).
struct DiagramSVG {
    private static let cell = (width: 8, height: 18)
    /// Where the text stands above the bottom of its cell.
    private static let descent = 5

    private let rows: [[UInt8]]
    private let columns: Int

    init(_ text: String) {
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
        rows = lines.last?.isEmpty == true ? Array(lines.dropLast()) : lines
        columns = rows.map(\.count).max() ?? 0
    }

    /// The element. Nil where there is more in the drawing than ASCII, so that the cells would not fit.
    var element: String? {
        guard columns > 0, rows.allSatisfy({ $0.allSatisfy { (0x20...0x7E).contains($0) } }) else { return nil }
        let (width, height) = (columns * Self.cell.width, rows.count * Self.cell.height)
        let path = strokes()
        let drawn = path.isEmpty ? "" : "<path d=\"\(path)\" fill=\"none\" stroke=\"currentColor\"></path>"
        return
            "<svg class=\"diagram\" role=\"img\" aria-label=\"\(Escaping.xml(label))\" viewbox=\"0 0 \(width) \(height)\" "
            + "width=\"\(width)\" height=\"\(height)\">\(drawn)\(texts())</svg>"
    }

    /// What is read aloud in place of the drawing: that it is one, and its words.
    private var label: String {
        let words = rows.flatMap { $0.split(separator: 0x20) }.map { String(decoding: $0, as: UTF8.self) }
        return "Drawing: " + words.filter { $0.contains { $0.isLetter || $0.isNumber } }.joined(separator: " ")
    }

    // MARK: Cells

    private func octet(_ row: Int, _ column: Int) -> UInt8 {
        rows.indices.contains(row) && rows[row].indices.contains(column) ? rows[row][column] : 0x20
    }

    private func isHyphen(_ row: Int, _ column: Int) -> Bool { octet(row, column) == UInt8(ascii: "-") }

    /// A part of a row of hyphens, or the shaft of `->` and `<-` between blanks; not the hyphen of a word.
    private func isHorizontal(_ row: Int, _ column: Int) -> Bool {
        guard isHyphen(row, column) else { return false }
        let (before, behind) = (octet(row, column - 1), octet(row, column + 1))
        return isHyphen(row, column - 1) || isHyphen(row, column + 1)
            || before == 0x20 && behind == UInt8(ascii: ">") || before == UInt8(ascii: "<") && behind == 0x20
    }

    private func isBar(_ row: Int, _ column: Int) -> Bool { octet(row, column) == UInt8(ascii: "|") }
    private func isPlus(_ row: Int, _ column: Int) -> Bool { octet(row, column) == UInt8(ascii: "+") }

    private func isVertical(_ row: Int, _ column: Int) -> Bool {
        guard isBar(row, column) else { return false }
        return [row - 1, row + 1].contains { isBar($0, column) || isPlus($0, column) }
            || isHorizontal(row, column - 1) || isHorizontal(row, column + 1)
            || octet(row, column - 1) == UInt8(ascii: ">") && isHorizontal(row, column - 2)
            || octet(row, column + 1) == UInt8(ascii: "<") && isHorizontal(row, column + 2)
    }

    private func isCorner(_ row: Int, _ column: Int) -> Bool {
        isPlus(row, column)
            && (isHorizontal(row, column - 1) || isHorizontal(row, column + 1) || isBar(row - 1, column)
                || isBar(row + 1, column))
    }

    /// The head of an arrow: `>` behind a row of hyphens, `<` in front of one.
    private func isHead(_ row: Int, _ column: Int) -> Bool {
        switch octet(row, column) {
        case UInt8(ascii: ">"): isHorizontal(row, column - 1)
        case UInt8(ascii: "<"): isHorizontal(row, column + 1)
        default: false
        }
    }

    private func isStroke(_ row: Int, _ column: Int) -> Bool {
        isHorizontal(row, column) || isVertical(row, column) || isCorner(row, column) || isHead(row, column)
    }

    // MARK: Drawing

    /// The strokes of all cells as the data of one path.
    private func strokes() -> String {
        var path = ""
        for (row, octets) in rows.enumerated() {
            for column in octets.indices where isStroke(row, column) { path += stroke(row, column) }
        }
        return path
    }

    private func stroke(_ row: Int, _ column: Int) -> String {
        let (left, top) = (column * Self.cell.width, row * Self.cell.height)
        let (middle, centre) = (left + Self.cell.width / 2, top + Self.cell.height / 2)
        if isHorizontal(row, column) { return "M\(left) \(centre)h\(Self.cell.width)" }
        if isVertical(row, column) { return "M\(middle) \(top)v\(Self.cell.height)" }
        guard isCorner(row, column) else {
            let isRight = octet(row, column) == UInt8(ascii: ">")
            let (back, tip) = isRight ? (left, left + Self.cell.width) : (left + Self.cell.width, left)
            return "M\(back) \(centre)H\(tip)M\(back) \(centre - 4)L\(tip) \(centre)L\(back) \(centre + 4)"
        }
        var path = ""
        if isHorizontal(row, column - 1) { path += "M\(left) \(centre)H\(middle)" }
        if isHorizontal(row, column + 1) { path += "M\(middle) \(centre)H\(left + Self.cell.width)" }
        if isBar(row - 1, column) { path += "M\(middle) \(top)V\(centre)" }
        if isBar(row + 1, column) { path += "M\(middle) \(centre)V\(top + Self.cell.height)" }
        return path
    }

    /// Words, each as wide as its cells, whatever font the reader has.
    private func texts() -> String {
        var texts = ""
        for (row, octets) in rows.enumerated() {
            var column = 0
            while column < octets.count {
                let end = (column..<octets.count).first { octets[$0] == 0x20 || isStroke(row, $0) } ?? octets.count
                if end > column { texts += text(octets[column..<end], row: row, column: column) }
                column = max(end, column + 1)
            }
        }
        return texts
    }

    private func text(_ octets: ArraySlice<UInt8>, row: Int, column: Int) -> String {
        let (x, y) = (column * Self.cell.width, (row + 1) * Self.cell.height - Self.descent)
        let words = Escaping.xml(String(decoding: octets, as: UTF8.self))
        return "<text x=\"\(x)\" y=\"\(y)\" textlength=\"\(octets.count * Self.cell.width)\" "
            + "lengthadjust=\"spacingAndGlyphs\">\(words)</text>"
    }
}
