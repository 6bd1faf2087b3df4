import Stage

/// Conversations that are watched in the panes, and what to say about them.
struct ConversationSource {
    /// For the title bar, as `tap`.
    var title: String
    /// What the recordings say about where they come from.
    var origin: String
    /// What is shown while nobody has come: where clients should come to. A paragraph each.
    var invitation: [String]
    /// Where they go on.
    var walk: RunningWalk
    /// Where each is recorded as it happens; nil for nowhere.
    var files: ConversationFiles?
    /// How many that are over are kept, where they pass and nobody here takes part in them: their list then comes first.
    var keep: Int?
}
