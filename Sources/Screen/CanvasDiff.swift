/// What has to be painted to turn one screen into another.
public enum CanvasDiff {
    /// Neighbouring cells of one row. Never begins or ends in the middle of a wide glyph.
    public struct Run: Equatable, Sendable {
        public let column, row: Int
        public let cells: [Cell]
    }

    /// Cells that did not change but lie between two that did are painted too, up to this many: addressing costs more.
    static let bridged = 3

    /// The runs of changed cells, row by row; every row whole if there is no old screen or it has another size.
    public static func runs(from old: Canvas?, to new: Canvas) -> [Run] {
        guard let old, old.columns == new.columns, old.rows == new.rows else {
            guard new.columns > 0 else { return [] }
            return (0..<new.rows).map { Run(column: 0, row: $0, cells: Array(new.cells(ofRow: $0))) }
        }
        return (0..<new.rows).flatMap { row in
            let cells = Array(new.cells(ofRow: row))
            return changed(from: Array(old.cells(ofRow: row)), to: cells)
                .map { Run(column: $0.lowerBound, row: row, cells: Array(cells[$0])) }
        }
    }

    private static func changed(from old: [Cell], to new: [Cell]) -> [Range<Int>] {
        guard old != new else { return [] }
        var ranges: [Range<Int>] = []
        for column in new.indices where old[column] != new[column] {
            let from = new[column].isContinuation && column > 0 ? column - 1 : column
            let to = column + 1 < new.count && new[column + 1].isContinuation ? column + 2 : column + 1
            if let last = ranges.last, from - last.upperBound <= bridged {
                ranges[ranges.count - 1] = last.lowerBound..<max(to, last.upperBound)
            } else {
                ranges.append(from..<to)
            }
        }
        return ranges
    }
}
