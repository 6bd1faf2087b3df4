@testable import Lessons
import Testing
import Tracing

@Suite struct `Front matter` {
    @Test(arguments: [
        (
            "title: MAIL FROM\nspec: []\nsummary: It opens.",
            FrontMatter(title: "MAIL FROM", spec: [], summary: "It opens.")
        ),
        (
            "title: \"a: b\"\nspec: [\"RFC 5321 §4.2\", \"x\"]\nsummary: \"c\"",
            FrontMatter(title: "a: b", spec: ["RFC 5321 §4.2", "x"], summary: "c")
        ),
        ("summary: c\ntitle: a:b#c\nspec: [\"x, y\"]", FrontMatter(title: "a:b#c", spec: ["x, y"], summary: "c")),
    ])
    func `in the plain form is read quickly, and as YAML would`(yaml: String, front: FrontMatter) {
        // A comma within quotes is the one thing the quick reader leaves to YAML.
        if !yaml.contains("x, y") { #expect(FrontMatter.quick(yaml) == front) }
        #expect(FrontMatter.checked(yaml).front == front)
        #expect(FrontMatter.checked(yaml).problems == [])
        #expect(FrontMatter.read(yaml) == front)
    }

    /// Here the quick reader would say something else than YAML, so it must say nothing.
    @Test(arguments: [
        "title: a: b", "title: a # b", "title: \"a\\n\"", "title: 'a'", "title: |", "title: >-", "title: *a",
        "title: &a b", "title: [a]", "title: {a: b}",
        "title: ", "title:a", "title: a ", "title: @a", "title: %a", "title: \"a\" b", "title: - a", "title: ? a",
        "title: a:", " title: a", "title: a\n b",
        "title: a\ntitle: b", "title: a\nother: b", "title: !a b", "title: \"a",
    ])
    func `of any other form is left to YAML`(lines: String) {
        #expect(FrontMatter.quick("\(lines)\nspec: []\nsummary: S") == nil)
    }

    @Test(arguments: [
        "spec: [a]", "spec: [\"a\",\"b\"]", "spec: \"a\"", "spec: [\"a\", b]", "spec: [\"a\"", "spec:\n  - a",
    ])
    func `with another list is left to YAML`(line: String) {
        #expect(FrontMatter.quick("title: T\n\(line)\nsummary: S") == nil)
    }

    @Test(arguments: [
        ("title: T\nspec: []\nsummary: S\nstep: 7", 4, "unknown key step"),
        ("title: T\nspec: []", 1, "summary is missing"),
        ("title: T\nspec: []\nsummary: [S]", 3, "summary is empty or no text"),
        ("title: T\nspec: [[a]]\nsummary: S", 2, "spec is not a list of texts"),
        ("- a", 1, "the front matter is no list of keys and values"),
        ("", 1, "the front matter is no list of keys and values"),
        ("title: |\n  a\n  b\nspec: []\nsummary: S", 1, "title is longer than a line"),
    ])
    func `with a fault is named with its line`(yaml: String, line: Int, message: String) {
        #expect(FrontMatter.checked(yaml).problems.contains(FrontMatterError(line: line, message: message)))
    }

    @Test func `too long is not read`() {
        let yaml = "title: T\nspec: []\nsummary: |\n" + String(repeating: "  x\n", count: 2000)
        #expect(FrontMatter.read(yaml) == FrontMatter())
    }
}

@Suite struct `A heading` {
    @Test(
        arguments: [
            ("## After RCPT {#reply/250@RCPT}", 2, "After RCPT", "reply/250@RCPT"), ("# a", 1, "a", nil),
            ("   ###### a", 6, "a", nil),
            ("## {#a/b@c}", 2, "", "a/b@c"), ("## a {b}", 2, "a {b}", nil), ("##", 2, "", nil), ("##\ta ", 2, "a", nil),
        ] as [(Substring, Int, String, String?)]
    )
    func `has a level, words and perhaps an anchor`(line: Substring, level: Int, text: String, anchor: String?) throws {
        let heading = try #require(Heading(line))
        #expect(heading.level == level)
        #expect(heading.text == text)
        #expect(heading.anchor == anchor)
    }

    @Test(arguments: ["a", "##a", "    ## a", "####### a", ""])
    func `is nothing else`(line: Substring) { #expect(Heading(line) == nil) }
}

@Suite struct `A lesson file` {
    @Test func `is taken apart at headings with anchors`() {
        let file = LessonFile("---\ntitle: T\n---\na\n## B {#x/y@b}\nb\n### C\nc\n## D\nd\n## E {#x/y@e}\ne")
        #expect(file.frontMatter == "title: T")
        #expect(file.bodyLine == 4)
        #expect(file.parts.map(\.source) == ["a\n## D\nd\n", "b\n### C\nc\n", "e\n"])
        #expect(file.parts.map(\.line) == [4, 5, 11])
        #expect(file.parts.map(\.anchor) == [nil, "x/y@b", "x/y@e"])
    }

    @Test(arguments: [
        "```\n## a {#x/y@a}\n```", "~~~~\n## a {#x/y@a}\n~~~\n~~~~", "```\n## a {#x/y@a}",
        "````\n```\n## a {#x/y@a}\n````",
    ])
    func `has no headings in its code`(source: String) { #expect(LessonFile(source).parts.count == 1) }

    @Test func `need not open with front matter`() {
        #expect(LessonFile("a\n---\nb").frontMatter == nil)
        #expect(LessonFile("---\na").frontMatter == nil)
        #expect(LessonFile("").parts.map(\.source) == ["\n"])
    }
}
