import Networking
import Synchronization

/// What several conversations report, kept until the main thread asks for it.
final class ConversationFeed: Sendable {
    private struct Waiting {
        var events: [ConversationEvent] = []
        /// What conversations hold back, where that changed.
        var held: [Int: LiveHold.Held?] = [:]
        var isEmpty: Bool { events.isEmpty && held.isEmpty }
    }

    private let waiting = Mutex(Waiting())
    private let onNews: @Sendable () -> Void

    /// `onNews` is called when there is something after there was nothing.
    init(onNews: @escaping @Sendable () -> Void) { self.onNews = onNews }

    func take(_ event: ConversationEvent) { tell { $0.events.append(event) } }

    /// A conversation holds something back, or nothing any more.
    func hold(_ id: Int, _ held: LiveHold.Held?) { tell { $0.held[id] = .some(held) } }

    private func tell(_ change: (inout Waiting) -> Void) {
        let wasEmpty = waiting.withLock { waiting in
            defer { change(&waiting) }
            return waiting.isEmpty
        }
        if wasEmpty { onNews() }
    }

    /// Everything that came since the last look, in order; it is handed out once.
    func news() -> [ConversationEvent] {
        waiting.withLock { waiting in
            defer { waiting.events = [] }
            return waiting.events
        }
    }

    /// What is held back, where that changed since the last look.
    func heldNews() -> [Int: LiveHold.Held?] {
        waiting.withLock { waiting in
            defer { waiting.held = [:] }
            return waiting.held
        }
    }
}
