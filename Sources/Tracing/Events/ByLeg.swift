/// Something for each leg of a session, looked up without hashing: every line of every session is asked for its own.
struct ByLeg<Value: Sendable>: Sendable {
    private var submission: Slot?
    private var lookup: Slot?
    private var relay: Slot?

    /// So that what is in it can be changed in its place.
    fileprivate struct Slot: Sendable {
        var value: Value

        mutating func change<Result>(_ body: (inout Value) -> Result) -> Result { body(&value) }
    }

    subscript(leg: Leg) -> Value? {
        get { slot(leg)?.value }
        set { set(newValue.map { Slot(value: $0) }, leg) }
    }

    private func slot(_ leg: Leg) -> Slot? {
        switch leg {
        case .submission: submission
        case .lookup: lookup
        case .relay: relay
        }
    }

    private mutating func set(_ slot: Slot?, _ leg: Leg) {
        switch leg {
        case .submission: submission = slot
        case .lookup: lookup = slot
        case .relay: relay = slot
        }
    }

    /// Changes what is there for a leg, `new` where there is nothing yet. It stays in its place, since it may be large.
    mutating func change(_ leg: Leg, orBegin new: @autoclosure () -> Value, _ body: (inout Value) -> Void) {
        let isThere: Void? =
            switch leg {
            case .submission: submission?.change(body)
            case .lookup: lookup?.change(body)
            case .relay: relay?.change(body)
            }
        guard isThere == nil else { return }
        var value = new()
        body(&value)
        set(Slot(value: value), leg)
    }
}

extension ByLeg.Slot: Equatable where Value: Equatable {}
extension ByLeg: Equatable where Value: Equatable {}
