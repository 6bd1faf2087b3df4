import Lessons
import Tracing

/// Lines of sendmail: `sendmail[123]: 1P1ce6: to=<…>, …, dsn=5.1.1, stat=User unknown`, and what a rule set refused.
enum SendmailLog {
    static func read(_ line: Substring, _ explainer: Explainer) -> Explanation? {
        if let reason = line.behind("reject="), line.has("ruleset=") {
            guard let reply = ReplyInText.opening(reason) else { return nil }
            let turn = line.between("ruleset=check_", ",").flatMap { AnsweredTurn(named: $0.before("_")) }
            var found = explainer.logged(line, by: "sendmail", reply: reply, turn: turn, speaker: .ownServer)
            found.recipient = turn == .rcpt ? line.between("arg1=", ",").map { String($0.path) } : nil
            found.server = line.between("relay=", ",").map(String.init)
            return found
        }
        if let side = line.between("STARTTLS=", ","),
            line.has("sendmail[") || line.has("sm-mta[") || line.has("verify=")
        {
            return tls(side, line, explainer)
        }
        guard let stat = line.behind(" stat="), line.has("to="), line.has("delay=") else { return nil }
        let outcome: Explanation.Outcome =
            stat.hasPrefix("Sent")
            ? .accepted : stat.hasPrefix("Deferred") || stat.hasPrefix("queued") ? .deferred : .refused
        let reply = ReplyInText.first(in: stat)
        var found = explainer.logged(
            line,
            by: "sendmail",
            reply: reply,
            turn: outcome == .accepted ? .dot : nil,
            speaker: reply == nil ? .program : .recipientServer,
            outcome: outcome
        )
        found.recipient = line.between("to=", ",").map { String($0.path) }
        found.server = line.between("relay=", ",").map(String.init)
        if found.status == nil, let dsn = line.between("dsn=", ",") {
            found.status = String(dsn)
            found.turn = found.turn ?? LikelyTurn.of(code: nil, status: found.status)
        }
        if reply == nil, outcome != .accepted {
            found.quoted = String(stat)
            explainer.addFailure(stat, to: &found)
        }
        return found
    }

    /// What came of TLS: `STARTTLS=client, relay=mx.receiver.example., version=TLSv1.3, verify=FAIL, cipher=…, bits=256/256`. The
    /// mail goes on either way, unless a rule says otherwise.
    private static func tls(_ side: Substring, _ line: Substring, _ explainer: Explainer) -> Explanation? {
        var found = explainer.logged(line, by: "sendmail", reply: nil, turn: .startTLS, speaker: .program)
        explainer.addFailure(line, to: &found)
        found.general = [LessonAnchor("background/opportunistic-tls"), LessonAnchor("command/STARTTLS")]
        found.server = line.between("relay=", ",").map(String.init)
        found.details = ["version", "verify", "cipher", "bits"].compactMap { name in
            let value = line.behind(" \(name)=").map { $0.before(",") }
            return value.map { Explanation.Detail(name, String($0)) }
        }
        return found.lessons.isEmpty && found.details.isEmpty ? nil : found
    }
}

