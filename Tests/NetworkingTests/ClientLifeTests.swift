import Testing

@testable import Networking

/// What a client's connection may not do, which flags beside each other could not forbid.
@Suite struct ClientLifeTests {
    /// Every place to stand.
    static let all: [ClientLife] = [
        .connecting, .open(.free), .open(.held(1)), .open(.interrupted), .securing, .parting, .ended, .closed,
        .finished,
    ]

    private typealias Step = (
        name: String, from: Set<String>, to: ClientLife, take: @Sendable (inout ClientLife) -> Bool
    )

    /// THE expectation: each transition, where it may begin, and where it leads. Everything else stays where it is.
    private static let steps: [Step] = [
        ("connect", ["connecting"], .open(.free), { $0.connect() }),
        ("hold", ["free", "held", "interrupted"], .open(.held(7)), { $0.hold(7) }),
        ("release", ["held"], .open(.free), { $0.release(1) }),
        ("interrupt", ["held", "interrupted"], .open(.interrupted), { $0.interrupt() }),
        ("goOn", ["held", "interrupted"], .open(.free), { $0.goOn() }),
        ("startTLS", ["free"], .securing, { $0.startTLS() }),
        ("secured", ["securing"], .open(.free), { $0.secured() }),
        ("fail", ["free", "held", "interrupted", "securing"], .open(.free), { $0.fail() }),
        ("part", ["free"], .parting, { $0.part() }),
        ("end", ["free", "held", "interrupted", "securing", "parting"], .ended, { $0.end() }),
        (
            "close", ["connecting", "free", "held", "interrupted", "securing", "parting", "ended"], .closed,
            { $0.close() }
        ),
        (
            "finish",
            ["connecting", "free", "held", "interrupted", "securing", "parting", "ended", "closed"],
            .finished, { $0.finish() }
        ),
    ]

    private static func name(_ life: ClientLife) -> String {
        switch life {
        case .connecting: "connecting"
        case .open(.free): "free"
        case .open(.held): "held"
        case .open(.interrupted): "interrupted"
        case .securing: "securing"
        case .parting: "parting"
        case .ended: "ended"
        case .closed: "closed"
        case .finished: "finished"
        }
    }

    @Test func `each transition begins where it may and nowhere else`() {
        for step in Self.steps {
            for before in Self.all {
                var life = before
                let hasHappened = step.take(&life)
                #expect(hasHappened == step.from.contains(Self.name(before)), "\(step.name) from \(before)")
                #expect(life == (hasHappened ? step.to : before), "\(step.name) from \(before)")
            }
        }
    }

    @Test func `what was held before is out of date`() {
        var life = ClientLife.open(.free)
        let held = [life.hold(1), life.hold(2)]
        let released = [life.release(1), life.release(2), life.release(2)]
        #expect(held == [true, true])
        #expect(released == [false, true, false], "it goes once, and only the last")
    }
}
