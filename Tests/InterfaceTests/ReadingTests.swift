import Testing
import Tracing

@testable import Interface

/// A recording that is still being read behind the panes.
@Suite struct ReadingTests {
    private func walk(read portion: Double?, events: Int = 12) throws -> Walk {
        let session = try Fixture.recording(
            try #require(Fixture.sessions.first { $0.lastPathComponent == "seed.ehlo" })
        )
        var walk = try Walk(Fixture.state(of: Recording(header: session.header, events: [])))
        // What is still being read has no end yet.
        var tracer = Tracer()
        for event in session.events.prefix(events) { tracer.consume(event) }
        let part = portion == nil ? Tracer.trace(of: session.events) : tracer.trace
        _ = update(&walk.state, .read(Self.traced(part, portion)), in: walk.world)
        return walk
    }

    private static func traced(_ trace: Trace, _ portion: Double?) -> TracedSoFar {
        var (verdict, situations) = (VerdictSoFar(), SituationsSoFar())
        return TracedSoFar(trace, reading: &verdict, &situations, portion: portion)
    }

    @Test func `the end is the end of what was read, and the person is told that more comes`() throws {
        var walk = try walk(read: 0.25)
        walk.press(.end)
        #expect(walk.state.cursor.reached == walk.state.session.trace.lines.count)
        #expect(!walk.state.isAtEnd)
        #expect(walk.state.view.notice.contains("still reading the recording, 25% so far"))
        #expect(walk.screen.contains("reading 25%"))
        walk.press(.character("n"))
        #expect(walk.state.view.notice.contains("still reading"))
    }

    @Test func `what was not found may still come`() throws {
        var walk = try walk(read: 0.25, events: 3)
        walk.press(.character("!"))
        #expect(walk.state.view.notice.contains("no trouble in what was read so far"))
        walk.press(.character("g"), .character("1"), .character("4"), .enter)
        #expect(walk.state.view.notice.contains("step 14 is not in what was read so far"))
    }

    @Test func `when all was read it is a recording like any other, and the cursor stays where it is`() throws {
        var walk = try walk(read: 0.25)
        walk.press(.character("n"), .character("n"))
        let (cursor, whole) = (walk.state.cursor, try self.walk(read: nil).state.session.trace)
        _ = update(&walk.state, .read(Self.traced(whole, nil)), in: walk.world)
        #expect(walk.state.cursor == cursor)
        #expect(walk.state.session.soFar.verdict == Verdict(of: whole))
        #expect(!walk.screen.contains("25%"))
        walk.press(.end)
        #expect(walk.state.isAtEnd)
        #expect(walk.state.situations == Situation.all(in: whole))
        #expect(walk.state.view.notice.isEmpty)
    }
}
