import SMTP
import Stage
import Synchronization
import Tracing

@testable import Networking

/// Keeps what a world or a session tells.
final class Recorder: Sendable {
    private struct Kept {
        var events: [WireEvent] = []
        var waiting: Step?
        var outcomes: [SandboxOutcome] = []
    }
    private let kept = Mutex(Kept())

    var events: [WireEvent] { kept.withLock { $0.events } }
    var waiting: Step? { kept.withLock { $0.waiting } }
    var outcomes: [SandboxOutcome] { kept.withLock { $0.outcomes } }

    @Sendable func note(_ event: WireEvent) { kept.withLock { $0.events.append(event) } }
    @Sendable func hold(_ held: LiveHold.Held?) { kept.withLock { $0.waiting = held?.step } }
    @Sendable func finish(_ outcome: SandboxOutcome) { kept.withLock { $0.outcomes.append(outcome) } }

    /// What one side sent, all of it, as text.
    func said(_ side: Side, _ leg: Leg = .relay) -> String {
        var octets: [UInt8] = []
        for event in events where event.leg == leg {
            if case .octets(side, let more, _) = event.kind { octets += more }
        }
        return String(decoding: octets, as: UTF8.self)
    }

    var delivered: [String] {
        events.compactMap {
            if case .delivered(let octets) = $0.kind { String(decoding: octets, as: UTF8.self) } else { nil }
        }
    }

    var errors: [String] { events.compactMap { if case .error(let failure) = $0.kind { failure.words } else { nil } } }

    var failures: [LinkFailure] {
        events.compactMap { if case .error(let failure) = $0.kind { failure.failure } else { nil } }
    }

    var connects: [String] { events.compactMap { if case .connect(let peer) = $0.kind { peer } else { nil } } }

    /// Waits until something is so; false when it does not become so in some seconds.
    func until(_ condition: (Recorder) -> Bool) async -> Bool {
        for _ in 0..<20_000 {
            if condition(self) { return true }
            try? await Task.sleep(for: .milliseconds(3))
        }
        return condition(self)
    }
}

/// A world that tells everything to a recorder, and the gate its steps wait at.
struct RecordedWorld {
    private let world: SandboxWorld
    private let gate: StepGate

    init(_ recorder: Recorder, _ configuration: SandboxConfiguration) throws {
        gate = StepGate(.steps, onHeld: recorder.hold)
        world = try SandboxWorld(configuration, gate: gate, onEvent: recorder.note, onFinish: recorder.finish)
    }

    @discardableResult func start() async throws -> SandboxWorld.Ports { try await world.start() }
    func release() { gate.release() }
    func releaseAll() { gate.releaseAll() }
    func stop() async { await world.stop() }
}
