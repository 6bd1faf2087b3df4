import SMTP
import Tracing
import Testing

@testable import Stage

/// What is looked at of a conversation that goes on for long.
@Suite struct ConversationTraceTests {
    private static func event(_ side: Side, _ text: String) -> WireEvent {
        WireEvent(.octets(from: side, Array(text.utf8)), leg: .relay, at: 0)
    }

    private static let opening: [WireEvent] = [
        event(.server, "220 mx.example ESMTP\r\n"), event(.client, "EHLO c.example\r\n"),
        event(.server, "250 mx.example\r\n"),
    ]

    /// One mail with so many lines of body, and its answers.
    private static func mail(lines: Int) -> [WireEvent] {
        [
            event(.client, "MAIL FROM:<a@b.example>\r\n"), event(.server, "250 OK\r\n"),
            event(.client, "RCPT TO:<c@d.example>\r\n"), event(.server, "250 OK\r\n"), event(.client, "DATA\r\n"),
            event(.server, "354 Go\r\n"),
            event(.client, "From: <a@b.example>\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n\r\n"),
        ] + (0..<lines / 1000).map { _ in event(.client, String(repeating: "a line\r\n", count: 1000)) } + [
            event(.client, ".\r\n"), event(.server, "250 Taken\r\n"),
        ]
    }

    private static let leaving: [WireEvent] = [event(.client, "QUIT\r\n"), event(.server, "221 Bye\r\n")]

    private func traced(_ events: [WireEvent]) -> ConversationTrace {
        var traced = ConversationTrace()
        for event in events { traced.consume(event) }
        traced.finish()
        return traced
    }

    @Test func `a mail of more lines than are shown is followed to its answer and to QUIT`() {
        let traced = traced(Self.opening + Self.mail(lines: 60_000) + Self.leaving)
        #expect(!traced.isCut)
        #expect(traced.trace.mails.map(\.outcome) == [.accepted])
        #expect(traced.trace.lines.flatMap(\.findings).isEmpty)
        #expect(traced.trace.stops.last?.place.step == .quit)
    }

    @Test func `of what is beyond the bound nothing is said, and the mail under way there is followed to its end`() {
        let five = (0..<6).flatMap { _ in Self.mail(lines: 60_000) }
        let traced = traced(Self.opening + five + Self.leaving)
        #expect(traced.isCut)
        #expect(traced.trace.mails.map(\.outcome) == Array(repeating: .accepted, count: 4))
        #expect(traced.trace.lines.flatMap(\.findings).isEmpty)
    }

    @Test func `what never ends is cut all the same`() {
        let noise = (0..<500).map { _ in Self.event(.client, String(repeating: "NOOP\r\n", count: 1000)) }
        let traced = traced(Self.opening + noise)
        #expect(traced.isCut)
        #expect(traced.trace.lines.count < ConversationTrace.maxLines + 2000)
    }
}
