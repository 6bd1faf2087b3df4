import SMTP

/// Tells by content alone whether a TCP connection is a mail session, and which end is the client.
///
/// It looks at the first lines of both directions: commands come from the client, replies from the server, whoever called.
struct SessionSearch {
    /// What the beginning of one direction looks like.
    private struct Signs {
        var lines = 0
        var commands = 0
        /// Commands that SMTP alone has.
        var mailCommands = 0
        var replies = 0
        var mailReplies = 0
        var octets = 0
    }

    /// How many octets of a direction are looked at.
    static let mostOctets = 16 << 10
    /// Verbs that FTP, POP and the like do not have.
    private static let mailVerbs: Set<Verb> = [
        .ehlo, .helo, .lhlo, .mail, .rcpt, .data, .bdat, .rset, .vrfy, .expn, .startTLS,
    ]

    /// The direction the client speaks in; nil when this is no mail session.
    static func clientDirection(_ flow: Flow, _ assembly: StreamAssembly) -> Direction? {
        var signs = [Signs(), Signs()]
        for direction in Direction.allCases { signs[direction.rawValue] = look(direction, assembly) }
        guard signs.contains(where: { $0.octets > 0 }) else { return nil }
        if flow.kind == .wrapped {
            // A server cannot speak first here, and the port is the server's.
            return flow.high.port == 465 ? .forward : .backward
        }
        let asClient = Direction.allCases.map { direction in
            let (own, other) = (signs[direction.rawValue], signs[direction.other.rawValue])
            return own.mailCommands * 3 + own.commands + other.mailReplies * 3 + other.replies - own.replies * 2
        }
        let isMail = ContentSigns.isMail(port: flow.low.port) || ContentSigns.isMail(port: flow.high.port)
        let isSure = signs.contains { $0.mailCommands > 0 || $0.mailReplies > 0 }
        guard isSure || isMail && signs.contains(where: { $0.replies > 0 || $0.commands > 0 }) else { return nil }
        if asClient[0] != asClient[1] { return asClient[0] > asClient[1] ? .forward : .backward }
        if let caller = flow.caller { return caller }
        return flow.low.port > flow.high.port ? .forward : .backward
    }

    private static func look(_ direction: Direction, _ assembly: StreamAssembly) -> Signs {
        var signs = Signs()
        var start: [UInt8] = []
        for piece in assembly.pieces where piece.direction == direction {
            if piece.kind == .gap { start += [13, 10] }
            guard piece.kind == .octets else { continue }
            start += assembly.content(piece).prefix(mostOctets - start.count).buffer
            if start.count >= mostOctets { break }
        }
        signs.octets = start.count
        start.withUnsafeBytes { octets in
            guard let base = octets.baseAddress else { return }
            let whole = Window(base: base, place: 0, count: octets.count)
            for line in start.split(separator: 10, maxSplits: 60) where !line.isEmpty {
                read(whole.dropping(line.startIndex).prefix(line.count), into: &signs)
            }
        }
        return signs
    }

    private static func read(_ line: Window, into signs: inout Signs) {
        signs.lines += 1
        switch ContentSigns.sign(of: line) {
        case .smtpCommand:
            signs.commands += 1
            signs.mailCommands += 1
        case .smtpReply:
            signs.replies += 1
            signs.mailReplies += 1
        case .reply: signs.replies += 1
        case .tls, .foreign, .unclear:
            let word = line.prefix(9).buffer.prefix { $0 != 32 && $0 != 13 && $0 != 10 }
            guard let verb = Verb(reading: word) else { return }
            signs.commands += 1
            if mailVerbs.contains(verb) { signs.mailCommands += 1 }
        }
    }
}
