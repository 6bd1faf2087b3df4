/// Something for each leg of a session, looked up without hashing: every line of every session is asked for its own.
struct ByLeg<Value: Sendable>: Sendable {
    private var submission: Value?
    private var lookup: Value?
    private var relay: Value?

    subscript(leg: Leg) -> Value? {
        get {
            switch leg {
            case .submission: submission
            case .lookup: lookup
            case .relay: relay
            }
        }
        set {
            switch leg {
            case .submission: submission = newValue
            case .lookup: lookup = newValue
            case .relay: relay = newValue
            }
        }
    }

    /// What is there for a leg, and nothing in its place: whoever changes it owns it alone, so that nothing in it is copied.
    mutating func take(_ leg: Leg) -> Value? {
        switch leg {
        case .submission: submission.take()
        case .lookup: lookup.take()
        case .relay: relay.take()
        }
    }
}

extension ByLeg: Equatable where Value: Equatable {}
