import Synchronization

/// The way of what a person says by hand to the one connection of a live session, when there is one.
///
/// It decides nothing: the connection's end does. May be used from any thread.
public final class HandLine: Sendable {
    /// How the connection is reached.
    struct Reach: Sendable {
        var send: @Sendable ([UInt8]) -> Void
        var allow: @Sendable () -> Void
    }

    private let reach = Mutex<Reach?>(nil)
    private let onSent: @Sendable (LiveHold.Sent) -> Void

    /// `onSent` is told what became of octets that were typed.
    public init(onSent: @escaping @Sendable (LiveHold.Sent) -> Void) { self.onSent = onSent }

    /// Sends octets that a person typed, as they are, whatever is held. The session goes on from where the server is then.
    public func send(_ octets: [UInt8]) {
        guard let reach = reach.withLock({ $0 }) else {
            return onSent(.refused("there is no connection to send on"))
        }
        reach.send(octets)
    }

    /// The person said that the mail shall be delivered: the session goes on beyond RCPT.
    public func allow() { reach.withLock { $0 }?.allow() }

    func attach(_ reach: Reach?) { self.reach.withLock { $0 = reach } }
    func tell(_ sent: LiveHold.Sent) { onSent(sent) }
}
