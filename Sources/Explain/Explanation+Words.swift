import SMTP
import Tracing

/// The words for a person: what it is, who says it, what comes next.
extension Explanation {
    /// As `A bounce written by Exim`.
    var title: String {
        let name =
            switch kind {
            case .reply: by.map { "A reply as \($0) writes it" } ?? "A reply of a server"
            case .bounce: by.map { "A bounce written by \($0)" } ?? "A bounce"
            case .log: by.map { "A line of \($0)'s log" } ?? "A line of a mail log"
            case .exception: by.map { "An error of \($0)" } ?? "An error of a program"
            case .failure:
                by.map { "A failure, told by \($0)" }
                    ?? "A failure of the \((step ?? .connection) < .rcptReply ? "connection" : "delivery")"
            case .headers: "The header of a mail"
            case .record: by.map { "A record of \($0)" } ?? "A record of a network monitor"
            case .dialogue: "An SMTP dialogue"
            case .code: status == nil ? "A reply code" : "An enhanced status code"
            case .verb: "A command"
            case .keyword: "A word of SMTP"
            case .unknown: "Nothing that is known here"
            }
        return name + (outcome.map { ": \($0.words)" } ?? "")
    }

    /// Where it belongs among the fourteen steps; nil where that is not known.
    var stepSentence: String? {
        guard let step else { return nil }
        let title = StepTitle(step, code.map(StepAnswer.reply) ?? .awaited).full
        let answer =
            turn.map { $0 == .dot ? "the answer to the mail data" : "the answer to \($0.name)" }
            .map { isLikely ? ", most likely \($0)" : ", \($0)" } ?? ""
        return
            "Step \(step.number), \(turn == .connect || turn == .quit ? step.title : title)\(answer)."
    }

    /// Who says what is quoted.
    var speakerSentence: String? {
        let server = server.map { " (\($0))" } ?? ""
        switch speaker {
        case nil where kind == .reply:
            return
                "The server that it was handed to says it: one's own, or the recipient's. The words alone do not tell which."
        case nil: return nil
        case .ownServer where kind == .reply && isLogin:
            return "The server that one logs in to says it, mostly that of one's own provider."
        case .ownServer where kind == .reply:
            return "The server that sends one's mail on\(server) says it: one's own, or that of one's provider."
        case .filter:
            return "A filter in front of the recipient's server\(server) says it; that server itself was not asked."
        case .recipientServer where kind == .reply:
            return "The server that was to take the mail\(server) says it."
        case .recipientServer:
            return "The server that was to take the mail\(server) says it; \(by ?? "the text") quotes it."
        case .ownServer: return "The server whose log this is says it, to a client that called\(server)."
        case .program: return "No server says it: \(by ?? "a program") noticed it\(server)."
        }
    }

    /// Whether it is about a login, which is between an author and a server of the author's own.
    private var isLogin: Bool { if case .auth = turn { true } else { false } }

    /// Whether it answers the end of the mail data, where a server takes the mail over (RFC 5321 §4.2.5).
    private var isAnswerToMail: Bool { turn == .dot }

    /// Whether it will be tried again, and by whom (RFC 5321 §4.5.4.1).
    var againSentence: String? {
        switch outcome {
        case .accepted where kind == .reply && !isAnswerToMail:
            return
                "Nothing is to be tried again: the command was accepted. The server has taken a mail when it says so behind the mail data, and not before (RFC 5321 §4.2.5)."
        case .accepted:
            return "Nothing is to be tried again: the server has taken the mail, and has to deliver it or to tell."
        case .refused where turn?.isQuestion == true, .deferred where turn?.isQuestion == true:
            return "Nothing is to be tried again: the command is about no mail (RFC 5321 §3.5)."
        case .refused where isLogin:
            return "It will not be tried again by itself: the mail is still with the author's program."
        case .refused:
            return
                "It will not be tried again. The server that has the mail tells its author, in a bounce (RFC 5321 §6.1)."
        case .deferred where kind == .bounce:
            return
                "It will be tried again by itself; this is a warning, and nothing needs to be sent anew (RFC 5321 §4.5.4.1)."
        case .deferred where isLogin:
            return "It can be tried again later: the mail is still with the author's program."
        case .deferred:
            return
                "It will be tried again: the server that has the mail keeps it for at least 4 to 5 days, as a rule (RFC 5321 §4.5.4.1)."
        case .expired: return "It was tried for days and will not be tried again (RFC 5321 §4.5.4.1)."
        case .unknown, nil:
            guard kind == .exception || kind == .failure else { return nil }
            return "A program that an author runs does not try again by itself; a mail server would."
        }
    }
}

extension Explanation.Outcome {
    var words: String {
        switch self {
        case .refused: "refused for good"
        case .deferred: "put off for now"
        case .accepted: "accepted"
        case .expired: "given up, the time is over"
        case .unknown: "what became of the mail is not known"
        }
    }
}
