import Notation
import Synchronization
import Tracing

/// Takes the time a person thought before pressing out of a session, so that times are those of the wire.
final class WalkClock: Sendable {
    private struct State {
        var releasedAt: Double?
        var lastAt = 0.0
        var pause = 0.0
    }

    private let state = Mutex(State())

    /// A person let the next step happen, now.
    func released() {
        let now = MonotonicClock.seconds
        state.withLock { if $0.releasedAt == nil { $0.releasedAt = now } }
    }

    /// The event with the time the session would show had the person not waited at all.
    func adjusted(_ event: WireEvent) -> WireEvent {
        var event = event
        event.time = state.withLock { state in
            if let releasedAt = state.releasedAt {
                let sinceRelease = max(0, MonotonicClock.seconds - releasedAt)
                let gap = max(0, event.time - state.lastAt)
                state.pause += max(0, gap - sinceRelease)
                state.releasedAt = nil
            }
            state.lastAt = max(state.lastAt, event.time)
            return max(0, event.time - state.pause)
        }
        return event
    }
}
