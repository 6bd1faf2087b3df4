import Synchronization

/// Something that is worked out when it is first asked for, and kept.
///
/// A walk shows one section of a file, and the first screen waits for it; to read the others would delay it for nothing.
public final class Deferred<Value: Sendable>: Sendable {
    private enum State: Sendable {
        case due(@Sendable () -> Value)
        case done(Value)
    }

    private let state: Mutex<State>

    public init(_ make: @escaping @Sendable () -> Value) { state = Mutex(.due(make)) }

    public var value: Value {
        state.withLock { state in
            switch state {
            case .done(let value): return value
            case .due(let make):
                let value = make()
                state = .done(value)
                return value
            }
        }
    }
}
