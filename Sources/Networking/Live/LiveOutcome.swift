public import SMTP
public import Tracing

/// How a live session ended.
public enum LiveOutcome: Equatable, Sendable {
    /// All that was asked for was done, and so many mails were accepted.
    case completed(accepted: Int)
    /// It went well up to RCPT and stopped there, since mail data was not to leave this machine.
    case heldBack
    /// DNS did not say where to go; why, and whether it may say so later. Nil where it is for reasons of our own.
    case lookupFailed(WireEvent.Failure, Disposition?)
    /// No connection could be made to any host; why, of the last.
    case notConnected(WireEvent.Failure)
    /// The session failed at this turn or that.
    case failed(ClientDialogue.Outcome)
    case cancelled

    /// The exit status, swaks' number for where a session failed; 69 and 75 are those of sysexits(3).
    public var exitStatus: Int32 {
        switch self {
        case .completed, .heldBack: 0
        // swaks' number for a host that cannot be found; a name server that gives no answer is something else.
        case .lookupFailed(let reason, _):
            switch reason.failure {
            case .noSuchDomain, .noAddress, .neitherMXNorAddress: 2
            default: 69
            }
        case .notConnected: 2
        case .cancelled: 75
        case .failed(.closedEarly), .failed(.afterTLS(.closedEarly)): 6
        case .failed(.afterTLS): 32
        case .failed(let outcome): outcome.turn?.exitStatus ?? 0
        }
    }

    /// In a sentence without a full stop.
    public var sentence: String {
        switch self {
        case .completed(accepted: 0): "the session ended where it was told to"
        case .completed: "the server accepted the mail"
        case .heldBack: "the session stopped before DATA: mail data goes to a real server only when that is asked for"
        case .lookupFailed(let failure, _), .notConnected(let failure): failure.words
        case .failed(.refused(let turn, let reply)):
            ClientDialogue.Outcome.refused(at: turn, reply).sentence + Self.quoted(reply)
        case .failed(.commandRefused(let verb, let reply)):
            ClientDialogue.Outcome.commandRefused(verb, reply).sentence + Self.quoted(reply)
        case .failed(let outcome): outcome.sentence
        case .cancelled: "the session was broken off"
        }
    }
}

extension LiveOutcome {
    /// The server's own words, all lines of them, so far as they fit.
    private static func quoted(_ reply: Reply) -> String {
        let text = Array(reply.lines.map(\.text).filter { !$0.isEmpty }.joined(separator: [UInt8(ascii: " ")]))
        guard !text.isEmpty else { return "" }
        return ": “\(WireText.shown(text.prefix(400)))\(text.count > 400 ? "…" : "")”"
    }

    /// Where what a mail server would do next is told.
    var leg: Leg { if case .lookupFailed = self { .lookup } else { .relay } }
}

extension CommandSequence.Turn {
    fileprivate var exitStatus: Int32 {
        switch self {
        case .greeting: 21
        case .hello: 22
        case .mail: 23
        case .rcpt: 24
        case .data: 25
        case .mailData, .chunk, .lastChunk: 26
        case .quit, .rset, .anytime, .turnAround, .unknown: 27
        case .auth, .saslResponse: 28
        case .startTLS, .handshake: 29
        }
    }
}
