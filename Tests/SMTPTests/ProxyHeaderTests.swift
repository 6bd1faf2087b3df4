import Testing

@testable import SMTP

@Suite struct ProxyHeaderTests {
    struct Line: CustomTestStringConvertible, Sendable {
        let text: String
        let family: ProxyHeader.Family
        var source: ProxyHeader.Endpoint?
        var destination: ProxyHeader.Endpoint?
        var testDescription: String { text.debugDescription }
    }

    static let lines: [Line] = [
        Line(
            text: "PROXY TCP4 192.0.2.1 192.0.2.2 56324 25\r\n",
            family: .ipv4,
            source: .init(address: "192.0.2.1", port: 56324),
            destination: .init(address: "192.0.2.2", port: 25)
        ),
        Line(
            text: "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n",
            family: .ipv4,
            source: .init(address: "255.255.255.255", port: 65535),
            destination: .init(address: "255.255.255.255", port: 65535)
        ),
        Line(
            text: "PROXY TCP6 2001:db8::1 ::ffff:192.0.2.2 4711 587\r\n",
            family: .ipv6,
            source: .init(address: "2001:db8::1", port: 4711),
            destination: .init(address: "::ffff:192.0.2.2", port: 587)
        ),
        // One zero group as `::` (RFC 4291 §2.2).
        Line(
            text: "PROXY TCP6 2001:db8:1:2:3:4:5:: ::1 0 1\r\n",
            family: .ipv6,
            source: .init(address: "2001:db8:1:2:3:4:5::", port: 0),
            destination: .init(address: "::1", port: 1)
        ),
        Line(text: "PROXY UNKNOWN\r\n", family: .unspecified),
        Line(text: "PROXY UNKNOWN whatever  it says\r\n", family: .unspecified),
        // As long as a line may be.
        Line(
            text:
                "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
            family: .unspecified
        ),
    ]

    @Test(arguments: lines)
    func `a line of version 1 tells both ends`(_ line: Line) throws {
        let octets = Array(line.text.utf8)
        let header = ProxyHeader(
            version: .text,
            command: .proxy,
            family: line.family,
            transport: line.family == .unspecified ? .unspecified : .stream,
            source: line.source,
            destination: line.destination,
            octetCount: octets.count
        )
        #expect(octets.count <= ProxyHeader.maxLine)
        expect(.header(header), of: octets)
    }

    struct Block: CustomTestStringConvertible, Sendable {
        let name: String
        /// From the version and the command on.
        let octets: [UInt8]
        var command = ProxyHeader.Command.proxy
        var family = ProxyHeader.Family.unspecified
        var transport = ProxyHeader.Transport.unspecified
        var source: ProxyHeader.Endpoint?
        var destination: ProxyHeader.Endpoint?
        var testDescription: String { name }
    }

