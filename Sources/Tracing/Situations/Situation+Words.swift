import Notation
import SMTP

/// The one set of words for situations: a sentence each, what to do, and a few words for a row of a list. They hold nothing of a wire.
extension Situation {
    /// What is going on, in one sentence.
    public var sentence: String {
        switch told {
        case .passwordGuessing(let failed, let seconds, let connections, let succeeded, let spread):
            let from = spread.map { " from \($0.addresses) addresses\($0.isOneUser ? " for one user" : "")" } ?? ""
            let over = connections > 1 ? " on \(connections) connections\(from)" : ""
            let time = seconds.map { " in \($0.inWords)" } ?? ""
            let end = succeeded ? ", and one was accepted" : ""
            return "Passwords are being guessed: \(failed.counted("failed login"))\(over)\(time)\(end)."
        case .relayTest(let tricks, let asked, let taken):
            let forms = tricks.map { "\($0.rawValue)" }.joined(separator: ", ")
            let end =
                taken == 0
                ? "the server took none" : "the server took \(taken) of \(asked)"
            return "A relay test: \(asked.counted("recipient")) written as \(forms); \(end)."
        case .addressHarvest(let verbs, let names, let found, let connections):
            let how = verbs.map(\.rawValue).joined(separator: " and ")
            let over = connections > 1 ? " on \(connections) connections" : ""
            return
                "Somebody looks for names that are there: \(names.counted("name")) tried by \(how)\(over), \(found) found."
        case .wrongProtocol(let known):
            return "A client of another protocol: it speaks \(known.rawValue) to a port of mail."
        case .earlyTalker: return "The client spoke before the greeting, as many bots do."
        case .connectAndLeave(let isGreeted):
            return isGreeted
                ? "Somebody connected, heard the greeting and left: no mail was tried."
                : "Somebody connected and left before the server had spoken: no mail was tried."
        case .headerInjection(let field):
            return field.isEmpty
                ? "A line end stands inside the argument of a command: somebody tries to put in commands or header fields of their own."
                : "Header injection: behind a line end that should not be there stands a field of its own, \(field)."
        case .smuggling(let commands, let isTaken):
            let end =
                isTaken ? "the server took what stood before them for a whole mail" : "the server did not fall for it"
            return "A second mail is smuggled: \(commands.counted("command")) hidden in the mail data; \(end)."
        case .secondAttempt(let seconds, let isTaken):
            let time = seconds.map { ", \($0.inWords) later" } ?? ""
            let end = isTaken.map { $0 ? "; now it was taken" : "; it was not taken" } ?? ""
            return "A second attempt after greylisting: the same client, sender and recipient\(time)\(end)."
        case .sameMail(let hop, let hops, let isOneWay):
            return isOneWay
                ? "One mail on its way: hop \(hop) of \(hops), each server hands on what the one before took."
                : "The same mail was sent in \(hops) sessions, of which this is number \(hop)."
        }
    }

    /// What to do about it.
    public var advice: String {
        switch kind {
        case .passwordGuessing where isSpread:
            "Shutting one address out does not help here: count failed logins by user too, and ask for more than a password."
        case .passwordGuessing:
            "Shut the address out for a while, as fail2ban does; where a login was accepted, change that password now."
        case .relayTest:
            relayed
                ? "See whether the server really hands such mail on, and forbid it: it would be used within days."
                : "Nothing is to be done: the server kept to its own recipients. Test your own with the dialog relay-test."
        case .addressHarvest:
            "Answer VRFY with 252, and EXPN too unless the client has logged in; slow down or shut out who asks for many unknown recipients."
        case .httpClient, .otherProtocol:
            "Nothing is to be done at the server. If the client is yours, its host or port is wrong."
        case .socksClient: "Nothing is to be done: somebody looks for open proxies, which a mail server is not."
        case .tlsClient: "If the client is yours, use STARTTLS on this port, or TLS from the first octet on port 465."
        case .earlyTalker: "Let postscreen or a short pause before the greeting turn such clients away."
        case .connectAndLeave: "Nothing is to be done: monitors and port scanners do it all day."
        case .headerInjection: "In a form or program of yours, refuse CR and LF in whatever becomes a path or a field."
        case .smuggling: "See that the server takes CR LF . CR LF alone for the end; the dialog smuggling tests it."
        case .secondAttempt: "Nothing is to be done: so it has to be. Let greylisting know clients that came back."
        case .sameMail: "In a list of sessions, h leads from hop to hop."
        }
    }

    private var isSpread: Bool {
        if case .passwordGuessing(_, _, _, _, let spread) = told { spread != nil } else { false }
    }
    private var relayed: Bool { if case .relayTest(_, _, let taken) = told { taken > 0 } else { false } }

    /// In a few words, for a row of a list.
    public var listed: String {
        switch told {
        case .passwordGuessing(let failed, _, _, _, let spread?):
            "password guessing, \(failed) from \(spread.addresses) addresses"
        case .passwordGuessing(let failed, _, let connections, _, _):
            connections > 1
                ? "password guessing, \(failed) on \(connections) connections" : "password guessing, \(failed)"
        case .relayTest(_, let asked, let taken): "relay test, \(taken) of \(asked) taken"
        case .addressHarvest(_, let names, let found, _): "address harvest, \(found) of \(names) found"
        case .wrongProtocol(let known): "\(known.rawValue) client"
        case .earlyTalker: "spoke before the greeting"
        case .connectAndLeave: "connected and left"
        case .headerInjection: "header injection"
        case .smuggling(_, let isTaken): isTaken ? "smuggling, taken" : "smuggling tried"
        case .secondAttempt(let seconds, _): "second attempt\(seconds.map { " after \($0.inWords)" } ?? "")"
        case .sameMail(let hop, let hops, let isOneWay):
            isOneWay ? "hop \(hop) of \(hops)" : "same mail \(hop) of \(hops)"
        }
    }

    /// In which sessions it goes on, by their numbers in the list; empty where one alone tells it.
    public var others: String {
        guard !sessions.isEmpty else { return "" }
        let shown = sessions.prefix(Self.maxShown).map(String.init).joined(separator: ", ")
        let more = sessions.count > Self.maxShown ? " and \(sessions.count - Self.maxShown) more" : ""
        return "Sessions \(shown)\(more)."
    }

    private static let maxShown = 12
}

extension Double {
    /// A time as a person says it: `0.4 seconds`, `16 seconds`, `5 minutes`, `2 hours`.
    fileprivate var inWords: String {
        let seconds = Swift.max(0, self)
        switch seconds {
        case ..<10:
            let tenths = Int((seconds * 10).rounded())
            return tenths == 10 ? "1 second" : "\(tenths / 10).\(tenths % 10) seconds"
        case ..<120: return Int(seconds.rounded()).counted("second")
        case ..<7200: return Int((seconds / 60).rounded()).counted("minute")
        case ..<172_800: return Int((seconds / 3600).rounded()).counted("hour")
        default: return Int(Swift.min(seconds / 86_400, 1e9).rounded()).counted("day")
        }
    }
}
