public import SMTP

/// What one line of a list says about a session: who spoke with whom, from whom, to whom, and how it went.
///
/// A quick look for lists of thousands: no step, no span, no finding. Which reply answers what and what is mail data the one
/// observer says, and the verdict is the one that the whole trace has, since both come out of `VerdictReading`.
public struct SessionGlance: Sendable {
    /// The first path of MAIL as it was sent, angle brackets and all; nil where there was none.
    public private(set) var reversePath: [UInt8]?
    /// The paths of RCPT in the same way, each once, up to `maxPaths`.
    public private(set) var forwardPaths: [[UInt8]] = []
    /// How many RCPT commands there were.
    public private(set) var recipients = 0
    /// Whom the connection was made to; the last one counts.
    public private(set) var endpoint: String?
    /// The names both ends gave themselves, in EHLO and in the greeting.
    public private(set) var clientName: [UInt8]?
    public private(set) var serverName: [UInt8]?

    /// Whether TLS began.
    public private(set) var usesTLS = false

    /// The most forward-paths that are kept.
    public static let maxPaths = 1000

    private var legs = VerdictLegs()
    private var sessions = ByLeg<Connection>()
    private var known: Set<[UInt8]> = []
    private var transactions = ByLeg<Int>()

    /// One connection as it is looked at.
    private struct Connection: Sendable {
        var reader = SessionReader()
        /// Turns are counted anew on each connection; ids are not.
        var base = 0
        var highest = 0
        /// The transaction each turn belongs to, by its number; 0 for what is in none.
        private var transactions: [Int32] = []
        /// Both sides spoke inside TLS, so that nothing more can be seen.
        var sealed: Set<Side> = []
        var isUntouched = true

        init(base: Int = 0) { self.base = base }

        func transaction(of id: TurnID) -> Int? { transactions.indices.contains(id) ? Int(transactions[id]) : nil }

        mutating func note(_ transaction: Int, of id: TurnID) {
            if id >= transactions.count {
                transactions += repeatElement(0, count: id + 1 - transactions.count)
            }
            transactions[id] = Int32(clamping: transaction)
        }
    }

    public init() {}

    /// All events of a recording.
    public init(_ events: some Sequence<WireEvent>) {
        self.init()
        for event in events { take(event) }
    }

    // MARK: What happened

    public mutating func take(_ event: WireEvent) {
        let leg = event.leg
        switch event.kind {
        case .connect(let name): connecting(to: name, leg)
        case .connected(let name): connected(to: name, leg)
        case .octets(let side, let octets, let marks): take(octets, side, leg, marks: marks)
        case .records(let side, let octets): records(octets, side, leg)
        case .tls:
            usesTLS = true
            with(leg) { $0.reader.secured() }
        case .close: closed(leg)
        case .gap(let side, let count): gap(count, side, leg)
        case .error(let failure): failed(failure.failure, leg)
        case .remark(let failure):
            if let failure = failure.failure { legs.failed(leg, failure, at: nil) }
            if failure.failure == .unfinishedLine { with(leg) { $0.reader.joinUnfinishedLines() } }
        case .dnsQuery, .dnsAnswer, .note, .delivered: break
        }
    }

    public mutating func connecting(to name: String, _ leg: Leg = .relay) {
        startOver(leg)
        if leg == .relay || endpoint == nil { endpoint = name }
        legs.with(leg) { $0.connecting(to: EndpointName(name)) }
    }

    public mutating func connected(to name: String, _ leg: Leg = .relay) {
        if leg == .relay || endpoint == nil { endpoint = name }
        if sessions[leg]?.isUntouched == false { startOver(leg) }
        with(leg) { $0.reader.connected() }
        legs.with(leg) { $0.connected() }
    }

    public mutating func closed(_ leg: Leg = .relay) {
        flush(leg)
        legs.with(leg) { $0.closed(inLine: nil) }
    }

    public mutating func failed(_ failure: LinkFailure?, _ leg: Leg = .relay) {
        flush(leg)
        legs.failed(leg, failure, at: nil)
    }

    public mutating func gap(_ count: Int?, _ side: Side, _ leg: Leg = .relay) {
        finish(side, leg, isCut: true)
        with(leg) { $0.reader.gap(count, from: side) }
        legs.with(leg) { $0.gap() }
    }

    /// What became of the mail; the glance is over.
    public mutating func verdict() -> Verdict {
        for leg in [Leg.submission, .relay] where sessions[leg] != nil { flush(leg) }
        return legs.verdict()
    }

    private mutating func with<Result>(_ leg: Leg, _ body: (inout Connection) -> Result) -> Result {
        // Taken out while it is changed, so that nothing in it has to be copied.
        var connection = sessions.take(leg) ?? Connection()
        defer { sessions[leg] = connection }
        return body(&connection)
    }

    /// Another connection of the same leg: its turns are counted anew.
    private mutating func startOver(_ leg: Leg) {
        flush(leg)
        let base = with(leg) { $0.base + $0.highest + 1 }
        sessions[leg] = Connection(base: base)
        with(leg) { $0.reader.connected() }
    }

    private mutating func flush(_ leg: Leg) {
        for side in Side.allCases { finish(side, leg, isCut: false) }
    }

    private mutating func finish(_ side: Side, _ leg: Leg, isCut: Bool) {
        if let rest = with(leg, { $0.reader.finish(side, isCut: isCut) }) { note(rest, leg) }
    }

    // MARK: Octets

