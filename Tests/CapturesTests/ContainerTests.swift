import Captures
import SMTP
import Testing
import Tracing

/// One mail in everything that it may be wrapped in.
@Suite struct ContainerTests {
    private static let expected = Talk.mail().recording

    private func capture(_ container: Containers.Container, of talk: Talk = Talk.mail()) -> [UInt8] {
        let packets = talk.packets.map { Packets.Stored(time: $0.time, frame: container.wrap($0.frame)) }
        return Packets.pcap(packets, link: container.link)
    }

    /// As short as a session can be, so that very many can be looked at.
    private static let beginning: Talk = {
        var talk = Talk()
        talk.segment(.client, at: -1, [], flags: 2)
        talk.say(.server, "220 mx ESMTP\r\n")
        talk.say(.client, "EHLO a\r\n")
        return talk
    }()

    @Test(arguments: Containers.all) func `what stands around a packet changes nothing`(container: Containers.Container)
        throws
    {
        let file = try #require(CaptureFile(CaptureOctets(capture(container))))
        #expect(file.warnings == [])
        try #require(file.count == 1)
        #expect(file.recording(0) == Self.expected)
    }

    /// A capture that was told to cut lacks the end of each packet, wherever that packet stands.
    @Test(arguments: Containers.tunnels) func `what was cut off inside a tunnel is a gap`(
        container: Containers.Container
    ) throws {
        let packets = Talk.mail().packets.map { packet in
            let frame = container.wrap(packet.frame)
            return Packets.Stored(
                time: packet.time,
                frame: frame,
                kept: packet.frame.count > 60 ? frame.count - 5 : nil
            )
        }
        let file = try #require(CaptureFile(CaptureOctets(Packets.pcap(packets, link: container.link))))
        try #require(file.count == 1)
        let events = file.recording(0).events
        #expect(events.contains { $0.kind == .gap(from: .client, octets: 5) })
        #expect(!events.contains { if case .note = $0.kind { true } else { false } })
    }

