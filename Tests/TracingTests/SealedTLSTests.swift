import SMTP
import Testing

@testable import Tracing

/// TLS as an onlooker sees it: what is the handshake, what stays sealed, and what is known of it all the same.
@Suite struct SealedTLSTests {
    private static func octets(_ side: Side, _ text: String) -> WireEvent.Kind { .octets(from: side, Array(text.utf8)) }

    /// A record of a type with a content of so many octets.
    private static func record(_ side: Side, _ type: UInt8, _ content: [UInt8]) -> WireEvent.Kind {
        .records(from: side, [type, 3, 3, UInt8(content.count >> 8), UInt8(content.count & 255)] + content)
    }

    private static func sealed(_ side: Side, _ count: Int) -> WireEvent.Kind {
        record(side, 23, [UInt8](repeating: 0x99, count: count))
    }

    private static let hello = record(.client, 22, [1, 0, 0, 0])
    /// TLS 1.2 and TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256.
    private static let answer = record(
        .server,
        22,
        [2, 0, 0, 38, 3, 3] + [UInt8](repeating: 7, count: 32) + [0, 0xC0, 0x2F, 0]
    )
    private static let begin: [WireEvent.Kind] = [
        .connect(to: "[192.0.2.25]:25"), .connected(to: "[192.0.2.25]:25"), octets(.server, "220 mx.example ESMTP\r\n"),
        octets(.client, "EHLO sender.example\r\n"), octets(.server, "250-mx.example\r\n250 STARTTLS\r\n"),
        octets(.client, "STARTTLS\r\n"), octets(.server, "220 go\r\n"),
    ]

    private static func trace(_ events: [WireEvent.Kind]) -> Trace {
        Tracer.trace(of: events.map { WireEvent($0, leg: .relay) })
    }

    /// What is said of the stop at which the records stand.
    private static func sentence(_ trace: Trace) throws -> String {
        let stop = try #require(trace.stops.first { trace.lines[$0.lines].contains(where: \.isTLS) })
        return StopSentence.text(of: stop, in: trace)
    }

    // MARK: What stays sealed

    @Test func `what was sealed before TLS stood is the handshake`() {
        let records = [Self.hello, Self.answer, Self.sealed(.server, 100), Self.sealed(.client, 40)]
        #expect(Self.trace(Self.begin + records).facts.sealedOctets == 150)
        let open = Self.begin + records + [.tls(TLSFacts(version: "TLS 1.3"))]
        #expect(Self.trace(open).facts.sealedOctets == 0)
        // A ticket holds nothing of the session.
        #expect(Self.trace(open + [Self.sealed(.server, 60), .note("a ticket")]).facts.sealedOctets == 0)
        let shut: [WireEvent.Kind] = [Self.sealed(.server, 60), .gap(from: .server, octets: 38, isSealed: true)]
        #expect(Self.trace(open + shut).facts.sealedOctets == 38)
    }

    @Test func `a gap says whether the recording has the octets`() {
        for (isSealed, words) in [
            (true, "the recording has them, and no key opens them"), (false, "the recording lacks them"),
        ] {
            let trace = Self.trace(Self.begin + [.gap(from: .client, octets: 9, isSealed: isSealed)])
            let gap = trace.lines.last { $0.content == .event(LessonAnchor("link/gap")) }
            #expect(gap?.shownText == "gap of 9 octets from the client: \(words)")
        }
    }

    @Test func `whatever type a record has, behind the handshake it is sealed`() {
        let inside: [WireEvent.Kind] = [
            .tls(TLSFacts(version: "TLS 1.2")), Self.record(.client, 22, [24, 0x25, 0x39, 0x4D, 1, 2, 3, 4]),
            .note("x"),
        ]
        let trace = Self.trace(Self.begin + [Self.hello, Self.answer] + inside)
        let last = trace.lines.last { $0.isTLS }
        #expect(last?.shownText == "handshake record TLS 1.2 8 octets encrypted")
    }

    // MARK: How the handshake ends

    static let failures: [[WireEvent.Kind]] = [
        // A fatal alert, of either side.
        [hello, record(.server, 21, [2, 80]), .close(by: .server)],
        [hello, answer, record(.client, 21, [2, 48]), .close(by: .server)],
        [hello, answer, record(.client, 21, [2, 48])],
        // One side alone has sealed anything.
        [hello, answer, sealed(.server, 200), .close(by: .server)],
        [hello, answer, sealed(.server, 200), .error(.init(.reset, "the client reset the connection"))],
    ]

