import Captures
import Cryptography
import SMTP
import Testing
import Tracing

/// TLS that cannot be opened, or not wholly: the reason is said, and what can be read is read.
@Suite struct ShutTLSTests {
    /// The records of a pcap file of a small machine, each with its head of sixteen octets.
    private static func packets(_ file: [UInt8]) -> [[UInt8]] {
        var rest = file.dropFirst(24)
        var packets: [[UInt8]] = []
        while rest.count >= 16 {
            let length = rest.dropFirst(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            packets.append(Array(rest.prefix(16 + length)))
            rest = rest.dropFirst(16 + length)
        }
        return packets
    }

    private static func file(_ packets: [[UInt8]], like file: [UInt8]) -> [UInt8] {
        Array(file.prefix(24)) + packets.flatMap { $0 }
    }

    /// Where in a packet of IPv4 over Ethernet the content begins: behind the head of the file, 14, 20 and what TCP says.
    private static func content(_ packet: [UInt8]) -> Int { 16 + 14 + 20 + Int(packet[16 + 14 + 20 + 12] >> 4) * 4 }

    /// The packets of content that a side sent, by their numbers.
    private static func spoken(_ packets: [[UInt8]], toPort port: Int? = nil, fromPort: Int? = nil) -> [Int] {
        packets.indices.filter { number in
            let packet = packets[number]
            let source = Int(packet[50]) << 8 | Int(packet[51])
            let destination = Int(packet[52]) << 8 | Int(packet[53])
            return content(packet) < packet.count && (port == nil || destination == port)
                && (fromPort == nil || source == fromPort)
        }
    }

    private func shut(_ octets: [UInt8], _ keys: KeyLog) throws -> String {
        let recording = try OpenedTLSTests.recording(octets, keys)
        #expect(OpenedTLSTests.inside(recording) == [])
        let notes = OpenedTLSTests.notes(recording).filter { $0.hasPrefix("TLS stays shut: ") }
        #expect(notes.count == 1)
        return notes.first ?? ""
    }

    @Test func `a suite that is not read is named`() throws {
        let note = try shut(OpenedTLSTests.octets("cbc12.pcap"), OpenedTLSTests.keys("cbc12"))
        #expect(note.contains("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"))
    }

    @Test func `a client random that the log does not know is named`() throws {
        let note = try shut(OpenedTLSTests.octets("curl13.pcap"), OpenedTLSTests.keys("gcm12"))
        #expect(note.contains("no key for its client random"))
    }

    @Test func `a side whose secret is missing stays shut, and the other is read`() throws {
        let lines = String(decoding: try OpenedTLSTests.octets("curl13.keys"), as: UTF8.self).split(separator: "\n")
        let some = lines.filter { !$0.hasPrefix("SERVER_TRAFFIC") }.joined(separator: "\n")
        let recording = try OpenedTLSTests.recording(
            OpenedTLSTests.octets("curl13.pcap"),
            KeyLog(Array(some.utf8))
        )
        let whole = OpenedTLSTests.inside(try OpenedTLSTests.open("curl13"))
        #expect(OpenedTLSTests.inside(recording) == whole.filter { $0.hasPrefix("C: ") })
        #expect(
            OpenedTLSTests.notes(recording).filter { $0.contains("lacks the secret of what the server") }.count == 1
        )
        #expect(recording.events.contains { if case .gap(.server, _, _) = $0.kind { true } else { false } })
    }

    /// A session of curl13, read with the lines of its key log that do not begin so.
    private func recording(without labels: String..., of name: String = "curl13") throws -> Recording {
        let lines = String(decoding: try OpenedTLSTests.octets("\(name).keys"), as: UTF8.self).split(separator: "\n")
        let some = lines.filter { line in !labels.contains { line.hasPrefix($0) } }.joined(separator: "\n")
        return try OpenedTLSTests.recording(OpenedTLSTests.octets("\(name).pcap"), KeyLog(Array(some.utf8)))
    }

    private static func gaps(_ recording: Recording) -> [WireEvent.Kind] {
        recording.events.map(\.kind).filter { if case .gap = $0 { true } else { false } }
    }

