public import Networking
import Synchronization
import Tracing

/// Lets one step at a time onto the wire, when a person says so.
///
/// It decides who passes and knows neither sockets nor faces. Wrong input: none. What a release does while nothing waits depends
/// on how the walk is held.
public final class StepGate: StepKeeper {
    /// How a walk is held.
    public enum Manner: Sendable {
        /// A step at a time, in a world of our own: what comes later under the step that was released last goes along, and
        /// a release while nothing waits is remembered, so that quick presses are not lost.
        case steps
        /// A line at a time, towards a real server, and each is seen before it goes: a release while nothing waits does
        /// nothing, now or later, and what begins to wait takes the place of what waited before.
        case lines
    }

    private struct Label: Equatable {
        var step: Step
        var ordinal: Int
    }

    private struct Entry {
        var held: LiveHold.Held
        var go: @Sendable ([UInt8]?) -> Void
        var label: Label { Label(step: held.step, ordinal: held.ordinal) }
    }

    private struct State {
        var waiting: [Entry] = []
        /// What was released last.
        var current: Label?
        /// Releases that came before anything waited.
        var credit = 0
        var isOpen = false
    }

    private let manner: Manner
    private let state = Mutex(State())
    private let onHeld: @Sendable (LiveHold.Held?) -> Void

    /// `onHeld` is called with what begins to wait, and with nil when it was let go or dropped. It is called in order, and must
    /// not come back to the gate.
    public init(_ manner: Manner, onHeld: @escaping @Sendable (LiveHold.Held?) -> Void = { _ in }) {
        self.manner = manner
        self.onHeld = onHeld
    }

    public func pass(_ held: LiveHold.Held, _ go: @escaping @Sendable ([UInt8]?) -> Void) {
        let entry = Entry(held: held, go: go)
        let passes = state.withLock { state in
            switch manner {
            case .steps: admit(entry, &state)
            case .lines: hold(entry, &state)
            }
        }
        if passes { go(nil) }
    }

    /// Whether a step passes at once; otherwise it waits.
    private func admit(_ entry: Entry, _ state: inout State) -> Bool {
        if state.isOpen || entry.label == state.current { return true }
        if state.credit > 0, state.waiting.isEmpty {
            state.credit -= 1
            state.current = entry.label
            return true
        }
        state.waiting.append(entry)
        if state.waiting.count == 1 { onHeld(entry.held) }
        return false
    }

    /// Whether a line passes at once; otherwise it waits.
    private func hold(_ entry: Entry, _ state: inout State) -> Bool {
        if state.isOpen { return true }
        state.waiting = [entry]
        onHeld(entry.held)
        return false
    }

    /// Lets what has waited longest pass, with everything that waits under the same label. `edited` goes over the wire in the
    /// place of what was held, as it is.
    public func release(sending edited: [UInt8]? = nil) {
        let passing = state.withLock { state -> [Entry] in
            guard let next = state.waiting.first?.label else {
                if manner == .steps { state.credit += 1 }
                return []
            }
            let passing = state.waiting.filter { $0.label == next }
            state.waiting.removeAll { $0.label == next }
            state.current = next
            onHeld(nil)
            if let rest = state.waiting.first { onHeld(rest.held) }
            return passing
        }
        for entry in passing { entry.go(edited) }
    }

    /// Lets everything pass from now on.
    public func releaseAll() {
        let passing = state.withLock { state in
            state.isOpen = true
            return forget(&state)
        }
        for entry in passing { entry.go(nil) }
    }

    public func drop() { state.withLock { _ = forget(&$0) } }

    private func forget(_ state: inout State) -> [Entry] {
        defer { state.waiting = [] }
        if !state.waiting.isEmpty { onHeld(nil) }
        return state.waiting
    }
}
