import Lessons
import SMTP
import Tracing

/// The lines of a stop as handouts and Markdown list them: the time, who speaks, the octets, and below them the names of their parts;
/// the records of an MX answer as a table.
///
/// A line of the wire always stands behind our own indent, time and `C:`, `S:` or `--`, and never holds a line end.
enum WireListing {
    typealias Line = WalkText.Line

    /// The widest a line of ours gets; lines of the wire stay in one piece.
    private static let columns = 76
    /// Where the octets of a wire line begin, and what is said about them.
    private static let indent = String(repeating: " ", count: 13)

    static func lines(_ stop: Trace.Stop, of trace: Trace) -> [Line] {
        var lines: [Line] = []
        var table: [TraceLine] = []
        for line in trace.lines[stop.lines] {
            if case .record(let record) = line.content, case .exchanger = record.kind {
                table.append(line)
                continue
            }
            lines += exchangers(table, of: trace)
            table = []
            lines += self.lines(line)
        }
        return lines + exchangers(table, of: trace)
    }

    /// One line of the trace and its spans.
    static func lines(_ line: TraceLine) -> [Line] {
        let (role, mark): (WalkText.Role, String) =
            switch line.speaker {
            case .client: (.client, "C:")
            case .server: (.server, "S:")
            case .note: (.note, "--")
            }
        let text = line.shownText
        let shown = Line(role, "\(WalkText.clock(line.time))  \(mark)" + (text.isEmpty ? "" : " \(text)"))
        // A field of TLS says in words what its octets are.
        guard line.speaker != .note, !line.isTLS else { return [shown] }
        return [shown] + packed(WalkText.parts(line))
    }

    /// The items with dots between them, as many in a line as fit; none is broken, so that quoted octets stay as they are.
    private static func packed(_ items: [String]) -> [Line] {
        var rows: [String] = []
        var row = ""
        var width = 0
        for item in items {
            let itemWidth = item.characters
            if !row.isEmpty, width + 3 + itemWidth <= Self.columns {
                row += " · "
                row += item
                width += 3 + itemWidth
            } else {
                if !row.isEmpty { rows.append(row + " ·") }
                row = Self.indent + (row.isEmpty ? "" : "  ") + item
                width = row.utf8.count - item.utf8.count + itemWidth
            }
        }
        if !row.isEmpty { rows.append(row) }
        return rows.map { Line(.detail, $0) }
    }

    /// MX records as columns, lowest preference first, the chosen one marked.
    private static func exchangers(_ lines: [TraceLine], of trace: Trace) -> [Line] {
        guard let first = lines.first else { return [] }
        var rows = [["type", "preference", "exchange", "TTL", "address"]]
        for line in lines {
            guard case .record(let record) = line.content else { continue }
            let fields = record.pieces.map { WireText.shown($0.text.utf8) }
            rows.append(Array(fields.prefix(4)) + [fields.dropFirst(4).joined(separator: " ")])
        }
        let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
        var shown: [Line] = [Line(.server, "\(WalkText.clock(first.time))  S: \(Self.row(rows[0], widths))")]
        for row in rows.dropFirst() {
            shown.append(
                Line(
                    .server,
                    Self.indent + Self.row(row, widths) + (WalkText.isChosen(row[2], trace) ? "  <- chosen" : "")
                )
            )
        }
        return shown
    }

    private static func row(_ fields: [String], _ widths: [Int]) -> String {
        let padded = zip(fields, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(
            separator: "  "
        )
        return String(padded.reversed().drop { $0 == " " }.reversed())
    }
}

extension String {
    /// How many characters it has; of ASCII without CR each octet is one, and need not be looked at any closer.
    fileprivate var characters: Int { utf8.allSatisfy { $0 < 0x80 && $0 != 13 } ? utf8.count : count }
}
