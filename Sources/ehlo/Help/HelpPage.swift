import Interchange
import Screen

/// Text of the help as lines of at most eighty columns.
struct HelpPage {
    /// A name or a key, and what is said of it.
    typealias Row = (name: String, words: String)

    private(set) var lines: [String] = []
    private static let columns = 80

    mutating func add(_ line: String = "") { lines.append(line) }

    /// A heading, and below it the rows in two columns; nothing where there is no row.
    mutating func add(_ heading: String, _ rows: [Row], atLeast width: Int = 0) {
        guard !rows.isEmpty else { return }
        if !lines.isEmpty { add() }
        add(heading)
        add(rows, atLeast: width)
    }

    /// Rows in two columns, the second one wrapped within itself. A name that is too long has a line of its own.
    mutating func add(_ rows: [Row], atLeast width: Int = 0) {
        let maxName = 32
        let longest = rows.map { TextWidth.columns(of: $0.name) }.filter { $0 <= maxName }.max() ?? 0
        let start = 2 + max(longest, width) + 2
        for row in rows {
            let name = "  " + row.name
            let room = start - TextWidth.columns(of: name)
            let isTooLong = room < 2
            if isTooLong { add(name) }
            let head = isTooLong ? String(repeating: " ", count: start) : name + String(repeating: " ", count: room)
            let body = Wrap.lines(row.words, columns: Self.columns - start).map(\.text)
            for (number, line) in body.enumerated() {
                add(number == 0 ? head + line : String(repeating: " ", count: start) + line)
            }
        }
    }

    /// Puts it on standard output.
    func print(isASCII: Bool) throws(FileError) {
        let output = Output()
        for line in lines { try output.write((isASCII ? Escaping.ascii(line) : line) + "\n") }
        try output.flush()
    }
}
