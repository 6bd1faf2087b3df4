import SMTP
import Tracing

/// Endings of a session in sentences without a full stop. They quote nothing a server said but its codes.
extension ClientEnd.Ending {
    var reason: String {
        switch self {
        case .finished(let outcome): outcome.sentence
        case .notConnected(let failure): failure.words
        }
    }
}

extension ClientDialogue.Outcome {
    var sentence: String {
        switch self {
        case .completed(let accepted): accepted == 0 ? "no mail was sent" : "the server accepted the mail"
        case .refused(let turn, let reply): "the server answered \(turn.words) with \(reply.codes)"
        case .commandRefused(let verb, let reply): "the server answered \(verb.rawValue) with \(reply.codes)"
        case .notOffered(let keyword, at: .startTLS): "\(keyword) is required and the server does not offer it"
        case .notOffered(let keyword, at: .auth): "the server does not offer \(keyword)"
        case .notSecured(let reason): reason
        case .notAuthenticated(let trouble): "\(trouble)"
        case .credentialsKept(let mechanism?) where mechanism.sends == nil:
            "nobody logged in: \(mechanism.name) does not send the password, but without TLS whoever listens can try passwords on what it sends"
        case .credentialsKept: "user and password stayed here: the line is not protected by TLS"
        case .afterTLS(let outcome): "inside TLS, \(outcome.sentence)"
        case .notOffered(let keyword, _): "the mail needs \(keyword), which the server does not offer"
        case .closedEarly(let turn): "the server closed the connection instead of answering \(turn.words)"
        case .timedOut(let turn): "the server did not answer \(turn.words) in time"
        case .protocolError(let turn, let reply):
            reply?.code == nil
                ? "what the server said to \(turn.words) is no SMTP reply"
                : "the server answered \(turn.words) with \(reply?.codes ?? ""), which has no meaning there"
        }
    }
}

extension Reply {
    /// As `550 5.1.1`.
    fileprivate var codes: String {
        let code = code.map { "\($0)" } ?? "no code"
        return enhanced.map { "\(code) \($0.class).\($0.subject).\($0.detail)" } ?? code
    }
}
