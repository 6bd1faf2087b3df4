import Glibc
import Interface
import Screen
import Tracing

/// Two sessions side by side as flat text: two columns with a mark in front, nothing where both are the same, `*` where they
/// differ, `<` and `>` where only one has it.
struct ComparisonText {
    let sessions: SessionComparison
    /// What the two are called; escaped.
    let left, right: String

    init(_ comparison: Session.Comparison) {
        (sessions, left, right) = (comparison.sessions, comparison.left, comparison.right)
    }

    /// Shows both: on a terminal over the walk of the first, else in two columns.
    static func show(_ comparison: Session.Comparison, over first: Recording, _ settings: Settings) throws {
        guard settings.isPlain else {
            return try runInCurses(.comparison(first, name: comparison.left, comparison), settings)
        }
        let printer = PlainPrinter(settings)
        for line in ComparisonText(comparison).lines(columns: columnsOfTerminal) { try printer.print(line) }
        try printer.flush()
    }

    /// How wide the terminal is, and what a file or a pipe gets.
    private static var columnsOfTerminal: Int {
        var size = winsize()
        let isKnown = ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? max(40, Int(size.ws_col)) : 120
    }

    func lines(columns: Int) -> [String] {
        let width = max(16, (columns - 5) / 2)
        let rule = String(repeating: "-", count: width)
        var lines = [Self.pair(" ", left, right, width), Self.pair(" ", rule, rule, width)]
        for row in sessions.rows {
            let first = row.left.map { Self.cells(sessions.left.lines[$0], width) } ?? []
            let second = row.right.map { Self.cells(sessions.right.lines[$0], width) } ?? []
            for index in 0..<max(first.count, second.count) {
                let cells = [first, second].map { $0.indices.contains(index) ? $0[index] : "" }
                lines.append(Self.pair(row.mark.rawValue, cells[0], cells[1], width))
            }
        }
        lines.append("")
        lines += [(left, sessions.left), (right, sessions.right)].map { name, trace in
            "\(name): \(Verdict(of: trace).words(in: trace).first?.text ?? "")"
        }
        let count = sessions.differences.count
        lines.append(
            count == 0 ? "No differences but names and ids." : "\(count) lines differ: * in both, < > in one alone."
        )
        return lines
    }

    private static func pair(_ mark: String, _ left: String, _ right: String, _ width: Int) -> String {
        let gap = String(repeating: " ", count: max(0, width - TextWidth.columns(of: left)))
        let line = "\(mark) \(left)\(gap) | \(right)"
        return String(line.reversed().drop { $0 == " " }.reversed())
    }

    /// A line in pieces of the width, later ones further in.
    private static func cells(_ line: TraceLine, _ width: Int) -> [String] {
        let speaker =
            switch line.speaker {
            case .client: "C: "
            case .server: "S: "
            default: ""
            }
        return Wrap.lines(speaker + WireText.shown(line.octets), columns: width, hanging: 3).map(\.text)
    }
}
