import SMTP
public import Tracing

/// The session as far as it is known, and what goes on in it. Changed by what happens outside, and by sending.
public struct Session: Equatable, Sendable {
    /// Where the session comes from, which decides what *next* does.
    public enum Source: Equatable, Sendable {
        /// A recording: next shows what was recorded.
        case replay
        /// The sandbox world: next lets one step happen on the wire.
        case sandbox(finished: Bool)
        /// A real server: only Enter lets something happen.
        case live(finished: Bool)
        /// Others talk and are watched: next shows what they said. Where they are held, Enter lets them go on.
        case watched(finished: Bool)

        var isLive: Bool { if case .live = self { true } else { false } }
        var isWatched: Bool { if case .watched = self { true } else { false } }
    }

    /// The ports on 127.0.0.1 where the sandbox's servers listen.
    public struct Ports: Equatable, Sendable {
        public let dns, submission, relay: Int

        public init(dns: Int, submission: Int, relay: Int) {
            self.dns = dns
            self.submission = submission
            self.relay = relay
        }
    }

    /// What a live session will do when Enter is pressed.
    public struct Pending: Equatable, Sendable {
        public let step: Step
        /// What will go over the wire; empty for a lookup and for a connection.
        public let octets: [UInt8]
        /// Whom it goes to.
        public let target: String
        /// The address to type for the mail to be delivered, when the session leaves here without having sent it.
        public let consent: String?
        /// What letting it go does, where the step does not say so; otherwise empty.
        public let promise: String
        /// The line that will go in its place, without its CRLF; nil while it was not edited.
        var edited: [UInt8]?

        public init(
            step: Step,
            octets: [UInt8],
            target: String,
            consent: String? = nil,
            promise: String = ""
        ) {
            self.promise = promise
            self.step = step
            self.octets = octets
            self.target = target
            self.consent = consent
        }

        /// The line without its CRLF.
        var line: [UInt8] { Array(octets.dropLast(2)) }
    }

    /// What a live session waits for.
    public struct Waiting: Equatable, Sendable {
        public let words: String
        /// In seconds; nil for no limit.
        public let limit: Int?
        /// Where the limit comes from; empty when it is our own.
        public let rule: String
        /// For how many ticks of the clock it has waited.
        var ticks = 0

        public init(words: String, limit: Int?, rule: String) {
            self.words = words
            self.limit = limit
            self.rule = rule
        }
    }

    /// A row of the list of sessions.
    public struct Choice: Equatable, Sendable {
        public let name: String
        public let title: String
        public init(name: String, title: String) {
            self.name = name
            self.title = title
        }
    }

    /// Two sessions side by side, and what to call them; the names are escaped.
    public struct Comparison: Equatable, Sendable {
        public let sessions: SessionComparison
        public let left, right: String

        public init(_ sessions: SessionComparison, left: String, right: String) {
            self.sessions = sessions
            (self.left, self.right) = (WireText.shown(left.utf8), WireText.shown(right.utf8))
        }
    }

    /// Its name for the title bar, and its header's words about where it comes from; both escaped.
    public internal(set) var title: String
    public internal(set) var origin: String
    /// When it began, ISO 8601; empty when unknown.
    public internal(set) var began: String
    public internal(set) var source: Source
    public internal(set) var trace: Trace
    /// What became of the mail, at each of the lines.
    var soFar = VerdictSoFar()
    /// What is going on, as far as the lines were shown.
    var situations = SituationsSoFar()
    /// The same at the last line, where whoever read a recording has told it: a key that goes there need not read all of them.
    var situationsAhead: SituationsSoFar?

    /// The conversations there are, one of which is open; nil where a session stands alone.
    public var conversations: Conversations?
    /// The sessions of a file that has several; nil where one stands alone.
    public var list: SessionList?
    /// Two sessions side by side, the last that were compared.
    public var comparison: Comparison?
    /// What a text is that a person pasted or opened and that is no dialogue.
    public var explained: ExplainedText?
    /// Sessions to choose from; empty when one is open.
    public var choices: [Choice] = []

    /// Where the sandbox listens; nil before it does, and in other sessions.
    var ports: Ports?
    /// How much of a recording that is still being read was read, from 0 to 1; nil when all of it is there.
    public internal(set) var portion: Double?
    /// Presses of next that the sandbox has not answered yet.
    var awaited = 0

    /// What the sandbox does next, where the number of the step does not say so: `sends STARTTLS`.
    var promise = ""

    /// What waits for Enter in a live session.
    var pending: Pending?
    /// What a live session waits for.
    var waiting: Waiting?
    /// What the server has said of a line that is not complete.
    var growing: [UInt8] = []
    /// Where a live session is, and what its server offers: what a line typed by hand will cause depends on it.
    var phase = CommandSequence.Phase.connected
    var offer = Hello()

    init(title: String, origin: String, began: String, source: Source, trace: Trace) {
        self.title = WireText.shown(title.utf8)
        self.origin = WireText.shown(origin.utf8)
        self.began = began
        self.source = source
        self.trace = trace
    }

    /// Whether a submission is all that is replayed: step 1 is then the whole walk, and would be over at once if it were folded.
    var isSubmissionAlone: Bool {
        source == .replay && trace.foldedStops.count == 1 && trace.lines.first?.place.step == .submission
    }

    /// So many lines were shown: reads on as far.
    mutating func look(before reached: Int) {
        if let situationsAhead, situationsAhead.read == reached { situations = situationsAhead }
        situations.look(at: trace.lines, before: reached)
    }

    /// Takes a conversation's session in the place of the one that was open.
    mutating func open(_ opened: Conversations.Opened) {
        (source, trace, began, pending) = (opened.source, opened.trace, opened.began, opened.pending)
        (soFar, situations, situationsAhead) = (VerdictSoFar(), SituationsSoFar(), nil)
        origin = WireText.shown(opened.origin.utf8)
        if source == .replay { title = WireText.shown(opened.title.utf8) }
    }

    /// Whether nothing more will come.
    var isWhole: Bool {
        switch source {
        case .replay: portion == nil
        case .sandbox(let finished), .live(let finished), .watched(let finished): finished
        }
    }

    /// Whether a live session goes on, so that its server can still be spoken to.
    var isLiveAndOpen: Bool { source == .live(finished: false) }
}
