import Networking
import Synchronization

/// What several conversations report, kept until the main thread asks for it.
final class ConversationFeed: Sendable {
    /// What came since the last look.
    struct News {
        /// In order.
        var events: [ConversationEvent] = []
        /// What conversations hold back, where that changed.
        var held: [Int: LiveHold.Held?] = [:]
        var isEmpty: Bool { events.isEmpty && held.isEmpty }
    }

    private let waiting = Mutex(News())
    private let onNews: @Sendable () -> Void

    /// `onNews` is called when there is something after there was nothing.
    init(onNews: @escaping @Sendable () -> Void) { self.onNews = onNews }

    func take(_ event: ConversationEvent) { tell { $0.events.append(event) } }

    /// A conversation holds something back, or nothing any more.
    func hold(_ id: Int, _ held: LiveHold.Held?) { tell { $0.held[id] = .some(held) } }

    private func tell(_ change: (inout News) -> Void) {
        let wasEmpty = waiting.withLock { waiting in
            defer { change(&waiting) }
            return waiting.isEmpty
        }
        if wasEmpty { onNews() }
    }

    /// Everything that came since the last look; it is handed out once, and all at once: what was left would keep the next
    /// news from being told.
    func news() -> News {
        waiting.withLock { waiting in
            defer { waiting = News() }
            return waiting
        }
    }
}
