import NIOCore
import NIOPosix
import SMTP

/// Listens for SMTP clients on loopback. Used on one event loop.
final class Listener {
    /// How many clients are served at once, where nothing else is said.
    static let maxClients = 300
    /// How long a client may be silent, where nothing else is said.
    static let usualPatience = TimeAmount.seconds(Int64(TimeLimit.nextCommand.seconds))

    private let maxClients: Int
    private let makeSetup: () -> ServerEnd.Setup
    private let onConnected: (ServerEnd) -> Void
    private let onMail: (ServerEnd, ServerEnd.Fate) -> Void
    private let onClosed: (ServerEnd) -> Void
    private var ends: [ObjectIdentifier: ServerEnd] = [:]
    private var channels: [any Channel] = []

    /// Whoever connects is told to `onConnected`, which calls `start` when the server may begin to speak. One more client than
    /// `maxClients` is told 421 and closed (RFC 5321 §3.8).
    init(
        maxClients: Int = Listener.maxClients,
        setup: @escaping () -> ServerEnd.Setup,
        onConnected: @escaping (ServerEnd) -> Void,
        onMail: @escaping (ServerEnd, ServerEnd.Fate) -> Void,
        onClosed: @escaping (ServerEnd) -> Void = { _ in }
    ) {
        self.maxClients = maxClients
        makeSetup = setup
        self.onConnected = onConnected
        self.onMail = onMail
        self.onClosed = onClosed
    }

    /// The port, once it listens.
    var port: Int? { channels.first?.localAddress?.port }
    /// Where it listens.
    var addresses: [SocketAddress] { channels.compactMap(\.localAddress) }

    /// Starts to listen; call on the event loop. Port 0 is one that the system picks.
    func listen(on loop: any EventLoop, host: String = "127.0.0.1", port: Int = 0) -> EventLoopFuture<Void> {
        let bound = NIOLoopBound(self, eventLoop: loop)
        return bootstrap(on: loop).bind(host: host, port: port).map { bound.value.channels.append($0) }
    }

    /// The same at one address.
    func listen(on loop: any EventLoop, to address: SocketAddress) -> EventLoopFuture<Void> {
        let bound = NIOLoopBound(self, eventLoop: loop)
        return bootstrap(on: loop).bind(to: address).map { bound.value.channels.append($0) }
    }

    private func bootstrap(on loop: any EventLoop) -> ServerBootstrap {
        let bound = NIOLoopBound(self, eventLoop: loop)
        return ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value.admit())
                }
            }
    }

    /// Stops listening and breaks off whoever is connected.
    func close() {
        for channel in channels { channel.close(promise: nil) }
        for end in ends.values { end.abort() }
    }

    private func admit() -> Link {
        guard ends.count < maxClients else { return refusingLink() }
        let end = ServerEnd(makeSetup()) { [weak self] in
            self?.onConnected($0)
        } onMail: { [weak self] in
            self?.onMail($0, $1)
        } onClosed: { [weak self] in
            self?.ends[ObjectIdentifier($0)] = nil
            self?.onClosed($0)
        }
        ends[ObjectIdentifier(end)] = end
        return end.makeLink()
    }

    /// Says 421 and closes, and takes nothing. Where TLS comes first there is nobody yet to say it to.
    private func refusingLink() -> Link {
        let setup = makeSetup()
        let words = "421 4.3.2 \(setup.policy.domain) Too many connections, come back later\r\n"
        let refusal = setup.beginsWithTLS ? [] : Array(words.utf8)
        weak var weakLink: Link?
        let link = Link { occurrence in
            guard case .connected = occurrence else { return }
            weakLink?.run(.write(refusal))
            weakLink?.run(.close)
        }
        weakLink = link
        return link
    }
}
