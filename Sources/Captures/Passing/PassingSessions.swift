public import Cryptography
public import Tracing

/// The mail sessions in packets that pass, found by their content as in a capture, and told as they happen.
///
/// It decides which connections are mail and when one is over. It keeps nothing of what is no mail but that it is there, and little
/// of what is told. Wrong input is told as of a capture. `CaptureFile` knows all packets and can look ahead; here what is missing
/// is waited for, for a while, and then taken for lost; so are the secrets of TLS, where there may be any.
public struct PassingSessions {
    public enum News: Equatable, Sendable {
        /// A connection has shown that it is a session; the head of its recording says who with whom.
        case began(Int, Recording.Header)
        case happened(Int, WireEvent)
        case ended(Int)
    }

    /// How much is kept.
    public struct Limits: Sendable {
        /// The most connections at a time.
        public var flows = 1 << 16
        /// The most servers that are remembered as servers of mail.
        public var servers = 4096
        /// The most octets of a connection that waits for its keys, and of all that do.
        public var waitingOctets = 8 << 20
        public var allWaitingOctets = 64 << 20
        public init() {}
    }

    private var stream = PacketStream()
    private var layers = Decapsulation()
    private var flows: [FlowEnds: PassingFlow] = [:]
    /// Those that are over, the first to be forgotten first.
    private var over: [FlowEnds] = []
    private var servers: Set<Endpoint> = []
    private var lookups = PassingLookups()
    private var news: [News] = []
    private var found = CaptureWarnings()
    private let limits: Limits
    private let mailPorts: Set<UInt16>
    private var keys: WaitedKeys
    /// How many sessions were found.
    public private(set) var count = 0

    /// How many connections that are over are remembered, so that what is sent again does not look like another one.
    static let maxOver = 4096

    /// With `awaitsKeys` somebody gives secrets that open TLS, now or later; those in the capture open it in any case. `now` tells how
    /// long they are waited for. TLS from the first octet is mail on port 465, and on the `mailPorts` that somebody asked for.
    public init(
        limits: Limits = Limits(),
        awaitsKeys: Bool = false,
        mailPorts: Set<UInt16> = [],
        now: @escaping () -> ContinuousClock.Instant = { .now }
    ) {
        self.limits = limits
        self.mailPorts = mailPorts
        keys = WaitedKeys(areWanted: awaitsKeys, limits, now: now)
    }

    /// Whether what came is no capture.
    public var isForeign: Bool { stream.isForeign }
    public var packets: Int { stream.packets }
    /// What could not be read, in sentences.
    public var warnings: [String] { stream.warnings.all + found.all + keys.warnings }

    /// Takes in the next octets of a capture, and gives what happened.
    public mutating func take(_ octets: some Sequence<UInt8>) -> [News] {
        stream.append(octets)
        read()
        giveUpLateKeys()
        return given()
    }

    /// Takes in secrets that open TLS, of sessions that passed a moment ago too.
    public mutating func take(_ log: KeyLog) -> [News] {
        keys.add(log)
        tellOpened()
        return given()
    }

    /// Nothing passed for a while: what is missing will not come.
    public mutating func pause() -> [News] {
        giveUpLateKeys()
        for flow in flows.values where flow.isWaiting {
            flow.giveUp()
            tell(flow)
        }
        return given()
    }

    /// Nothing more will pass.
    public mutating func finish() -> [News] {
        stream.finish()
        read()
        for flow in keys.finish() { giveUpKeys(flow) }
        for (ends, flow) in flows.sorted(by: { Self.comesFirst($0.value, $1.value) }) { end(flow, ends) }
        flows = [:]
        return given()
    }

    private static func comesFirst(_ one: PassingFlow, _ other: PassingFlow) -> Bool {
        (one.number ?? .max, one.latest) < (other.number ?? .max, other.latest)
    }

    private mutating func given() -> [News] {
        defer { news = [] }
        return news
    }

    // MARK: Packets

    private mutating func read() {
        while let packet = stream.next() {
            takeSecrets()
            let frame = stream.octets.window(at: packet.place, count: packet.captured)
            take(layers.open(frame, of: packet), packet.time)
            while let further = layers.further() { take(further, packet.time) }
        }
        takeSecrets()
    }

    /// Those that the capture brings along.
    private mutating func takeSecrets() {
        let blocks = stream.takeSecrets()
        guard !blocks.isEmpty else { return }
        for block in blocks { keys.add(block: block) }
        tellOpened()
    }

