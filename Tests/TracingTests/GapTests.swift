import SMTP
import Testing

@testable import Tracing

/// Octets that a recording lacks, and mail data that is more than anybody reads.
@Suite struct GapTests {
    @Test(arguments: [
        ("client 25", WireEvent.Kind.gap(from: .client, octets: 25)), ("server", .gap(from: .server, octets: nil)),
        ("server 7 sealed", .gap(from: .server, octets: 7, isSealed: true)),
        ("client sealed", .gap(from: .client, octets: nil, isSealed: true)),
    ])
    func `a gap is written and read`(payload: String, kind: WireEvent.Kind) throws {
        let event = WireEvent(kind, leg: .relay, at: 1)
        #expect(RecordingWriter.line(event) == "[1,\"relay\",\"gap\",\"\(payload)\"]\n")
        #expect(try RecordingReaderTests.read(String(RecordingWriter.line(event).dropLast())).events == [event])
    }

    @Test(arguments: [
        "", "nobody", "client -1", "client 0", "client x", "client 1 2", "client  1", "client sealed 1", "sealed",
    ])
    func `what is no gap is left out`(payload: String) throws {
        #expect(try RecordingReaderTests.read("[1,\"relay\",\"gap\",\"\(payload)\"]").warnings.count == 1)
    }

    private static func trace(_ events: [WireEvent.Kind]) -> Trace {
        Tracer.trace(of: events.map { WireEvent($0, leg: .relay) })
    }

    private static func octets(_ side: Side, _ text: String) -> WireEvent.Kind {
        .octets(from: side, Array(text.utf8))
    }

    @Test func `a credential cut by a gap stays masked`() {
        let trace = Self.trace([
            Self.octets(.server, "220 mx.example ESMTP\r\n"), Self.octets(.client, "AUTH LOGIN\r\n"),
            Self.octets(.server, "334 VXNlcm5hbWU6\r\n"), Self.octets(.client, "aHVudGVyMi"),
            .gap(from: .client, octets: 4),
            Self.octets(.client, "1DQU5BUlk=\r\n"), Self.octets(.server, "235 ok\r\n"),
            Self.octets(.client, "QUIT\r\n"),
        ])
        let text = trace.lines.map { WireText.shown($0.octets) }.joined(separator: "\n")
        #expect(!text.contains("aHVudGVy") && !text.contains("1DQU5BUlk"))
        #expect(trace.lines.last?.verbName == "QUIT")
    }

    @Test func `a gap inside a chunk shortens it`() {
        let trace = Self.trace([
            Self.octets(.server, "220 mx.example ESMTP\r\n"), Self.octets(.client, "BDAT 10 LAST\r\nabc"),
            .gap(from: .client, octets: 5), Self.octets(.client, "yzQUIT\r\n"),
        ])
        #expect(trace.lines.filter { $0.content == .chunk }.map { WireText.shown($0.octets) } == ["abc", "yz"])
        #expect(trace.lines.last?.verbName == "QUIT")
    }

    @Test func `a body of more lines than anybody reads is counted`() throws {
        let short = String(repeating: "a\r\n", count: 1000)
        let long = String(repeating: String(repeating: "b", count: 988) + "\r\n", count: 1000)
        var events = [
            Self.octets(.server, "220 mx.example ESMTP\r\n"), Self.octets(.client, "DATA\r\n"),
            Self.octets(.server, "354 go\r\n"),
            Self.octets(.client, "From: a\r\nDate: b\r\n\r\n"),
        ]
        let (shorts, longs) = (TracedMail.maxLines / 1000, TracedMail.maxOctets / 990_000 + 3)
        for _ in 0..<shorts { events.append(Self.octets(.client, short)) }
        for _ in 0..<longs { events.append(Self.octets(.client, long)) }
        events += [Self.octets(.client, "..dot\r\nend\r\n.\r\n"), Self.octets(.server, "250 ok\r\n")]
        let trace = Self.trace(events)
        let mail = try #require(trace.mails.first)
        let lines = (shorts + longs) * 1000 + 5
        #expect(mail.lineCount == lines)
        #expect(mail.code == 250)
        #expect(
            trace.lines.count { if case .mailData = $0.content { true } else { false } } == TracedMail.maxLines + 1
        )
        // Three lines of the header are among those shown, so three short ones are not.
        let left = longs * 990_000 + 3 * 3 + 12
        let said = trace.lines.last { $0.speaker == .note }.map { WireText.shown($0.octets) }
        #expect(
            said == "\(lines - TracedMail.maxLines) more lines of mail data, \(left) octets, are not shown one by one"
        )
        #expect(mail.content.count + mail.octetsLeftOut == 20 + shorts * 3000 + longs * 990_000 + 11)
        #expect(mail.stuffedLines == 1)
    }

    @Test func `behind 421 nothing is missing`() {
        let events = [
            WireEvent(.connect(to: "[192.0.2.1]:25"), leg: .relay),
            WireEvent(.connected(to: "[192.0.2.1]:25"), leg: .relay),
            WireEvent(Self.octets(.server, "421 closing\r\n"), leg: .relay),
            WireEvent(.gap(from: .client, octets: 9), leg: .relay),
        ]
        let trace = Tracer.trace(of: events)
        #expect(!trace.lines.contains { $0.content == .event(LessonAnchor("link/gap")) })
        #expect(Verdict(of: trace).outcome == .deferred)
    }
}
