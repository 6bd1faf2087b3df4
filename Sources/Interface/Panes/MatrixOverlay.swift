import Screen
import Tracing

/// The hosts that were tried side by side; where the screen is too narrow for the table, one below the other.
enum MatrixOverlay {
    static func page(_ state: State, in world: Surroundings) -> Page {
        let matrix = ConnectionMatrix(state.trace)
        let columns = max(10, state.columns - 6)
        let isTable = (matrix.text.map { TextWidth.columns(of: $0) }.max() ?? 0) <= columns
        let lines = isTable ? table(matrix) : list(matrix)
        let wrapped = lines.flatMap { Wrap.lines($0, columns: columns, hanging: 4) }
        return Page(count: wrapped.count) { [wrapped[$0]] }
    }

    private static func table(_ matrix: ConnectionMatrix) -> [StyledLine] {
        let text = matrix.text
        return text.indices.map { index in
            guard index > 0 else { return StyledLine(text[index], .heading, emphasis: .bold) }
            return StyledLine(text[index], isFailed(matrix.rows[index - 1]) ? .failed : .plain)
        }
    }

    private static func list(_ matrix: ConnectionMatrix) -> [StyledLine] {
        matrix.rows.flatMap { row -> [StyledLine] in
            var lines = [StyledLine(row.target, .heading, emphasis: .bold)]
            for column in matrix.columns {
                guard let cell = row.cells[column] else { continue }
                let gap = String(repeating: " ", count: max(1, 10 - column.title.count))
                lines.append(StyledLine("  \(column.title)\(gap)\(cell.shown)", cell.isFailed ? .failed : .plain))
            }
            return lines
        }
    }

    private static func isFailed(_ row: ConnectionMatrix.Row) -> Bool { row.cells.values.contains(where: \.isFailed) }
}
