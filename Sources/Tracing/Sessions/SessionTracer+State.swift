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
        /// nil for what nobody saw.
        var id: TurnID?
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
        /// A command where the answer to a challenge belongs.
        var isBehindChallenge = false
        /// Mail data that was answered with 353: now each recipient has a reply, and then all of them (draft-hall-prdr).
        var isAnsweredEach = false
        /// The RCPT whose recipient the reply at hand is about.
        var recipient: TurnID?
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
        var saidHelloInClear = false
        var isAuthenticated = false
        var said421 = false
        /// RFC 7504 §3: it takes no mail at all.
        var said521 = false
        /// An error of the link was reported.
        var hasFailed = false
        /// The first line of TLS records that came without STARTTLS.
        var wrappedLine: Int?
        /// The lines of commands that came before any word of the server. Only its greeting tells that they came too early.
        var ungreeted: [Int] = []
        /// Whom the connection is made to, where that is known.
        var endpoint: EndpointName?
        /// Where TLS records stand; nil before the first.
        var handshakePlace: Place?
    }
}
