/// A part of a screen, in columns and rows from the top left corner, counted from 0. Never of negative size.
public struct Rect: Equatable, Hashable, Sendable {
    public var column, row, columns, rows: Int

    public init(column: Int, row: Int, columns: Int, rows: Int) {
        self.column = column
        self.row = row
        self.columns = max(0, columns)
        self.rows = max(0, rows)
    }

    /// The first column to the right of the rectangle.
    public var right: Int { column + columns }
    /// The first row below the rectangle.
    public var bottom: Int { row + rows }
    public var isEmpty: Bool { columns == 0 || rows == 0 }

    public func contains(column: Int, row: Int) -> Bool {
        (self.column..<right).contains(column) && (self.row..<bottom).contains(row)
    }

    /// What is left inside when `margin` columns and rows are taken off on every side.
    public func inset(by margin: Int = 1) -> Rect { inset(columns: margin, rows: margin) }

    /// What is left inside when margins of their own are taken off at the sides, and above and below.
    public func inset(columns margin: Int, rows rowMargin: Int) -> Rect {
        Rect(
            column: column + min(margin, columns / 2),
            row: row + min(rowMargin, rows / 2),
            columns: columns - 2 * margin,
            rows: rows - 2 * rowMargin
        )
    }

    /// The upper `count` rows (all, if there are fewer; none, if negative), and what is below them.
    public func split(top count: Int) -> (top: Rect, rest: Rect) {
        let taken = min(max(0, count), rows)
        return (
            Rect(column: column, row: row, columns: columns, rows: taken),
            Rect(column: column, row: row + taken, columns: columns, rows: rows - taken)
        )
    }

    /// The lower `count` rows, and what is above them.
    public func split(bottom count: Int) -> (rest: Rect, bottom: Rect) {
        let (rest, below) = split(top: rows - min(max(0, count), rows))
        return (rest, below)
    }

    /// The left `count` columns, and what is to the right of them.
    public func split(left count: Int) -> (left: Rect, rest: Rect) {
        let taken = min(max(0, count), columns)
        return (
            Rect(column: column, row: row, columns: taken, rows: rows),
            Rect(column: column + taken, row: row, columns: columns - taken, rows: rows)
        )
    }

    /// The right `count` columns, and what is to the left of them.
    public func split(right count: Int) -> (rest: Rect, right: Rect) {
        let (rest, beside) = split(left: columns - min(max(0, count), columns))
        return (rest, beside)
    }

    /// What both rectangles cover; an empty rectangle if that is nothing.
    public func intersection(_ other: Rect) -> Rect {
        let left = max(column, other.column)
        let top = max(row, other.row)
        return Rect(
            column: left,
            row: top,
            columns: min(right, other.right) - left,
            rows: min(bottom, other.bottom) - top
        )
    }
}
