import Screen
import Testing
import Tracing

@testable import Interface

/// What lies over the panes, and that closing it leads back to the same place.
struct OverlayTests {
    static let overlays: [(Key, View.Overlay)] = [
        (.character("?"), .help(scroll: 0)), (.function(1), .help(scroll: 0)),
        (.character("f"), .findings(selected: 0)),
        (.character("m"), .message(scroll: 0)), (.character("t"), .timeLine(scroll: 0)),
    ]

    static func atEnd(_ columns: Int = 80, _ rows: Int = 24) throws -> Walk {
        var walk = try Walk(try Fixture.seed(columns, rows))
        walk.press(.end, .character("p"), .down, .right, .right)
        return walk
    }

    @Test(arguments: overlays, [Key.escape, .character("q")])
    func `Esc and q close it and lead back`(overlay: (Key, View.Overlay), closing: Key) throws {
        var walk = try Self.atEnd()
        let (before, screen) = (walk.state, walk.canvas)
        walk.press(overlay.0)
        #expect(walk.state.view.overlay == overlay.1)
        #expect(walk.canvas != screen)
        walk.press(.down, .down, .pageDown, .up)
        #expect(walk.press(closing) == [])
        #expect(walk.state == before)
        #expect(walk.canvas == screen)
    }

    @Test(arguments: overlays)
    func `its own key closes it, another one's goes over to that`(overlay: (Key, View.Overlay)) throws {
        var walk = try Self.atEnd()
        let before = walk.state
        walk.press(overlay.0, overlay.0)
        #expect(walk.state == before)
        for other in Self.overlays {
            walk.state.view.overlay = overlay.1
            walk.press(other.0)
            #expect(walk.state.view.overlay == (other.1 == overlay.1 ? nil : other.1))
        }
    }

    @Test(arguments: overlays)
    func `it stops scrolling at its ends`(overlay: (Key, View.Overlay)) throws {
        for (columns, rows) in [(80, 24), (40, 12), (120, 40)] {
            var walk = try Self.atEnd(columns, rows)
            walk.press(overlay.0)
            let top = walk.canvas
            for _ in 1...100 { walk.press(.pageDown) }
            let bottom = walk.state
            walk.press(.down)
            #expect(walk.state == bottom)
            walk.press(.home)
            #expect(walk.canvas == top)
            walk.press(.up)
            #expect(walk.canvas == top)
            walk.press(.end)
            #expect(walk.state == bottom)
        }
    }

    @Test(arguments: [(80, 24), (40, 12), (120, 40)])
    func `the last line of a long mail can be reached, and fills the page with those before it`(size: (Int, Int)) throws
    {
        let body = (1...80).map { "C: line \($0) " + String(repeating: "of words ", count: $0 % 40) }.joined(
            separator: "\n"
        )
        let dialogue = "S: 220 mx\nC: MAIL FROM:<a@b>\nS: 250 OK\nC: RCPT TO:<c@d>\nS: 250 OK\nC: DATA\nS: 354 go\n"
        let events = Fixture.events(dialogue + body + "\nC: the very last line\nC: .\nS: 250 queued")
        let header = Recording.Header(began: "", title: "long", source: "")
        var walk = try Walk(Fixture.state(of: Recording(header: header, events: events), size.0, size.1))
        walk.press(.end, .character("m"))
        #expect(walk.screen.contains("lines more"))
        walk.press(.end)
        #expect(walk.screen.contains("the very last line"))
        #expect(!walk.screen.contains("lines more"))
        // Not one line of the mail is passed over on the way down.
        walk.press(.home)
        var unseen = Set(1...80)
        var before = walk.state
        repeat {
            let screen = walk.screen
            unseen = unseen.filter { !screen.contains("line \($0) ") }
            before = walk.state
            walk.press(.down)
        } while walk.state != before
        #expect(unseen.isEmpty)
    }

    @Test func `walking on closes it`() throws {
        for overlay in Self.overlays {
            var walk = try Walk(try Fixture.seed())
            walk.press(.end, .home, .character("n"), overlay.0)
            #expect(walk.state.view.overlay == overlay.1)
            walk.press(.character("n"))
            #expect(walk.state.view.overlay == nil)
            #expect(walk.state.cursor.line == 1)
        }
    }

    @Test func `Enter in the findings goes to the octets they are about`() throws {
        var walk = try Self.atEnd()
        let findings = walk.state.findings
        #expect(findings.count >= 5)
        for (index, entry) in findings.enumerated() {
            walk.press(.character("f"), .home)
            for _ in 0..<index { walk.press(.down) }
            #expect(walk.state.view.overlay == .findings(selected: index))
            #expect(walk.state.anchor == entry.finding.anchor)
            walk.press(.enter)
            #expect(walk.state.view.overlay == nil)
            #expect(walk.state.view.pane == .wire)
            #expect(walk.state.cursor.line == entry.line)
            if let span = walk.state.currentSpan { #expect(span.range.overlaps(entry.finding.range)) }
            #expect((walk.state.cursor.span == nil) == entry.finding.range.isEmpty)
        }
    }

    @Test func `the lesson beside the findings is about the selected one alone`() throws {
        var walk = try Self.atEnd(120, 40)
        walk.press(.character("f"))
        // The first row tells where the cursor is.
        let first = walk.canvas.cells.dropFirst(120)
        walk.state.cursor.span = 0
        #expect(walk.canvas.cells.dropFirst(120) == first)
        walk.state.cursor.line = 3
        #expect(walk.canvas.cells.dropFirst(120) == first)
    }

    @Test func `there are no findings and no message on the first page`() throws {
        var walk = try Walk(State(title: "", source: .replay))
        walk.expect(.findingsPressed) { $0.view.notice = "no findings so far: nothing departs from the RFCs" }
        walk.expect(.messagePressed) { $0.view.notice = "no message has been sent yet" }
    }

    // MARK: The list of sessions

    @Test func `a session is chosen from the list`() throws {
        var state = State(title: "replay", source: .replay)
        state.session.choices = (1...30).map { Session.Choice(name: "session-\($0)", title: "what \($0) is about") }
        var walk = try Walk(state)
        #expect(walk.screen.contains("session-1 "))
        walk.expect(.downPressed) { $0.cursor.choice = 1 }
        walk.expect(.upPressed) { $0.cursor.choice = 0 }
        walk.expect(.upPressed) { _ in }
        walk.expect(.lastPressed) { $0.cursor.choice = 29 }
        walk.expect(.downPressed) { _ in }
        #expect(walk.screen.contains("session-30"))
        walk.expect(.enterPressed, effects: [.open(choice: 29)]) { _ in }
        walk.expect(.firstPressed) { $0.cursor.choice = 0 }
        walk.expect(.quitPressed, effects: [.exit]) { _ in }
        walk.expect(.escapePressed, effects: [.exit]) { _ in }
        walk.expect(.findingsPressed) { _ in }
    }
}
