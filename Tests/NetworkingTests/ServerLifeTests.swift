import SMTP
import Testing
import Tracing

@testable import Networking

/// What a server's connection may not do, which flags beside each other could not forbid.
@Suite struct ServerLifeTests {
    private static let gone = WireEvent.Kind.close(by: .client)
    private static let broken = WireEvent.Kind.error("it broke")

    /// Every place to stand, by name.
    private static let all: [(name: String, life: ServerLife)] = [
        ("accepted", .accepted), ("waiting", .waiting(.open)), ("left", .waiting(.ended(gone))),
        ("ready", .serving(.open, .ready)), ("held", .serving(.open, .held)),
        ("ready, ended", .serving(.ended(gone), .ready)), ("held, ended", .serving(.ended(gone), .held)),
        ("securing", .securing), ("closing", .closing(broken)), ("closed", .closed),
    ]

    private typealias Step = (name: String, leads: [String: ServerLife], take: @Sendable (inout ServerLife) -> Void)

    /// THE expectation: each transition, and from where it leads where. From everywhere else it leads nowhere.
    private static let steps: [Step] = [
        ("connect", ["accepted": .waiting(.open)], { $0.connect() }),
        (
            "start", ["waiting": .serving(.open, .ready), "left": .serving(.ended(gone), .ready)],
            { $0.start() }
        ),
        (
            "hold", ["ready": .serving(.open, .held), "ready, ended": .serving(.ended(gone), .held)],
            { $0.hold() }
        ),
        (
            "release", ["held": .serving(.open, .ready), "held, ended": .serving(.ended(gone), .ready)],
            { $0.release() }
        ),
        ("startTLS", ["ready": .securing], { $0.startTLS() }),
        ("secured", ["securing": .serving(.open, .ready)], { $0.secured() }),
        (
            "end",
            [
                "accepted": .closing(broken), "waiting": .waiting(.ended(broken)),
                "ready": .serving(.ended(broken), .ready), "held": .serving(.ended(broken), .held),
                "securing": .closing(broken),
            ], { $0.end(broken) }
        ),
        (
            "close",
            [
                "accepted": .closing(.close(by: .server)), "waiting": .closing(.close(by: .server)),
                "left": .closing(gone), "ready": .closing(.close(by: .server)), "held": .closing(.close(by: .server)),
                "ready, ended": .closing(gone), "held, ended": .closing(gone),
                "securing": .closing(.close(by: .server)),
            ], { $0.close() }
        ),
    ]

    @Test func `each transition begins where it may and nowhere else`() {
        for step in Self.steps {
            for (name, before) in Self.all {
                var life = before
                step.take(&life)
                #expect(life == step.leads[name] ?? before, "\(step.name) from \(name)")
            }
        }
    }

    @Test func `how it ended is told once, and the first reason counts`() {
        for (name, before) in Self.all where before != .closed {
            var life = before
            life.end(Self.broken)
            let reason = life.closed()
            #expect(reason == (name.hasSuffix("ended") || name == "left" ? Self.gone : Self.broken), "\(name)")
            let again = life.closed()
            #expect(again == nil && life == .closed, "\(name)")
        }
    }

    @Test func `nothing is done while a reply is held, in the handshake, or after the end`() {
        for (name, life) in Self.all { #expect(life.mayAct == name.hasPrefix("ready"), "\(name)") }
    }
}
