import Captures
import Testing
import Tracing

/// Packets that stand in a capture otherwise than they happened, and packets that stand in it twice.
@Suite struct OrderTests {
    private static let mail = Talk.mail().packets
    private static let expected = Talk.mail().recording

    private func recording(_ packets: [Packets.Stored]) throws -> Recording {
        let file = try #require(CaptureFile(CaptureOctets(Packets.pcap(packets))))
        try #require(file.count == 1)
        return file.recording(0)
    }

    /// What was on the wire, in order.
    private func wire(_ recording: Recording?) -> [String] {
        recording?.trace.lines.filter(\.isWire).map { "\($0.speaker) \(WireText.shown($0.octets))" } ?? []
    }

    @Test(arguments: 0..<40) func `packets in any order of the file are put in the order of their times`(seed: Int)
        throws
    {
        var dice = Dice(UInt64(seed))
        #expect(try recording(Self.mail.shuffled(using: &dice)) == Self.expected)
    }

    @Test func `what one side captured is put between what the other one did`() throws {
        let isClient = { (packet: Packets.Stored) in packet.frame[19] == 25 }
        let sides = Self.mail.filter(isClient) + Self.mail.filter { !isClient($0) }
        #expect(try recording(sides) == Self.expected)
    }

    /// Where clocks disagree, what each segment acknowledges tells what came before it.
    @Test(arguments: [-100.0, -1, -0.02, 0.02, 1, 100], [false, true])
    func `clocks that disagree change no order`(skew: Double, isServer: Bool) throws {
        let packets = Self.mail.map { packet in
            var packet = packet
            if (packet.frame[19] == 25) != isServer { packet.time += skew }
            return packet
        }
        let (found, expected) = (try recording(packets), try #require(Self.expected))
        #expect(wire(found) == wire(expected))
        #expect(!found.events.contains { if case .gap = $0.kind { true } else { false } })
    }

    @Test(arguments: 0..<40) func `packets of one time are put in order by what they acknowledge`(seed: Int) throws {
        var dice = Dice(UInt64(seed) &+ 99)
        let packets = Self.mail.shuffled(using: &dice).map { Packets.Stored(time: 1_700_000_000, frame: $0.frame) }
        #expect(try wire(recording(packets)) == wire(Self.expected))
    }

    /// What is acknowledged and nowhere to be found is a gap, and nothing waits for it.
    @Test func `a lost command stays a gap before its reply`() throws {
        let lost = try recording(Self.mail.filter { !$0.frame.contains(Array("RCPT".utf8)) })
        let gap = lost.events.firstIndex { if case .gap(from: .client, _, _) = $0.kind { true } else { false } }
        let reply = lost.events.firstIndex { event in
            if case .octets(from: .server, let octets, _) = event.kind {
                octets.starts(with: "250 2.1.5".utf8)
            } else {
                false
            }
        }
        let (first, second) = (try #require(gap), try #require(reply))
        #expect(first < second)
    }

    private func twoInterfaces(_ packets: [(interface: Int, Packets.Stored)]) -> [UInt8] {
        Packets.sectionHeader() + Packets.interface(link: 1) + Packets.interface(link: 113)
            + packets.flatMap { number, packet in
                let head = number == 0 ? Containers.macs + [8, 0] : Containers.zeros(14) + [8, 0]
                return Packets.enhanced(
                    Packets.Stored(time: packet.time, frame: head + packet.frame),
                    interface: number
                )
            }
    }

    @Test func `a packet that passed two interfaces is one`() throws {
        let twice = Self.mail.flatMap { packet -> [(Int, Packets.Stored)] in
            [(0, packet), (1, Packets.Stored(time: packet.time + 0.0001, frame: packet.frame))]
        }
        for packets in [twice, twice.filter { $0.0 == 0 } + twice.filter { $0.0 == 1 }] {
            let file = try #require(CaptureFile(CaptureOctets(twoInterfaces(packets))))
            #expect(file.recording(0) == Self.expected)
            #expect(file.warnings.count == 1)
            #expect(
                file.warnings.first?.hasSuffix("packets: they stand in the capture twice and are shown once") == true
            )
        }
    }

    @Test func `a packet in a tunnel and outside is one`() throws {
        let twice = Self.mail.flatMap { [Containers.frame($0.frame), Containers.gre(0, 0x0800, [], $0.frame)] }
        let file = try #require(
            CaptureFile(CaptureOctets(Packets.pcap(twice.map { Packets.Stored(frame: $0) }, link: 1)))
        )
        try #require(file.count == 1)
        #expect(file.recording(0).texts() == Self.expected?.texts())
    }

    @Test func `what was sent again over one interface is still told`() throws {
        let again = Self.mail.flatMap { [$0, Packets.Stored(time: $0.time + 0.001, frame: $0.frame)] }
        #expect(try recording(again).events.contains { if case .note = $0.kind { true } else { false } })
    }
}

extension [UInt8] {
    fileprivate func contains(_ other: [UInt8]) -> Bool { indices.contains { self[$0...].starts(with: other) } }
}
