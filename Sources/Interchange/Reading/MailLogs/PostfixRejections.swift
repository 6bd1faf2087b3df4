import SMTP

/// Lines of Postfix about a connection that brought no message: `NOQUEUE: reject: RCPT from …`, a login that failed, the end
/// (postscreen(8) writes them as smtpd(8) does). What one process says of one client is one connection, up to its end.
extension LogLine {
    static func postfixConnection(_ rest: ArraySlice<UInt8>, process: ArraySlice<UInt8>) -> LogLine? {
        let words = LogWords(rest)
        var client: ArraySlice<UInt8>?
        if words.starts(with: "NOQUEUE: ") {
            client = words.behind("reject: ").flatMap { $0.behind(" from ") }.flatMap(host(of:))
        } else if words.starts(with: "warning: "), words.has(" authentication failed") {
            client = host(of: LogWords(rest.dropFirst(9)))
        } else if words.starts(with: "DISCONNECT ") {
            client = host(of: LogWords(rest.dropFirst(11)))
        } else if words.starts(with: "disconnect from ") || words.starts(with: "lost connection after ")
            || words.starts(with: "timeout after ") || words.starts(with: "PREGREET ")
            || words.starts(with: "NON-SMTP COMMAND from ") || words.starts(with: "HANGUP after ")
        {
            client = words.behind(" from ").flatMap(host(of:))
        }
        guard let client else { return nil }
        var line = LogLine(
            program: .postfix,
            message: Array(process + [32] + client)[...],
            session: [],
            process: process,
            words: words
        )
        line.isOfConnection = true
        return line
    }

    /// `client.sender.example[192.0.2.94]`, up to the bracket that closes.
    private static func host(of words: LogWords) -> ArraySlice<UInt8>? {
        guard let end = words.octets.firstIndex(of: UInt8(ascii: "]")),
            words.octets[..<end].contains(UInt8(ascii: "[")), !words.octets[..<end].contains(32)
        else { return nil }
        return words.octets[...end]
    }
}

extension RejectedConnection {
    /// Takes what a line of Postfix tells of a connection.
    mutating func takePostfix(_ words: LogWords, _ time: TimeStamp?) {
        if words.starts(with: "NOQUEUE: "), let told = words.behind("reject: ") {
            takeRefusal(told, time)
        } else if let told = words.behind("warning: ")?.behind(": SASL ") {
            client = client ?? words.between("warning: ", ": SASL ")?.text
            let mechanism = Array(told.first.octets)
            add(.refused(.auth, argument: mechanism, reversePath: nil, reply: Reply(code: 535, words: [])), time)
        } else if words.starts(with: "PREGREET ") || words.starts(with: "NON-SMTP COMMAND from ") {
            takeCommand(words, time)
        } else {
            add(.remark(words.text), time)
            // Who closed, `disconnect` does not say.
            if words.starts(with: "timeout after ") { add(.closed(.server), time) }
            if words.starts(with: "lost connection ") || words.starts(with: "HANGUP ") { add(.closed(.client), time) }
        }
    }

    /// What postscreen(8) quotes of a client: `PREGREET 14 after 0.08 from [192.0.2.94]:25372: EHLO ylmf-pc\r\n`,
    /// `NON-SMTP COMMAND from [192.0.2.94]:25372 after CONNECT: GET / HTTP/1.1`.
    private mutating func takeCommand(_ words: LogWords, _ time: TimeStamp?) {
        guard let host = words.behind(" from "), let text = host.behind("]")?.behind(": ") else { return }
        client = client ?? host.before("]").text + "]"
        let quoted = text.text.replacing("\\r", with: "").replacing("\\n", with: "\n").replacing("\\t", with: "\t")
        for line in quoted.split(separator: "\n") {
            let octets = Array(line.utf8)
            add(
                words.starts(with: "PREGREET ") ? .early(octets) : .said(octets, reply: Reply(code: 0, words: [])),
                time
            )
        }
        add(.remark(words.before(": ").text), time)
    }

    /// `RCPT from client.example[192.0.2.94]: 550 5.7.1 …; from=<…> to=<…> proto=ESMTP helo=<…>`
    private mutating func takeRefusal(_ told: LogWords, _ time: TimeStamp?) {
        guard let host = told.behind(" from "), let behind = host.behind("]") else { return }
        client = client ?? host.before("]").text + "]"
        let text = behind.behind(": ") ?? behind
        let tails: [StaticString] = ["; from=<", "; to=<", "; proto=", "; helo=<", "; client="]
        let end = tails.compactMap { text.place(of: $0)?.lowerBound }.min() ?? text.octets.endIndex
        let (reply, rest) = (LogWords(text.octets[..<end]), LogWords(text.octets[end...]))
        if let name = rest.between("helo=<", ">"), hello == nil { hello = Array(name.octets) }
        guard let turn = Self.turn(told.first) else { return add(.remark(told.text), time) }
        let path = rest.between("from=<", ">").map { Array($0.octets) }
        let argument = turn == .mail ? path : rest.between("to=<", ">").map { Array($0.octets) }
        let isForNow = reply.octets.first == UInt8(ascii: "4")
        if turn == .mailData, let argument { add(.recipients([argument]), time) }
        add(
            .refused(
                turn,
                argument: argument ?? [],
                reversePath: path,
                reply: Reply(code: isForNow ? 451 : 550, words: Array(reply.octets), isQuoted: reply.isReply)
            ),
            time
        )
    }

    /// Postfix's name of the place at which it refused.
    private static func turn(_ name: LogWords) -> CommandSequence.Turn? {
        switch name.text {
        case "CONNECT": .greeting
        case "HELO", "EHLO": .hello
        case "END-OF-MESSAGE": .mailData
        default: name.turn
        }
    }
}