/// Lines of OpenSMTPD: `mta delivery … rcpt=<…> … result="PermFail" stat="550 5.1.1 …"`, `smtp failed-command command="…" result="…"`.
enum OpenSMTPDLog {
    static func read(_ line: Substring, _ explainer: Explainer) -> Explanation? {
        if line.has("failed-command ") || line.has(" bad-input result=\"") {
            let result = line.between(" result=\"", "\"").flatMap { ReplyInText.opening($0) }
            // A command with a credential is masked, and its result with it.
            guard let quoted = result ?? ReplyInText.first(in: line) else { return nil }
            let command = line.behind(" command=\"").flatMap { AnsweredTurn(named: $0.prefix(40)) }
            return explainer.logged(line, by: "OpenSMTPD", reply: quoted, turn: command, speaker: .ownServer)
        }
        guard line.has("delivery") || line.has("mta "),
            let result = line.between("result=\"", "\"") ?? line.between("result=", " ")
        else { return nil }
        let outcome: Explanation.Outcome? =
            switch result {
            case "Ok", "Delivered": .accepted
            case "TempFail": .deferred
            case "PermFail": .refused
            case "Expired": .expired
            default: nil
            }
        guard let outcome else { return nil }
        let stat = line.between("stat=\"", "\"") ?? ""
        let reply = ReplyInText.opening(stat)
        var found = explainer.logged(
            line,
            by: "OpenSMTPD",
            reply: reply,
            turn: outcome == .accepted ? .dot : nil,
            speaker: reply == nil ? .program : .recipientServer,
            outcome: outcome
        )
        let recipients = [line.between("rcpt=<", ">"), line.between(" to=<", ">")].compactMap(\.self)
        found.recipient = recipients.first { $0.contains("@") }.map(String.init)
        found.server = line.between("relay=\"", "\"").map(String.init)
        if reply == nil { explainer.addFailure(stat, to: &found) }
        return found
    }
}

/// The line that rspamd writes of each mail: `…, (default: T (reject): [20.5/15.00] [SYMBOL(5.1)…]), …`.
enum RspamdLog {
    static func read(_ line: Substring, _ explainer: Explainer) -> Explanation? {
        guard line.has("task_write_log"), let action = line.between(": T (", ")") ?? line.between(": F (", ")")
        else { return nil }
        let outcome: Explanation.Outcome =
            switch action {
            case "reject": .refused
            case "soft reject", "greylist": .deferred
            default: .accepted
            }
        var found = explainer.logged(line, by: "rspamd", reply: nil, turn: .dot, speaker: .ownServer, outcome: outcome)
        let code = outcome == .refused ? 554 : outcome == .deferred ? 451 : 250
        found.lessons = [LessonAnchor("reply/\(code)@DATA"), LessonAnchor("reply/\(code)")]
        found.recipient = line.between("rcpts: <", ">").map { String($0.before(",")) }
        found.details = [
            Explanation.Detail("action", String(action)),
            Explanation.Detail("score", line.between("): [", "]").map(String.init) ?? "–"),
        ]
        return found
    }
}

/// Lines of qmail-send, with underscores for blanks: `delivery 3: failure: 192.0.2.6_does_not_like_recipient./Remote_host_said:_550_…`.
enum QmailLog {
    static func read(_ line: Substring, _ explainer: Explainer) -> Explanation? {
        guard let rest = line.behind("delivery "), let kind = rest.between(": ", ": ") else { return nil }
        let outcome: Explanation.Outcome
        switch kind {
        case "success": outcome = .accepted
        case "deferral": outcome = .deferred
        case "failure": outcome = .refused
        default: return nil
        }
        let words = (rest.behind("\(kind): ") ?? "").replacing("_", with: " ").replacing("/", with: " ")
        let reply = words.behind("said: ").flatMap { ReplyInText.opening($0) }
        let turn = explainer.turn(toldIn: words) ?? (outcome == .accepted ? .dot : nil)
        var found = explainer.logged(
            line,
            by: "qmail",
            reply: reply ?? ReplyInText.status(in: words),
            turn: turn,
            speaker: reply == nil ? .program : .recipientServer,
            outcome: outcome
        )
        if reply == nil { explainer.addFailure(words, to: &found) }
        return found
    }
}

/// A line of any other program that quotes a reply: `dma: remote delivery failed after RCPT TO: 554 5.7.1 …`.
enum OtherLog {
    static func read(_ line: Substring, _ explainer: Explainer) -> Explanation? {
        guard let program = program(line) else { return nil }
        guard let reply = ReplyInText.first(in: line) else { return failed(program, line, explainer) }
        let words = line.between("after ", ":") ?? line.between("in reply to ", ":") ?? ""
        let turn =
            explainer.turn(toldIn: line) ?? AnsweredTurn(named: words) ?? hook(line)
            ?? (line.has(" AUTH") || line.has("uthenticat") ? .auth : nil)
        var found = explainer.logged(line, by: program, reply: reply, turn: turn, speaker: .recipientServer)
        if line.has("deferred") { found.outcome = .deferred }
        found.recipient = (line.between("to=<", ">") ?? line.between("rcpt=<", ">") ?? line.between("addr=<", ">"))
            .map(String.init)
        return found
    }

