import Synchronization
public import Tracing

/// Holds a live session before each thing it is about to do, until a person lets it go on.
///
/// It decides nothing and counts nothing: a release while nothing is held sends nothing, now or later, since what goes to a
/// real server must have been seen before. May be used from any thread.
public final class LiveHold: Sendable {
    /// What is about to happen.
    public struct Held: Equatable, Sendable {
        public let step: Step
        /// What is about to go over the wire: a line with its CRLF, mail data with its dot, or nothing for a lookup.
        public let octets: [UInt8]
        /// Whom it goes to; for a lookup the domain that is asked for.
        public let target: String
    }

    private let waiting = Mutex<(@Sendable ([UInt8]?) -> Void)?>(nil)
    private let onHeld: @Sendable (Held?) -> Void

    /// `onHeld` is called with what begins to wait, and with nil when it was let go.
    public init(onHeld: @escaping @Sendable (Held?) -> Void) { self.onHeld = onHeld }

    /// Lets what is held happen. `edited` goes over the wire in the place of what was held, as it is.
    public func release(sending edited: [UInt8]? = nil) {
        let go = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        guard let go else { return }
        onHeld(nil)
        go(edited)
    }

    func pass(_ held: Held, _ go: @escaping @Sendable ([UInt8]?) -> Void) {
        waiting.withLock { $0 = go }
        onHeld(held)
    }

    /// Waits until a person lets it happen, or until the task is cancelled.
    func wait(for held: Held) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                pass(held) { _ in continuation.resume() }
                if Task.isCancelled { release() }
            }
        } onCancel: {
            release()
        }
    }
}
