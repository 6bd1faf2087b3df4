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
    var sentence: String { sentence(about: nil) }

    /// `command` is what was answered, where its turn is shared by others.
    private func sentence(about command: Verb?) -> String {
        func name(_ turn: CommandSequence.Turn) -> String { command?.rawValue ?? turn.words }
        return switch self {
        case .completed(let accepted): accepted == 0 ? "no mail was sent" : "the server accepted the mail"
        case .refused(let turn, let reply): "the server answered \(name(turn)) with \(reply.codes)"
        case .ofCommand(let verb, let outcome): outcome.sentence(about: verb)
        case .notOffered(let keyword, at: .startTLS): "\(keyword) is required and the server does not offer it"
        case .notOffered(let keyword, at: .auth): "the server does not offer \(keyword)"
        case .noMechanism(let offered): Self.lack(of: offered)
        case .notSecured(let reason): reason
        case .notAuthenticated(let trouble): "\(trouble)"
        case .credentialsKept(let mechanism?) where mechanism.sends == nil:
            "nobody logged in: \(mechanism.name) does not send the password, but without TLS whoever listens can try passwords on what it sends"
        case .credentialsKept: "user and password stayed here: the line is not protected by TLS"
        case .afterTLS(let outcome): "inside TLS, \(outcome.sentence)"
        case .notOffered(let keyword, _): "the mail needs \(keyword), which the server does not offer"
        case .closedEarly(let turn): "the server closed the connection instead of answering \(name(turn))"
        case .timedOut(let turn): "the server did not answer \(name(turn)) in time"
        case .protocolError(let turn, let reply):
            reply?.code == nil
                ? "what the server said to \(name(turn)) is no SMTP reply"
                : "the server answered \(name(turn)) with \(reply?.codes ?? ""), which has no meaning there"
        }
    }

    /// A server names what it offers behind AUTH (RFC 4954 §3); of that only what can be a mechanism's name is said again.
    private static func lack(of offered: [[UInt8]]) -> String {
        let names = offered.filter(\.isMechanismName)
        if let byName = names.lazy.compactMap({ Mechanism(named: $0) }).first(where: \.isSpoken) {
            return "the server offers AUTH with \(byName.name), which is used only where --auth asks for it"
        }
        guard !names.isEmpty else { return "the server offers AUTH and names no mechanism for it" }
        let shown = names.prefix(8).map(\.lossyText).joined(separator: ", ")
        return "the server offers AUTH, and none of its mechanisms is spoken here: \(shown)"
    }
}

extension Reply {
    /// As `550 5.1.1`.
    fileprivate var codes: String {
        let code = code.map { "\($0)" } ?? "no code"
        return enhanced.map { "\(code) \($0.class).\($0.subject).\($0.detail)" } ?? code
    }
}
