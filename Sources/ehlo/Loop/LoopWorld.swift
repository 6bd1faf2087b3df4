import Curses
import Glibc
import Networking
import Synchronization
import Tracing

/// What runs behind the curses loop, the sandbox world or a live session: takes presses to it and its events back, by way
/// of the loop's wake-up.
final class LoopWorld: Sendable {
    /// What happened there since the loop last looked.
    struct News {
        var events: [WireEvent] = []
        /// What a live session waits to do; nil when that did not change.
        var held: LiveHold.Held??
        /// What a live session waits for; nil when that did not change.
        var waiting: LiveHold.Waiting??
        /// Where the sandbox listens, once it does.
        var ports: SandboxWorld.Ports?
        var isFinished = false
        /// Why it could not start, or how it ended.
        var words: String?
        /// What a live session that ended makes the exit status.
        var status: Int32?
    }

    private struct Box {
        var news = News()
        /// Presses that came before the world stood.
        var early = 0
        var clock = WalkClock()
        var isStopped = false
        var release: (@Sendable ([UInt8]?) -> Void)?
        var stop: (@Sendable () -> Void)?
        var hold: LiveHold?
    }

    private let box = Mutex(Box())

    private init() {}

    /// The embedded servers and a mail to be walked through them.
    static func sandbox(_ configuration: SandboxConfiguration) -> LoopWorld {
        let world = LoopWorld()
        Task.detached { await world.start(configuration) }
        return world
    }

    /// A session with a real server, held before each thing it does.
    static func live(_ options: LiveSession.Options) -> LoopWorld {
        let world = LoopWorld()
        let hold = LiveHold(
            onHeld: { held in world.tell { $0.held = .some(held) } },
            onSent: { sent in if case .refused(let why) = sent { world.tell { $0.words = why } } }
        )
        let session = Task.detached {
            let outcome = await LiveSession(options).run(
                // Whoever asks for all exchangers wants to see them and not to press a key for each line.
                hold: options.everyExchanger ? nil : hold,
                onWaiting: { waiting in world.tell { $0.waiting = .some(waiting) } },
                onEvent: { world.tell(event: $0) }
            )
            world.tell { news in
                news.isFinished = true
                news.words = outcome.sentence
                news.status = outcome.exitStatus
            }
        }
        world.box.withLock { $0.hold = hold }
        world.stands(release: { hold.release(sending: $0) }, stop: { session.cancel() })
        return world
    }

    private func start(_ configuration: SandboxConfiguration) async {
        do {
            let world = try SandboxWorld(
                configuration,
                onEvent: { self.tell(event: $0) },
                onWaiting: { _ in },
                onFinish: { self.tell(outcome: $0) }
            )
            let ports = try await world.start()
            tell { $0.ports = ports }
            stands(release: { _ in world.release() }, stop: { Task.detached { await world.stop() } })
        } catch {
            tell { $0.words = "the sandbox could not start: \(error)" }
        }
    }

    /// It stands: what came too early is done now.
    private func stands(release: @escaping @Sendable ([UInt8]?) -> Void, stop: @escaping @Sendable () -> Void) {
        let (early, isStopped) = box.withLock { box in
            box.release = release
            box.stop = stop
            return (box.early, box.isStopped)
        }
        guard !isStopped else { return stop() }
        for _ in 0..<early { release(nil) }
    }

    private func tell(_ change: (inout News) -> Void) {
        box.withLock { change(&$0.news) }
        Terminal.wake()
    }

    private func tell(event: WireEvent) {
        box.withLock { box in box.news.events.append(box.clock.adjusted(event)) }
        Terminal.wake()
    }

    private func tell(outcome: SandboxOutcome) {
        tell { news in
            news.isFinished = true
            switch outcome {
            case .delivered, .stopped: break
            case .notSubmitted(let why), .notDelivered(let why): news.words = why
            }
        }
    }

    /// Lets one step happen; in a live session with other octets than those that were held.
    func release(sending edited: [UInt8]? = nil) {
        let release = box.withLock { box in
            box.clock.released()
            if box.release == nil { box.early += 1 }
            return box.release
        }
        release?(edited)
    }

    /// Sends octets that a person typed to the server of a live session.
    func send(byHand octets: [UInt8]) {
        let hold = box.withLock { box in
            box.clock.released()
            return box.hold
        }
        hold?.send(byHand: octets)
    }

    /// The mail of a live session shall be delivered.
    func allowDelivery() {
        let hold = box.withLock { box in
            box.clock.released()
            return box.hold
        }
        hold?.allow()
    }

    func takeNews() -> News {
        box.withLock { box in
            defer { box.news = News() }
            return box.news
        }
    }

    /// Ends it without waiting: the process is about to end as well.
    func stop() {
        let stop = box.withLock { box in
            box.isStopped = true
            return box.stop
        }
        stop?()
    }
}

/// Takes the time a person thought before pressing out of a session, so that times are those of the wire.
struct WalkClock {
    private var releasedAt: Double?
    private var lastAt = 0.0
    private var pause = 0.0

    /// A person let the next step happen, now.
    mutating func released() {
        if releasedAt == nil { releasedAt = Self.now }
    }

    /// The event with the time the session would show had the person not waited at all.
    mutating func adjusted(_ event: WireEvent) -> WireEvent {
        var event = event
        if let releasedAt {
            let sinceRelease = max(0, Self.now - releasedAt)
            let gap = max(0, event.time - lastAt)
            pause += max(0, gap - sinceRelease)
            self.releasedAt = nil
        }
        lastAt = max(lastAt, event.time)
        event.time = max(0, event.time - pause)
        return event
    }

    /// Seconds of the monotonic clock.
    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
