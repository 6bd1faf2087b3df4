import SMTP

/// Two sessions side by side, step by step and line by line, in the order in which each of them went.
///
///     C: RCPT TO:<bob@receiver.example>       C: RCPT TO:<bob@receiver.example>
///   * S: 450 4.2.0 greylisted                 S: 250 2.1.5 Ok
///   >                                         C: DATA
///
/// What a client says begins a turn, and turns with the same verb are put side by side; so are lines of a turn that say the same.
/// No line of either session is moved before another one. The name a server gave itself, and ids, differ between any two
/// sessions and are not counted as differences.
public struct SessionComparison: Equatable, Sendable {
    /// How the two sides of a row compare; the raw value marks it in text.
    public enum Mark: String, Sendable { case same = " ", differs = "*", onlyLeft = "<", onlyRight = ">" }

    /// A line of each side, as indices into the traces.
    public struct Row: Equatable, Sendable {
        public let mark: Mark
        public let left, right: Int?
    }

    public let left, right: Trace
    public let rows: [Row]
    /// The rows whose sides are not the same, in order.
    public let differences: [Int]

    public init(_ left: Trace, _ right: Trace) {
        (self.left, self.right) = (left, right)
        let (turns, others) = (Self.turns(of: left), Self.turns(of: right))
        var rows: [Row] = []
        for pair in Alignment.pairs(turns.map(\.key), others.map(\.key)) {
            let (one, other) = (pair.left.map { turns[$0] }, pair.right.map { others[$0] })
            rows += Self.rows(one?.lines ?? [], other?.lines ?? [])
        }
        self.rows = rows
        differences = rows.indices.filter { rows[$0].mark != .same }
    }

    // MARK: Turns

    /// What a client says at a time, with what is answered before it says more; the first is the greeting.
    private struct Turn {
        let key: String
        var lines: [Line] = []
    }

    private struct Line {
        let index: Int
        /// Who speaks; of an offer, what is offered.
        let kind: String
        /// Without what differs between any two sessions.
        let compared: String
    }

    private static func turns(of trace: Trace) -> [Turn] {
        let server = trace.facts.serverDomain.map { WireText.shown($0) }
        var turns = [Turn(key: "greeting")]
        // The octets of a handshake are made up anew each time.
        for line in trace.lines where line.isWire && !line.isTLS || line.isFailure {
            if let key = key(of: line), key != turns.last?.key || line.verbName != nil { turns.append(Turn(key: key)) }
            let said = Line(
                index: line.index,
                kind: kind(of: line, in: turns[turns.count - 1]),
                compared: compared(line, server, in: turns[turns.count - 1])
            )
            turns[turns.count - 1].lines.append(said)
        }
        return turns
    }

    /// What begins a turn; nil for what belongs to the one under way.
    private static func key(of line: TraceLine) -> String? {
        let leg = line.leg == .submission ? "submission " : ""
        switch line.content {
        case .command:
            let verb = line.verbName ?? "unknown"
            return leg + (["EHLO", "HELO", "LHLO"].contains(verb) ? "hello" : verb)
        case .mailData, .chunk: return leg + "content"
        case .saslResponse: return leg + "response"
        case .reply, .tls, .opaque, .record, .event: return nil
        }
    }

    /// Behind EHLO and the server's name, each line offers something.
    private static func kind(of line: TraceLine, in turn: Turn) -> String {
        guard turn.key.hasSuffix("hello"), turn.lines.count > 1, line.speaker == .server else {
            return line.speaker.rawValue
        }
        return WireText.shown(line.octets.dropFirst(4).prefix { $0 != 32 && $0 != 0x3D })
    }

    /// Whether a line is the last of its reply is not what differs, nor is the server's name, nor an id.
    private static func compared(_ line: TraceLine, _ server: String?, in turn: Turn) -> String {
        var text = WireText.shown(line.octets)
        if text.utf8.prefix(3).allSatisfy({ (0x30...0x39).contains($0) }), text.utf8.dropFirst(3).first == 0x2D {
            text = text.prefix(3) + " " + text.dropFirst(4)
        }
        if let server, server.utf8.count > 2 { text = text.replacing(server, with: "HOST") }
        // What is offered looks like ids: 8BITMIME, SMTPUTF8.
        guard line.speaker == .server, !turn.key.hasSuffix("hello") else { return text }
        return text.split(separator: " ", omittingEmptySubsequences: false).map { isID($0) ? "ID" : $0 }
            .joined(separator: " ")
    }

