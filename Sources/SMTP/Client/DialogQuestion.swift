extension DialogScript {
    /// What a dialog finds out about a server.
    public enum Question: String, CaseIterable, Sendable {
        case smuggling
        /// Whether it takes mail for others than its own.
        case relay
        /// Whether it lets somebody log in who has not begun TLS (RFC 4954 §4, RFC 8314 §3.3).
        case login = "login-before-tls"

        /// Whether the answer to such a turn is what the question is about.
        func isAbout(_ turn: CommandSequence.Turn) -> Bool {
            switch self {
            case .smuggling: false
            case .relay: turn == .rcpt
            case .login: turn == .auth
            }
        }

        /// Whether a reply shows that the server is open. Who says that a password is wrong has looked at it.
        func isOpen(_ reply: Reply) -> Bool {
            switch self {
            case .smuggling: false
            case .relay: reply.severity == .positive
            case .login:
                reply.severity == .positive || reply.severity == .intermediate || reply.code == 535 || reply.code == 454
            }
        }
    }
}

/// Counts the answers that a dialog's question is about.
///
/// It decides what they mean together. It does not know what was sent. Wrong input: whatever a server answers is counted.
struct QuestionTally: Sendable {
    let question: DialogScript.Question
    private var asked = 0
    private var open = 0

    init(_ question: DialogScript.Question) { self.question = question }

    /// Takes an answer to something that the server should refuse. Gives whether it did.
    mutating func take(_ reply: Reply) -> Bool {
        asked += 1
        let isOpen = question.isOpen(reply)
        open += isOpen ? 1 : 0
        return !isOpen
    }

    /// What was found, in a sentence without a full stop; nil where nothing was asked.
    func words(offersLogin: Bool) -> String? {
        guard asked > 0 else { return nil }
        switch question {
        case .smuggling: return nil
        case .relay:
            return open == 0
                ? "The server is closed to relaying: it refused all \(asked) recipients that are not its own"
                : "The server may relay: it took \(open) of \(asked) recipients that are not its own; see whether such mail is handed on"
        case .login:
            let offer = offersLogin ? ", and it offers AUTH there" : ""
            return open == 0
                ? "The server is closed to logins before TLS: it did not look at the password"
                : "The server lets passwords come before TLS: it looked at the one that was sent\(offer)"
        }
    }
}
