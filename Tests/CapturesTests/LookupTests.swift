import Captures
import DNS
import SMTP
import Testing
import Tracing

/// DNS lookups of the same capture that belong to a session.
@Suite struct LookupTests {
    private static let domain = (try? Name("receiver.example")) ?? .root
    private static let exchanger = (try? Name("mx1.receiver.example")) ?? .root

    private struct Asked {
        var packets: [Packets.Stored] = []
        var time = 1_699_999_990.0

        mutating func ask(
            _ id: UInt16,
            _ name: Name,
            _ type: RecordType,
            answers: [ResourceRecord],
            port: Int = 53,
            asker: UInt8 = 1
        ) throws {
            let query = Message.query(id: id, name, type)
            var answer = query
            answer.flags = [.response, .recursionAvailable]
            answer.answers = answers
            for (message, isAnswer) in [(query, false), (answer, true)] {
                let octets = try MessageWriter.octets(of: message)
                let content = Packets.udp(octets, from: isAnswer ? port : 5000, to: isAnswer ? 5000 : port)
                time += 0.5
                packets.append(
                    .init(
                        time: time,
                        frame: Packets.ipv4(
                            content,
                            transport: 17,
                            from: [192, 0, 2, isAnswer ? 53 : asker],
                            to: [192, 0, 2, isAnswer ? asker : 53]
                        )
                    )
                )
            }
        }
    }

    private static func mx(_ preference: UInt16, _ name: Name) -> ResourceRecord {
        ResourceRecord(owner: domain, ttl: 300, data: .mx(preference: preference, exchange: name))
    }

    private static func address(_ last: UInt8) -> ResourceRecord {
        ResourceRecord(owner: exchanger, ttl: 300, data: .a(IPv4Address(192, 0, 2, last)))
    }

    private func session(after asked: Asked) -> Recording? {
        CaptureFile(CaptureOctets(Packets.pcap(asked.packets + Talk.mail().packets)))?.recording(0)
    }

    @Test(arguments: [53, 5353]) func `the exchangers of the domain and their addresses are step 2`(port: Int) throws {
        var asked = Asked()
        try asked.ask(1, Self.domain, .mx, answers: [Self.mx(10, Self.exchanger)], port: port)
        try asked.ask(2, Self.exchanger, .a, answers: [Self.address(25)], port: port)
        try asked.ask(3, Name("other.example"), .mx, answers: [], port: port)
        let recording = try #require(session(after: asked))
        #expect(recording.events.filter { $0.leg == .lookup }.count == 4)
        #expect(recording.events.first?.time == 0)
        #expect(recording.events.contains { $0.kind == .connect(to: "mx1.receiver.example [192.0.2.25]:25") })
        let trace = recording.trace
        #expect(trace.stops.map(\.place.step.number) == Array(2...14))
        #expect(trace.facts.chosen?.exchange == "mx1.receiver.example")
        #expect(trace.facts.chosen?.preference == 10)
    }

    @Test func `a domain in UTF-8 is that of the A-labels that were asked for`() throws {
        let (domain, exchanger) = (try Name("xn--mnchen-3ya.example"), try Name("mx1.xn--mnchen-3ya.example"))
        var asked = Asked()
        let mx = ResourceRecord(owner: domain, ttl: 300, data: .mx(preference: 10, exchange: exchanger))
        try asked.ask(1, domain, .mx, answers: [mx])
        let packets = asked.packets + Talk.mail(to: "bob@münchen.example").packets
        let recording = try #require(CaptureFile(CaptureOctets(Packets.pcap(packets)))?.recording(0))
        #expect(recording.events.filter { $0.leg == .lookup }.count == 2)
        #expect(recording.trace.stops.first?.place.step == .exchangerLookup)
    }

    @Test func `without a lookup of exchangers the address that was asked for counts`() throws {
        var asked = Asked()
        asked.time = 1_699_999_998
        try asked.ask(2, Self.exchanger, .a, answers: [Self.address(25)])
        let recording = try #require(session(after: asked))
        #expect(recording.events.filter { $0.leg == .lookup }.count == 2)
        #expect(recording.events.contains { $0.kind == .connect(to: "mx1.receiver.example [192.0.2.25]:25") })
    }

    @Test func `a lookup of another's, too old or too late is none of the session`() throws {
        var old = Asked()
        old.time = 1_699_990_000
        try old.ask(1, Self.domain, .mx, answers: [Self.mx(10, Self.exchanger)])
        var late = Asked()
        late.time = 1_700_000_100
        try late.ask(1, Self.domain, .mx, answers: [Self.mx(10, Self.exchanger)])
        var other = Asked()
        try other.ask(1, Self.exchanger, .a, answers: [Self.address(99)])
        for asked in [old, late, other] {
            #expect(session(after: asked)?.events.first?.kind == .connect(to: "192.0.2.25:25"))
        }
    }

