import Screen
import ScreenSupport
import Testing

@testable import Interface

/// The session of the post on screens of all shapes: small, the usual terminal, wide; each place of interest once.
///
/// Every golden file was read by a person before it was kept. They use the lessons beside these tests.
struct GoldenScreensTests {
    static let sizes = [(80, 24), (120, 40), (40, 12)]

    /// A place to look at: its name, and the keys that lead there from the first page.
    struct View: Sendable, CustomTestStringConvertible {
        let name: String
        let keys: [Key]
        var testDescription: String { name }
    }

    static let views = [
        View(name: "first-page", keys: []),
        View(name: "step-2-table", keys: step(2)),
        View(name: "step-6-extensions", keys: step(6)),
        View(name: "step-7-mail", keys: step(7)),
        View(name: "step-7-reverse-path", keys: step(7) + [.right]),
        View(name: "step-7-last-span", keys: step(7) + [.left]),
        View(name: "findings", keys: [.end, .character("f")]),
        View(name: "help", keys: step(7) + [.character("?")]),
        View(name: "time-line", keys: [.end, .character("t")]),
        View(name: "message", keys: [.end, .character("m")]),
        View(name: "hex", keys: step(7) + [.right, .character("x")]),
        View(name: "lesson-pane", keys: step(6) + [.tab]),
        View(name: "steps-pane", keys: step(6) + [.backTab]),
        View(name: "search", keys: [.end, .character("/"), .character("2"), .character("5"), .enter]),
        View(name: "prompt", keys: [.character("g"), .character("7")]),
        View(name: "end", keys: [.end]),
    ]

    static func step(_ number: Int) -> [Key] {
        [.character("g")] + String(number).map { .character($0) } + [.enter]
    }

    @Test(arguments: sizes, views)
    func `the session of the post`(size: (Int, Int), view: View) throws {
        var walk = try Walk(try Fixture.seed(size.0, size.1))
        for key in view.keys { walk.press(key) }
        expectGolden(walk.canvas, "\(view.name)-\(size.0)x\(size.1)")
    }

    @Test(arguments: ["first-page", "step-2-table", "step-7-reverse-path", "findings", "help", "time-line", "hex"])
    func `the session of the post in ASCII`(name: String) throws {
        let view = try #require(Self.views.first { $0.name == name })
        var walk = try Walk(try Fixture.seed(80, 24), ascii: true)
        for key in view.keys { walk.press(key) }
        expectGolden(walk.canvas, "\(name)-80x24-ascii")
    }

    @Test func `a very large screen`() throws {
        var walk = try Walk(try Fixture.seed(200, 60))
        for key in Self.step(7) + [.right] { walk.press(key) }
        expectGolden(walk.canvas, "step-7-reverse-path-200x60")
    }
}
