import Captures
import Cryptography
import Foundation
import SMTP
import Testing
import Tracing

/// TLS in captures of real programs, opened with the key logs they wrote. What was inside is what tshark says.
@Suite struct OpenedTLSTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures/TLS")
    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".keys") }
        .map { String($0.dropLast(5)) }.sorted()

    static func octets(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    static func keys(_ name: String) throws -> KeyLog { KeyLog(try octets("\(name).keys")) }

    static func recording(_ octets: [UInt8], _ keys: KeyLog) throws -> Recording {
        try #require(CaptureFile(CaptureOctets(octets), keys: keys)).recording(0)
    }

    static func open(_ name: String) throws -> Recording { try recording(octets("\(name).pcap"), keys(name)) }

    /// What both sides said once TLS was up, as `C: EHLO …`.
    static func inside(_ recording: Recording) -> [String] {
        var lines: [String] = []
        var isSecured = false
        for event in recording.events {
            switch event.kind {
            case .tls: isSecured = true
            case .octets(let side, let octets, _) where isSecured:
                var text = String(decoding: octets, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
                if text.hasSuffix("\n") { text.removeLast() }
                lines += text.components(separatedBy: "\n").map { "\(side == .client ? "C" : "S"): \($0)" }
            default: break
            }
        }
        return lines
    }

    static func notes(_ recording: Recording) -> [String] {
        recording.events.compactMap { if case .note(let text) = $0.kind { text } else { nil } }
    }

    private static func expected(_ name: String) throws -> [String] {
        String(decoding: try octets("\(name).inside"), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func `there are captures to open`() { #expect(Self.names.count >= 10) }

    @Test(arguments: names.filter { $0 != "cbc12" }) func `inside is what tshark finds there`(name: String) throws {
        let recording = try Self.open(name)
        #expect(Self.inside(recording) == (try Self.expected(name)))
        #expect(!recording.events.contains { if case .gap = $0.kind { true } else { false } })
        #expect(!Self.notes(recording).contains { $0.contains("shut") || $0.contains("does not") })
        // Nothing inside is left as the records it came in.
        let wire = recording.trace.lines.filter { $0.isWire && !$0.isTLS }
        #expect(wire.count >= (try Self.expected(name).count))
    }

    @Test(arguments: names) func `a list says what the whole session says`(name: String) throws {
        let file = try #require(CaptureFile(CaptureOctets(Self.octets("\(name).pcap")), keys: Self.keys(name)))
        for summary in file.summaries {
            var glance = summary.glance
            #expect(glance.verdict().summary == Verdict(of: file.recording(0).trace).summary)
        }
    }

    @Test(arguments: [
        ("curl13", "TLS 1.3", "TLS_AES_256_GCM_SHA384", "x25519", ["EncryptedExtensions", "CertificateVerify"]),
        ("retry13", "TLS 1.3", "TLS_AES_256_GCM_SHA384", "secp384r1", ["EncryptedExtensions"]),
        ("gcm12", "TLS 1.2", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "x25519", ["ServerKeyExchange", "Finished"]),
    ])
    func `what was agreed is told as a live session tells it`(
        name: String,
        version: String,
        cipher: String,
        group: String,
        messages: [String]
    ) throws {
        let recording = try Self.open(name)
        let all = recording.events.compactMap { if case .tls(let facts) = $0.kind { facts } else { nil } }
        let facts = try #require(all.first)
        #expect(all.count == 1)
        #expect((facts.version, facts.cipher, facts.group) == (version, cipher, group))
        #expect(facts.messages.first?.name == "ClientHello")
        #expect(Set(facts.messages.map(\.name)).isSuperset(of: messages))
        #expect(facts.messages.filter { $0.name == "Finished" }.count == 2)
        #expect(facts.chain.map(\.subject) == ["CN=mx.receiver.example"])
        // Its dates are held against the time of the capture.
        #expect(facts.chain.first?.validity == .valid)
        #expect(facts.name?.found == (facts.serverName == nil ? nil : "DNS:mx.receiver.example"))
    }

    @Test func `messages behind the handshake are told by their names`() throws {
        let notes = Self.notes(try Self.open("update13"))
        #expect(notes.filter { $0.contains("NewSessionTicket") }.count == 2)
        #expect(notes.filter { $0.contains("KeyUpdate") }.count == 3)
        #expect(notes.filter { $0.contains("close_notify") }.count == 2)
    }

    /// What TLS holds is known by the keys alone: a port says nothing, and other things than mail go through TLS.
    @Test(arguments: [4465, 443, 8025])
    func `TLS from the first octet is mail on any port where the keys show mail inside`(
        port: Int
    ) throws {
        let octets = try Self.octets("smtps13.pcap", port: 465, moved: port)
        #expect(Self.inside(try Self.recording(octets, Self.keys("smtps13"))) == (try Self.expected("smtps13")))
        for keys in [KeyLog(), try Self.keys("curl13")] {
            #expect(CaptureFile(CaptureOctets(octets), keys: keys)?.count == 0)
        }
        let web = try Self.octets("Web/web13.pcap", port: 8443, moved: port)
        #expect(CaptureFile(CaptureOctets(web), keys: try Self.keys("Web/web13"))?.count == 0)
    }

    /// A capture in which a server has another port.
    static func octets(_ name: String, port: Int, moved: Int) throws -> [UInt8] {
        var octets = try octets(name)
        var packet = 24
        while packet + 16 + 34 < octets.count {
            let internet = packet + 16 + 14
            let tcp = internet + Int(octets[internet] & 15) * 4
            for place in [tcp, tcp + 2] where octets[place] == port >> 8 && octets[place + 1] == port & 255 {
                (octets[place], octets[place + 1]) = (UInt8(moved >> 8), UInt8(moved & 255))
            }
            packet += 16 + (0..<4).reduce(0) { $0 | Int(octets[packet + 8 + $1]) << ($1 * 8) }
        }
        return octets
    }

    @Test func `secrets that the capture holds need no option`() throws {
        let recording = try Self.recording(Self.octets("secrets.pcapng"), KeyLog())
        #expect(Self.inside(recording) == (try Self.expected("curl13")))
    }

    @Test func `without keys nothing changes`() throws {
        let recording = try Self.recording(Self.octets("curl13.pcap"), KeyLog())
        #expect(Self.inside(recording) == [])
        #expect(!Self.notes(recording).contains { $0.contains("TLS") })
    }
}
