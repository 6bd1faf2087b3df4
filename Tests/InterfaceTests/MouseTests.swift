import SMTP
import Screen
import Testing
import Tracing

@testable import Interface

/// A click goes to what is under it, at every place where something can be clicked, and lets nothing happen.
struct MouseTests {
    private static let sizes = [(80, 24), (120, 40), (160, 48), (200, 60)]

    /// Where a text stands on the screen, at its second column.
    private static func place(of text: String, _ walk: Walk, in rect: Rect? = nil) throws -> (column: Int, row: Int) {
        let canvas = walk.canvas
        let rect = rect ?? Rect(column: 0, row: 1, columns: canvas.columns, rows: canvas.rows - 1)
        for row in rect.row..<rect.row + rect.rows {
            let glyphs = canvas.cells(ofRow: row).map { String($0.glyph) }
            for column in glyphs.indices.dropFirst(rect.column)
            where glyphs[column...].prefix(text.count).joined() == text {
                return (column + 1, row)
            }
        }
        throw Lost(text: text, screen: walk.screen)
    }

    private struct Lost: Error { let text, screen: String }

    @discardableResult
    private static func click(_ text: String, _ walk: inout Walk, in rect: Rect? = nil) throws -> [Effect] {
        let (column, row) = try place(of: text, walk, in: rect)
        return walk.press(.mouse(column: column, row: row, kind: .press))
    }

    @Test(arguments: sizes) func `a step and an arrow of the ladder`(size: (Int, Int)) throws {
        var walk = try Walk(try OutcomeTests.refusal(size.0, size.1))
        walk.press(.end, .character(" "))
        let isLadder = size.0 >= Layout.ladder
        try Self.click(isLadder ? "─ 7 MAIL" : " 7 ", &walk)
        #expect(walk.state.place == Place(.mail, transaction: 1), "\(walk.screen)")
        #expect(walk.state.view.pane == .steps && !walk.state.view.playback.isRunning)
        walk.press(.home)
        walk.state.cursor.reached = 0
        try Self.click("14 ", &walk)
        #expect(walk.state.place?.step == .quit || walk.state.view.notice.contains("14"))
    }

    @Test(arguments: sizes) func `a line, and on it a span`(size: (Int, Int)) throws {
        var walk = try Walk(try Fixture.seed(size.0, size.1))
        walk.press(.end, .character("g"), .character("7"), .enter)
        let wire = try #require(Layout(of: walk.state).wire)
        try Self.click("MAIL FROM:", &walk, in: wire)
        #expect(walk.state.currentSpan?.name == "verb")
        try Self.click("pkutaj@gmail.com ", &walk, in: wire)
        #expect(walk.state.currentSpan?.name == "reverse-path")
        try Self.click("AUTH LOGIN", &walk, in: wire)
        #expect(walk.state.place?.step == .ehloReply && walk.state.cursor.span == nil)
        #expect(walk.state.view.pane == .wire)
    }

    @Test func `the row of a list, and a second time what Enter does there`() throws {
        var walk = try Walk(try Fixture.seed(80, 24))
        walk.press(.end, .character("f"))
        try Self.click("before the server said 354", &walk)
        let at = try #require(walk.state.view.overlay?.at)
        #expect(at > 0)
        let line = walk.state.findings[at].line
        let (column, row) = try Self.place(of: "before the server said 354", walk)
        walk.press(.mouse(column: column, row: row, kind: .press))
        #expect(walk.state.view.overlay == nil && walk.state.cursor.line == line)
    }

    @Test func `a session to choose`() throws {
        var state = State(title: "replay", source: .replay)
        state.session.choices = ["one", "two"].map { Session.Choice(name: $0, title: "session \($0)") }
        var walk = try Walk(state)
        #expect(try Self.click("session two", &walk) == [])
        #expect(walk.state.cursor.choice == 1)
        #expect(try Self.click("session two", &walk) == [.open(choice: 1)])
    }

    @Test(arguments: View.Pane.allCases) func `a tab`(pane: View.Pane) throws {
        var walk = try Walk(try Fixture.seed(40, 12))
        walk.press(.end)
        try Self.click(pane == .wire ? "[Wire]" : " \(pane.name) ", &walk)
        #expect(walk.state.view.pane == pane)
    }

    @Test func `no click lets anything happen`() throws {
        var walk = try SandboxTests.walk()
        for row in 0..<24 {
            for column in stride(from: 0, to: 80, by: 7) {
                #expect(walk.press(.mouse(column: column, row: row, kind: .press)) == [])
            }
        }
    }
}
