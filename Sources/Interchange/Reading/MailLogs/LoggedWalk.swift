import Notation
public import SMTP
public import Tracing

/// A message of a mail log as a walk: what a server said as the log quotes it, and around it the commands and replies that must have
/// gone by, marked as inferred. What the log does not tell is a gap.
///
/// It decides which deliveries went over one connection and which command a reply answers. It does not know whose log it is.
struct LoggedWalk {
    private let message: LoggedMessage
    /// Whether a log tells, and not one reply alone.
    private let isLogged: Bool
    private var log = WireLog()
    private var clock = LogClock()
    private var time = 0.0
    private var events: [WireEvent] = []

    init(_ message: LoggedMessage) {
        self.message = message
        isLogged = true
        walk()
    }

    /// One delivery alone, of which no log tells.
    fileprivate init(_ delivery: LoggedMessage.Delivery) {
        message = LoggedMessage(program: .postfix, id: "")
        isLogged = false
        note(
            "made of one reply: C~ and S~ are inferred, they must have been said and the text does not show them",
            .relay
        )
        deliver([delivery])
    }

    var recording: Recording {
        let arrival = message.arrival
        var recording = Recording(
            header: .init(
                began: clock.began,
                title: "\(message.id) in \(message.program.name)'s log",
                source: "read as the log of \(message.program.name), the lines of queue id \(message.id)"
            ),
            events: events,
            warnings: []
        )
        if let client = arrival.client ?? arrival.local, let relay = message.lastRelay {
            recording.header.ends = Recording.Ends(client: client, server: relay)
        }
        recording.header.envelope = Recording.Envelope(
            reversePath: arrival.reversePath,
            forwardPaths: arrival.recipients
        )
        return recording
    }

    // MARK: The whole

    private mutating func walk() {
        let goesOut = message.deliveries.contains { $0.isOutgoing }
        time = clock.time(of: message.arrival.time ?? message.deliveries.first?.time)
        note(
            "put together from lines of a log: C~ and S~ are inferred, they must have been said and no line shows them",
            .relay
        )
        arrive(goesOut ? .submission : .relay)
        if goesOut {
            events.append(
                WireEvent(.note("which server was chosen, and how, is not in the log"), leg: .lookup, at: time)
            )
        }
        var remarks = message.remarks[...]
        for group in groups {
            let start = clock.time(of: group[0].time)
            while let remark = remarks.first,
                remark.time == nil || group[0].time.map({ remark.time?.seconds ?? 0 < $0.seconds }) ?? true
            {
                note(remark.words, .relay)
                remarks = remarks.dropFirst()
            }
            time = start
            deliver(group)
            tellFates(group)
        }
        for remark in remarks {
            time = clock.time(of: remark.time)
            note(remark.words, .relay)
        }
    }

    /// The deliveries that went over one connection: one program's, at one server, one after the other. A recipient that comes again
    /// was put off before, and is tried over another.
    private var groups: [[LoggedMessage.Delivery]] {
        var groups: [[LoggedMessage.Delivery]] = []
        for delivery in message.deliveries {
            if let group = groups.last, let last = group.last, delivery.follows(last),
                !group.contains(where: { $0.recipient == delivery.recipient })
            {
                groups[groups.count - 1].append(delivery)
            } else {
                groups.append([delivery])
            }
        }
        return groups
    }

    // MARK: How it came

