import SMTP
import Tracing

/// qmail: `info msg`, `starting delivery 7: msg … to remote bob@receiver.example`, `delivery 7: success: …` (qmail-log(5)). Blanks
/// are underscores in its reports, and line ends are slashes.
extension LoggedMessage {
    mutating func takeQmail(_ line: LogLine, _ time: TimeStamp?) {
        let words = line.words
        if words.starts(with: "info msg ") {
            arrived(time)
            arrival.reversePath = words.between("from <", ">").map { Array($0.octets) }
            arrival.size = words.value("bytes ")?.number
            arrival.local = words.value("uid ").map { "user \($0.text)" }
        } else if words.starts(with: "starting delivery "), let to = words.behind(" to ") {
            var found = Delivery(recipient: Array((to.behind(" ") ?? to).octets), outcome: .unknown)
            (found.time, found.process) = (time, line.session)
            if to.starts(with: "local ") { found.transport = .local("qmail-local") }
            addRecipient(found.recipient)
            deliveries.append(found)
        } else if words.starts(with: "delivery "), let told = words.behind(": "),
            let index = deliveries.lastIndex(where: { $0.process == line.session })
        {
            deliveries[index].time = time
            deliveries[index].takeQmail(told)
        }
    }
}

extension LoggedMessage.Delivery {
    /// `failure: 192.0.2.6_does_not_like_recipient./Remote_host_said:_550_5.1.1_…/Giving_up_on_192.0.2.6./`.
    fileprivate mutating func takeQmail(_ told: LogWords) {
        outcome =
            switch told.before(":").text {
            case "success": .sent
            case "failure": .refused
            case "deferral": .deferred
            default: .unknown
            }
        let report = (told.behind(": ") ?? told).octets.map { $0 == UInt8(ascii: "_") ? 32 : $0 }
        let words = LogWords(report[...])
        reason = words.text.replacing("/", with: " ")
        guard transport == .smtp else { return }
        let first = words.before("./")
        relay = (first.between("Connected to ", " but ") ?? first.first).text
        turn = Self.asked.first { first.has($0.words) }?.turn
        if let said = words.behind("Remote host said: ")?.before("/Giving up on ") {
            reply = Array(said.octets.last == UInt8(ascii: "/") ? said.octets.dropLast() : said.octets)
            divideReply()
        } else {
            failure = .logged(words) ?? (first.has("connection died") ? .reset : nil)
            if turn == nil, failure != .reset { relay = nil }
        }
    }

    /// Where another line of the reply begins behind a slash, it was a line end.
    private mutating func divideReply() {
        guard let whole = reply, whole.count > 3 else { return }
        let text = whole.lossyText
        reply = Array(text.replacing("/\(text.prefix(3))", with: "\n\(text.prefix(3))").utf8)
    }

    /// What the server answered, in the words of qmail-remote(8).
    private static let asked: [(words: StaticString, turn: CommandSequence.Turn)] = [
        ("greeting failed", .greeting), ("my name was rejected", .hello), ("sender was rejected", .mail),
        ("does not like recipient", .rcpt), ("failed on DATA command", .data),
        ("failed after I sent the message", .mailData), ("accepted message", .mailData),
    ]
}
