import SMTP
import Tracing

/// What a log tells of a delivery, as the walk asks: how far it got, and what is known of it besides.
extension LoggedMessage.Delivery {
    /// Whether a server was to be asked; of a program on this machine what it took is no session.
    var isOutgoing: Bool { if case .local = transport { outcome != .sent && outcome != .unknown } else { true } }

    /// Whether it went over the connection of the one before.
    func follows(_ other: Self) -> Bool {
        if goesOn { return true }
        guard let relay, relay == other.relay, process == other.process, transport == other.transport,
            isOfTransaction == other.isOfTransaction, !isAnsweredApart(from: other)
        else { return false }
        // A log that does not name the process tells the fates of one connection together, when it is over.
        return abs((time?.seconds ?? 0) - (other.time?.seconds ?? 0)) < (process.isEmpty ? 2 : 300)
    }

    /// Whether both have an answer to the mail data, and another one: then they are of two transactions. With LMTP each recipient
    /// has its own (RFC 2033 §4.2).
    private func isAnsweredApart(from other: Self) -> Bool {
        guard transport == .smtp, isAnsweredAtDot, other.isAnsweredAtDot else { return false }
        return reply != other.reply
    }

    private var isAnsweredAtDot: Bool { reply != nil && (outcome == .sent || turn == .mailData) }

    /// Whether MAIL was said, as far as the log tells: the server took the mail, or answered something of a transaction, or the
    /// connection broke there.
    var isOfTransaction: Bool {
        if outcome == .sent || isCutBeforeDot { return true }
        return turn?.isOfTransaction ?? (reply != nil)
    }

    /// Whether the log says what came of it.
    var isTold: Bool { outcome != .unknown || reply != nil || failure != nil || !reason.isEmpty }

    /// Whether somebody answered at the other end, if only the connection.
    var hasReachedServer: Bool {
        if reply != nil || outcome == .sent || turn != nil || isCutBeforeDot { return true }
        switch failure {
        case .reset, .noReply, .tlsFailed, .noGreeting: return relay != nil
        default: return false
        }
    }

    /// Where the log does not say what a reply answers, a refusal is of the recipient.
    var isAnsweredAtRCPT: Bool { turn == .rcpt || turn == nil && outcome != .sent }

    /// Whether the server must have said yes to RCPT.
    var isTakenAtRCPT: Bool { outcome == .sent || turn == .data || turn == .mailData }

    /// Whether the connection was lost behind this command.
    func breaksOff(at turn: CommandSequence.Turn) -> Bool { reply == nil && failure != nil && self.turn == turn }

    /// What became of the recipient by the log's own word, where no reply that is shown says the same; nil where none is needed.
    var fate: LinkFailure? {
        guard !isDecidedByReply, !isNobodyKnows else { return nil }
        switch outcome {
        case .sent: return .logAccepted
        case .deferred: return .logDeferred
        case .refused, .expired: return .logRefused
        case .unknown: return nil
        }
    }

    private var isDecidedByReply: Bool {
        if case .local = transport { return false }
        guard !recipient.isEmpty else { return false }
        guard let reply else { return outcome == .sent }
        switch turn {
        case .rcpt, .data, .mailData, nil: break
        default: return false
        }
        switch reply.first {
        case UInt8(ascii: "2"): return outcome == .sent
        case UInt8(ascii: "4"): return outcome == .deferred
        case UInt8(ascii: "5"): return outcome == .refused
        default: return false
        }
    }

    /// The connection was lost behind the dot: that it is tried again does not say that it was not taken (RFC 1047).
    private var isNobodyKnows: Bool {
        outcome == .deferred && reply == nil && turn == .mailData && !isCutBeforeDot
    }
}

extension LoggedMessage {
    /// A server as events name it: `mx1.receiver.example [192.0.2.6]:25`.
    static func endpoint(_ relay: String) -> String {
        // OpenSMTPD has it the other way round: `192.0.2.6 (mx1.receiver.example)`.
        if relay.hasSuffix(")"), let open = relay.firstIndex(of: "(") {
            let address = relay[..<open].filter { $0 != " " }
            return "\(relay[relay.index(after: open)...].dropLast()) [\(address)]:25"
        }
        guard let bracket = relay.firstIndex(of: "["), bracket > relay.startIndex else { return relay }
        var name = relay[..<bracket]
        while name.last == " " || name.last == "." { name.removeLast() }
        let address = relay[bracket...]
        return "\(name) \(address)" + (address.hasSuffix("]") ? ":25" : "")
    }

    /// The server that took part last, or else the one that was asked last and did not answer.
    var lastRelay: String? {
        let asked = deliveries.filter { $0.relay != nil }
        return (asked.last { $0.hasReachedServer } ?? asked.last)?.relay
    }
}

extension CommandSequence.Turn {
    /// Whether it is about a mail, so that a transaction is open when it is answered.
    var isOfTransaction: Bool {
        switch self {
        case .mail, .rcpt, .data, .mailData, .chunk, .lastChunk, .saslResponse, .handshake, .turnAround, .unknown: true
        case .greeting, .hello, .startTLS, .auth, .anytime, .rset, .quit: false
        }
    }
}
