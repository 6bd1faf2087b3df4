import Glibc
import Networking
import Tracing

/// Holds a server up when what it tells is not taken as fast as it comes, so that memory is bounded however fast clients are.
final class Pressure: @unchecked Sendable {
    /// How many octets of events may wait.
    static let most = 64 << 20

    // pthread objects must not move, so each has an allocation of its own; `waiting` is used under the lock alone.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let room = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var waiting = 0

    init() {
        pthread_mutex_init(lock, nil)
        pthread_cond_init(room, nil)
    }

    deinit {
        pthread_cond_destroy(room)
        pthread_mutex_destroy(lock)
        room.deallocate()
        lock.deallocate()
    }

    /// An event is told; blocks while too much waits.
    func add(_ event: ConversationEvent) {
        guard case .event(let wire) = event.kind else { return }
        pthread_mutex_lock(lock)
        while waiting > Self.most { pthread_cond_wait(room, lock) }
        waiting += Self.weight(wire)
        pthread_mutex_unlock(lock)
    }

    /// An event was dealt with.
    func remove(_ event: WireEvent) {
        pthread_mutex_lock(lock)
        waiting -= Self.weight(event)
        if waiting <= Self.most { pthread_cond_signal(room) }
        pthread_mutex_unlock(lock)
    }

    /// About how much memory it takes.
    private static func weight(_ event: WireEvent) -> Int {
        switch event.kind {
        case .octets(_, let octets, _), .records(_, let octets), .delivered(let octets): 256 + octets.count
        default: 256
        }
    }
}

/// Serving goes before explaining: the calling thread, which traces and prints, steps back behind the others of this program.
/// No further than that, or it would stand still on a machine that has other work. What it falls behind is bounded by `Pressure`.
func stepBack() { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5) }
