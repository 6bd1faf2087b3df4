import Screen
import Testing
import Tracing

@testable import Interface

/// What moves along a replay; every test names all that an input changes.
struct WalkTests {
    /// The lines of the post's session that the cursor stops at, in order: one for each step.
    static let stops = [0, 1, 8, 10, 11, 12, 20, 21, 22, 23, 24, 25, 27, 28]

    @Test func `the post has fourteen stops, one for each step`() throws {
        let state = try Fixture.seed()
        #expect(state.stops.map(\.place.step) == Array(Step.allCases))
        var walk = try Walk(state)
        var lines: [Int?] = []
        for _ in state.stops {
            walk.press(.character("n"))
            lines.append(walk.state.cursor.line)
        }
        #expect(lines == Self.stops)
        #expect(walk.state.isAtEnd)
    }

    @Test func `n goes from stop to stop and shows what it passes`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.expect(.nextPressed) { ($0.cursor.line, $0.cursor.reached) = (0, 1) }
        walk.expect(.nextPressed) { ($0.cursor.line, $0.cursor.reached) = (1, 8) }
        walk.expect(.nextPressed) { ($0.cursor.line, $0.cursor.reached) = (8, 10) }
    }

    @Test func `after the last stop n shows the end`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.press(.end)
        walk.expect(.nextPressed) {
            $0.view.overlay = .init(.end)
            $0.view.notice = "this is the end of the recording; p goes back, q quits"
        }
    }

    @Test func `p goes back to the first page and no further, and what was shown stays shown`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.press(.character("n"), .character("n"))
        walk.expect(.previousPressed) { $0.cursor.line = 0 }
        walk.expect(.previousPressed) { $0.cursor.line = nil }
        walk.expect(.previousPressed) { _ in }
        #expect(walk.state.cursor.reached == 8)
    }

    @Test func `a step forgets the span, the chosen line and how far the lesson was scrolled`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.press(.character("n"), .character("n"), .down, .right)
        walk.state.cursor.card = 3
        #expect(walk.state.cursor.choseLine)
        walk.expect(.nextPressed) {
            ($0.cursor.line, $0.cursor.span, $0.cursor.choseLine, $0.cursor.card, $0.cursor.reached) = (
                8, nil, false, 0, 10
            )
        }
    }

    @Test func `brackets go by whole steps, n by sub-steps`() throws {
        var walk = try Walk(try Self.withSubsteps())
        let places = walk.state.stops.map(\.place.label)
        #expect(places == ["4", "5", "6", "6a", "6b", "7", "8", "9", "10", "9a", "10a", "11", "12", "13", "14"])
        for expected in ["4", "5", "6", "7"] {
            walk.press(.character("]"))
            #expect(walk.state.place?.label == expected)
        }
        for expected in ["6", "5", "4"] {
            walk.press(.character("["))
            #expect(walk.state.place?.label == expected)
        }
        walk.press(.character("["))
        #expect(walk.state.cursor.line == nil)
        for expected in ["4", "5", "6", "6a", "6b", "7"] {
            walk.press(.character("n"))
            #expect(walk.state.place?.label == expected)
        }
        for expected in ["6b", "6a", "6", "5"] {
            walk.press(.character("p"))
            #expect(walk.state.place?.label == expected)
        }
    }

    @Test func `a bracket after the last step shows the end`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.press(.end)
        walk.expect(.nextStepPressed) {
            $0.view.overlay = .init(.end)
            $0.view.notice = "this is the end of the recording; p goes back, q quits"
        }
    }

    @Test func `g asks for a number and goes there`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.expect(.goPressed) { $0.prompt.question = .step }
        walk.expect(.typed("1")) { ($0.prompt.typed, $0.prompt.caret) = ("1", 1) }
        walk.expect(.typed("2")) { ($0.prompt.typed, $0.prompt.caret) = ("12", 2) }
        walk.expect(.erased) { ($0.prompt.typed, $0.prompt.caret) = ("1", 1) }
        walk.expect(.pasted("2\n")) { ($0.prompt.typed, $0.prompt.caret) = ("12", 2) }
        walk.expect(.enterPressed) { ($0.prompt, $0.cursor.line, $0.cursor.reached) = (Prompt(), 25, 27) }
    }

    @Test(arguments: [
        ("0", "there are steps 1 to 14"), ("15", "there are steps 1 to 14"), ("x", "a step is a number from 1 to 14"),
        ("99999999999999999999", "a step is a number from 1 to 14"), ("", ""),
    ])
    func `g with what is no step stays where it is`(typed: String, notice: String) throws {
        var walk = try Walk(try Fixture.seed())
        walk.press(.character("n"), .character("g"))
        walk.type(typed)
        walk.expect(.enterPressed) { ($0.prompt, $0.view.notice) = (Prompt(), notice) }
    }

    @Test func `g with a step that the session did not take says so`() throws {
        let events = Fixture.events("S: 220 a\nC: QUIT\nS: 221 b")
        var walk = try Walk(
            Fixture.state(of: Recording(header: .init(began: "", title: "", source: ""), events: events))
        )
        walk.press(.character("g"), .character("7"))
        walk.expect(.enterPressed) {
            ($0.prompt, $0.view.notice) = (Prompt(), "step 7 has not happened in this session")
        }
    }

    @Test func `Esc and erasing the empty text leave the question`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.press(.character("g"), .character("7"))
        walk.expect(.escapePressed) { $0.prompt = Prompt() }
        walk.press(.character("g"))
        walk.expect(.erased) { $0.prompt = Prompt() }
    }

    @Test func `Home is the first page, End and F the last stop`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.expect(.lastPressed) { ($0.cursor.line, $0.cursor.reached) = (28, 29) }
        walk.expect(.firstPressed) { $0.cursor.line = nil }
        walk.expect(.followPressed) { $0.cursor.line = 28 }
    }

    @Test func `nothing to walk through is no trap`() throws {
        var walk = try Walk(State(title: "empty", source: .replay))
        for input in Chance.inputs { walk.give(input) }
        #expect(walk.state.cursor.line == nil)
    }

    // MARK: Playing

    /// The seed, which stays at each stop so long at least.
    private static func playing(pace: Double) throws -> Walk {
        var state = try Fixture.seed()
        state.view.playback.pace = pace
        return try Walk(state)
    }

    @Test(arguments: [(2.0, 2.0), (0.5, 0.5), (7, 7), (0, 0.05)])
    func `it stays at each stop as long as the pace says`(pace: Double, seconds: Double) throws {
        var walk = try Self.playing(pace: pace)
        walk.expect(.spacePressed, effects: [.startTimer(seconds: seconds, id: 1)]) {
            ($0.view.playback.isRunning, $0.view.timer) = (true, 1)
        }
        walk.expect(.fasterPressed, effects: [.startTimer(seconds: max(0.05, seconds / 2), id: 2)]) {
            ($0.view.playback.speed, $0.view.timer, $0.view.notice) = (2, 2, "speed 2×")
        }
    }

    @Test func `as long as the pace says is two seconds where nobody said`() { #expect(View.Playback().pace == 2) }

    @Test func `space plays with the recorded pauses, the timer moves on, space pauses`() throws {
        var walk = try Self.playing(pace: 0)
        walk.expect(.spacePressed, effects: [.startTimer(seconds: 0.05, id: 1)]) {
            ($0.view.playback.isRunning, $0.view.timer) = (true, 1)
        }
        walk.expect(.timerFired(1), effects: [.startTimer(seconds: 0.1, id: 2)]) {
            ($0.cursor.line, $0.cursor.reached, $0.view.timer) = (0, 1, 2)
        }
        walk.expect(.timerFired(1)) { _ in }  // one that was called off
        walk.expect(.spacePressed) { $0.view.playback.isRunning = false }
        walk.expect(.timerFired(2)) { _ in }  // a tick that was under way when the person paused
    }

    @Test func `a long pause is cut to the idle limit and divided by the speed`() throws {
        var walk = try Self.playing(pace: 0)
        walk.press(.character("g"), .character("4"), .enter)
        // The greeting and EHLO are 4.38 s apart.
        walk.expect(.spacePressed, effects: [.startTimer(seconds: 2, id: 1)]) {
            ($0.view.playback.isRunning, $0.view.timer) = (true, 1)
        }
        walk.expect(.fasterPressed, effects: [.startTimer(seconds: 1, id: 2)]) {
            ($0.view.playback.speed, $0.view.timer, $0.view.notice) = (2, 2, "speed 2×")
        }
        walk.expect(.slowerPressed, effects: [.startTimer(seconds: 2, id: 3)]) {
            ($0.view.playback.speed, $0.view.timer, $0.view.notice) = (1, 3, "speed 1×")
        }
    }

    @Test func `the speed stays between a quarter and sixteen`() throws {
        var walk = try Walk(try Fixture.seed())
        for _ in 1...6 { walk.press(.character("+")) }
        #expect(walk.state.view.playback.speed == 16)
        for _ in 1...9 { walk.press(.character("-")) }
        #expect(walk.state.view.playback.speed == 0.25)
        #expect(walk.state.view.notice == "speed 0.25×")
        #expect(!walk.state.view.playback.isRunning)
    }

    @Test func `playing ends at the last stop, and space begins anew`() throws {
        var walk = try Self.playing(pace: 0)
        walk.press(.character(" "))
        var ticks = 0
        while walk.state.view.playback.isRunning, ticks < 100 {
            walk.give(.timerFired(walk.state.view.timer))
            ticks += 1
        }
        #expect(ticks == 14)
        #expect(walk.state.cursor.line == 28)
        let timer = walk.state.view.timer
        walk.expect(.spacePressed, effects: [.startTimer(seconds: 0.05, id: timer + 1)]) {
            ($0.view.playback.isRunning, $0.cursor.line, $0.view.timer) = (true, nil, timer + 1)
        }
    }

    @Test(arguments: [
        Input.nextPressed, .previousPressed, .nextStepPressed, .previousStepPressed, .firstPressed, .lastPressed,
    ])
    func `whoever walks on by hand pauses the replay`(input: Input) throws {
        var walk = try Walk(try Fixture.seed())
        walk.press(.character("n"), .character("n"), .character(" "))
        #expect(walk.state.view.playback.isRunning)
        walk.give(input)
        #expect(!walk.state.view.playback.isRunning)
    }

    // MARK: Step 1

    @Test(arguments: View.Pane.allCases) func `step 1 is one stop until Enter unfolds it`(pane: View.Pane) throws {
        var walk = try Walk(try Self.withSubmission())
        #expect(walk.state.stops.first?.lines == 0..<9)
        walk.press(.character("n"))
        walk.state.view.pane = pane
        #expect(walk.state.place == Place(.submission))
        walk.expect(.enterPressed) { $0.cursor.isSubmissionUnfolded = true }
        #expect(walk.state.stops.prefix { $0.place.step == .submission }.count > 1)
        walk.press(.character("n"))
        #expect(walk.state.place?.step == .submission)
        #expect(walk.state.place?.substep != 0)
        guard pane == .steps else { return }
        walk.expect(.enterPressed) { ($0.cursor.isSubmissionUnfolded, $0.cursor.line) = (false, 0) }
    }

    @Test func `a submission that is all there is is walked piece by piece`() throws {
        let own = Fixture.events("S: 220 own\nC: EHLO client\nS: 250 own\nC: QUIT\nS: 221 bye", leg: .submission)
        let alone = Recording(header: .init(began: "", title: "step 1 alone", source: ""), events: own)
        var walk = try Walk(Fixture.state(of: alone))
        let stops = walk.state.session.trace.stops.count
        #expect(stops > 1)
        #expect(walk.state.stops.count == stops)
        for _ in 0..<stops { walk.press(.character("n")) }
        #expect(walk.state.isAtEnd)
    }

    @Test func `Enter is next at any other step, and where step 1 is open`() throws {
        var walk = try Walk(try Self.withSubmission())
        walk.press(.enter)
        #expect(walk.state.cursor.line == 0)
        walk.press(.enter)
        let parts = walk.state.stops.prefix { $0.place.step == .submission }.count
        for _ in 0..<parts { walk.press(.enter) }
        #expect(walk.state.place?.step == .greeting)
        walk.press(.backTab, .enter)
        #expect(walk.state.place?.step == .ehlo)
    }

    // MARK: Sessions

    static func withSubsteps() throws -> State {
        let dialogue = """
            S: 220 mx.receiver.example ESMTP
            C: EHLO out.sender.example
            S: 250-mx.receiver.example
            S: 250 HELP
            C: NOOP
            S: 250 OK
            C: NOOP
            S: 250 OK
            C: MAIL FROM:<ada@sender.example>
            S: 250 OK
            C: RCPT TO:<bob@receiver.example>
            S: 250 OK
            C: RCPT TO:<eve@receiver.example>
            S: 550 no
            C: DATA
            S: 354 go ahead
            C: From: Ada <ada@sender.example>
            C:
            C: Hello
            C: .
            S: 250 queued
            C: QUIT
            S: 221 bye
            """
        let events = Fixture.events(dialogue.replacing("C:\n", with: "C: \n"))
        return Fixture.state(of: Recording(header: .init(began: "", title: "sub-steps", source: ""), events: events))
    }

    static func withSubmission() throws -> State {
        let own = Fixture.events(
            "S: 220 own\nC: EHLO client\nS: 250 own\nC: MAIL FROM:<a@b>\nS: 250 OK\nC: RCPT TO:<c@d>\nS: 250 OK\nC: QUIT\nS: 221 bye",
            leg: .submission
        )
        let relay = Fixture.events("S: 220 mx\nC: EHLO own\nS: 250 mx\nC: QUIT\nS: 221 bye", from: 20)
        return Fixture.state(of: Recording(header: .init(began: "", title: "step 1", source: ""), events: own + relay))
    }
}
