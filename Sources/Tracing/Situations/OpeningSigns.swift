import SMTP

/// How a connection begins and ends: a client of another protocol, one that does not wait for the greeting, one that comes and goes.
struct OpeningSigns: Sendable {
    private var connection = Connection()
    private var foreign: (ForeignProtocol, Int?)?
    private var early: Int??
    private var left: (isGreeted: Bool, line: Int?)?

    /// What counts for one connection alone.
    private struct Connection: Sendable {
        /// Its beginning was seen, so that what was not said in it was not said.
        var isWhole = false
        /// It is tried, and has not come about.
        var isTried = false
        /// Something was said on it before it stood: the packets of the capture are not in order.
        var isOutOfOrder = false
        /// The client has spoken, and where first.
        var hasClient = false
        var firstLine: Int?
        /// The server said 220, or no; nil while it has said nothing.
        var greeting: Bool?
        /// The client said anything beside QUIT, which asks for nothing.
        var hasAsked = false
        var hasQuit = false
        /// Who speaks TLS, and whether that was agreed on.
        var clientTLS = false, serverTLS = false, agreedTLS = false
        var tlsLine: Int?
        var speaksClear = false
        /// Something was lost, so that what was agreed on may be among it.
        var hasLost = false
        /// The server answered in the clear what the client said in TLS.
        var answersTLSInClear = false
        var isOver = false
    }

    // MARK: The link

    mutating func connecting() { connection = Connection(isWhole: true, isTried: true) }

    /// Whether it is another connection than the one that was tried. What stands before it in a capture whose packets are not in order
    /// is of the same one.
    mutating func connected() -> Bool {
        defer { connection.isTried = false }
        guard !connection.isTried else { return false }
        connection = Connection(isWhole: true)
        return true
    }

    /// Something was lost: what was not said may be among it.
    mutating func lost() { (connection.isWhole, connection.hasLost) = (false, true) }

    mutating func secured() { connection.agreedTLS = true }

    mutating func record(_ side: Side, line: Int?) {
        switch side {
        case .client:
            connection.clientTLS = true
            connection.tlsLine = connection.tlsLine ?? line
            connection.hasAsked = true
        case .server: connection.serverTLS = true
        }
        spoke(side, line)
        noteTLS()
    }

    /// No more comes on the connection. `side` is nil where it broke.
    mutating func closed(by side: Side?, line: Int?) {
        if hasLeft(side) { left = (connection.greeting == true, line) }
        connection.isOver = true
    }

    /// Whether the client came and asked for nothing, and then left. A server that hangs up has left itself.
    private func hasLeft(_ side: Side?) -> Bool {
        connection.isWhole && !connection.isOver && !connection.hasAsked && connection.greeting != false
            && (side == .client || connection.hasQuit)
    }

    // MARK: What is said

    mutating func asked(_ turn: CommandSequence.Turn, _ octets: UnsafeBufferPointer<UInt8>, line: Int?) {
        // A command of SMTP is none of another protocol.
        if turn == .unknown, !connection.hasClient, !connection.clientTLS, foreign == nil,
            let known = ForeignProtocol(opening: Array(octets))
        {
            foreign = (known, line)
        }
        spoke(.client, line)
        if turn == .quit { connection.hasQuit = true } else { connection.hasAsked = true }
    }

    /// What is no command and no reply, as what cannot be a line.
    mutating func spoke(_ side: Side, _ line: Int?) {
        if connection.isTried { connection.isOutOfOrder = true }
        guard side == .client, !connection.hasClient else { return }
        connection.hasClient = true
        connection.firstLine = line
    }

    mutating func replied(_ turn: CommandSequence.Turn?, _ code: UInt16) {
        if turn == .greeting, connection.greeting == nil {
            connection.greeting = code / 100 == 2
            // Who speaks another protocol, or TLS, speaks first in it.
            if connection.hasClient, !connection.clientTLS, !connection.isOutOfOrder, early == nil {
                early = .some(connection.firstLine)
            }
        }
        if turn == .startTLS, code / 100 == 2 { connection.agreedTLS = true }
        // What is answered was asked, also where only the server's side was written down.
        if turn != .greeting, turn != .quit, code != 421 { connection.hasAsked = true }
        connection.speaksClear = true
        if connection.clientTLS { connection.answersTLSInClear = true }
        noteTLS()
    }

    /// The client speaks TLS, and the server answers in the clear.
    private mutating func noteTLS() {
        let isClear = connection.hasLost ? connection.answersTLSInClear : connection.speaksClear
        guard connection.clientTLS, isClear, !connection.serverTLS, !connection.agreedTLS, foreign == nil else {
            return
        }
        foreign = (.tls, connection.tlsLine)
    }

    var situations: [Situation] {
        if let (known, line) = foreign { return [Situation(.wrongProtocol(known), lines: [line].compactMap(\.self))] }
        var found: [Situation] = []
        if let early { found.append(Situation(.earlyTalker, lines: [early].compactMap(\.self))) }
        // A log may not tell of the end behind QUIT.
        let isGone = left ?? (hasLeft(nil) ? (connection.greeting == true, connection.firstLine) : nil)
        if let isGone, early == nil {
            found.append(
                Situation(.connectAndLeave(isGreeted: isGone.isGreeted), lines: [isGone.line].compactMap(\.self))
            )
        }
        return found
    }
}