    static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]
    static let ipv4: [UInt8] = [192, 0, 2, 1, 192, 0, 2, 2, 0xDC, 0x04, 0, 25]
    static let ipv6: [UInt8] =
        [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] + Array(repeating: 0, count: 15) + [
            1, 0x12, 0x67, 2, 0x4B,
        ]
    static let paths: [UInt8] =
        Array("/run/mail\u{1B}".utf8) + Array(repeating: 0, count: 98) + Array(repeating: 0x61, count: 108)

    static let blocks: [Block] = [
        Block(
            name: "TCP over IPv4",
            octets: [0x21, 0x11, 0, 12] + ipv4,
            family: .ipv4,
            transport: .stream,
            source: .init(address: "192.0.2.1", port: 56324),
            destination: .init(address: "192.0.2.2", port: 25)
        ),
        Block(
            name: "UDP over IPv4, and a TLV",
            octets: [0x21, 0x12, 0, 16] + ipv4 + [4, 0, 1, 9],
            family: .ipv4,
            transport: .datagram,
            source: .init(address: "192.0.2.1", port: 56324),
            destination: .init(address: "192.0.2.2", port: 25)
        ),
        Block(
            name: "TCP over IPv6",
            octets: [0x21, 0x21, 0, 36] + ipv6,
            family: .ipv6,
            transport: .stream,
            source: .init(address: "2001:db8::1", port: 4711),
            destination: .init(address: "::1", port: 587)
        ),
        Block(
            name: "a Unix socket; the path fills its octets or ends before a NUL",
            octets: [0x21, 0x31, 0, 216] + paths,
            family: .unix,
            transport: .stream,
            source: .init(address: "/run/mail\u{1B}"),
            destination: .init(address: String(repeating: "a", count: 108))
        ),
        Block(name: "unspecified, with octets that say nothing", octets: [0x21, 0, 0, 3, 1, 2, 3]),
        Block(name: "unspecified and empty", octets: [0x21, 0, 0, 0]),
        Block(name: "local: addresses do not count", octets: [0x20, 0x11, 0, 12] + ipv4, command: .local),
        Block(name: "local, of a family that nobody knows", octets: [0x20, 0xFF, 0, 1, 0], command: .local),
        Block(
            name: "the longest that is taken",
            octets: [0x21, 0, 0x10, 0xD8] + Array(repeating: 7, count: 216 + 4096)
        ),
    ]

    @Test(arguments: blocks)
    func `a block of version 2 tells both ends`(_ block: Block) throws {
        let octets = Self.signature + block.octets
        let header = ProxyHeader(
            version: .binary,
            command: block.command,
            family: block.family,
            transport: block.transport,
            source: block.source,
            destination: block.destination,
            octetCount: octets.count
        )
        expect(.header(header), of: octets)
    }

    /// Whole, with a session behind it, and octet by octet: only the last octet completes the header.
    private func expect(_ reading: ProxyHeader.Reading, of octets: [UInt8]) {
        #expect(ProxyHeader.read(octets) == reading)
        #expect(ProxyHeader.read(octets + Array("EHLO a.example\r\n".utf8)) == reading)
        let early = (0..<octets.count).filter { ProxyHeader.read(octets.prefix($0)) != .incomplete }
        #expect(early.isEmpty)
    }

    @Test(arguments: [
        "EHLO a.example\r\n", "PROXX", "PROXY  TCP4", "PROXY TCP5", "PROXY TCP4\r\n", "proxy TCP4 ",
        "PROXY TCP4 192.0.2.256 ", "PROXY TCP4 192.0.2.1 192.0.2.2 65536 ", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\r", "PROXY TCP4 ::1 ",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 +2\r\n", "PROXY TCP6 192.0.2.1 ", "PROXY TCP6 ::1 ::1 1\r\n",
        "PROXY TCP6 1::2::3 ", "PROXY UNKNOWNS", "PROXY UNKNOWN \u{1B}[2J", "PROXY UNKNOWN\n",
        "PROXY UNKNOWN " + String(repeating: "a", count: 93),
        "PROXY UNKNOWN " + String(repeating: "a", count: 92) + "\r\n", "\r\n\r\n\0\r\nQUIT\r",
        "\u{16}\u{3}\u{1}",
    ])
    func `what is no header is known at once, whatever follows`(_ text: String) {
        #expect(ProxyHeader.read(Array(text.utf8)) == .none)
        #expect(ProxyHeader.read(Array((text + "1 1 1 1\r\n").utf8)) == .none)
    }

    @Test(
        arguments: [
            [0x11], [0x31], [0x22], [0x21, 0x41], [0x21, 0x13], [0x21, 0x11, 0, 11], [0x21, 0x21, 0, 35],
            [0x21, 0x31, 0, 215],
            [0x21, 0x11, 0x10, 0xD9], [0x20, 0, 0xFF, 0xFF],
        ] as [[UInt8]]
    )
    func `a block that the protocol does not allow, or too long a one, is no header`(_ octets: [UInt8]) {
        #expect(ProxyHeader.read(Self.signature + octets) == .none)
        #expect(ProxyHeader.read(Self.signature + octets + Array(repeating: 0, count: 70_000)) == .none)
    }

    @Test func `any octets are read, and what was no header never becomes one`() {
        var random = SystemRandomNumberGenerator()
        let starts: [[UInt8]] = [
            [], Array("PROXY ".utf8), Array("PROXY TCP6 ".utf8), Self.signature, Self.signature + [0x21],
        ]
        let letters = Array("PROXYTCP46UNK :.0129afz\r\n".utf8) + [0, 0x11, 0x21, 0x31, 0xFF]
        for round in 0..<4000 {
            let more = (0..<Int.random(in: 0..<40, using: &random)).compactMap { _ in
                letters.randomElement(using: &random)
            }
            let octets = starts[round % starts.count] + more
            var last = ProxyHeader.Reading.incomplete
            for count in 0...octets.count {
                let reading = ProxyHeader.read(octets.prefix(count))
                #expect(last == .incomplete || reading == last, "\(octets)")
                if case .header(let header) = reading { #expect(header.octetCount <= count, "\(octets)") }
                last = reading
            }
        }
    }
}
