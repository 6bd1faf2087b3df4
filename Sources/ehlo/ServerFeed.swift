import Glibc
import Networking
import Synchronization

/// What a server tells, kept until the main thread asks for it; when the main thread does not keep up, the server waits.
final class ServerFeed: Sendable {
    enum News: Sendable {
        case event(ConversationEvent)
        case mail(SandboxServer.Mail)
        case listening([String])
        case trouble(String)
    }

    /// How much may be waiting before the server has to wait.
    static let most = 4096

    private let state = Mutex<[News]>([])
    private let bell = Bell()

    func tell(_ news: News) {
        state.withLock { $0.append(news) }
        bell.ring { self.state.withLock { $0.count } < Self.most }
    }

    /// Blocks until there is something; gives all there is.
    func next() -> [News] {
        bell.wait { !self.state.withLock { $0.isEmpty } }
        let news = state.withLock { state in
            defer { state = [] }
            return state
        }
        bell.emptied()
        return news
    }

    /// Whether there is more to come at once.
    var isEmpty: Bool { state.withLock { $0.isEmpty } }
}

/// Two conditions under one lock: something came, and there is room.
private final class Bell: @unchecked Sendable {
    // pthread objects must not move, so each has an allocation of its own that lives as long as this.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let came = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let room = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(lock, nil)
        pthread_cond_init(came, nil)
        pthread_cond_init(room, nil)
    }

    deinit {
        pthread_cond_destroy(room)
        pthread_cond_destroy(came)
        pthread_mutex_destroy(lock)
        room.deallocate()
        came.deallocate()
        lock.deallocate()
    }

    /// Says that something came, and waits until there is room.
    func ring(_ hasRoom: () -> Bool) {
        pthread_mutex_lock(lock)
        pthread_cond_signal(came)
        while !hasRoom() { pthread_cond_wait(room, lock) }
        pthread_mutex_unlock(lock)
    }

    func wait(_ isThere: () -> Bool) {
        pthread_mutex_lock(lock)
        while !isThere() { pthread_cond_wait(came, lock) }
        pthread_mutex_unlock(lock)
    }

    func emptied() {
        pthread_mutex_lock(lock)
        pthread_cond_broadcast(room)
        pthread_mutex_unlock(lock)
    }
}
