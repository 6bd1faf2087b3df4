import DNS
import Networking
import Testing

private func named(_ text: String) -> Name { (try? Name(text)) ?? .root }

private func record(_ owner: String, _ data: ResourceRecord.Data) -> ResourceRecord {
    ResourceRecord(owner: named(owner), ttl: 281, data: data)
}

private let exchanger = record("receiver.example", .mx(preference: 1, exchange: named("mx.receiver.example")))
private let address = record("mx.receiver.example", .a(IPv4Address(127, 0, 0, 1)))
private let address6 = record("mx.receiver.example", .aaaa(.loopback))
private let alias = record("www.receiver.example", .cname(named("receiver.example")))
private let outward = record("out.receiver.example", .cname(named("elsewhere.test")))
private let soa = StartOfAuthority(
    primaryServer: named("ns.receiver.example"),
    responsibleMailbox: named("postmaster.receiver.example"),
    serial: 1
)

private let zones = Zones([
    Zone(
        origin: named("receiver.example"),
        startOfAuthority: soa,
        records: [
            exchanger, address, address6, alias, outward, record("a.b.receiver.example", .txt([[1]])),
            record("one.receiver.example", .cname(named("two.receiver.example"))),
            record("two.receiver.example", .cname(named("one.receiver.example"))),
            record("poison.test", .a(IPv4Address(127, 0, 0, 6))),
        ]
    ),
    Zone(
        origin: named("sub.receiver.example"),
        startOfAuthority: soa,
        records: [2, 3].map {
            record("sub.receiver.example", .mx(preference: $0, exchange: named("mx.receiver.example")))
        }
    ),
])

private func ask(_ name: String, _ type: RecordType, change: (inout Message) -> Void = { _ in }) throws -> Message {
    var query = Message.query(id: 99, named(name), type)
    change(&query)
    return try #require(zones.answer(to: MessageWriter.octets(of: query)))
}

private let negative = ResourceRecord(owner: named("receiver.example"), ttl: 60, data: .soa(soa))

struct NameServerZoneTests {
    @Test(
        arguments: [
            ("receiver.example", .mx, [exchanger]), ("RECEIVER.example", .mx, [exchanger]),
            ("www.receiver.example", .mx, [alias, exchanger]),  // the alias is followed
            ("www.receiver.example", .cname, [alias]),  // unless it is what was asked for
            ("out.receiver.example", .mx, [outward]),  // it leads out of what is known here
            ("mx.receiver.example", .aaaa, [address6]),
            ("mx.receiver.example", .any, [address, address6]),
            ("sub.receiver.example", .ns, []),
        ] as [(String, RecordType, [ResourceRecord])]
    )
    func `what is there is answered`(name: String, type: RecordType, answers: [ResourceRecord]) throws {
        let answer = try ask(name, type)
        #expect(answer.answers == answers)
        #expect(answer.responseCode == .noError)
        #expect(answer.flags == [.response, .authoritativeAnswer, .recursionDesired])
        #expect(answer.id == 99)
        #expect(answer.questions == [Question(name: named(name), type: type)])
    }

    @Test(
        arguments: [
            ("receiver.example", .txt, .noError),  // the name exists, the type does not
            ("b.receiver.example", .a, .noError),  // a name with a name below it exists
            ("c.receiver.example", .a, .nameError),
            ("c.b.receiver.example", .a, .nameError),
        ] as [(String, RecordType, ResponseCode)]
    )
    func `what is not there comes with the SOA`(name: String, type: RecordType, code: ResponseCode) throws {
        let answer = try ask(name, type)
        #expect(answer.responseCode == code)
        #expect(answer.answers == [])
        #expect(answer.authorities == [negative])
        #expect(answer.flags.contains(.authoritativeAnswer))
    }

    @Test func `an empty zone still has its own name`() throws {
        let empty = Zones([Zone(origin: named("empty.test"), startOfAuthority: soa, records: [])])
        let query = try MessageWriter.octets(of: .query(id: 1, named("empty.test"), .mx))
        #expect(empty.answer(to: query)?.responseCode == .noError)
    }

