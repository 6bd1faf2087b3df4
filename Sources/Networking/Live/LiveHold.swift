public import SMTP
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
        /// Where the session is, and what the server offers.
        public var phase = CommandSequence.Phase.connected
        public var offer = Hello()
        /// Whether the session leaves here because nobody said that the mail shall be delivered: `allow` goes on instead.
        public var leavesUndelivered = false
    }

    /// A wait that is going on.
    public struct Waiting: Equatable, Sendable {
        /// What is waited for, as `the reply to MAIL`.
        public let words: String
        /// In seconds; nil for no limit.
        public let limit: Int?
        /// Where that limit comes from, as `RFC 5321 §4.5.3.2.2`; empty when it is our own.
        public let rule: String
    }

    /// How the one connection there is can be reached.
    struct Line: Sendable {
        var send: @Sendable ([UInt8]) -> Void
        var allow: @Sendable () -> Void
    }

    private let waiting = Mutex<(@Sendable ([UInt8]?) -> Void)?>(nil)
    private let line = Mutex<Line?>(nil)
    private let onHeld: @Sendable (Held?) -> Void
    private let onSent: @Sendable (Sent) -> Void

    /// What became of octets that a person typed.
    public enum Sent: Equatable, Sendable {
        /// They are on their way; whether a server must answer them.
        case sent(isAnswered: Bool)
        /// They were not sent; why, in a sentence without a full stop.
        case refused(String)
    }

    /// `onHeld` is called with what begins to wait, and with nil when it was let go; `onSent` with what became of octets
    /// typed by hand.
    public init(
        onHeld: @escaping @Sendable (Held?) -> Void,
        onSent: @escaping @Sendable (Sent) -> Void = { _ in }
    ) {
        self.onHeld = onHeld
        self.onSent = onSent
    }

    /// Sends octets that a person typed, as they are, whatever is held. The session goes on from where the server is then.
    public func send(byHand octets: [UInt8]) {
        guard let line = line.withLock({ $0 }) else {
            return onSent(.refused("there is no connection to send on"))
        }
        line.send(octets)
    }

    /// The person said that the mail shall be delivered: the session goes on beyond RCPT.
    public func allow() { line.withLock { $0 }?.allow() }

    func attach(_ line: Line?) { self.line.withLock { $0 = line } }
    func tell(_ sent: Sent) { onSent(sent) }

    /// What was held is out of date.
    func drop() {
        waiting.withLock { $0 = nil }
        onHeld(nil)
    }

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
