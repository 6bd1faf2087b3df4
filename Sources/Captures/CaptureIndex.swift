import DNS

/// The first pass over a capture: which TCP connections there are, where their segments stand, and which DNS messages.
///
/// It keeps positions in the file and no octets of it, and drops a connection as soon as it is certain that it is not mail.
struct CaptureIndex {
    let octets: CaptureOctets
    private(set) var flows: [Flow] = []
    private(set) var segments: [Segment] = []
    fileprivate(set) var lookups = LookupIndex()
    /// The contents that were reassembled from fragments, one after another.
    private(set) var apart: [UInt8] = []
    private(set) var warnings = CaptureWarnings()
    private(set) var packets = 0
    /// Where key logs stand in the file itself.
    private(set) var secrets: [Range<Int>] = []
    /// How many TCP connections are not mail.
    private(set) var otherStreams = 0
    private(set) var firstTime: Int64?

    private var layers = Decapsulation()
    private var numbers: FlowTable
    private var free = Segment.none
    private let limits: Limits
    /// Whether TLS may be opened, so that connections which begin with it are kept.
    private var hasKeys: Bool
    /// How many new connections came since entries were last dropped to make room.
    private var sinceClearing = 0
    /// How many times entries were dropped to make room.
    private(set) var clearings = 0
    private var hasTurnedAway = false
    private var hasSaidPressing = false
    private var isFull = false

    /// How much is kept in memory.
    struct Limits {
        /// The most connections at a time.
        var flows = 1 << 18
        /// The most segments of connections that are mail, or may turn out to be.
        var segments = 1 << 22

        /// Making room looks at every connection, so it is done only after this many new ones came. The same number of the
        /// latest connections is spared, since they may not have said anything yet.
        var recent: Int { flows / 8 }
    }

    /// The most packets that are put in order.
    static let maxSorted = 1 << 20
    /// The most octets of packets that came in fragments.
    static let maxApart = 64 << 20
    /// How many octets of a connection may stand before its SYN.
    static let maxLate: UInt32 = 1 << 20

    /// Nil when the octets are no capture. `hasKeys` where there is a key log beside what the capture itself holds.
    init?(_ octets: CaptureOctets, hasKeys: Bool = false, limits: Limits = Limits()) {
        guard var reader = PacketReader(octets) else { return nil }
        var index = CaptureIndex(empty: octets, hasKeys, limits)
        Processors.pipeline(
            atOnce: 1,
            from: { PacketRun(&reader) },
            making: { $0.opened(octets) },
            { run in for packet in run { index.read(packet) } }
        )
        if reader.isUnsorted { index = CaptureIndex(sorting: reader, index) }
        index.finish(reader)
        self = index
    }

    private init(empty octets: CaptureOctets, _ hasKeys: Bool, _ limits: Limits) {
        (self.octets, self.hasKeys, self.limits) = (octets, hasKeys, limits)
        // Guesses at how many there will be, so that they are seldom moved.
        numbers = FlowTable(room: min(limits.flows, octets.count / 2048))
        segments.reserveCapacity(min(limits.segments, octets.count / 96))
    }

    /// The same packets once more, in the order of their times; those of one time stay as they stand in the file.
    private init(sorting read: PacketReader, _ unsorted: CaptureIndex) {
        guard read.packets <= Self.maxSorted, var reader = PacketReader(unsorted.octets) else {
            self = unsorted
            warnings.say("the \(read.packets) packets do not stand in order, and are too many to be put in order")
            return
        }
        self.init(empty: unsorted.octets, unsorted.hasKeys, unsorted.limits)
        var all: [Packet] = []
        all.reserveCapacity(read.packets)
        while let packet = reader.next() { all.append(packet) }
        let order = all.indices.sorted { (all[$0].time, $0) < (all[$1].time, $1) }
        for number in order { self.read(all[number]) }
    }

    private mutating func finish(_ reader: PacketReader) {
        packets = reader.packets
        secrets = reader.secrets
        for sentence in reader.warnings.all { warnings.say(sentence) }
        warnings.count("they stand in the capture twice and are shown once", Twin.drop(&flows, &segments))
        octets.rest()
    }

    private mutating func read(_ opened: OpenedPacket) {
        if opened.isBehindKeys { hasKeys = true }
        switch opened.content {
        case .segment(let segment):
            pass(opened.packet)
            take(segment, isApart: false)
        case .nothing: pass(opened.packet)
        case .other: read(opened.packet)
        }
    }

