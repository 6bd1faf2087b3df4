import DNS
import NIOCore
import NIOPosix
@testable import Networking
import struct Networking.Resolver  // NIOPosix has one too
import Synchronization
import Testing

/// Answers datagrams as a test wants it: any number of datagrams for each that comes.
private final class ScriptedServer: Sendable {
    typealias Script = @Sendable (_ query: [UInt8], _ number: Int) -> [[UInt8]]
    private let heard = Mutex<[[UInt8]]>([])
    private let script: Script
    var queries: [[UInt8]] { heard.withLock { $0 } }

    init(_ script: @escaping Script) { self.script = script }

    func run<Result>(_ body: (_ server: String) async throws -> Result) async throws -> Result {
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(server: self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Result
        do { result = try await body("127.0.0.1:\(channel.localAddress?.port ?? 0)") } catch {
            try? await channel.close()
            throw error
        }
        try await channel.close()
        return result
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        let server: ScriptedServer
        init(server: ScriptedServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = unwrapInboundIn(data)
            let query = Array(envelope.data.readableBytesView)
            let number = server.heard.withLock {
                $0.append(query)
                return $0.count
            }
            for answer in server.script(query, number) {
                context.channel.writeAndFlush(
                    AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: ByteBuffer(bytes: answer)),
                    promise: nil
                )
            }
        }
    }
}

/// The query as an answer: its header turned round, with this response code and these records.
@Sendable private func reply(
    _ query: [UInt8],
    _ code: ResponseCode = .noError,
    _ records: [ResourceRecord] = [],
    change: (inout Message) -> Void = { _ in }
) -> [UInt8] {
    var message = MessageReader.read(query).message
    message.flags.insert(.response)
    message.responseCode = code
    message.answers = records
    change(&message)
    return (try? MessageWriter.octets(of: message)) ?? []
}

private let domain = named("receiver.example")
private let exchanger = ResourceRecord(
    owner: domain,
    ttl: 281,
    data: .mx(preference: 1, exchange: named("mx.receiver.example"))
)

private func named(_ text: String) -> Name {
    guard let name = try? Name(text) else {
        Issue.record("\(text) is no name")
        return .root
    }
    return name
}

struct ResolverTests {
    @Test func `the query shown is the query that arrived, the answer shown is the answer that was sent`() async throws
    {
        let server = ScriptedServer { query, _ in [reply(query, .noError, [exchanger])] }
        let lookup = try await server.run {
            await Resolver(servers: $0, timeLimit: .seconds(60), tries: 1).lookup(domain, .mx)
        }
        #expect(lookup.failure == nil)
        #expect(lookup.packets.map(\.kind) == [.query, .answer])
        #expect(server.queries == [lookup.query?.octets])
        #expect(lookup.answer?.octets == reply(server.queries[0], .noError, [exchanger]))
        #expect(lookup.reading?.message.answers == [exchanger])
        let asked = MessageReader.read(server.queries[0]).message
        #expect(asked.questions == [Question(name: domain, type: .mx)])
        #expect(asked.edns?.udpPayloadSize == 1232)
        #expect(asked.flags == .recursionDesired)
    }

    @Test func `without OPT and without recursion when so told`() async throws {
        let server = ScriptedServer { query, _ in [reply(query, .noError, [exchanger])] }
        let lookup = try await server.run {
            await Resolver(servers: $0, timeLimit: .seconds(60), tries: 1, udpPayloadSize: nil, recursionDesired: false)
                .lookup(domain, .mx)
        }
        #expect(lookup.failure == nil)
        let asked = MessageReader.read(server.queries[0]).message
        #expect(asked.additionals == [] && asked.flags == [])
    }