    @Test func `of two askers the client's own lookup is taken`() throws {
        var asked = Asked()
        try asked.ask(1, Self.domain, .mx, answers: [Self.mx(10, Self.exchanger)])
        try asked.ask(9, Self.domain, .mx, answers: [Self.mx(10, Self.exchanger)], asker: 77)
        let recording = try #require(session(after: asked))
        #expect(recording.events.filter { $0.leg == .lookup }.count == 2)
        #expect(recording.events[2].time < 11)
    }

    @Test func `an answer over TCP is read, across segments`() throws {
        let query = Message.query(id: 7, Self.domain, .mx)
        var answer = query
        answer.flags = [.response]
        answer.answers = [Self.mx(10, Self.exchanger)]
        var talk = Talk(serverPort: 53)
        talk.time = 1_699_999_998
        talk.open()
        for (side, message) in [(Side.client, query), (.server, answer)] {
            let octets = try MessageWriter.octets(of: message)
            talk.say(side, Packets.number(octets.count, 2) + octets, pieces: 3)
        }
        let file = CaptureFile(CaptureOctets(Packets.pcap(talk.packets + Talk.mail().packets)))
        let recording = try #require(file?.recording(0))
        #expect(recording.events.filter { $0.leg == .lookup }.count == 2)
        #expect(recording.trace.facts.exchangers.map(\.exchange) == ["mx1.receiver.example"])
    }

    /// Up to STARTTLS, so that no recipient is known.
    private static let sealed: [Packets.Stored] = {
        var talk = Talk()
        talk.open()
        talk.say(.server, "220 mx1.receiver.example ESMTP\r\n")
        talk.say(.client, "EHLO out.sender.example\r\n")
        talk.say(.server, "250-mx1.receiver.example\r\n250 STARTTLS\r\n")
        talk.say(.client, "STARTTLS\r\n")
        talk.say(.server, "220 2.0.0 Go ahead\r\n")
        return talk.packets
    }()

    @Test func `a session inside TLS keeps the lookups that led to its server`() throws {
        var asked = Asked()
        asked.time = 1_699_999_997
        try asked.ask(4, Name("elsewhere.example"), .mx, answers: [Self.mx(10, Name("mx.elsewhere.example"))])
        try asked.ask(1, Self.domain, .mx, answers: [Self.mx(10, Self.exchanger)])
        try asked.ask(2, Self.exchanger, .a, answers: [Self.address(25)])
        let file = try #require(CaptureFile(CaptureOctets(Packets.pcap(asked.packets + Self.sealed))))
        let recording = file.recording(0)
        #expect(recording.events.filter { $0.leg == .lookup }.count == 4)
        #expect(recording.trace.facts.exchangers.map(\.exchange) == ["mx1.receiver.example"])
        #expect(recording.events.contains { $0.kind == .connect(to: "mx1.receiver.example [192.0.2.25]:25") })
    }

    /// It is told before its recipients are known, so that the address that was answered is what counts.
    @Test func `a session that passes has the lookups that led to its server`() throws {
        var asked = Asked()
        asked.time = 1_699_999_997
        try asked.ask(4, Name("elsewhere.example"), .mx, answers: [Self.mx(10, Name("mx.elsewhere.example"))])
        try asked.ask(1, Self.domain, .mx, answers: [Self.mx(10, Self.exchanger)])
        try asked.ask(2, Self.exchanger, .a, answers: [Self.address(25)])
        var unrelated = Asked()
        try unrelated.ask(1, Self.exchanger, .a, answers: [Self.address(99)])
        for (asked, lookups) in [(asked, 4), (unrelated, 0)] {
            var sessions = PassingSessions()
            let news = sessions.take(Packets.pcap(asked.packets + Talk.mail().packets)) + sessions.finish()
            let header = news.lazy.compactMap { if case .began(_, let header) = $0 { header } else { nil } }.first
            let events = news.compactMap { if case .happened(_, let event) = $0 { event } else { nil } }
            #expect(events.prefix { $0.leg == .lookup }.count == lookups)
            let whole = try #require(session(after: asked))
            #expect(events.map { "\($0.kind)" } == whole.events.map { "\($0.kind)" })
            #expect(header?.began == whole.header.began)
        }
    }

    /// A relay of the provider, say: the recipient's domain was looked up as well, but led elsewhere.
    @Test func `a domain whose exchangers have other addresses did not lead to the server`() throws {
        var asked = Asked()
        try asked.ask(1, Self.domain, .mx, answers: [Self.mx(10, Self.exchanger)])
        try asked.ask(2, Self.exchanger, .a, answers: [Self.address(99)])
        #expect(session(after: asked)?.events.first?.kind == .connect(to: "192.0.2.25:25"))
    }
}
