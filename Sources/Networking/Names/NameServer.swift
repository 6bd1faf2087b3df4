import DNS
import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// An authoritative name server on 127.0.0.1, over UDP and TCP on one port.
///
/// It answers from its zones and from nothing else: no recursion, no transfer, no update. Nothing that arrives can end it.
public final class NameServer: Sendable {
    public enum Transport: String, Sendable { case udp, tcp }

    /// What happened, for whoever keeps a log. Octets are those on the wire, over TCP without the two octets of length.
    public struct Event: Sendable {
        public enum Kind: String, Sendable {
            case query, answer
            /// Arrived and got no answer: no header, itself an answer, or more at once than the server takes.
            case dropped
        }
        public var kind: Kind
        public var transport: Transport
        /// As in "127.0.0.1:40000".
        public var client: String
        public var octets: [UInt8]
    }

    public enum StartError: Error, Equatable, CustomStringConvertible {
        case alreadyStarted
        case noCommonPort
        public var description: String {
            switch self {
            case .alreadyStarted: "the name server runs already"
            case .noCommonPort: "no port was free for UDP and TCP alike"
            }
        }
    }

    private enum State {
        case idle, starting, stopped
        case running([any Channel])
    }

    private let service: NameService
    private let state = Mutex(State.idle)

    /// `gate` is awaited before each answer goes out; `observe` hears of each query and each answer.
    public init(
        zones: Zones,
        observe: @escaping @Sendable (Event) -> Void = { _ in },
        gate: @escaping @Sendable (Message) async -> Void = { _ in }
    ) {
        service = NameService(zones: zones, observe: observe, gate: gate)
    }

    /// Binds both sockets and gives the port. The system chooses it unless `port` does.
    public func start(on group: any EventLoopGroup, port: Int = 0) async throws -> Int {
        let isFirst = state.withLock { state in
            guard case .idle = state else { return false }
            state = .starting
            return true
        }
        guard isFirst else { throw StartError.alreadyStarted }
        do {
            let (udp, tcp, port) = try await bind(on: group, port: port)
            let stopped = state.withLock { state in
                if case .stopped = state { return true }
                state = .running([udp, tcp])
                return false
            }
            if stopped { for channel in [udp, tcp] { try? await channel.close() } }
            return port
        } catch {
            state.withLock { $0 = .idle }
            throw error
        }
    }

    /// Closes the sockets and every connection; answers still waiting at the gate are not sent.
    public func stop() async {
        let channels = state.withLock { state -> [any Channel] in
            defer { state = .stopped }
            guard case .running(let channels) = state else { return [] }
            return channels
        }
        for channel in channels + service.close() { try? await channel.close() }
    }

    /// UDP takes a port of the system's choice, TCP the same number; where that one is taken, both try another.
    private func bind(on group: any EventLoopGroup, port: Int) async throws -> (any Channel, any Channel, Int) {
        for _ in 0..<16 {
            let udp = try await DatagramBootstrap(group: group)
                .channelInitializer { [service] channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(NameServerDatagrams(service: service))
                    }
                }
                .bind(host: "127.0.0.1", port: port).get()
            do {
                let number = udp.localAddress?.port ?? 0
                let tcp = try await ServerBootstrap(group: group)
                    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                    .childChannelInitializer { [service] channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(NameServerFraming()))
                            try channel.pipeline.syncOperations.addHandler(NameServerConnection(service: service))
                        }
                    }
                    .bind(host: "127.0.0.1", port: number).get()
                return (udp, tcp, number)
            } catch {
                try? await udp.close()
                guard port == 0, (error as? IOError)?.errnoCode == EADDRINUSE else { throw error }
            }
        }
        throw StartError.noCommonPort
    }
}
