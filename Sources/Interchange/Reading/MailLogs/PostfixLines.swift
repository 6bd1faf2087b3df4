import SMTP
import Tracing

/// Postfix: `smtpd … client=`, `cleanup … message-id=`, `qmgr … from=, size=`, `smtp … to=, relay=, dsn=, status=sent (250 …)`.
extension LoggedMessage {
    mutating func takePostfix(_ line: LogLine, _ time: TimeStamp?) {
        let words = line.words
        if words.has(" status="), let to = words.between("to=<", ">") {
            return deliver(words, to, line.process, time)
        }
        if words.starts(with: "client="), let client = words.value("client=") {
            arrived(time)
            arrival.client = client.text
        } else if words.starts(with: "uid="), let user = words.value("uid=") {
            arrived(time)
            arrival.local = "user \(user.text)"
            arrival.reversePath = arrival.reversePath ?? words.between("from=<", ">").map { Array($0.octets) }
        } else if words.starts(with: "message-id=") {
            arrived(time)
            arrival.messageID = words.behind("message-id=")?.text
        } else if words.starts(with: "from=<"), let path = words.between("from=<", ">") {
            arrived(time)
            arrival.reversePath = Array(path.octets)
            arrival.size = words.value("size=")?.number ?? arrival.size
            if words.has("status=expired") { expire(time) }
        } else if words.has(" said: ") || words.has(" refused to talk to me: ") {
            // An answer that was not the last word: another exchanger is asked.
            deliver(saying: words, line.process, time)
        } else if words.has("milter-reject: ") || words.has("reject: ") {
            refuse(words, time)
        } else if words.starts(with: "sender ") {
            remark(words.text, time)
        }
    }

    private mutating func deliver(_ words: LogWords, _ to: LogWords, _ process: ArraySlice<UInt8>, _ time: TimeStamp?) {
        guard let status = words.value("status=") else { return }
        let reason = words.behind(" status=")?.behind(" (").map {
            LogWords($0.octets.last == 41 ? $0.octets.dropLast() : $0.octets)
        }
        let relay = words.value("relay=")
        var found = Delivery(recipient: Array(to.octets), outcome: Self.outcome(status))
        (found.time, found.process) = (time, process)
        found.status = words.value("dsn=")?.text
        found.transport = Self.transport(process, relay)
        found.relay = relay.flatMap { $0.text == "none" ? nil : $0.text }
        found.take(reason ?? LogWords([]))
        addRecipient(words.between("orig_to=<", ">").map { Array($0.octets) } ?? found.recipient)
        deliveries.append(found)
    }

    private mutating func deliver(saying words: LogWords, _ process: ArraySlice<UInt8>, _ time: TimeStamp?) {
        var found = Delivery(recipient: [], outcome: .deferred)
        (found.time, found.process) = (time, process)
        found.relay = (words.between("host ", " said: ") ?? words.between("host ", " refused to talk"))?.text
        found.take(words)
        // Which recipient it was about the log does not say, but where there is one alone.
        guard found.turn != nil, found.turn != .rcpt, arrival.recipients.count == 1 else {
            return remark(words.text, time)
        }
        found.recipient = arrival.recipients[0]
        deliveries.append(found)
    }

    /// What a filter refused at the end of the data.
    private mutating func refuse(_ words: LogWords, _ time: TimeStamp?) {
        arrived(time)
        arrival.reversePath = arrival.reversePath ?? words.between("from=<", ">").map { Array($0.octets) }
        arrival.hello = words.between("helo=<", ">").map { Array($0.octets) }
        // A recipient that was refused is none of the mail.
        if !words.has("reject: RCPT from "), let to = words.between("to=<", ">") { addRecipient(Array(to.octets)) }
        arrival.client = arrival.client ?? words.between(" from ", ": ")?.before(";").text
        remark(words.text, time)
        guard words.has("END-OF-MESSAGE from "), let told = words.behind("]: ")?.before("; from=") else { return }
        // A filter's reply stands there without its code.
        let code = told.octets.first == UInt8(ascii: "4") ? "451 " : "550 "
        arrival.refusal =
            told.isReply
            ? Refusal(reply: Array(told.octets), isInferred: false) : Refusal(reply: Array(code.utf8) + told.octets)
    }

    private mutating func expire(_ time: TimeStamp?) {
        remark("it was tried for days and is given up; its sender is told", time)
        for index in deliveries.indices where deliveries[index].outcome == .deferred {
            deliveries[index].outcome = .expired
        }
    }

    private static func outcome(_ status: LogWords) -> Delivery.Outcome {
        switch status.text {
        case "sent", "deliverable": .sent
        case "deferred": .deferred
        case "bounced", "undeliverable": .refused
        case "expired": .expired
        default: .unknown
        }
    }

    private static func transport(_ process: ArraySlice<UInt8>, _ relay: LogWords?) -> Delivery.Transport {
        let name = process.prefix { $0 != UInt8(ascii: "[") }.split(separator: UInt8(ascii: "/")).last ?? []
        switch name.text {
        case "lmtp": return .lmtp
        case "local", "virtual", "pipe", "error", "discard": return .local(name.text)
        default: return .smtp
        }
    }
}

extension LoggedMessage.Delivery {
    /// What a program says in brackets: a server's reply, or why there was none.
    mutating func take(_ reason: LogWords) {
        let refused = reason.behind(" refused to talk to me: ")
        let quoted = (reason.behind(" said: ") ?? refused ?? reason).before(" (in reply to ")
        self.reason = reason.text
        turn = refused == nil ? reason.between("(in reply to ", " command)")?.turn : .greeting
        if quoted.isReply {
            reply = Array(quoted.octets)
        } else {
            failure = .logged(reason)
            turn = turn ?? reason.behind(" while ")?.turnUnderWay
            isCutBeforeDot = failure != nil && reason.has(" while sending message body")
        }
    }
}

extension LogWords {
    /// Where a connection was lost, in Postfix's words: `sending RCPT TO`, `performing the EHLO handshake`,
    /// `receiving the initial server greeting`.
    fileprivate var turnUnderWay: CommandSequence.Turn? {
        if let sent = behind("sending ") { return sent.turn }
        if has("greeting") || has("initial") { return .greeting }
        return has("handshake") ? .hello : nil
    }
}