    @Test(
        arguments: [
            (.nameError, .nameError), (.serverFailure, .serverFailure), (.refused, .refused),
            (.formatError, .formatError), (.notImplemented, .notImplemented),
            (ResponseCode(rawValue: 9), .otherCode(ResponseCode(rawValue: 9))),
            (.noError, .noData),  // exists, but has none of this type
        ] as [(ResponseCode, LookupError)]
    )
    func `an answer that says no is kept with its octets`(code: ResponseCode, failure: LookupError) async throws {
        let server = ScriptedServer { query, _ in [reply(query, code)] }
        let lookup = try await server.run { await Resolver(servers: $0, timeLimit: .seconds(60)).lookup(domain, .mx) }
        #expect(lookup.failure == failure)
        #expect(lookup.reading?.message.responseCode == code)
        #expect(!failure.description.isEmpty)
        await #expect(throws: failure) {
            try await server.run { _ = try await Resolver(servers: $0, tries: 1).answer(domain, .mx) }
        }
    }

    private static func record(_ data: ResourceRecord.Data) -> ResourceRecord {
        ResourceRecord(owner: domain, ttl: 60, data: data)
    }

    /// Records that cannot be read are no news about the name: only an answer that says that there are none is (RFC 5321 §5.1).
    @Test(
        arguments: [
            (.a, [.other(.a, [1, 2, 3])], .unreadable), (.aaaa, [.other(.aaaa, [1])], .unreadable),
            (.mx, [.other(.mx, [0])], .unreadable), (.tlsa, [.other(.tlsa, [3])], .unreadable),
            (.a, [.other(.a, [1]), .a(IPv4Address(192, 0, 2, 1))], nil),
            (.a, [.cname(named("b.example")), .other(.a, [1, 2, 3])], .unreadable),
            (.a, [.cname(named("b.example"))], nil), (.a, [.other(.cname, [9])], .unreadable),
            (RecordType(rawValue: 43), [.other(RecordType(rawValue: 43), [1])], nil), (.a, [], .noData),
            (.a, [.aaaa(.loopback)], .noData),
        ] as [(RecordType, [ResourceRecord.Data], LookupError?)]
    )
    func `what cannot be read may be there at the next try`(
        type: RecordType,
        data: [ResourceRecord.Data],
        failure: LookupError?
    ) {
        let query = (try? MessageWriter.octets(of: Message.query(id: 7, domain, type))) ?? []
        let reading = MessageReader.read(reply(query, .noError, data.map(Self.record)))
        let found = LookupError(reading, Question(name: domain, type: type))
        #expect(found == failure)
        if failure == .unreadable { #expect(found?.disposition == .temporary && found?.told.failure == .lookupFailed) }
    }

    @Test(arguments: [RecordType.a, .aaaa]) func `a host whose address cannot be read is not one without addresses`(
        type: RecordType
    ) async throws {
        let server = ScriptedServer { query, _ in
            let asked = MessageReader.read(query).message.questions.first?.type
            return [reply(query, .noError, asked == type ? [Self.record(.other(type, [1, 2, 3]))] : [])]
        }
        let found = try await server.run {
            await MailRouting(
                resolver: Resolver(servers: $0, timeLimit: .seconds(60), tries: 1),
                families: [.a, .aaaa],
                observe: { _ in }
            ).addresses(of: domain)
        }
        #expect(found == .failure(.unreadable))
    }

    @Test func `a server that says nothing is asked as often as told, and given up in time`() async throws {
        let server = ScriptedServer { _, _ in [] }
        let lookup = try await server.run {
            await Resolver(servers: $0, timeLimit: .milliseconds(300), tries: 2).lookup(domain, .mx)
        }
        #expect(lookup.failure == .timeout)
        #expect(lookup.packets.map(\.kind) == [.query, .query])
        #expect(lookup.answer == nil)
        #expect(lookup.duration >= .milliseconds(250) && lookup.duration < .seconds(30))
    }

    @Test func `a closed port is told from silence`() async throws {
        // A port that was open a moment ago.
        let closed = try await ScriptedServer { _, _ in [] }.run { $0 }
        let lookup = await Resolver(servers: closed, timeLimit: .seconds(60)).lookup(domain, .mx)
        #expect(lookup.failure == .noServer)
        #expect(lookup.duration < .seconds(30))
    }

    @Test func `cancelling ends a lookup that would wait for hours`() async throws {
        let server = ScriptedServer { _, _ in [] }
        let lookup = try await server.run { address in
            let task = Task {
                await Resolver(servers: address, timeLimit: .seconds(36000), tries: 1).lookup(domain, .mx)
            }
            while server.queries.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            return await task.value
        }
        #expect(lookup.failure == .cancelled)
        #expect(lookup.packets.map(\.kind) == [.query])
    }

    @Test(
        arguments: [
            { _ in [1, 2, 3] },  // no header
            { query in reply(query) { $0.id &+= 1 } },  // somebody else's id
            { query in reply(query) { $0.questions[0].name = named("other.example") } },
            { query in reply(query) { $0.questions = [] } },
            { query in query },  // an echo is no answer
        ] as [@Sendable ([UInt8]) -> [UInt8]]
    )
    func `what is no answer is kept apart and never believed`(stray: @escaping @Sendable ([UInt8]) -> [UInt8])
        async throws
    {
        let alone = ScriptedServer { query, _ in [stray(query)] }
        let lost = try await alone.run {
            await Resolver(servers: $0, timeLimit: .seconds(3), tries: 1).lookup(domain, .mx)
        }
        #expect(lost.failure == .malformed)
        #expect(lost.packets.map(\.kind) == [.query, .stray])
        let followed = ScriptedServer { query, _ in [stray(query), reply(query, .noError, [exchanger])] }
        let found = try await followed.run {
            await Resolver(servers: $0, timeLimit: .seconds(60), tries: 1).lookup(domain, .mx)
        }
        #expect(found.failure == nil)
        #expect(found.reading?.message.answers == [exchanger])
    }

    @Test func `a server that does not know OPT is asked again without it, and both queries are shown`() async throws {
        let server = ScriptedServer { query, number in
            [number == 1 ? reply(query, .formatError) { $0.additionals = [] } : reply(query, .noError, [exchanger])]
        }
        let lookup = try await server.run {
            await Resolver(servers: $0, timeLimit: .seconds(60), tries: 1).lookup(domain, .mx)
        }
        #expect(lookup.failure == nil)
        let shown = lookup.packets.filter { $0.kind == .query }.map(\.octets)
        #expect(shown == server.queries)
        #expect(shown.map { MessageReader.read($0).message.edns != nil } == [true, false])
    }

    @Test func `an answer cut for UDP where nobody listens on TCP is not taken for the whole`() async throws {
        let server = ScriptedServer { query, _ in [reply(query, .noError, [exchanger]) { $0.flags.insert(.truncated) }]
        }
        let lookup = try await server.run { await Resolver(servers: $0, timeLimit: .seconds(1)).lookup(domain, .mx) }
        #expect(lookup.failure == .truncated)
    }

    @Test func `a cut answer that says no still says no`() async throws {
        let server = ScriptedServer { query, _ in [reply(query, .nameError) { $0.flags.insert(.truncated) }] }
        let lookup = try await server.run { await Resolver(servers: $0, timeLimit: .seconds(60)).lookup(domain, .mx) }
        #expect(lookup.failure == .nameError)
    }

    @Test func `an answer whose records cannot be read is malformed, not empty`() async throws {
        let server = ScriptedServer { query, _ in
            var answer = reply(query) { $0.additionals = [] }
            answer[7] = 1  // announces a record that is not there
            return [answer]
        }
        let lookup = try await server.run {
            await Resolver(servers: $0, timeLimit: .seconds(60), tries: 1).lookup(domain, .mx)
        }
        #expect(lookup.failure == .malformed)
        #expect(lookup.reading?.departures == [.countLies(.answer, announced: 1, found: 0)])
    }

    /// Answers MX with an exchanger, and the question for its address as the test wants.
    private func outcome(
        _ answer: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) async throws -> (outcome: LiveOutcome, notes: [String]) {
        let server = ScriptedServer { query, _ in
            let isMX = MessageReader.read(query).message.questions.first?.type == .mx
            return [isMX ? reply(query, .noError, [exchanger]) : answer(query)]
        }
        let recorder = Recorder()
        let outcome = try await server.run { server in
            let options = try LiveSession.Options(
                recipients: ["bob@receiver.example"],
                sender: "ada@sender.example",
                clientName: "c.example",
                dnsServers: server,
                timeout: 5
            )
            return await LiveSession(options).run(onEvent: recorder.note)
        }
        return (
            outcome,
            recorder.events.compactMap { if case .remark(let failure) = $0.kind { failure.words } else { nil } }
        )
    }

    @Test func `an address that could not be had is one that may be had later, and none is none`() async throws {
        let cut = try await outcome { reply($0) { $0.flags.insert(.truncated) } }
        let broken = try await outcome { query in
            var answer = reply(query) { $0.additionals = [] }
            answer[7] = 1
            return answer
        }
        for (outcome, notes) in [cut, broken] {
            guard case .lookupFailed(let reason, .temporary) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(!reason.words.contains("has no address"))
            #expect(notes.contains { $0.contains("RFC 5321 §4.5.4.1") })
        }
        let none = try await outcome { reply($0) }
        guard case .lookupFailed(_, .permanent) = none.outcome else {
            Issue.record("\(none.outcome)")
            return
        }
        #expect(none.notes.contains { $0.contains("RFC 5321 §5.1") })
    }

    @Test(arguments: ["", "no address", "127.0.0.1:x,"])
    func `what is no server is said`(text: String) async {
        #expect(await Resolver(servers: text).lookup(domain, .mx).failure == .badServers(text))
    }

    @Test func `each packet is told when it passes`() async throws {
        let seen = Mutex<[Resolver.Packet]>([])
        let server = ScriptedServer { query, _ in [reply(query, .noError, [exchanger])] }
        let lookup = try await server.run { address in
            await Resolver(servers: address, timeLimit: .seconds(60), tries: 1).lookup(domain, .mx) { packet in
                seen.withLock { $0.append(packet) }
            }
        }
        #expect(seen.withLock { $0 } == lookup.packets)
    }
}
