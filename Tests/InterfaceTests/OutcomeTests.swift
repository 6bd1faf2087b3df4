import Foundation
import Lessons
import SMTP
import Screen
import ScreenSupport
import Testing
import Tracing

@testable import Interface

/// The screen says what came: a refusal does not look like an acceptance.
struct OutcomeTests {
    /// Of three recipients Postfix refuses the second.
    static func refusal(_ columns: Int, _ rows: Int) throws -> State {
        let file = try #require(Fixture.sessions.first { $0.lastPathComponent == "one-refused.ehlo" })
        return Fixture.state(of: try Fixture.recording(file), columns, rows)
    }

    /// The keys from the first page to the line of the refusal.
    static let toRefusal: [Key] = [.character("!")]

    @Test(arguments: GoldenScreensTests.sizes, [false, true])
    func `a recipient is refused`(size: (Int, Int), ascii: Bool) throws {
        var walk = try Walk(try Self.refusal(size.0, size.1), ascii: ascii)
        for key in Self.toRefusal { walk.press(key) }
        expectGolden(walk.canvas, "refusal-\(size.0)x\(size.1)\(ascii ? "-ascii" : "")")
    }

    // MARK: Replies on the wire

    /// A reply of each class, and codes of none.
    static let replies: [(reply: String, sign: Character, ascii: Character, role: Role)] = [
        ("250 fine", "✔", "+", .positive), ("250-first\nS: 250 last", "✔", "+", .positive),
        ("354 go on", "…", ".", .intermediate), ("450 later", "↻", "~", .transientFailure),
        ("421 bye", "↻", "~", .transientFailure), ("550 never", "✘", "x", .permanentFailure),
        ("199 odd", " ", " ", .server), ("hello there", " ", " ", .server),
    ]

    @Test(arguments: replies.indices, [false, true])
    func `a reply bears the sign and the colour of its class`(number: Int, ascii: Bool) throws {
        let expected = Self.replies[number]
        let events = Fixture.events("S: 220 b\nC: EHLO c.example\nS: \(expected.reply)")
        var walk = try Walk(
            State(title: "t", source: .replay, trace: Tracer.trace(of: events)),
            ascii: ascii
        )
        walk.press(.end)
        let rows = WireRows(walk.state, columns: 50, glyphs: walk.world.glyphs).window(rows: 20)
        let arrow = "S\(walk.world.glyphs.arrowLeft)"
        let replies = rows.filter { $0.text.contains(arrow) }.dropFirst()
        #expect(replies.count == expected.reply.split(separator: "\n").count)
        for row in replies {
            #expect(row.text.dropFirst().first == (ascii ? expected.ascii : expected.sign), "\(row.text)")
            let said = row.runs.first { $0.text.contains(arrow) }
            #expect(said?.role == expected.role, "\(row.text)")
        }
    }

    @Test func `a reply keeps the sign of its class where the eye is elsewhere`() throws {
        var walk = try Walk(try Self.refusal(80, 24))
        walk.press(.end)
        let rows = WireRows(walk.state, columns: 57, glyphs: .unicode).window(rows: 60)
        let refused = try #require(rows.first { $0.text.contains("550 5.1.1") })
        #expect(refused.runs.first { $0.text.hasPrefix("✘") }?.role == .permanentFailure)
    }

    // MARK: Steps

    @Test func `a step shows the code that came, and what it took when times are asked for`() throws {
        var walk = try Walk(try Self.refusal(80, 24))
        walk.press(.end)
        #expect(walk.screen.contains("✔  8 MAIL answer  250 │"))
        #expect(walk.screen.contains("–  1 own server       │"))
        walk.press(.character("w"))
        #expect(walk.screen.contains("✔  8 MAIL answer  0ms │"))
        #expect(walk.screen.contains("–  1 own server       │"))
    }

    @Test func `a deferral is marked as one`() throws {
        let dialogue = "S: 220 b\nC: EHLO c.example\nS: 250 b\nC: MAIL FROM:<a@c.example>\nS: 450 later"
        let state = State(title: "t", source: .replay, trace: Tracer.trace(of: Fixture.events(dialogue)))
        var walk = try Walk(state)
        walk.press(.character("n"), .character("n"), .character("n"), .character("n"))
        #expect(walk.screen.contains("·  8 MAIL answer      │"))
        walk.press(.end, .backTab)
        let rows = StepRows.rows(walk.state, columns: 24, .unicode, around: 20)
        let row = try #require(rows.first { $0.left.text.contains("MAIL answer") })
        #expect(row.left.text.hasPrefix("↻  8") && row.right.text == " 450")
        #expect(row.right.runs.last?.role == .transientFailure)
    }

    @Test func `sub-steps with trouble are open wherever the eye is, but not before it came`() throws {
        var walk = try Walk(try Self.refusal(80, 24))
        walk.press(.character("g"), .character("9"), .enter)
        #expect(!walk.screen.contains("10a"))
        walk.press(.end)
        #expect(walk.state.place?.step == .quit)
        #expect(walk.screen.contains("✘ 10a nosuch    550"))
        var seed = try Walk(try Fixture.seed())
        seed.press(.end)
        #expect(!seed.screen.contains("10a"))
    }

    // MARK: The first lesson

    @Test func `at a refusal the lesson is about the refusal, then about the step`() throws {
        var walk = try Walk(try Self.refusal(120, 40))
        let anchors = { (walk: Walk) in Explained(under: walk.state, in: walk.world).anchors.map(\.path) }
        walk.press(.character("g"), .character("9"), .enter)
        #expect(anchors(walk) == ["step/9"])
        walk.press(.character("!"))
        #expect(anchors(walk).first == "status/5.1.1")
        #expect(walk.screen.contains("5.1.1 No such mailbox"))
        // The same where one comes by a step; a span has its own lesson.
        walk.press(.character("p"), .character("n"))
        #expect(anchors(walk).first == "status/5.1.1")
        walk.press(.right)
        #expect(walk.state.currentSpan?.name == "reply code")
        #expect(anchors(walk) == ["reply/550@RCPT"])
    }

    /// One rule decides for all views.
    @Test(arguments: Fixture.sessions) func `the pane begins with what the texts begin with`(file: URL) throws {
        let library = try LessonLibrary(root: file.deletingLastPathComponent().deletingLastPathComponent().path)
        let rule = FirstLesson(library)
        let world = Interface.Environment(library: library, glyphs: .unicode)
        var state = Fixture.state(of: try Fixture.recording(file))
        state.cursor.isSubmissionUnfolded = true
        for (index, stop) in state.stops.enumerated() {
            state.goToStop(index)
            let told = rule.lessons(of: stop, in: state.session.trace, general: state.anchor).told
            #expect(Explained(under: state, in: world).anchors.first == told.first?.anchor)
            for line in stop.lines where state.session.trace.lines[line].isOutcome {
                state.cursor.stand(on: line, chosen: true)
                let first = rule.trouble(of: state.session.trace.lines[line], in: state.session.trace).first
                #expect(Explained(under: state, in: world).anchors.first == first?.anchor)
            }
        }
    }
}