    @Test func `the SOA itself can be asked for, with its own TTL`() throws {
        #expect(try ask("receiver.example", .soa).answers.map(\.ttl) == [3600])
    }

    @Test func `aliases in a circle end`() throws {
        let answer = try ask("one.receiver.example", .a)
        #expect(answer.answers.count < 20)
        #expect(answer.responseCode == .noError)
    }

    @Test func `an exchanger brings its addresses`() throws {
        #expect(try ask("receiver.example", .mx).additionals == [address, address6])
        // From the zone above, and each host only once.
        #expect(try ask("sub.receiver.example", .mx).additionals == [address, address6])
        #expect(try ask("www.receiver.example", .mx).additionals == [address, address6])
    }

    @Test func `the nearest zone answers`() throws {
        #expect(try ask("x.sub.receiver.example", .mx).authorities.map(\.owner) == [named("sub.receiver.example")])
    }

    @Test(
        arguments: [
            ("foreign.test", .mx), ("example", .mx), (".", .ns),
            ("poison.test", .a),  // a record that stands in a zone to which it does not belong
            ("receiver.example", RecordType(rawValue: 252)),  // a zone transfer
        ] as [(String, RecordType)]
    )
    func `what is not ours is refused`(name: String, type: RecordType) throws {
        let answer = try ask(name, type)
        #expect(answer.responseCode == .refused)
        #expect(answer.answers == [] && answer.authorities == [])
        #expect(!answer.flags.contains(.authoritativeAnswer))
    }

    @Test(
        arguments: [
            ({ @Sendable in $0.opcode = Opcode(rawValue: 4) }, .notImplemented),
            ({ @Sendable in $0.questions = [] }, .formatError),
            ({ @Sendable in $0.questions += $0.questions }, .formatError),
            ({ @Sendable in $0.questions[0].class = .chaos }, .refused),
            ({ @Sendable in $0.questions[0].class = .any }, .noError),
            ({ @Sendable in $0.flags.insert(.reserved) }, .noError),
        ] as [(@Sendable (inout Message) -> Void, ResponseCode)]
    )
    func `an odd query`(change: @Sendable (inout Message) -> Void, code: ResponseCode) throws {
        #expect(try ask("receiver.example", .mx, change: change).responseCode == code)
    }

    @Test func `an answer or a piece of a header is not answered`() throws {
        var query = Message.query(id: 99, named("receiver.example"), .mx)
        let octets = try MessageWriter.octets(of: query)
        for count in 0..<12 { #expect(zones.answer(to: Array(octets.prefix(count))) == nil) }
        for count in 12..<octets.count {
            #expect(zones.answer(to: Array(octets.prefix(count)))?.responseCode == .formatError)
        }
        #expect(zones.answer(to: octets + [0])?.responseCode == .formatError)
        query.flags.insert(.response)
        #expect(try zones.answer(to: MessageWriter.octets(of: query)) == nil)
    }

    @Test func `OPT is answered with OPT`() throws {
        let answer = try ask("receiver.example", .mx) { $0.additionals = [EDNS(udpPayloadSize: 4096).record] }
        #expect(answer.edns == EDNS(udpPayloadSize: 1232))
        #expect(answer.additionals.count == 3)
        let later = try ask("receiver.example", .mx) {
            $0.additionals = [EDNS(udpPayloadSize: 4096, version: 1).record]
        }
        #expect(later.extendedResponseCode == .badVersion)
        #expect(later.answers == [])
        #expect(try ask("foreign.test", .mx) { $0.additionals = [EDNS(udpPayloadSize: 512).record] }.edns != nil)
    }

    @Test(arguments: [(nil, 512), (0, 512), (512, 512), (513, 513), (1232, 1232), (4096, 1232)] as [(UInt16?, Int)])
    func `a datagram is as large as both sides allow`(offered: UInt16?, limit: Int) {
        #expect(Zones.udpLimit(for: .query(id: 1, .root, .a, udpPayloadSize: offered)) == limit)
    }
}