    private mutating func arrive(_ leg: Leg) {
        let arrival = message.arrival
        let facts: [(String, String?)] = [
            ("Message-ID", arrival.messageID), ("size", arrival.size.map { "\($0)" }), ("over", arrival.keyword),
        ]
        let words = facts.compactMap { name, value in value.map { "\(name) \($0)" } }
        if let local = arrival.local {
            note("handed in on the server itself by \(local)", leg)
            note(letter, leg)
        } else if let client = arrival.client {
            note("handed in by \(client)", leg)
        }
        if !words.isEmpty { note(words.joined(separator: ", "), leg) }
        guard arrival.local == nil else { return }
        guard let path = arrival.reversePath, arrival.client != nil else {
            return note("how it came to this server is not in the log", leg)
        }
        gap(.server, leg)
        if let tls = arrival.tls { append(.tls(TLSFacts(told: tls)), leg) }
        if let hello = arrival.hello { exchange("EHLO ", hello, reply: "250", leg) }
        exchange("MAIL FROM:<", path + [62], reply: "250", leg)
        for recipient in arrival.recipients { exchange("RCPT TO:<", recipient + [62], reply: "250", leg) }
        // What a filter says is of no account where the server passed the mail on.
        let refusal = message.deliveries.isEmpty ? arrival.refusal : nil
        guard !arrival.recipients.isEmpty else {
            gap(.client, leg)
            if let refusal { tellRefusal(refusal, leg) }
            return
        }
        content(leg)
        if let refusal {
            append(.octets(from: .server, refusal.reply + [13, 10]), leg, isInferred: refusal.isInferred)
        } else if message.program == .rspamd {
            // A filter alone does not know what the server answered.
            gap(.server, leg)
        } else {
            say(.server, "250", leg, isInferred: true)
        }
    }

    /// The mail was not taken, for whomever it was.
    private mutating func tellRefusal(_ refusal: LoggedMessage.Refusal, _ leg: Leg) {
        let fate = refusal.reply.first == UInt8(ascii: "4") ? LinkFailure.logDeferred : .logRefused
        append(.remark(WireEvent.Failure(fate)), leg)
    }

    /// Who wrote to whom, where no command says it.
    private var letter: String {
        let arrival = message.arrival
        let from = arrival.reversePath.map { $0.isEmpty ? "nobody, a bounce" : $0.lossyText } ?? "somebody"
        let to = arrival.recipients.map(\.lossyText).joined(separator: ", ")
        return "from \(from)" + (to.isEmpty ? "" : " to \(to)")
    }

    // MARK: Where it went

    private mutating func deliver(_ group: [LoggedMessage.Delivery]) {
        let first = group[0]
        switch first.transport {
        case .local(let program): return deliverHere(group, program)
        case .smtp, .lmtp: break
        }
        guard first.isTold else {
            return note("\(first.recipient.lossyText): what came of it is not in the log", .relay)
        }
        guard group.contains(where: \.hasReachedServer) else { return fail(group) }
        open(first)
        if group.contains(where: \.isOfTransaction) {
            transaction(group)
        } else if let turn = first.turn, let reply = first.reply {
            return answerAlone(turn, reply, asked: first.asked, isInferred: first.isReplyInferred)
        } else if first.turn == .hello {
            say(.client, "EHLO", .relay, isInferred: true)
        }
        if let broken = group.first(where: { $0.reply == nil && $0.outcome != .sent }) {
            append(.error(WireEvent.Failure(broken.failure, broken.reason)), .relay)
        }
    }

    private mutating func open(_ first: LoggedMessage.Delivery) {
        if let relay = first.relay {
            append(.connect(to: LoggedMessage.endpoint(relay)), .relay)
            append(.connected(to: LoggedMessage.endpoint(relay)), .relay)
        }
        guard first.turn != .greeting else {
            if first.reply == nil { gap(.server, .relay) }
            return
        }
        gap(.server, .relay)
        if let tls = first.tls { append(.tls(TLSFacts(told: tls)), .relay) }
        // What answers the dot is told apart by the first word: with LMTP each recipient has a reply of its own (RFC 2033 §4.2).
        if first.transport == .lmtp { exchange("LHLO", [], reply: "250", .relay) }
    }

    /// The server answered what is about no mail.
    private mutating func answerAlone(_ turn: CommandSequence.Turn, _ reply: [UInt8], asked: Verb, isInferred: Bool) {
        switch turn {
        case .hello: say(.client, "EHLO", .relay, isInferred: true)
        case .startTLS: say(.client, "STARTTLS", .relay, isInferred: true)
        case .auth: say(.client, "AUTH", .relay, isInferred: true)
        case .anytime: say(.client, Array(asked.rawValue.utf8), .relay, isInferred: true)
        case .rset: say(.client, "RSET", .relay, isInferred: true)
        case .quit: say(.client, "QUIT", .relay, isInferred: true)
        default: break
        }
        answer(reply, isInferred: isInferred)
    }

