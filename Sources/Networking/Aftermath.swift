import SMTP
import Tracing

/// What a mail server with a queue would do after a session that ended like this one (RFC 5321 §4.5.4.1, §6.1).
///
/// Said at the end of a live session, so that a person who drives it by hand learns what usually happens unseen.
enum Aftermath {
    /// What it would do, and why; nil when nothing failed.
    static func remark(after outcome: LiveOutcome) -> WireEvent.Failure? {
        switch outcome {
        case .completed, .heldBack, .cancelled: nil
        case .lookupFailed(let failure): lookup(failure.failure)
        case .notConnected: retries
        case .failed(let outcome): session(outcome)
        }
    }

    private static let retries = WireEvent.Failure(.retries).adding(
        ", tries again after half an hour or later, and gives the mail back after 4 to 5 days (RFC 5321 §4.5.4.1)"
    )

    private static func lookup(_ failure: LinkFailure?) -> WireEvent.Failure? {
        guard let failure else { return retries }
        if failure == .surprisingAddress { return nil }
        guard failure.isPermanent else { return retries }
        return .init(.bounces).adding(": the author gets the mail back at once, with this reason (RFC 5321 §5.1, RFC 7505 §3)")
    }

    private static func session(_ outcome: ClientDialogue.Outcome) -> WireEvent.Failure? {
        switch outcome {
        case .completed: return nil
        case .refused(let turn, let reply):
            guard turn != .quit else { return nil }
            if reply.severity == .transientFailure { return retries }
            let greeting = turn == .greeting ? "; many try the domain's next exchanger first" : ""
            return .init(.bounces).adding(
                " after 5yz: the author receives a report that quotes the server's words (RFC 5321 §6.1)\(greeting)"
            )
        case .notOffered:
            return .init(.bounces).adding(
                ": what this server cannot carry goes back to the author, unless it can be rewritten (RFC 6152 §3)"
            )
        case .closedEarly(.mailData), .timedOut(.mailData):
            return .init(.doubt).adding(
                ": the server may have it, and the sender sends it again, so it may arrive twice (RFC 1047)"
            )
        case .closedEarly(.quit), .timedOut(.quit): return nil
        case .closedEarly, .timedOut, .protocolError, .notSecured: return retries
        default: return nil
        }
    }
}
