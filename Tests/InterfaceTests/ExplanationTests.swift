import Screen
import ScreenSupport
import Testing
import Tracing

@testable import Interface

/// The page of an explanation: opened by what came, read, walked.
struct ExplanationTests {
    static let text = ExplainedText(
        name: "bounce.eml",
        entries: [
            .init(
                lines: [
                    .init(.title, "", "A bounce written by Postfix: refused for good"),
                    .init(.quote, "", "550 5.1.1 <bob@receiver.example>: User unknown in virtual mailbox table"),
                    .init(.fact, "recipient", "bob@receiver.example"),
                    .init(.drawn, "", "hop  taken by              with    TLS  delay"),
                    .init(.sentence, "", "The server that was to take the mail says it; Postfix quotes it."),
                    .init(.heading, "", "What to do"),
                    .init(.advice, "The author", "Check the spelling of the address, letter by letter."),
                ],
                lessons: [LessonAnchor("command/MAIL"), LessonAnchor("step/7")]
            )
        ],
        walks: 1
    )

    private static func open(_ text: ExplainedText, _ columns: Int = 80, _ rows: Int = 24) throws -> Walk {
        var walk = try Walk(Fixture.seed(columns, rows))
        _ = walk.give(.explained(text))
        return walk
    }

    @Test func `it opens as it comes, and u brings it back`() throws {
        var walk = try Self.open(Self.text)
        #expect(walk.state.view.overlay?.overlay == .explanation)
        walk.press(.escape)
        #expect(walk.state.view.overlay == nil)
        walk.press(.character("u"))
        #expect(walk.state.view.overlay?.overlay == .explanation)
    }

    @Test func `Enter walks where there is a reply, and says so where there is none`() throws {
        var walk = try Self.open(Self.text)
        #expect(walk.press(.enter) == [.walkExplained])
        var other = try Self.open(ExplainedText(name: "x", entries: Self.text.entries, walks: 0))
        #expect(other.press(.enter) == [])
        #expect(!other.state.view.notice.isEmpty && other.state.view.overlay != nil)
    }

    @Test func `u says what to do while there is nothing`() throws {
        var walk = try Walk(Fixture.seed())
        walk.press(.character("u"))
        #expect(walk.state.view.overlay == nil && walk.state.view.notice.contains("P"))
    }

    @Test(arguments: [(80, 24), (120, 40), (40, 12)])
    func `its page looks as it did`(columns: Int, rows: Int) throws {
        let walk = try Self.open(Self.text, columns, rows)
        expectGolden(walk.canvas, "explanation-\(columns)x\(rows)")
    }
}
