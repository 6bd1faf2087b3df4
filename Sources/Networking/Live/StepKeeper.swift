import Synchronization

/// Asked before anything goes on a wire, so that nothing does before a person has let it.
///
/// Whoever is about to act asks with what it is about to do, and acts when it is let go. May be used from any thread.
public protocol StepKeeper: Sendable {
    /// Calls `go` once, now or later, when `held` may happen; with other octets where a person edited those that were held.
    func pass(_ held: LiveHold.Held, _ go: @escaping @Sendable (_ edited: [UInt8]?) -> Void)
    /// Forgets what is held: it is out of date, and is not going to happen.
    func drop()
}

extension StepKeeper {
    /// Waits until a person lets it happen, or until the task is cancelled.
    func wait(for held: LiveHold.Held) async {
        let turnstile = Turnstile()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard turnstile.wait(continuation) else { return continuation.resume() }
                pass(held) { _ in turnstile.open() }
                if Task.isCancelled { drop() }
            }
        } onCancel: {
            turnstile.open()
            drop()
        }
    }
}

/// Lets one task go on, once, whether it waits already or will.
private final class Turnstile: Sendable {
    private enum State {
        case untouched
        case waiting(CheckedContinuation<Void, Never>)
        case open
    }

    private let state = Mutex(State.untouched)

    /// Keeps the task until it opens; false, and nothing kept, when it is open already.
    func wait(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        state.withLock { state in
            if case .open = state { return false }
            state = .waiting(continuation)
            return true
        }
    }

    func open() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state = .open }
            guard case .waiting(let continuation) = state else { return nil }
            return continuation
        }
        waiting?.resume()
    }
}