    /// MAIL, RCPT for each, and the data for those that were taken.
    private mutating func transaction(_ group: [LoggedMessage.Delivery]) {
        // Where the log does not name the sender, that there was a MAIL is all that is known.
        let path = message.arrival.reversePath.map { Array("MAIL FROM:<".utf8) + $0 + [62] }
        say(.client, path ?? Array("MAIL".utf8), .relay, isInferred: true)
        if let refused = group.first(where: { $0.turn == .mail }), let reply = refused.reply {
            return answer(reply, isInferred: refused.isReplyInferred)
        }
        guard !group.allSatisfy({ $0.breaksOff(at: .mail) }) else { return }
        say(.server, "250", .relay, isInferred: true)
        var taken: [LoggedMessage.Delivery] = []
        for delivery in group {
            if delivery.recipient.isEmpty {
                gap(.client, .relay)
            } else {
                say(.client, Array("RCPT TO:<".utf8) + delivery.recipient + [62], .relay, isInferred: true)
            }
            if let reply = delivery.reply, delivery.isAnsweredAtRCPT {
                answer(reply, isInferred: delivery.isReplyInferred)
            } else if delivery.isTakenAtRCPT {
                if !delivery.recipient.isEmpty { say(.server, "250", .relay, isInferred: true) }
                taken.append(delivery)
            }
        }
        if !taken.isEmpty { data(taken) }
    }

    private mutating func data(_ taken: [LoggedMessage.Delivery]) {
        if let refused = taken.first(where: { $0.turn == .data }), let reply = refused.reply {
            say(.client, "DATA", .relay, isInferred: true)
            return answer(reply, isInferred: refused.isReplyInferred)
        }
        guard !taken.contains(where: \.isCutBeforeDot) else { return content(.relay, isWhole: false) }
        content(.relay)
        let replies = taken.map(\.reply)
        if taken[0].transport == .lmtp, replies.count > 1 {
            for reply in replies { answer(reply ?? Array("250".utf8), isInferred: reply == nil) }
        } else if let reply = replies.compactMap(\.self).first {
            answer(reply, isInferred: taken[0].isReplyInferred)
        } else if taken.allSatisfy({ $0.outcome == .sent }) {
            say(.server, "250", .relay, isInferred: true)
        }
    }

    /// The mail data; of what broke off nobody knows how much went by, and what is known is that its end did not.
    private mutating func content(_ leg: Leg, isWhole: Bool = true) {
        exchange("DATA", [], reply: "354", leg)
        guard isWhole else { return note("some of the mail data went by, without its end", leg) }
        append(.gap(from: .client, octets: message.arrival.size.flatMap { $0 > 0 ? $0 : nil }), leg)
        say(.client, ".", leg, isInferred: true)
    }

    /// A program of this machine delivers; there is no session to show.
    private mutating func deliverHere(_ group: [LoggedMessage.Delivery], _ program: String) {
        for delivery in group {
            let words = "\(program): \(delivery.recipient.lossyText): \(delivery.reason)"
            switch delivery.outcome {
            case .sent, .unknown: note(words, .relay)
            case .deferred: append(.error(WireEvent.Failure(nil, words)), .relay)
            case .refused, .expired: append(.error(WireEvent.Failure(.undeliverable, words)), .relay)
            }
        }
    }

