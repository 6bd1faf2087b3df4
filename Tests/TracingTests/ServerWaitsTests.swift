import SMTP
import Testing

@testable import Tracing

/// A server that lets its client wait, told by the times of the events, whoever wrote them down.
@Suite struct ServerWaitsTests {
    /// The ids and seconds of what was found, line by line.
    private static func found(_ events: [(Double, WireEvent.Kind)], inferred: Set<Int> = []) -> [String] {
        let all = events.enumerated().map { index, event in
            WireEvent(event.1, leg: .relay, at: event.0, isInferred: inferred.contains(index))
        }
        let findings = Tracer.trace(of: all).lines.flatMap(\.findings)
        return findings.filter { [.greetingDelayed, .replyDelayed].contains($0.kind) }.map {
            "\($0.id) \($0.difference ?? 0)"
        }
    }

    private static func client(_ text: String) -> WireEvent.Kind { .octets(from: .client, Array("\(text)\r\n".utf8)) }
    private static func server(_ text: String) -> WireEvent.Kind { .octets(from: .server, Array("\(text)\r\n".utf8)) }
    private static let connected = WireEvent.Kind.connected(to: "mx.example [192.0.2.1]:25")
    private static let greeting = server("220 mx.example ESMTP")
    private static let opening: [(Double, WireEvent.Kind)] = [
        (0, connected), (0.1, greeting), (0.2, client("EHLO c.example")),
    ]

    @Test func `a greeting is waited for from the connection on`() {
        #expect(Self.found([(0.5, Self.connected), (6.7, Self.greeting)]) == ["greeting-delayed 6"])
        #expect(Self.found([(0.5, Self.connected), (3.4, Self.greeting)]) == [])
        // How long the network took is no matter of the server.
        let trying = WireEvent.Kind.connect(to: "mx.example [192.0.2.1]:25")
        #expect(Self.found([(0.5, trying), (9.5, Self.connected), (9.6, Self.greeting)]) == [])
        // A greeting that pauses behind its first line is a greet pause too.
        let teaser = Self.server("220-mx.example ESMTP")
        #expect(
            Self.found([(0, Self.connected), (0.1, teaser), (6.2, Self.greeting)]) == ["greeting-delayed 6"]
        )
    }

    @Test func `each reply is waited for from the client's last octet on, and the client's own time is no wait`() {
        let slow =
            Self.opening + [
                (4.3, Self.server("250 mx.example")), (60.1, Self.client("MAIL FROM:<a@c.example>")),
                (60.2, Self.server("250 ok")), (99.5, Self.client("QUIT")), (104.6, Self.server("221 bye")),
            ]
        #expect(Self.found(slow) == ["reply-delayed 4", "reply-delayed 5"])
    }

    @Test func `replies that come one by one to commands sent together are each waited for`() {
        let together =
            Self.opening + [
                (0.3, Self.server("250 PIPELINING")),
                (0.4, Self.client("MAIL FROM:<a@c.example>\r\nRCPT TO:<b@mx.example>\r\nNOOP")),
                (5.5, Self.server("250 ok")), (10.6, Self.server("250 ok")), (10.7, Self.server("250 ok")),
            ]
        #expect(Self.found(together) == ["reply-delayed 5", "reply-delayed 5"])
    }

    @Test(arguments: [(14.9, []), (15.1, ["reply-delayed 15"])])
    func `behind the dot a server may look through the mail`(seconds: Double, expected: [String]) {
        let mail =
            Self.opening + [
                (0.3, Self.server("250 mx.example")), (0.4, Self.client("MAIL FROM:<a@c.example>")),
                (0.5, Self.server("250 ok")), (0.6, Self.client("RCPT TO:<b@mx.example>")),
                (0.7, Self.server("250 ok")),
                (0.8, Self.client("DATA")), (0.9, Self.server("354 go on")), (1, Self.client("From: a\r\n\r\n.")),
                (1.001 + seconds, Self.server("250 taken")),
            ]
        #expect(Self.found(mail) == expected)
    }

    @Test func `nothing is found where a time is not known`() {
        let late = Self.opening + [(9.9, Self.server("250 mx.example"))]
        #expect(Self.found(late) == ["reply-delayed 9"])
        #expect(Self.found(late, inferred: [2]) == [])
        #expect(Self.found(late, inferred: [3]) == [])
        let gap = (5.0, WireEvent.Kind.gap(from: .client, octets: 5))
        #expect(Self.found(Self.opening + [gap] + late.suffix(1)) == [])
        // Nobody waited for it.
        let unasked = Self.opening + [(0.3, Self.server("250 mx.example")), (300.1, Self.server("421 too long"))]
        #expect(Self.found(unasked) == [])
        // No greeting, since nobody saw the connection made.
        #expect(Self.found([(9.5, Self.greeting)]) == [])
        #expect(Self.found([(0.1, Self.connected), (Double.nan, Self.greeting), (1e300, Self.greeting)]) == [])
    }

    @Test(arguments: [(3.0, []), (4.0, ["reply-delayed 3"])])
    func `a clock of whole seconds may be a second off`(end: Double, expected: [String]) {
        let coarse: [(Double, WireEvent.Kind)] = [
            (0, Self.connected), (0, Self.greeting), (0, Self.client("EHLO c.example")),
        ]
        #expect(Self.found(coarse + [(end, Self.server("250 mx.example"))]) == expected)
    }

    @Test(arguments: Session.recordings.map(\.lastPathComponent)) func `no bundled session has a wait`(name: String)
        throws
    {
        let file = try #require(Session.recordings.first { $0.lastPathComponent == name })
        let trace = Tracer.trace(of: try #require(Session.recording(file)).events)
        let waits = trace.lines.flatMap(\.findings).filter { [.greetingDelayed, .replyDelayed].contains($0.kind) }
        #expect(waits.isEmpty, "\(waits)")
    }

    @Test func `the message says how many seconds`() {
        let finding = Finding(Departure(.greetingDelayed, difference: 6))
        #expect(finding.message == "The server let the client wait for its greeting: 6 seconds")
        #expect(finding.severity == .note)
    }
}
