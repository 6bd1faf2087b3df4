public import Tracing

/// Something that happened in one of several conversations that go on beside each other.
public struct ConversationEvent: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        /// A client came.
        case opened
        case event(WireEvent)
        /// Both ends are gone; nothing more comes of this conversation.
        case closed
    }

    /// Which conversation; counted from 1 in the order in which the clients came.
    public let id: Int
    /// The client, as `127.0.0.1:41532`.
    public let peer: String
    public let kind: Kind

    public init(id: Int, peer: String, kind: Kind) {
        self.id = id
        self.peer = peer
        self.kind = kind
    }
}
