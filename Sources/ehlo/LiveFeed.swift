import Dispatch
import Synchronization
import Tracing

/// What a running world or session reports, kept until the main thread asks for it.
final class LiveFeed<Outcome: Sendable>: Sendable {
    /// What came since the last look.
    struct News: Sendable {
        var events: [WireEvent] = []
        /// The step that waits to be released; nil while one is under way.
        var waiting: Step?
        var outcome: Outcome?
        /// Why nothing could begin.
        var trouble: String?
        /// How many times something began to wait.
        var waits = 0
    }

    private let state = Mutex(News())
    private let bell = DispatchSemaphore(value: 0)

    func take(_ event: WireEvent) {
        state.withLock { $0.events.append(event) }
        bell.signal()
    }

    func wait(for step: Step?) {
        state.withLock {
            $0.waiting = step
            if step != nil { $0.waits += 1 }
        }
        bell.signal()
    }

    func finish(_ outcome: Outcome) {
        state.withLock { $0.outcome = outcome }
        bell.signal()
    }

    func fail(_ trouble: String) {
        state.withLock { $0.trouble = trouble }
        bell.signal()
    }

    /// Blocks until something was reported.
    func sleep() { bell.wait() }

    /// The events are handed out once.
    func news() -> News {
        state.withLock { state in
            let news = state
            state.events = []
            return news
        }
    }
}
