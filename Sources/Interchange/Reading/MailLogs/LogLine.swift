import SMTP

/// Whose log a line is of.
enum LogProgram: UInt8, Sendable {
    case postfix, exim, sendmail, openSMTPD, haraka, rspamd, qmail

    /// As people call it.
    var name: String {
        switch self {
        case .postfix: "Postfix"
        case .exim: "Exim"
        case .sendmail: "sendmail"
        case .openSMTPD: "OpenSMTPD"
        case .haraka: "Haraka"
        case .rspamd: "rspamd"
        case .qmail: "qmail"
        }
    }
}

/// A line of a mail log that tells of a message by its queue id: whose line it is and which message it is about. What it tells of it
/// is read later, in the file of its program.
///
/// Wrong input is any line: one without a queue id is no such line.
struct LogLine {
    let program: LogProgram
    /// The queue id; empty where the line tells of a session alone.
    var message: ArraySlice<UInt8>
    /// The session, where the log has a number for it.
    var session: ArraySlice<UInt8>
    /// The program's own name and number, as `postfix/smtp[341]`.
    let process: ArraySlice<UInt8>
    /// Behind the queue id.
    let words: LogWords
    /// What it tells of a connection that brought no message; then `message` is made of the client's address.
    var connection: EximConnectionLine?
    /// Whether Postfix tells of a connection and of no message; `message` is then the process and the client.
    var isOfConnection = false

    /// The most octets in which the program and the queue id stand.
    private static let front = 200

    /// Whether it tells who wrote a message, to whom, or what came of it.
    var isTelling: Bool {
        switch program {
        case .postfix:
            words.starts(with: "to=<") || words.starts(with: "from=<") || words.starts(with: "client=")
                || words.has("reject: ")
                || isOfConnection
                    && (words.has(" authentication failed") || words.starts(with: "PREGREET ")
                        || words.starts(with: "NON-SMTP COMMAND from "))
        case .exim:
            connection?.isTelling
                ?? ["=> ", "-> ", "** ", "== ", "<= "].contains { (mark: StaticString) in words.starts(with: mark) }
        case .sendmail:
            words.starts(with: "from=") || words.starts(with: "to=")
                || words.starts(with: "ruleset=") && words.has(" reject=")
        case .openSMTPD: words.has(" envelope ") || words.has(" delivery ")
        case .haraka:
            !message.isEmpty
                && (words.has("] sender <") || words.has("] rcpt <") || words.has("] delivered file=")
                    || words.has("] bouncing"))
        case .rspamd: words.has("from: <")
        case .qmail: words.starts(with: "starting ") || words.starts(with: "info ") && words.has(": bytes ")
        }
    }

    static func read(_ line: ArraySlice<UInt8>) -> LogLine? {
        let front = LogWords(line.prefix(Self.front))
        if let tag = front.place(of: "postfix") { return postfix(line, from: tag.lowerBound) }
        if front.has("rspamd") || front.has("; task; "), let found = rspamd(line) { return found }
        if let tag = front.place(of: "sendmail[") ?? front.place(of: "sm-mta[") ?? front.place(of: "sm-msp-queue[") {
            return sendmail(line, from: tag.lowerBound)
        }
        if let tag = front.place(of: " smtpd[") { return openSMTPD(line, from: tag.lowerBound + 1) }
        if let tag = front.place(of: "] [") { return haraka(line, upTo: tag) }
        return eximConnection(line) ?? exim(line) ?? qmail(line)
    }

    /// `2026-11-23 10:00:01 H=(helo.example) [203.0.113.7] F=<…> rejected RCPT <…>: relay not permitted`.
    private static func eximConnection(_ line: ArraySlice<UInt8>) -> LogLine? {
        guard let found = EximConnectionLine(line) else { return nil }
        return LogLine(
            program: .exim,
            message: found.key[...],
            session: [],
            process: [],
            words: found.words,
            connection: found
        )
    }

