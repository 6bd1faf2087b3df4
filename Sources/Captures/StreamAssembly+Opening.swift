/// Where a direction of a connection begins.
extension StreamAssembly {
    /// Whether the octets behind a SYN begin with its own sequence number, though a SYN takes one (RFC 9293 §3.4): whoever
    /// writes a capture by hand may not know. One octet there only asks whether the other side is still there (§3.8.4).
    func isUncounted(_ call: Segment) -> Bool {
        guard call.length == 0 else { return false }
        var index = call.next
        for _ in 0..<Self.maxAhead where index != Segment.none {
            let segment = segments[Int(index)]
            index = segment.next
            if segment.direction == call.direction, segment.sequence == call.sequence, segment.length > 1 {
                return !segment.marks.contains(.syn)
            }
        }
        return false
    }

    /// The same for a connection that passes, whose SYN was taken for one that counts: the first content begins before where it
    /// should.
    mutating func countNoSYN(before segment: Segment, _ direction: Direction) {
        let stream = streams[direction.rawValue]
        guard stream.hasSentSYN || stream.hasSentSYNACK, stream.delivered.isEmpty, stream.offset == 0,
            segment.length > 1, !segment.marks.contains(.syn), stream.offset(of: segment.sequence, near: 0) == -1
        else { return }
        streams[direction.rawValue].base = segment.sequence
        streams[direction.rawValue].hasUncountedSYN = true
    }

    /// The connection was open before the capture began: it starts at the lowest of the first sequence numbers.
    mutating func openLate(_ direction: Direction, _ flow: Flow) {
        var index = flow.first
        var lowest: UInt32?
        var seen = 0
        while index != Segment.none, seen < Self.maxAhead {
            let segment = segments[Int(index)]
            index = segment.next
            guard segment.direction == direction else { continue }
            if segment.marks.contains(.syn) { return streams[direction.rawValue].opensLater = true }
            guard segment.length > 0 else { continue }
            seen += 1
            let distance = lowest.map { Int(Int32(bitPattern: segment.sequence &- $0)) } ?? -1
            if distance < 0, lowest == nil || distance > -(1 << 20) { lowest = segment.sequence }
        }
        guard let lowest else { return }
        streams[direction.rawValue].base = lowest
        streams[direction.rawValue].isOpen = true
    }
}