    private static func isID(_ word: Substring) -> Bool {
        word.utf8.count >= 7 && word.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
            && word.contains(where: \.isNumber) && word.contains(where: \.isLetter)
    }

    // MARK: Rows

    /// The lines of one turn; between lines that are the same, those of the same kind stand side by side.
    private static func rows(_ left: [Line], _ right: [Line]) -> [Row] {
        var rows: [Row] = []
        var (lefts, rights): ([Line], [Line]) = ([], [])
        func flush() {
            rows += unequal(lefts, rights)
            (lefts, rights) = ([], [])
        }
        for pair in Alignment.pairs(left.map(\.compared), right.map(\.compared)) {
            if let one = pair.left, let other = pair.right {
                flush()
                rows.append(Row(mark: .same, left: left[one].index, right: right[other].index))
            } else {
                lefts += pair.left.map { [left[$0]] } ?? []
                rights += pair.right.map { [right[$0]] } ?? []
            }
        }
        flush()
        return rows
    }

    /// Lines that say different things of the same kind differ; others stand alone.
    private static func unequal(_ left: [Line], _ right: [Line]) -> [Row] {
        Alignment.pairs(left.map(\.kind), right.map(\.kind)).map { pair in
            Row(
                mark: pair.left == nil ? .onlyRight : pair.right == nil ? .onlyLeft : .differs,
                left: pair.left.map { left[$0].index },
                right: pair.right.map { right[$0].index }
            )
        }
    }
}

/// Two sequences put side by side by what they have in common, neither of them re-ordered.
enum Alignment {
    /// A place of each; nil where the other has nothing that is the same.
    typealias Pair = (left: Int?, right: Int?)

    /// The most places that are compared each with each; of longer ones the beginning and the end that are the same are found.
    private static let maxCells = 2_000_000

    static func pairs(_ left: [String], _ right: [String]) -> [Pair] {
        let shorter = min(left.count, right.count)
        var start = 0
        while start < shorter, left[start] == right[start] { start += 1 }
        var tail = 0
        while tail < shorter - start, left[left.count - 1 - tail] == right[right.count - 1 - tail] { tail += 1 }
        let middle = middle(left, start..<left.count - tail, right, start..<right.count - tail)
        let end = (0..<tail).map { (left.count - tail + $0, right.count - tail + $0) as Pair }
        return (0..<start).map { ($0, $0) as Pair } + middle + end
    }

    private static func middle(_ left: [String], _ lefts: Range<Int>, _ right: [String], _ rights: Range<Int>) -> [Pair]
    {
        guard lefts.count * rights.count <= maxCells else { return lefts.map { ($0, nil) } + rights.map { (nil, $0) } }
        let width = rights.count + 1
        // The longest common subsequence of what follows each pair of places.
        var table = [Int32](repeating: 0, count: (lefts.count + 1) * width)
        for i in lefts.indices.reversed().map({ $0 - lefts.lowerBound }) {
            for j in rights.indices.reversed().map({ $0 - rights.lowerBound }) {
                let isSame = left[lefts.lowerBound + i] == right[rights.lowerBound + j]
                table[i * width + j] =
                    isSame
                    ? table[(i + 1) * width + j + 1] + 1 : max(table[(i + 1) * width + j], table[i * width + j + 1])
            }
        }
        var pairs: [Pair] = []
        var (i, j) = (0, 0)
        while i < lefts.count || j < rights.count {
            let (one, other) = (lefts.lowerBound + i, rights.lowerBound + j)
            if i < lefts.count, j < rights.count, left[one] == right[other] {
                pairs.append((one, other))
                (i, j) = (i + 1, j + 1)
            } else if j == rights.count || i < lefts.count && table[(i + 1) * width + j] >= table[i * width + j + 1] {
                pairs.append((one, nil))
                i += 1
            } else {
                pairs.append((nil, other))
                j += 1
            }
        }
        return pairs
    }
}
