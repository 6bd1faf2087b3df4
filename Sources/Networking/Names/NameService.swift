import DNS
import NIOCore
import Synchronization

/// Answers the queries of both transports, lets each answer wait at the gate, and counts what is in progress.
final class NameService: Sendable {
    /// Queries under way at once, and connections: more are dropped, so that nobody can fill the memory.
    static let maxQueries = 1000
    static let maxConnections = 64

    private struct Traffic {
        var tasks: [Int: Task<Void, Never>?] = [:]
        var next = 0
        var connections: [ObjectIdentifier: any Channel] = [:]
        var isClosed = false
    }

    private let zones: Zones
    private let observe: @Sendable (NameServer.Event) -> Void
    private let gate: @Sendable (Message) async -> Void
    private let traffic = Mutex(Traffic())

    init(
        zones: Zones,
        observe: @escaping @Sendable (NameServer.Event) -> Void,
        gate: @escaping @Sendable (Message) async -> Void
    ) {
        self.zones = zones
        self.observe = observe
        self.gate = gate
    }

    /// Takes one query. `send` gets the octets of the answer once the gate has let it pass; or nothing is ever sent.
    func take(
        _ octets: [UInt8],
        _ transport: NameServer.Transport,
        _ client: String,
        send: @escaping @Sendable ([UInt8]) -> Void
    ) {
        let event = { (kind, octets) in
            NameServer.Event(kind: kind, transport: transport, client: client, octets: octets)
        }
        guard let answer = zones.answer(to: octets), let number = reserve() else {
            observe(event(.dropped, octets))
            return
        }
        observe(event(.query, octets))
        let query = MessageReader.read(octets).message
        let limit = transport == .udp ? Zones.udpLimit(for: query) : MessageWriter.maxOctets
        let task = Task { [gate, observe] in
            defer { self.release(number) }
            await gate(query)
            guard !Task.isCancelled, let written = Self.written(answer, limit) else { return }
            observe(event(.answer, written))
            send(written)
        }
        let isClosed = traffic.withLock { traffic in
            // The task may have ended before we get here.
            if traffic.tasks[number] != nil { traffic.tasks[number] = .some(task) }
            return traffic.isClosed
        }
        if isClosed { task.cancel() }
    }

    /// An answer that cannot be written, because of a mistake in a zone, becomes SERVFAIL.
    private static func written(_ answer: Message, _ limit: Int) -> [UInt8]? {
        if let octets = try? MessageWriter.octets(of: MessageWriter.truncated(answer, to: limit)) { return octets }
        let failure = Message(
            id: answer.id,
            flags: answer.flags.subtracting(.authoritativeAnswer),
            responseCode: .serverFailure,
            questions: answer.questions
        )
        return try? MessageWriter.octets(of: failure)
    }

    private func reserve() -> Int? {
        traffic.withLock { traffic in
            guard !traffic.isClosed, traffic.tasks.count < Self.maxQueries else { return nil }
            traffic.next += 1
            traffic.tasks[traffic.next] = .some(nil)
            return traffic.next
        }
    }

    private func release(_ number: Int) { traffic.withLock { $0.tasks[number] = nil } }

    /// Whether there is room for the connection.
    func opened(_ channel: any Channel) -> Bool {
        traffic.withLock { traffic in
            guard !traffic.isClosed, traffic.connections.count < Self.maxConnections else { return false }
            traffic.connections[ObjectIdentifier(channel)] = channel
            return true
        }
    }

    func closed(_ channel: any Channel) {
        traffic.withLock { $0.connections[ObjectIdentifier(channel)] = nil }
    }

    /// Takes no more, cancels what waits at the gate, and hands over the connections that are to be closed.
    func close() -> [any Channel] {
        let (tasks, channels) = traffic.withLock { traffic in
            traffic.isClosed = true
            return (Array(traffic.tasks.values), Array(traffic.connections.values))
        }
        for task in tasks { task?.cancel() }
        return channels
    }
}

/// Datagrams in, datagrams out.
final class NameServerDatagrams: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>
    private let service: NameService

    init(service: NameService) { self.service = service }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        let channel = context.channel
        let client = envelope.remoteAddress
        service.take(Array(envelope.data.readableBytesView), .udp, client.hostAndPort) { octets in
            channel.writeAndFlush(
                AddressedEnvelope(remoteAddress: client, data: ByteBuffer(bytes: octets)),
                promise: nil
            )
        }
    }

    /// A client that is gone (ICMP) concerns that client only.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}

/// Cuts the stream into messages: two octets of length, then so many octets (RFC 1035 §4.2.2).
struct NameServerFraming: ByteToMessageDecoder {
    typealias InboundOut = ByteBuffer

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let message = buffer.readLengthPrefixedSlice(as: UInt16.self) else { return .needMoreData }
        context.fireChannelRead(wrapInboundOut(message))
        return .continue
    }

    /// What is left when the client hangs up is no message.
    mutating func decodeLast(
        context: ChannelHandlerContext,
        buffer: inout ByteBuffer,
        seenEOF: Bool
    ) throws -> DecodingState {
        while case .continue = try decode(context: context, buffer: &buffer) {}
        buffer.clear()
        return .needMoreData
    }
}

/// One client over TCP; it may ask as often as it likes.
final class NameServerConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let service: NameService

    init(service: NameService) { self.service = service }

    func channelActive(context: ChannelHandlerContext) {
        guard service.opened(context.channel) else { return context.close(promise: nil) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        service.closed(context.channel)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = context.channel
        let client = channel.remoteAddress?.hostAndPort ?? "unknown"
        service.take(Array(unwrapInboundIn(data).readableBytesView), .tcp, client) { octets in
            var buffer = channel.allocator.buffer(capacity: octets.count + 2)
            buffer.writeInteger(UInt16(octets.count))
            buffer.writeBytes(octets)
            channel.writeAndFlush(buffer, promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

extension SocketAddress {
    fileprivate var hostAndPort: String { "\(ipAddress ?? "unknown"):\(port ?? 0)" }
}
