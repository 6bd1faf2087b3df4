/// What can go wrong around the words of a session, THE table: an id that travels, the words that say so, and the lesson that
/// explains it. The id stands in recordings and outcomes; nobody looks for it in the words.
public enum LinkFailure: String, CaseIterable, Sendable {
    case refused
    case timedOut = "timed-out"
    case noReply = "no-reply"
    case reset
    case unreachable
    case noRoute = "no-route"
    /// Several exchangers did not answer on port 25.
    case portClosed = "port-closed"
    case noSuchDomain = "no-such-domain"
    case nullMX = "null-mx"
    case noAddress = "no-address"
    case neitherMXNorAddress = "neither-mx-nor-address"
    /// The lookup gave no answer that says yes or no.
    case lookupFailed = "lookup-failed"
    /// A mail server has nobody to ask: no router, no mailbox, a program that said no.
    case undeliverable
    case surprisingAddress = "surprising-address"
    case tlsFailed = "tls-failed"
    /// The server never said a word.
    case noGreeting = "no-greeting"
    /// The wrong kind of TLS (RFC 8314 §3.3): none where it comes first, or TLS where the session begins in the clear.
    case tlsExpected = "tls-expected"
    case clearExpected = "clear-expected"
    // Remarks: what a mail server would do now, and what the program does.
    case retries
    case bounces
    case withoutTLS = "without-tls"
    case doubt
    /// A client that was not answered goes on behind a bare LF.
    case unfinishedLine = "unfinished-line"
    /// A greeting or another reply was a while in coming: in recordings of before, since the tracer finds it by the times.
    case tookLong = "took-long"
    /// A reply is not the one that a dialog tells of.
    case notAsExpected = "not-as-expected"
    /// A log tells of commands by their verbs alone.
    case verbsAlone = "verbs-alone"
    // What a mail server's log says became of a recipient.
    case logAccepted = "log-accepted"
    case logDeferred = "log-deferred"
    case logRefused = "log-refused"
    /// A server takes commands out of the content of a mail, or does not.
    case openToSmuggling = "open-to-smuggling"
    case closedToSmuggling = "closed-to-smuggling"

    /// As in recordings: `timed-out`.
    public var id: String { rawValue }

    /// What happened, in a sentence without a full stop.
    public var words: String {
        switch self {
        case .refused: "the connection was refused: nobody listens on that port"
        case .timedOut: "the host did not answer in time"
        case .noReply: "the server did not answer in time"
        case .reset: "the other side broke the connection off"
        case .unreachable: "no way leads to that host"
        case .noRoute: "this machine has no address that could reach the host"
        case .portClosed: "port 25 seems to be closed to you here"
        case .noSuchDomain: "the domain does not exist"
        case .nullMX: "a null MX: the domain says that it takes no mail"
        case .noAddress: "has no address"
        case .neitherMXNorAddress: "the domain has neither MX records nor an address"
        case .lookupFailed: "the lookup gave no answer"
        case .undeliverable: "the mail cannot be delivered, and no server was asked"
        case .surprisingAddress: "nothing is sent there unless --allow-private says so"
        case .tlsFailed: "the TLS handshake failed"
        case .noGreeting: "the server said nothing, not even a greeting"
        case .tlsExpected: "TLS comes first on this port, and the client spoke in the clear"
        case .clearExpected: "this port begins in the clear, and the client spoke TLS"
        case .retries: "A real mail server keeps the mail in its queue"
        case .bounces: "A real mail server does not try again"
        case .withoutTLS: "TLS was tried and failed, and is not required here"
        case .doubt: "Nobody knows now whether the mail was taken"
        case .unfinishedLine: "The server has not answered the line with the bare LF"
        case .tookLong: "the server let the client wait"
        case .notAsExpected: "nobody expected this reply"
        case .verbsAlone: "The log tells of commands by their verbs alone: what followed them is not known"
        case .logAccepted: "The log says that the mail was delivered"
        case .logDeferred: "The log says that the mail was put off and is tried again"
        case .logRefused: "The log says that the mail was given up"
        case .openToSmuggling: "The server is open to smuggling"
        case .closedToSmuggling: "The server is not open to this smuggling"
        }
    }

