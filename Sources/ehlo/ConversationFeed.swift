import Networking
import Synchronization

/// What several conversations report, kept until the main thread asks for it.
final class ConversationFeed: Sendable {
    private let waiting = Mutex<[ConversationEvent]>([])
    private let onNews: @Sendable () -> Void

    /// `onNews` is called when there is something after there was nothing.
    init(onNews: @escaping @Sendable () -> Void) { self.onNews = onNews }

    func take(_ event: ConversationEvent) {
        let wasEmpty = waiting.withLock { waiting in
            defer { waiting.append(event) }
            return waiting.isEmpty
        }
        if wasEmpty { onNews() }
    }

    /// Everything that came since the last look, in order; it is handed out once.
    func news() -> [ConversationEvent] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
