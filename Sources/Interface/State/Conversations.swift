import SMTP
public import Tracing

/// Several conversations, one of which is open in the panes.
///
/// The newest is opened as it comes, unless the person chose one. Those that are over stay, up to a bound; then the oldest
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
        public var octets: Int
        public var findings: Int

        /// As it stands after a trace.
        public init(number: Int, peer: String, trace: Trace, octets: Int, isOver: Bool, isHeld: Bool = false) {
            self.number = number
            self.peer = WireText.shown(peer.utf8)
            self.octets = octets
            from = trace.facts.reversePath
            to = Array(trace.facts.forwardPaths.prefix(2))
            standing = Standing(trace, isOver: isOver, isHeld: isHeld)
            findings = trace.lines.reduce(0) { $0 + $1.findings.count }
        }
    }

    /// How far it has come, or how it ended.
    public enum Standing: Equatable, Sendable {
        /// It goes on; the label of its step, empty before the first.
        case under(way: String)
        /// A line of the client waits for Enter.
        case held(at: String)
        case accepted(mails: Int)
        /// The server said no: its code, and the label of the step.
        case refused(code: UInt16, at: String)
        case brokenOff(at: String)
        /// It ended in order and no mail was sent.
        case noMail

        init(_ trace: Trace, isOver: Bool, isHeld: Bool) {
            let step = trace.stops.last?.place.label ?? ""
            guard isOver else {
                self = isHeld ? .held(at: step) : .under(way: step)
                return
            }
            let accepted = trace.mails.count { $0.outcome == .accepted }
            let refusal = trace.lines.last { line in
                guard let code = line.replyCode, code >= 400, code < 600 else { return false }
                return trace.failed.contains(line.place)
            }
            let last = trace.mails.last?.outcome
            if accepted > 0 {
                self = .accepted(mails: accepted)
            } else if last == .brokenOff || last == .unanswered {
                self = .brokenOff(at: step)
            } else if let refusal, let code = refusal.replyCode {
                self = .refused(code: code, at: refusal.place.label)
            } else {
                self = trace.failed.isEmpty && !trace.lines.isEmpty ? .noMail : .brokenOff(at: step)
            }
        }

        var isOver: Bool {
            switch self {
            case .under, .held: false
            case .accepted, .refused, .brokenOff, .noMail: true
            }
        }

        /// Whether it did not go as it should.
        var isTrouble: Bool {
            switch self {
            case .refused, .brokenOff: true
            case .under, .held, .accepted, .noMail: false
            }
        }

        /// In a few words.
        var words: String {
            switch self {
            case .under(let step): step.isEmpty ? "connecting" : "step \(step)"
            case .held(let step): step.isEmpty ? "waits for Enter" : "step \(step), waits"
            case .accepted(let mails): mails == 1 ? "1 mail accepted" : "\(mails) mails accepted"
            case .refused(let code, let step): "\(code) at step \(step)"
            case .brokenOff(let step): step.isEmpty ? "broke off" : "broke off, \(step)"
            case .noMail: "no mail"
            }
        }
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
    /// How many are kept; one that goes on, and the open one, are kept in any case.
    public static let maxKept = 1_000

    public init(invitation: [String] = [], rows: [Row] = []) {
        self.invitation = invitation
        self.rows = rows
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
        var surplus = rows.count - Self.maxKept
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
