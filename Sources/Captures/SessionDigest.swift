import Glibc

/// What one line of a list says about a mail session: from whom, to whom, and how it went.
///
/// A quick look for lists of thousands; what a session means is the tracer's business. It pairs each reply with the oldest
/// command that has none, and knows where mail data and chunks end, because what stands in them is no command. Wrong input
/// leads to a wrong word in a list and to nothing else.
struct SessionDigest {
    /// The first path of MAIL and of RCPT with their angle brackets; empty when there was none.
    private(set) var reversePath: [UInt8] = []
    private(set) var forwardPath: [UInt8] = []
    /// How many RCPT commands there were.
    private(set) var recipients = 0
    private var accepted = 0
    private var refusal: (code: Int, turn: Turn)?
    private var isEncrypted = false
    private var hasQuit = false
    private var wasReset = false
    private var hasAnswer = false

    private enum Turn: UInt8 {
        case greeting, hello, mail, rcpt, data, content, chunk, lastChunk, auth, startTLS, quit, other

        var name: String {
            switch self {
            case .greeting: "the connection"
            case .hello: "EHLO"
            case .mail: "MAIL"
            case .rcpt: "RCPT"
            case .data: "DATA"
            case .content: "the mail data"
            case .chunk, .lastChunk: "BDAT"
            case .auth: "AUTH"
            case .startTLS: "STARTTLS"
            case .quit: "QUIT"
            case .other: "a command"
            }
        }
    }

    private enum Mode { case commands, content, response }

    private var pending: [Turn] = []
    private var answered = 0
    private var mode = Mode.commands
    private var chunk = 0
    /// Lines of which not all has come, by direction: their beginning, and whether anything of them was kept.
    private var client = PartialLine()
    private var server = PartialLine()

    private struct PartialLine {
        var octets: [UInt8] = []
        var count = 0
        /// Enough for any command that matters here.
        static let most = 1200

        mutating func add(_ part: Window) {
            if octets.count < Self.most { octets += part.prefix(Self.most - octets.count).buffer }
            count += part.count
        }

        mutating func clear() {
            octets.removeAll(keepingCapacity: true)
            count = 0
        }
    }

    /// Reads what happened on a connection whose client speaks in `direction`.
    init(_ assembly: StreamAssembly, client direction: Direction, isWrapped: Bool) {
        isEncrypted = isWrapped
        for piece in assembly.pieces where !isEncrypted || piece.kind == .resets {
            switch piece.kind {
            case .octets:
                let content = assembly.content(piece)
                if piece.direction == direction { said(content) } else { replied(content) }
            case .gap:
                if piece.direction == direction {
                    client.clear()
                    chunk = max(0, chunk - piece.count)
                } else {
                    server.clear()
                }
            case .resets: wasReset = true
            case .calls, .answers, .closes, .again, .differs, .astray, .uncountedSYN: break
            }
        }
    }

    /// How it went, in two or three words.
    var outcome: String {
        let refused = refusal.map { "\($0.code) to \($0.turn.name)" }
        switch accepted {
        case 0: break
        case 1: return refused.map { "accepted, \($0)" } ?? "accepted"
        default: return "\(accepted) mails accepted" + (refused.map { ", \($0)" } ?? "")
        }
        if isEncrypted { return "encrypted" }
        if let refused { return refused }
        if wasReset { return "reset" }
        return hasQuit ? "no mail" : "broken off"
    }

    // MARK: The client

    private mutating func said(_ content: Window) {
        var rest = content
        while rest.count > 0, !isEncrypted {
            if chunk > 0 {
                let skipped = min(chunk, rest.count)
                chunk -= skipped
                rest = rest.dropping(skipped)
                continue
            }
            guard let end = rest.indexOfLineFeed else { return client.add(rest) }
            if client.count == 0 {
                line(rest.prefix(end))
            } else {
                client.add(rest.prefix(end))
                let whole = client
                whole.octets.withUnsafeBytes { octets in
                    guard let base = octets.baseAddress else { return line(rest.prefix(0)) }
                    line(Window(base: base, place: 0, count: octets.count))
                }
                client.clear()
            }
            rest = rest.dropping(end + 1)
        }
    }

    private mutating func line(_ content: Window) {
        let line = content.withoutCarriageReturn
        switch mode {
        case .content:
            guard line.count == 1, line[0] == UInt8(ascii: ".") else { return }
            mode = .commands
            pending.append(.content)
        case .response:
            mode = .commands
            pending.append(.auth)
        case .commands: command(line)
        }
    }

