import Lessons
import Tracing

/// Lines of Postfix: `postfix/smtp[341]: 5B46F13477EF: to=<bob@receiver.example>, …, status=bounced (host … said: 550 …)`.
enum PostfixLog {
    static func read(_ line: Substring, _ explainer: Explainer) -> Explanation? {
        tagged(line, explainer) ?? untagged(line, explainer)
    }

    /// A piece of a line, cut out of a log or a list of the queue: known by the form in which Postfix alone tells a fate.
    private static func untagged(_ line: Substring, _ explainer: Explainer) -> Explanation? {
        if let status = line.between("status=", " ("), outcome(status) != .unknown {
            return delivery(line, line, explainer)
        }
        guard let host = line.behind("host "), case let name = host.before(" "), name.has("["), name.last == "]"
        else { return nil }
        let isAnswer = host.has("] said: ") || host.has("] refused to talk to me: ")
        return isAnswer ? said(line, line, explainer) : nil
    }

    private static func tagged(_ line: Substring, _ explainer: Explainer) -> Explanation? {
        guard let tag = line.place(of: "postfix"), let end = line[tag.upperBound...].place(of: "]: "),
            let bracket = line[tag.upperBound..<end.lowerBound].lastIndex(of: "[")
        else { return nil }
        let name = line[tag.upperBound..<bracket]
        guard name.utf8.count <= 60, !name.contains(" ") else { return nil }
        let daemon = name.split(separator: "/").last ?? ""
        let message = line[end.upperBound...]
        if message.has("status=") { return delivery(message, line, explainer) }
        if message.has(" said: ") || message.has(" refused to talk to me: ") { return said(message, line, explainer) }
        if message.has("reject: ") || message.has("reject_warning: ") {
            return reject(message, line, explainer)
        }
        return tls(message, line, explainer) ?? counted(message, line, explainer)
            ?? remark(message, daemon, line, explainer)
    }

    /// `Untrusted TLS connection established to mx[192.0.2.6]:25: TLSv1.3 with cipher …`: how far the name was proved. The mail goes on
    /// either way, unless a policy asks for more.
    private static func tls(_ message: Substring, _ line: Substring, _ explainer: Explainer) -> Explanation? {
        guard let place = message.place(of: " TLS connection established "), !message.has("status=") else { return nil }
        var found = explainer.logged(line, by: "Postfix", reply: nil, turn: .startTLS, speaker: .program)
        found.lessons = [LessonAnchor("background/opportunistic-tls"), LessonAnchor("command/STARTTLS")]
        found.server = message.between(" established to ", ": ").map(String.init)
        let level = message[..<place.lowerBound].split(separator: " ").last.map(String.init) ?? ""
        let version = message.between(": TLSv", " ").map { "TLSv\($0)" }
        found.details = [
            ("proof", level), ("version", version ?? ""),
            ("cipher", message.between("cipher ", " ").map(String.init) ?? ""),
        ]
        .compactMap { $1.isEmpty ? nil : Explanation.Detail($0, $1) }
        return found
    }

    /// `disconnect from unknown[203.0.113.7] ehlo=1 auth=0/1 commands=1/2`: the first command of which not all were taken.
    private static func counted(_ message: Substring, _ line: Substring, _ explainer: Explainer) -> Explanation? {
        guard let words = message.behind("disconnect from ")?.split(separator: " ").dropFirst(),
            let told = words.lazy.compactMap({ word -> (AnsweredTurn, Substring)? in
                guard let count = word.behind("="), count.contains("/"),
                    let turn = AnsweredTurn(named: word.before("="))
                else { return nil }
                return (turn, count)
            }).first
        else { return nil }
        var found = explainer.logged(line, by: "Postfix", reply: nil, turn: told.0, speaker: .ownServer)
        found.lessons = [LessonAnchor("step/\(told.0.step.rawValue)")]
        found.details = [Explanation.Detail("taken of those asked for", String(told.1))]
        return found
    }

    /// What came of a recipient: `to=<…>, relay=…, dsn=5.7.1, status=bounced (…)`.
    private static func delivery(_ message: Substring, _ line: Substring, _ explainer: Explainer) -> Explanation? {
        guard let status = message.between("status=", " ") ?? message.behind("status=") else { return nil }
        let outcome = outcome(status.before(","))
        let reason = message.behind("status=")?.behind(" (").map { $0.last == ")" ? $0.dropLast() : $0 } ?? ""
        let reply = reply(in: reason)
        let hasReply = reply != nil
        var found = explainer.logged(
            line,
            by: "Postfix",
            reply: reply,
            turn: explainer.turn(toldIn: reason) ?? (outcome == .accepted ? .dot : nil),
            speaker: hasReply ? .recipientServer : .program,
            outcome: outcome
        )
        found.recipient = message.between(" to=<", ">").map(String.init)
        let dsn = message.between("dsn=", ",").map(String.init)
        if !hasReply || found.status == nil || found.status?.hasSuffix(".0.0") == true {
            found.status = dsn ?? found.status
        }
        if !hasReply {
            found.quoted = String(reason)
            explainer.addFailure(reason, to: &found)
            if found.step == nil, outcome != .accepted {
                found.place = LikelyTurn.of(code: nil, status: dsn)?.step
            }
        }
        found.server = message.between("relay=", ",").flatMap { $0 == "none" ? nil : String($0) }
        found.details = [("delay", "delay="), ("queue id", "")].compactMap { name, key in
            let value = key.isEmpty ? queueID(message) : message.between(key, ",")
            return value.map { Explanation.Detail(name, String($0)) }
        }
        return found
    }

