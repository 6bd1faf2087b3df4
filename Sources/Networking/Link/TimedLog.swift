import SMTP
import Tracing

/// Stamps what happens with the time since the beginning, lets the observer mark what is a credential, and passes it on, in
/// order. Used on one event loop.
final class TimedLog {
    private let began = ContinuousClock.now
    private let onEvent: @Sendable (WireEvent) -> Void
    private var log = WireLog()
    private var latest = 0.0
    private let debug = DebugLog.writer("wire")
    private var told = ObserverLines()
    private var isShut = false

    init(onEvent: @escaping @Sendable (WireEvent) -> Void) { self.onEvent = onEvent }

    func emit(_ kind: WireEvent.Kind, _ leg: Leg) {
        guard !isShut else { return }
        let passed = (ContinuousClock.now - began).components
        latest = max(latest, Double(passed.seconds) + Double(passed.attoseconds) / 1e18)
        let event = log.event(kind, leg: leg, at: latest)
        if let debug { for line in told.lines(of: event, log.reader(of: leg)) { debug.line(line) } }
        onEvent(event)
    }

    /// Tells what a side sent where a handshake belongs: its records, or its words where it speaks in the clear.
    func emitHandshake(_ octets: [UInt8], from side: Side, _ leg: Leg) {
        let isTLS = TLSRecord.head(of: octets) != .none
        emit(isTLS ? .records(from: side, octets) : .octets(from: side, octets), leg)
    }

    /// The observer of a leg, as it stands behind the last event.
    func reader(of leg: Leg) -> SessionReader { log.reader(of: leg) }

    /// Octets that are about to go, as they may be shown.
    func shown(_ octets: [UInt8], from side: Side, _ leg: Leg) -> [UInt8] {
        var reader = reader(of: leg)
        return Mask.over(octets, reader.credentials(in: octets, from: side)).octets
    }

    /// Reports nothing any more: the listener is gone.
    func shut() { isShut = true }
}