    /// `postfix/smtp[341]: 5B46F13477EF: to=<…>`.
    private static func postfix(_ line: ArraySlice<UInt8>, from start: Int) -> LogLine? {
        guard let end = LogWords(line[start...].prefix(front)).place(of: "]: ") else { return nil }
        let rest = line[end.upperBound...]
        if let found = postfixConnection(rest, process: line[start..<end.lowerBound]) { return found }
        let id = rest.prefix(while: isAlphanumeric)
        // Queue ids are hexadecimal, or, where they are long, of any letters (postconf(5), enable_long_queue_ids).
        let isID = id.allSatisfy(isHexadecimal) ? id.count >= 6 : id.count >= 7 && id.contains(where: isDigit)
        guard isID, rest[id.endIndex...].starts(with: ": ".utf8) else { return nil }
        return LogLine(
            program: .postfix,
            message: id,
            session: [],
            process: line[start..<end.lowerBound],
            words: LogWords(rest.dropFirst(id.count + 2))
        )
    }

    /// `sm-mta[1234]: 0ANA01x1234: to=<…>`.
    private static func sendmail(_ line: ArraySlice<UInt8>, from start: Int) -> LogLine? {
        guard let end = LogWords(line[start...].prefix(front)).place(of: "]: ") else { return nil }
        let rest = line[end.upperBound...]
        let id = rest.prefix(while: isAlphanumeric)
        guard id.count >= 8, id.contains(where: isDigit), rest[id.endIndex...].starts(with: ": ".utf8) else {
            return nil
        }
        return LogLine(
            program: .sendmail,
            message: id,
            session: [],
            process: line[start..<end.lowerBound],
            words: LogWords(rest.dropFirst(id.count + 2))
        )
    }

    /// `2026-11-23 10:00:01 1tQSxK-0001Rs-2K => bob@receiver.example …`, with a process in brackets perhaps.
    private static func exim(_ line: ArraySlice<UInt8>) -> LogLine? {
        guard let first = line.first, isAlphanumeric(first) else { return nil }
        var rest = line.prefix(Self.front)
        for _ in 0..<8 {
            let word = rest.prefix { $0 != 32 }
            if isEximID(word) {
                return LogLine(
                    program: .exim,
                    message: word,
                    session: [],
                    process: [],
                    words: LogWords(line[word.endIndex...].dropFirst())
                )
            }
            guard !word.isEmpty, word.endIndex < rest.endIndex else { return nil }
            rest = rest[word.endIndex...].dropFirst()
        }
        return nil
    }

    /// `1tQSxK-0001Rs-2K`, since 4.97 `1tQSxK-000000001Rs-2Kab` (Exim specification, "Message identification").
    private static func isEximID(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count == 16 || word.count == 23 else { return false }
        let parts = word.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.map(\.count) == (word.count == 16 ? [6, 6, 2] : [6, 11, 4])
            && parts.allSatisfy { $0.allSatisfy(isAlphanumeric) }
    }

    /// `smtpd[44]: 9f2c0a1b44556677 smtp message msgid=3d7b6af1 …`, `… mta delivery evpid=3d7b6af1aabbccdd …`.
    private static func openSMTPD(_ line: ArraySlice<UInt8>, from start: Int) -> LogLine? {
        guard let end = LogWords(line[start...].prefix(front)).place(of: "]: ") else { return nil }
        let rest = line[end.upperBound...]
        let session = rest.prefix(while: isHexadecimal)
        guard session.count >= 8, rest[session.endIndex...].first == 32 else { return nil }
        let words = LogWords(rest.dropFirst(session.count + 1))
        guard ["smtp ", "mta ", "mda ", "mfa "].contains(where: { (kind: StaticString) in words.starts(with: kind) })
        else { return nil }
        let message = (words.behind("msgid=") ?? words.behind("evpid="))?.octets.prefix(while: isHexadecimal).prefix(8)
        return LogLine(
            program: .openSMTPD,
            message: message ?? [],
            session: session,
            process: line[start..<end.lowerBound],
            words: words
        )
    }