    private mutating func take(_ opened: Decapsulation.Found, _ time: Int64) {
        switch opened {
        case .other: break
        case .unread(let name): found.countUnread(in: name)
        case .departs(let why): found.count(why)
        case .datagram(let datagram):
            guard datagram.transport == 6 else { return lookups.take(datagram, time) }
            switch TCPSegment.read(datagram, at: time) {
            case .nothing: break
            case .departs(let why): found.count(why)
            case .segment(let read): take(read)
            }
        }
    }

    private mutating func take(_ read: TCPSegment) {
        guard let flow = flow(read), !flow.isDone, flow.take(read) else { return }
        tell(flow)
        if flow.isOver { end(flow, read.ends) }
    }

    /// The connection a segment belongs to; a new one when an earlier connection of the same ends is over.
    private mutating func flow(_ read: TCPSegment) -> PassingFlow? {
        if let known = flows[read.ends] {
            guard known.isFollowed(by: read.segment) else { return known }
            end(known, read.ends)
        } else if read.segment.length == 0, !read.segment.marks.contains(.syn) {
            return nil
        }
        if flows.count >= limits.flows { makeRoom() }
        let flow = PassingFlow(read.ends, of: read.segment, mailPorts: mailPorts)
        flows[read.ends] = flow
        return flow
    }

    // MARK: Sessions

    /// Tells what happened on a connection, where it is a mail session.
    private mutating func tell(_ flow: PassingFlow) {
        if !flow.isTold, let client = flow.client() { begin(flow, client) }
        tellNews(flow, isEnd: false)
        if keys.isTooMuch(flow) { giveUpKeys(flow) }
    }

    private mutating func tellNews(_ flow: PassingFlow, isEnd: Bool) {
        guard let number = flow.number else { return }
        for event in flow.news(keys, isEnd: isEnd) { news.append(.happened(number, event)) }
        keys.note(flow)
    }

    // MARK: Keys

    /// Goes on with those whose keys have come.
    private mutating func tellOpened() {
        for flow in keys.opened() { goOn(flow) }
    }

    private mutating func goOn(_ flow: PassingFlow) {
        tellNews(flow, isEnd: flow.isEnding)
        if flow.isEnding, flow.waitsSince == nil { drop(flow) }
    }

    /// A connection whose keys did not come goes on without them.
    private mutating func giveUpKeys(_ flow: PassingFlow) {
        flow.giveUpKeys()
        goOn(flow)
    }

    private mutating func giveUpLateKeys() {
        while let flow = keys.late() { giveUpKeys(flow) }
    }

    // MARK: Ends

    private mutating func begin(_ flow: PassingFlow, _ client: Direction) {
        count += 1
        news.append(.began(count, flow.begin(count, client: client, lookups)))
        if servers.count < limits.servers, let server = flow.server { servers.insert(server) }
    }

    /// The connection is over, or nothing more of it will be seen.
    private mutating func end(_ flow: PassingFlow, _ ends: FlowEnds) {
        guard !flow.isDone else { return }
        flow.finish()
        if !flow.isTold, let client = flow.client(atEndAmong: servers) { begin(flow, client) }
        tellNews(flow, isEnd: true)
        flow.isEnding = true
        if flow.waitsForOctets { flow.giveUpKeys() }
        if flow.waitsSince == nil { drop(flow) } else if flow.waitsForOctets { goOn(flow) }
        over.append(ends)
        guard over.count >= 2 * Self.maxOver else { return }
        for ends in over.prefix(Self.maxOver) where flows[ends]?.isDone == true { flows[ends] = nil }
        over.removeFirst(Self.maxOver)
    }

    private mutating func drop(_ flow: PassingFlow) {
        if let number = flow.number { news.append(.ended(number)) }
        flow.drop()
        keys.note(flow)
    }

    /// There are too many connections: of those that are no mail, then of all, the ones that were silent longest are let go.
    private mutating func makeRoom() {
        let order = flows.sorted {
            ($0.value.isTold ? 1 : 0, $0.value.latest) < ($1.value.isTold ? 1 : 0, $1.value.latest)
        }
        for (ends, flow) in order.prefix(max(1, limits.flows / 8)) {
            if flow.isTold { end(flow, ends) }
            flows[ends] = nil
        }
    }
}
