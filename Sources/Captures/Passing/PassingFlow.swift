import Cryptography
import Notation
import Tracing

/// One TCP connection that passes: put together segment by segment, and told as events once it is known to be a mail session.
final class PassingFlow {
    private(set) var flow: Flow
    /// The number of its session; nil as long as it may be something else.
    private(set) var number: Int?
    /// When its last segment passed.
    private(set) var latest: Int64 = 0
    /// Nil when it is over or no mail: then nothing of it is kept but the fact that it is there.
    private var assembly: StreamAssembly?
    private let octets = PassingOctets()
    private var events: SessionEvents?
    /// Ports on which TLS from the first octet is mail as well.
    private let mailPorts: Set<UInt16>
    /// How many segments of each side had content.
    private var spoken = [0, 0]
    private var twins: [(twin: Twin, path: UInt16)] = []
    /// Since when its TLS waits for what opens it; nil while it does not.
    private(set) var waitsSince: ContinuousClock.Instant?
    /// It waited long enough, and is told with what is there.
    private var hasGivenUpKeys = false
    /// How much of it is in the count of all that waits.
    var countedSize = 0
    /// Its end passed, and what is told of it waits for its keys.
    var isEnding = false

    /// How many octets are kept to be compared with what is sent again.
    static let maxKept = 64 << 10
    /// The most octets of a connection that has not shown what it is.
    static let maxUndecided = 256 << 10
    /// How many segments may come from one side before the other is taken to be missing.
    static let maxOneSided = 4
    /// How many of the last segments are looked at to find one that was captured in another place, too.
    static let maxTwins = 16

    init(_ ends: FlowEnds, of segment: Segment, mailPorts: Set<UInt16>) {
        self.mailPorts = mailPorts
        flow = Flow(low: ends.low, high: ends.high)
        assembly = StreamAssembly(passing: octets)
        begin(segment)
    }

    var isTold: Bool { number != nil }
    /// Nothing more that passes is looked at.
    var isDone: Bool { assembly == nil || isEnding }
    var isWaiting: Bool { assembly?.isWaiting ?? false }
    /// What a greeting alone may have come from, where nobody knows yet.
    var server: Endpoint? { events == nil ? nil : flow.client.map { flow.end($0.other) } }

    /// Whether a SYN begins another connection of the same ends.
    func isFollowed(by segment: Segment) -> Bool {
        guard segment.marks.contains(.syn), !segment.marks.contains(.ack) else { return false }
        return flow.initial != segment.sequence &+ 1 && (isDone || flow.isClosed || flow.initiator != nil)
    }

    private func begin(_ segment: Segment) {
        guard segment.marks.contains(.syn), flow.initiator == nil else { return }
        let isSYN = !segment.marks.contains(.ack)
        flow.initiator = isSYN ? segment.direction : segment.direction.other
        flow.initial = isSYN ? segment.sequence &+ 1 : segment.acknowledgement
    }

    /// Takes the next segment. Answers whether the connection may still be mail.
    func take(_ read: TCPSegment) -> Bool {
        guard var assembly, !isTwin(read.segment) else { return !isDone }
        var segment = read.segment
        latest = max(latest, segment.time)
        begin(segment)
        if segment.marks.contains(.fin) || segment.marks.contains(.rst) { flow.isClosed = true }
        flow.segmentCount += 1
        if segment.length > 0 {
            spoken[segment.direction.rawValue] += 1
            if !isTold {
                let mayBeMail = flow.judge(read.content, segment.direction, mailPorts: mailPorts)
                guard mayBeMail, octets.count < Self.maxUndecided else {
                    drop()
                    return false
                }
            }
            segment = segment.moved(to: octets.append(read.content))
        }
        self.assembly = nil
        // What waits for its keys has a bound of its own.
        assembly.takePassing(segment, flow, kept: waitsSince == nil ? octets.count : 0)
        self.assembly = assembly
        return true
    }

    /// The same packet, captured in another place before.
    private func isTwin(_ segment: Segment) -> Bool {
        let twin = Twin(segment)
        if let known = twins.last(where: { $0.twin == twin }) { return known.path != segment.path }
        if twins.count >= Self.maxTwins { twins.removeFirst(Self.maxTwins / 2) }
        twins.append((twin, segment.path))
        return false
    }

