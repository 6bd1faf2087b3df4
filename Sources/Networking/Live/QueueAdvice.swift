import SMTP
import Tracing

/// What a mail server with a queue would do after a session that ended like this one (RFC 5321 §4.5.4.1, §6.1).
///
/// Said at the end of a live session, so that a person who drives it by hand learns what usually happens unseen.
enum QueueAdvice {
    /// What it would do, and why; nil when nothing failed.
    static func remark(after outcome: LiveOutcome) -> WireEvent.Failure? {
        switch outcome {
        case .completed, .heldBack, .cancelled: nil
        case .lookupFailed(_, let disposition): disposition.map(lookup)
        case .notConnected: retries
        case .failed(let outcome): session(outcome)
        }
    }

    /// What it would do with all exchangers of a domain as they were found: it goes on to the next one only where nobody is there, or
    /// the greeting says later (RFC 5321 §5.1).
    static func sentence(afterAll deciding: (peer: String, outcome: LiveOutcome)?) -> String {
        guard let (peer, outcome) = deciding else {
            return
                "A real mail server reaches none of them, keeps the mail in its queue and tries them all again (RFC 5321 §4.5.4.1)"
        }
        switch outcome {
        case .completed, .heldBack:
            return "A real mail server delivers to \(peer), the first that takes the mail (RFC 5321 §5.1)"
        case .lookupFailed, .notConnected, .cancelled, .failed:
            let asks = "A real mail server takes the answer of \(peer) and asks no other"
            guard let next = remark(after: outcome)?.failure else { return asks }
            return asks + (next == .bounces ? ": the mail goes back to its author" : ": the mail waits in its queue")
        }
    }

    private static let retries = WireEvent.Failure(.retries).adding(
        ", tries again after half an hour or later, and gives the mail back after at least 4 to 5 days (RFC 5321 §4.5.4.1)"
    )

    private static func lookup(_ disposition: Disposition) -> WireEvent.Failure {
        switch disposition {
        case .permanent:
            .init(.bounces).adding(
                ": the author gets the mail back at once, with this reason (RFC 5321 §5.1, RFC 7505 §3)"
            )
        case .temporary: retries
        }
    }

    /// Where the extension is told that was not offered: `AUTH LOGIN` is one of AUTH.
    private static func source(of keyword: String) -> String {
        let name = keyword.prefix { $0 != " " }
        return Extension.named(name.utf8).map { " (\($0.spec))" } ?? ""
    }

    private static func session(_ outcome: ClientDialogue.Outcome) -> WireEvent.Failure? {
        switch outcome {
        case .completed: return nil
        case .refused(let turn, let reply):
            guard turn != .quit else { return nil }
            if reply.disposition == .temporary { return retries }
            let greeting = turn == .greeting ? "; many try the domain's next exchanger first" : ""
            return .init(.bounces).adding(
                " after 5yz: the author receives a report that quotes the server's words (RFC 5321 §6.1)\(greeting)"
            )
        // A proxy that may not say for whom it speaks is set up wrongly: that is nothing the author can mend.
        case .ofCommand(_, .refused(_, let reply)): return reply.disposition == .temporary ? retries : nil
        case .ofCommand(_, let outcome): return session(outcome)
        // Who must have TLS waits until there is some (RFC 7672 §2.2, RFC 8461 §5).
        case .notOffered(_, at: .startTLS): return retries
        case .noMechanism: return session(.notOffered(keyword: "AUTH", at: .auth))
        case .notOffered(let keyword, _):
            return .init(.bounces).adding(
                ": what this server cannot carry goes back to the author, unless it can be had otherwise\(source(of: keyword))"
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
