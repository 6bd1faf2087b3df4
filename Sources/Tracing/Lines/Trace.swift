import DNS
public import SMTP

/// A session as it can be shown: its lines in order, where each stands, and what became known on the way.
public struct Trace: Equatable, Sendable {
    public private(set) var lines = TraceLines()
    /// What the session told about itself so far.
    public internal(set) var facts = SessionFacts()
    /// Every mail whose data went over a wire, in order.
    public internal(set) var mails = TracedMails()
    private var mailIndex = MailIndex()
    /// Mails as they were put into a mailbox.
    public internal(set) var delivered: [[UInt8]] = []
    /// What other sessions of the same input tell of this one; nothing where it stands alone.
    var related: [Situation] = []
    /// Steps that failed: the reply was negative, or the link broke there.
    public private(set) var failed: Set<Place> = []

    /// The most content that is kept of one mail, in octets.
    let maxContent: Int

    public init() { self.init(maxContent: TracedMail.maxOctets) }

    init(maxContent: Int) { self.maxContent = maxContent }

    /// Whether some mail is longer than what is kept of it.
    public var hasCutMail: Bool { mails.hasCut }

    /// A run of lines that stand at one place: what one press of *next* shows. Indices into `stops` grow with time.
    public struct Stop: Equatable, Sendable {
        public let place: Place
        public internal(set) var lines: Range<Int>

        public init(place: Place, lines: Range<Int>) {
            self.place = place
            self.lines = lines
        }
    }

    /// The stops in the order they happened. A step that was left and came back to (as under PIPELINING) has several.
    public var stops: TraceStops { TraceStops(lines: lines, starts: starts, isFolded: false) }
    /// All stops, those of step 1 that follow one another as one.
    public var foldedStops: TraceStops { TraceStops(lines: lines, starts: foldedStarts ?? starts, isFolded: true) }

    /// The first lines of the stops.
    private var starts = LineStarts()
    /// Those of the folded stops; nil while they are the same.
    private var foldedStarts: LineStarts?

    /// The stop that holds a line.
    public func stop(ofLine index: Int) -> Int? {
        let stops = stops
        var low = 0
        var high = stops.count
        while low < high {
            let middle = (low + high) / 2
            if stops[middle].lines.upperBound <= index { low = middle + 1 } else { high = middle }
        }
        return low < stops.count && stops[low].lines.contains(index) ? low : nil
    }

    /// How many stops begin before a line.
    public func stops(before line: Int) -> Int { starts.count(before: line) }

    /// How many mail transactions were begun.
    public var transactions: Int { index.transactions }
    /// What is asked of the stops with each key.
    public private(set) var index = StopIndex()
    /// The stops at a step; `transaction` counts from 1 and matters inside a transaction alone.
    public func visits(of step: Step, in transaction: Int) -> StopIndex.Visits {
        index.visits(of: step, in: transaction) { lines.place(of: starts[$0]) }
    }

    /// Where the findings are.
    public private(set) var foundIndex = FindingIndex()
    /// Where something went wrong.
    public private(set) var troubleIndex = TroubleIndex()
    /// What went from one party to another.
    public private(set) var turnIndex = TurnIndex()

    mutating func append(_ line: TraceLine) {
        let last = lines.isEmpty ? nil : lines.place(of: lines.count - 1)
        if last != line.place { begin(line.place, after: last, at: lines.count) }
        lines.append(line)
        if line.isTLS,
            line.speaker == .server || line.octets.first == TLSRecord.ContentType.applicationData.rawValue
        {
            facts.bothSpeakTLS = true
        }
        turnIndex.append(line, isNewStop: last != line.place)
        foundIndex.append(line.findings.count)
        troubleIndex.append(line)
    }

    /// A stop begins with the line that comes next.
    private mutating func begin(_ place: Place, after last: Place?, at line: Int) {
        let hasFailed = !failed.isEmpty && failed.contains(place)
        if !index.appendToFew(at: place, number: starts.count, hasFailed: hasFailed) {
            index.appendToMany(at: place, number: starts.count, hasFailed: hasFailed) { [lines, starts] in
                lines.place(of: starts[$0])
            }
        }
        let continuesFold = place.step == .submission && last?.step == .submission
        if continuesFold, foldedStarts == nil { foldedStarts = starts }
        if !continuesFold { foldedStarts?.append(line) }
        starts.append(line)
    }

    /// A step failed: the reply to it was negative, or the link broke there.
    mutating func fail(_ place: Place) {
        if failed.insert(place).inserted { mark(place, failed: true) }
    }

    /// A step did not fail after all.
    mutating func takeBackFailure(_ place: Place) {
        if failed.remove(place) != nil { mark(place, failed: false) }
    }

