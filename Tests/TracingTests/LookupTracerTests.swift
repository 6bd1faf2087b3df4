import DNS
import SMTP
import Testing

@testable import Tracing

/// DNS messages as lines of step 2.
@Suite struct LookupTracerTests {
    static func name(_ text: String) throws -> Name { try Name(text) }

    static func answer(
        _ type: RecordType = .mx,
        _ answers: [ResourceRecord] = [],
        additionals: [ResourceRecord] = [],
        code: ResponseCode = .noError,
        flags: Message.Flags = []
    ) throws -> WireEvent {
        var message = Message.query(id: 7, try name("receiver.example"), type)
        message.flags.formUnion(flags.union(.response))
        message.responseCode = code
        message.answers = answers
        message.additionals = additionals
        return WireEvent(.dnsAnswer(try MessageWriter.octets(of: message)), leg: .lookup)
    }

    static func mx(_ preference: UInt16, _ exchange: String) throws -> ResourceRecord {
        ResourceRecord(
            owner: try name("receiver.example"),
            ttl: 281,
            data: .mx(preference: preference, exchange: try name(exchange))
        )
    }

    static func a(_ owner: String, _ last: UInt8) throws -> ResourceRecord {
        let address = try #require(IPv4Address("192.0.2.\(last)"))
        return ResourceRecord(owner: try name(owner), ttl: 60, data: .a(address))
    }

    static func shown(_ trace: Trace) -> [String] {
        trace.lines.map { line in
            ([WireText.shown(line.octets)] + line.findings.map { "! \($0.id)" }).joined(separator: " ")
        }
    }