    /// No server was reached.
    private mutating func fail(_ group: [LoggedMessage.Delivery]) {
        let first = group[0]
        let words = first.reason.isEmpty ? "the log does not say why" : first.reason
        let isRefused = first.outcome == .refused || first.outcome == .expired
        switch first.failure {
        case .noSuchDomain, .nullMX, .noAddress, .lookupFailed:
            append(.error(WireEvent.Failure(first.failure, words)), .lookup)
        case nil: append(.error(WireEvent.Failure(isRefused ? .undeliverable : nil, words)), .relay)
        default:
            if let host = first.relay ?? LogWords(Array(words.utf8)[...]).between("connect to ", ": ")?.text {
                append(.connect(to: LoggedMessage.endpoint(host)), .relay)
            }
            append(.error(WireEvent.Failure(first.failure, words)), .relay)
        }
    }

    /// What the log says of each, where no reply does.
    private mutating func tellFates(_ group: [LoggedMessage.Delivery]) {
        guard isLogged else { return }
        for delivery in group {
            guard let fate = delivery.fate else { continue }
            let whom = delivery.recipient.isEmpty ? "" : "\(delivery.recipient.lossyText): "
            let words = "\(whom)\(fate.words)"
            let recipient = delivery.recipient.isEmpty ? nil : delivery.recipient
            append(.remark(WireEvent.Failure(fate, words, of: recipient)), .relay)
        }
    }

    // MARK: Events

    private mutating func append(_ kind: WireEvent.Kind, _ leg: Leg, isInferred: Bool = false) {
        events.append(log.event(kind, leg: leg, at: time, isInferred: isInferred))
    }

    private mutating func note(_ words: String, _ leg: Leg) { append(.note(words), leg) }

    private mutating func gap(_ side: Side, _ leg: Leg) { append(.gap(from: side, octets: nil), leg) }

    private mutating func exchange(_ verb: String, _ rest: [UInt8], reply: String, _ leg: Leg) {
        say(.client, Array(verb.utf8) + rest, leg, isInferred: true)
        say(.server, reply, leg, isInferred: true)
    }

    private mutating func say(_ side: Side, _ words: String, _ leg: Leg, isInferred: Bool) {
        say(side, Array(words.utf8), leg, isInferred: isInferred)
    }

    private mutating func say(_ side: Side, _ octets: [UInt8], _ leg: Leg, isInferred: Bool) {
        append(.octets(from: side, octets + [13, 10]), leg, isInferred: isInferred)
    }

    /// A reply as the log quotes it, divided where its lines were run together.
    private mutating func answer(_ reply: [UInt8], isInferred: Bool = false) {
        let written = reply.lossyText.replacing("\\n", with: "\n").utf8.split(separator: 10)
        let lines =
            written.count > 1
            ? written.flatMap { RunTogether.lines(of: Array($0.filter { $0 != 13 })[...]) }
            : RunTogether.lines(ofReply: reply[...])
        append(.octets(from: .server, lines.flatMap { $0 + [13, 10] }), .relay, isInferred: isInferred)
        // A reply ends with a line whose code no hyphen follows (RFC 5321 §4.2.1). Of one that the log cut no more is known.
        if let last = lines.last, last.dropFirst(3).first == UInt8(ascii: "-") {
            note("the rest of this reply is not in the log; of its last line the code is inferred", .relay)
            say(.server, Array(last.prefix(3)), .relay, isInferred: true)
        }
    }
}

/// A session of which one reply is known.
public enum InferredSession {
    /// The reply with the commands that must have gone before it, as far as anybody can tell. `asked` is what is answered where the turn
    /// may come at any time.
    public static func recording(
        title: String,
        source: String,
        answering turn: CommandSequence.Turn,
        asked: Verb = .vrfy,
        reply: [UInt8],
        isInferred: Bool,
        recipient: [UInt8]?,
        server: String?
    ) -> Recording {
        let isRefusal = (reply.first ?? 0) >= UInt8(ascii: "4")
        var delivery = LoggedMessage.Delivery(
            recipient: recipient ?? Array("–".utf8),
            outcome: isRefusal ? .refused : .sent
        )
        (delivery.turn, delivery.reply, delivery.isReplyInferred) = (turn, reply, isInferred)
        delivery.asked = asked
        delivery.relay = server
        let events = LoggedWalk(delivery).recording.events
        return Recording(header: .init(began: "", title: title, source: source), events: events)
    }
}
