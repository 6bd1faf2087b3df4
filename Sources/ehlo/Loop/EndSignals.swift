import Dispatch
import Glibc
import Synchronization

/// Signals that ask the program to end, which then says what it knows before it does.
final class EndSignals {
    /// The one that came first, written from the thread that is told of signals.
    private final class First: Sendable {
        let number = Mutex<Int32?>(nil)
    }

    private let first = First()
    private var sources: [any DispatchSourceSignal] = []
    private static let ignored = unsafeBitCast(SIG_IGN, to: Int.self)

    /// From now on `end` is called when one comes; the second one ends the program as usual.
    init(_ end: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "signals")
        for number in [SIGINT, SIGTERM, SIGHUP] where !Self.isIgnored(number) {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { [first] in
                first.number.withLock { $0 = $0 ?? number }
                signal(number, SIG_DFL)
                end()
            }
            source.resume()
            sources.append(source)
        }
    }

    /// Whoever started the program in the background had it ignore Ctrl-C.
    private static func isIgnored(_ number: Int32) -> Bool {
        var before = sigaction()
        sigaction(number, nil, &before)
        return unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) == ignored
    }

    /// Ends the program as the signal that came would have ended it.
    func endIfReceived() {
        guard let number = first.number.withLock({ $0 }) else { return }
        signal(number, SIG_DFL)
        raise(number)
    }
}
