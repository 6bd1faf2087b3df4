import Glibc

/// Threads that do one piece of work after another, in the order in which those were added; who asks for what came of them helps.
///
/// It belongs to the thread that made it: only that one adds, asks and dismisses. The first piece needs no other thread.
final class Crew<Row: Sendable>: @unchecked Sendable {
    typealias Work = @Sendable () -> [Row]

    private final class Job {
        private var work: Work?
        var rows: [Row]?
        init(_ work: @escaping Work) { self.work = work }

        /// What it was made of goes where it is done: to let much of that go takes time.
        func run() -> [Row] { work.take()?() ?? [] }
    }

    // Neither may move, so each has an allocation of its own. All that follows them is used under the lock alone.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let change = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// Those that were not asked for yet, first to last, and how many of them somebody has begun.
    private var jobs: [Job] = []
    private var begun = 0
    private var isDismissed = false

    private var threads: [pthread_t] = []
    private let maxThreads: Int

    init(beside maxThreads: Int) {
        self.maxThreads = maxThreads
        pthread_mutex_init(lock, nil)
        pthread_cond_init(change, nil)
    }

    deinit {
        pthread_cond_destroy(change)
        pthread_mutex_destroy(lock)
        change.deallocate()
        lock.deallocate()
    }

    /// How many pieces were added and not asked for yet.
    var held: Int { locked { jobs.count } }

    func add(_ work: @escaping Work) {
        let isAlone = locked {
            jobs.append(Job(work))
            pthread_cond_broadcast(change)
            return jobs.count - begun < 2
        }
        if !isAlone, threads.count < maxThreads, let thread = start() { threads.append(thread) }
    }

    /// What came of the piece that was added first; nil where none is left. Does what nobody has begun while that one is not done.
    func first() -> [Row]? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while let first = jobs.first {
            if let rows = first.rows {
                jobs.removeFirst()
                begun -= 1
                return rows
            }
            if !doNext() { pthread_cond_wait(change, lock) }
        }
        return nil
    }

    /// What nobody has begun is dropped. Returns when no thread is left.
    func dismiss() {
        locked {
            jobs.removeSubrange(begun...)
            isDismissed = true
            pthread_cond_broadcast(change)
        }
        for thread in threads { pthread_join(thread, nil) }
        threads = []
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }

    /// Does the first piece that nobody has begun, without the lock; false where there is none.
    private func doNext() -> Bool {
        guard begun < jobs.count else { return false }
        let job = jobs[begun]
        begun += 1
        pthread_mutex_unlock(lock)
        let rows = job.run()
        pthread_mutex_lock(lock)
        job.rows = rows
        pthread_cond_broadcast(change)
        return true
    }

    private func run() {
        pthread_mutex_lock(lock)
        while !isDismissed { if !doNext() { pthread_cond_wait(change, lock) } }
        pthread_mutex_unlock(lock)
    }

    /// Nil when the system has no thread to give: then there is one fewer. The thread ends before its crew does, which `dismiss`
    /// waits for.
    private func start() -> pthread_t? {
        var thread = pthread_t()
        let held = Unmanaged.passRetained(Call { self.run() })
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
