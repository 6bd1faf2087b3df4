import CNcurses
import Screen

/// Puts cells into a curses window. Every glyph goes to its own addressed place, so that a terminal with another
/// opinion of its width cannot push the rest of the line away.
final class Painter {
    private struct Pair: Hashable {
        let foreground, background: UInt8?
    }
    private let window: UnsafeMutablePointer<WINDOW>
    private let palette: Palette
    private let colours: Int
    private let canDefault: Bool
    private let ascii: Bool
    private var pairs: [Pair: Int32] = [:]

    init(window: UnsafeMutablePointer<WINDOW>, palette: Palette, colours: Int, canDefault: Bool, ascii: Bool) {
        self.window = window
        self.palette = palette
        self.colours = colours
        self.canDefault = canDefault
        self.ascii = ascii
    }

    func paint(_ run: CanvasDiff.Run) {
        let end = Int(getmaxx(window))
        for (offset, cell) in run.cells.enumerated() where !cell.isContinuation {
            let column = run.column + offset
            guard column < end else { return }
            let columns = offset + 1 < run.cells.count && run.cells[offset + 1].isContinuation ? 2 : 1
            let look = palette.look(cell.role, cell.emphasis)
            if columns == 2 {
                // Blanks first: what the glyph leaves uncovered must not be what stood there before.
                put([0x20], look, column: column, row: run.row)
                if column + 1 < end { put([0x20], look, column: column + 1, row: run.row) }
                guard column + 1 < end else { return }
            }
            put(scalars(of: cell.glyph, columns: columns), look, column: column, row: run.row)
        }
    }

    private func put(_ glyph: [wchar_t], _ look: Look, column: Int, row: Int) {
        var cell = cchar_t()
        var pair = pairNumber(look)
        // The number goes in twice: the short parameter is too small for it on terminals with many colours.
        let short = Int16(clamping: pair)
        guard setcchar(&cell, glyph + [0], Self.attributes(look.attributes), short, &pair) == OK else { return }
        mvwadd_wchnstr(window, Int32(row), Int32(column), &cell, 1)
    }

    /// What the C library can paint of a glyph: it must agree on the width, and a curses cell holds five scalars.
    private func scalars(of glyph: Character, columns: Int) -> [wchar_t] {
        let scalars = glyph.unicodeScalars.map { wchar_t(bitPattern: $0.value) }
        guard let base = scalars.first else { return [0x20] }
        if glyph.isASCII { return [base] }
        if ascii { return [0x3F] }
        guard cn_wcwidth(base) == Int32(columns) else { return [0xFFFD] }
        return [base] + scalars.dropFirst().filter { cn_wcwidth($0) == 0 }.prefix(4)
    }

    private func pairNumber(_ look: Look) -> Int32 {
        guard colours > 0 else { return 0 }
        let pair = Pair(foreground: look.foreground, background: look.background)
        if let number = pairs[pair] { return number }
        let number = Int32(pairs.count + 1)
        guard number < cn_color_pairs() else { return 0 }
        let foreground = look.foreground.map { Colours.number($0, count: colours) } ?? (canDefault ? -1 : 7)
        let background = look.background.map { Colours.number($0, count: colours) } ?? (canDefault ? -1 : 0)
        guard init_extended_pair(number, foreground, background) == OK else { return 0 }
        pairs[pair] = number
        return number
    }

    private static func attributes(_ attributes: Look.Attributes) -> attr_t {
        var mask = CN_A_NORMAL
        if attributes.contains(.bold) { mask |= CN_A_BOLD }
        if attributes.contains(.dim) { mask |= CN_A_DIM }
        if attributes.contains(.italic) { mask |= CN_A_ITALIC }
        if attributes.contains(.underline) { mask |= CN_A_UNDERLINE }
        if attributes.contains(.reverse) { mask |= CN_A_REVERSE }
        return mask
    }
}