    /// Whether it is over, so that nothing more can come of it.
    var isOver: Bool { assembly?.isOver ?? true }

    /// What was missing is taken for lost.
    func giveUp() { assembly?.giveUp(flow) }

    /// Everything of it has passed.
    func finish() { assembly?.finishPassing(flow) }

    /// Nothing of it is kept.
    func drop() {
        assembly = nil
        events = nil
        waitsSince = nil
        twins = []
        _ = octets.keep(last: 0)
        flow.kind = .other
    }

    // MARK: What it is told as

    /// Whether what passed shows that it is a mail session, and which side is the client. Where it is over, its last chance has come;
    /// `servers` then tells where other sessions went.
    func client(atEndAmong servers: Set<Endpoint>? = nil) -> Direction? {
        guard let assembly else { return nil }
        let isEnd = servers != nil
        guard isEnd || hasBothSides else { return nil }
        switch flow.kind {
        case .smtp, .wrapped:
            if let client = flow.client { return client }
        case .undecided: guard isEnd || flow.segmentCount & (flow.segmentCount - 1) == 0 else { return nil }
        case .sealed, .dns, .other: return nil
        }
        if let client = SessionSearch.clientDirection(flow, assembly) { return client }
        guard let servers, let client = SessionSearch.greetedDirection(flow, assembly) else { return nil }
        return servers.contains(flow.end(client.other)) ? client : nil
    }

    private var hasBothSides: Bool {
        spoken.allSatisfy { $0 > 0 } || flow.initiator != nil && spoken != [0, 0]
            || spoken.contains { $0 >= Self.maxOneSided }
    }

    /// It is a session from now on. Gives the head of its recording.
    func begin(_ number: Int, client: Direction, _ lookups: PassingLookups) -> Recording.Header {
        self.number = number
        flow.client = client
        assembly?.takeOutForwardProxy()
        let (from, to) = ("\(flow.end(client))", "\(flow.end(client.other))")
        let first = assembly?.pieces.first?.time ?? latest
        let server = flow.end(client.other)
        let (tied, octets) = lookups.tied(before: first, client: flow.end(client), server: server)
        let began = tied.messages.first?.time ?? first
        let name = tied.name.map { SessionEvents.name($0, of: server) } ?? to
        var events = SessionEvents(client: client, name: name, began: began) {}
        for message in tied.messages { events.add(message, octets) }
        if let assembly { events.begin(assembly) }
        self.events = events
        var header = Recording.Header(
            began: UTCTime(nanoseconds: began).iso8601WithFraction,
            title: "\(from) ➔ \(to)",
            source: "packets as they passed"
        )
        header.ends = .init(client: from, server: to)
        return header
    }

    /// What happened since the last time; with its end, where it is over. TLS waits until all is there that opens it.
    func news(_ keys: WaitedKeys, isEnd: Bool) -> [WireEvent] {
        guard var assembly, events != nil, !isShut(keys) else { return [] }
        self.assembly = nil
        let taken = events?.goOn(assembly, keys.keys(areLate: hasGivenUpKeys)) ?? 0
        assembly.pieces.removeFirst(taken)
        waitsSince = events?.awaited == nil ? nil : waitsSince ?? keys.now()
        if waitsSince == nil {
            if isEnd { events?.end() }
            if !assembly.isWaiting { assembly.forget(before: octets.keep(last: Self.maxKept)) }
        }
        self.assembly = assembly
        return events?.take() ?? []
    }

    // MARK: Keys

    /// How much is kept of it until its keys come.
    var waitingSize: Int {
        guard waitsSince != nil else { return 0 }
        return octets.count + (assembly?.pieces.count ?? 0) * MemoryLayout<StreamAssembly.Piece>.stride
    }

    /// Whether it waits for secrets that are not there yet.
    func isShut(_ keys: WaitedKeys) -> Bool {
        guard !hasGivenUpKeys, case .secrets(let wanted) = events?.awaited else { return false }
        return !keys.log.holds(wanted)
    }

    /// Whether it waits for octets, which cannot come any more where it is over.
    var waitsForOctets: Bool { events?.awaited == .octets }

    /// What it waits for will not come.
    func giveUpKeys() { hasGivenUpKeys = true }
}
