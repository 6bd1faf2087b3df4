/// What switches put around frames, and what proves frames and does not hide them.
extension Containers {
    static let fabrics: [Container] = [
        Container("FabricPath") { ethernet(0x8903, [0, 0x60] + frame($0)) },
        Container("FabricPath around a virtual LAN") {
            ethernet(0x8903, [0, 0x60] + ethernet(0x8100, [0, 7, 8, 0] + $0))
        },
        Container("TRILL") { ethernet(0x22F3, [0, 0x3F, 0, 1, 0, 2] + frame($0)) },
        Container("TRILL with options") { ethernet(0x22F3, [0, 0xBF, 0, 1, 0, 2] + zeros(8) + frame($0)) },
    ]

    static let secured: [Container] = [
        Container("MACsec that proves alone") { ethernet(0x88E5, [0, 0, 0, 0, 0, 9, 8, 0] + $0 + zeros(16)) },
        Container("MACsec that proves alone, with its channel") {
            ethernet(0x88E5, [0x20, 0, 0, 0, 0, 9, 2, 2, 2, 2, 2, 2, 0, 1, 8, 0] + $0 + zeros(16))
        },
        Container("ESP in the clear") { over(50, payload($0, 4, proof: 12)) },
        Container("ESP in the clear with a longer proof") { over(50, payload($0, 4, proof: 16)) },
        Container("ESP in the clear with a vector") { over(50, payload(zeros(8) + $0, 4, proof: 16)) },
        Container("ESP in the clear over UDP") { udp(4500, payload($0, 4, proof: 32), from: 4500) },
        Container("ESP in the clear around a segment") { packet in
            var segment = Array(packet.dropFirst(20))
            segment.replaceSubrange(16..<18, with: [0, 0])
            let ends = Array(packet[12..<20]) + [0, 6] + Packets.number(segment.count, 2)
            segment.replaceSubrange(16..<18, with: Packets.number(checksum(ends + segment), 2))
            return frame(
                Packets.ipv4(
                    payload(segment, 6, proof: 12),
                    transport: 50,
                    from: Array(packet[12..<16]),
                    to: Array(packet[16..<20])
                )
            )
        },
    ]

    /// RFC 4303 §2, its content filled up to a multiple of four.
    static func payload(_ content: [UInt8], _ transport: UInt8, proof: Int) -> [UInt8] {
        let padding = (4 - (content.count + 2) % 4) % 4
        return [0, 0, 0, 7, 0, 0, 0, 1] + content + (0..<padding).map { UInt8($0 + 1) } + [UInt8(padding), transport]
            + [UInt8](repeating: 0xA5, count: proof)
    }

    /// RFC 1071, in the plainest way.
    static func checksum(_ octets: [UInt8]) -> Int {
        var sum = stride(from: 0, to: octets.count, by: 2).reduce(0) { sum, at in
            sum + Int(octets[at]) << 8 + (at + 1 < octets.count ? Int(octets[at + 1]) : 0)
        }
        while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
        return sum ^ 0xFFFF
    }

    /// A packet of IPv4 with the checksum of its header.
    static func checked(_ packet: [UInt8]) -> [UInt8] {
        var packet = packet
        packet.replaceSubrange(10..<12, with: Packets.number(checksum(Array(packet.prefix(20))), 2))
        return packet
    }

    /// The header of 108 octets that Apple's systems write.
    static func tapped(_ link: Int, _ frame: [UInt8]) -> [UInt8] {
        [108, 1, link].flatMap { Packets.number($0, 4, big: false) } + Array("en0".utf8) + zeros(93) + frame
    }

    // MARK: Samples

    /// A datagram of sFlow, version 5, with a sample of each frame; `cut` is the most that is kept of one.
    static func sampled(_ frames: [[UInt8]], cut: Int = 65_535, isExpanded: Bool = false) -> [UInt8] {
        let counters = structure(2, zeros(8) + Packets.number(0, 4))
        let samples = frames.map { frame in
            let kept = Array(frame.prefix(cut))
            // The frame's check sequence is counted, and was taken off.
            let numbers = [1, frame.count + 4, 4, kept.count].flatMap { Packets.number($0, 4) }
            let records = structure(1001, zeros(16)) + structure(1, numbers + kept)
            return structure(isExpanded ? 3 : 1, zeros(isExpanded ? 40 : 28) + Packets.number(2, 4) + records)
        }
        return [5, 1].flatMap { Packets.number($0, 4) } + [192, 0, 2, 200] + zeros(12)
            + Packets.number(frames.count + 1, 4) + counters + samples.joined()
    }

    private static func structure(_ format: Int, _ body: [UInt8]) -> [UInt8] {
        Packets.number(format, 4) + Packets.number(body.count, 4) + body + zeros((4 - body.count % 4) % 4)
    }
}
