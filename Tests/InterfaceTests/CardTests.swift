import Foundation
import Lessons
import Screen
import Testing
import Tracing

@testable import Interface

/// A lesson card by card.
struct CardTests {
    /// Step 6 of the post's session: its lesson has several cards.
    private static func atExtensions(_ columns: Int = 80, _ rows: Int = 24) throws -> Walk {
        var walk = try Walk(try Fixture.seed(columns, rows))
        walk.press(.character("g"), .character("6"), .enter)
        return walk
    }

    private func count(_ walk: Walk) -> Int {
        LessonPane(walk.state.session.trace, about: Explained(under: walk.state, in: walk.world), walk.world).count
    }

    @Test(arguments: View.Pane.allCases)
    func `PgDn and PgUp turn the cards wherever the focus is`(pane: View.Pane) throws {
        var walk = try Self.atExtensions()
        walk.state.view.pane = pane
        let cards = count(walk)
        #expect(cards > 1)
        for card in 1..<cards {
            walk.expect(.nextCardPressed) { $0.cursor.card = card }
            #expect(walk.screen.contains("  \(card + 1) of \(cards)\n"))
        }
        for card in (0..<cards - 1).reversed() { walk.expect(.previousCardPressed) { $0.cursor.card = card } }
    }

    @Test func `behind the last card comes the next stop, before the first the last card of the stop before`() throws {
        var walk = try Self.atExtensions()
        let cards = count(walk)
        for _ in 1..<cards { walk.press(.pageDown) }
        #expect(walk.state.place?.step == .ehloReply)
        walk.press(.pageDown)
        #expect(walk.state.place?.step == .mail && walk.state.cursor.card == 0)
        walk.press(.pageUp)
        #expect(walk.state.place?.step == .ehloReply && walk.state.cursor.card == cards - 1)
    }

    @Test func `PgDn alone walks a whole session, and ends at its end`() throws {
        var walk = try Walk(try Fixture.seed())
        var presses = 0
        while !walk.state.isAtEnd, presses < 500 {
            walk.press(.pageDown)
            presses += 1
        }
        #expect(walk.state.isAtEnd && presses >= walk.state.stops.count)
        for _ in 1...20 { walk.press(.pageDown) }
        #expect(walk.state.view.notice.contains("the last card"))
    }

    @Test func `it never sends to a real server`() throws {
        var state = try Fixture.seed()
        state.session.source = .live(finished: false)
        state.cursor.reached = state.session.trace.lines.count
        var walk = try Walk(state)
        walk.give(.held(Session.Pending(step: .quit, octets: Array("QUIT\r\n".utf8), target: "mx")))
        walk.press(.end)
        for _ in 1...30 { #expect(walk.press(.pageDown).isEmpty) }
        #expect(walk.state.session.pending != nil)
    }

    @Test func `in the lesson up and down move within the card, and to the one beside it`() throws {
        var walk = try Self.atExtensions(80, 20)
        walk.press(.tab)
        #expect(walk.state.view.pane == .lesson)
        var seen: [Int] = [0]
        for _ in 1...80 {
            walk.press(.down)
            if seen.last != walk.state.cursor.card { seen.append(walk.state.cursor.card) }
        }
        #expect(seen == Array(0..<count(walk)))
        #expect(walk.state.place?.step == .ehloReply)
        for _ in 1...80 { walk.press(.control("u")) }
        #expect(walk.state.cursor.card == 0 && walk.state.cursor.cardScroll == 0)
    }

    @Test func `the rest of a card that does not fit comes before the next`() throws {
        var walk = try Self.atExtensions(72, 20)
        let lesson = try #require(Layout(of: walk.state).lesson)
        let pane = LessonPane(walk.state.session.trace, about: Explained(under: walk.state, in: walk.world), walk.world)
        guard pane.last(ofCard: 0, in: lesson) > 0 else { return }
        walk.press(.pageDown)
        #expect(walk.state.cursor.card == 0 && walk.state.cursor.cardScroll > 0)
        walk.press(.pageDown)
        #expect(walk.state.cursor.card == 1)
    }

    /// With the lessons of the program: at every stop of every bundled session.
    @Test(arguments: Fixture.sessions) func `no lesson opens with more than its card`(file: URL) throws {
        let library = try LessonLibrary(root: file.deletingLastPathComponent().deletingLastPathComponent().path)
        let world = Interface.Environment(library: library, glyphs: .unicode)
        var state = Fixture.state(of: try Fixture.recording(file))
        let rect = try #require(Layout(of: state).lesson)
        for index in state.stops.indices {
            state.goToStop(index)
            let pane = LessonPane(state.session.trace, about: Explained(under: state, in: world), world)
            #expect(pane.last(ofCard: 0, in: rect) == 0, "step \(state.place?.label ?? "")")
        }
    }
}