    /// A line of a daemon that quotes no reply, and tells of a failure in words that are known.
    private static func failed(_ program: String, _ line: Substring, _ explainer: Explainer) -> Explanation? {
        var found = explainer.logged(line, by: program, reply: nil, turn: nil, speaker: .program)
        // What a daemon is known to say is known with its name; what any program may say stands behind a name and a number.
        let known = explainer.library.wordings.best([.failure], for: WordingText(String(line)))
        if let tag = line.prefix(120).place(of: "]: "), line[..<tag.lowerBound].last?.isHexDigit == true,
            known?.speaker != .own
        {
            explainer.addFailure(line[tag.upperBound...], to: &found)
        } else if known?.speaker == .own {
            explainer.addFailure(line, to: &found)
        }
        let marks = ["recipient=", " -> <", "lmtp(", " to <"]
        found.recipient = marks.lazy.compactMap { line.behind($0) }.first.flatMap { FreeBounce.address(in: $0) }
        found.by = known.flatMap { $0.speaker == .own ? $0.by : nil } ?? program
        if line.has("deferred") || line.has("Deferred") { found.outcome = .deferred }
        return found.lessons.isEmpty ? nil : found
    }

    /// The command that Haraka speaks of: `hook=rcpt`, `rcpt <bob@receiver.example>`.
    private static func hook(_ line: Substring) -> AnsweredTurn? {
        if let name = line.between("hook=", " ") { return AnsweredTurn(named: name) }
        return line.has("] rcpt <") ? .rcpt : line.has("] mail <") ? .mail : nil
    }

    /// Programs that log under a name of their own, and what they are called.
    private static let programs: [(tag: String, name: String)] = [
        ("dma", "dma"), ("msmtp", "msmtp"), ("ssmtp", "ssmtp"), ("sSMTP", "ssmtp"), ("nullmailer", "nullmailer"),
        ("courieresmtp", "Courier"), ("courierd", "Courier"), ("esmtpd", "Courier"), ("haraka", "Haraka"),
        ("maddy", "maddy"),
        ("dovecot", "Dovecot"), ("opendkim", "OpenDKIM"), ("amavis", "amavis"), ("mox", "mox"),
        ("stalwart", "Stalwart"),
        ("exim", "Exim"), ("postfix", "Postfix"), ("sm-mta", "sendmail"), ("sendmail", "sendmail"),
        ("opendmarc", "OpenDMARC"), ("postgrey", "Postgrey"), ("sqlgrey", "SQLgrey"), ("policyd-spf", "policyd-spf"),
        ("policyd", "policyd"), ("milter-greylist", "milter-greylist"), ("spamass-milter", "SpamAssassin"),
        ("clamav-milter", "ClamAV"), ("clamsmtpd", "ClamSMTP"), ("clamd", "ClamAV"), ("spamd", "spamd"),
        ("saslauthd", "saslauthd"), ("fail2ban", "fail2ban"),
        ("smtpd", "OpenSMTPD"),
    ]

    /// Who logged it: the name in front of a colon or of a number in brackets, or Haraka's words in brackets.
    private static func program(_ line: Substring) -> String? {
        if line.has("] [outbound]") || line.has("] [core]") || line.has("[haraka") { return "Haraka" }
        let head = line.prefix(120)
        return programs.first { row in
            guard let at = head.place(of: row.tag) else { return false }
            let before = at.lowerBound == head.startIndex ? nil : head[head.index(before: at.lowerBound)]
            let after = head[at.upperBound...].first
            return before.map { !$0.isLetter } ?? true && after.map { "[:(/.".contains($0) } ?? false
        }?.name
    }
}
