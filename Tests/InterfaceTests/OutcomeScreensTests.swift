import Foundation
import SMTP
import Screen
import ScreenSupport
import Testing
import Tracing

@testable import Interface

/// What the screen shows where a session did not go as promised, on screens of all shapes. Every file was read by a person.
struct OutcomeScreensTests {
    static let sizes = [(80, 24), (120, 40), (160, 48), (200, 60), (40, 12)]

    struct View: Sendable, CustomTestStringConvertible {
        let name: String
        let session: Session
        let keys: [Key]
        var testDescription: String { name }
    }

    enum Session: Sendable { case bundled(String), made(String, [WireEvent.Kind]) }

    private static let untilTheDot = """
        S: 220 mx.receiver.example ESMTP
        C: EHLO out.sender.example
        S: 250 mx.receiver.example
        C: MAIL FROM:<ada@sender.example>
        S: 250 2.1.0 Ok
        C: RCPT TO:<bob@receiver.example>
        S: 250 2.1.5 Ok
        C: DATA
        S: 354 go ahead
        C: Subject: Hello
        C: .
        """

    static let views = [
        View(name: "login", session: .bundled("login"), keys: []),
        View(name: "login-auth", session: .bundled("login"), keys: Array(repeating: .character("n"), count: 7)),
        View(name: "refusal", session: .bundled("one-refused"), keys: [.character("!")]),
        View(name: "deferral", session: .bundled("greylisted"), keys: [.character("!")]),
        View(name: "mixed", session: .bundled("one-refused"), keys: [.end]),
        View(name: "cut-behind-dot", session: .made(untilTheDot, [.close(by: .server)]), keys: [.end]),
        View(
            name: "refused-connection",
            session: .made("", [.connect(to: "mx.receiver.example [192.0.2.1]:25"), .error(.init(.refused))]),
            keys: [.end]
        ),
        View(name: "end-card", session: .bundled("one-refused"), keys: [.end, .character("n")]),
        View(
            name: "end-card-unknown",
            session: .made(untilTheDot, [.close(by: .server)]),
            keys: [.end, .character("E")]
        ),
    ]

    static func state(_ session: Session, _ columns: Int, _ rows: Int) throws -> State {
        switch session {
        case .bundled(let name):
            let file = try #require(Fixture.sessions.first { $0.lastPathComponent == "\(name).ehlo" })
            return Fixture.state(of: try Fixture.recording(file), columns, rows)
        case .made(let dialogue, let kinds):
            let more = kinds.enumerated().map { WireEvent($1, leg: .relay, at: 20 + Double($0)) }
            let trace = Tracer.trace(of: Fixture.events(dialogue) + more)
            var state = State(title: "A session that was cut", source: .replay, trace: trace)
            (state.view.columns, state.view.rows) = (columns, rows)
            return state
        }
    }

    @Test(arguments: sizes, views) func `an outcome`(size: (Int, Int), view: View) throws {
        var walk = try Walk(try Self.state(view.session, size.0, size.1))
        for key in view.keys { walk.press(key) }
        expectGolden(walk.canvas, "outcome-\(view.name)-\(size.0)x\(size.1)")
    }

    @Test func `what the end names to look at next is there`() throws {
        let bundled = Set(Fixture.sessions.map { $0.deletingPathExtension().lastPathComponent })
        let sessions = Fixture.sessions[0].deletingLastPathComponent()
        let dialogs = sessions.deletingLastPathComponent().appending(path: "dialogs")
        for (_, command) in EndOverlay.others {
            let words = command.split(separator: " ").map(String.init)
            let isDialog = words.dropLast().last == "--dialog"
            let name = try #require(words.last)
            let file = dialogs.appending(path: "\(name).dialog").path
            #expect(isDialog ? FileManager.default.fileExists(atPath: file) : bundled.contains(name), "\(command)")
        }
    }

    @Test func `the end is shown at the end, and says what the verdict says`() throws {
        var walk = try Walk(try Self.state(.bundled("one-refused"), 80, 40))
        walk.expect(.overlayPressed(.end)) { $0.view.notice = "the session is not at its end: End goes there" }
        walk.press(.end, .character("E"))
        let screen = walk.screen.split { $0.isWhitespace || $0 == "┃" }.joined(separator: " ")
        #expect(screen.contains("The mail was accepted for 2 of 3 recipients."))
        #expect(screen.contains("nosuch@receiver.example was refused for good at step 10a."))
        #expect(screen.contains("it writes a bounce to ada@sender.example"))
        #expect(screen.contains("ehlo starttls") && !screen.contains("ehlo one-refused"))
    }

    @Test func `of very many recipients the end names some, and says how many more there are`() throws {
        let asked = (1...80).map { "C: RCPT TO:<r\($0)@b.example>\nS: 550 no\n" }.joined()
        let said =
            Self.untilTheDot.replacing("C: DATA", with: asked + "C: DATA") + "\nS: 250 taken\nC: QUIT\nS: 221 bye"
        var walk = try Walk(try Self.state(.made(said, [.close(by: .server)]), 120, 40))
        walk.press(.end, .character("E"))
        let page = EndOverlay.page(walk.state, in: walk.world)
        let text = (0..<page.count).flatMap(page.rows).map(\.text)
        #expect(text.contains("31 more recipients; s saves what became of each as text (.txt)"))
        #expect(text.count { $0.contains("was refused for good") } == EndOverlay.maxRecipients)
    }

    @Test func `a span over several rows is underlined in each`() throws {
        var walk = try Walk(try Self.state(.bundled("one-refused"), 80, 30))
        walk.press(.character("!"), .left, .left)
        let rows = WireRows(walk.state, columns: 57, glyphs: .unicode).window(rows: 20)
        let name = try #require(walk.state.currentSpan?.name)
        #expect(rows.count { $0.text.contains("‾‾") } == 2, "\(name): \(rows.map(\.text))")
        #expect(rows.count { $0.text.contains(name) } == 1)
    }
}
