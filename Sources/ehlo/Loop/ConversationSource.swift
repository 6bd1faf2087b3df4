import Networking
import Tracing

/// Where conversations come from that are watched in the panes, and what to say about them.
struct ConversationSource {
    /// For the title bar, as `tap`.
    var title: String
    /// What the recordings say about where they come from.
    var origin: String
    /// What is shown while nobody has come: where clients should come to. A paragraph each.
    var invitation: [String]
    /// What happened and was not looked at yet.
    var feed: ConversationFeed
    /// Where each is recorded as it happens; nil for nowhere.
    var files: ConversationFiles?
    /// An event was dealt with.
    var taken: @Sendable (ConversationEvent) -> Void = { _ in }
    /// Lets what a conversation holds back pass, with other octets where they were edited.
    var release: @Sendable (_ id: Int, _ edited: [UInt8]?) -> Void = { _, _ in }
    /// Ends it without waiting: the process is about to end as well.
    var stop: @Sendable () -> Void = {}
}