    private mutating func mark(_ place: Place, failed: Bool) {
        index.mark(place, failed: failed) { [lines, starts] in lines.place(of: starts[$0]) }
    }

    /// The mail that was sent in a transaction of a leg, the last where there are several.
    public func mail(of transaction: Int, on leg: Leg) -> TracedMail? {
        mailIndex.last(of: transaction, on: leg).map { mails[$0] }
    }

    /// A mail begins; answers its number.
    mutating func begin(_ mail: TracedMail) -> Int {
        mailIndex.append(mails.count, of: mail.transaction, on: mail.leg)
        mails.append(mail)
        return mails.count - 1
    }

    private var knownForwardPaths: Set<Path> = []
    private var knowsRelayed = false

    /// What the sender's own server sends on counts before what was handed in to it.
    /// Gives the path as it is kept.
    mutating func rememberForwardPath(_ path: Path, of leg: Leg) -> Path {
        if leg == .relay, !knowsRelayed {
            knowsRelayed = true
            (knownForwardPaths, facts.forwardPaths) = ([], [])
        }
        // Mail after mail may go to the same recipient.
        if let last = facts.forwardPaths.last, last == path { return last }
        let (isNew, known) = knownForwardPaths.insert(path)
        if isNew { facts.forwardPaths.append(path) }
        return known
    }

    /// Adds a finding to a line in the place of one of its kind, since more is known of it now.
    mutating func findAnew(_ departure: Departure, inLine index: Int) {
        guard lines.indices.contains(index), !lines[index].isInferred else { return }
        set(lines.findings(of: index).filter { $0.kind != departure.kind } + [Finding(departure)], onLine: index)
    }

    /// Adds a finding to a line, once. What was inferred is nobody's departure.
    mutating func find(_ departure: Departure, inLine index: Int) {
        guard lines.indices.contains(index), !lines[index].isInferred else { return }
        let (finding, found) = (Finding(departure), lines.findings(of: index))
        if !found.contains(finding) { set(found + [finding], onLine: index) }
    }

    private mutating func set(_ findings: [Finding], onLine index: Int) {
        let before = lines.findings(of: index).count
        lines.set(findings, onLine: index)
        foundIndex.add(findings.count - before, onLine: index)
        troubleIndex.take(lines[index])
    }
}

/// What became known about a session, for titles and for the values in lessons. Octets of the wire, unescaped.
public struct SessionFacts: Equatable, Sendable {
    /// The name the client gave with EHLO or HELO.
    public internal(set) var clientDomain: [UInt8]?
    /// The name in the greeting.
    public internal(set) var serverDomain: [UInt8]?
    /// The whole text of the greeting.
    public internal(set) var greeting: [UInt8]?
    /// What the connection was made to, as the recording says it.
    public internal(set) var serverAddress: String?
    /// The port of that.
    public var serverPort: Int? { serverAddress.flatMap { EndpointName($0).port } }
    /// The same for whoever names it before there is a connection, and where there is a session without one.
    public var usedPort: UsedPort {
        if let serverPort { return .known(serverPort) }
        let hasSession = greeting != nil || clientDomain != nil || reversePath != nil
        return serverAddress != nil || hasSession ? .notInSession : .usual
    }
    /// These in the course of the session: a client may name itself anew, and another connection has another server.
    public internal(set) var clientDomains = Course<[UInt8]>()
    public internal(set) var greetings = Course<[UInt8]>()
    public internal(set) var serverDomains = Course<[UInt8]?>()
    public internal(set) var serverAddresses = Course<String>()
    public internal(set) var reversePath: Path?
    public internal(set) var forwardPaths: [Path] = []
    /// What EHLO was answered with last.
    public internal(set) var hello = Hello()
    /// What is known of TLS; nil in the clear.
    public internal(set) var tls: TLSFacts?
    /// What the hellos say of TLS, which everybody can read, also where nobody opens it.
    public internal(set) var tlsInClear: TLSFacts?
    /// How many octets went by encrypted that nobody could read. A handshake is not among them: it holds nothing of the session.
    public internal(set) var sealedOctets = 0
    /// What EHLO was answered with before the handshake, and the line that told of its end.
    public internal(set) var helloInClear: EarlierHello?
    /// What its two ends call themselves.
    public internal(set) var names = Names()
    /// Whether records went by that show both to speak TLS. A client alone may take the port for another.
    public internal(set) var bothSpeakTLS = false
    /// The text of the reply that accepted the mail data.
    public internal(set) var acceptance: [UInt8]?
    /// The exchangers of the last MX answer, lowest preference first.
    public internal(set) var exchangers: [Exchanger] = []
    /// The exchanger that was connected to; nil before that or when none was looked up.
    public internal(set) var chosen: Exchanger?

