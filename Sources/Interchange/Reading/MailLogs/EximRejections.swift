import SMTP

/// Lines of Exim about a connection and no message: what an ACL refused, a login that failed, a connection that was dropped (Exim
/// specification, "Log files", "Access control lists"). The lines of one client within a minute are one connection, up to the line
/// that tells its end, since a log has no number for it unless it is asked for one.
struct EximConnectionLine {
    /// Seconds from one line to the next, over which they are of two connections.
    static let maxPause = 60.0

    /// The client's address, with its port and the process where the log has them.
    let key: [UInt8]
    /// As `(helo.example) [203.0.113.7]`.
    let host: LogWords
    /// Behind the time, the process and the queue id.
    let words: LogWords
    /// Its own, which has the year that syslog leaves out.
    let time: TimeStamp?
    var seconds: Double? { time?.seconds }
    /// Whether it tells of a refusal or a failure, so that there is something to show.
    var isTelling: Bool { Self.telling.contains { words.has($0) } }
    /// Whether the connection is over with it.
    var isLast: Bool { Self.last.contains { words.has($0) } }

    /// What Exim says of a connection that brought nothing good, THE table.
    private static let telling: [StaticString] = [
        "rejected ", "authenticator failed for ", "SMTP protocol error in ", "SMTP syntax error in ",
        "TLS error on connection from ", "no MAIL in SMTP connection from ", " dropped: ", " refused: ",
    ]
    private static let last: [StaticString] = [
        "no MAIL in SMTP connection from ", " dropped: ", " refused: ", "rejected connection ", " lost", " closed by ",
        "SMTP command timeout on ", "SMTP data timeout ", "unexpected disconnection ",
    ]
    /// How a line begins that is about a connection, besides `H=`.
    private static let openings: [StaticString] = [
        "SMTP connection from ", "SMTP call from ", "SMTP protocol ", "SMTP syntax error in ",
        "SMTP command timeout on ",
        "SMTP data timeout ", "TLS error on connection from ", "no MAIL in SMTP connection from ",
        "no host name found ",
        "unexpected disconnection ", "Connection from ", "rejected ", "TLS session: ",
    ]

    init?(_ line: ArraySlice<UInt8>) {
        guard let start = Self.time(in: line), var rest = Self.behindTime(line[start...]) else { return nil }
        var process: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: "["), let end = rest.firstIndex(of: UInt8(ascii: "]")),
            rest[rest.index(after: rest.startIndex)..<end].allSatisfy(Self.isDigit)
        {
            process = rest[rest.startIndex...end]
            rest = rest[rest.index(after: end)...].drop { $0 == 32 }
        }
        let words = LogWords(rest)
        let behindID = LogWords(LogLine.behindEximID(rest))
        let isOfMessage = behindID.octets.count != rest.count
        // Of a message only a refusal is about its connection.
        guard !isOfMessage || behindID.starts(with: "H=") && behindID.has(" rejected ") else { return nil }
        self.words = behindID
        let isOpening =
            behindID.starts(with: "H=") || words.has(" authenticator failed for ")
            || Self.openings.contains { behindID.starts(with: $0) }
        guard isOpening, let host = Self.host(behindID) else { return nil }
        self.host = host.words
        key = process + host.key
        time = TimeStamp.read(line[start...])?.stamp
    }

    /// Whether it is of the same connection as the line before it of the same client.
    func goesOn(behind other: Self?) -> Bool {
        guard let other else { return true }
        let names = [host.between("(", ")")?.octets, other.host.between("(", ")")?.octets].compactMap(\.self)
        return isNear(other) && (names.count < 2 || names[0] == names[1])
    }

    /// Whether no more time lies between two lines than within a connection.
    func isNear(_ other: Self) -> Bool {
        guard let now = seconds, let before = other.seconds else { return true }
        return abs(now - before) <= Self.maxPause
    }

    /// A line of the copy of a refused mail that names its envelope.
    static func isEnvelope(_ line: ArraySlice<UInt8>) -> Bool { line.starts(with: "Envelope-to: <".utf8) }

    /// `2026-11-23 10:00:01`
    private static let dateLength = 19

    /// Where the time stands that each line begins with, or has behind what syslog puts before it.
    private static func time(in line: ArraySlice<UInt8>) -> Int? {
        if isDate(line) { return line.startIndex }
        guard let tag = LogWords(line.prefix(120)).place(of: "exim"),
            let end = LogWords(line[tag.upperBound...].prefix(40)).place(of: ": ")?.upperBound
        else { return nil }
        return isDate(line[end...]) ? end : nil
    }

    /// What stands behind it, without its milliseconds and its zone.
    private static func behindTime(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let rest = line.dropFirst(dateLength).drop { isDigit($0) || $0 == UInt8(ascii: ".") }
        guard rest.first == 32 else { return nil }
        let words = rest.dropFirst()
        let zone = words.prefix { $0 != 32 }
        let isZone = zone.count == 5 && "+-".utf8.contains(zone.first ?? 0) && zone.dropFirst().allSatisfy(isDigit)
        return isZone ? words.dropFirst(6) : words
    }

    private static func isDate(_ line: ArraySlice<UInt8>) -> Bool {
        let signs = line.prefix(dateLength)
        return signs.count == dateLength
            && zip(signs, "0000-00-00 00:00:00".utf8).allSatisfy { $1 == 0x30 ? isDigit($0) : $0 == $1 }
    }

    private static func isDigit(_ octet: UInt8) -> Bool { (0x30...0x39).contains(octet) }

    /// Who called: the words up to the bracket that closes, and the address with its port.
    private static func host(_ words: LogWords) -> (words: LogWords, key: [UInt8])? {
        let marks: [StaticString] = ["H=", " from ", " for "]
        guard let start = marks.lazy.compactMap({ words.place(of: $0)?.upperBound }).first,
            let open = words.octets[start...].firstIndex(of: UInt8(ascii: "[")),
            let close = words.octets[open...].firstIndex(of: UInt8(ascii: "]"))
        else { return nil }
        let address = words.octets[words.octets.index(after: open)..<close]
        guard !address.isEmpty, address.count <= 45, address.allSatisfy(LogLine.isOfAddress) else { return nil }
        let behind = words.octets[words.octets.index(after: close)...]
        let port = behind.first == UInt8(ascii: ":") ? behind.dropFirst().prefix(while: isDigit) : []
        return (LogWords(words.octets[start...close]), Array(address) + [58] + port)
    }
}

