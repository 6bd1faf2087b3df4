import Dispatch
import Synchronization

/// Does something that takes its time while the calling thread waits for it; never to be called on the network thread.
public func blocking<Value: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () async throws(Failure) -> Value
) throws(Failure) -> Value {
    let answer = Answer<Value, Failure>()
    Task.detached {
        do throws(Failure) { answer.give(.success(try await body())) } catch { answer.give(.failure(error)) }
    }
    return try answer.wait().get()
}

/// What is waited for.
private final class Answer<Value: Sendable, Failure: Error>: Sendable {
    private let result = Mutex<Result<Value, Failure>?>(nil)
    private let bell = DispatchSemaphore(value: 0)

    func give(_ given: Result<Value, Failure>) {
        result.withLock { $0 = given }
        bell.signal()
    }

    func wait() -> Result<Value, Failure> {
        while true {
            bell.wait()
            if let given = result.withLock({ $0 }) { return given }
        }
    }
}
