import Screen
import Tracing

/// The hosts that were tried side by side, in the widest form that fits: a row for each, three rows for each with the name
/// above the cells, or all cells one below the other.
enum HostsOverlay {
    static func isEmpty(_ state: State) -> Bool { ConnectionMatrix(state.session.trace).rows.isEmpty }

    static func page(_ state: State, in world: Environment) -> Page {
        let matrix = ConnectionMatrix(state.session.trace)
        let columns = max(10, state.view.columns - 6)
        let forms = [table(matrix), stacked(matrix)]
        let lines = forms.first { width(of: $0) <= columns } ?? list(matrix)
        let wrapped = lines.flatMap { Wrap.lines($0.line, columns: columns, hanging: 4) }
        return Page(count: wrapped.count) { [wrapped[$0]] }
    }

    /// A line, and whether the form is of no use where it does not fit as a whole.
    private typealias Row = (line: StyledLine, mustFit: Bool)

    private static func width(of rows: [Row]) -> Int {
        rows.map { $0.mustFit ? $0.line.columns : 0 }.max() ?? 0
    }

    private static func table(_ matrix: ConnectionMatrix) -> [Row] {
        let text = matrix.text
        return text.indices.map { index in
            guard index > 0 else { return (StyledLine(text[index], .heading, emphasis: .bold), true) }
            let isFailed = matrix.rows[index - 1].cells.values.contains(where: \.isFailed)
            return (StyledLine(text[index], isFailed ? .failed : .plain), true)
        }
    }

    /// The heads of the columns once; then for each host its name, what came, and after which time.
    private static func stacked(_ matrix: ConnectionMatrix) -> [Row] {
        let columns = matrix.columns
        let widths = columns.map { column in
            let cells = matrix.rows.compactMap { $0.cells[column] }.flatMap { [$0.text, $0.time] }
            return ([column.title] + cells).map { TextWidth.columns(of: $0) }.max() ?? 0
        }
        let line = { (word: (ConnectionMatrix.Column) -> (String, Role), emphasis: Emphasis) -> Row in
            var line = StyledLine()
            for (column, width) in zip(columns, widths) {
                let (text, role) = word(column)
                line.append("  " + text, role, emphasis: emphasis)
                line.append(String(repeating: " ", count: max(0, width - TextWidth.columns(of: text))), .plain)
            }
            return (line, true)
        }
        let head: Row = line({ ($0.title, .heading) }, .bold)
        return [head]
            + matrix.rows.enumerated().flatMap { number, row -> [Row] in
                [
                    (StyledLine(), false), (StyledLine(row.target, .heading), false),
                    line(
                        { column in row.cells[column].map { ($0.text, $0.isFailed ? .failed : .plain) } ?? ("-", .dim)
                        },
                        []
                    ),
                    line({ column in (row.cells[column]?.time ?? "", .dim) }, []),
                ]
            }
    }

    private static func list(_ matrix: ConnectionMatrix) -> [Row] {
        matrix.rows.flatMap { row -> [Row] in
            var lines: [Row] = [(StyledLine(row.target, .heading, emphasis: .bold), false)]
            for column in matrix.columns {
                guard let cell = row.cells[column] else { continue }
                let gap = String(repeating: " ", count: max(1, 10 - column.title.count))
                let text = "  \(column.title)\(gap)\(cell.shown)"
                lines.append((StyledLine(text, cell.isFailed ? .failed : .plain), false))
            }
            return lines
        }
    }
}
