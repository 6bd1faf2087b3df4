import Glibc

/// Divides work among the processors.
///
/// On threads of its own: what takes long does not belong on those that run Swift's tasks.
public enum Processors {
    /// How many take part.
    static let count = max(1, min(8, sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    /// What `make` makes of numbered things, given to `body` in their order. A processor makes up to `atOnce` of them before
    /// they are given out, so that what is held at a time has a bound. `make` is called as `work` is in `map`.
    public static func each<Row: Sendable, Failure: Error>(
        of numbers: Range<Int>,
        atOnce: Int,
        making make: @Sendable (Range<Int>) -> [Row],
        _ body: (Row) throws(Failure) -> Void
    ) throws(Failure) {
        var rest = numbers
        while !rest.isEmpty {
            let parts = (0..<count).map { part in
                let start = rest.lowerBound + part * atOnce
                return (start..<start + atOnce).clamped(to: rest)
            }
            .filter { !$0.isEmpty }
            for rows in map(parts, make) { for row in rows { try body(row) } }
            rest = rest.dropFirst(parts.reduce(0) { $0 + $1.count })
        }
    }

    /// What `make` makes of things that come one after another, given to `body` in the order in which they came. Others make
    /// something of up to `atOnce` of them at a time while this thread asks for more; no more than there are processors for are
    /// held. `make` changes nothing that threads share.
    public static func pipeline<Thing: Sendable, Row: Sendable, Failure: Error>(
        atOnce: Int,
        from next: () -> Thing?,
        making make: @escaping @Sendable (Thing) -> Row,
        _ body: (Row) throws(Failure) -> Void
    ) throws(Failure) {
        var running: [(job: Job<Row>, thread: pthread_t?)] = []
        defer { for (job, thread) in running { job.wait(for: thread) } }
        var isOver = false
        while !isOver || !running.isEmpty {
            var things: [Thing] = []
            while !isOver, things.count < atOnce {
                if let thing = next() { things.append(thing) } else { isOver = true }
            }
            if !things.isEmpty {
                let job = Job { [things] in things.map(make) }
                running.append((job, job.start()))
            }
            guard isOver || running.count >= count, !running.isEmpty else { continue }
            let (job, thread) = running.removeFirst()
            job.wait(for: thread)
            for row in job.found { try body(row) }
        }
    }

    /// What `work` makes of each part, in the order of the parts; one of them is done on the calling thread. Returns when all
    /// is done. `work` is called from several threads at once and must change nothing that they share.
    static func map<Value: Sendable>(
        _ parts: [Range<Int>],
        _ work: @Sendable (Range<Int>) -> [Value]
    ) -> [[Value]] {
        withoutActuallyEscaping(work) { work in
            let jobs = parts.map { part in Job { work(part) } }
            let threads = jobs.dropFirst().map { $0.start() }
            jobs.first?.run()
            for (job, thread) in zip(jobs.dropFirst(), threads) { job.wait(for: thread) }
            return jobs.map(\.found)
        }
    }

    /// What one thread does. Its result is read when the thread has ended.
    private final class Job<Value>: @unchecked Sendable {
        private let work: () -> [Value]
        private(set) var found: [Value] = []

        init(_ work: @escaping () -> [Value]) { self.work = work }

        func run() { found = work() }

        /// Returns when the thread has done it. Where there was no other thread to be had, this one does it.
        func wait(for thread: pthread_t?) {
            if let thread { pthread_join(thread, nil) } else { run() }
        }

        /// Nil when the system has no thread to give. Whoever starts it keeps the job until the thread has ended.
        func start() -> pthread_t? {
            let call = Call { self.run() }
            var thread = pthread_t()
            let held = Unmanaged.passRetained(call)
            let failure = pthread_create(
                &thread,
                nil,
                { pointer in
                    if let pointer { Unmanaged<Call>.fromOpaque(pointer).takeRetainedValue().body() }
                    return nil
                },
                held.toOpaque()
            )
            if failure != 0 { held.release() }
            return failure == 0 ? thread : nil
        }
    }

    /// A closure that can be handed through C.
    private final class Call {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }
}