extension RejectedConnection {
    /// Takes what a line of Exim tells.
    mutating func take(_ line: EximConnectionLine, _ time: TimeStamp?) {
        let words = line.words
        client = client ?? LoggedMessage.host(line.host)
        if let name = line.host.between("(", ")"), hello == nil { hello = Array(name.octets) }
        tls = tls ?? words.value(" X=")?.text
        if words.has(" authenticator failed for ") {
            add(
                .refused(.auth, argument: Self.mechanism(words), reversePath: nil, reply: Self.quoted(words, 535)),
                time
            )
        } else if words.starts(with: "TLS error on connection from ") {
            add(.tlsFailed(words.text), time)
        } else if words.starts(with: "SMTP protocol synchronization error") {
            takeInput(words, time)
        } else if words.starts(with: "SMTP protocol error in ") || words.starts(with: "SMTP syntax error in ") {
            takeError(words, time)
        } else if let reason = words.behind(" dropped: ") ?? words.behind(" refused: ") {
            takeEnd(words, reason, time)
        } else if words.starts(with: "no MAIL in SMTP connection from ") {
            takeNothing(words, time)
        } else if let what = words.behind("rejected ") {
            takeRefusal(words, what, time)
        } else {
            takeRest(words, time)
        }
    }

    /// `Envelope-to: <bob@receiver.example>`: who a mail was for that was refused behind its data.
    mutating func takeEnvelope(_ line: ArraySlice<UInt8>) {
        guard EximConnectionLine.isEnvelope(line), let at = facts.indices.last, facts[at].isOfData else { return }
        let paths = line.split(separator: UInt8(ascii: "<")).dropFirst().map { Array($0.prefix { $0 != 62 }) }
        insert(.recipients(paths), at: at)
    }

    /// `dovecot_login authenticator failed for …` has the name that the administrator gave it, which mostly holds the mechanism's.
    private static func mechanism(_ words: LogWords) -> [UInt8] {
        let name = words.first.text.lowercased()
        let known = ["login", "plain", "cram", "scram", "xoauth2", "ntlm", "external"].first { name.contains($0) }
        return Array((known.map { $0 == "cram" ? "CRAM-MD5" : $0.uppercased() } ?? "–").utf8)
    }

    /// The reply that stands word for word in a line, or the code alone.
    private static func quoted(_ words: LogWords, _ code: Int) -> Reply {
        guard let reply = words.replyBehindColon else { return Reply(code: code, words: []) }
        return Reply(code: code, words: Array(reply.before(" (set_id=").octets), isQuoted: true)
    }

