import Notation
import Synchronization
import Tracing

/// Lines for somebody who looks for a fault of ehlo itself: states, timers, and what a machine ignored. Nothing is written
/// until the program has asked for it, once and for the whole process.
public final class DebugLog: Sendable {
    /// The log of this process, where one was asked for.
    private static let opened = Mutex<DebugLog?>(nil)

    private let write: @Sendable (String) -> Void
    private let began = ContinuousClock.now
    private let counts = Mutex<[String: Int]>([:])

    init(_ write: @escaping @Sendable (String) -> Void) { self.write = write }

    /// From now on each line goes to `write`, escaped and without a line feed, on whatever thread has something to say.
    public static func open(_ write: @escaping @Sendable (String) -> Void) {
        opened.withLock { $0 = DebugLog(write) }
    }

    /// Who writes, as `link 3`: each of a kind has its number.
    struct Writer: Sendable {
        fileprivate let log: DebugLog
        fileprivate let name: String

        /// Writes a line: the seconds since the log was opened, who writes, the words.
        func line(_ words: String) {
            let passed = (ContinuousClock.now - log.began).components
            let micros = passed.seconds * 1_000_000 + passed.attoseconds / 1_000_000_000_000
            log.write("\(micros / 1_000_000).\((micros % 1_000_000).decimal(6)) \(name): \(WireText.shown(words.utf8))")
        }

        /// Writes a line where a state has become another. The state must hold no octets of the wire.
        func line<State: Equatable>(_ machine: String, from old: State, to new: State) {
            guard old != new else { return }
            let words = { (state: State) in "\(state)".replacing(#/\b(?:[A-Z]\w*\.)+/#, with: "") }
            line("\(machine) \(words(old)) -> \(words(new))")
        }

        /// Answers whether an event had a place where a machine stands; one that had none was ignored, and a line says so.
        func took(_ event: String, _ hadPlace: Bool) -> Bool {
            if !hadPlace { line("\(event): it has no place there, ignored") }
            return hadPlace
        }
    }

    /// One more of a kind; nil where no log was asked for.
    static func writer(_ kind: String) -> Writer? { opened.withLock { $0 }?.writer(kind) }

    /// One more of a kind.
    func writer(_ kind: String) -> Writer {
        let number = counts.withLock { counts in
            counts[kind, default: 0] += 1
            return counts[kind] ?? 0
        }
        return Writer(log: self, name: "\(kind) \(number)")
    }
}

extension DebugLog.Writer? {
    /// Answers whether an event had a place where a machine stands; where there is a log, it says of one that it was ignored.
    func took(_ event: String, _ hadPlace: Bool) -> Bool { self?.took(event, hadPlace) ?? hadPlace }
}