    private mutating func command(_ line: Window) {
        guard line.count >= 4 else { return pending.append(.other) }
        let verb = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(line[$1] & 0xDF) }
        switch verb {
        case 0x4548_4C4F, 0x4845_4C4F, 0x4C48_4C4F: pending.append(.hello)
        case 0x4D41_494C:
            pending.append(.mail)
            if reversePath.isEmpty { reversePath = Self.path(line) }
        case 0x5243_5054:
            pending.append(.rcpt)
            recipients += 1
            if forwardPath.isEmpty { forwardPath = Self.path(line) }
        case 0x4441_5441: pending.append(.data)
        case 0x4244_4154:
            let digits = line.dropping(4).buffer.drop { $0 == 32 }.prefix { (48...57).contains($0) }.prefix(15)
            chunk = digits.reduce(0) { $0 * 10 + Int($1) - 48 }
            let isLast =
                line.count >= 4 && line.dropping(line.count - 4).buffer.elementsEqual("LAST".utf8) { $0 & 0xDF == $1 }
            pending.append(isLast ? .lastChunk : .chunk)
        case 0x4155_5448: pending.append(.auth)
        case 0x5354_4152: pending.append(.startTLS)
        case 0x5155_4954:
            pending.append(.quit)
            hasQuit = true
        default: pending.append(.other)
        }
    }

    /// From the first angle bracket to the last one that closes, or the word behind the colon.
    private static func path(_ line: Window) -> [UInt8] {
        let octets = line.prefix(600).octets
        if let start = octets.firstIndex(of: UInt8(ascii: "<")), let end = octets.lastIndex(of: UInt8(ascii: ">")),
            start < end
        {
            return Array(octets[start...end])
        }
        let behind = octets.drop { $0 != UInt8(ascii: ":") }.dropFirst().drop { $0 == 32 }
        return Array(behind.prefix { $0 != 32 })
    }

    // MARK: The server

    private mutating func replied(_ content: Window) {
        var rest = content
        while rest.count > 0, !isEncrypted {
            guard let end = rest.indexOfLineFeed else { return server.add(rest) }
            if server.count == 0 {
                reply(rest.prefix(end))
            } else {
                server.add(rest.prefix(end))
                let whole = server
                whole.octets.withUnsafeBytes { octets in
                    if let base = octets.baseAddress { reply(Window(base: base, place: 0, count: octets.count)) }
                }
                server.clear()
            }
            rest = rest.dropping(end + 1)
        }
    }

    private mutating func reply(_ content: Window) {
        let line = content.withoutCarriageReturn
        guard line.count >= 3, (0..<3).allSatisfy({ (48...57).contains(line[$0]) }) else { return }
        if line.count > 3, line[3] == UInt8(ascii: "-") { return }
        let code = (0..<3).reduce(0) { $0 * 10 + Int(line[$1]) - 48 }
        defer { hasAnswer = true }
        guard answered < pending.count else {
            if mode == .content, code / 100 != 3, hasAnswer {
                // The end of the mail data was lost, or is none by the book.
                mode = .commands
                return conclude(.content, code)
            }
            if !hasAnswer { conclude(.greeting, code) }
            return
        }
        // A server that greets late is answered to nothing that was said before.
        if !hasAnswer, code == 220, pending[answered] != .startTLS { return }
        var turn = pending[answered]
        answered += 1
        if turn == .data, code / 100 == 2, answered < pending.count, pending[answered] == .content {
            turn = .content
            answered += 1
        }
        if answered == pending.count {
            pending.removeAll(keepingCapacity: true)
            answered = 0
        }
        conclude(turn, code)
    }

    private mutating func conclude(_ turn: Turn, _ code: Int) {
        if code >= 400, turn != .other, refusal == nil { refusal = (code, turn) }
        switch turn {
        case .data where code == 354: mode = .content
        case .data where code >= 400: mode = .commands
        case .content, .lastChunk: if code / 100 == 2 { accepted += 1 }
        case .startTLS: if code / 100 == 2 { isEncrypted = true }
        case .auth: if code == 334 { mode = .response }
        case .greeting, .hello, .mail, .rcpt, .data, .chunk, .quit, .other: break
        }
    }
}

extension Window {
    fileprivate var indexOfLineFeed: Int? {
        guard count > 0, let found = memchr(base, 10, count) else { return nil }
        return UnsafeRawPointer(found) - base
    }

    fileprivate var withoutCarriageReturn: Window { count > 0 && self[count - 1] == 13 ? prefix(count - 1) : self }
}