    private mutating func pass(_ packet: Packet) {
        if firstTime == nil { firstTime = packet.time }
        octets.passed(packet.captured)
    }

    private mutating func read(_ packet: Packet) {
        pass(packet)
        let frame = octets.window(at: packet.place, count: packet.captured)
        take(layers.open(frame, of: packet), packet.time)
        while let further = layers.further() { take(further, packet.time) }
    }

    private mutating func take(_ found: Decapsulation.Found, _ time: Int64) {
        switch found {
        case .other: break
        case .unread(let name): warnings.countUnread(in: name)
        case .departs(let why): warnings.count(why)
        case .datagram(let datagram):
            if datagram.transport == 6 { segment(datagram, time) } else { message(datagram, time) }
        }
    }

    // MARK: UDP

    private mutating func message(_ datagram: Datagram, _ time: Int64) {
        guard var lookup = LookupIndex.Message(datagram, at: time) else { return }
        if datagram.holder != nil {
            guard let place = keepApart(datagram.content.dropping(LookupIndex.Message.headerLength)) else { return }
            (lookup.place, lookup.isApart) = (place, true)
        }
        lookups.append(lookup)
    }

    fileprivate mutating func keepApart(_ content: Window) -> Int? {
        guard apart.count + content.count <= Self.maxApart else {
            warnings.count("they are fragments beyond the \(Self.maxApart >> 20) MiB that are kept")
            return nil
        }
        apart += content.buffer
        return apart.count - content.count
    }

    // MARK: TCP

    private mutating func segment(_ datagram: Datagram, _ time: Int64) {
        switch TCPSegment.read(datagram, at: time) {
        case .nothing: break
        case .departs(let why): warnings.count(why)
        case .segment(let read): take(read, isApart: datagram.holder != nil)
        }
    }

    /// `isApart` where its content was put together of fragments, and is not in the file.
    private mutating func take(_ read: TCPSegment, isApart: Bool) {
        var segment = read.segment
        let content = read.content
        let flags = segment.marks
        guard let number = flow(read.ends, segment) else { return }
        flows[number].pass(segment.direction, segment.path)
        if flags.isSuperset(of: .syn), !flags.contains(.ack) { flows[number].hasSYN = true }
        if flags.contains(.rst) || flags.contains(.fin) { flows[number].isClosed = true }
        guard flows[number].kind != .other else { return }
        if segment.length > 0, !flows[number].judge(content, segment.direction, hasKeys: hasKeys) {
            return forget(number)
        }
        if isApart, content.count > 0 {
            guard let place = keepApart(content) else { return }
            segment = segment.moved(apart: place)
        }
        append(segment, to: number)
    }

    /// The connection a segment belongs to; a new one when an earlier connection of the same ends is over.
    private mutating func flow(_ ends: FlowEnds, _ segment: Segment) -> Int? {
        let isSYN = segment.marks.contains(.syn) && !segment.marks.contains(.ack)
        if let known = numbers.number(of: ends, in: flows) {
            let isAnother =
                isSYN && flows[known].initial != segment.sequence &+ 1 && !isLate(segment, flows[known])
                && (flows[known].isClosed || flows[known].initiator != nil && flows[known].initial != 0)
            guard isAnother else {
                if segment.marks.contains(.syn), flows[known].initiator == nil { begin(known, segment, isSYN) }
                return known
            }
        }
        // A connection without a SYN may be one that was dropped earlier for lack of room.
        guard isSYN || !hasTurnedAway else { return nil }
        sinceClearing += 1
        if flows.count >= limits.flows, sinceClearing >= limits.recent { forgetOthers() }
        guard flows.count < limits.flows else {
            if !hasTurnedAway {
                warnings.say("there are more than \(limits.flows) connections; some later ones are not shown")
            }
            hasTurnedAway = true
            return nil
        }
        let number = flows.count
        flows.append(Flow(low: ends.low, high: ends.high))
        numbers.add(number, in: flows)
        if segment.marks.contains(.syn) { begin(number, segment, isSYN) }
        if ends.low.port == 53 || ends.high.port == 53 { flows[number].kind = .dns }
        return number
    }

    /// Whether a SYN opens the connection whose later segments stand before it: their numbers begin shortly behind its own.
    private func isLate(_ call: Segment, _ flow: Flow) -> Bool {
        guard flow.initiator == nil, flow.first != Segment.none else { return false }
        let first = segments[Int(flow.first)]
        let number = first.direction == call.direction ? first.sequence : first.acknowledgement
        return number &- call.sequence &- 1 < Self.maxLate
    }

