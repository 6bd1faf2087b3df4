import Testing
import Tracing

@testable import Lessons

/// A lesson whose author put into it what would do something to a terminal, each way that a character has into a lesson.
@Suite struct `A hostile lesson` {
    private static let front = """
        title: "t\\e]52;c;eA==\\a\\N\\L\\P\\u202E\\0\\ue000\\n"
        spec: ["s\\e[2J", "\\u009B2J\\u200B"]
        summary: "m\\x1B[2J\\u2066"
        """
    /// Entities of Markdown, in text, code, a link and its address; then the characters themselves.
    private static let body = """
        &#27;]52;c;eA==&#7; &#x9B;2J &#x202E; &#x2028; &#0; &#xE000; [a](https://x.example/&#27;[2J) <https://x.example/&#x85;>

        ```&#27;
        \u{1B}[2J \u{202E} \u{9B} \u{2028} \u{200B}\t.
        ```

        | a &#27; |
        |---|
        | `b &#27; \u{1B}` |

        > - &#27; {{server.domain}}

        ## h \u{1B} \u{2028} {#command/X@\u{1B}h}

        h
        """

    @Test(arguments: [front, "title: t\u{1B}[2J\u{202E}\nspec: [\"s\u{9B}\u{2028}\"]\nsummary: \"m\u{2066}\u{7}\""])
    func `has nothing left of it in title, sources, summary and text`(front: String) throws {
        let file = "---\n\(front)\n---\n\(Self.body)"
        try Fixture.temporary(["en/command/X.md": Array(file.utf8)]) { root in
            let library = try LessonLibrary(root: root.path)
            let lesson = try #require(library.lesson(for: LessonAnchor("command/X")))
            #expect(lesson.sections.count == 1)
            for section in [lesson.section] + lesson.sections {
                let values = SessionValues.Context(Tracer.trace(of: []))
                for blocks in [
                    section.blocks, section.filled(with: values), [.paragraph(section.opening(with: values))],
                ] {
                    let lines = PlainText.lines(blocks, columns: 70)
                    #expect(lines.allSatisfy(Self.isShown), "\(lines)")
                }
                let names = [section.title, section.summary, section.anchor.path, section.heading ?? ""] + section.spec
                #expect(names.allSatisfy(Self.isShown), "\(names)")
            }
            #expect(lesson.title.hasPrefix("t") && lesson.summary.hasPrefix("m") && lesson.spec.first?.first == "s")
        }
    }

    @Test func `is named by the check, each text of it`() {
        let problems = FrontMatter.checked(Self.front).problems
        #expect(problems.map(\.line) == [1, 2, 2, 3])
        #expect(problems.map(\.message).filter { $0.hasSuffix("holds a character that does not show") }.count == 3)
        #expect(problems.first?.message == "title is longer than a line")
    }

    private static func isShown(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(WireText.isShown) }
}
