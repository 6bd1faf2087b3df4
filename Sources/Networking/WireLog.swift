import Tracing

/// Stamps what happens with the time since the beginning and passes it on, in order. Used on one event loop.
final class WireLog {
    private let began = ContinuousClock.now
    private let onEvent: @Sendable (WireEvent) -> Void
    private var latest = 0.0
    private var isShut = false

    init(onEvent: @escaping @Sendable (WireEvent) -> Void) { self.onEvent = onEvent }

    func emit(_ kind: WireEvent.Kind, _ leg: Leg) {
        guard !isShut else { return }
        let passed = (ContinuousClock.now - began).components
        latest = max(latest, Double(passed.seconds) + Double(passed.attoseconds) / 1e18)
        onEvent(WireEvent(kind, leg: leg, at: latest))
    }

    /// Passes nothing on any more: whoever listened has turned away.
    func shut() { isShut = true }
}
