import Interchange

/// Puts lines on standard output: in ASCII where nothing else can be shown, in colour where that is wanted.
///
/// Everything that a person reads there goes through here, and so through the escaping of a terminal.
struct PlainPrinter {
    let isASCII: Bool
    let usesColour: Bool
    let output = Output()

    init(_ settings: Settings) {
        isASCII = settings.isASCII
        usesColour = settings.usesColour
    }

    func print(_ lines: [WalkText.Line]) throws(FileError) {
        // Such a line is fit for a terminal since it was made.
        for line in lines { try write(isASCII ? Escaping.ascii(line.text) : line.text, line.role) }
    }

    func print(_ text: String, _ role: WalkText.Role = .detail) throws(FileError) {
        try write(shown(text), role)
    }

    private func write(_ shown: String, _ role: WalkText.Role) throws(FileError) {
        guard usesColour, let code = Self.colour(of: role), !shown.isEmpty else {
            try output.write(shown)
            return try output.write("\n")
        }
        try output.write("\u{1B}[\(code)m\(shown)\u{1B}[0m\n")
    }

    /// A row that was made by `row(of:isASCII:)`.
    func print(row: [UInt8]) throws(FileError) { try output.write(octets: row) }

    /// The cells of a row with tabs between them, which no cell can hold.
    static func row(of cells: [String], isASCII: Bool) -> [UInt8] {
        var row: [UInt8] = []
        row.reserveCapacity(cells.reduce(cells.count) { $0 + $1.utf8.count })
        for (index, cell) in cells.enumerated() {
            if index > 0 { row.append(9) }
            // Nearly every cell is printable ASCII, which stands as it is.
            let start = row.count
            row.append(contentsOf: cell.utf8)
            guard !row[start...].allSatisfy({ (32...126).contains($0) }) else { continue }
            row.removeSubrange(start...)
            row.append(contentsOf: shown(cell, isASCII).utf8)
        }
        row.append(10)
        return row
    }

    /// What stands before the place where a person types.
    func prompt(_ text: String) throws(FileError) {
        try output.write(shown(text) + " ")
        try output.flush()
    }

    func flush() throws(FileError) { try output.flush() }

    private func shown(_ text: String) -> String { Self.shown(text, isASCII) }

    private static func shown(_ text: String, _ isASCII: Bool) -> String {
        let shown = Escaping.message(text)
        return isASCII ? Escaping.ascii(shown) : shown
    }

    /// The parameters of SGR (ECMA-48 §8.3.117); only the terminal's own sixteen colours.
    private static func colour(of role: WalkText.Role) -> String? {
        switch role {
        case .title, .heading: "1"
        case .subheading: "1"
        case .client: "36"
        case .server: "32"
        case .finding: "33"
        case .note, .detail, .lesson: nil
        }
    }
}
