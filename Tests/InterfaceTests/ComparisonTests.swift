import Screen
import ScreenSupport
import Testing
import Tracing

@testable import Interface

/// Two sessions of a list side by side.
struct ComparisonTests {
    private static func walk(_ columns: Int = 80, _ rows: Int = 24) throws -> SessionListTests.ListWalk {
        try SessionListTests.walk(200, [20: .later, 137: .mixed], columns, rows)
    }

    /// Compares the session 20, which was put off, with the one behind it.
    private static func compared(_ columns: Int = 80, _ rows: Int = 24) throws -> SessionListTests.ListWalk {
        var walk = try walk(columns, rows)
        walk.press(.character("/"))
        walk.type("later mixed")
        walk.press(.enter, .home, .character("d"), .down, .character("d"))
        return walk
    }

    @Test func `d marks a session, d on another compares them`() throws {
        var walk = try Self.walk()
        walk.press(.character("d"))
        #expect(walk.screen.contains("▸000* "))
        #expect(walk.state.view.notice == "session 0 is marked: d on another one compares them")
        walk.press(.character("d"))
        #expect(walk.state.session.list?.marked == nil)
        walk.press(.character("d"), .down)
        #expect(walk.press(.character("d")) == [.compare(left: 0, right: 1)])
        #expect(walk.state.view.overlay?.overlay == .comparison)
        walk.press(.escape)
        #expect(walk.state.isListing && walk.at == 1)
        #expect(walk.press(.character("d")) == [.compare(left: 0, right: 1)], "the mark stays")
    }

    @Test func `it opens on the first difference, and goes on to the next, round`() throws {
        var walk = try Self.compared()
        let differences = try #require(walk.state.session.comparison?.sessions.differences)
        #expect(differences.count > 2)
        var seen: [Int] = []
        for _ in 0...differences.count {
            seen.append(walk.state.view.overlay?.at ?? -1)
            walk.press(.character("!"))
        }
        #expect(seen == differences + [differences[0]])
        walk.press(.home)
        #expect(walk.screen.contains("│ ✔ S◀ 220") || walk.screen.contains("✔ S◀ 220"))
    }

    @Test func `from a walk it is the last comparison, and where there is none it says how to come to one`() throws {
        var walk = try Self.compared()
        walk.press(.escape, .enter, .character("d"))
        #expect(walk.state.view.overlay?.overlay == .comparison)
        walk.press(.escape)
        #expect(!walk.state.isListing)
        var alone = try Walk(try Fixture.seed())
        alone.press(.character("d"))
        #expect(alone.state.view.notice == "two sessions of a list are compared with d (o: the list)")
    }

    @Test(arguments: SessionListTests.sizes) func `the screens`(size: (Int, Int)) throws {
        let walk = try Self.compared(size.0, size.1)
        expectGolden(walk.walk.canvas, "comparison-\(size.0)x\(size.1)")
    }
}
