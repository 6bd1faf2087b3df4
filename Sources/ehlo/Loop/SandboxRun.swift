import Networking
import Tracing

/// A sandbox world that is followed on the main thread.
final class SandboxRun: SteppedRun {
    let follower: LiveFollower<SandboxOutcome>
    private let world: SandboxWorld

    var trace: Trace { follower.trace }
    /// The step that the next `step()` lets happen; nil at the end.
    var waiting: Step? { isOver ? nil : follower.news.waiting }
    var isOver: Bool { follower.outcome != nil }
    var promise: String? { waiting.map { "Enter: step \($0.number), \($0.title)" } }

    /// Opens the world and comes back when its first step waits.
    init(_ configuration: SandboxConfiguration) throws {
        let follower = LiveFollower<SandboxOutcome>()
        let feed = follower.feed
        self.follower = follower
        let world = try SandboxWorld(
            configuration,
            onEvent: { feed.take($0) },
            onWaiting: { feed.wait(for: $0) },
            onFinish: { feed.finish($0) }
        )
        self.world = world
        Task.detached {
            do { try await world.start() } catch { feed.fail("\(error)") }
        }
        while follower.news.waits == 0, follower.news.trouble == nil { _ = try follower.next() }
        guard let trouble = follower.news.trouble else { return }
        throw CommandError(
            .unavailable,
            "the sandbox world cannot open its servers on 127.0.0.1 (\(trouble)); see whether 'ping 127.0.0.1' is answered"
        )
    }

    /// Lets one step happen and comes back when the next one waits, or all is over.
    func step() throws {
        guard !isOver else { return }
        let before = follower.news.waits
        world.release()
        while !isOver, follower.news.waits == before { _ = try follower.next() }
    }

    func releaseAll() { world.releaseAll() }

    /// Throws the exit status, and the sentence that goes with it, when the mail was not delivered.
    func verdict() throws(CommandError) {
        switch follower.outcome {
        case .delivered, .stopped, nil: return
        case .notSubmitted(let reason), .notDelivered(let reason):
            throw CommandError(
                ExitCode(failureOf: trace),
                "the mail was not delivered: \(reason); the step marked 'failed' shows where"
            )
        }
    }
}
