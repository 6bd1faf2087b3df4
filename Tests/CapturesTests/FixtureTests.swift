import SMTP
import Captures
import Foundation
import Testing
import Tracing

/// Captures of real programs: every verb and every reply code is there, in order.
@Suite struct FixtureTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    static func load(_ name: String) throws -> CaptureFile {
        let octets = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
        return try #require(CaptureFile(CaptureOctets(octets)))
    }

    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.contains(".pcap") }
        .sorted()

    @Test func `there are captures to read`() { #expect(Self.names.count >= 12) }

    @Test(
        arguments: [
            ("swaks.pcap", "EHLO MAIL RCPT DATA QUIT", "220 250 250 250 354 250 221"),
            ("curl.pcap", "EHLO MAIL RCPT DATA QUIT", "220 250 250 250 354 250 221"),
            (
                "nested.pcap", "EHLO MAIL MAIL RCPT RSET NOOP XYZZY MAIL RCPT RCPT DATA AUTH AUTH QUIT",
                "220 250 250 503 250 250 250 500 250 250 250 354 250 250 250 221"
            ),
            (
                "pipelined.pcap", "EHLO MAIL RCPT RCPT DATA MAIL RCPT RSET QUIT",
                "220 250 250 250 250 354 250 250 250 250 221"
            ),
            ("bdat.pcap", "EHLO MAIL RCPT BDAT BDAT QUIT", "220 250 250 250 250 250 221"),
            ("starttls.pcap", "EHLO STARTTLS", "220 250 220"),
        ]
    )
    func `verbs and codes are complete and in order`(name: String, verbs: String, codes: String) throws {
        let capture = try Self.load(name)
        #expect(capture.count == 1)
        #expect(capture.warnings == [])
        let trace = capture.recording(0).trace
        #expect(trace.lines.compactMap(\.verbName).joined(separator: " ") == verbs)
        let replies = trace.lines.filter { line in
            guard case .reply = line.content else { return false }
            return line.octets.count < 4 || line.octets[3] != UInt8(ascii: "-")
        }
        #expect(replies.compactMap(\.replyCode).map(String.init).joined(separator: " ") == codes)
    }

    @Test(arguments: names) func `every octet is in a line`(name: String) throws {
        let recording = try Self.load(name).recording(0)
        #expect(recording.events.last?.kind == .close(by: name == "starttls.pcap" ? .client : .server))
        guard name != "starttls.pcap" else { return }
        for side in Side.allCases {
            let octets = recording.trace.lines.filter { $0.isWire && $0.speaker.rawValue == side.rawValue }
                .flatMap { $0.octets + $0.ending.octets }
            // A masked credential is as long as its mask.
            if name != "nested.pcap" { #expect(octets == recording.octets(side)) }
        }
    }

    @Test(
        arguments: names.filter {
            !["nested", "pipelined", "curl", "bdat", "starttls"].contains($0.split(separator: ".")[0])
        }
    )
    func `a session is the same in whatever frames it was captured`(name: String) throws {
        let (original, variant) = (try Self.load("swaks.pcap").recording(0), try Self.load(name).recording(0))
        let times = zip(original.events, variant.events).map { abs($0.time - $1.time) }
        #expect(times.allSatisfy { $0 < 2e-6 })
        for side in Side.allCases { #expect(variant.octets(side) == original.octets(side)) }
    }

    @Test func `a password in a capture is masked in whatever is made of it`() throws {
        let recording = try Self.load("nested.pcap").recording(0)
        let shown = RecordingWriter.file(recording) + recording.texts().joined()
        for secret in ["hunter2-CANARY", "aHVudGVyMi1DQU5BUl", "h1bnRlcjItQ0FOQVJZ", "odW50ZXIyLUNBTkFSW"] {
            #expect(!shown.contains(secret))
        }
        #expect(shown.contains("********"))
        let raw = try Data(contentsOf: Self.folder.appendingPathComponent("nested.pcap"))
        #expect(String(decoding: raw, as: UTF8.self).contains("odW50ZXIyLUNBTkFSW"))
    }

    @Test(arguments: names) func `a list says what the whole session says`(name: String) throws {
        let file = try Self.load(name)
        for (number, summary) in file.summaries.enumerated() {
            var glance = summary.glance
            let verdict = Verdict(of: file.recording(number).trace)
            #expect(glance.verdict().summary == verdict.summary, "\(name), session \(number)")
        }
    }

    @Test func `TLS is decoded as far as it is in the clear`() throws {
        let trace = try Self.load("starttls.pcap").recording(0).trace
        #expect(trace.lines.contains { $0.place.step == .ehloReply && $0.place.substep > 0 && !$0.spans.isEmpty })
        #expect(trace.lines.flatMap(\.findings).filter { $0.severity == .error }.isEmpty)
    }
}
