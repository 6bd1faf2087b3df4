import SMTP
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
    @Sendable func wait(_ step: Step?) { kept.withLock { $0.waiting = step } }
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

extension SandboxWorld {
    /// A world that tells everything to `recorder`.
    static func recorded(_ recorder: Recorder, _ configuration: SandboxConfiguration) throws -> SandboxWorld {
        try SandboxWorld(configuration, onEvent: recorder.note, onWaiting: recorder.wait, onFinish: recorder.finish)
    }
}
