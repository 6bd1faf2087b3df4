import SMTP

/// A packet of TCP whose octets a dump shows, with the header of its link before it or without.
struct IPPacket {
    let connection: [UInt8]
    let side: Side
    /// Tells the two directions of a connection apart.
    let direction: [UInt8]
    let sequence: UInt32
    let startsStream: Bool
    let payload: ArraySlice<UInt8>

    /// Whether the octets look like a packet at all.
    static func isPacket(_ octets: [UInt8]) -> Bool { internet(octets) != nil }

    init?(_ octets: [UInt8]) {
        guard let internet = Self.internet(octets), let first = internet.first else { return nil }
        let header = Int(first & 0x0F) * 4
        let isFour = first >> 4 == 4
        let length = isFour ? header : 40
        guard internet.count >= length + 20, internet[internet.startIndex + (isFour ? 9 : 6)] == 6 else { return nil }
        let at = { (offset: Int) in Int(internet[internet.startIndex + offset]) }
        let total = isFour ? at(2) << 8 | at(3) : 40 + (at(4) << 8 | at(5))
        // Without segmentation by the card the length is told; else it is what there is.
        let packet = internet.prefix(total >= length + 20 ? total : internet.count)
        let segment = packet.dropFirst(length)
        let place = segment.startIndex
        let data = Int(segment[place + 12] >> 4) * 4
        guard data >= 20, segment.count >= data else { return nil }
        let addresses = isFour ? (12..<16, 16..<20) : (8..<24, 24..<40)
        let end = { (range: Range<Int>, port: Int) -> ArraySlice<UInt8> in
            let octets = range.map { "\(at($0))" }.joined(separator: ".")
            return Array("\(octets):\(Int(segment[place + port]) << 8 | Int(segment[place + port + 1]))".utf8)[...]
        }
        let (from, to) = (end(addresses.0, 0), end(addresses.1, 2))
        (connection, side) = Dump.connection(from, to, portMark: UInt8(ascii: ":"))
        direction = Array(from + [32] + to)
        sequence = segment[(place + 4)..<(place + 8)].reduce(0) { $0 << 8 | UInt32($1) }
        startsStream = segment[place + 13] & 2 != 0
        payload = segment.dropFirst(data)
    }

    /// The octets from the header of the internet layer on.
    private static func internet(_ octets: [UInt8]) -> ArraySlice<UInt8>? {
        if isHeader(octets[...]) { return octets[...] }
        guard octets.count > 14 else { return nil }
        // Ethernet, and Linux's cooked captures.
        for (length, type) in [(14, 12), (16, 14)] where octets.count > length {
            let kind = Int(octets[type]) << 8 | Int(octets[type + 1])
            if kind == 0x0800 || kind == 0x86DD, isHeader(octets[length...]) { return octets[length...] }
        }
        return nil
    }

    private static func isHeader(_ octets: ArraySlice<UInt8>) -> Bool {
        guard let first = octets.first, octets.count >= 40 else { return false }
        // `MAIL FROM:` and `EHLO` begin as a header would: but no header is all text.
        guard !octets.prefix(12).allSatisfy({ (0x20..<0x7F).contains($0) }) else { return false }
        return first >> 4 == 4 && first & 0x0F >= 5 || first >> 4 == 6 && first & 0x0F == 0
    }
}

/// What of each direction was seen, so that what TCP sends again counts once.
struct TCPFlows {
    private var next: [[UInt8]: UInt32] = [:]
    /// The most directions that are remembered.
    private static let maxDirections = 10_000

    /// The new octets of a packet; nil when there are none.
    mutating func piece(ofPacket octets: [UInt8], time: ArraySlice<UInt8>) -> Dump.Piece? {
        guard let packet = IPPacket(octets) else { return nil }
        if packet.startsStream { next[packet.direction] = nil }
        guard !packet.payload.isEmpty else { return nil }
        let payload = take(packet.payload, at: packet.sequence, of: packet.direction)
        guard !payload.isEmpty else { return nil }
        return .init(
            time: time,
            connection: packet.connection,
            side: packet.side,
            octets: Array(payload),
            isExact: true
        )
    }

    /// What of the payload was not there before.
    mutating func take(
        _ payload: ArraySlice<UInt8>,
        at sequence: UInt32,
        of direction: [UInt8]
    ) -> ArraySlice<UInt8> {
        if next.count >= Self.maxDirections, next[direction] == nil { next.removeAll() }
        let end = sequence &+ UInt32(truncatingIfNeeded: payload.count)
        guard let expected = next[direction] else {
            next[direction] = end
            return payload
        }
        // Distances that are negative in 32 bits lie behind.
        let seen = Int(Int32(bitPattern: expected &- sequence))
        guard seen < payload.count else { return [] }
        next[direction] = end
        return payload.dropFirst(max(0, seen))
    }
}
