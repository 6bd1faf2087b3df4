import DNS
import NIOCore
import NIOPosix
import Networking
import struct Networking.Resolver  // NIOPosix has one too
import Synchronization
import Testing

private func named(_ text: String) -> Name { (try? Name(text)) ?? .root }

private func zones(exchangers: Int) -> Zones {
    let origin = named("receiver.example")
    let soa = StartOfAuthority(primaryServer: origin, responsibleMailbox: origin, serial: 1)
    let records = (0..<exchangers).map {
        ResourceRecord(
            owner: origin,
            ttl: 281,
            data: .mx(preference: UInt16($0), exchange: named("mx\($0).other.test"))
        )
    }
    return Zones([Zone(origin: origin, startOfAuthority: soa, records: records)])
}

/// Long enough for a machine that is busy with other things, and one try only, so that each packet goes once.
private let patience = Duration.seconds(60)

/// Runs a server for the time of `body`.
private func serving<Result>(
    _ zones: Zones,
    observe: @escaping @Sendable (NameServer.Event) -> Void = { _ in },
    gate: @escaping @Sendable (Message) async -> Void = { _ in },
    _ body: (_ port: Int, NameServer) async throws -> Result
) async throws -> Result {
    let server = NameServer(zones: zones, observe: observe, gate: gate)
    let port = try await server.start(on: MultiThreadedEventLoopGroup.singleton)
    let result: Result
    do { result = try await body(port, server) } catch {
        await server.stop()
        throw error
    }
    await server.stop()
    return result
}

private func octets(_ id: UInt16) throws -> [UInt8] {
    try MessageWriter.octets(of: .query(id: id, named("receiver.example"), .mx))
}

/// A TCP client: sends the pieces one after the other and gives the messages that come back, by their ids.
private func overTCP(_ port: Int, _ pieces: [[UInt8]], expecting count: Int) async throws -> [UInt16] {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .channelOption(.socketOption(.init(rawValue: 1)), value: 1)  // TCP_NODELAY: each piece a segment
        .connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    return try await channel.executeThenClose { inbound, outbound in
        for piece in pieces { try await outbound.write(ByteBuffer(bytes: piece)) }
        var ids: [UInt16] = []
        var stream = ByteBuffer()
        for try await var buffer in inbound {
            stream.writeBuffer(&buffer)
            while let message = stream.readLengthPrefixedSlice(as: UInt16.self) {
                ids.append(MessageReader.read(message.readableBytesView).message.id)
            }
            if ids.count == count { break }
        }
        return ids
    }
}

struct NameServerTests {
    @Test func `a small answer goes by UDP`() async throws {
        let lookup = try await serving(zones(exchangers: 5)) { port, _ in
            await Resolver(servers: "127.0.0.1:\(port)", timeLimit: patience, tries: 1).lookup(
                named("receiver.example"),
                .mx
            )
        }
        #expect(lookup.failure == nil)
        #expect(lookup.packets.map(\.transport) == [.udp, .udp])
        #expect(lookup.reading?.message.answers.count == 5)
        #expect(lookup.reading?.departures == [])
    }

    @Test func `a large answer is cut for UDP and whole over TCP on the same port`() async throws {
        let events = Mutex<[NameServer.Event]>([])
        let lookup = try await serving(
            zones(exchangers: 100),
            observe: { event in events.withLock { $0.append(event) } }
        ) {
            port,
            _ in
            await Resolver(servers: "127.0.0.1:\(port)", timeLimit: patience, tries: 1).lookup(
                named("receiver.example"),
                .mx
            )
        }
        #expect(lookup.failure == nil)
        #expect(lookup.packets.map(\.transport) == [.udp, .udp, .tcp, .tcp])
        #expect(Set(lookup.packets.map(\.server)).count == 1)
        let cut = MessageReader.read(lookup.packets[1].octets).message
        #expect(cut.flags.contains(.truncated) && cut.answers.count < 100)
        #expect(lookup.packets[1].octets.count <= 1232)
        #expect(lookup.reading?.message.answers.count == 100)
        // Both ends saw the same octets.
        #expect(events.withLock { $0.map(\.octets) } == lookup.packets.map(\.octets))
        #expect(events.withLock { $0.map(\.kind) } == [.query, .answer, .query, .answer])
    }

