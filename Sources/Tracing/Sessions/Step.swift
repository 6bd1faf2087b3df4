/// The fourteen steps of a delivery, THE table, numbered as in the post this program began with.
public enum Step: Int, CaseIterable, Comparable, Sendable {
    case submission = 1, exchangerLookup, connection, greeting, ehlo, ehloReply, mail, mailReply, rcpt, rcptReply
    case data, content, acceptance, quit

    public enum Actor: Sendable { case sender, recipient }

    /// The row of the table: who acts, the title of the post, and a short one for narrow panes.
    private var row: (actor: Actor, title: String, short: String) {
        switch self {
        case .submission: (.sender, "sender client ➔ sender SMTP server", "own server")
        case .exchangerLookup: (.sender, "sender ➔ find recipient with DNS MX", "MX lookup")
        case .connection: (.sender, "connection is established over port 25", "TCP connect")
        case .greeting: (.recipient, "recipient ➔ acknowledges with FQDN", "greeting")
        case .ehlo: (.sender, "sender ➔ sends EHLO command", "EHLO")
        case .ehloReply: (.recipient, "recipient ➔ responds with HELLO", "EHLO answer")
        case .mail: (.sender, "sender ➔ sends MAIL FROM", "MAIL FROM")
        case .mailReply: (.recipient, "recipient ➔ responds with OK", "MAIL answer")
        case .rcpt: (.sender, "sender ➔ sends RCPT TO", "RCPT TO")
        case .rcptReply: (.recipient, "recipient ➔ OK", "RCPT answer")
        case .data: (.sender, "sender ➔ DATA", "DATA")
        case .content: (.sender, "sender ➔ . + newline when done", "mail and dot")
        case .acceptance: (.recipient, "recipient ➔ message accepted", "final answer")
        case .quit: (.sender, "sender ➔ quit", "QUIT")
        }
    }

    public var number: Int { rawValue }
    /// The title as the post has it.
    public var title: String { row.title }
    /// The title with the port that was used, where it is not the usual one.
    public func title(port: UsedPort) -> String {
        guard self == .connection else { return title }
        switch port {
        case .usual, .known(25): return title
        case .known(let port): return "connection is established over port \(port)"
        case .notInSession: return "connection is established, port not in this session"
        }
    }
    /// At most 15 columns, and neutral: true whatever is answered.
    public var shortTitle: String { row.short }
    public var actor: Actor { row.actor }
    /// The step after this one; nil after the last.
    public var next: Step? { Step(rawValue: rawValue + 1) }
    public static func < (left: Step, right: Step) -> Bool { left.rawValue < right.rawValue }
}

/// Which port a connection was made to.
public enum UsedPort: Equatable, Sendable {
    /// There is no connection yet: port 25 is what is planned.
    case usual
    case known(Int)
    /// A connection was made, and the log or capture does not tell to which port.
    case notInSession
}

/// Where in the walk something stands: a step, perhaps a sub-step, and the mail transaction.
public struct Place: Hashable, Sendable {
    public var step: Step
    // There are as many places as lines, so they are kept small.
    private let keptSubstep, keptTransaction: UInt32
    /// 0 for the step itself, 1 for `a`, 2 for `b` …
    public var substep: Int { Int(keptSubstep) }
    /// 0 before the first MAIL, then counted from 1.
    public var transaction: Int { Int(keptTransaction) }

    public init(_ step: Step, substep: Int = 0, transaction: Int = 0) {
        self.step = step
        (keptSubstep, keptTransaction) = (UInt32(clamping: substep), UInt32(clamping: transaction))
    }

    /// `a` … `z`, `aa` …; empty for the step itself.
    public var letters: String {
        var rest = substep
        var letters = ""
        while rest > 0 {
            letters = String(UnicodeScalar(UInt8(97 + (rest - 1) % 26))) + letters
            rest = (rest - 1) / 26
        }
        return letters
    }

    /// As `6`, `6a`.
    public var label: String { "\(step.number)\(letters)" }
}
