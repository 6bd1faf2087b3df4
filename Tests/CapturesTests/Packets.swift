import SMTP
import Captures
import Foundation
import Tracing

/// Packets built octet by octet, and capture files of them. Nothing here is shared with the code under test.
enum Packets {
    static func number(_ value: Int, _ octets: Int, big: Bool = true) -> [UInt8] {
        let all = (0..<octets).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        return big ? all.reversed() : all
    }

    // MARK: Files

    struct Stored {
        var time = 1_700_000_000.0
        var frame: [UInt8]
        /// Octets kept of it; nil for all.
        var kept: Int?
    }

    static func pcap(
        _ packets: [Stored],
        link: Int = 101,
        magic: Int = 0xA1B2_C3D4,
        big: Bool = false,
        minor: Int = 4
    ) -> [UInt8] {
        let isNano = magic == 0xA1B2_3C4D
        var file = number(magic, 4, big: big) + number(2, 2, big: big) + number(minor, 2, big: big)
        file += [UInt8](repeating: 0, count: 8) + number(262_144, 4, big: big) + number(link, 4, big: big)
        for packet in packets {
            let seconds = Int(packet.time)
            let fraction = ((packet.time - Double(seconds)) * (isNano ? 1e9 : 1e6)).rounded()
            let kept = min(packet.kept ?? packet.frame.count, packet.frame.count)
            file += number(seconds, 4, big: big) + number(Int(fraction), 4, big: big)
            let lengths = [kept, packet.frame.count]
            for length in minor < 3 ? lengths.reversed() : lengths { file += number(length, 4, big: big) }
            if magic == 0xA1B2_CD34 { file += [UInt8](repeating: 0, count: 8) }
            file += packet.frame.prefix(kept)
        }
        return file
    }

    static func block(_ type: Int, _ body: [UInt8], big: Bool = false) -> [UInt8] {
        let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
        let length = number(padded.count + 12, 4, big: big)
        return number(type, 4, big: big) + length + padded + length
    }

    static func sectionHeader(big: Bool = false) -> [UInt8] {
        block(
            0x0A0D_0D0A,
            number(0x1A2B_3C4D, 4, big: big) + number(1, 2, big: big) + number(0, 2, big: big)
                + [UInt8](repeating: 0xFF, count: 8),
            big: big
        )
    }

    static func interface(link: Int = 101, resolution: UInt8? = nil, big: Bool = false) -> [UInt8] {
        let options = resolution.map { number(9, 2, big: big) + number(1, 2, big: big) + [$0, 0, 0, 0] } ?? []
        return block(1, number(link, 2, big: big) + [0, 0] + number(0, 4, big: big) + options, big: big)
    }

    static func enhanced(_ packet: Stored, ticks: Double = 1e6, interface: Int = 0, big: Bool = false) -> [UInt8] {
        let time = Int((packet.time * ticks).rounded())
        let kept = min(packet.kept ?? packet.frame.count, packet.frame.count)
        return block(
            6,
            number(interface, 4, big: big) + number(time >> 32, 4, big: big) + number(time & 0xFFFF_FFFF, 4, big: big)
                + number(kept, 4, big: big) + number(packet.frame.count, 4, big: big)
                + Array(packet.frame.prefix(kept)),
            big: big
        )
    }

    static func pcapng(_ packets: [Stored], big: Bool = false) -> [UInt8] {
        sectionHeader(big: big) + interface(big: big) + packets.flatMap { enhanced($0, big: big) }
    }

    // MARK: IP

    static func ipv4(
        _ content: [UInt8],
        transport: UInt8 = 6,
        from: [UInt8] = [192, 0, 2, 1],
        to: [UInt8] = [192, 0, 2, 25],
        id: Int = 1,
        fragment: Int = 0,
        length: Int? = nil
    ) -> [UInt8] {
        [0x45, 0] + number(length ?? content.count + 20, 2) + number(id, 2) + number(fragment, 2)
            + [64, transport, 0, 0] + from + to + content
    }

    static func ipv6(_ content: [UInt8], next: UInt8 = 6, from: UInt8 = 1, to: UInt8 = 25) -> [UInt8] {
        let prefix: [UInt8] = [0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        return [0x60, 0, 0, 0] + number(content.count, 2) + [next, 64] + prefix + [from] + prefix + [to] + content
    }

    static func tcp(
        _ content: [UInt8] = [],
        from: Int,
        to: Int,
        sequence: UInt32,
        acknowledgement: UInt32 = 0,
        flags: UInt8 = 0x18,
        header: UInt8 = 5
    ) -> [UInt8] {
        number(from, 2) + number(to, 2) + number(Int(sequence), 4) + number(Int(acknowledgement), 4) + [
            header << 4, flags,
        ]
            + number(65_535, 2) + [0, 0, 0, 0] + content
    }

    static func udp(_ content: [UInt8], from: Int, to: Int) -> [UInt8] {
        number(from, 2) + number(to, 2) + number(content.count + 8, 2) + [0, 0] + content
    }
}

/// A TCP connection to be captured: who says what, cut into segments as a test likes.
struct Talk {
    var clientPort = 40_000
    var serverPort = 25
    var clientStart: UInt32 = 1000
    var serverStart: UInt32 = 5000
    var time = 1_700_000_000.0
    private var said: [Side: Int] = [:]
    private(set) var packets: [Packets.Stored] = []
    /// Puts a segment of IP's content into whatever stands around it.
    var wrap: @Sendable (_ segment: [UInt8], _ isFromClient: Bool) -> [UInt8] = { segment, isFromClient in
        isFromClient
            ? Packets.ipv4(segment) : Packets.ipv4(segment, from: [192, 0, 2, 25], to: [192, 0, 2, 1])
    }