    public var anchor: LessonAnchor {
        switch self {
        case .refused: LessonAnchor("link/refused")
        case .timedOut, .noReply: LessonAnchor("link/timeout")
        case .reset: LessonAnchor("link/reset")
        case .unreachable, .noRoute: LessonAnchor("link/unreachable")
        case .portClosed: LessonAnchor("link/port-25")
        case .noSuchDomain: LessonAnchor("dns/no-such-domain")
        case .nullMX: LessonAnchor("dns/null-mx")
        case .noAddress, .neitherMXNorAddress: LessonAnchor("dns/no-address")
        case .lookupFailed: LessonAnchor("dns/failure")
        case .surprisingAddress: LessonAnchor("dns/private-address")
        case .tlsFailed: LessonAnchor("link/error")
        case .noGreeting: LessonAnchor("finding/no-greeting")
        case .tlsExpected: LessonAnchor("finding/clear-instead-of-tls")
        case .clearExpected: LessonAnchor("finding/tls-instead-of-command")
        case .retries, .doubt, .logDeferred: LessonAnchor("background/retries")
        case .bounces, .logRefused: LessonAnchor("background/bounces")
        case .undeliverable: LessonAnchor("background/bounces")
        case .unfinishedLine: LessonAnchor("finding/bare-lf")
        case .withoutTLS: LessonAnchor("tls/without")
        case .tookLong: LessonAnchor("link/took-long")
        case .notAsExpected, .verbsAlone, .logAccepted: LessonAnchor("syntax/note")
        case .openToSmuggling, .closedToSmuggling: LessonAnchor("finding/end-of-data-variant")
        }
    }
}

extension WireEvent {
    /// What went wrong, or a remark of its kind: the value that travels, and the words for a person.
    public struct Failure: Equatable, Sendable, ExpressibleByStringInterpolation {
        /// nil for what is not in the table.
        public let failure: LinkFailure?
        /// A sentence without a full stop.
        public let words: String
        /// Whom it is about, where a log says what became of a recipient; nil where it is about the whole mail.
        public let recipient: [UInt8]?

        public init(_ failure: LinkFailure?, _ words: String, of recipient: [UInt8]? = nil) {
            (self.failure, self.words, self.recipient) = (failure, words, recipient)
        }
        public init(_ failure: LinkFailure) { self.init(failure, failure.words) }
        /// Words of others, of which no value is known.
        public init(stringLiteral words: String) { self.init(nil, words) }

        /// The same, of somebody: `mx.example: the connection was refused`.
        public func of(_ whom: String) -> Failure { Failure(failure, "\(whom): \(words)") }
        /// The same in other words.
        func saying(_ words: String) -> Failure { Failure(failure, words, of: recipient) }
        /// The same with more words behind it.
        public func adding(_ more: String) -> Failure { Failure(failure, words + more) }
    }
}

extension LinkFailure {
    /// Whether something went wrong, and it is no remark about that.
    public var isOfLink: Bool {
        switch self {
        case .retries, .bounces, .withoutTLS, .doubt, .unfinishedLine, .tookLong, .notAsExpected, .openToSmuggling,
            .closedToSmuggling, .verbsAlone, .logAccepted, .logDeferred, .logRefused:
            false
        default: true
        }
    }

    /// What a log says became of a recipient; nil for whatever tells of none.
    var fate: Verdict.Outcome? {
        switch self {
        case .logAccepted: .accepted
        case .logDeferred: .deferred
        case .logRefused: .refused
        default: nil
        }
    }

    /// The zone itself says that there is nowhere to go (RFC 5321 §5.1, RFC 7505 §3).
    var saysNoForGood: Bool {
        switch self {
        case .noSuchDomain, .nullMX, .neitherMXNorAddress, .noAddress, .undeliverable: true
        default: false
        }
    }
}
