/// The order of the two directions: a capture may hold a segment before those that its sender had received.
extension StreamAssembly {
    /// Takes a segment when what its sender had seen before is there, and then those that waited for it.
    mutating func takeInTurn(_ segment: Segment, _ flow: Flow) {
        if let (offset, direction) = awaited(by: segment, flow) {
            if held.isFull, let oldest = held.oldest() { take(oldest, flow) }
            return held.hold(segment, until: offset, of: direction)
        }
        take(segment, flow)
        while !held.isEmpty, let next = nextHeld() {
            if let (offset, direction) = awaited(by: next, flow) {
                held.hold(next, until: offset, of: direction)
            } else {
                take(next, flow)
            }
        }
    }

    private mutating func nextHeld() -> Segment? {
        for direction in Direction.allCases where streams[direction.rawValue].isOpen {
            if let next = held.next(reached: streams[direction.rawValue].offset, of: direction) { return next }
        }
        return nil
    }

    /// What has to come before a segment and stands behind it in the capture: the SYN of its side or the other, or octets that it
    /// acknowledges.
    private mutating func awaited(by segment: Segment, _ flow: Flow) -> (offset: Int, direction: Direction)? {
        let (own, other) = (segment.direction, segment.direction.other)
        if !segment.marks.contains(.syn), streams[own.rawValue].opensLater, !streams[own.rawValue].isOpen {
            return (0, own)
        }
        let number = other.rawValue
        guard segment.marks.contains(.ack) else { return nil }
        guard streams[number].isOpen else { return streams[number].opensLater ? (0, other) : nil }
        var known = streams[number].offset(of: segment.acknowledgement, near: streams[number].offset)
        if let end = streams[number].end { known = min(known, end.offset) }
        guard known > streams[number].offset, known - streams[number].offset <= Self.maxWindow else { return nil }
        return coveredEnd(other, flow).map { (min(known, $0), other) }
    }
}