    @Test func `exchangers stand by preference, each with its addresses`() throws {
        let trace = Tracer.trace(of: [
            try Self.answer(
                .mx,
                [try Self.mx(10, "b.example"), try Self.mx(5, "c.example"), try Self.mx(5, "a.example")],
                additionals: [try Self.a("a.example", 1), try Self.a("a.example", 2), try Self.a("other.example", 9)],
                flags: .authoritativeAnswer
            )
        ])
        #expect(
            Self.shown(trace) == [
                "NOERROR 3 answers authoritative", "MX 5 c.example 281", "MX 5 a.example 281 192.0.2.1 192.0.2.2",
                "MX 10 b.example 281",
                "A other.example 60 192.0.2.9",
            ]
        )
        #expect(trace.lines.allSatisfy { $0.place == Place(.exchangerLookup) && !$0.isWire })
        #expect(!trace.lines[0].message.isEmpty)
        #expect(trace.facts.exchangers.map(\.addresses) == [[], ["192.0.2.1", "192.0.2.2"], []])
        #expect(trace.failed.isEmpty)
        expectSound(trace, "lookup")
    }

    @Test func `an address that comes later is remembered, and the exchanger connected to is the chosen one`() throws {
        let trace = Tracer.trace(of: [
            try Self.answer(.mx, [try Self.mx(5, "a.example"), try Self.mx(7, "b.example")]),
            try Self.answer(.a, [try Self.a("b.example", 3)]),
            WireEvent(.connect(to: "B.example:25"), leg: .relay),
        ])
        #expect(trace.facts.exchangers.map(\.addresses) == [[], ["192.0.2.3"]])
        #expect(trace.facts.chosen?.exchange == "b.example")
    }

    @Test func `no MX, null MX, an address for a name, and failures are told apart`() throws {
        #expect(Self.shown(Tracer.trace(of: [try Self.answer()])) == ["NOERROR 0 answers"])
        #expect(Self.shown(Tracer.trace(of: [try Self.answer(.a)])) == ["NOERROR 0 answers"])
        #expect(Self.shown(Tracer.trace(of: [try Self.answer(flags: .truncated)])).first?.contains("implicit") == false)
        let null = Tracer.trace(of: [try Self.answer(.mx, [try Self.mx(0, ".")])])
        #expect(Self.shown(null) == ["NOERROR 1 answer", "MX 0 . 281 ! null-mx"])
        let address = Tracer.trace(of: [try Self.answer(.mx, [try Self.mx(0, "192.0.2.1")])])
        #expect(Self.shown(address).last == "MX 0 192.0.2.1 281 ! exchanger-is-address")
        let failure = Tracer.trace(of: [try Self.answer(code: .nameError)])
        #expect(Self.shown(failure) == ["NXDOMAIN 0 answers"])
        #expect(failure.failed == [Place(.exchangerLookup)])
    }

    @Test func `without MX the domain's address counts only where it has one`() throws {
        let address = try Self.answer(.a, [try Self.a("receiver.example", 1)])
        let found = Tracer.trace(of: [try Self.answer(), address])
        #expect(Self.shown(found).first == "NOERROR 0 answers ! implicit-mx")
        let none = Tracer.trace(of: [try Self.answer(), try Self.answer(.a), try Self.answer(.aaaa)])
        #expect(none.lines.flatMap(\.findings).isEmpty)
    }

    @Test func `a null MX among others contradicts them, and says nothing for the domain`() throws {
        let trace = Tracer.trace(of: [try Self.answer(.mx, [try Self.mx(0, "."), try Self.mx(10, "a.example")])])
        #expect(
            Self.shown(trace)
                == ["NOERROR 2 answers", "MX 0 . 281 ! null-mx-among-others", "MX 10 a.example 281"]
        )
        #expect(trace.facts.exchangers.map(\.isUsable) == [false, true])
    }

    @Test(arguments: [
        ([RecordType.a, .aaaa], ResponseCode.noError, true), ([.a], .noError, false), ([.a], .nameError, true),
        ([.a, .aaaa], .serverFailure, false),
    ])
    func `an exchanger without an address is found where it is known to have none`(
        types: [RecordType],
        code: ResponseCode,
        isFound: Bool
    ) throws {
        let mx = try Self.answer(.mx, [try Self.mx(10, "receiver.example")])
        let trace = Tracer.trace(of: [mx] + (try types.map { try Self.answer($0, code: code) }))
        #expect(trace.lines[1].findings.map(\.id) == (isFound ? ["exchanger-without-address"] : []))
    }

    @Test func `a name server's own reason stands beside its code, and a U-label beside its A-label`() throws {
        var message = Message.query(id: 7, try Name("xn--gre-6ka8l.example"), .mx)
        let query = WireEvent(.dnsQuery(try MessageWriter.octets(of: message)), leg: .lookup)
        message.flags.formUnion(.response)
        message.responseCode = .serverFailure
        let option = EDNS.Option(code: 15, octets: [0, 22] + Array("nobody\u{1b} there".utf8))
        message.additionals = [EDNS(udpPayloadSize: 1232, options: [option]).record]
        let trace = Tracer.trace(of: [
            query, WireEvent(.dnsAnswer(try MessageWriter.octets(of: message)), leg: .lookup),
        ])
        let shown = Self.shown(trace)
        #expect(shown.first == "MX? xn--gre-6ka8l.example (grüße.example)")
        #expect(
            shown.last == "SERVFAIL 0 answers extended error 22, no reachable authority: nobody\\x1B there"
        )
    }

    @Test func `a message that cannot be read is one line and a finding`() {
        let trace = Tracer.trace(of: [
            WireEvent(.dnsQuery([1, 2, 3]), leg: .lookup), WireEvent(.dnsAnswer([]), leg: .lookup),
            WireEvent(.error("no name server answered"), leg: .lookup),
        ])
        #expect(trace.lines.count == 3)
        #expect(trace.lines[0].findings.map(\.id) == ["malformed-dns-message"])
        #expect(trace.lines[0].message == [1, 2, 3])
        #expect(trace.lines[1].findings.map(\.id).contains("malformed-dns-message"))
        #expect(trace.failed == [Place(.exchangerLookup)])
    }

    @Test func `the strings of a TXT record are shown as they are`() throws {
        let strings = ["v=spf1 ip4:203.0.113.9", " -all\u{7}"].map { Array($0.utf8) }
        let record = ResourceRecord(owner: try Name("evil.example"), ttl: 300, data: .txt(strings))
        #expect(
            LookupTracer.line(of: record).text
                == #"TXT evil.example 300 "v=spf1 ip4:203.0.113.9" " -all\007""#
        )
    }
}
