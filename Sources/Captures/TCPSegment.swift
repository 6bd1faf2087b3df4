/// What a datagram of TCP says (RFC 9293 §3.1): the segment, what is in it, and which connection it belongs to.
struct TCPSegment {
    var segment: Segment
    var content: Window
    var ends: FlowEnds

    enum Reading {
        case segment(TCPSegment)
        /// It only acknowledges.
        case nothing
        /// A sentence about the packets.
        case departs(String)
    }

    static func read(_ datagram: Datagram, at time: Int64) -> Reading {
        let header = datagram.content
        guard header.count >= 20 else { return .departs("they are too short for their headers") }
        let offset = Int(header[12] >> 4) * 4
        guard offset >= 20, offset <= datagram.length else { return .departs("their TCP header says what cannot be") }
        let flags = Segment.Marks(rawValue: UInt16(header[13] & 0b1_0111))
        let length = datagram.length - offset
        // A segment that only acknowledges tells us nothing.
        guard length > 0 || !flags.isDisjoint(with: [.syn, .fin, .rst]) else { return .nothing }
        let source = Endpoint(address: datagram.source, port: UInt16(header.number16(0)))
        let destination = Endpoint(address: datagram.destination, port: UInt16(header.number16(2)))
        let isBackward = destination < source
        let content = header.dropping(offset).prefix(length)
        var segment = Segment(
            time: time,
            place: content.place,
            marks: isBackward ? flags.union(.isBackward) : flags,
            sequence: header.number32(4),
            acknowledgement: header.number32(8),
            length: length,
            captured: content.count
        )
        segment.path = datagram.path
        segment.digest = digest(header, datagram.identification)
        let ends = FlowEnds(low: isBackward ? destination : source, high: isBackward ? source : destination)
        return .segment(TCPSegment(segment: segment, content: content, ends: ends))
    }

    /// Made of what no router changes: the number of the packet, and TCP's header.
    private static func digest(_ header: Window, _ identification: UInt16) -> UInt16 {
        let words = (header.number64(4) ^ header.number64(12) &* 0x9E37_79B9_7F4A_7C15) &* 0x100_0000_01B3
        return UInt16(truncatingIfNeeded: words >> 40) ^ identification
    }
}
