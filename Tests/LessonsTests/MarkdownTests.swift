@testable import Lessons
import Testing

@Suite struct `Reading Markdown` {
    @Test(
        arguments: [
            (
                "a *b* **c** ~~d~~ `e`",
                [
                    .paragraph([
                        .text("a "), .emphasis([.text("b")]), .text(" "), .strong([.text("c")]), .text(" "),
                        .strike([.text("d")]), .text(" "), .code("e"),
                    ])
                ]
            ),
            ("a\nb  \nc", [.paragraph([.text("a"), .softBreak, .text("b"), .lineBreak, .text("c")])]),
            ("### a", [.heading(level: 3, [.text("a")])]),
            ("```smtp x\nC: QUIT\n\n  y\n```", [.code(info: "smtp", text: "C: QUIT\n\n  y")]),
            (
                "3. a\n4. b",
                [
                    .list(
                        ordered: true,
                        start: 3,
                        tight: true,
                        items: [[.paragraph([.text("a")])], [.paragraph([.text("b")])]]
                    )
                ]
            ),
            (
                "- a\n\n- b",
                [
                    .list(
                        ordered: false,
                        start: 0,
                        tight: false,
                        items: [[.paragraph([.text("a")])], [.paragraph([.text("b")])]]
                    )
                ]
            ),
            ("> a", [.quote([.paragraph([.text("a")])])]),
            ("a\n\n---", [.paragraph([.text("a")]), .rule]),
            (
                "|a|b|c|\n|:-|:-:|-:|\n|d|`e`|",
                [
                    .table(
                        alignments: [.left, .center, .right],
                        header: [[.text("a")], [.text("b")], [.text("c")]],
                        rows: [[[.text("d")], [.code("e")], []]]
                    )
                ]
            ),
            ("[a](https://x.example)", [.paragraph([.link(url: "https://x.example", [.text("a")])])]),
            ("a <b>c</b>\n\n<div>\n</div>", [.paragraph([.text("a c")])]),
            ("![a](b.png)", [.paragraph([.text("a")])]),
            // Straight quotes and dots stay what they are: the text may be about octets.
            ("\"a\" -- 'b' ... ada@sender.example", [.paragraph([.text("\"a\" -- 'b' ... ada@sender.example")])]),
            ("", []),
        ] as [(String, [Block])]
    )
    func `becomes plain values`(source: String, blocks: [Block]) {
        #expect(Markdown.read(source) == blocks)
    }

    @Test(
        arguments: [
            (String(repeating: "x", count: Markdown.maxOctets), nil),
            (String(repeating: "x", count: Markdown.maxOctets + 1), .tooLong(octets: Markdown.maxOctets + 1)),
            ("a\n" + String(repeating: "|", count: 1000), nil),
            ("a\n" + String(repeating: "|", count: 1001), .tooManyCells(line: 2)),
            // Each of the short rows would be filled up with 999 empty cells.
            (
                String(repeating: "|", count: 1000) + String(repeating: "\n|", count: 50),
                .tooManyRows(lines: 51, cells: 1000)
            ),
        ] as [(String, MarkdownError?)]
    )
    func `that would take long is refused`(source: String, refusal: MarkdownError?) {
        #expect(Markdown.refusal(of: source.utf8) == refusal)
        if refusal != nil { #expect(Markdown.read(source) == []) }
    }

    @Test(.timeLimit(.minutes(10)), arguments: ["> ", "- ", "**a *", "[", "[a](", "`", "<a "])
    func `of any depth is survived`(piece: String) {
        _ = Markdown.read(String(repeating: piece, count: 40_000))
    }
}

@Suite struct `Plain text` {
    private func lines(_ source: String, _ columns: Int) -> [String] {
        PlainText.lines(Markdown.read(source), columns: columns)
    }

    @Test(arguments: ["> ", "- ", "1. "], [1, 2, 20]) func `a rule has a mark where there is no room`(
        mark: String,
        depth: Int
    ) {
        let source = String(repeating: mark, count: depth) + "***"
        for columns in [1, 2, 30] {
            #expect(PlainText.lines(Markdown.read(source), columns: columns).joined().contains("-"))
        }
    }

    @Test(
        arguments: [
            ("one two three", 9, ["one two", "three"]),
            ("one two", 7, ["one two"]),
            ("a verylongword b", 8, ["a", "verylongword", "b"]),
            ("a\nb  \nc", 20, ["a b", "c"]),
            ("## Head\n\na\n\nb", 20, ["Head", "a", "", "b"]),
            ("a\n\n## Head\nb", 20, ["a", "", "Head", "b"]),
            ("- one two three\n- four", 10, ["- one two", "  three", "- four"]),
            ("- a\n\n- b", 10, ["- a", "", "- b"]),
            ("9. one two three\n10. b", 12, [" 9. one two", "    three", "10. b"]),
            ("- a\n  - b c d e f\n", 10, ["- a", "  - b c d", "    e f"]),
            ("> one two three", 11, ["> one two", "> three"]),
            ("```\nC: QUIT\n\nx\n```", 8, ["    C: QUIT", "", "    x"]),
            (
                "[the RFC](https://x.example) [MAIL](ehlo:command/MAIL) <https://y.example>", 80,
                ["the RFC (https://x.example) MAIL (command/MAIL) https://y.example"]
            ),
            ("|what|octets|\n|-|-:|\n|path|256|\n|x||", 20, ["what  octets", "----  ------", "path     256", "x"]),
            ("|what|octets|\n|-|-:|\n|path|256|\n|x||", 11, ["- path", "  octets:", "  256", "- x"]),
            ("日本 語", 6, ["日本", "語"]), ("日本 語", 7, ["日本 語"]),
            ("**a** _b_ `c` ~~d~~", 20, ["a b c d"]),
        ] as [(String, Int, [String])]
    )
    func `is set in columns`(source: String, columns: Int, wanted: [String]) {
        #expect(lines(source, columns) == wanted)
    }

    @Test func `has no blank at a line's end and no line too long`() throws {
        let library = try LessonLibrary(root: Fixture.realLessons)
        for anchor in library.anchors() {
            let section = try #require(library.section(for: anchor))
            for columns in [30, 60, 72] {
                for line in PlainText.lines(section.blocks, columns: columns) {
                    #expect(!line.hasSuffix(" "), "\(anchor)")
                    #expect(
                        line.count <= columns || line.hasPrefix("    ")
                            || !line.drop { " ->0123456789.".contains($0) }.contains(" "),
                        "\(anchor): \(line)"
                    )
                }
            }
        }
    }

    @Test func `opens with the first paragraph`() {
        #expect(Markdown.read("## Head\n\nThe *first* one.\n\nThe second.").opening.plainText == "The first one.")
        #expect(Markdown.read("- a").opening == [])
    }
}