    /// `[NOTICE] [5B46F134-77EF-4C5D-8E0F-1A2B3C4D5E6F.1] [core] …`: a connection and the number of its transaction.
    private static func haraka(_ line: ArraySlice<UInt8>, upTo tag: Range<Int>) -> LogLine? {
        let rest = line[tag.upperBound...]
        let id = rest.prefix { isHexadecimal($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
        guard id.count >= 10, rest[id.endIndex...].starts(with: "] [".utf8),
            id.contains(UInt8(ascii: "-")) || id.count >= 32
        else { return nil }
        let parts = id.split(separator: UInt8(ascii: "."), maxSplits: 2)
        guard let connection = parts.first else { return nil }
        let message = parts.count > 1 ? line[connection.startIndex..<parts[1].endIndex] : []
        return LogLine(
            program: .haraka,
            message: message,
            session: connection,
            process: [],
            words: LogWords(rest[id.endIndex...].dropFirst(3))
        )
    }

    /// `…; rspamd_task_write_log: id: <…>, qid: <5B46F13477EF>, ip: …`.
    private static func rspamd(_ line: ArraySlice<UInt8>) -> LogLine? {
        guard let words = LogWords(line).behind("task_write_log: "), let id = words.between("qid: <", ">") else {
            return nil
        }
        guard !id.isEmpty, id.octets.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: "-") }) else { return nil }
        return LogLine(program: .rspamd, message: id.octets, session: [], process: [], words: words)
    }

    /// What stands behind Exim's queue id; all where there is none.
    static func behindEximID(_ words: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let first = words.prefix { $0 != 32 }
        return isEximID(first) ? words[first.endIndex...].dropFirst() : words
    }

    /// `info msg 1234567: bytes 812 from <…>`, `starting delivery 7: msg 1234567 to remote …`, and of a delivery its number alone.
    private static func qmail(_ line: ArraySlice<UInt8>) -> LogLine? {
        let words = LogWords(line)
        let marks: [StaticString] = ["starting delivery ", "delivery ", "info msg ", "end msg ", "new msg "]
        guard let mark = marks.first(where: { words.place(of: $0)?.lowerBound ?? .max < line.startIndex + front }),
            let place = words.place(of: mark)
        else { return nil }
        let number = line[place.upperBound...].prefix(while: isDigit)
        let rest = LogWords(line[place.lowerBound...])
        let message =
            rest.starts(with: "delivery ")
            ? [] : rest.starts(with: "starting ") ? rest.between(": msg ", " to ")?.octets ?? [] : number
        guard !number.isEmpty, message.allSatisfy(isDigit), !message.isEmpty || rest.starts(with: "delivery ") else {
            return nil
        }
        let isOfDelivery = message.isEmpty || rest.starts(with: "starting ")
        // Prose speaks of deliveries, too.
        let ends: [StaticString] = [": success: ", ": failure: ", ": deferral: "]
        guard !message.isEmpty || ends.contains(where: { rest.has($0) }) else { return nil }
        return LogLine(
            program: .qmail,
            message: message,
            session: isOfDelivery ? number : [],
            process: [],
            words: rest
        )
    }

    // MARK: Octets

    /// Whether an octet may stand in an IP address.
    static func isOfAddress(_ octet: UInt8) -> Bool {
        isHexadecimal(octet) || octet == UInt8(ascii: ".") || octet == UInt8(ascii: ":")
    }

    private static func isDigit(_ octet: UInt8) -> Bool { (0x30...0x39).contains(octet) }
    private static func isAlphanumeric(_ octet: UInt8) -> Bool {
        isDigit(octet) || (0x41...0x5A).contains(octet) || (0x61...0x7A).contains(octet)
    }
    private static func isHexadecimal(_ octet: UInt8) -> Bool {
        isDigit(octet) || (0x41...0x46).contains(octet) || (0x61...0x66).contains(octet)
    }
}
