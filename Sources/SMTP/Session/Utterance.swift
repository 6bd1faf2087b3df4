/// One end of a connection.
public enum Side: String, CaseIterable, Sendable, Codable {
    case client, server
    public var other: Side { self == .client ? .server : .client }
}

/// None, one or both ends of a connection.
public struct Sides: Equatable, Sendable {
    private var client = false
    private var server = false

    public init() {}

    public var isEmpty: Bool { !client && !server }
    public var areBoth: Bool { client && server }
    /// The one end that is in it; nil where none is or both are.
    public var only: Side? { client == server ? nil : client ? .client : .server }

    public func contains(_ side: Side) -> Bool { side == .client ? client : server }

    public mutating func insert(_ side: Side) {
        switch side {
        case .client: client = true
        case .server: server = true
        }
    }
}

/// A turn as `SessionReader` counts them, in the order in which they were taken, from 0.
public typealias TurnID = Int

/// A piece of what one side said, and what an onlooker makes of it:
///
///     S: 250-SIZE 1000        a reply, line 2 of the answer to EHLO
///     C: AUTH PLAIN AGEAYg==  a command, its last word a credential
///     C: Subject: lunch       mail data
///
/// The octets are told as they were. What they mean for the walk, and whether they follow the rules, others decide.
public struct Utterance: Sendable {
    public enum Kind: Equatable, Sendable {
        /// A command line (RFC 5321 §4.1.1), or whatever stands in the place of one.
        case command(Asked)
        /// A line of a reply (RFC 5321 §4.2).
        case reply(Answer)
        /// A line of mail data, or the one that ends it (RFC 5321 §4.1.1.4).
        case mailData(Content)
        /// Mail data that the client sent although 354 had not come; the server reads it as commands.
        case strayMailData(isFirst: Bool, id: TurnID)
        /// Octets of a BDAT chunk, and whether the last chunk ends with them (RFC 3030 §2).
        case chunk(endsLast: Bool)
        /// What belongs to a chunk and stands outside of it, because BDAT told another size than was sent.
        case strayChunk(StrayChunk)
        /// What the client answers to a challenge, or sends as if it was asked (RFC 4954 §4).
        case saslResponse(Response)
        /// A TLS record, or what came of it. Out of place where its side speaks TLS to another that speaks in the clear (RFC 8314 §3.3).
        case tls(isOutOfPlace: Bool)
        /// The header that a proxy puts before a session.
        indirect case proxy(ProxyHeader)
        /// What goes on with a line whose beginning was told before, or was lost.
        case rest
    }

    public let side: Side
    public let kind: Kind
    public let piece: LineStream.Piece
    /// Where the piece stands in all that its side said, its line end included.
    public let range: Range<Int>
    /// Ranges of the piece's octets that are a credential.
    public let credentials: [Range<Int>]
    /// Turns that were taken as answered well, because the client went on and what the server said was lost.
    public var assumed: [TurnID] = []

    init(side: Side, kind: Kind, piece: LineStream.Piece, range: Range<Int>, credentials: [Range<Int>]) {
        (self.side, self.kind, self.piece) = (side, kind, piece)
        (self.range, self.credentials) = (range, credentials)
    }

    /// A record of TLS that was told of by itself, not read from a stream.
    public init(record line: WireLine, from side: Side) {
        let piece = LineStream.Piece(line: line)
        self.init(side: side, kind: .tls(isOutOfPlace: false), piece: piece, range: 0..<line.count, credentials: [])
    }

    /// The octets without their line end.
    public var octets: [UInt8] { piece.line.octets }
    /// Whether the line came to its end.
    public var isWhole: Bool { !piece.isTorn && !piece.hasMore }

    /// A command as it was taken.
    public struct Asked: Equatable, Sendable {
        /// nil when the line did not arrive as a whole: nobody answers it.
        public let id: TurnID?
        public let turn: CommandSequence.Turn
        public let verb: Verb?
        /// Where the session will be once all that was said before is answered well.
        public let phase: CommandSequence.Phase
        /// Whether the command is in sequence there (RFC 5321 §4.1.4).
        public let isAllowed: Bool
        /// Whether it came before the greeting.
        public let isBeforeGreeting: Bool
        /// Whether it came in the clear where only TLS may come (RFC 3207 §4.2).
        public let isBehindSTARTTLS: Bool
        /// The turn before it that is not answered yet.
        public let behind: Earlier?

        public struct Earlier: Equatable, Sendable {
            public let turn: CommandSequence.Turn
            public let verb: Verb?
        }
    }

    /// A reply line and what it answers.
    public struct Answer: Equatable, Sendable {
        public let code: UInt16?
        /// Whether it is the first line of its reply, and whether it is the last.
        public let isFirst: Bool
        public internal(set) var isLast = false
        /// Where the session was when it came.
        public let phase: CommandSequence.Phase
        /// The server speaks another protocol, and this is a line of it.
        public let isForeign: Bool
        /// nil when it answers nothing.
        public internal(set) var to: Answered?
        /// On a first line: turns that were passed over because nothing can answer them any more.
        public internal(set) var skipped: [TurnID] = []
        /// On a first line: it ended mail data that has no proper end, which waits for its answer since.
        public internal(set) var endOfMailData: LooseEnd?
        /// The greeting came after the client had begun to speak.
        public internal(set) var isLateGreeting = false
        /// A line without a code had been taken for this answer.
        public internal(set) var isSecondTry = false
    }

    /// What a reply answers.
    public struct Answered: Equatable, Sendable {
        /// nil for a turn that nobody saw: its command is among what was lost, or before what was kept.
        public let id: TurnID?
        public let turn: CommandSequence.Turn
        public let verb: Verb?
        /// The RCPT whose recipient the reply is about, where each has a reply of its own behind the mail data (RFC 2033 §4.2).
        public var recipient: TurnID?
        /// Whether the command it answers would have begun a step of its own, had anybody seen it.
        public var beginsStep: Bool { turn == .data || turn == .auth || turn == .saslResponse }
    }

    /// Where mail data ended without the line that ends it.
    public struct LooseEnd: Equatable, Sendable {
        /// At a lone dot whose line ends are not both CRLF; otherwise the end itself was lost.
        public let isAtDot: Bool
        public let asked: [TurnID]
    }

    /// A line of mail data.
    public struct Content: Equatable, Sendable {
        public let isFirst: Bool
        /// It came before the 354 (RFC 5321 §3.3).
        public let isEarly: Bool
        /// On the line that ends the mail data: what now waits for an answer, in LMTP one for each recipient.
        public internal(set) var ends: [TurnID]?
        /// A lone dot that only a lenient server takes for the end.
        public let resemblesEnd: Bool
    }

    /// A line that the server takes for a command, and that the client means as content.
    public struct StrayChunk: Equatable, Sendable {
        public let id: TurnID
        /// How many octets the size of BDAT is too large by, as far as is known now; negative when it is too small.
        public let difference: Int
    }

    /// A line of a SASL exchange.
    public struct Response: Equatable, Sendable {
        public let id: TurnID?
        /// It came before its challenge.
        public let isEarly: Bool
    }
}
