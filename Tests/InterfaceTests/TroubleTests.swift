import Screen
import Testing
import Tracing

@testable import Interface

/// `!` goes to what went wrong.
struct TroubleTests {
    static func walk(_ dialogue: String) throws -> Walk {
        let trace = Tracer.trace(of: Fixture.events(dialogue))
        return try Walk(State(title: "t", source: .replay, trace: trace))
    }

    static let dialogue = """
        S: 220 b.example ESMTP
        C: EHLO c.example
        S: 250 b.example
        C: MAIL FROM:<a@c.example>
        S: 250 ok
        C: RCPT TO:<bob@b.example>
        S: 450 4.2.0 later
        C: RCPT TO:<eve@b.example>
        S: 550-5.1.1 no
        S: 550 5.1.1 such user
        C: QUIT
        S: 221 bye
        """

    @Test func `from the first page it goes to the refusals one by one, and round`() throws {
        var walk = try Self.walk(Self.dialogue)
        var said: [String] = []
        for _ in 1...3 {
            walk.press(.character("!"))
            said.append(walk.state.currentLine.map { WireText.shown($0.octets) } ?? "")
            #expect(walk.screen.contains(said.last ?? "nothing"))
        }
        #expect(said == ["450 4.2.0 later", "550 5.1.1 such user", "450 4.2.0 later"])
        #expect(walk.state.view.notice == "round to the first trouble")
    }

    @Test func `a warning is trouble, a note is not`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.press(.character("!"))
        let line = try #require(walk.state.currentLine)
        #expect(line.findings.contains { $0.severity != .note })
        let before = walk.state.session.trace.lines.prefix(line.index)
        #expect(before.allSatisfy { $0.refusal == nil && $0.findings.allSatisfy { $0.severity == .note } })
        #expect(walk.state.cursor.reached >= line.index + 1)
    }

    @Test func `where there is no trouble it says so, where there is one alone as well`() throws {
        var fine = try Self.walk("S: 220 b.example ESMTP\nC: EHLO c.example\nS: 250 b.example\nC: QUIT\nS: 221 bye")
        fine.expect(.troublePressed) { $0.view.notice = "no trouble here: nothing was refused, nothing failed" }
        var one = try Self.walk("S: 554 5.3.2 no service here\nC: QUIT\nS: 221 bye")
        one.press(.character("!"))
        one.expect(.troublePressed) { $0.view.notice = "this is the only trouble" }
    }

    @Test func `trouble at the sender's own server opens step 1`() throws {
        let own = Fixture.events("S: 220 out.example\nC: EHLO a.example\nS: 550 5.7.1 go away", leg: .submission)
        var walk = try Walk(State(title: "t", source: .replay, trace: Tracer.trace(of: own)))
        walk.press(.character("!"))
        #expect(walk.state.cursor.isSubmissionUnfolded)
        #expect(walk.state.currentLine?.replyCode == 550)
    }

    // MARK: The key that shows all keys

    @Test(arguments: [(40, 12), (60, 16), (72, 20), (80, 24), (120, 40), (200, 60)])
    func `the key that shows all keys stands at the right end, at every stop`(columns: Int, rows: Int) throws {
        var walk = try Walk(try OutcomeTests.refusal(columns, rows))
        for _ in 0...walk.state.stops.count {
            let bar = try #require(
                walk.screen.split(separator: "\n", omittingEmptySubsequences: false).last { !$0.isEmpty }
            )
            #expect(bar.hasSuffix(" ? keys") || bar.hasSuffix(" ? keys "), "\(bar)")
            walk.press(.character("n"))
            walk.state.view.notice = ""
        }
        for overlay in ["f", "t", "m"] {
            walk.press(.character(Character(overlay)))
            let bar = walk.screen.split(separator: "\n", omittingEmptySubsequences: false).last { !$0.isEmpty }
            #expect(bar?.contains("? keys") == true || !walk.state.view.notice.isEmpty, "\(overlay) \(bar ?? "")")
            walk.press(.escape)
        }
    }
}
