/// A packet, and what TCP says in it where no other packet has to be known for that.
struct OpenedPacket {
    let packet: Packet
    /// Whether the capture had told keys before it.
    let isBehindKeys: Bool
    let content: Content

    enum Content {
        case segment(TCPSegment)
        /// TCP that only acknowledges.
        case nothing
        /// Whatever else, or what is to be said of it: it has to be opened in its turn.
        case other
    }
}

/// Some packets of a capture as they stand in it: one processor opens them while another reads on.
struct PacketRun {
    private var packets: [(packet: Packet, isBehindKeys: Bool)] = []

    /// How many are opened at a time.
    private static let maxPackets = 512

    /// Nil where no more come.
    init?(_ reader: inout PacketReader) {
        while packets.count < Self.maxPackets, let packet = reader.next() {
            packets.append((packet, !reader.secrets.isEmpty))
        }
        guard !packets.isEmpty else { return nil }
    }

    func opened(_ octets: CaptureOctets) -> [OpenedPacket] {
        var layers = Decapsulation()
        return packets.map { packet, isBehindKeys in
            let frame = octets.window(at: packet.place, count: packet.captured)
            return OpenedPacket(
                packet: packet,
                isBehindKeys: isBehindKeys,
                content: Self.content(layers.plain(frame, of: packet), at: packet.time)
            )
        }
    }

    private static func content(_ datagram: Datagram?, at time: Int64) -> OpenedPacket.Content {
        guard let datagram else { return .other }
        return switch TCPSegment.read(datagram, at: time) {
        case .segment(let segment): .segment(segment)
        case .nothing: .nothing
        case .departs: .other
        }
    }
}
