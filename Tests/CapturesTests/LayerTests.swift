import Captures
import Testing
import Tracing

/// What stands around TCP: frames, virtual LANs, IPv4 and IPv6, and fragments of both.
@Suite struct LayerTests {
    private static let expected = Talk.mail().recording

    private func read(link: Int = 101, _ wrap: (_ packet: [UInt8]) -> [[UInt8]]) -> CaptureFile? {
        let packets = Talk.mail().packets.flatMap { packet in
            wrap(packet.frame).map { Packets.Stored(time: packet.time, frame: $0) }
        }
        return CaptureFile(CaptureOctets(Packets.pcap(packets, link: link)))
    }

    private static let macs = [UInt8](repeating: 2, count: 12)

    @Test func `octets that fill up a short frame belong to nobody`() {
        #expect(read(link: 1) { [Self.macs + [8, 0] + $0 + [0, 0, 0, 0, 0, 0]] }?.recording(0) == Self.expected)
    }

    private func overIPv6(_ wrap: @escaping @Sendable ([UInt8]) -> (content: [UInt8], next: UInt8)) -> Recording? {
        var talk = Talk()
        talk.wrap = { segment, isFromClient in
            let (content, next) = wrap(segment)
            return Packets.ipv6(content, next: next, from: isFromClient ? 1 : 25, to: isFromClient ? 25 : 1)
        }
        return Talk.mail(talk).recording
    }

    @Test(
        arguments: [
            ([], 6), ([6, 0, 1, 4, 0, 0, 0, 0], 0), ([6, 0, 0, 0, 0, 0, 0, 0], 43),
            ([6, 1] + [UInt8](repeating: 0, count: 14), 60),
            ([6, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1] + [UInt8](repeating: 9, count: 12), 51),
            ([6, 0, 0, 0, 0, 0, 0, 9], 44),  // a fragment that is the whole
            ([60, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0], 0),
        ] as [([UInt8], UInt8)]
    )
    func `IPv6 is read through its headers`(headers: [UInt8], next: UInt8) throws {
        let recording = try #require(overIPv6 { (headers + $0, next) })
        #expect(recording.octets(.client) == Self.expected?.octets(.client))
        #expect(recording.header.title == "[2001:db8::1]:40000 ➔ [2001:db8::19]:25")
    }

    @Test func `headers without end are left alone`() {
        #expect(overIPv6 { ([UInt8](repeating: 0, count: 800) + $0, 0) } == nil)
    }

    /// A packet in two fragments of IPv4, the first with `first` octets.
    private static func fragments(_ packet: [UInt8], first: Int = 24, id: Int) -> [[UInt8]] {
        let content = Array(packet.dropFirst(20))
        guard content.count > first else { return [packet] }
        let (from, to) = (Array(packet[12..<16]), Array(packet[16..<20]))
        return [
            Packets.ipv4(Array(content[..<first]), from: from, to: to, id: id, fragment: 0x2000),
            Packets.ipv4(Array(content[first...]), from: from, to: to, id: id, fragment: first / 8),
        ]
    }

    @Test(arguments: [false, true]) func `fragments are put together in any order`(reversed: Bool) {
        var id = 0
        let capture = read { packet in
            id += 1
            let parts = Self.fragments(packet, id: id)
            return reversed ? parts.reversed() : parts
        }
        #expect(capture?.recording(0).octets(.client) == Self.expected?.octets(.client))
        #expect(capture?.recording(0).octets(.server) == Self.expected?.octets(.server))
    }

    @Test func `of fragments that overlap the first wins`() {
        var id = 0
        let capture = read { packet in
            id += 1
            let parts = Self.fragments(packet, id: id)
            guard parts.count == 2 else { return parts }
            var forged = parts[0]
            forged[forged.count - 1] ^= 0x55
            return [parts[0], forged, parts[1]]
        }
        #expect(capture?.recording(0).octets(.client) == Self.expected?.octets(.client))
    }

    @Test func `fragments of a packet that never becomes whole are a gap`() throws {
        var id = 0
        let capture = try #require(
            read { packet in
                id += 1
                return Array(Self.fragments(packet, id: id).prefix(id == 11 ? 1 : 2))
            }
        )
        #expect(capture.recording(0).events.contains { if case .gap = $0.kind { true } else { false } })
    }

    @Test func `headers that lie are counted and harm nothing`() throws {
        var packets = Talk.mail().packets
        let segment = Packets.tcp(Array("x".utf8), from: 1, to: 2, sequence: 3)
        let liars: [[UInt8]] = [
            [], [0x45], [0x40] + [UInt8](repeating: 0, count: 40), [0x55] + [UInt8](repeating: 0, count: 40),
            Packets.ipv4(segment, length: 10), Packets.ipv4(segment, length: 60_000),
            Packets.ipv4(Packets.tcp(from: 1, to: 2, sequence: 3, header: 4)),
            Packets.ipv4(Packets.tcp(from: 1, to: 2, sequence: 3, header: 15)), Packets.ipv4([1, 2, 3]),
            Packets.ipv4([1, 2, 3], transport: 17), [0x60], Packets.ipv6([6], next: 0),
            Packets.ipv4(segment, fragment: 0x3FFF), Packets.ipv4(segment, fragment: 0x1FFF),
        ]
        packets += liars.map { Packets.Stored(frame: $0) }
        let capture = try #require(CaptureFile(CaptureOctets(Packets.pcap(packets))))
        #expect(capture.count == 1)
        #expect(capture.recording(0) == Self.expected)
        #expect(capture.warnings.contains { $0.contains("IP header says what cannot be") })
        #expect(capture.warnings.contains { $0.contains("TCP header says what cannot be") })
    }
}