    /// A server's answer that was not the last word: `host mx[192.0.2.6] said: 451 4.7.1 … (in reply to end of DATA command)`.
    private static func said(_ message: Substring, _ line: Substring, _ explainer: Explainer) -> Explanation? {
        guard let reply = reply(in: message) else { return nil }
        var found = explainer.logged(
            line,
            by: "Postfix",
            reply: reply,
            turn: explainer.turn(toldIn: message),
            speaker: .recipientServer
        )
        found.server = (message.between("host ", " said") ?? message.between("host ", " refused")).map(String.init)
        found.recipient = message.between("to=<", ">").map(String.init)
        return found
    }

    /// What this server refused to a client: `NOQUEUE: reject: RCPT from host[192.0.2.94]: 501 5.5.2 …; from=<…> to=<…>`.
    private static func reject(_ message: Substring, _ line: Substring, _ explainer: Explainer) -> Explanation? {
        guard let rest = message.behind("reject: ") ?? message.behind("reject_warning: ") else { return nil }
        let words = rest.before(" from ")
        // A rule of cleanup quotes the mail and then its own words: `header Subject: … from …; from=… to=…: 5.7.1 …`.
        let isContent = words.hasPrefix("header ") || words.hasPrefix("body ") || words.hasPrefix("mime-header ")
        let said = isContent ? rest.behind(">: ") ?? rest : rest.behind("]: ") ?? rest.behind(": ") ?? rest
        let turn = isContent ? AnsweredTurn.dot : AnsweredTurn(named: words)
        let text = said.before("; from=<").before(", from=<")
        guard let reply = ReplyInText.opening(text) ?? status(opening: text) else { return nil }
        var found = explainer.logged(line, by: "Postfix", reply: reply, turn: turn, speaker: .ownServer)
        found.recipient = rest.between("to=<", ">").map(String.init)
        found.server = rest.between(" from ", ": ").map { $0.before(";") }.map(String.init)
        return found
    }

    /// Milters and rules of cleanup log the status without the code.
    private static func status(opening text: Substring) -> ReplyInText? {
        guard let word = text.trimmed.split(separator: " ").first, ReplyInText.isStatus(word) else { return nil }
        return ReplyInText(code: nil, status: String(word), text: String(text.trimmed.dropFirst(word.count).trimmed))
    }

    /// What smtpd and postscreen remark of a client.
    private static func remark(
        _ message: Substring,
        _ daemon: Substring,
        _ line: Substring,
        _ explainer: Explainer
    ) -> Explanation? {
        let turn: AnsweredTurn?
        let isLogin = message.has("authentication failed")
        if isLogin {
            turn = .auth
        } else if let words = message.between("lost connection after ", " from") ?? message.between(
            "timeout after ",
            " from"
        )
            ?? message.between("too many errors after ", " from")
            ?? message.between("improper command pipelining after ", " from")
        {
            turn = AnsweredTurn(named: words)
        } else if message.hasPrefix("SSL_accept error") {
            turn = .startTLS
        } else if situation(message) != nil {
            turn = .connect
        } else {
            // Whatever else it tells counts where it is the failure of a connection or of a lookup.
            turn = nil
        }
        var found = explainer.logged(line, by: "Postfix", reply: nil, turn: turn, speaker: .program)
        if isLogin {
            found.code = 535
            found.status = "5.7.8"
            found.outcome = .refused
            found.speaker = .ownServer
        }
        if let situation = situation(message) { found.lessons.insert(situation, at: 0) }
        explainer.addFailure(message, to: &found)
        return found.lessons.isEmpty && found.code == nil && turn == nil ? nil : found
    }

    /// What a client does that smtpd or postscreen tells of: `PREGREET 14 after 0.08 from [192.0.2.94]:25372: EHLO ylmf-pc\r\n`.
    private static func situation(_ message: Substring) -> LessonAnchor? {
        let kind: Situation.Kind? =
            if message.hasPrefix("PREGREET") {
                message.has(" HTTP/1.") ? .httpClient : .earlyTalker
            } else if message.hasPrefix("HANGUP") || message.has("lost connection after CONNECT from") {
                .connectAndLeave
            } else if message.hasPrefix("NON-SMTP COMMAND") || message.has("non-SMTP command from") {
                .httpClient
            } else if message.has("improper command pipelining after CONNECT from") {
                .earlyTalker
            } else {
                nil
            }
        return kind.map { LessonAnchor("situation/\($0.rawValue)") }
    }

    private static func outcome(_ status: Substring) -> Explanation.Outcome {
        switch status {
        case "sent", "deliverable": .accepted
        case "deferred": .deferred
        case "bounced", "undeliverable": .refused
        case "expired": .expired
        default: .unknown
        }
    }

    /// The reply behind `said: `, or the whole of it where a server took the mail.
    private static func reply(in reason: Substring) -> ReplyInText? {
        let quoted = (reason.behind(" said: ") ?? reason.behind(" refused to talk to me: ") ?? reason).before(
            " (in reply to "
        )
        return ReplyInText.opening(quoted)
    }

    private static func queueID(_ message: Substring) -> Substring? {
        let word = message.prefix { $0 != ":" }
        return word.allSatisfy { $0.isLetter || $0.isNumber } && word.count >= 6 ? word : nil
    }
}
