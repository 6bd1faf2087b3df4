import SMTP
import Tracing

/// sendmail: `from=<…>, size=, msgid=, proto=, relay=`, then `to=<…>, mailer=, relay=, dsn=, stat=Sent (…)` for each delivery
/// (Sendmail Installation and Operation Guide, "Log levels").
extension LoggedMessage {
    mutating func takeSendmail(_ line: LogLine, _ time: TimeStamp?) {
        let words = line.words
        if words.starts(with: "from=") {
            arrived(time)
            arrival.reversePath = words.between("from=", ",").map { Array($0.path.octets) }
            arrival.size = words.value("size=")?.number
            arrival.messageID = words.value("msgid=")?.text
            arrival.keyword = words.value("proto=")?.text
            let relay = words.behind("relay=")?.trimmed.text
            if words.has("proto=") { arrival.client = relay } else { arrival.local = relay }
        } else if words.starts(with: "to="), let stat = words.behind("stat=") {
            deliver(words, stat, time)
        } else {
            if words.starts(with: "ruleset="), let reply = words.behind(" reject=") { refuse(words, reply, time) }
            remark(words.text, time)
        }
    }

    /// `ruleset=check_rcpt, arg1=<bob@receiver.example>, relay=[192.0.2.94], reject=550 5.7.1 …`
    private mutating func refuse(_ words: LogWords, _ reply: LogWords, _ time: TimeStamp?) {
        let turns: [String: CommandSequence.Turn] = [
            "check_relay": .greeting, "check_mail": .mail, "check_rcpt": .rcpt, "check_data": .data,
            "check_eoh": .mailData,
            "check_eom": .mailData,
        ]
        guard reply.isReply, let turn = turns[words.value("ruleset=")?.text ?? ""] else { return }
        var known = rejected ?? RejectedConnection()
        known.client = known.client ?? words.between("relay=", ", ")?.text
        known.add(
            .refused(
                turn,
                argument: words.between("arg1=", ", ").map { Array($0.path.octets) } ?? [],
                reversePath: arrival.reversePath,
                reply: .init(code: 550, words: Array(reply.octets), isQuoted: true)
            ),
            time
        )
        rejected = known
    }

    private mutating func deliver(_ words: LogWords, _ stat: LogWords, _ time: TimeStamp?) {
        guard let all = words.between("to=", ", ") else { return }
        let mailer = words.value("mailer=")?.text ?? ""
        for address in all.octets.split(separator: UInt8(ascii: ",")) {
            var found = Delivery(recipient: Array(LogWords(address).path.octets), outcome: Self.outcome(stat))
            found.time = time
            found.goesOn = address.startIndex > all.octets.startIndex
            found.transport = ["local", "prog", "*file*", "procmail"].contains(mailer) ? .local(mailer) : .smtp
            found.relay = words.between("relay=", ", ")?.text
            found.status = words.value("dsn=")?.text
            found.takeSendmail(stat)
            addRecipient(found.recipient)
            deliveries.append(found)
        }
    }

    private static func outcome(_ stat: LogWords) -> Delivery.Outcome {
        if stat.starts(with: "Sent") { return .sent }
        if stat.starts(with: "Deferred") || stat.starts(with: "queued") { return .deferred }
        return .refused
    }
}

extension LoggedMessage.Delivery {
    /// `Sent (Ok: queued as 4A1)`, `Deferred: 450 4.2.0 …`, `User unknown`.
    fileprivate mutating func takeSendmail(_ stat: LogWords) {
        reason = stat.text
        let quoted = stat.behind("Deferred: ") ?? stat
        if quoted.isReply {
            reply = Array(quoted.octets)
        } else if outcome == .sent, transport == .smtp, let text = stat.between("(", ")") {
            // The code is left out of the log.
            reply = Array("250 ".utf8) + text.octets
        } else {
            failure = .logged(stat)
            // What else it says it may say of any command.
            let isOfRecipient = stat.has("User unknown") || outcome == .deferred
            guard failure == nil, relay != nil, outcome != .sent, transport == .smtp, isOfRecipient else { return }
            // A reply that the log tells in words of sendmail's own.
            let code = outcome == .deferred ? "450" : "550"
            reply = Array([code, status, stat.text].compactMap(\.self).joined(separator: " ").utf8)
            isReplyInferred = true
        }
    }
}
