import Tracing

/// Lets one step at a time onto the wire.
///
/// Whoever is about to put octets on a wire asks with the label of the step and is let through when a person releases it;
/// what comes later under the same label goes along. It knows nothing of sockets. Used on one event loop.
///
/// Wrong input: none. A release while nothing waits is remembered, so that quick presses are not lost.
final class Gate {
    /// What a release lets through: a step, and which of several alike (the second RCPT has the ordinal 1).
    struct Label: Hashable, Sendable {
        var step: Step
        /// Counted from 0.
        var ordinal = 0

        init(_ step: Step, _ ordinal: Int = 0) {
            self.step = step
            self.ordinal = ordinal
        }
    }

    private var waiting: [(label: Label, action: () -> Void)] = []
    private var current: Label?
    private var credit = 0
    private var isOpen = false
    /// Called with the step that begins to wait, and with nil when it has been let through.
    private let onWaiting: (Step?) -> Void

    init(onWaiting: @escaping (Step?) -> Void = { _ in }) { self.onWaiting = onWaiting }

    /// Runs `action` as soon as `label` may pass: now, or within a release.
    func pass(_ label: Label, _ action: @escaping () -> Void) {
        if isOpen || label == current { return action() }
        if credit > 0, waiting.isEmpty {
            credit -= 1
            current = label
            return action()
        }
        waiting.append((label, action))
        if waiting.count == 1 { onWaiting(label.step) }
    }

    /// Lets the label that has waited longest pass, with everything that comes under the same label.
    func release() {
        guard let next = waiting.first?.label else {
            credit += 1
            return
        }
        current = next
        let passing = waiting.filter { $0.label == next }
        waiting.removeAll { $0.label == next }
        onWaiting(nil)
        for entry in passing { entry.action() }
        if let rest = waiting.first { onWaiting(rest.label.step) }
    }

    /// Lets everything pass from now on.
    func releaseAll() {
        isOpen = true
        let passing = waiting
        waiting = []
        if !passing.isEmpty { onWaiting(nil) }
        for entry in passing { entry.action() }
    }

    /// Forgets who waits, so that nothing can pass any more.
    func drop() { waiting = [] }
}