    @Test(arguments: ["CLIENT_HANDSHAKE", "SERVER_HANDSHAKE"], ["curl13", "opensmtpd13"])
    func `a secret of the handshake that is missing hides nothing of the session`(label: String, name: String) throws {
        let recording = try recording(without: label, of: name)
        #expect(OpenedTLSTests.inside(recording) == OpenedTLSTests.inside(try OpenedTLSTests.open(name)))
        #expect(Self.gaps(recording) == [])
        #expect(OpenedTLSTests.notes(recording).filter { $0.contains("says in the handshake") }.count == 1)
        let findings = try OpenedTLSTests.open(name).trace.lines.flatMap(\.findings)
        #expect(recording.trace.lines.flatMap(\.findings) == findings)
    }

    @Test(arguments: ["curl13", "opensmtpd13"])
    func `what the client said before the handshake was seen to end is a gap`(name: String) throws {
        let recording = try recording(without: "CLIENT_", of: name)
        let kinds = recording.events.map(\.kind)
        let up = try #require(kinds.firstIndex { if case .tls = $0 { true } else { false } })
        #expect({ if case .gap(.client, .some, true) = kinds[up + 1] { true } else { false } }())
        #expect(!recording.trace.lines.flatMap(\.findings).contains { $0.kind == .replyWithoutCommand })
        #expect(
            Self.gaps(recording).allSatisfy { if case .gap(.client, _, true) = $0 { true } else { false } }
        )
    }

    @Test func `a login whose answers stay sealed is no unknown command`() throws {
        let recording = try recording(without: "SERVER_TRAFFIC", of: "opensmtpd13")
        #expect(!recording.trace.lines.flatMap(\.findings).contains { $0.kind == .unknownVerb })
        #expect(
            Self.gaps(recording).allSatisfy { if case .gap(.server, _, true) = $0 { true } else { false } }
        )
    }

    @Test func `octets that the capture lacks are no sealed ones`() throws {
        let file = try OpenedTLSTests.octets("curl13.pcap")
        let packets = Self.packets(file)
        let number = try #require(Self.spoken(packets, toPort: 25).dropLast(2).last)
        let rest = packets.enumerated().filter { $0.offset != number }.map(\.element)
        let recording = try OpenedTLSTests.recording(Self.file(rest, like: file), OpenedTLSTests.keys("curl13"))
        #expect(
            Self.gaps(recording).contains { if case .gap(.client, .some, false) = $0 { true } else { false } }
        )
    }

    @Test func `what was given counts before what the capture holds`() throws {
        var file = try OpenedTLSTests.octets("secrets.pcapng")
        let keys = try OpenedTLSTests.octets("curl13.keys")
        for line in keys.split(separator: 10) where line.first != UInt8(ascii: "#") {
            let secret = Array(line.split(separator: 32).last ?? [])
            let place = try #require(file.indices.first { file[$0...].starts(with: secret) })
            file[place] = file[place] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
        }
        #expect(OpenedTLSTests.inside(try OpenedTLSTests.recording(file, KeyLog())) == [])
        let whole = OpenedTLSTests.inside(try OpenedTLSTests.open("curl13"))
        #expect(OpenedTLSTests.inside(try OpenedTLSTests.recording(file, KeyLog(keys))) == whole)
    }

    @Test func `secrets of another version are none`() throws {
        let lines = String(decoding: try OpenedTLSTests.octets("curl13.keys"), as: UTF8.self).split(separator: "\n")
        let random = try #require(lines.last?.split(separator: " ").dropFirst().first)
        let master = "CLIENT_RANDOM \(random) \(String(repeating: "ab", count: 48))"
        let note = try shut(OpenedTLSTests.octets("curl13.pcap"), KeyLog(Array(master.utf8)))
        #expect(note.contains("lacks secrets of it that TLS 1.3 needs"))
    }

    @Test func `a capture that lacks the handshake is said to`() throws {
        let file = try OpenedTLSTests.octets("curl13.pcap")
        let packets = Self.packets(file)
        let hello = try #require(
            Self.spoken(packets, toPort: 25).first { packets[$0][Self.content(packets[$0])] == 22 }
        )
        let note = try shut(
            Self.file(packets.enumerated().filter { $0.offset != hello }.map(\.element), like: file),
            OpenedTLSTests.keys("curl13")
        )
        #expect(note.contains("lacks the ClientHello"))
        let answer = try #require(
            Self.spoken(packets, fromPort: 25).first { packets[$0][Self.content(packets[$0])] == 22 }
        )
        let second = try shut(
            Self.file(packets.enumerated().filter { $0.offset != answer }.map(\.element), like: file),
            OpenedTLSTests.keys("curl13")
        )
        #expect(second.contains("lacks the ServerHello"))
    }

    @Test func `a secret that is wrong is told, and nothing is made up`() throws {
        var keys = String(decoding: try OpenedTLSTests.octets("gcm12.keys"), as: UTF8.self)
        while keys.last?.isNewline == true { keys.removeLast() }
        let last = keys.removeLast()
        let recording = try OpenedTLSTests.recording(
            OpenedTLSTests.octets("gcm12.pcap"),
            KeyLog(Array((keys + (last == "0" ? "1" : "0")).utf8))
        )
        #expect(OpenedTLSTests.inside(recording) == [])
        #expect(OpenedTLSTests.notes(recording).filter { $0.contains("key in the log does not open") }.count == 2)
    }

    @Test(arguments: ["curl13", "gcm12", "chacha12"])
    func `a record that was changed is a gap, and those behind it are read`(name: String) throws {
        let file = try OpenedTLSTests.octets("\(name).pcap")
        var packets = Self.packets(file)
        let whole = OpenedTLSTests.inside(try OpenedTLSTests.open(name))
        // The last record of the client but QUIT and close_notify ends the mail data.
        let number = try #require(Self.spoken(packets, toPort: 25).dropLast(2).last)
        packets[number][packets[number].count - 1] ^= 1
        let recording = try OpenedTLSTests.recording(Self.file(packets, like: file), OpenedTLSTests.keys(name))
        #expect(OpenedTLSTests.notes(recording).filter { $0.contains("does not authenticate") }.count == 1)
        #expect(
            recording.events.contains {
                if case .gap(.client, let count, _) = $0.kind { (count ?? 0) > 0 } else { false }
            }
        )
        let inside = OpenedTLSTests.inside(recording)
        #expect(inside.last == whole.last)
        #expect(inside.contains("C: QUIT"))
        #expect(!inside.contains("C: ."))
        #expect(inside.count == whole.count - 1)
    }

    @Test(arguments: ["curl13", "gcm12", "chacha12", "update13", "smtps13"])
    func `whatever packet is missing, what stands behind it is read`(name: String) throws {
        let file = try OpenedTLSTests.octets("\(name).pcap")
        let packets = Self.packets(file)
        let whole = OpenedTLSTests.inside(try OpenedTLSTests.open(name))
        let keys = try OpenedTLSTests.keys(name)
        let established = 12
        for number in Self.spoken(packets).dropFirst(established).dropLast(6) {
            let rest = packets.enumerated().filter { $0.offset != number }.map(\.element)
            let inside = OpenedTLSTests.inside(try OpenedTLSTests.recording(Self.file(rest, like: file), keys))
            #expect(inside.count < whole.count || inside == whole, "packet \(number) of \(name)")
            #expect(inside.suffix(1) == whole.suffix(1), "packet \(number) of \(name)")
            #expect(Set(inside).isSubset(of: whole), "packet \(number) of \(name)")
        }
    }

    @Test(arguments: OpenedTLSTests.names) func `no change of an octet makes up words or crashes`(name: String) throws {
        let file = try OpenedTLSTests.octets("\(name).pcap")
        let whole = Set(OpenedTLSTests.inside(try OpenedTLSTests.open(name)))
        let keys = try OpenedTLSTests.keys(name)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<60 {
            var changed = file
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                changed[Int.random(in: 24..<file.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let capture = CaptureFile(CaptureOctets(changed), keys: keys) else { continue }
            for number in 0..<capture.count {
                let recording = capture.recording(number)
                guard recording.events.contains(where: { if case .tls = $0.kind { true } else { false } }) else {
                    continue
                }
                #expect(Set(OpenedTLSTests.inside(recording)).isSubset(of: whole))
            }
        }
    }
}
