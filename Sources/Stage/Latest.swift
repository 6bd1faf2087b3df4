import Dispatch
import Synchronization

/// How far one thread has come, for another that goes on from there: what was not taken in time is replaced, so the first never
/// waits and the other never works on what is old.
final class Latest<Value: Sendable>: Sendable {
    private let contents = Mutex<(value: Value?, isOver: Bool)>((nil, false))
    private let bell = DispatchSemaphore(value: 0)

    func put(_ value: Value) {
        contents.withLock { $0.value = value }
        bell.signal()
    }

    /// Nothing more will be put here.
    func end() {
        contents.withLock { $0.isOver = true }
        bell.signal()
    }

    /// Waits for what was not taken yet; nil when no more comes.
    func take() -> Value? {
        while true {
            let (value, isOver) = contents.withLock { contents in
                defer { contents.value = nil }
                return contents
            }
            if value != nil || isOver { return value }
            bell.wait()
        }
    }
}
