import SMTP
import Tracing

/// OpenSMTPD: `smtp connected`, `smtp message`, `smtp envelope`, `mta delivery … result= stat=` (smtpd(8)).
extension LoggedMessage {
    mutating func takeOpenSMTPD(_ line: LogLine, _ time: TimeStamp?) {
        let words = line.words
        if words.starts(with: "smtp connected") {
            arrived(time)
            let host = words.value("host=")?.text ?? ""
            arrival.client = "\(host) [\(words.value("address=")?.text ?? "–")]"
        } else if words.starts(with: "smtp tls") {
            arrival.tls = words.value("ciphers=")?.text
        } else if words.starts(with: "smtp message") {
            arrived(time)
            arrival.size = words.value("size=")?.number
            arrival.keyword = words.value("proto=")?.text
        } else if words.starts(with: "smtp envelope") {
            arrived(time)
            arrival.reversePath = words.between("from=<", ">").map { Array($0.octets) }
            if let to = words.between(" to=<", ">") { addRecipient(Array(to.octets)) }
        } else if words.starts(with: "mta delivery") || words.starts(with: "mda delivery") {
            deliver(words, line.session, time)
        }
    }

    private mutating func deliver(_ words: LogWords, _ session: ArraySlice<UInt8>, _ time: TimeStamp?) {
        let others = [words.between("rcpt=<", ">"), words.between(" to=<", ">")].compactMap(\.self)
        guard let address = others.first(where: { $0.octets.contains(64) }) else { return }
        let result = words.between("result=\"", "\"") ?? words.value("result=") ?? LogWords([])
        var found = Delivery(recipient: Array(address.octets), outcome: Self.outcome(result.text))
        (found.time, found.process) = (time, session)
        found.transport = words.starts(with: "mda") ? .local("the mail delivery agent") : .smtp
        found.relay = words.between("relay=\"", "\"")?.text
        if arrival.reversePath == nil { arrival.reversePath = words.between("from=<", ">").map { Array($0.octets) } }
        let stat = words.between("stat=\"", "\"") ?? LogWords([])
        found.reason = stat.text
        if stat.isReply { found.reply = Array(stat.octets) } else { found.failure = .logged(stat) }
        addRecipient(found.recipient)
        deliveries.append(found)
    }

    private static func outcome(_ result: String) -> Delivery.Outcome {
        switch result {
        case "Ok", "Delivered": .sent
        case "TempFail": .deferred
        case "PermFail": .refused
        case "Expired": .expired
        default: .unknown
        }
    }
}

/// Haraka: `[core] sender <…> code=`, `[core] rcpt <…> code=`, `[core] queue code=`, `[outbound] delivered …`.
extension LoggedMessage {
    mutating func takeHaraka(_ line: LogLine, _ time: TimeStamp?) {
        let words = line.words
        if words.has("] connect ip=") || words.starts(with: "core] connect ") {
            arrived(time)
            arrival.client = "[\(words.value("ip=")?.text ?? "–")]"
        } else if words.has("] sender <") || words.has("] mail <"), let path = words.between("<", ">") {
            arrived(time)
            arrival.reversePath = Array(path.octets)
        } else if words.has("] rcpt <"), let path = words.between("rcpt <", ">") {
            recipient(words, path, time)
        } else if words.has("] delivered file="), let host = words.value("host=") {
            delivered(words, host, time)
        } else if words.has("] bouncing") {
            bounced(words, time)
        } else if words.has("] queue ") || words.has("bounced") || words.has("temp_fail") || words.has("deny") {
            remark(words.text, time)
        }
    }

    /// What Haraka itself answers to RCPT.
    private mutating func recipient(_ words: LogWords, _ path: LogWords, _ time: TimeStamp?) {
        arrived(time)
        addRecipient(Array(path.octets))
        let code = words.value("code=")?.text ?? ""
        guard code.hasPrefix("DENY") else { return }
        remark(words.text, time)
    }

    private mutating func delivered(_ words: LogWords, _ host: LogWords, _ time: TimeStamp?) {
        // A log of what goes out alone does not name the recipients.
        for recipient in arrival.recipients.isEmpty ? [[]] : arrival.recipients {
            var found = Delivery(recipient: recipient, outcome: .sent)
            found.time = time
            found.relay = "\(host.text) [\(words.value("ip=")?.text ?? "–")]:\(words.value("port=")?.text ?? "25")"
            found.goesOn = recipient != arrival.recipients.first ?? []
            found.reply = words.between("response=\"", "\"").map { Array("250 ".utf8) + $0.octets }
            deliveries.append(found)
        }
    }

    /// `bouncing: 550 5.1.1 <bob@receiver.example>: no such user`: of whom it is, the reply alone may tell.
    private mutating func bounced(_ words: LogWords, _ time: TimeStamp?) {
        guard let reply = words.replyBehindColon else { return remark(words.text, time) }
        let named = reply.between("<", ">").flatMap { $0.octets.contains(64) ? Array($0.octets) : nil }
        let whom = named ?? (arrival.recipients.count == 1 ? arrival.recipients[0] : [])
        var found = Delivery(recipient: whom, outcome: .refused)
        (found.time, found.reply, found.reason) = (time, Array(reply.octets), reply.text)
        if let before = deliveries.last { (found.goesOn, found.relay) = (true, before.relay) }
        addRecipient(whom)
        deliveries.append(found)
    }

    /// rspamd: what it says of a message that Postfix or another server has asked it about.
    mutating func takeRspamd(_ line: LogLine, _ time: TimeStamp?) {
        let words = line.words
        arrived(time)
        arrival.messageID = arrival.messageID ?? words.between("id: <", ">")?.text
        arrival.reversePath = arrival.reversePath ?? words.between("from: <", ">").map { Array($0.octets) }
        arrival.client = arrival.client ?? words.value("ip: ").map { "[\($0.text)]" }
        let action = words.between(": T (", ")") ?? words.between(": F (", ")")
        for address in words.between(" rcpts: <", ">")?.octets.split(separator: UInt8(ascii: ",")) ?? [] {
            addRecipient(Array(address))
        }
        switch action?.text {
        case "reject": arrival.refusal = arrival.refusal ?? Refusal(reply: Array("554".utf8))
        case "soft reject", "greylist": arrival.refusal = arrival.refusal ?? Refusal(reply: Array("451".utf8))
        default: break
        }
        let score = words.between("): [", "]")
        remark("rspamd says '\(action?.text ?? "–")', score \(score?.text ?? "–")", time)
    }
}
