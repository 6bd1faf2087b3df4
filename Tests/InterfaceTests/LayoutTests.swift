import Lessons
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
        for columns in 40...400 {
            for rows in [20, 24, 48] {
                let wire = try #require(Self.layout(columns, rows).wire).columns
                #expect(columns < 80 || wire >= (columns >= 100 ? 76 : 57), "\(columns): \(wire)")
                // With less than 72 columns the wire is alone on the screen.
                #expect(columns <= 72 || wire >= before, "\(columns): \(wire) after \(before)")
                before = wire
            }
        }
        #expect(before > 76)
    }

    @Test
    func `the ladder is there from 132 columns on, three columns from 160, and no neighbour of the wire gets narrower`()
        throws
    {
        var before = (steps: 0, lesson: 0)
        for columns in 72...400 {
            let layout = Self.layout(columns, 40)
            #expect(layout.hasLadder == (columns >= 132), "\(columns)")
            #expect((layout.shape == .threeColumns) == (columns >= 160), "\(columns)")
            guard layout.shape == .threeColumns else { continue }
            let (steps, lesson) = (try #require(layout.steps).columns, try #require(layout.lesson).columns)
            #expect(steps >= max(30, before.steps) && lesson >= before.lesson, "\(columns): \(steps), \(lesson)")
            before = (steps, lesson)
        }
        #expect(before.steps > 44)
    }

    @Test func `no drawing of a lesson is folded in a window of 80 columns or more`() throws {
        let library = try LessonLibrary(root: Fixture.lessons.path)
        let drawings = library.anchors().compactMap { library.lesson(for: $0) }.flatMap { Self.drawings(in: $0.blocks) }
        #expect(drawings.count > 20)
        for columns in 80...240 {
            let room = try #require(Self.layout(columns, 40).lesson).columns - 2
            let page = MarkdownLines(columns: min(room, LessonPane.maxTextColumns), glyphs: .unicode)
            for drawing in drawings {
                let rows = drawing.split(separator: "\n", omittingEmptySubsequences: false)
                let drawn = page.lines([.code(info: Block.drawingInfo, text: drawing)])
                #expect(drawn.count == rows.count, "\(columns):\n\(drawing)")
            }
        }
    }

    private static func drawings(in blocks: [Block]) -> [String] {
        blocks.compactMap { if case .code(Block.drawingInfo, let text) = $0 { text } else { nil } }
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
