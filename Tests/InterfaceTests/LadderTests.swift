import Screen
import Testing
import Tracing

@testable import Interface

/// The ladder in the place of the steps, on wide screens.
struct LadderTests {
    @Test func `from 132 columns on there are arrows in the place of the steps`() throws {
        for columns in [131, 132, 160, 200] {
            var walk = try Walk(try OutcomeTests.refusal(columns, 40))
            walk.press(.end)
            let rect = try #require(Layout(of: walk.state).steps)
            let canvas = walk.canvas
            let rows = (rect.row..<rect.bottom).map { row in
                String(canvas.cells(ofRow: row).prefix(rect.columns).map(\.glyph))
            }
            #expect(rows.contains { $0.contains("─ 7 MAIL") } == (columns >= 132), "\(columns)")
            #expect(rows.contains { $0.contains("◀") } == (columns >= 132))
            #expect(rows.contains { $0.contains("held by") })
        }
    }

    @Test func `the arrow under the cursor is in sight, and what has not happened is no arrow`() throws {
        var walk = try Walk(try OutcomeTests.refusal(160, 24))
        for _ in walk.state.stops.indices {
            walk.press(.character("n"))
            let line = try #require(walk.state.cursor.line)
            let (before, after) = LadderRows.around(walk.state, rows: 20)
            #expect((before + after).contains { $0.contains(line) })
            #expect((before + after).allSatisfy { $0.upperBound <= walk.state.cursor.reached })
            let rect = try #require(Layout(of: walk.state).steps)
            let canvas = walk.canvas
            let isMarked = (rect.row..<rect.bottom).contains { row in
                canvas.cells(ofRow: row).prefix(rect.columns).contains { $0.emphasis.contains(.reverse) }
            }
            #expect(isMarked, "line \(line)\n\(canvas.text)")
        }
    }

    /// Where the ladder is narrowest an arrow still says its step and what went, between four parties too.
    @Test(arguments: ["login", "one-refused", "dane"]) func `each arrow of the narrowest ladder says what went`(
        name: String
    ) throws {
        var walk = try Walk(try OutcomeScreensTests.state(.bundled(name), 160, 48))
        walk.press(.end)
        let rect = try #require(Layout(of: walk.state).steps)
        #expect(rect.columns == 30)
        let canvas = walk.canvas
        let rows = (rect.row + 1..<rect.bottom).map { row in
            String(canvas.cells(ofRow: row).prefix(rect.columns).filter { !$0.isContinuation }.map(\.glyph))
        }
        let arrows = rows.filter { $0.contains("▶") || $0.contains("◀") }
        #expect(arrows.count > 15)
        for arrow in arrows {
            #expect(arrow.contains(/[0-9]+[a-z]* ([A-Z0-9a-z]{2,}|A\?)|[0-9]+[a-z]*  ─/), "\(arrow)")
        }
    }

    @Test func `the arrows of a stop hold all its lines, one side at a time`() throws {
        var walk = try Walk(try OutcomeTests.refusal(160, 48))
        walk.press(.end)
        let (before, after) = LadderRows.around(walk.state, rows: 1000)
        let all = before + after
        #expect(all.first?.lowerBound == 0 && all.last?.upperBound == walk.state.session.trace.lines.count)
        for (one, next) in zip(all, all.dropFirst()) { #expect(one.upperBound == next.lowerBound) }
    }
}