    @Test(arguments: failures.indices) func `a handshake that came to nothing is not told as agreed on`(number: Int)
        throws
    {
        let trace = Self.trace(Self.begin + Self.failures[number])
        #expect(try Self.sentence(trace) == "The TLS handshake fails.")
        #expect(trace.facts.sealedOctets == 0)
    }

    static let successes: [[WireEvent.Kind]] = [
        [hello, answer, sealed(.server, 200), sealed(.client, 60), .close(by: .client)],
        // A warning ends nothing.
        [
            hello, answer, record(.server, 21, [1, 112]), sealed(.server, 200), sealed(.client, 60),
            .close(by: .client),
        ],
    ]

    @Test(arguments: successes)
    func `one that was seen to its end is`(records: [WireEvent.Kind]) throws {
        #expect(try Self.sentence(Self.trace(Self.begin + records)) == "Client and server agree on TLS.")
    }

    // MARK: What is known

    @Test func `a handshake without a certificate is told as resumed`() {
        let message = { (side: Side, name: String) in TLSFacts.Message(from: side, name: name, octets: 50) }
        let hellos = [message(.client, "ClientHello"), message(.server, "ServerHello")]
        let ends = [message(.server, "Finished"), message(.client, "Finished")]
        let words = "an earlier session is resumed, so no certificate was sent"
        for (between, isResumed) in [([], true), (["Certificate"], false), (["ServerKeyExchange"], false)] {
            let facts = TLSFacts(messages: hellos + between.map { message(.server, $0) } + ends)
            #expect(facts.isResumed == isResumed)
            #expect(TLSReport.lines(of: facts).contains { $0.text == words } == isResumed)
        }
        // What was not seen to its end may have had one.
        #expect(!TLSFacts(messages: hellos + [message(.client, "Finished")]).isResumed)
    }

    @Test func `what the hellos say is known without a key`() {
        let facts = Self.trace(Self.begin + [Self.hello, Self.answer, Self.sealed(.server, 20)]).facts
        #expect(facts.tls == nil)
        #expect(facts.tlsInClear?.version == "TLS 1.2")
        #expect(facts.tlsInClear?.cipher == "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
    }

    @Test func `where STARTTLS may be among what is missing, the client speaks no other protocol`() {
        let said = Array(Self.begin.prefix(5))
        let wrong = Situation.Told.wrongProtocol(.tls)
        let lost = Self.trace(
            said + [.gap(from: .client, octets: 10), Self.octets(.server, "220 go\r\n")] + Self.records + Self.answers
        )
        #expect(!Situation.all(in: lost).contains { $0.told == wrong })
        let clear = Self.trace(said + Self.records + [Self.octets(.server, "500 what\r\n")])
        #expect(Situation.all(in: clear).contains { $0.told == wrong })
        let both = Self.trace(
            said + [.gap(from: .client, octets: 10)] + Self.records + [Self.octets(.server, "500 what\r\n")]
        )
        #expect(Situation.all(in: both).contains { $0.told == wrong })
    }

    /// As they stand in a capture that is not opened: as octets.
    private static let records: [WireEvent.Kind] = [.octets(from: .client, [22, 3, 1, 0, 4, 1, 0, 0, 0])]
    private static let answers: [WireEvent.Kind] = [.octets(from: .server, [22, 3, 3, 0, 4, 14, 0, 0, 0])]

    @Test(arguments: [("LOGIN", "YWxpY2U="), ("PLAIN", "AGFsaWNlAGh1bnRlcjI=")])
    func `what answers a challenge that is missing is no command`(mechanism: String, response: String) {
        let trace = Self.trace(
            Array(Self.begin.prefix(5)) + [
                Self.octets(.client, "AUTH \(mechanism)\r\n"), .gap(from: .server, octets: 18, isSealed: true),
                Self.octets(.client, "\(response)\r\n"), .gap(from: .server, octets: 31, isSealed: true),
                Self.octets(.client, "MAIL FROM:<a@sender.example>\r\n"),
            ]
        )
        let line = trace.lines.first { if case .saslResponse = $0.content { true } else { false } }
        #expect(line?.secrets.isEmpty == false)
        #expect(!trace.lines.flatMap(\.findings).contains { $0.kind == .unknownVerb })
        #expect(trace.lines.last?.verbName == "MAIL")
    }
}
