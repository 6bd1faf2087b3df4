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
        for recipient in arrival.recipients {
            var found = Delivery(recipient: recipient, outcome: .sent)
            found.time = time
            found.relay = "\(host.text) [\(words.value("ip=")?.text ?? "–")]:\(words.value("port=")?.text ?? "25")"
            found.goesOn = recipient != arrival.recipients[0]
            found.reply = words.between("response=\"", "\"").map { Array("250 ".utf8) + $0.octets }
            deliveries.append(found)
        }
    }

    /// rspamd: what it says of a message that Postfix or another server has asked it about.
    mutating func takeRspamd(_ line: LogLine, _ time: TimeStamp?) {
        let words = line.words
        arrived(time)
        arrival.messageID = arrival.messageID ?? words.between("id: <", ">")?.text
        arrival.reversePath = arrival.reversePath ?? words.between("from: <", ">").map { Array($0.octets) }
        arrival.client = arrival.client ?? words.value("ip: ").map { "[\($0.text)]" }
        let action = words.between(": T (", ")") ?? words.between(": F (", ")")
        let score = words.between("): [", "]")
        remark("rspamd says '\(action?.text ?? "–")', score \(score?.text ?? "–")", time)
    }
}
