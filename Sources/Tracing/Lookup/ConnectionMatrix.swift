import SMTP

/// The connections of a session side by side: a row for each host that was tried, a cell for each step, with what came and
/// how long it took. Made from a trace, so that a replay shows the same as the session did.
public struct ConnectionMatrix: Equatable, Sendable {
    /// What a column is about, in the order of a session.
    public enum Column: Int, CaseIterable, Sendable {
        case connection, greeting, hello, tls, mail, rcpt, data, content, quit

        public var title: String {
            switch self {
            case .connection: "TCP"
            case .greeting: "greeting"
            case .hello: "EHLO"
            case .tls: "TLS"
            case .mail: "MAIL"
            case .rcpt: "RCPT"
            case .data: "DATA"
            case .content: "dot"
            case .quit: "QUIT"
            }
        }
    }

    public struct Cell: Equatable, Sendable {
        /// As `220`, `ok`, `refused`.
        public var text: String
        public var milliseconds: Int
        public var isFailed: Bool

        /// As `12 ms`; what is long, as `30 s`.
        public var time: String { milliseconds < 10_000 ? "\(milliseconds) ms" : "\(milliseconds / 1000) s" }
        /// As `220 12 ms`.
        public var shown: String { "\(text) \(time)" }
    }

    public struct Row: Equatable, Sendable {
        /// As `mx1.receiver.example [192.0.2.1]:25`, unescaped.
        public var target: String
        public var cells: [Column: Cell] = [:]
    }

    public private(set) var rows: [Row] = []

    /// The columns in which something stands.
    public var columns: [Column] { Column.allCases.filter { column in rows.contains { $0.cells[column] != nil } } }

    public init(_ trace: Trace) {
        var asked = 0.0
        for line in trace.lines where line.leg == .relay {
            switch line.content {
            case .event(let anchor):
                if let endpoint = line.endpoint {
                    rows.append(Row(target: WireText.shown(Array(endpoint.utf8))))
                    asked = line.time
                } else if anchor == LessonAnchor("link/connected") {
                    put(.connection, "ok", asked, line.time, false)
                    asked = line.time
                } else if anchor == LessonAnchor("tls/handshake") {
                    put(.tls, "ok", asked, line.time, false)
                    asked = line.time
                } else if let failure = line.failure, let word = failure.word {
                    // The answer to STARTTLS stands there already.
                    put(failure == .withoutTLS ? .tls : nextColumn, word, asked, line.time, true)
                }
            case .command: asked = line.time
            case .mailData(.end): asked = line.time
            case .reply(let context):
                guard let column = Self.column(of: context.turn) else { continue }
                let code = ReplyLine(reading: line.octets).code
                let isFailed = code.map { $0 >= 400 } ?? true
                // Of several recipients the worst answer counts.
                if column == .rcpt, rows.last?.cells[column]?.isFailed == true, !isFailed { continue }
                put(column, code.map { String($0) } ?? "?", asked, line.time, isFailed)
            default: break
            }
        }
    }

    private mutating func put(_ column: Column, _ text: String, _ from: Double, _ to: Double, _ isFailed: Bool) {
        guard !rows.isEmpty else { return }
        let time = Int((max(0, to - from) * 1000).rounded())
        rows[rows.count - 1].cells[column] = Cell(text: text, milliseconds: time, isFailed: isFailed)
    }

    /// Where the connection under way stands still.
    private var nextColumn: Column {
        let last = rows.last?.cells.keys.map(\.rawValue).max()
        return last.flatMap { Column(rawValue: $0 + 1) } ?? .connection
    }

    private static func column(of turn: CommandSequence.Turn?) -> Column? {
        switch turn {
        case .greeting: .greeting
        case .hello: .hello
        case .startTLS: .tls
        case .mail: .mail
        case .rcpt: .rcpt
        case .data: .data
        case .mailData, .lastChunk: .content
        case .quit: .quit
        default: nil
        }
    }

    /// Each host in a sentence, as `mx.example [192.0.2.1]:25, TCP ok 3 ms, greeting 220 9 ms.`
    public var sentences: [String] {
        let columns = columns
        return rows.map { row in
            let cells = columns.compactMap { column in row.cells[column].map { "\(column.title) \($0.shown)" } }
            return ([row.target] + cells).joined(separator: ", ") + "."
        }
    }

    /// As lines of text with columns; the first is the head. Empty without a connection.
    public var text: [String] {
        guard !rows.isEmpty else { return [] }
        let columns = columns
        let table =
            [["exchanger"] + columns.map(\.title)]
            + rows.map { row in [row.target] + columns.map { row.cells[$0]?.shown ?? "-" } }
        let widths = table[0].indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        return table.map { row in
            let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }
    }
}

extension LinkFailure {
    /// In a word, for a cell.
    fileprivate var word: String? {
        switch self {
        case .refused: "refused"
        case .timedOut, .noReply, .noGreeting: "silent"
        case .reset: "reset"
        case .unreachable, .noRoute: "no way"
        case .tlsExpected, .clearExpected: "wrong TLS"
        case .withoutTLS: "failed"
        default: nil
        }
    }
}
