import SMTP
public import Tracing

/// Several conversations, one of which is open in the panes.
///
/// The newest is opened as it comes, unless the person chose one, or the list comes first. Those that are over stay, up to a bound; then the oldest
/// are dropped, and that is said.
public struct Conversations: Equatable, Sendable {
    /// What the list tells about one.
    public struct Row: Equatable, Sendable {
        /// Counted from 1 in the order in which they began.
        public let number: Int
        /// The client; escaped.
        public let peer: String
        /// Who writes to whom; nil as long as nobody said so.
        public var from: Path?
        public var to: [Path]
        public var standing: Standing
        /// As the list of a file's sessions has it, for what is filtered and sorted.
        let listed: ListedSession
        public var octets: Int
        public var findings: Int

        /// As it stands after a trace and the verdict that was read of it.
        public init(
            number: Int,
            peer: String,
            trace: Trace,
            verdict: VerdictSoFar,
            octets: Int,
            isOver: Bool,
            isHeld: Bool = false
        ) {
            self.number = number
            self.peer = WireText.shown(peer.utf8)
            self.octets = octets
            from = trace.facts.reversePath
            to = Array(trace.facts.forwardPaths.prefix(2))
            let step = trace.stops.last?.place.label ?? ""
            standing = isOver ? .over : isHeld ? .held(at: step) : .under(way: step)
            let soFar = verdict.end ?? verdict.standing(before: trace.lines.count)
            listed = ListedSession(number: number, client: peer, trace.facts, soFar, verdict.verdict)
            findings = trace.foundIndex.count(before: trace.lines.count)
        }
    }

    /// How far it has come.
    public enum Standing: Equatable, Sendable {
        /// It goes on; the label of its step, empty before the first.
        case under(way: String)
        /// A line of the client waits for Enter.
        case held(at: String)
        case over

        var isOver: Bool { self == .over }
    }

    /// A conversation, or a session of a file, to be put into the panes.
    public struct Opened: Equatable, Sendable {
        public let number: Int
        public let source: Session.Source
        public let trace: Trace
        /// From its recording's header.
        public let title, origin, began: String
        /// What waits for Enter in it.
        public let pending: Session.Pending?

        public init(
            number: Int,
            source: Session.Source,
            trace: Trace,
            title: String,
            origin: String = "",
            began: String = "",
            pending: Session.Pending? = nil
        ) {
            self.number = number
            self.source = source
            self.trace = trace
            self.title = title
            self.origin = origin
            self.began = began
            self.pending = pending
        }
    }

    /// Where the person was in a conversation that is not open now.
    struct Spot: Equatable, Sendable {
        let cursor: Cursor
        let isAtFront: Bool
    }

    /// In the order of their numbers.
    public internal(set) var rows: [Row] = []
    /// The number of the one that is open; nil before the first came.
    public internal(set) var open: Int?
    /// Whether the newest is opened as it comes.
    public internal(set) var followsNewest = true
    /// How many old ones were dropped.
    public internal(set) var dropped = 0
    /// What is said while nobody has come; a paragraph each.
    public let invitation: [String]
    var spots: [Int: Spot] = [:]
    /// Which of them the list shows, and in which order.
    var filter = ""
    var column = SessionOrder.Column.time
    var isReversed = false
    /// The list is what is shown first, and what is left for one of them and come back to: they pass, and are many.
    public let isListFirst: Bool
    /// How many are kept; one that goes on, and the open one, are kept in any case.
    public let kept: Int
    public static let maxKept = 1_000

    public init(invitation: [String] = [], rows: [Row] = [], isListFirst: Bool = false, kept: Int = maxKept) {
        (self.invitation, self.rows, self.isListFirst, self.kept) = (invitation, rows, isListFirst, kept)
    }

    /// Where in `rows` a conversation is; nil when it is not there any more.
    func index(of number: Int) -> Int? {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < rows.count && rows[low].number == number ? low : nil
    }

    /// Indices of the rows that the list shows, in its order. There are never more than are kept.
    var shown: [Int] {
        // They stand in the order in which they began: as long as nobody asks for another, none is looked at.
        guard column != .time || !filter.isEmpty else {
            return isReversed ? rows.indices.reversed() : Array(rows.indices)
        }
        let listed = rows.map(\.listed)
        var order = SessionOrder.sorted(listed, by: column)
        // In the place of the server, which is the same for all, stands the client.
        if column == .server { order = rows.indices.sorted { (rows[$0].peer, $0) < (rows[$1].peer, $1) } }
        let wanted = SessionFilter(filter)
        if !wanted.isEmpty {
            let fitting = Set(wanted.indices(in: listed, SessionTexts(listed)))
            order.removeAll { !fitting.contains($0) }
        }
        return isReversed ? order.reversed() : order
    }

    /// The number of the conversation so many rows on in the list, from another one or from where it would be.
    func number(_ rows: Int, from number: Int) -> Int {
        let shown = shown
        guard let last = shown.indices.last else { return number }
        let here = index(of: number).flatMap { shown.firstIndex(of: $0) } ?? 0
        return self.rows[shown[min(max(0, here + rows), last)]].number
    }

    /// `conversation 3 of 7`, for the title bar; on a narrow one `3 of 7`.
    func position(isShort: Bool) -> String? {
        guard let last = rows.last?.number else { return nil }
        return (isShort ? "" : "conversation ") + "\(open ?? last) of \(last)"
    }

    /// What the key for the list promises; nil when there are no others.
    var others: String? {
        guard rows.count > 1 else { return nil }
        let running = rows.count { !$0.standing.isOver && $0.number != open }
        return running == 0 ? "others" : "others, \(running) running"
    }

    /// Opens another one and remembers where the person was in the one that was open.
    mutating func leave(at spot: Spot, for number: Int) {
        if let open { spots[open] = spot }
        open = number
    }

    mutating func take(_ row: Row) {
        if let index = index(of: row.number) {
            rows[index] = row
        } else {
            rows.append(row)
        }
    }

    /// Drops the oldest that are over, as many as there are too many. Gives their numbers.
    mutating func dropOldest() -> [Int] {
        var surplus = rows.count - kept
        guard surplus > 0 else { return [] }
        var gone: [Int] = []
        rows.removeAll { row in
            guard surplus > 0, row.standing.isOver, row.number != open else { return false }
            surplus -= 1
            gone.append(row.number)
            return true
        }
        dropped += gone.count
        for number in gone { spots[number] = nil }
        return gone
    }
}
