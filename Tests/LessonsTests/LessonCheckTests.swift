import Foundation
@testable import Lessons
import Testing
import Tracing

@Suite struct `The check of the lessons` {
    /// What it says of one file of the folder of faults.
    private func problems(_ file: String) throws -> [String] {
        try LessonCheck.check(library: Fixture.library("faulty")).filter { $0.file == "en/\(file)" }
            .map { "\($0.line.map(String.init) ?? "-"): \($0.message)" }
    }

    @Test(arguments: [
        ("command/NOFRONT.md", ["1: the file does not begin with front matter between two lines of ---"]),
        ("command/KEYS.md", ["5: unknown key step"]),
        ("command/MISSING.md", ["2: spec is missing", "2: summary is missing"]),
        ("command/TYPES.md", ["2: title is empty or no text", "3: spec is not a list of texts"]),
        ("command/SUMMARY.md", ["4: the summary has 101 characters, at most 100 are wanted"]),
        (
            "command/SPEC.md",
            ["RFC5321", "RFC 5321 section 4", "RFC 5321 §", "rfc 5321", "ISO 9"].map {
                "3: \($0) is not in the spelling RFC 5321 §4.1.1.2"
            }
        ),
        ("command/TITLE.md", ["2: values stand in the text only"]),
        (
            "command/ORDER.md",
            [
                #"9: "What happens" stands behind "Why it is so""#, #"15: "Try it" stands here twice"#,
                #"18: "Elsewhere" is none of the headings: What happens · Why it is so · Read the octets · What goes wrong · Try it"#,
                "21: the title stands in the front matter, not in a heading",
            ]
        ),
        (
            "command/VALUES.md",
            [
                "6: no value is called {{server.name}}", "7: {{{sender}} is none of {{x}}, {{#x}}, {{^x}} and {{/x}}",
                "8: {{>file}} is none of {{x}}, {{#x}}, {{^x}} and {{/x}}", "9: {{#sender}} is never closed",
                "10: {{/recipient}} closes nothing",
                "11: {{ without }}", "13: {{#recipient}} and {{/recipient}} stand on different lines",
            ]
        ),
        (
            "command/LINKS.md",
            [
                "6: the link leads to command/NOWHERE, which no lesson explains",
                "8: a link begins with https:// or ehlo:, not so http://x.example",
                "9: a link begins with https:// or ehlo:, not so javascript:x",
                "10: a link begins with https:// or ehlo:, not so mailto:ada@sender.example",
            ]
        ),
        (
            "command/HTML.md",
            [
                "6: HTML is not shown: <b>", "6: HTML is not shown: </b>", "8: HTML is not shown: <div>",
                "12: a terminal has no images: https://x.example/y.png",
            ]
        ),
        ("command/LONG.md", ["8: 32 lines without a heading, at most 20 fit a screen"]),
        (
            "command/DRAWING.md",
            ["15: the drawing has 51 columns, at most 50 fit", "16: a drawing is of plain ASCII"]
        ),
        ("command/EMPTY.md", ["-: the lesson has no text"]),
        (
            "command/ANCHORS.md",
            [
                "8: the anchor command/OTHER@X does not belong into the file of command/ANCHORS",
                "14: the anchor command/ANCHORS@B stands in this file twice",
                "17: nothing stands under the heading of command/ANCHORS@D",
                "19: the heading has an anchor and no words",
            ]
        ),
        ("step/07-b.md", ["-: step/7 is explained in en/step/07-a.md already"]),
        ("step/15-late.md", ["-: the name does not begin with a step, as 07-mail-from.md does"]),
        ("step/7.md", ["-: the name does not begin with a step, as 07-mail-from.md does"]),
        ("stray.md", ["-: a lesson stands in the folder of its family, not here"]),
        ("comand", ["-: no anchor leads into this folder"]),
        ("command/deeper", ["-: no anchor leads into this folder"]),
        ("command/notes.txt", ["-: the name is not that of a lesson, as in en/command/MAIL.md"]),
        ("command/MAIL.md", ["-: there is no lesson for command/MAIL"]),
        ("finding/bare-lf.md", ["-: there is no lesson for finding/bare-lf"]),
        ("extension/SIZE.md", ["-: there is no lesson for extension/SIZE"]),
        ("step/14.md", ["-: there is no lesson for step/14"]),
        ("step/7.md", ["-: the name does not begin with a step, as 07-mail-from.md does"]),
    ])
    func `names file, line and fault`(file: String, said: [String]) throws { #expect(try problems(file) == said) }

    @Test func `names the line where YAML breaks off`() throws {
        let said = try problems("command/YAML.md")
        #expect(said.first?.contains("the front matter is no YAML") == true)
        #expect(said.count == 1)
    }

    @Test func `finds nothing wrong in a sound file`() throws {
        let problems = LessonCheck.check(library: try Fixture.library("sound", "de"))
        #expect(problems.filter { !$0.message.hasPrefix("there is no lesson for") }.map(\.description) == [])
    }

    @Test func `names octets that are no text`() throws {
        let files =
            [
                "en/command/A.md": [0xFF],
                "en/command/B.md": Array("---\ntitle: T\nspec: []\nsummary: S\n---\na\u{1b}b\n".utf8),
            ] as [String: [UInt8]]
        try Fixture.temporary(files) { root in
            let problems = LessonCheck.check(library: try LessonLibrary(root: root.path)).map(\.description)
            #expect(problems.contains("en/command/A.md: the file is not UTF-8"))
            #expect(problems.contains("en/command/B.md:6: a control, private or replaced character"))
        }
    }

    @Test func `says what it shows in visible characters`() {
        let problem = LessonCheck.Problem(file: "a\u{1b}", line: 3, message: "b\u{202E}")
        #expect(problem.description == #"a\x1B:3: b\xE2\x80\xAE"#)
    }

    @Test func `walks through sessions`() throws {
        let said = ["220 mx.example hi\r\n", "550 5.1.1 n\0o\r\n"].map {
            WireEvent(.octets(from: .server, Array($0.utf8)), leg: .relay)
        }
        let trace = Tracer.trace(of: said)
        let problems = LessonCheck.check(library: try Fixture.library(), traces: [("first", trace)]).filter {
            $0.file == "first"
        }
        let messages = problems.map { "\($0.line ?? 0): \($0.message)" }
        #expect(messages.contains("1: span 0..<3, reply code: reply/220@CONNECT is explained by reply/2yz only"))
        #expect(messages.contains("1: span 3..<4, space: no lesson explains syntax/reply-space"))
        #expect(messages.contains("1: step: no lesson explains step/4"))
        #expect(messages.contains("2: finding control-octet: no lesson explains finding/control-octet"))
        // x.1.1 tells all about 5.1.1 but the class, and the reply code tells that.
        #expect(!messages.contains { $0.contains("5.1.1") })
        #expect(Set(messages).count == messages.count)
    }
}

/// The lessons that come with the program.
@Suite struct `The lessons themselves` {
    let library: LessonLibrary
    init() throws { library = try LessonLibrary(root: Fixture.realLessons) }

