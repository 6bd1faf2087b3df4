import Captures
import Testing
import Tracing

/// The two formats of files, in all their variants, and what is wrong with them.
@Suite struct FormatTests {
    private static let mail = Talk.mail().packets

    private func open(_ file: [UInt8]) -> CaptureFile? { CaptureFile(CaptureOctets(file)) }

    @Test(arguments: [0xA1B2_C3D4, 0xA1B2_3C4D, 0xA1B2_CD34, 0xA1B2_34CD, 0xA12B_3C4D], [false, true])
    func `every magic number of pcap is read in both orders of octets`(magic: Int, big: Bool) throws {
        let file = try #require(open(Packets.pcap(Self.mail, magic: magic, big: big)))
        #expect(file.count == 1)
        #expect(file.warnings.isEmpty)
        let recording = file.recording(0)
        #expect(recording == Talk.mail().recording)
        #expect(recording.header.began == "2023-11-14T22:13:20.015625Z")
        #expect(recording.events.last?.time == 17 * 0.015625)
    }

    /// Red Hat, Nokia and SuSE wrote longer heads under the usual magic numbers.
    @Test(arguments: [(0xA1B2_C3D4, 8), (0xA1B2_C3D4, 4), (0xA1B2_CD34, 12)], [false, true])
    func `heads of packets are measured where the magic number does not tell`(
        variant: (magic: Int, more: Int),
        big: Bool
    ) {
        var file = Array(Packets.pcap([], magic: variant.magic, big: big))
        for packet in Self.mail {
            let head = Packets.pcap([packet], big: big)[24..<40]
            file += head + [UInt8](repeating: 0, count: variant.more) + packet.frame
        }
        #expect(open(file)?.recording(0) == Talk.mail().recording)
    }

    @Test(arguments: [0, 3]) func `snoop is read, its packets filled up`(filling: Int) throws {
        let packets = Self.mail.map { packet -> [UInt8] in
            let frame = Containers.frame(packet.frame)
            let time =
                Packets.number(Int(packet.time), 4) + Packets.number(Int((packet.time * 1e6).rounded()) % 1_000_000, 4)
            let lengths = [frame.count, frame.count, frame.count + 24 + filling, 0].flatMap { Packets.number($0, 4) }
            return lengths + time + frame + [UInt8](repeating: 0, count: filling)
        }
        let head = Array("snoop\0\0\0".utf8) + Packets.number(2, 4)
        let file = try #require(open(head + Packets.number(4, 4) + packets.joined()))
        #expect(file.warnings == [])
        #expect(file.recording(0) == Talk.mail().recording)
        let other = try #require(open(head + Packets.number(9, 4) + packets.joined()))
        #expect(other.warnings == ["18 packets in frames of snoop's link type 9, which is not read here"])
    }

    /// A packet may say any time, also one that no difference of two numbers of 64 bits reaches.
    @Test(arguments: [0, 1, 1_700_000_000, 9_223_372_036.854775, 18_446_744_073.709])
    func
        `times that no clock shows do no harm`(last: Double) throws
    {
        for first in [0, 9_223_372_036.854775, 18_446_744_073.709] {
            var talk = Talk.mail()
            talk.change { packets in
                for index in packets.indices { packets[index].time = index < packets.count / 2 ? first : last }
            }
            let recording = try #require(open(Packets.pcapng(talk.packets))).recording(0)
            #expect(recording.events.count > 2)
            #expect(zip(recording.events, recording.events.dropFirst()).allSatisfy { $0.time <= $1.time })
        }
    }

    @Test(arguments: [false, true]) func `an interface may count its time from elsewhere`(big: Bool) throws {
        let offset = 86_400
        let options =
            Packets.number(14, 2, big: big) + Packets.number(8, 2, big: big) + Packets.number(offset, 8, big: big)
        let interface = Packets.number(101, 2, big: big) + [0, 0] + Packets.number(0, 4, big: big) + options
        let file =
            Packets.sectionHeader(big: big) + Packets.block(1, interface, big: big)
            + Self.mail.flatMap { Packets.enhanced($0, big: big) }
        #expect(open(file)?.recording(0).header.began == "2023-11-15T22:13:20.015625Z")
    }

