import Foundation
import Screen
import Testing
import Tracing

@testable import Interface

/// What lies over the panes, and that closing it leads back to the same place.
struct OverlayTests {
    /// A session in which every overlay has something to show.
    static func withEverything(_ columns: Int = 80, _ rows: Int = 24) throws -> Walk {
        var state = try Fixture.seed(columns, rows)
        var conversations = Conversations(
            rows: (1...30).map {
                .init(number: $0, peer: "session \($0)", trace: Trace(), octets: 0, isOver: true)
            }
        )
        conversations.open = 1
        state.session.explained = ExplanationTests.text
        state.session.conversations = conversations
        state.session.comparison = .init(
            SessionComparison(state.session.trace, Trace()),
            left: "seed",
            right: "nothing"
        )
        var walk = try Walk(state)
        walk.press(.end, .character("p"), .down, .right, .right)
        return walk
    }

    static func atEnd(_ columns: Int = 80, _ rows: Int = 24) throws -> Walk {
        var walk = try Walk(try Fixture.seed(columns, rows))
        walk.press(.end, .character("p"), .down, .right, .right)
        return walk
    }

    @Test(arguments: Overlay.allCases, [Key.escape, .character("q")])
    func `each of its keys opens it, Esc and q close it and lead back`(overlay: Overlay, closing: Key) throws {
        for key in overlay.row.keys {
            var walk = try Self.withEverything()
            let (before, screen) = (walk.state, walk.canvas)
            walk.press(key)
            #expect(walk.state.view.overlay?.overlay == overlay)
            #expect(walk.canvas != screen)
            walk.press(.down, .down, .pageDown, .up)
            #expect(walk.press(closing) == [])
            #expect(walk.state == before)
            #expect(walk.canvas == screen)
        }
    }

    @Test(arguments: Overlay.allCases)
    func `its own key closes it, another one's goes over to that`(overlay: Overlay) throws {
        var walk = try Self.withEverything()
        let before = walk.state
        walk.press(overlay.row.keys[0], overlay.row.keys[0])
        #expect(walk.state == before)
        for other in Overlay.allCases where other != overlay {
            walk.state.view.overlay = .init(overlay)
            walk.press(other.row.keys[0])
            #expect(walk.state.view.overlay?.overlay == other)
        }
    }

    @Test(arguments: Overlay.allCases)
    func `it stops moving at its ends`(overlay: Overlay) throws {
        for (columns, rows) in [(80, 24), (40, 12), (120, 40)] {
            var walk = try Self.withEverything(columns, rows)
            walk.press(overlay.row.keys[0])
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

    @Test(arguments: Overlay.allCases)
    func `no two have the same look, and the key bar tells what keys do in it`(overlay: Overlay) throws {
        var walk = try Self.withEverything()
        walk.press(overlay.row.keys[0])
        // The bar of a narrow window leaves out the last of many.
        var wide = try Self.withEverything(160, 40)
        wide.press(overlay.row.keys[0])
        for (key, words) in overlay.row.hints { #expect(wide.screen.contains("\(key) \(words)")) }
        // Two keys of one hint stand with the first of them.
        for action in overlay.row.own where !action.shown.isEmpty {
            #expect(overlay.row.hints.contains { $0 == (action.shown, action.words) })
        }
        for other in Overlay.allCases where other != overlay {
            var elsewhere = try Self.withEverything()
            elsewhere.press(other.row.keys[0])
            #expect(elsewhere.canvas != walk.canvas, "\(other)")
        }
    }

    @Test(arguments: Overlay.allCases)
    func `where it has nothing to show it says so and does not open`(overlay: Overlay) throws {
        var walk = try Walk(State(title: "", source: .replay))
        guard let words = overlay.row.missing(walk.state) else {
            walk.expect(.overlayPressed(overlay)) { $0.view.overlay = .init(overlay) }
            return
        }
        walk.expect(.overlayPressed(overlay)) { $0.view.notice = words }
        #expect(walk.screen.contains(words))
    }

    @Test(arguments: Overlay.allCases)
    func `somebody has looked at its screen`(overlay: Overlay) {
        let screens = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Screens")
        for size in ["80x24", "40x12"] {
            let file = screens.appending(path: "\(overlay.golden)-\(size).screen")
            #expect(FileManager.default.fileExists(atPath: file.path), "\(file.lastPathComponent)")
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
        var before: State?
        var presses = 0
        while walk.state != before, presses < 1000 {
            let screen = walk.screen
            unseen = unseen.filter { !screen.contains("line \($0) ") }
            before = walk.state
            walk.press(.down)
            presses += 1
        }
        #expect(unseen.isEmpty)
        #expect(presses < 1000, "it never came to an end")
    }

    @Test func `walking on closes it`() throws {
        for overlay in Overlay.allCases {
            var walk = try Self.withEverything()
            walk.press(.home, .character("n"), overlay.row.keys[0])
            #expect(walk.state.view.overlay?.overlay == overlay)
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
            #expect(walk.state.view.overlay == .init(.findings, at: index))
            let anchor = entry.finding.anchor
            #expect(walk.screen.contains(walk.world.library.section(for: anchor)?.title ?? anchor.path))
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
        walk.expect(.overlayPressed(.findings)) { $0.view.notice = "no findings so far: nothing departs from the RFCs" }
        walk.expect(.overlayPressed(.message)) { $0.view.notice = "no message has been sent yet" }
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
        walk.expect(.overlayPressed(.findings)) { _ in }
    }
}

extension Overlay {
    /// The name of its golden screen. A new one is not complete before somebody has looked at it.
    fileprivate var golden: String {
        switch self {
        case .findings: "findings"
        case .explanation: "explanation"
        case .message: "message"
        case .end: "outcome-end-card"
        case .hosts: "matrix"
        case .timeLine: "time-line"
        case .conversations: "conversations-list"
        case .comparison: "comparison"
        case .help: "help"
        }
    }
}
