import Lessons
import Tracing

/// Lines of Exim's main and reject logs (Exim specification, chapter "Log files"): `=>` delivered, `**` failed, `==` put off, `<=`
/// arrived, and what an ACL refused.
enum EximLog {
    static func read(_ line: Substring, _ explainer: Explainer) -> Explanation? {
        let words = line.split(separator: " ", maxSplits: 8, omittingEmptySubsequences: true)
        guard let start = words.firstIndex(where: { isMessageID($0) || $0.hasPrefix("H=") }), start <= 6 else {
            return refused(line, explainer)
        }
        if isMessageID(words[start]), start + 1 < words.count, let arrow = Arrow(rawValue: String(words[start + 1])) {
            return delivery(arrow, line, explainer)
        }
        return refused(line, explainer) ?? error(line, explainer) ?? failed(line, behind: words[start], explainer)
    }

    /// The failure of a connection, of a message that waits for its next server: `… H=mx [192.0.2.6]: SMTP timeout after …`.
    private static func failed(_ line: Substring, behind first: Substring, _ explainer: Explainer) -> Explanation? {
        guard isMessageID(first) else { return nil }
        var found = explainer.logged(line, by: "Exim", reply: nil, turn: nil, speaker: .program)
        explainer.addFailure(line, to: &found)
        return found.lessons.isEmpty ? nil : found
    }

    /// What a server answered, of a message that waits for its next server: `… H=mx [192.0.2.6]: SMTP error from remote mail server
    /// after …: 451 …`.
    private static func error(_ line: Substring, _ explainer: Explainer) -> Explanation? {
        guard let said = line.behind("SMTP error from remote mail server after "),
            let reply = ReplyInText.first(in: said)
        else { return nil }
        let turn = explainer.turn(toldIn: line)
        var found = explainer.logged(line, by: "Exim", reply: reply, turn: turn, speaker: .recipientServer)
        found.server = line.between("H=", ": ").map(String.init)
        return found
    }

    private enum Arrow: String {
        case arrived = "<="
        case delivered = "=>"
        case also = "->"
        case failed = "**"
        case deferred = "=="
        case suppressed = "*>"
    }

    /// `1tQSxK-0001Rs-2K`, since 4.97 `1tQSxK-000000001Rs-2Kab`.
    private static func isMessageID(_ word: Substring) -> Bool {
        let parts = word.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 6, [6, 11].contains(parts[1].utf8.count),
            [2, 4].contains(parts[2].utf8.count)
        else { return false }
        return parts.allSatisfy {
            $0.utf8.allSatisfy { ("0"..."9").contains(Character(UnicodeScalar($0))) || isLetter($0) }
        }
    }

    private static func isLetter(_ octet: UInt8) -> Bool {
        (0x41...0x5A).contains(octet) || (0x61...0x7A).contains(octet)
    }

    private static func delivery(_ arrow: Arrow, _ line: Substring, _ explainer: Explainer) -> Explanation? {
        guard let rest = line.behind(" \(arrow.rawValue) ") else { return nil }
        let reason = arrow == .deferred || arrow == .failed ? rest.behind(": ") ?? rest : rest
        let quoted = rest.between("C=\"", "\"") ?? reason
        let reply = arrow == .arrived ? nil : ReplyInText.opening(quoted) ?? ReplyInText.first(in: quoted)
        let turn =
            explainer.turn(toldIn: reason) ?? reason.behind("after ").flatMap { AnsweredTurn(named: $0.prefix(40)) }
        var found = explainer.logged(
            line,
            by: "Exim",
            reply: reply,
            turn: turn ?? (arrow == .failed || arrow == .deferred ? nil : .dot),
            speaker: arrow == .arrived ? .ownServer : reply == nil ? .program : .recipientServer,
            outcome: arrow == .failed ? .refused : arrow == .deferred ? .deferred : .accepted
        )
        found.recipient = arrow == .arrived ? nil : recipient(rest)
        if arrow == .failed, line.has("retry timeout exceeded") || line.has("retry time not reached") {
            found.outcome = .expired
        }
        found.server = rest.between("H=", " ").map(String.init)
        if reply == nil, arrow == .failed || arrow == .deferred {
            found.quoted = String(reason)
            explainer.addFailure(reason, to: &found)
        }
        return found
    }

    private static func recipient(_ rest: Substring) -> String {
        let first = rest.before(" R=").before(":")
        return String(first.between("<", ">") ?? first.prefix { $0 != " " })
    }

    /// What this server's rules refused: `H=… F=<…> temporarily rejected RCPT <…>: greylisted`.
    private static func refused(_ line: Substring, _ explainer: Explainer) -> Explanation? {
        guard let at = line.place(of: "rejected "), line.has("H=") || line.has("F=<") else {
            return failedLogin(line, explainer)
        }
        let isForNow = line[..<at.lowerBound].hasSuffix("temporarily ")
        let rest = line[at.upperBound...]
        let words =
            rest.hasPrefix("after ")
            ? "end of DATA" : rest.hasPrefix("connection") ? "CONNECT" : String(rest.prefix(40))
        let turn = AnsweredTurn(named: words)
        let text = rest.behind(": ") ?? ""
        var found = explainer.logged(
            line,
            by: "Exim",
            reply: ReplyInText.opening(text),
            turn: turn,
            speaker: .ownServer,
            outcome: isForNow ? .deferred : .refused
        )
        if turn == .rcpt { found.recipient = rest.between("<", ">").map(String.init) }
        found.server = line.between("H=", " F=").map(String.init)
        if found.code == nil {
            found.quoted = String(text)
            // What Exim says where a rule names no code (Exim specification, "Access control lists").
            let code = isForNow ? 451 : 550
            found.lessons = [LessonAnchor("reply/\(code)@\(turn?.name ?? "CONNECT")"), LessonAnchor("reply/\(code)")]
        }
        return found
    }

    private static func failedLogin(_ line: Substring, _ explainer: Explainer) -> Explanation? {
        guard line.has("authenticator failed for "), let reply = ReplyInText.first(in: line) else { return nil }
        return explainer.logged(line, by: "Exim", reply: reply, turn: .auth, speaker: .ownServer)
    }
}
