/// A screen as a value. Whatever does not fit is cut off; drawing cannot fail.
///
/// What is drawn is untrusted at worst: control, bidirectional and invisible characters never get into a cell, they
/// become U+FFFD. That is the last defence; the caller escapes them so that a person can see what they are.
public struct Canvas: Equatable, Sendable {
    public let columns, rows: Int
    /// Row by row, `columns` cells each.
    public private(set) var cells: [Cell]

    public init(columns: Int, rows: Int) {
        (self.columns, self.rows) = (max(0, columns), max(0, rows))
        cells = Array(repeating: Cell(), count: self.columns * self.rows)
    }

    public var bounds: Rect { Rect(column: 0, row: 0, columns: columns, rows: rows) }

    /// The cell at a place, a blank one outside of the canvas.
    public subscript(column: Int, row: Int) -> Cell {
        bounds.contains(column: column, row: row) ? cells[row * columns + column] : Cell()
    }

    /// The cells of one row, none outside of the canvas.
    public func cells(ofRow row: Int) -> ArraySlice<Cell> {
        (0..<rows).contains(row) ? cells[row * columns..<(row + 1) * columns] : []
    }

    /// Writes text from a place inside `rect`, whose corner is column 0, row 0; what lies outside of it is cut off.
    ///
    /// Answers the columns that the text goes on from `column`, up to the right edge of `rect`. A column below 0
    /// hides the beginning of the text; a wide glyph that fits by half leaves a blank.
    @discardableResult
    public mutating func write(
        _ text: String,
        _ role: Role = .plain,
        emphasis: Emphasis = [],
        column: Int = 0,
        row: Int = 0,
        in rect: Rect
    ) -> Int {
        guard row >= 0, row < rect.rows, column < rect.columns else { return 0 }
        let visible = rect.intersection(bounds)
        let absoluteRow = rect.row + row
        var at = rect.column + column
        for glyph in TextWidth.drawn(text) {
            guard at < rect.right else { break }
            let cell = Cell(glyph.character, role, emphasis: emphasis)
            put(cell, columns: glyph.columns, column: at, row: absoluteRow, in: visible)
            at += glyph.columns
        }
        return min(at, rect.right) - rect.column - column
    }

    /// Writes runs side by side; answers the columns used.
    @discardableResult
    public mutating func write(_ line: StyledLine, column: Int = 0, row: Int = 0, in rect: Rect) -> Int {
        var at = column
        for run in line.runs {
            at += write(run.text, run.role, emphasis: run.emphasis, column: at, row: row, in: rect)
        }
        return at - column
    }

    /// Fills a rectangle with one glyph of one column.
    public mutating func fill(
        _ rect: Rect,
        with glyph: Character = " ",
        _ role: Role = .plain,
        emphasis: Emphasis = []
    ) {
        let visible = rect.intersection(bounds)
        let drawn = TextWidth.drawn(String(glyph))
        let first = drawn.count == 1 && drawn[0].columns == 1 ? drawn[0].character : TextWidth.replacement
        for row in visible.row..<visible.bottom {
            for column in visible.column..<visible.right {
                put(Cell(first, role, emphasis: emphasis), columns: 1, column: column, row: row, in: visible)
            }
        }
    }

    /// Gives the cells of a rectangle another role, more emphasis, or both, and leaves their glyphs.
    public mutating func restyle(_ rect: Rect, role: Role? = nil, adding emphasis: Emphasis = []) {
        let visible = rect.intersection(bounds)
        for row in visible.row..<visible.bottom {
            for index in row * columns + visible.column..<row * columns + visible.right {
                if let role { cells[index].role = role }
                cells[index].emphasis.formUnion(emphasis)
            }
        }
    }

    /// Puts one glyph of one or two columns. A glyph that is not wholly inside `visible` leaves blanks of its style.
    private mutating func put(_ cell: Cell, columns width: Int, column: Int, row: Int, in visible: Rect) {
        guard visible.row <= row, row < visible.bottom else { return }
        let fits = column >= visible.column && column + width <= visible.right
        for offset in 0..<width {
            let at = column + offset
            guard visible.column <= at, at < visible.right else { continue }
            var part = cell
            if !fits || offset > 0 { part.glyph = " " }
            part.isContinuation = fits && offset > 0
            set(part, column: at, row: row)
        }
    }

    /// Sets one cell, and blanks the other half of a wide glyph that it breaks.
    private mutating func set(_ cell: Cell, column: Int, row: Int) {
        let index = row * columns + column
        if cells[index].isContinuation, !cell.isContinuation, column > 0 { cells[index - 1].glyph = " " }
        if column + 1 < columns, cells[index + 1].isContinuation, !cells[index].isContinuation {
            cells[index + 1].isContinuation = false
        }
        cells[index] = cell
    }
}