    public mutating func take(_ octets: [UInt8], _ side: Side, _ leg: Leg = .relay, marks: [Range<Int>] = []) {
        guard !octets.isEmpty else { return }
        // Taken out once for all lines, and put back.
        var connection = sessions.take(leg) ?? Connection()
        defer { sessions[leg] = connection }
        // Behind the handshake all is application data, of which a list says nothing.
        guard connection.sealed.count < 2 else { return }
        if side == .server, connection.reader.holdsBeginning {
            connection.reader.decideBeginning()
            drain(.client, leg, &connection)
        }
        connection.isUntouched = false
        connection.reader.append(octets, from: side, marks: marks)
        drain(side, leg, &connection)
    }

    private mutating func records(_ octets: [UInt8], _ side: Side, _ leg: Leg) {
        usesTLS = true
        with(leg) { $0.isUntouched = false }
        legs.with(leg) {
            $0.spoke(side, at: nil)
            $0.record(octets, from: side, inLine: nil)
        }
    }

    private mutating func drain(_ side: Side, _ leg: Leg, _ connection: inout Connection) {
        while connection.sealed.count < 2 {
            if side == .client, connection.reader.passPlainMailData().lines > 0 { continue }
            guard let said = connection.reader.next(side) else { return }
            note(said, leg, &connection)
        }
    }

    private mutating func note(_ said: Utterance, _ leg: Leg) {
        var connection = sessions.take(leg) ?? Connection()
        note(said, leg, &connection)
        sessions[leg] = connection
    }

    private mutating func note(_ said: Utterance, _ leg: Leg, _ connection: inout Connection) {
        legs.with(leg) { $0.spoke(said.side, at: nil) }
        switch said.kind {
        case .command(let asked): command(asked, said.octets, leg, &connection)
        case .reply(let answer): replied(answer, said.octets, leg, &connection)
        case .mailData(let content):
            guard let asked = content.ends else { return }
            let transaction = transactions[leg] ?? 0
            legs.with(leg) { $0.contentEnded(of: transaction) }
            for id in asked { connection.note(transaction, of: id) }
        case .tls(let isOutOfPlace):
            usesTLS = true
            if !isOutOfPlace, said.octets.first == TLSRecord.ContentType.applicationData.rawValue {
                connection.sealed.insert(said.side)
            }
            legs.with(leg) { $0.record(said.octets, from: said.side, inLine: nil) }
        case .strayMailData, .chunk, .strayChunk, .saslResponse, .proxy, .rest: break
        }
    }

    private mutating func command(
        _ asked: Utterance.Asked,
        _ octets: [UInt8],
        _ leg: Leg,
        _ connection: inout Connection
    ) {
        if asked.turn == .mail, !asked.beginsNothing { transactions[leg] = (transactions[leg] ?? 0) + 1 }
        // Nobody answers what did not arrive as a whole.
        guard let id = asked.id else { return }
        let transaction = transactions[leg] ?? 0
        connection.highest = max(connection.highest, id)
        var path: Path?
        switch asked.turn {
        case .mail:
            path = Command.read(octets).value.path
            if path != nil, leg == .relay || reversePath == nil { reversePath = Self.path(octets) }
        case .rcpt:
            path = Command.read(octets).value.path
            recipients += 1
            let shown = Self.path(octets)
            if forwardPaths.count < Self.maxPaths, known.insert(shown).inserted { forwardPaths.append(shown) }
        case .hello:
            if case .domain(let name)? = Optional(Command.read(octets).value.argument),
                leg == .relay || clientName == nil
            {
                clientName = name
            }
        default: break
        }
        connection.note(transaction, of: id)
        let base = connection.base
        legs.with(leg) { [path] in $0.asked(asked.turn, path: path, id: base + id, transaction: transaction) }
    }

    private mutating func replied(
        _ answer: Utterance.Answer,
        _ octets: [UInt8],
        _ leg: Leg,
        _ connection: inout Connection
    ) {
        if let end = answer.endOfMailData {
            for id in end.asked { connection.note(transactions[leg] ?? 0, of: id) }
        }
        if answer.to?.turn == .greeting, answer.isFirst, answer.code == 220, leg == .relay || serverName == nil {
            serverName = Array(ReplyLine.read(octets).value.text.prefix { $0 != 32 && $0 != 9 })
        }
        guard answer.isLast, let code = answer.code else { return }
        let base = connection.base
        let transaction = answer.to?.id.flatMap { connection.transaction(of: $0) } ?? transactions[leg] ?? 0
        let decision = Verdict.Decision(
            turn: answer.to?.turn,
            place: nil,
            lines: [],
            code: code,
            status: ReplyLine.read(octets).value.status
        )
        legs.with(leg) {
            $0.answered(
                decision,
                id: answer.to?.id.map { base + $0 },
                about: answer.to?.recipient.map { base + $0 },
                transaction: transaction
            )
        }
    }

    /// From the first angle bracket to the last one that closes, or the word behind the colon.
    private static func path(_ line: [UInt8]) -> [UInt8] {
        let octets = line.prefix(600)
        if let start = octets.firstIndex(of: UInt8(ascii: "<")), let end = octets.lastIndex(of: UInt8(ascii: ">")),
            start < end
        {
            return Array(octets[start...end])
        }
        let behind = octets.drop { $0 != UInt8(ascii: ":") }.dropFirst().drop { $0 == 32 }
        return Array(behind.prefix { $0 != 32 })
    }
}

extension Utterance.Asked {
    /// A MAIL that begins no transaction: inside one that is open, or in the clear where only TLS may come.
    var beginsNothing: Bool {
        isBehindSTARTTLS || turn == .mail && [.reversePath, .forwardPaths, .chunks].contains(phase)
    }
}