    @Test func `frames that are packed into one are all read`() throws {
        let packets = Talk.mail().packets
        let pairs = stride(from: 0, to: packets.count, by: 3).map { start in
            Packets.Stored(
                time: packets[start].time,
                frame: Containers.aggregated(
                    packets[start..<min(start + 3, packets.count)].map { Containers.snap($0.frame) }
                )
            )
        }
        let file = try #require(CaptureFile(CaptureOctets(Packets.pcap(pairs, link: 105))))
        try #require(file.count == 1)
        for side in Side.allCases { #expect(file.recording(0).octets(side) == Self.expected?.octets(side)) }
    }

    // MARK: Samples

    private static let remark =
        "they hold samples (sFlow): most of what passed is not among them, and long packets are cut"

    private func samples(of size: Int, cut: Int = 65_535, isExpanded: Bool = false) -> [UInt8] {
        let packets = Talk.mail().packets
        let datagrams = stride(from: 0, to: packets.count, by: size).map { start in
            let frames = packets[start..<min(start + size, packets.count)].map { Containers.frame($0.frame) }
            return Packets.Stored(
                time: packets[start].time,
                frame: Containers.udp(6343, Containers.sampled(frames, cut: cut, isExpanded: isExpanded))
            )
        }
        return Packets.pcap(datagrams, link: 1)
    }

    @Test(arguments: [1, 5], [false, true]) func `samples are read, and said to be samples`(size: Int, isExpanded: Bool)
        throws
    {
        let file = try #require(CaptureFile(CaptureOctets(samples(of: size, isExpanded: isExpanded))))
        #expect(file.warnings == ["\((18 + size - 1) / size) packets: \(Self.remark)"])
        try #require(file.count == 1)
        for side in Side.allCases { #expect(file.recording(0).octets(side) == Self.expected?.octets(side)) }
    }

    @Test func `what a sample lacks is a gap`() throws {
        let file = try #require(CaptureFile(CaptureOctets(samples(of: 3, cut: 70))))
        try #require(file.count == 1)
        let gaps = file.recording(0).events.filter { if case .gap = $0.kind { true } else { false } }
        // Of each segment with more than 16 octets, for 54 are headers.
        #expect(gaps.count == Talk.mail().packets.count { $0.frame.count > 56 })
        #expect(gaps.first?.kind == .gap(from: .server, octets: 31 - 16))
    }

    @Test func `a fragmented tunnel is put together`() throws {
        var id = 0
        let packets = Talk.mail().packets.flatMap { packet -> [Packets.Stored] in
            id += 1
            let content = [0x20, 0, 8, 0, 0, 0, 0, 7] + packet.frame
            return [(0, 32), (32, content.count)].map { start, end in
                let part = Array(content[start..<min(end, content.count)])
                let place = start / 8 | (end < content.count ? 0x2000 : 0)
                return Packets.Stored(
                    time: packet.time,
                    frame: Packets.ipv4(part, transport: 47, from: [9, 9, 9, 9], id: id, fragment: place)
                )
            }
        }
        let file = try #require(CaptureFile(CaptureOctets(Packets.pcap(packets))))
        try #require(file.count == 1)
        #expect(file.recording(0) == Self.expected)
    }

    @Test(
        arguments: [
            (Containers.Container("ESP") { Containers.over(50, $0) }, "ESP (IPsec)"),
            (Containers.Container("ESP over UDP") { Containers.udp(4500, [0, 0, 0, 1] + $0) }, "ESP (IPsec)"),
            (Containers.Container("WireGuard") { Containers.udp(51_820, [4, 0, 0, 0] + $0) }, "WireGuard"),
            (
                Containers.Container("ESP, cut") {
                    Containers.over(50, Containers.payload($0, 4, proof: 12)).dropLast(3)
                }, "ESP (IPsec)"
            ),
            (
                Containers.Container("ESP around a segment whose checksum is wrong") {
                    Containers.over(50, Containers.payload(Array($0.dropFirst(20)), 6, proof: 12))
                }, "ESP (IPsec)"
            ),
            (Containers.Container("CAPWAP") { Containers.udp(5247, [1, 0, 0, 0] + $0) }, "CAPWAP inside DTLS"),
            (
                Containers.Container("CAPWAP") { Containers.udp(5247, [0, 0x10, 2, 0x80] + $0) },
                "CAPWAP fragments"
            ),
            (Containers.Container("TRILL") { Containers.ethernet(0x22F3, [0x80] + $0) }, "TRILL of another version"),
            (Containers.Container("MACsec") { Containers.ethernet(0x88E5, $0) }, "MACsec"),
            (Containers.Container("802.11", 105) { Containers.wireless([8, 0x41], $0) }, "encrypted 802.11 frames"),
            (Containers.Container("PPP", 9) { [0, 0xFD] + $0 }, "compressed PPP"),
            (Containers.Container("USB", 220) { $0 }, "USB (link type 220)"),
            (Containers.Container("USB in PKTAP", 258) { Containers.tapped(220, $0) }, "USB (link type 220)"),
            (Containers.Container("mine", 150) { $0 }, "a link type of somebody's own (link type 150)"),
            (Containers.Container("nobody's", 9999) { $0 }, "frames of link type 9999"),
        ]
    )
    func `what is not read is named, with its count`(container: Containers.Container, name: String) throws {
        let file = try #require(CaptureFile(CaptureOctets(capture(container))))
        #expect(file.count == 0)
        #expect(file.warnings == ["18 packets in \(name), which is not read here"])
    }

    @Test func `nesting has a bound`() throws {
        let tags = Containers.Container("tags") { packet in
            Containers.ethernet(
                0x8100,
                [UInt8]([[UInt8]](repeating: [0, 1, 0x81, 0], count: 40).joined()) + [0, 1, 8, 0] + packet
            )
        }
        let file = try #require(CaptureFile(CaptureOctets(capture(tags))))
        #expect(file.count == 0)
        #expect(file.warnings == ["18 packets: they are nested deeper than 32 headers"])
    }

    /// DNS and the like over a port that a tunnel also has.
    @Test func `a port alone makes no tunnel`() throws {
        let noise = [4789, 6081, 2152, 1701, 4341, 3544, 37_008, 4754, 6635, 6080, 5247, 6343, 4500].map {
            Packets.Stored(
                frame: Packets.ipv4(Packets.udp([0, 0, 0, 0, 0, 0, 0, 0, 0, 0], from: 53, to: $0), transport: 17)
            )
        }
        let file = try #require(CaptureFile(CaptureOctets(Packets.pcap(Talk.mail().packets + noise))))
        #expect(file.count == 1)
        #expect(file.warnings == [])
    }

    /// Octets changed, taken out and doubled: nothing may stop the program or keep it busy.
    /// What looks like a packet of IP in UDP and is not one, since a length or the header's checksum is another.
    @Test func `octets that begin as IP does are no tunnel`() throws {
        let packet = Containers.checked(Talk.mail().packets[4].frame)
        var wrong = packet
        wrong[11] ^= 1
        let noise = [wrong, packet + [0], Array(packet.dropLast()), Talk.mail().packets[4].frame].map {
            Packets.Stored(frame: Packets.ipv4(Packets.udp($0, from: 4000, to: 5555), transport: 17))
        }
        let file = try #require(CaptureFile(CaptureOctets(Packets.pcap(noise))))
        #expect(file.count == 0 && file.warnings == [])
    }

    @Test func `mutants of samples harm nothing`() {
        let original = samples(of: 5)
        var dice = Dice(11)
        for _ in 0..<1000 {
            guard let file = CaptureFile(CaptureOctets(Mutation.mutant(of: original, &dice))) else { continue }
            for number in 0..<file.count { _ = file.recording(number) }
        }
    }

    @Test(arguments: Containers.all) func `mutants harm nothing`(container: Containers.Container) {
        let original = capture(container, of: Self.beginning)
        var dice = Dice(container.name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
        for _ in 0..<1000 {
            guard let file = CaptureFile(CaptureOctets(Mutation.mutant(of: original, &dice))) else { continue }
            for number in 0..<file.count { _ = file.recording(number) }
        }
    }
}

/// Harm done to a file by chance.
enum Mutation {
    static func mutant(of original: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var mutant = original
        for _ in 0..<Int.random(in: 1...8, using: &dice) where mutant.count > 32 {
            // The header of the file is hit seldom, since little is read behind a broken one.
            let at = Int.random(in: dice.next() % 16 == 0 ? 0..<mutant.count : 24..<mutant.count, using: &dice)
            switch dice.next() % 5 {
            case 0: mutant[at] = UInt8.random(in: 0...255, using: &dice)
            case 1: mutant[at] ^= 1 << UInt8.random(in: 0...7, using: &dice)
            case 2: mutant[at] = [0, 0xFF, 0x7F, 0x80, 1].randomElement(using: &dice) ?? 0
            case 3: mutant.removeSubrange(at..<min(mutant.count, at + Int.random(in: 1...40, using: &dice)))
            default:
                mutant.insert(
                    contentsOf: mutant[at..<min(mutant.count, at + Int.random(in: 1...40, using: &dice))],
                    at: at
                )
            }
        }
        return mutant
    }
}
