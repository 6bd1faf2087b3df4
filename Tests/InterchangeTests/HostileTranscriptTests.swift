import Foundation
import Interchange
import Testing
import Tracing

/// Logs that lie, break off, or are no logs.
@Suite struct HostileTranscriptTests {
    /// Reads, traces and writes it: nothing of that may trap, and the recording must come back as it was written.
    private func survive(_ octets: [UInt8]) throws {
        for recording in TranscriptReader.read(octets) {
            #expect(zip(recording.events, recording.events.dropFirst()).allSatisfy { $0.time <= $1.time })
            let trace = Tracer.trace(of: recording.events)
            for line in trace.lines {
                #expect(line.spans.last.map(\.range.upperBound) ?? 0 == line.octets.count + line.ending.octets.count)
            }
            let again = try RecordingReader.read(Array(RecordingWriter.file(recording).utf8))
            #expect(again.events.count == recording.events.count)
        }
    }

    @Test(arguments: [
        "swaks.txt", "phpmailer-html.txt", "smtplib-2.txt", "nodemailer-json.txt", "exchange-receive.txt",
        "openssl-wrapped.txt",
    ])
    func `a log cut off anywhere`(name: String) throws {
        let whole = try TranscriptFixtures.octets(name)
        for length in stride(from: 0, through: whole.count, by: max(1, whole.count / 23)) {
            try survive(Array(whole.prefix(length)))
        }
    }

    @Test(arguments: [
        "telnet.txt", "swaks-tls.txt", "phpmailer-4.txt", "go.txt", "opensmtpd.txt", "hmailserver.txt", "curl-auth.txt",
    ])
    func `a log with octets changed by chance`(name: String) throws {
        let whole = try TranscriptFixtures.octets(name)
        var chance: UInt64 = 88172645463325252
        for _ in 0..<20 {
            var changed = whole
            for _ in 0..<12 {
                chance ^= chance << 13
                chance ^= chance >> 7
                chance ^= chance << 17
                changed[Int(chance % UInt64(changed.count))] =
                    [0, 10, 13, 27, 32, 34, 39, 60, 92, 255, 50, 45][Int(chance >> 32 % 12)]
            }
            try survive(changed)
        }
    }

    @Test func `one side alone is said to be`() throws {
        let client = "C: EHLO a\nC: MAIL FROM:<a@b>\nC: RCPT TO:<c@d>\nC: DATA\nC: x\nC: .\nC: QUIT\n"
        let server = "S: 220 mx\nS: 250 mx\nS: 250 ok\nS: 250 ok\nS: 354 go\nS: 250 ok\nS: 221 bye\n"
        for text in [client, server] {
            let recording = try #require(TranscriptReader.read(Array(text.utf8)).first)
            #expect(recording.warnings.contains { $0.contains("the log holds nothing that the") })
            let findings = Tracer.trace(of: recording.events).lines.flatMap(\.findings).map(\.id)
            for id in ["command-unanswered", "command-before-reply", "reply-without-command", "data-before-354"] {
                #expect(!findings.contains(id))
            }
        }
    }

    @Test func `arrows that change their meaning half way`() throws {
        let text = "> EHLO a\n< 250 mx\n> 250 ok\n< MAIL FROM:<a@b>\n> 250 ok\n< RCPT TO:<c@d>\n> 550 no\n"
        let trace = Tracer.trace(of: TranscriptReader.read(Array(text.utf8)).first?.events ?? [])
        #expect(
            trace.lines.filter { $0.speaker == .client && $0.isWire }.compactMap(\.verbName) == [
                "EHLO", "MAIL", "RCPT",
            ]
        )
    }

    @Test func `remarks are bounded`() throws {
        let noise = (0..<20_000).map { "noise \($0)\n" }.joined()
        let text = "S: 220 mx ESMTP\n\(noise)C: EHLO a\n\(noise)S: 250 mx\n"
        let recording = try #require(TranscriptReader.read(Array(text.utf8)).first)
        let trace = Tracer.trace(of: recording.events)
        #expect(trace.lines.count < 100)
        #expect(trace.lines.contains { WireText.shown($0.octets).contains("19980 more lines") })
    }

    @Test func `a line without an end`() throws {
        try survive(Array("220 mx ESMTP\nEHLO ".utf8) + [UInt8](repeating: 65, count: 1 << 20))
        try survive(Array("250-".utf8) + Array(repeatElement(Array("250-SIZE".utf8), count: 20_000).joined()))
    }

    @Test func `controls, NUL and half characters`() throws {
        try survive(Array("220 mx\u{202E} ESMTP\u{0}\nEHLO \u{7}\u{8}\u{8}\u{8}a\n250 mx\n".utf8))
        try survive([0xFF, 0xFE] + Array("2\u{0}2\u{0}0\u{0} \u{0}a\u{0}\n\u{0}E".utf8))
        try survive([0xFE, 0xFF, 0xD8])
        try survive(Array("S: 220 \u{1B}[2J\u{1B}]0;".utf8))
    }

    @Test func `octets by chance`() throws {
        var chance: UInt64 = 1
        for count in [1, 7, 100, 1_000] {
            for _ in 0..<20 {
                let octets = (0..<count).map { _ -> UInt8 in
                    chance = chance &* 6364136223846793005 &+ 1442695040888963407
                    return UInt8(chance >> 56)
                }
                try survive(octets)
            }
        }
    }
}