    init(clientPort: Int = 40_000, serverPort: Int = 25, clientStart: UInt32 = 1000, serverStart: UInt32 = 5000) {
        (self.clientPort, self.serverPort) = (clientPort, serverPort)
        (self.clientStart, self.serverStart) = (clientStart, serverStart)
    }

    mutating func open() {
        segment(.client, at: -1, [], flags: 2)
        segment(.server, at: -1, [], flags: 0x12)
        segment(.client, at: 0, [], flags: 0x10)
    }

    mutating func say(_ side: Side, _ text: String, pieces: Int = 1) { say(side, Array(text.utf8), pieces: pieces) }

    mutating func say(_ side: Side, _ octets: [UInt8], pieces: Int = 1) {
        let size = max(1, (octets.count + pieces - 1) / pieces)
        for start in stride(from: 0, to: octets.count, by: size) {
            let part = Array(octets[start..<min(start + size, octets.count)])
            segment(side, at: said[side, default: 0], part)
            said[side, default: 0] += part.count
        }
    }

    /// Octets that nobody captured.
    mutating func lose(_ side: Side, _ count: Int) { said[side, default: 0] += count }

    mutating func close(_ side: Side) {
        for end in [side, side.other] { segment(end, at: said[end, default: 0], [], flags: 0x11) }
    }

    /// One segment, its place counted from the first octet of its side.
    mutating func segment(_ side: Side, at offset: Int, _ octets: [UInt8], flags: UInt8 = 0x18, kept: Int? = nil) {
        let isClient = side == .client
        let start = isClient ? clientStart : serverStart
        let content = Packets.tcp(
            octets,
            from: isClient ? clientPort : serverPort,
            to: isClient ? serverPort : clientPort,
            sequence: start &+ 1 &+ UInt32(truncatingIfNeeded: offset),
            acknowledgement: (isClient ? serverStart : clientStart) &+ 1
                &+ UInt32(truncatingIfNeeded: said[side.other, default: 0]),
            flags: flags
        )
        // A time that every format can tell exactly.
        time += 0.015625
        packets.append(Packets.Stored(time: time, frame: wrap(content, isClient), kept: kept))
    }

    mutating func change(_ body: (inout [Packets.Stored]) -> Void) { body(&packets) }

    var file: CaptureFile? { CaptureFile(CaptureOctets(Packets.pcap(packets))) }
    var recording: Recording? { file.flatMap { $0.count == 1 ? $0.recording(0) : nil } }

    /// A whole ordinary session.
    static func mail(pieces: Int = 1, to recipient: String = "bob@receiver.example", _ talk: Talk = Talk()) -> Talk {
        var talk = talk
        talk.open()
        for (side, text) in dialogue {
            talk.say(side, text.replacing("bob@receiver.example", with: recipient), pieces: pieces)
        }
        talk.close(.server)
        return talk
    }

    static let dialogue: [(Side, String)] = [
        (.server, "220 mx.receiver.example ESMTP\r\n"), (.client, "EHLO out.sender.example\r\n"),
        (.server, "250-mx.receiver.example\r\n250 SIZE 1000000\r\n"), (.client, "MAIL FROM:<ada@sender.example>\r\n"),
        (.server, "250 2.1.0 Ok\r\n"), (.client, "RCPT TO:<bob@receiver.example>\r\n"), (.server, "250 2.1.5 Ok\r\n"),
        (.client, "DATA\r\n"), (.server, "354 Go on\r\n"),
        (.client, "From: a\r\nDate: b\r\n\r\n..dot\r\nbody\r\n.\r\n"), (.server, "250 2.0.0 Queued\r\n"),
        (.client, "QUIT\r\n"), (.server, "221 2.0.0 Bye\r\n"),
    ]
}

extension Recording {
    /// All octets of a side.
    func octets(_ side: Side) -> [UInt8] {
        events.flatMap { event -> [UInt8] in
            if case .octets(side, let octets, _) = event.kind { octets } else { [] }
        }
    }

    var trace: Trace { Tracer.trace(of: events) }

    func texts(_ speaker: TraceLine.Speaker? = nil) -> [String] {
        trace.lines.filter { speaker == nil || $0.speaker == speaker }.map { WireText.shown($0.octets) }
    }
}

/// Chance that comes out the same each time (SplitMix64).
struct Dice: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension CaptureFile {
    /// What a list says about each session.
    var summaries: [Summary] {
        var all: [Summary] = []
        eachSummary(of: 0..<count, atOnce: 7, making: { $1 }) { all += $0 }
        return all
    }
}