    /// `rejected RCPT <bob@receiver.example>: relay not permitted`, `temporarily rejected connection in "connect" ACL: …`.
    private mutating func takeRefusal(_ words: LogWords, _ what: LogWords, _ time: TimeStamp?) {
        let isForNow = words.has("temporarily rejected ")
        let path = words.between("F=<", ">").map { Array($0.octets) }
        let reason = what.behind(": ").map { Array($0.octets) } ?? []
        var (turn, argument): (CommandSequence.Turn, ArraySlice<UInt8>) = (.mailData, [])
        var code = isForNow ? 451 : 550
        if what.starts(with: "RCPT ") || what.starts(with: "recipient ") {
            (turn, argument) = (.rcpt, what.between("<", ">")?.octets ?? what.octets.dropFirst(5).prefix { $0 != 58 })
        } else if what.starts(with: "MAIL ") || what.starts(with: "sender ") {
            (turn, argument) = (.mail, what.between("<", ">")?.octets ?? [])
        } else if what.starts(with: "EHLO ") || what.starts(with: "HELO ") {
            turn = .hello
            if what.starts(with: "EHLO or HELO ") {
                hello = Array(what.octets.dropFirst(13).prefix { $0 != 58 && $0 != 32 })
            }
            if what.has("syntactically invalid") { code = 501 }
        } else if what.starts(with: "connection ") {
            turn = .greeting
        } else if case .auth = what.turn {
            (turn, argument) = (.auth, what.octets.dropFirst(5).prefix { $0 != 58 && $0 != 32 })
        } else if what.starts(with: "STARTTLS") {
            turn = .startTLS
        } else if what.starts(with: "DATA") {
            turn = .data
        } else if what.starts(with: "VRFY") || what.starts(with: "EXPN") || what.starts(with: "ETRN") {
            return add(.said(Array(what.before(":").octets), reply: Reply(code: code, words: reason)), time)
        } else if what.has("message too big") {
            code = 552
        }
        let reply =
            LogWords(reason[...]).isReply
            ? Reply(code: code, words: reason, isQuoted: true) : Reply(code: code, words: reason)
        add(.refused(turn, argument: Array(argument), reversePath: path, reply: reply), time)
        if turn == .greeting { add(.closed(.server), time) }
    }

    /// `SMTP protocol error in "AUTH LOGIN" H=(x) [203.0.113.7] AUTH command used when not advertised`.
    private mutating func takeError(_ words: LogWords, _ time: TimeStamp?) {
        guard let command = words.between(" in \"", "\" ") else { return add(.remark(words.text), time) }
        let told = words.octets.lastIndex(of: UInt8(ascii: "]")).map { words.octets[$0...].dropFirst() } ?? []
        let reason = told.drop { $0 != 32 }.drop { $0 == 32 }
        let isUnknown = LogWords(reason).has("unrecognized command")
        let code = words.starts(with: "SMTP protocol") ? 503 : isUnknown ? 500 : 501
        add(.said(Array(command.octets), reply: Reply(code: code, words: Array(reason))), time)
    }

    /// `…: rejected connection from H=[203.0.113.7] input="GET / HTTP/1.1\r\n"`.
    private mutating func takeInput(_ words: LogWords, _ time: TimeStamp?) {
        let reply = Reply(code: 554, words: Array("SMTP synchronization error".utf8))
        if let input = words.behind("input=\"") {
            let whole = input.octets.last == UInt8(ascii: "\"") ? input.octets.dropLast() : input.octets
            let text = String(decoding: whole, as: UTF8.self).replacing("\\r", with: "").replacing("\\n", with: "\n")
            let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
            for line in lines.dropLast() { add(.said(Array(line.utf8), reply: Reply(code: 0, words: [])), time) }
            add(.said(Array((lines.last ?? "").utf8), reply: reply), time)
        } else {
            add(.refused(.greeting, argument: [], reversePath: nil, reply: reply), time)
        }
        add(.closed(.server), time)
    }

    /// `SMTP call from … dropped: too many nonmail commands (last was "NOOP")`, `Connection from … refused: too many connections`.
    private mutating func takeEnd(_ words: LogWords, _ reason: LogWords, _ time: TimeStamp?) {
        let said = Array(reason.before(" (").octets)
        if words.has(" refused: ") {
            add(.refused(.greeting, argument: [], reversePath: nil, reply: Reply(code: 421, words: said)), time)
        } else if let command = reason.between("was \"", "\"") {
            let code = reason.has("unrecognized") ? 500 : 554
            add(.said(Array(command.octets), reply: Reply(code: code, words: said)), time)
        } else {
            add(.remark(words.text), time)
        }
        add(.closed(.server), time)
    }

    /// `no MAIL in SMTP connection from (x) [203.0.113.7] D=2s C=EHLO,AUTH,QUIT`.
    private mutating func takeNothing(_ words: LogWords, _ time: TimeStamp?) {
        let list = words.behind(" C=")?.first.octets ?? []
        let verbs = list.split(separator: UInt8(ascii: ",")).map(Array.init)
        if facts.isEmpty, !verbs.isEmpty { add(.verbs(verbs), time) }
        add(.remark("no MAIL in this connection"), time)
        if verbs.last != Array("QUIT".utf8)
            || !facts.contains(where: { if case .verbs = $0.kind { true } else { false } })
        {
            add(.closed(.client), time)
        }
    }

    private mutating func takeRest(_ words: LogWords, _ time: TimeStamp?) {
        add(.remark(words.text), time)
        if words.has("unexpected disconnection ") || words.has(" lost") || words.has(" closed by QUIT") {
            add(.closed(.client), time)
        } else if words.has(" timeout ") || words.has(" closed by ") {
            add(.closed(.server), time)
        }
    }
}
