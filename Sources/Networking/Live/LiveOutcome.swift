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

    /// Where it came to its end, as far as an exit status tells that; the numbers are in the table of exit statuses.
    public enum Status: CaseIterable, Sendable {
        case success, connection, closedEarly, greeting, hello, mail, noRecipient, data, content, quit, authentication,
            tls
        case helloInTLS, unavailable, brokenOff
    }

    public var status: Status {
        switch self {
        case .completed, .heldBack: .success
        // To swaks a host that cannot be found is no connection; a name server that gives no answer is something else.
        case .lookupFailed(let reason, _):
            switch reason.failure {
            case .noSuchDomain, .noAddress, .neitherMXNorAddress: .connection
            default: .unavailable
            }
        case .notConnected: .connection
        case .cancelled: .brokenOff
        case .failed(.closedEarly), .failed(.afterTLS(.closedEarly)), .failed(.ofCommand(_, .closedEarly)): .closedEarly
        case .failed(.afterTLS): .helloInTLS
        case .failed(let outcome): outcome.turn?.status ?? .success
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
        case .failed(let outcome):
            if case .ofCommand(_, .refused(_, let reply)) = outcome {
                outcome.sentence + Self.quoted(reply)
            } else {
                outcome.sentence
            }
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
    fileprivate var status: LiveOutcome.Status {
        switch self {
        case .greeting: .greeting
        case .hello: .hello
        case .mail: .mail
        case .rcpt: .noRecipient
        case .data: .data
        case .mailData, .chunk, .lastChunk: .content
        case .quit, .rset, .anytime, .turnAround, .unknown: .quit
        case .auth, .saslResponse: .authentication
        case .startTLS, .handshake: .tls
        }
    }
}
