import Screen
import Testing
import Tracing

@testable import Interface

/// The sandbox world: nothing is let go but by a press, and what comes back moves the cursor of whoever follows it.
struct SandboxTests {
    /// Plays the world's part: hands out the trace of a session event by event.
    struct World {
        private var tracer = Tracer()
        private var rest: ArraySlice<WireEvent>

        init() {
            let dialogue =
                "S: 220 mx.receiver.example\nC: EHLO out.sender.example\nS: 250 mx.receiver.example\nC: QUIT\nS: 221 bye"
            let delivered = WireEvent(.delivered(Array("Subject: Hi\r\n\r\nHello\r\n".utf8)), leg: .relay, at: 9)
            rest = (Fixture.events(dialogue) + [delivered])[...]
        }

        var isFinished: Bool { rest.isEmpty }

        mutating func next(_ count: Int = 1) -> Input {
            for event in rest.prefix(count) { tracer.consume(event) }
            rest = rest.dropFirst(count)
            if rest.isEmpty { tracer.finish() }
            return .traced(tracer.trace, finished: rest.isEmpty)
        }
    }

    static func walk() throws -> Walk { try Walk(State(title: "sandbox", source: .sandbox(finished: false))) }

    @Test func `nothing moves until n lets it, and the cursor follows what came`() throws {
        var world = World()
        var walk = try Self.walk()
        walk.expect(.nextPressed, effects: [.release]) { $0.session.awaited = 1 }
        let first = world.next()
        walk.give(first)
        #expect(walk.state.session.awaited == 0)
        #expect(walk.state.cursor.line == 0)
        #expect(walk.state.place?.step == .greeting)
        walk.expect(.nextPressed, effects: [.release]) { $0.session.awaited = 1 }
        walk.give(world.next())
        #expect(walk.state.place?.step == .ehlo)
    }

    @Test func `quick presses are credit: each lets one more step happen`() throws {
        var world = World()
        var walk = try Self.walk()
        for count in 1...3 { walk.expect(.nextPressed, effects: [.release]) { $0.session.awaited = count } }
        for (left, step) in [(2, Step.greeting), (1, .ehlo), (0, .ehloReply)] {
            walk.give(world.next())
            #expect(walk.state.session.awaited == left)
            #expect(walk.state.place?.step == step)
        }
    }

    @Test func `whoever looked back stays there while more comes, and n shows that first`() throws {
        var world = World()
        var walk = try Self.walk()
        for _ in 1...2 {
            walk.press(.character("n"))
            walk.give(world.next())
        }
        walk.press(.character("n"), .character("p"))
        #expect(walk.state.place?.step == .greeting)
        walk.give(world.next())
        #expect(walk.state.place?.step == .greeting)
        #expect(walk.state.cursor.reached == 3)
        #expect(walk.press(.character("n")) == [])
        #expect(walk.state.place?.step == .ehlo)
        #expect(walk.press(.character("n")) == [])
        #expect(walk.state.place?.step == .ehloReply)
        #expect(walk.press(.character("n")) == [.release])
    }

    @Test func `a bracket lets a step happen only when there is none to go to`() throws {
        var world = World()
        var walk = try Self.walk()
        #expect(walk.press(.character("]")) == [.release])
        walk.give(world.next(2))
        walk.press(.home)
        #expect(walk.press(.character("]")) == [])
        #expect(walk.press(.character("]")) == [])
        #expect(walk.press(.character("]")) == [.release])
    }

    @Test(arguments: [
        Input.nextCardPressed, .previousCardPressed, .pageDownPressed, .downPressed, .pageUpPressed, .rightPressed,
        .spacePressed, .lastPressed, .followPressed,
    ])
    func `no other key lets anything happen`(input: Input) throws {
        var world = World()
        var walk = try Self.walk()
        for pane in View.Pane.allCases {
            walk.state.view.pane = pane
            #expect(!walk.give(input).contains(.release))
        }
        walk.press(.character("n"))
        walk.give(world.next())
        for pane in View.Pane.allCases {
            walk.state.view.pane = pane
            #expect(!walk.give(input).contains(.release))
        }
    }

    @Test func `space says that nothing plays here`() throws {
        var walk = try Self.walk()
        walk.expect(.spacePressed) { $0.view.notice = "nothing plays by itself here: n lets the next step happen" }
    }

    @Test func `behind the last step comes the delivered mail, and n after it shows it again`() throws {
        var world = World()
        var walk = try Self.walk()
        while !world.isFinished {
            walk.press(.character("n"))
            walk.give(world.next())
        }
        #expect(walk.state.session.source == .sandbox(finished: true))
        #expect(walk.state.view.overlay == nil)
        #expect(walk.screen.contains("the delivered mail"))
        walk.press(.character("n"))
        #expect(walk.state.view.overlay == .init(.message))
        #expect(walk.screen.contains("Delivered"))
        walk.press(.escape)
        #expect(walk.state.view.overlay == nil)
        #expect(walk.press(.character("n")) == [])
        #expect(walk.state.view.overlay == .init(.message))
    }

    @Test func `whoever asked for the mail before the session was over gets it then`() throws {
        var world = World()
        var walk = try Self.walk()
        for _ in 1...2 { walk.press(.character("n")) }
        walk.give(world.next(100))
        #expect(walk.state.view.overlay == .init(.message))
    }

    @Test func `step 1 is one press, and says how many parts Enter opens`() throws {
        var walk = try Self.walk()
        #expect(walk.press(.character("n")) == [.release])
        for input in Self.submission() { walk.give(input) }
        #expect(walk.state.place == Place(.submission))
        #expect(walk.screen.contains("3 sub-steps: Enter walks them"), "\(walk.screen)")
        #expect(walk.press(.enter) == [])
        #expect(!walk.screen.contains("sub-steps:"))
        var labels = [walk.state.place?.label]
        while walk.press(.character("n")) == [] { labels.append(walk.state.place?.label) }
        #expect(labels == ["1a", "1b", "1c"])
    }

    /// Step 1 alone, piece by piece.
    private static func submission() -> [Input] {
        let dialogue = "S: 220 own\nC: EHLO client\nS: 250 own\nC: QUIT\nS: 221 bye"
        var tracer = Tracer()
        return Fixture.events(dialogue, leg: .submission).map { event in
            tracer.consume(event)
            return .traced(tracer.trace, finished: false)
        }
    }

    @Test func `the finale does not push aside what a person is reading`() throws {
        var world = World()
        var walk = try Self.walk()
        walk.press(.character("n"))
        walk.give(world.next())
        walk.press(.character("?"))
        walk.give(world.next(100))
        #expect(walk.state.view.overlay == .init(.help))
        #expect(walk.state.session.awaited == 0)
    }

    @Test func `the bottom line says what n does, and that it waits`() throws {
        var world = World()
        var walk = try Self.walk()
        #expect(walk.screen.contains("hands the mail to its own server"))
        walk.press(.character("n"))
        #expect(walk.screen.contains("waiting for the wire"))
        walk.give(world.next())
        #expect(walk.screen.contains("sends EHLO"))
    }
}
