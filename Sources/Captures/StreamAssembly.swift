/// Puts the segments of one TCP connection into the order of its octets, both directions side by side (RFC 9293 §3.4).
///
/// It decides which octets come next, which came twice and which are missing; it knows nothing of their meaning. Wrong input is
/// the network's or a forger's: where octets conflict the first ones win and the others are reported; a segment that no window
/// can reach is left out and reported; missing octets become a gap in their place.
struct StreamAssembly {
    /// Something that happened on the connection, in order.
    struct Piece: Equatable {
        var time: Int64
        var direction: Direction
        var kind: Kind
        /// Octets it is about: how many, where they stand and whether apart from the file.
        var count = 0
        var place = 0
        var isApart = false
    }

    enum Kind: Equatable {
        case octets
        /// Octets that the capture lacks.
        case gap
        /// The first SYN of a direction, without and with ACK.
        case syn, synAck
        case fin, rst
        /// Octets that came before: the same ones, or others in their place.
        case retransmission, inconsistentRetransmission
        /// Octets whose sequence numbers no window can reach.
        case outOfWindow
        /// The sequence numbers count the SYN for nothing; said once, with the first octets.
        case uncountedSYN
        /// A proxy was asked for the connection, and opened it; what was said for that is left out.
        case forwarded(ForwardProxy)
    }

    struct Stretch {
        var offset: Int
        var count: Int
        var place: Int
        var isApart: Bool
    }

    struct Stream {
        /// The sequence number of offset 0.
        var base: UInt32 = 0
        var isOpen = false
        /// Its SYN stands in the capture, behind other segments.
        var opensLater = false
        /// Whether its SYN was seen, without and with ACK.
        var hasSentSYN = false, hasSentSYNACK = false
        /// The offset up to which octets have been delivered.
        var offset = 0
        /// Segments after a hole, sorted by offset; among equal ones the first that came is first.
        var waiting: [(offset: Int, segment: Segment)] = []
        var delivered: [Stretch] = []
        /// The offsets that the capture holds at all, worked out when first needed.
        var covered: Coverage?
        /// Of a connection that passes: octets before this offset that did not come are taken for lost.
        var givenUp = 0
        /// The SYN took no number of the sequence: the first octet has the SYN's own.
        var hasUncountedSYN = false
        var end: (offset: Int, time: Int64)?
        var hasEnded = false

        /// Another connection; its octets go where those of the last one were.
        mutating func startOver() {
            var (waiting, delivered) = (waiting, delivered)
            self = Stream()
            waiting.removeAll(keepingCapacity: true)
            delivered.removeAll(keepingCapacity: true)
            (self.waiting, self.delivered) = (waiting, delivered)
        }

        /// Whether this SYN is the first of its kind.
        mutating func sendsFirst(_ kind: Kind) -> Bool {
            if kind == .synAck {
                defer { hasSentSYNACK = true }
                return !hasSentSYNACK
            }
            defer { hasSentSYN = true }
            return !hasSentSYN
        }

        /// The first octets behind a hole that are known to come.
        var nextKnown: Int? { covered.map { $0.next(behind: offset) } ?? waiting.first?.offset }

        func offset(of sequence: UInt32, near reference: Int) -> Int {
            let expected = base &+ UInt32(truncatingIfNeeded: reference)
            return reference + Int(Int32(bitPattern: sequence &- expected))
        }
    }

    /// Where the octets of segments stand: in a file or apart from it, or with a connection that passes.
    private let file: (octets: Window, apart: Window)
    private let passing: PassingOctets?
    /// What those windows look into. Several look at once, each for every piece: to count who holds it there would make them wait.
    private let holders: [CaptureOctets]
    let segments: [Segment]
    var streams = [Stream(), Stream()]
    var pieces: [Piece] = []
    private var hasToldUncountedSYN = false
    private(set) var hasReset = false
    var held = HeldSegments()

    /// How far a segment may lie from the expected one. RFC 7323 §2.3 allows windows of 1 GiB, which no mail server uses.
    static let maxWindow = 1 << 26
    /// The most segments that wait after a hole.
    static let maxWaiting = 4096
    /// How many segments are looked at to find where a direction begins.
    static let maxAhead = 16

    init(_ octets: CaptureOctets, apart: CaptureOctets, segments: [Segment]) {
        (file, passing, self.segments) = ((octets.whole, apart.whole), nil, segments)
        holders = [octets, apart]
    }

    /// Of a connection that passes: its segments are given one by one to `takePassing`, and nobody knows those that come later.
    init(passing octets: PassingOctets) { (file, passing, segments, holders) = ((.nothing, .nothing), octets, [], []) }

    var isPassing: Bool { passing != nil }

    func content(_ piece: Piece) -> Window { content(piece.place, piece.count, piece.isApart) }

    private func content(_ place: Int, _ count: Int, _ isApart: Bool) -> Window {
        if let passing { return passing.window(at: place, count: count) }
        return (isApart ? file.apart : file.octets).dropping(place).prefix(count)
    }

    // MARK: One connection

