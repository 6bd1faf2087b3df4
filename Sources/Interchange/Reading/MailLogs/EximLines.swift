import SMTP
import Tracing

/// Exim: `<=` arrived, `=>` and `->` delivered, `**` failed, `==` put off (Exim specification, "Log files").
extension LoggedMessage {
    mutating func takeExim(_ line: LogLine, _ time: TimeStamp?) {
        let words = line.words
        if words.starts(with: "<= ") {
            arrive(LogWords(words.octets.dropFirst(3)), time)
        } else if words.starts(with: "=> ") || words.starts(with: "-> ") || words.starts(with: ">> ") {
            deliver(words, .sent, time)
        } else if words.starts(with: "** ") {
            let isOver = words.has("retry timeout exceeded")
            deliver(words, isOver ? .expired : .refused, time)
        } else if words.starts(with: "== ") {
            deliver(words, .deferred, time)
        } else if !words.starts(with: "Completed") {
            takeRefusal(words, time)
        }
    }

    private mutating func arrive(_ words: LogWords, _ time: TimeStamp?) {
        arrived(time)
        let path = words.first.path
        arrival.reversePath = Array(path.octets)
        if let host = words.behind(" H=") {
            arrival.client = Self.host(host)
            arrival.hello = host.between("(", ")").map { Array($0.octets) }
        } else if let user = words.value(" U=") {
            arrival.local = "user \(user.text)"
        }
        arrival.keyword = words.value(" P=")?.text
        arrival.tls = words.value(" X=")?.text
        arrival.size = words.value(" S=")?.number
        arrival.messageID = words.value(" id=")?.text
        for address in words.behind(" for ")?.octets.split(separator: 32) ?? [] where address.contains(64) {
            addRecipient(Array(address))
        }
    }

    /// `mx1.receiver.example (helo.name) [192.0.2.6]`, up to the bracket that closes.
    static func host(_ words: LogWords) -> String {
        let address = words.between("[", "]")?.text
        let name = words.first.text
        guard let address, !name.hasPrefix("[") else { return name }
        return name.hasPrefix("(") ? "[\(address)]" : "\(name) [\(address)]"
    }

    private mutating func deliver(_ words: LogWords, _ outcome: Delivery.Outcome, _ time: TimeStamp?) {
        let rest = LogWords(words.octets.dropFirst(3))
        let known = rest.before(" R=").before(": ")
        let address = known.between("<", ">") ?? known.first
        var found = Delivery(recipient: Array(address.octets), outcome: outcome)
        found.time = time
        found.goesOn = words.starts(with: "-> ")
        if let host = rest.behind(" H=") { found.relay = Self.host(host) }
        found.tls = rest.value(" X=")?.text
        let transport = rest.value(" T=")?.text ?? ""
        let isRemote = found.relay != nil || transport.contains("smtp") || outcome == .deferred || transport.isEmpty
        found.transport = transport.contains("lmtp") ? .lmtp : isRemote ? .smtp : .local(transport)
        if outcome == .sent {
            if let quoted = rest.between("C=\"", "\"") { found.reply = Array(quoted.octets) }
        } else {
            found.takeExim(rest)
        }
        if found.goesOn, let before = deliveries.last { (found.relay, found.tls) = (before.relay, before.tls) }
        addRecipient(found.recipient)
        deliveries.append(found)
    }

    /// What an ACL refused at the end of the data: `H=… F=<…> rejected after DATA: …`.
    private mutating func takeRefusal(_ words: LogWords, _ time: TimeStamp?) {
        if words.has("rejected "), let host = words.behind("H=") {
            arrived(time)
            arrival.client = arrival.client ?? Self.host(host)
            arrival.reversePath = arrival.reversePath ?? words.between("F=<", ">").map { Array($0.octets) }
        }
        remark(words.text, time)
    }
}

extension LoggedMessage.Delivery {
    /// `…: SMTP error from remote mail server after RCPT TO:<…>: 550 5.1.1 …`, the same with LMTP, or why there was no server.
    fileprivate mutating func takeExim(_ words: LogWords) {
        guard let told = words.behind("MTP error from remote mail") else {
            reason = (words.behind("defer ") ?? words.behind(": ") ?? words).text
            failure = .logged(words)
            isCutBeforeDot = failure != nil && words.has(" sending data block")
            turn =
                isCutBeforeDot
                ? .mailData : (words.behind(" after ") ?? words.behind(" in response to "))?.behindPipelined.turn
            return
        }
        turn = told.behind(" after ")?.behindPipelined.turn
        let quoted = told.replyBehindColon
        reason = (quoted ?? told).text
        reply = quoted.map { Array($0.octets) }
    }
}

extension LogWords {
    /// Without the word that Exim puts before a command that went out together with others.
    fileprivate var behindPipelined: LogWords { starts(with: "pipelined ") ? LogWords(octets.dropFirst(10)) : self }
}
