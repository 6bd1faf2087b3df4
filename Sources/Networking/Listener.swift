import NIOCore
import NIOPosix
import SMTP

/// Listens for SMTP clients on a loopback port that the system picks. Used on one event loop.
final class Listener {
    /// How many clients are served at once; one more is told 421 and closed (RFC 5321 §3.8).
    static let mostClients = 300

    private let policy: ServerDialogue.Policy
    private let date: () -> MailDate
    private let onConnected: (ServerEnd) -> Void
    private let onReception: (ServerEnd, ServerEnd.Reception) -> Void
    private var ends: [ObjectIdentifier: ServerEnd] = [:]
    private var channel: (any Channel)?

    /// Whoever connects is told to `onConnected`, which calls `start` when the server may begin to speak.
    init(
        policy: ServerDialogue.Policy,
        date: @escaping () -> MailDate,
        onConnected: @escaping (ServerEnd) -> Void,
        onReception: @escaping (ServerEnd, ServerEnd.Reception) -> Void
    ) {
        self.policy = policy
        self.date = date
        self.onConnected = onConnected
        self.onReception = onReception
    }

    /// The port, once it listens.
    var port: Int? { channel?.localAddress?.port }

    /// Starts to listen; call on the event loop.
    func listen(on loop: any EventLoop) -> EventLoopFuture<Void> {
        let bound = NIOLoopBound(self, eventLoop: loop)
        return ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value.admit())
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .map { bound.value.channel = $0 }
    }

    /// Stops listening and breaks off whoever is connected.
    func close() {
        channel?.close(promise: nil)
        for end in ends.values { end.abort() }
    }

    private func admit() -> Link {
        guard ends.count < Self.mostClients else { return refusingLink() }
        let end = ServerEnd(
            policy: policy,
            limit: .seconds(Int64(TimeLimit.nextCommand.seconds)),
            date: date,
            onConnected: onConnected,
            onReception: onReception,
            onClosed: { [weak self] in self?.ends[ObjectIdentifier($0)] = nil }
        )
        ends[ObjectIdentifier(end)] = end
        return end.makeLink()
    }

    /// Says 421 and closes, and takes nothing.
    private func refusingLink() -> Link {
        let refusal = Array("421 4.3.2 \(policy.domain) Too many connections, come back later\r\n".utf8)
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
