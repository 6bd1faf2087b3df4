public import Networking
import Tracing

/// Walks of the program's own.
extension RunningWalk {
    /// Opens the embedded servers, and a mail to be walked through them a step at a time.
    public static func sandbox(
        _ configuration: SandboxConfiguration,
        onNews: (@Sendable () -> Void)? = nil
    ) throws -> RunningWalk {
        let post = Post(onNews)
        let (mailbox, clock) = (post.mailbox, WalkClock())
        let gate = StepGate(.steps) { held in mailbox.post { $0.held[own] = .some(held) } }
        let world = try SandboxWorld(
            configuration,
            gate: gate,
            onEvent: { mailbox.post(event($0, clock)) },
            onFinish: { outcome in mailbox.post { $0.ending = .sandbox(outcome) } }
        )
        let start = Task.detached {
            do {
                let ports = try await world.start()
                mailbox.post { $0.ports = ports }
            } catch {
                mailbox.post { $0.ending = .notStarted("\(error)") }
            }
        }
        var controls = Controls()
        controls.release = { _, edited in
            clock.released()
            gate.release(sending: edited)
        }
        controls.releaseAll = {
            clock.released()
            gate.releaseAll()
        }
        controls.stop = {
            Task.detached {
                await start.value
                await world.stop()
            }
        }
        return RunningWalk(post, controls)
    }

    /// A session with a real server, held before each thing it does; or, where it is not held, running through by itself.
    public static func live(
        _ options: LiveSession.Options,
        isHeld: Bool,
        onNews: (@Sendable () -> Void)? = nil
    ) -> RunningWalk {
        let post = Post(onNews)
        let (mailbox, clock) = (post.mailbox, WalkClock())
        let gate = isHeld ? StepGate(.lines) { held in mailbox.post { $0.held[own] = .some(held) } } : nil
        let hand = HandLine { sent in mailbox.post { $0.sent = sent } }
        let session = Task.detached {
            let outcome = await LiveSession(options).run(
                gate: gate,
                hand: hand,
                onWaiting: { waiting in mailbox.post { $0.waiting = .some(waiting) } },
                onEvent: { mailbox.post(event($0, clock)) }
            )
            mailbox.post { $0.ending = .live(outcome) }
        }
        var controls = Controls()
        controls.release = { _, edited in
            clock.released()
            gate?.release(sending: edited)
        }
        controls.releaseAll = {
            clock.released()
            gate?.releaseAll()
        }
        controls.send = { octets in
            clock.released()
            hand.send(octets)
        }
        controls.allow = {
            clock.released()
            hand.allow()
        }
        controls.stop = { session.cancel() }
        return RunningWalk(post, controls)
    }

    private static func event(_ event: WireEvent, _ clock: WalkClock) -> ConversationEvent {
        ConversationEvent(id: own, peer: "", kind: .event(clock.adjusted(event)))
    }
}
