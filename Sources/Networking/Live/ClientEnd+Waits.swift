import NIOCore
import SMTP
import Tracing

/// Waits that mean something: a server that looks strangers up, or slows them down on purpose, takes seconds.
extension ClientEnd {
    /// From how many seconds on a wait is remarked on.
    static let remarkableWait: Int64 = 3
    /// The same behind mail data, which a server may look through before it answers (RFC 5321 §4.5.3.2.6).
    static let remarkableCheck: Int64 = 15

    /// A reply is here: how long the server was at it is said, where that is long.
    func sayHowLongItTook(_ reply: Reply) {
        let seconds = (NIODeadline.now() - lastTurn).nanoseconds / 1_000_000_000
        lastTurn = .now()
        let turn = dialogue?.awaitedTurn
        let least = turn == .mailData ? Self.remarkableCheck : Self.remarkableWait
        guard setup.tellsWaits, seconds >= least else { return }
        let what = turn == .greeting ? "its greeting" : "this reply"
        log.emit(.remark(WireEvent.Failure(.tookLong).adding(" \(seconds) seconds for \(what)")), setup.leg)
    }
}