    public init() {}

    /// What lists and exports name the two ends by, as `SessionGlance` has it.
    public struct Names: Equatable, Sendable {
        /// Whom the connection was made to; the last one counts.
        public internal(set) var endpoint: String?
        /// What the client said in EHLO, and the server in its greeting.
        public internal(set) var client: [UInt8]?
        public internal(set) var server: [UInt8]?
    }

    /// An answer to EHLO that counts no more (RFC 3207 §4.2).
    public struct EarlierHello: Equatable, Sendable {
        public let hello: Hello
        /// The index of the line from which on it no longer counts.
        public let until: Int
    }

    /// One MX record and the address known for it.
    public struct Exchanger: Equatable, Sendable {
        public let preference: UInt16
        public let exchange: String
        /// Seconds.
        public let ttl: UInt32
        /// As text; empty while none is known.
        public internal(set) var addresses: [String]
        /// Whether a client may connect to it at all: the root is nobody, and an address is no name (RFC 7505 §3, RFC 5321 §5.1).
        public var isUsable: Bool { exchange != "." && IPv4Address(exchange) == nil }
    }
}

/// One mail on a wire: who sent it, and its content without the stuffed dots.
public struct TracedMail: Equatable, Sendable {
    public let leg: Leg
    public let transaction: Int
    public internal(set) var reversePath: Path?
    public internal(set) var forwardPaths: [Path] = []
    /// Header, empty line and body with their line ends as they were.
    public internal(set) var content: [UInt8] = []
    /// How many lines had a dot taken off.
    public internal(set) var stuffedLines = 0
    public internal(set) var lineCount = 0
    /// The reply code after the dot; nil while there is none.
    public internal(set) var code: UInt16?
    /// What the last line of that reply says behind the code.
    public internal(set) var answer: [UInt8] = []
    /// How the session ended before there was a reply; nil while it goes on.
    var cut: Outcome?
    /// Octets of content that were counted, not kept: beyond the bound, or in a line that is too long and behind it.
    public internal(set) var octetsLeftOut = 0
    /// The content has come to the bound.
    var isFull = false

    /// Lines that came beyond the bound and are not in the trace, and how many octets they had.
    public internal(set) var linesLeftOut = 0
    var lineOctetsLeftOut = 0
    /// All octets of its data that are in no line of the trace, and the line behind which the first of them belong.
    var unshown = 0
    var unshownBehind: Int?
    /// The line of its data that is in the trace as the last so far.
    var lastShown: Int?
    /// The recording lacks octets of it.
    public internal(set) var hasGap = false

    /// How many of its lines are in the trace.
    var linesShown: Int { lineCount - linesLeftOut }

    /// Octets of its data went by that are in no line of the trace.
    mutating func leaveUnshown(_ octets: Int) {
        guard octets > 0 else { return }
        unshown += octets
        unshownBehind = unshownBehind ?? lastShown
    }

    /// Adds a line, as long as there are no more octets than `most`; what is beyond is counted. Behind octets that were left out
    /// nothing is kept either, so that what is kept is the beginning of the mail and has no hole. `leftOut` octets of the line
    /// before these were too many to be held.
    mutating func keep(
        _ octets: [UInt8],
        _ ending: WireLine.Ending,
        continuesLine: Bool,
        isStuffed: Bool,
        leftOut: Int,
        most: Int
    ) {
        if !continuesLine { lineCount += 1 }
        if isStuffed { stuffedLines += 1 }
        octetsLeftOut += leftOut
        let (line, end) = (octets.dropFirst(isStuffed ? 1 : 0), ending.octets)
        isFull = isFull || content.count + line.count + end.count > most
        guard !isFull, octetsLeftOut == 0 else {
            octetsLeftOut += line.count + end.count
            return
        }
        content += line
        content += end
    }

    /// The most lines of one mail that are in the trace.
    public static let maxLines = 50_000
    /// The most content kept of one mail, in octets, unless somebody asks for whole mails.
    public static let maxOctets = 16 << 20

    /// What became of it (RFC 5321 §4.1.1.4).
    public enum Outcome: Equatable, Sendable {
        case underWay, accepted, refused
        /// The content did not come to its end.
        case brokenOff
        /// The content came to its end, and no reply to it: whether it was taken only the server knows (RFC 5321 §6.1).
        case unanswered
    }

    public var outcome: Outcome {
        if let code { return code / 100 == 2 ? .accepted : .refused }
        return cut ?? .underWay
    }
}
