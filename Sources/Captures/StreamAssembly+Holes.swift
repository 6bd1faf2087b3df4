/// Which octets the capture lacks, or may lack.
extension StreamAssembly {
    /// Where the octets end that the capture holds from a direction's place on; nil when the next one is missing.
    mutating func coveredEnd(_ direction: Direction, _ flow: Flow) -> Int? {
        let number = direction.rawValue
        if isPassing { return isCovered(streams[number].offset, direction) ? .max : nil }
        lookAhead(direction, flow)
        return streams[number].covered?.end(of: streams[number].offset)
    }

    /// Whether octets are in the capture, or may still come.
    func isCovered(_ offset: Int, _ direction: Direction) -> Bool {
        let stream = streams[direction.rawValue]
        return isPassing ? offset >= stream.givenUp : stream.covered?.contains(offset) ?? false
    }

    mutating func lookAhead(_ direction: Direction, _ flow: Flow) {
        guard !isPassing, streams[direction.rawValue].covered == nil else { return }
        streams[direction.rawValue].covered = coverage(direction, flow)
    }

    /// Which octets of a direction are somewhere in the capture, however late.
    private func coverage(_ direction: Direction, _ flow: Flow) -> Coverage {
        let stream = streams[direction.rawValue]
        var ranges: [Range<Int>] = []
        var reference = 0
        var index = flow.first
        while index != Segment.none {
            let segment = segments[Int(index)]
            index = segment.next
            guard segment.direction == direction, segment.length > 0 else { continue }
            let sequence = segment.sequence &+ (segment.marks.contains(.syn) ? 1 : 0)
            let offset = stream.offset(of: sequence, near: reference)
            guard abs(offset - reference) <= Self.maxWindow else { continue }
            ranges.append(offset..<offset + Int(segment.length))
            reference = max(reference, offset)
        }
        return Coverage(ranges)
    }
}
