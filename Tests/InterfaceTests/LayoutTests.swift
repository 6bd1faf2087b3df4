import Screen
import Testing
import Tracing

@testable import Interface

/// Where the panes are, at every size.
struct LayoutTests {
    private static func layout(_ columns: Int, _ rows: Int = 24) -> Layout {
        var state = State(title: "t", source: .replay)
        (state.view.columns, state.view.rows) = (columns, rows)
        return Layout(of: state)
    }

    @Test func `the wire is never narrower in a wider window`() throws {
        var before = 0
        for columns in 80...400 {
            let wire = try #require(Self.layout(columns).wire).columns
            #expect(wire >= (columns >= 100 ? 76 : 57), "\(columns): \(wire)")
            #expect(wire >= before, "\(columns): \(wire) after \(before)")
            before = wire
        }
        #expect(before > 76)
    }

    @Test func `from the ladder on a drawing of 56 columns stands whole in the lesson`() throws {
        for columns in Layout.ladder...300 {
            let layout = Self.layout(columns, 40)
            #expect(try #require(layout.lesson).columns - 2 >= 56, "\(columns)")
            #expect(layout.hasLadder)
            #expect(try #require(layout.steps).columns >= 44, "\(columns)")
        }
    }

    @Test func `the panes and their rules tile the screen`() {
        for columns in 40...260 {
            for rows in 12...70 {
                let layout = Self.layout(columns, rows)
                let parts = [
                    layout.title, layout.tabs, layout.steps, layout.wire, layout.lesson, layout.summary,
                    layout.bottom, layout.keys,
                ]
                let all = parts.compactMap(\.self) + layout.parting
                #expect(all.reduce(0) { $0 + $1.columns * $1.rows } == columns * rows, "\(columns)x\(rows)")
                for (index, one) in all.enumerated() {
                    #expect(all[..<index].allSatisfy { $0.intersection(one).isEmpty }, "\(columns)x\(rows)")
                }
            }
        }
    }

    @Test func `a card has room under the wire of the usual terminal`() throws {
        let lesson = try #require(Self.layout(80, 24).lesson)
        // Its rule, a blank row, ten lines; a blank on either side.
        #expect((lesson.columns - 2, lesson.rows - 2) == (55, 10))
        #expect(Self.layout(80, 24).wire?.rows == 9)
    }

    @Test(arguments: [Key.tab, .backTab, .end])
    func `the rules around the pane that has the keys are heavy, but around the wire`(key: Key) throws {
        for columns in [80, 120, 200] {
            var walk = try Walk(try Fixture.seed(columns, 30))
            walk.press(key)
            let heavy = walk.canvas.cells.contains { $0.role == .frameFocused && $0.glyph == "┃" }
            #expect(heavy == (walk.state.view.pane != .wire))
        }
    }
}
