import Cryptography
import SMTP

/// Tells by content alone whether a TCP connection is a mail session, and which end is the client.
///
/// It looks at the first lines of both directions: commands come from the client and replies from the server, whichever end
/// opened the connection.
struct SessionSearch {
    /// What the beginning of one direction looks like.
    private struct Signs {
        var lines = 0
        var commands = 0
        /// Commands that SMTP alone has.
        var mailCommands = 0
        var replies = 0
        var mailReplies = 0
        /// Commands and replies of FTP, NNTP and POP3.
        var kindredCommands = 0
        var kindredReplies = 0
        var octets = 0
    }

    /// How many octets of a direction are looked at.
    static let maxOctets = 16 << 10
    /// Verbs that FTP, POP and the like do not have.
    private static let mailVerbs: Set<Verb> = [
        .ehlo, .helo, .lhlo, .mail, .rcpt, .data, .bdat, .rset, .vrfy, .expn, .startTLS,
    ]

    /// The direction the client speaks in; nil when this is no mail session.
    static func clientDirection(_ flow: Flow, _ assembly: StreamAssembly, _ keys: KeyLog = KeyLog()) -> Direction? {
        if flow.kind == .sealed { return sealedClient(flow, assembly, keys) }
        var signs = [Signs(), Signs()]
        for direction in Direction.allCases { signs[direction.rawValue] = look(direction, assembly) }
        guard signs.contains(where: { $0.octets > 0 }) else { return silentClient(flow, assembly) }
        if flow.kind == .wrapped {
            // A server cannot speak first here, and the port is the server's.
            return flow.client ?? flow.initiator ?? (flow.high.port == 465 ? .forward : .backward)
        }
        let asClient = Direction.allCases.map { direction in
            let (own, other) = (signs[direction.rawValue], signs[direction.other.rawValue])
            return own.mailCommands * 3 + own.commands + own.kindredCommands + other.mailReplies * 3 + other.replies
                - own.replies * 2
        }
        let client: Direction =
            if asClient[0] != asClient[1] {
                asClient[0] > asClient[1] ? .forward : .backward
            } else {
                flow.initiator ?? (flow.low.port > flow.high.port ? .forward : .backward)
            }
        return isMail(client: signs[client.rawValue], server: signs[client.other.rawValue], flow.end(client.other).port)
            ? client : nil
    }

    /// The direction of the client of TLS from the first octet, to a port that is none of SMTP over TLS, where what is inside is mail.
    private static func sealedClient(_ flow: Flow, _ assembly: StreamAssembly, _ keys: KeyLog) -> Direction? {
        guard let first = assembly.pieces.first(where: { $0.kind == .octets }) else { return nil }
        let client = first.direction
        var events = SessionEvents(client: client, name: "", began: 0, onRest: {})
        events.add(assembly, keys: keys)
        var insides: [Side: [UInt8]] = [:]
        for event in events.events.drop(while: { if case .tls = $0.kind { false } else { true } }) {
            if case .octets(let side, let octets, _) = event.kind { insides[side, default: []] += octets }
        }
        let (own, server) = (signs(of: insides[.client] ?? []), signs(of: insides[.server] ?? []))
        return isMail(client: own, server: server, flow.end(client.other).port) ? client : nil
    }

    /// A connection to a port of mail that came about and on which nobody said a word: each may have waited for the other, as where TLS
    /// comes first (RFC 8314 §3.3).
    private static func silentClient(_ flow: Flow, _ assembly: StreamAssembly) -> Direction? {
        guard let client = flow.initiator, assembly.pieces.contains(where: { $0.kind == .synAck }) else { return nil }
        return [25, 465, 587].contains(flow.end(client.other).port) ? client : nil
    }

    /// The direction of the client where all that the server said may be the greeting of a mail server, and the client said nothing of
    /// another protocol: 220, or that there is no service (RFC 5321 §3.1, §3.8).
    static func greetedDirection(_ flow: Flow, _ assembly: StreamAssembly) -> Direction? {
        var signs = [Signs(), Signs()]
        for direction in Direction.allCases { signs[direction.rawValue] = look(direction, assembly) }
        return Direction.allCases.first { client in
            let (own, server) = (signs[client.rawValue], signs[client.other.rawValue])
            return (flow.initiator ?? client) == client && own.replies == 0 && own.kindredCommands == 0
                && own.lines == own.commands && server.replies == server.lines && server.lines > 0
                && server.kindredReplies == 0 && greets(client.other, assembly)
        }
    }

    private static func greets(_ server: Direction, _ assembly: StreamAssembly) -> Bool {
        guard let first = assembly.pieces.first(where: { $0.direction == server && $0.kind == .octets }) else {
            return false
        }
        let code = Array(assembly.content(first).prefix(3).buffer)
        return ["220", "421", "554"].contains { code.elementsEqual($0.utf8) }
    }

    /// Words that only SMTP has are proof, since somebody may speak FTP or HTTP to a mail server. Without them the server's
    /// port decides, and any word of FTP, NNTP or POP3 counts against it.
    private static func isMail(client: Signs, server: Signs, _ port: UInt16) -> Bool {
        if client.mailCommands + client.mailReplies + server.mailCommands + server.mailReplies > 0 { return true }
        let hasWords = client.commands + client.replies + server.commands + server.replies > 0
        let isKindred = client.kindredCommands + client.kindredReplies + server.kindredReplies > 0
        return ContentSigns.isMail(port: port) && hasWords && !isKindred
    }

    private static func look(_ direction: Direction, _ assembly: StreamAssembly) -> Signs {
        var start: [UInt8] = []
        for piece in assembly.pieces where piece.direction == direction {
            if piece.kind == .gap { start += [13, 10] }
            guard piece.kind == .octets else { continue }
            start += assembly.content(piece).prefix(maxOctets - start.count).buffer
            if start.count >= maxOctets { break }
        }
        return signs(of: start)
    }

    private static func signs(of start: [UInt8]) -> Signs {
        var signs = Signs()
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
        case .kindred where line[0] < 65:
            signs.replies += 1
            signs.kindredReplies += 1
        case .kindred: signs.kindredCommands += 1
        case .tls, .foreign, .unclear:
            let word = line.prefix(9).buffer.prefix { $0 != 32 && $0 != 13 && $0 != 10 }
            guard let verb = Verb(reading: word) else { return }
            signs.commands += 1
            if mailVerbs.contains(verb) { signs.mailCommands += 1 }
        }
    }
}
