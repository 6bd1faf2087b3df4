import SMTP
import Testing

@testable import Lessons
@testable import Tracing

/// A field of a TLS record leads to the section of its own name.
struct TLSAnchorTests {
    private func anchors(_ record: [UInt8], _ side: Side = .server) -> [String] {
        var reader = TLSReader(side)
        return reader.read(record).flatMap { $0 }.map(\.anchor.path)
    }

    @Test func `an alert leads to its own section, and an unknown one to all`() {
        #expect(anchors([21, 3, 3, 0, 2, 2, 48]).suffix(2) == ["tls/alert@unknown_ca", "tls/alert@unknown_ca"])
        #expect(anchors([21, 3, 3, 0, 2, 2, 77]).suffix(2) == ["tls/alert", "tls/alert"])
    }

    @Test func `a message leads to its own section`() {
        #expect(anchors([22, 3, 3, 0, 4, 14, 0, 0, 0]).contains("tls/handshake-message@ServerHelloDone"))
        #expect(anchors([22, 3, 3, 0, 4, 99, 0, 0, 0]).contains("tls/handshake-message"))
        #expect(anchors([22, 3, 3, 0, 5, 20, 0, 0, 1, 0]).contains("tls/finished"))
    }

    @Test func `an extension leads to its own section`() {
        let hello: [UInt8] = [3, 3] + Array(repeating: 7, count: 32) + [0, 0, 2, 0x13, 1, 1, 0]
        let body = hello + [0, 12] + [0, 23, 0, 0, 0x0A, 0x0A, 0, 0, 0x12, 0x34, 0, 0]
        let found = anchors([22, 3, 1, 0, UInt8(body.count + 4), 1, 0, 0, UInt8(body.count)] + body, .client)
        for name in ["tls/extension@extended_master_secret", "tls/extension@GREASE", "tls/extension"] {
            #expect(found.contains(name), "\(found)")
        }
        #expect(!found.contains("tls/extension@0x1234"))
    }

    @Test func `every name of the tables has a section`() throws {
        let anchors = try Set(LessonLibrary(root: Fixture.realLessons).anchors().map(\.path))
        #expect(!anchors.isEmpty)
        for name in TLSRegistry.alerts.values { #expect(anchors.contains("tls/alert@\(name)"), "\(name)") }
        let files: Set = [
            "server_name", "supported_groups", "signature_algorithms", "ALPN", "session_ticket",
            "pre_shared_key", "supported_versions", "psk_key_exchange_modes", "key_share",
        ]
        for name in TLSRegistry.extensions.values where !files.contains(name) {
            #expect(anchors.contains("tls/extension@\(name)"), "\(name)")
        }
        let messages: Set = ["NewSessionTicket", "Certificate", "ServerKeyExchange", "ClientKeyExchange", "Finished"]
        for name in TLSRegistry.messages.values where !messages.contains(name) {
            #expect(anchors.contains("tls/handshake-message@\(name)"), "\(name)")
        }
    }
}