    @Test func `nothing is answered before the gate lets it pass`() async throws {
        let (signals, signal) = AsyncStream.makeStream(of: Void.self)
        let asked = Mutex<[Question]>([])
        let seen = Mutex<[NameServer.Event.Kind]>([])
        let lookup = try await serving(
            zones(exchangers: 1),
            observe: { event in seen.withLock { $0.append(event.kind) } },
            gate: { query in
                asked.withLock { $0 += query.questions }
                for await _ in signals { break }
            }
        ) { port, _ in
            async let lookup = Resolver(servers: "127.0.0.1:\(port)", timeLimit: patience, tries: 1)
                .lookup(named("receiver.example"), .mx)
            while asked.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(5)) }
            try await Task.sleep(for: .milliseconds(100))
            #expect(seen.withLock { $0 } == [.query])
            signal.yield()
            return await lookup
        }
        #expect(lookup.failure == nil)
        #expect(lookup.duration >= .milliseconds(100))
        #expect(seen.withLock { $0 } == [.query, .answer])
        #expect(asked.withLock { $0 } == [Question(name: named("receiver.example"), type: .mx)])
    }

    @Test(.timeLimit(.minutes(10))) func `stopping does not wait for the gate, and frees the port`() async throws {
        let isAsked = Mutex(false)
        let isCancelled = Mutex(false)
        let server = NameServer(
            zones: zones(exchangers: 1),
            gate: { _ in
                isAsked.withLock { $0 = true }
                do { try await Task.sleep(for: .seconds(3600)) } catch { isCancelled.withLock { $0 = true } }
            }
        )
        let group = MultiThreadedEventLoopGroup.singleton
        let port = try await server.start(on: group)
        async let lookup = Resolver(servers: "127.0.0.1:\(port)", timeLimit: .milliseconds(700), tries: 1)
            .lookup(named("receiver.example"), .mx)
        while !isAsked.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        await server.stop()
        #expect(await lookup.answer == nil)
        // Who waits at the gate is told, so that nothing of the server is left behind.
        while !isCancelled.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        // The system may lend the freed port to another test for a moment; it comes back.
        var second = NameServer(zones: zones(exchangers: 1))
        var bound = try? await second.start(on: group, port: port)
        for _ in 0..<200 where bound == nil {
            try await Task.sleep(for: .milliseconds(50))
            second = NameServer(zones: zones(exchangers: 1))
            bound = try? await second.start(on: group, port: port)
        }
        #expect(bound == port)
        let running = second
        await #expect(throws: NameServer.StartError.alreadyStarted) { try await running.start(on: group) }
        // A port that is taken is an error when it was asked for by number.
        await #expect(throws: (any Error).self) {
            try await NameServer(zones: zones(exchangers: 1)).start(on: group, port: port)
        }
        await second.stop()
    }

    @Test(arguments: [1, 2, 3, 1000])
    func `queries over TCP are found however the octets are delivered`(size: Int) async throws {
        let stream = try [1, 2, 3].flatMap { (id: UInt16) in
            let query = try octets(id)
            return [0, UInt8(query.count)] + query
        }
        let pieces = stride(from: 0, to: stream.count, by: size).map {
            Array(stream[$0..<min($0 + size, stream.count)])
        }
        let ids = try await serving(zones(exchangers: 2)) { port, _ in try await overTCP(port, pieces, expecting: 3) }
        #expect(Set(ids) == [1, 2, 3])
    }

    @Test func `junk does not end the server`() async throws {
        let lookup = try await serving(zones(exchangers: 2)) { port, _ in
            var generator = SplitMix64(seed: 1)
            let udp = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: "127.0.0.1", port: 0).get()
            let target = try SocketAddress(ipAddress: "127.0.0.1", port: port)
            for count in 0..<200 {
                let junk = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
                try await udp.writeAndFlush(AddressedEnvelope(remoteAddress: target, data: ByteBuffer(bytes: junk)))
            }
            try await udp.close()
            for junk in [[], [0], [0, 0], [255, 255, 1], [0, 3, 1, 2, 3]] as [[UInt8]] {
                let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connect(host: "127.0.0.1", port: port).get()
                try await channel.writeAndFlush(ByteBuffer(bytes: junk))
                try await channel.close()
            }
            return await Resolver(servers: "127.0.0.1:\(port)", timeLimit: patience, tries: 1).lookup(
                named("receiver.example"),
                .mx
            )
        }
        #expect(lookup.failure == nil)
    }

    @Test func `a zone that cannot be written is the server's failure, not its end`() async throws {
        let origin = named("receiver.example")
        let soa = StartOfAuthority(primaryServer: origin, responsibleMailbox: origin, serial: 1)
        let broken = ResourceRecord(owner: origin, ttl: 1, data: .txt([]))
        let lookup = try await serving(Zones([Zone(origin: origin, startOfAuthority: soa, records: [broken])])) {
            port,
            _ in
            await Resolver(servers: "127.0.0.1:\(port)", timeLimit: patience, tries: 1).lookup(origin, .txt)
        }
        #expect(lookup.failure == .serverFailure)
    }
}
