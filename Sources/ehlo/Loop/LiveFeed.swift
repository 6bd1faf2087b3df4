import Dispatch
import Networking
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
        /// What a live session is about to do; nil while it is under way.
        var held: LiveHold.Held?
        /// What a live session waits for; nil when it waits for nothing.
        var awaited: LiveHold.Waiting?
        /// What became of octets typed by hand, once it is known.
        var sent: LiveHold.Sent?
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

    /// Puts a change into the news that is no event.
    func note(_ change: (inout News) -> Void) {
        state.withLock { change(&$0) }
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

    /// What is waited for now.
    var awaited: LiveHold.Waiting? { state.withLock { $0.awaited } }

    /// Blocks until something was reported; false when nothing was for so many seconds.
    func sleep(seconds: Double) -> Bool { bell.wait(timeout: .now() + seconds) == .success }

    /// The events are handed out once, and so is what became of typed octets.
    func news() -> News {
        state.withLock { state in
            let news = state
            state.events = []
            state.sent = nil
            return news
        }
    }
}
