public import Tracing

/// What happened in one of several conversations that a server of ours, or a tap, holds at the same time.
///
/// They are told one after the other, from one thread, as they happen: `opened` first, `closed` last.
public struct ConversationEvent: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        /// A client has come.
        case opened
        /// A conversation of which somebody else tells begins, with what is said of it; a second time, what was told of it is
        /// void, and it is told anew.
        case told(Recording.Header)
        /// More is known of such a conversation as a whole.
        case named(Recording.Header)
        /// Such a conversation turned out to be none; nothing more will come.
        case void
        /// Something happened in the conversation.
        case event(WireEvent)
        /// Nothing more will come.
        case closed
    }

    /// Which conversation: counted from 1 in the order in which the clients came.
    public let id: Int
    /// Where the client speaks from, as `127.0.0.1:54321`.
    public let peer: String
    public let kind: Kind

    public init(id: Int, peer: String, kind: Kind) {
        self.id = id
        self.peer = peer
        self.kind = kind
    }
}