    private mutating func begin(_ number: Int, _ segment: Segment, _ isSYN: Bool) {
        flows[number].initiator = isSYN ? segment.direction : segment.direction.other
        // An answer to a SYN acknowledges it, and with it the number behind it (RFC 9293 §3.5).
        flows[number].initial = isSYN ? segment.sequence &+ 1 : segment.acknowledgement
    }

    private mutating func append(_ segment: Segment, to number: Int) {
        var index = free
        if index != Segment.none {
            free = segments[Int(index)].next
            segments[Int(index)] = segment
        } else {
            guard segments.count < limits.segments else {
                if !isFull {
                    warnings.say("there are more than \(limits.segments) segments; later ones are not shown")
                }
                isFull = true
                return
            }
            index = UInt32(segments.count)
            segments.append(segment)
        }
        if flows[number].last == Segment.none {
            flows[number].first = index
        } else {
            segments[Int(flows[number].last)].next = index
        }
        flows[number].last = index
        flows[number].segmentCount += 1
    }

    // MARK: Connections that are let go

    /// The connection is not mail: its segments are freed for others.
    private mutating func forget(_ number: Int) {
        flows[number].kind = .other
        otherStreams += 1
        guard flows[number].last != Segment.none else { return }
        segments[Int(flows[number].last)].next = free
        free = flows[number].first
        flows[number].first = Segment.none
        flows[number].last = Segment.none
    }

    /// There are too many connections: those that are not mail are dropped first, then those that have not shown what they are.
    private mutating func forgetOthers() {
        sinceClearing = 0
        clearings += 1
        let isPressing = flows.count { $0.kind != .other && $0.speaker != nil } > limits.flows / 2
        var kept: [Flow] = []
        var hasForgottenSpeakers = false
        for number in flows.indices {
            let flow = flows[number]
            if isKept(number, isPressing: isPressing) {
                kept.append(flow)
            } else if flow.kind != .other {
                hasForgottenSpeakers = hasForgottenSpeakers || flow.speaker != nil
                forget(number)
            }
        }
        if hasForgottenSpeakers, !hasSaidPressing {
            warnings.say(
                "there are more than \(limits.flows) connections; what did not begin as mail does is not shown"
            )
            hasSaidPressing = true
        }
        guard kept.count < flows.count else { return }
        flows = kept
        numbers = FlowTable(room: kept.count)
        for number in kept.indices { numbers.add(number, in: kept) }
    }

    private func isKept(_ number: Int, isPressing: Bool) -> Bool {
        let flow = flows[number]
        switch flow.kind {
        case .smtp, .wrapped, .sealed: return true
        case .other: return false
        case .dns, .undecided:
            return number >= flows.count - limits.recent || flow.greetsAsMail || flow.speaker != nil && !isPressing
        }
    }

    /// The connections that may be mail, in the order in which they began.
    var candidates: [Flow] {
        flows.filter { [.smtp, .wrapped, .sealed, .undecided].contains($0.kind) && $0.first != Segment.none }
    }
}

/// DNS over TCP (RFC 7766): an answer that was too long for UDP is asked for again there.
extension CaptureIndex {
    mutating func finishLookups() {
        let spoken = flows.filter { $0.kind == .dns && $0.first != Segment.none }
        guard !spoken.isEmpty else { return }
        var assembly = StreamAssembly(octets, apart: CaptureOctets(apart), segments: segments)
        for flow in spoken {
            assembly.assemble(flow)
            for direction in Direction.allCases { finishLookups(direction, flow, assembly) }
        }
    }

    private mutating func finishLookups(_ direction: Direction, _ flow: Flow, _ assembly: StreamAssembly) {
        var stream = MessageStream()
        for piece in assembly.pieces where piece.direction == direction {
            if piece.kind == .gap { return }
            guard piece.kind == .octets else { continue }
            stream.append(assembly.content(piece).buffer)
            while let next = stream.next() {
                let message = CaptureOctets(next)
                let content = message.window(at: 0, count: next.count)
                guard
                    var lookup = LookupIndex.Message(
                        content,
                        from: flow.end(direction),
                        to: flow.end(direction.other),
                        at: piece.time
                    ),
                    let place = keepApart(content)
                else { continue }
                (lookup.place, lookup.isApart) = (place, true)
                lookups.append(lookup)
            }
        }
    }
}