    @Test(
        arguments: [
            (Array("GMBU".utf8), "Microsoft's Network Monitor"), (Array("iptrace 2.0".utf8), "AIX' iptrace"),
            (Array("LOGG".utf8), "Vector (BLF)"), ([1, 0x10, 0x4C, 0, 1, 5], "LANalyzer"),
            ([1, 0x20] + Array("NetScaler V20 Performance Data".utf8), "NetScaler"),
            (Array("\u{7F}ver".utf8), "OmniPeek or EtherPeek"),
            (Self.erf, "Endace (ERF)"),
        ] as [([UInt8], String)]
    )
    func `captures of others are named`(octets: [UInt8], program: String) {
        #expect(
            ForeignCapture.program(of: octets + [UInt8](repeating: 0, count: octets.count > 40 ? 0 : 60)) == program
        )
    }

    private static let erf = (0..<3).flatMap { _ in
        [0, 0, 0, 0, 0, 0, 0, 0x60, 2, 4, 0, 80, 0, 0, 0, 62] as [UInt8] + [UInt8](repeating: 7, count: 64)
    }

    @Test func `what is no capture of others is not taken for one`() {
        for octets in [
            [], [0], Array("220 mx ESMTP\r\n".utf8), [UInt8](repeating: 0, count: 100), Packets.pcap(Self.mail),
        ] {
            #expect(ForeignCapture.program(of: octets) == nil)
        }
    }

    @Test func `old versions wrote the lengths the other way round`() {
        #expect(open(Packets.pcap(Self.mail, minor: 2))?.recording(0) == Talk.mail().recording)
    }

    @Test(arguments: [false, true]) func `pcapng is read in both orders of octets`(big: Bool) {
        #expect(open(Packets.pcapng(Self.mail, big: big))?.recording(0) == Talk.mail().recording)
    }

    @Test func `sections of unlike order and interfaces of unlike resolution follow each other`() {
        let (first, rest) = (Self.mail.prefix(5), Self.mail.dropFirst(5))
        var file = Packets.sectionHeader(big: true) + Packets.interface(big: true)
        file += first.flatMap { Packets.enhanced($0, big: true) }
        file += Packets.sectionHeader() + Packets.interface(link: 1) + Packets.interface(resolution: 0x80 | 20)
        // Names, statistics and what other programs put there are passed over.
        for type in [4, 5, 0x0BAD, 0x8000_0001] { file += Packets.block(type, [1, 2, 3]) }
        file += rest.flatMap { Packets.enhanced($0, ticks: 1_048_576, interface: 1) }
        let recording = open(file)?.recording(0)
        #expect(recording?.octets(.client) == Talk.mail().recording?.octets(.client))
        #expect(recording?.events.last?.time == 17 * 0.015625)
    }

    @Test func `simple packets and the old kind of packets are read`() {
        let simple = Self.mail.map { Packets.block(3, Packets.number($0.frame.count, 4, big: false) + $0.frame) }
        let old = Self.mail.map { packet in
            Packets.block(
                2,
                [0, 0, 0, 0] + [UInt8](repeating: 0, count: 8) + Packets.number(packet.frame.count, 4, big: false)
                    + Packets.number(packet.frame.count, 4, big: false) + packet.frame
            )
        }
        for blocks in [simple, old] {
            let file = Packets.sectionHeader() + Packets.interface() + blocks.joined()
            #expect(open(file)?.recording(0).octets(.server) == Talk.mail().recording?.octets(.server))
        }
    }

    @Test func `a file that breaks off anywhere is read up to there`() throws {
        for file in [Packets.pcap(Self.mail), Packets.pcapng(Self.mail)] {
            let whole = try #require(open(file)).recording(0).octets(.client)
            for count in 0..<file.count {
                guard let capture = open(Array(file.prefix(count))) else {
                    #expect(count < 4)
                    continue
                }
                for number in 0..<capture.count {
                    let octets = capture.recording(number).octets(.client)
                    #expect(whole.starts(with: octets))
                }
            }
        }
        let torn = try #require(open(Packets.pcap(Self.mail).dropLast(3)))
        #expect(torn.warnings == ["the capture breaks off inside packet 18"])
    }

    @Test(arguments: [0, 4, 8, 13, 0xFFFF_FFFC, 0x7FFF_FFFF])
    func `a block of a length that cannot be ends the reading`(length: Int) throws {
        let bad = Packets.number(6, 4, big: false) + Packets.number(length, 4, big: false) + [0, 0, 0, 0, 0, 0, 0, 0]
        let capture = try #require(open(Packets.pcapng(Self.mail) + bad))
        #expect(capture.count == 1)
        #expect(capture.warnings.count == 1)
    }

    @Test(arguments: [0x7FFF_FFFF, 0xFFFF_FFFF, 0x0100_0001])
    func `a packet of a length that cannot be ends the reading`(length: Int) throws {
        let bad = [UInt8](repeating: 0, count: 8) + Packets.number(length, 4, big: false) + [1, 0, 0, 0]
        let capture = try #require(open(Packets.pcap(Self.mail) + bad))
        #expect(capture.count == 1)
        #expect(capture.warnings == ["packet 19 claims \(length) octets, which cannot be; what follows it is not read"])
    }

    @Test func `what is no capture is none`() {
        for octets in [[], [0xA1], [0xD4, 0xC3, 0xB2], Array("220 mx\r\n".utf8), [0, 0, 0, 0]] as [[UInt8]] {
            #expect(open(octets) == nil)
            #expect(!CaptureFile.recognises(octets))
        }
        #expect(CaptureFile.recognises(Packets.pcapng([])))
        #expect(open(Packets.pcap([]))?.count == 0)
    }

    @Test(arguments: 0..<300) func `any link type is read or named`(link: Int) throws {
        let capture = try #require(open(Packets.pcap(Self.mail, link: link)))
        let isRaw = [12, 14, 101, 228, 229].contains(link)
        #expect(capture.count == (isRaw ? 1 : 0))
        let isNamed = capture.warnings.contains {
            $0.hasPrefix("18 packets in ") && $0.hasSuffix("link type \(link), which is not read here")
                || $0.hasSuffix("(link type \(link)), which is not read here")
        }
        #expect(isNamed != Self.readLinks.contains(link))
    }

    /// The link types of which something is read, written here once more by hand.
    private static let readLinks: Set<Int> = [
        0, 1, 6, 8, 9, 10, 12, 14, 50, 51, 100, 101, 104, 105, 107, 108, 109, 113, 117, 119, 122, 123, 127, 138, 163,
        166,
        178,
        192, 197, 204, 205, 206, 219, 226, 228, 229, 239, 240, 258, 274, 276,
    ]
}
