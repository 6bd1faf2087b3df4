import NIOCore
import NIOPosix
import Synchronization
import Tracing

/// Stands between clients and a server: passes on what either says, and tells it.
public final class Tap: Sendable {
    /// How many clients are passed on at once. More wait in the system's queue, as they would at a busy server.
    static let maxClients = 300
    /// How many octets may have been told and not been taken up before no more is read.
    static let maxUntaken = 16 << 20

    private let options: Options
    private let loop: any EventLoop
    private let service: NIOLoopBoundBox<TapService?>
    private let onEvent: @Sendable (ConversationEvent) -> Void
    private let onHeld: @Sendable (Int, LiveHold.Held?) -> Void
    private let untaken = Atomic<Int>(0)

    /// `onEvent` hears all that happens, in order, on the tap's thread. Whoever listens says with `taken` how many of the
    /// octets it has dealt with: as long as too many are not, nothing more is read, so that memory stays bounded.
    /// `onHeld` hears, where the options say so, which line of a conversation waits, and nil when none does any more.
    public init(
        _ options: Options,
        onHeld: @escaping @Sendable (Int, LiveHold.Held?) -> Void = { _, _ in },
        onEvent: @escaping @Sendable (ConversationEvent) -> Void
    ) {
        self.options = options
        self.onHeld = onHeld
        self.onEvent = onEvent
        loop = SandboxWorld.group.next()
        service = .makeEmptyBox(valueType: TapService.self, eventLoop: loop)
    }

    /// Begins to listen. Gives the address, as `127.0.0.1:2525`.
    public func start() async throws(TapError) -> String {
        let (options, loop, service) = (options, loop, service)
        let made: @Sendable () -> EventLoopFuture<String> = { [self] in
            let made = TapService(options, on: loop, onHeld: onHeld) { [self] event in
                tell(event)
            } mayRead: { [self] in
                untaken.load(ordering: .relaxed) < Self.maxUntaken
            }
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

    private func tell(_ event: ConversationEvent) {
        if case .event(let event) = event.kind { untaken.add(Self.weight(event), ordering: .relaxed) }
        onEvent(event)
    }

    /// What was told was dealt with.
    public func taken(_ event: ConversationEvent) {
        guard case .event(let event) = event.kind else { return }
        let weight = Self.weight(event)
        let before = untaken.subtract(weight, ordering: .relaxed).oldValue
        guard before >= Self.maxUntaken, before - weight < Self.maxUntaken else { return }
        loop.execute { [service] in service.value?.resume() }
    }

    private static func weight(_ event: WireEvent) -> Int {
        if case .octets(_, let octets, _) = event.kind { octets.count } else { 0 }
    }

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
    private let mayRead: () -> Bool
    private var channel: (any Channel)?
    private var conversations: [Int: TapConversation] = [:]
    private var count = 0

    init(
        _ options: Tap.Options,
        on loop: any EventLoop,
        onHeld: @escaping (Int, LiveHold.Held?) -> Void,
        tell: @escaping (ConversationEvent) -> Void,
        mayRead: @escaping () -> Bool
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
    func resume() { for conversation in conversations.values { conversation.resume() } }

    func close() {
        channel?.close(promise: nil)
        for conversation in conversations.values { conversation.abort() }
    }

    private func admit(_ address: SocketAddress?) -> TapEnd {
        let own = address?.unmapped
        if conversations.values.contains(where: { $0.outgoingAddress?.unmapped == own && own != nil }) {
            // The tap has come to itself by a way that could not be seen before, such as a forwarded port.
            weak var weakEnd: TapEnd?
            let end = TapEnd { if case .connected = $0 { weakEnd?.reset() } }
            weakEnd = end
            return end
        }
        count += 1
        let (id, peer) = (count, address?.spelled ?? "unknown")
        let (tell, onHeld) = (tell, onHeld)
        tell(ConversationEvent(id: id, peer: peer, kind: .opened))
        let log = LogOfConversation.log(id, peer, NIOLoopBound(tell, eventLoop: loop))
        let conversation = TapConversation(id: id, options, on: loop, log: log, mayRead: mayRead) { held in
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