    /// Works out what happened on a connection, in the order of the capture; stops after about `maxOctets` octets.
    mutating func assemble(_ flow: Flow, upTo maxOctets: Int = .max) {
        pieces.removeAll(keepingCapacity: true)
        hasToldUncountedSYN = false
        held = HeldSegments()
        for direction in Direction.allCases {
            streams[direction.rawValue].startOver()
            streams[direction.rawValue].opensLater = flow.initiator == direction && flow.hasSYN
            if flow.initiator == nil || flow.initiator == direction.other { openLate(direction, flow) }
        }
        hasReset = false
        var given = 0
        var index = flow.first
        while index != Segment.none, given < maxOctets {
            let segment = segments[Int(index)]
            index = segment.next
            given += Int(segment.length)
            takeInTurn(segment, flow)
        }
        while let segment = held.oldest() { take(segment, flow) }
        guard maxOctets == .max else { return takeOutForwardProxy() }
        for direction in Direction.allCases {
            while !streams[direction.rawValue].waiting.isEmpty { skipToWaiting(direction) }
            if let end = streams[direction.rawValue].end { streams[direction.rawValue].offset = end.offset }
            finishIfEnded(direction)
        }
        takeOutForwardProxy()
    }

    mutating func take(_ segment: Segment, _ flow: Flow) {
        let direction = segment.direction
        if segment.marks.contains(.syn) { begin(segment, direction) }
        if segment.marks.contains(.ack) { acknowledge(segment, direction.other, flow) }
        if segment.length > 0 { receive(segment, direction, flow) }
        if segment.marks.contains(.fin) { end(segment, direction) }
        if segment.marks.contains(.rst), !hasReset, !(streams[0].hasEnded && streams[1].hasEnded) {
            hasReset = true
            pieces.append(Piece(time: segment.time, direction: direction, kind: .rst))
        }
        finishIfEnded(direction)
    }

    private mutating func begin(_ segment: Segment, _ direction: Direction) {
        let isAnswer = segment.marks.contains(.ack)
        if streams[direction.rawValue].sendsFirst(isAnswer ? .synAck : .syn) {
            pieces.append(Piece(time: segment.time, direction: direction, kind: isAnswer ? .synAck : .syn))
        }
        guard streams[direction.rawValue].delivered.isEmpty else { return }
        let isUncounted = isUncounted(segment)
        streams[direction.rawValue].base = segment.sequence &+ (isUncounted ? 0 : 1)
        streams[direction.rawValue].hasUncountedSYN = isUncounted
        streams[direction.rawValue].isOpen = true
    }

    private mutating func end(_ segment: Segment, _ direction: Direction) {
        guard streams[direction.rawValue].end == nil else { return }
        let stream = streams[direction.rawValue]
        let offset =
            stream.isOpen ? stream.offset(of: segment.sequence, near: stream.offset) + Int(segment.length) : 0
        guard abs(offset - stream.offset) <= Self.maxWindow else { return }
        streams[direction.rawValue].end = (max(offset, stream.offset), segment.time)
    }

    mutating func finishIfEnded(_ direction: Direction) {
        let number = direction.rawValue
        guard !streams[number].hasEnded, let end = streams[number].end, streams[number].offset >= end.offset else {
            return
        }
        streams[number].hasEnded = true
        pieces.append(Piece(time: max(end.time, pieces.last?.time ?? end.time), direction: direction, kind: .fin))
    }

    // MARK: Octets

    private mutating func receive(_ segment: Segment, _ direction: Direction, _ flow: Flow) {
        let number = direction.rawValue
        if !streams[number].isOpen {
            streams[number].base = segment.sequence
            streams[number].isOpen = true
        }
        if streams[number].hasUncountedSYN, !hasToldUncountedSYN {
            hasToldUncountedSYN = true
            pieces.append(Piece(time: segment.time, direction: direction, kind: .uncountedSYN))
        }
        if isPassing { countNoSYN(before: segment, direction) }
        // A SYN takes one number of the sequence before its content.
        let sequence = segment.sequence &+ (segment.marks.contains(.syn) ? 1 : 0)
        let offset = streams[number].offset(of: sequence, near: streams[number].offset)
        guard abs(offset - streams[number].offset) <= Self.maxWindow else {
            return pieces.append(
                Piece(time: segment.time, direction: direction, kind: .outOfWindow, count: Int(segment.length))
            )
        }
        guard offset > streams[number].offset else { return deliver(segment, at: offset, segment.time, direction) }
        wait(segment, at: offset, direction)
        lookAhead(direction, flow)
        while !streams[number].waiting.isEmpty,
            !isCovered(streams[number].offset, direction) || streams[number].waiting.count > Self.maxWaiting
        {
            skipToWaiting(direction, at: segment.time)
        }
    }

