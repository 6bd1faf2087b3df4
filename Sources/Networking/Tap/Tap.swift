import NIOCore
import NIOPosix
import Tracing

/// Stands between clients and a server: passes on what either says, and tells it.
public final class Tap: Sendable {
    /// How many clients are passed on at once. More wait in the system's queue, as they would at a busy server.
    static let maxClients = 300

    private let options: Options
    private let loop: any EventLoop
    private let service: NIOLoopBoundBox<TapService?>
    private let onEvent: @Sendable (ConversationEvent) -> Void
    private let onHeld: @Sendable (Int, LiveHold.Held?) -> Void
    private let mayRead: @Sendable (Int) -> Bool

    /// `onEvent` hears all that happens, in order, on the tap's thread. `mayRead` is asked on it before more is read of a
    /// conversation; where the answer was no, `resume` says when it may be asked again.
    /// `onHeld` hears, where the options say so, which line of a conversation waits, and nil when none does any more.
    public init(
        _ options: Options,
        mayRead: @escaping @Sendable (Int) -> Bool = { _ in true },
        onHeld: @escaping @Sendable (Int, LiveHold.Held?) -> Void = { _, _ in },
        onEvent: @escaping @Sendable (ConversationEvent) -> Void
    ) {
        self.options = options
        self.mayRead = mayRead
        self.onHeld = onHeld
        self.onEvent = onEvent
        loop = SandboxWorld.group.next()
        service = .makeEmptyBox(valueType: TapService.self, eventLoop: loop)
    }

    /// Begins to listen. Gives the address, as `127.0.0.1:2525`.
    public func start() async throws(TapError) -> String {
        let (options, loop, service) = (options, loop, service)
        let made: @Sendable () -> EventLoopFuture<String> = { [self] in
            let made = TapService(options, on: loop, mayRead: mayRead, onHeld: onHeld, tell: onEvent)
            service.value = made
            return made.listen()
        }
        do {
            return try await loop.flatSubmit(made).get()
        } catch let error as TapError {
            throw error
        } catch {
            throw TapError(listening: options.listen.description, error)
        }
    }

    /// More may be read of these conversations.
    public func resume(_ ids: [Int]) { loop.execute { [service] in service.value?.resume(ids) } }

    /// Lets the line pass that waits in a conversation. `edited` goes over the wire in its place, as it is.
    public func release(_ id: Int, sending edited: [UInt8]? = nil) {
        loop.execute { [service] in service.value?.release(id, sending: edited) }
    }

    /// Stops listening and breaks off whoever is connected.
    public func stop() async {
        _ = try? await loop.submit { [service] in
            service.value?.close()
            service.value = nil
        }.get()
    }
}

/// Takes clients in and numbers them. Used on one event loop.
private final class TapService {
    private let options: Tap.Options
    private let loop: any EventLoop
    private let onHeld: (Int, LiveHold.Held?) -> Void
    private let tell: (ConversationEvent) -> Void
    private let mayRead: (Int) -> Bool
    private var channel: (any Channel)?
    private var conversations: [Int: TapConversation] = [:]
    private var count = 0

    init(
        _ options: Tap.Options,
        on loop: any EventLoop,
        mayRead: @escaping (Int) -> Bool,
        onHeld: @escaping (Int, LiveHold.Held?) -> Void,
        tell: @escaping (ConversationEvent) -> Void
    ) {
        self.options = options
        self.loop = loop
        self.onHeld = onHeld
        self.tell = tell
        self.mayRead = mayRead
    }

    func listen() -> EventLoopFuture<String> {
        let bound = NIOLoopBound(self, eventLoop: loop)
        return ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value.admit(channel.remoteAddress))
                }
            }
            .bind(to: options.listenAddress)
            .flatMapThrowing { channel in
                bound.value.channel = channel
                do {
                    try bound.value.options.checkLoop(port: channel.localAddress?.port ?? 0)
                } catch {
                    channel.close(promise: nil)
                    throw error
                }
                return channel.localAddress?.spelled ?? ""
            }
    }

    func release(_ id: Int, sending edited: [UInt8]?) { conversations[id]?.release(sending: edited) }
    func resume(_ ids: [Int]) { for id in ids { conversations[id]?.resume() } }

    func close() {
        channel?.close(promise: nil)
        for conversation in conversations.values { conversation.abort() }
    }

    private func admit(_ address: SocketAddress?) -> TapEnd {
        let own = address?.unmapped
        if conversations.values.contains(where: { $0.outgoingAddress?.unmapped == own && own != nil }) {
            // The tap has come to itself by a way that could not be seen before, such as a forwarded port.
            weak var weakEnd: TapEnd?
            let end = TapEnd(.client) { if case .connected = $0 { weakEnd?.reset() } }
            weakEnd = end
            return end
        }
        count += 1
        let (id, peer) = (count, address?.spelled ?? "unknown")
        let (tell, onHeld, mayRead) = (tell, onHeld, mayRead)
        tell(ConversationEvent(id: id, peer: peer, kind: .opened))
        let log = LogOfConversation.log(id, peer, NIOLoopBound(tell, eventLoop: loop))
        let conversation = TapConversation(id: id, options, on: loop, log: log, mayRead: { mayRead(id) }) { held in
            onHeld(id, held)
        } onEnded: { [weak self] ended in
            tell(ConversationEvent(id: id, peer: peer, kind: .closed))
            self?.conversations[ended.id] = nil
            self?.admitMore()
        }
        conversations[id] = conversation
        if conversations.count >= Tap.maxClients { channel?.setOption(.autoRead, value: false).whenFailure { _ in } }
        return conversation.makeClientEnd()
    }

    private func admitMore() {
        guard conversations.count == Tap.maxClients - 1 else { return }
        channel?.setOption(.autoRead, value: true).whenFailure { _ in }
    }
}

/// The log of one conversation among several.
private enum LogOfConversation {
    static func log(_ id: Int, _ peer: String, _ tell: NIOLoopBound<(ConversationEvent) -> Void>) -> TimedLog {
        TimedLog { tell.value(ConversationEvent(id: id, peer: peer, kind: .event($0))) }
    }
}
