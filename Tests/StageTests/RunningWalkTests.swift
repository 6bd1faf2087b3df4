import Foundation
import Networking
import SMTP
import Testing
import Tracing

@testable import Stage

/// What runs behind a face, as a face sees it.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct RunningWalkTests {
    private struct NotSeen: Error {}

    /// Takes news until one of them is what was looked for.
    private func news(_ walk: RunningWalk, until isFound: (News) -> Bool) async throws {
        for _ in 0..<20_000 {
            if isFound(walk.news()) { return }
            try await Task.sleep(for: .milliseconds(3))
        }
        throw NotSeen()
    }

    @Test func `presses that come before the sandbox world stands are not lost, and none is made up`() async throws {
        let walk = try RunningWalk.sandbox(try SandboxConfiguration())
        for _ in 0..<2 { walk.release() }
        var events: [WireEvent.Kind] = []
        var hasPorts = false
        var held: LiveHold.Held?
        try await news(walk) { news in
            for case .event(let event) in news.events.map(\.kind) { events.append(event.kind) }
            hasPorts = hasPorts || news.ports != nil
            held = news.held[RunningWalk.own] ?? held
            return held?.step == .connection
        }
        #expect(hasPorts)
        #expect(events.contains { if case .dnsAnswer = $0 { true } else { false } })
        walk.stop()
        try await news(walk) { $0.ending == .sandbox(.stopped) }
    }

    @Test func `let go for good, the sandbox world walks to its end`() async throws {
        let walk = try RunningWalk.sandbox(try SandboxConfiguration())
        walk.releaseAll()
        try await news(walk) { $0.ending == .sandbox(.delivered) }
        walk.stop()
    }

    /// A face waits on the process's first thread, and here on one of its own: the pool of tasks has two, and the world behind it
    /// needs one of them.
    @Test func `a face that waits is woken, and told when nothing came`() async throws {
        let walk = try RunningWalk.sandbox(try SandboxConfiguration())
        let seen = await withCheckedContinuation { done in
            Thread.detachNewThread {
                var seen: [Bool] = []
                while walk.news().held[RunningWalk.own] == nil { seen.append(walk.wait(seconds: 60)) }
                // What rang before it was taken rings once more at most.
                _ = walk.wait(seconds: 0)
                seen.append(!walk.wait(seconds: 0))
                walk.release()
                seen.append(walk.wait(seconds: 60))
                seen.append(!walk.news().isEmpty)
                done.resume(returning: seen)
            }
        }
        #expect(seen.count >= 3 && seen.allSatisfy(\.self), "\(seen)")
        walk.stop()
    }

    @Test func `however seldom a face looks, no more of a conversation waits than there is room for`() async throws {
        let persona = Persona(
            name: "plain",
            title: "T",
            summary: "S",
            explanation: "E",
            policy: ServerDialogue.Policy(domain: "mx.example", sizeLimit: 1 << 30)
        )
        let (walk, addresses) = try RunningWalk.server(
            persona,
            at: .loopback(port: 0),
            limits: .init(),
            encryption: .whenAsked,
            onMail: { _ in }
        )
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 990) + [13, 10]
        let content = Array("Subject: large\r\n\r\n".utf8) + [[UInt8]](repeating: line, count: 12_000).joined()
        let options = try LiveSession.Options(
            recipients: ["bob@receiver.example"],
            sender: "ada@sender.example",
            clientName: "c.example",
            server: addresses[0],
            content: content,
            send: true
        )
        let session = Task { await LiveSession(options).run { _ in } }
        // Nobody looks until it is full, and then for a while longer.
        for _ in 0..<20_000 where walk.mailbox.hasRoom(1) { try await Task.sleep(for: .milliseconds(3)) }
        try await Task.sleep(for: .milliseconds(500))
        var total = 0
        var isClosed = false
        while !isClosed {
            var count = 0
            for event in walk.news().events {
                if case .event(let wire) = event.kind { count += wire.octetCount }
                isClosed = isClosed || event.kind == .closed
            }
            // What was read before the answer was no, and the answers to it, come on top.
            #expect(count < 2 * Mailbox.maxOfOne)
            total += count
            try await Task.sleep(for: .milliseconds(3))
        }
        #expect(total > content.count)
        #expect(await session.value == .completed(accepted: 1))
        walk.stop()
    }

    @Test func `what a walk is stopped from, and where nothing can be listened on, is told and not waited for`() throws
    {
        let (walk, addresses) = try RunningWalk.server(
            Persona(name: "p", title: "", summary: "", explanation: "", policy: .init(domain: "mx.example")),
            at: .loopback(port: 0),
            limits: .init(),
            encryption: .whenAsked,
            onMail: { _ in }
        )
        let port = try #require(addresses.first?.split(separator: ":").last)
        #expect(throws: TapError.self) {
            try RunningWalk.tap(try Tap.Options(listen: "127.0.0.1:\(port)", target: "127.0.0.1:9"))
        }
        walk.stop()
    }
}

/// Times without the thinking of a person.
@Suite struct WalkClockTests {
    private static func event(at time: Double) -> WireEvent { WireEvent(.note(""), leg: .relay, at: time) }

    @Test func `the time between two steps that a person thought is taken out, and only that`() {
        let clock = WalkClock()
        #expect(clock.adjusted(Self.event(at: 1)).time == 1)
        // It took this long of itself.
        #expect(clock.adjusted(Self.event(at: 5)).time == 5)
        clock.released()
        let next = clock.adjusted(Self.event(at: 5_000)).time
        #expect((5..<5_000).contains(next))
        #expect(abs(clock.adjusted(Self.event(at: 5_003)).time - next - 3) < 1e-6)
    }
}