    /// The other side acknowledged octets that the capture lacks. The gap is put here, and not where the next octets happen to
    /// come.
    private mutating func acknowledge(_ segment: Segment, _ direction: Direction, _ flow: Flow) {
        let number = direction.rawValue
        guard streams[number].isOpen, !streams[number].hasEnded else { return }
        var known = streams[number].offset(of: segment.acknowledgement, near: streams[number].offset)
        guard known > streams[number].offset, known - streams[number].offset <= Self.maxWindow else { return }
        // FIN takes one number of the sequence behind the last octet.
        if let end = streams[number].end { known = min(known, end.offset) }
        lookAhead(direction, flow)
        guard !isCovered(streams[number].offset, direction) else { return }
        if let next = streams[number].nextKnown {
            known = min(known, next)
        } else if known - streams[number].offset == 1 {
            // No octets follow, so the missing one is the sequence number of a FIN.
            return
        }
        let missing = known - streams[number].offset
        guard missing > 0 else { return }
        pieces.append(Piece(time: segment.time, direction: direction, kind: .gap, count: missing))
        streams[number].offset = known
        if !streams[number].waiting.isEmpty { drain(direction, segment.time) }
    }

    private mutating func wait(_ segment: Segment, at offset: Int, _ direction: Direction) {
        var low = 0
        var high = streams[direction.rawValue].waiting.count
        while low < high {
            let middle = (low + high) / 2
            if streams[direction.rawValue].waiting[middle].offset <= offset { low = middle + 1 } else { high = middle }
        }
        streams[direction.rawValue].waiting.insert((offset, segment), at: low)
    }

    /// Reports a gap up to the first waiting segment, and goes on with that segment.
    mutating func skipToWaiting(_ direction: Direction, at time: Int64? = nil) {
        let number = direction.rawValue
        guard let first = streams[number].waiting.first else { return }
        let missing = first.offset - streams[number].offset
        let time = time ?? pieces.last?.time ?? first.segment.time
        if missing > 0 {
            pieces.append(Piece(time: time, direction: direction, kind: .gap, count: missing))
            streams[number].offset = first.offset
        }
        drain(direction, time)
    }

    private mutating func drain(_ direction: Direction, _ time: Int64) {
        let number = direction.rawValue
        var taken = 0
        while taken < streams[number].waiting.count, streams[number].waiting[taken].offset <= streams[number].offset {
            let (offset, segment) = streams[number].waiting[taken]
            taken += 1
            give(segment, at: offset, time, direction)
        }
        streams[number].waiting.removeFirst(taken)
    }

    private mutating func deliver(_ segment: Segment, at offset: Int, _ time: Int64, _ direction: Direction) {
        give(segment, at: offset, time, direction)
        if !streams[direction.rawValue].waiting.isEmpty { drain(direction, time) }
    }

    /// Delivers the new octets of a segment, and compares the others with those that came before.
    private mutating func give(_ segment: Segment, at offset: Int, _ time: Int64, _ direction: Direction) {
        let number = direction.rawValue
        let known = streams[number].offset - offset
        let length = Int(segment.length)
        if known > 0 {
            // A segment of at most one octet just before what is expected asks whether the other side is still there
            // (RFC 9293 §3.8.4).
            if length <= 1, known == 1 { return }
            compare(segment, at: offset, min(known, length), time, direction)
        }
        guard known < length else { return }
        let captured = Int(segment.captured)
        let isApart = segment.marks.contains(.isApart)
        if captured > known {
            let stretch = Stretch(
                offset: offset + known,
                count: captured - known,
                place: segment.place + known,
                isApart: isApart
            )
            streams[number].delivered.append(stretch)
            pieces.append(
                Piece(
                    time: time,
                    direction: direction,
                    kind: .octets,
                    count: stretch.count,
                    place: stretch.place,
                    isApart: isApart
                )
            )
        }
        let lost = length - max(captured, known)
        if lost > 0 { pieces.append(Piece(time: time, direction: direction, kind: .gap, count: lost)) }
        streams[number].offset = offset + length
    }

    /// Compares retransmitted octets with those that came first.
    private mutating func compare(
        _ segment: Segment,
        at offset: Int,
        _ count: Int,
        _ time: Int64,
        _ direction: Direction
    ) {
        let isApart = segment.marks.contains(.isApart)
        let end = offset + min(count, Int(segment.captured))
        var differs = false
        var index = firstStretch(endingAfter: offset, direction)
        let delivered = streams[direction.rawValue].delivered
        while index < delivered.count, delivered[index].offset < end, !differs {
            let stretch = delivered[index]
            index += 1
            let start = max(offset, stretch.offset)
            let stop = min(end, stretch.offset + stretch.count)
            guard start < stop else { continue }
            let old = content(stretch.place + start - stretch.offset, stop - start, stretch.isApart)
            let new = content(segment.place + start - offset, stop - start, isApart)
            differs = !old.buffer.elementsEqual(new.buffer)
        }
        pieces.append(
            Piece(
                time: time,
                direction: direction,
                kind: differs ? .inconsistentRetransmission : .retransmission,
                count: count,
                place: segment.place,
                isApart: isApart
            )
        )
    }

    private func firstStretch(endingAfter offset: Int, _ direction: Direction) -> Int {
        var low = 0
        var high = streams[direction.rawValue].delivered.count
        while low < high {
            let middle = (low + high) / 2
            let stretch = streams[direction.rawValue].delivered[middle]
            if stretch.offset + stretch.count <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