    @Test func `are sound`() {
        #expect(library.anchors().count > 300)
        #expect(LessonCheck.check(library: library).map(\.description) == [])
    }

    @Test func `read alike with the quick reader of front matter and with all of YAML`() throws {
        var quick = 0
        for entry in library.files(in: "en") {
            let yaml = try #require(library.file(entry.name)?.frontMatter, "\(entry.name)")
            guard let front = FrontMatter.quick(yaml) else { continue }
            quick += 1
            #expect(front == FrontMatter.checked(yaml).front, "\(entry.name)")
        }
        #expect(quick > 300)
    }

    @Test func `explain every anchor that the program spells out`() throws {
        let families = Set(LessonLibrary.families)
        var seen = 0
        for case let file as URL in FileManager.default.enumerator(at: Fixture.sources, includingPropertiesForKeys: nil)
            ?? .init()
        where file.pathExtension == "swift" && !file.path.contains("/Sources/Lessons/") {
            let text = try String(contentsOf: file, encoding: .utf8)
            let anchors =
                text.matches(of: /\.syntax\("([a-z-]+)"\)/).map { LessonAnchor.syntax(String($0.1)) }
                + text.matches(of: /"([a-z]+)\/([A-Za-z0-9.-]+)"/).filter { families.contains(String($0.1)) }
                .map { LessonAnchor("\($0.1)/\($0.2)") }
            for anchor in anchors {
                seen += 1
                let found = library.section(for: anchor)?.anchor
                // `status/x.0.0` and its like stand for a class and may be explained by it.
                let isEnough = anchor.family == "status" ? found != nil : found == anchor
                #expect(isEnough, "\(anchor) in \(file.lastPathComponent)")
            }
        }
        #expect(seen > 40)
    }
}
