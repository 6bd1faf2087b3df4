import SMTP

/// What a session tracer keeps in mind.
extension SessionTracer {
    /// How far the link is known to be.
    enum Connection: Equatable, Sendable {
        /// Nothing was told about it, as in a transcript.
        case unseen
        case trying, standing, closed
    }

    /// A turn on its way: what it was, where its line is, and what its answer will be about.
    struct Sent: Sendable {
        let turn: CommandSequence.Turn
        var verb: Verb?
        /// An index into the trace's lines; nil for what had no line.
        var line: Int?
        var place: Place
        /// The path of MAIL or RCPT.
        var path: Path?
        /// The mail a chunk or the closing dot belongs to, as an index into the trace's mails.
        var mail: Int?
        /// MAIL inside an open transaction: it begins none of its own.
        var isNested = false
    }

    /// How the octets of the client are to be read now.
    enum ClientMode: Equatable, Sendable {
        case commands
        case mailData(MailDataReader)
        case chunk(remaining: UInt64, last: Bool)
        case saslResponse(mechanism: String)
    }

    /// The recipients of the transaction under way, counted by their answers.
    struct Recipients: Equatable, Sendable {
        var accepted = 0
        var refused = 0
    }

    /// A line of mail data that is a dot with line ends that are not CRLF on both sides, and how much content there was before it.
    struct LooseEnd: Equatable, Sendable {
        let line: Int
        let octets: Int
        let isStuffed: Bool
    }

    /// What has happened once and counts until the connection ends.
    struct Marks: Equatable, Sendable {
        /// The session was joined after its greeting.
        var joinedLate = false
        /// The server has answered something.
        var hasAnswered = false
        /// Whether the octets are inside TLS that we can read.
        var isSecured = false
        /// TLS without STARTTLS, as on port 465 (RFC 8314 §3.3).
        var isWrapped = false
        var saidHelloInClear = false
        var helloWasAnswered = false
        /// LHLO: the mail data is answered once for each recipient (RFC 2033 §4.2).
        var isLMTP = false
        var isAuthenticated = false
        /// The last line of the client was AUTH or a response, so another credential may follow.
        var isNearCredential = false
        /// The line under way, of which only a part could be held, began as a credential.
        var isInCredential = false
        /// The server speaks another protocol.
        var isForeign = false
        var said421 = false
        /// RFC 7504 §3: it takes no mail at all.
        var said521 = false
        /// An error of the link was reported.
        var hasFailed = false
        /// The first line of TLS records that came without STARTTLS.
        var wrappedLine: Int?
        /// Where TLS records stand; nil before the first.
        var handshakePlace: Place?

        /// Octets of a side were not kept, and whether the line that comes next may lack its beginning.
        var lost: Set<Side> = []
        var restOfLine: Set<Side> = []
        /// What the server answered is not known; nothing of what the client said waits for an answer any more.
        var lostAnswers = false
        /// Nothing of the server was kept at all.
        var hasOnlyClient = false

        var securedAfterHello: Bool { isSecured && saidHelloInClear }
    }
}
