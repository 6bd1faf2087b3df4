import Foundation
@testable import Lessons
import Testing
import Tracing

/// Folders of lessons that lie one over the other.
@Suite struct `Lessons over lessons` {
    /// A lesson file with a text.
    private static func lesson(_ title: String) -> [UInt8] {
        Array("---\ntitle: \(title)\nspec: []\nsummary: A text.\n---\nA text.\n".utf8)
    }

    @Test func `a file hides its like, and the others stay`() throws {
        let files = ["en/command/MAIL.md": Self.lesson("Mine"), "en/command/XNEW.md": Self.lesson("New")]
        try Fixture.temporary(files) { own in
            let library = try LessonLibrary(roots: [own.path, Fixture.path("sound")])
            func title(_ anchor: String) -> String? { library.section(for: LessonAnchor(anchor))?.title }
            #expect(title("command/MAIL") == "Mine")
            #expect(title("command/XNEW") == "New")
            #expect(title("reply/250") == "250 Done")
            let below = try Fixture.library().anchors().map(\.path)
            #expect(library.anchors().map(\.path).sorted() == (below + ["command/XNEW"]).sorted())
            // The order is that of the folders.
            let turned = try LessonLibrary(roots: [Fixture.path("sound"), own.path])
            #expect(turned.section(for: LessonAnchor("command/MAIL"))?.title != "Mine")
        }
    }

    @Test func `a step is hidden by its number, whatever the file is called`() throws {
        try Fixture.temporary(["en/step/07-zzz.md": Self.lesson("Mine")]) { own in
            let library = try LessonLibrary(roots: [own.path, Fixture.path("sound")])
            #expect(library.section(for: LessonAnchor("step/7"))?.title == "Mine")
            #expect(library.section(for: LessonAnchor("step/1"))?.title != "Mine")
            #expect(library.anchors().count { $0.path == "step/7" } == 1)
        }
    }

    @Test func `a language of one's own lies over English`() throws {
        try Fixture.temporary(["fr/command/MAIL.md": Self.lesson("À moi")]) { own in
            let library = try LessonLibrary(roots: [own.path, Fixture.path("sound")], language: "fr")
            #expect(library.language == "fr")
            #expect(library.section(for: LessonAnchor("command/MAIL"))?.title == "À moi")
            #expect(library.section(for: LessonAnchor("reply/250"))?.language == "en")
        }
    }

    @Test func `a folder with nothing of lessons over others is said`() throws {
        try Fixture.temporary(["notes/command/MAIL.md": Self.lesson("Mine")]) { own in
            #expect(throws: LessonLibraryError.nothing(path: own.path)) {
                try LessonLibrary(roots: [own.path, Fixture.path("sound")])
            }
            #expect(throws: LessonLibraryError.missing(path: own.path + "/no")) {
                try LessonLibrary(roots: [own.path + "/no", Fixture.path("sound")])
            }
            #expect(throws: LessonLibraryError.noEnglish(path: own.path)) {
                try LessonLibrary(roots: [Fixture.path("sound") + "/de", own.path])
            }
        }
    }
}

@Suite struct `A library` {
    let library: LessonLibrary
    init() throws { library = try Fixture.library() }

    @Test(arguments: [
        ("command/MAIL", "command/MAIL", true),
        ("command/XYZZY", "command/unknown", false),
        ("step/7", "step/7", true),
        ("reply/250@RCPT", "reply/250@RCPT", true),
        ("reply/250@EHLO", "reply/250", true),  // the code itself, whatever it answers
        ("reply/299", "reply/2yz", false),
        ("reply/777@RCPT", "reply/unknown", false),
        ("status/5.1.1", "status/x.1.1", false),
        ("extension/AUTH=LOGIN", "extension/AUTH=LOGIN", true),
        ("extension/X-NEW", "extension/unknown", false),
        ("field/Subject", "syntax/field-name", false),
    ])
    func `finds the nearest section`(requested: String, found: String, isSpecific: Bool) throws {
        let section = try #require(library.section(for: LessonAnchor(requested)))
        #expect(section.anchor == LessonAnchor(found))
        #expect(section.isSpecific(for: LessonAnchor(requested)) == isSpecific)
    }

    @Test(arguments: [
        ("250", ["reply/250"]), ("250@rcpt", ["reply/250@RCPT"]), ("999", ["reply/999"]),
        ("5.7.1", ["status/5.7.1"]), ("7", ["step/7"]), ("07", ["step/7"]), ("15", []), ("0", []),
        ("mail", ["command/MAIL"]), ("Command/Mail", ["command/MAIL"]), ("auth=login", ["extension/AUTH=LOGIN"]),
        ("field-name:", ["syntax/field-name"]), ("", []), ("/", []), (":", []), ("5.7", []), ("2.1.0@RCPT", []),
        ("reply/299", []), ("unknown", ["command/unknown", "reply/unknown", "extension/unknown"]),
    ])
    func `knows what a word means`(word: String, anchors: [String]) {
        #expect(library.anchors(meantBy: word).map(\.path) == anchors)
    }

    @Test(arguments: [
        ("status/5.1.1", "status/x.1.1", true), ("status/5.1.1", "status/x.1.x", false),
        ("status/5.1.1", "status/5.x.x", false), ("reply/250@RCPT", "reply/250", false),
        ("reply/250", "reply/250", true), ("reply/299", "reply/2yz", false),
    ])
    func `tells a fallback from what was asked for`(asked: String, found: String, isMet: Bool) {
        #expect(LessonAnchor(asked).isMet(by: LessonAnchor(found)) == isMet)
    }

    @Test(arguments: [
        "background/nothing", "syntax/colon", "status/7.7.7", "nonsense", "", "/", "step/2", "step/07", "step/7x",
        "step/+7",
    ])
    func `finds nothing where nothing fits`(path: String) {
        #expect(library.section(for: LessonAnchor(path)) == nil)
    }

    @Test(arguments: [
        "command/../command/MAIL", "../en/command/MAIL", "command//MAIL", "/command/MAIL", "command/MAIL/",
        "./command/MAIL",
        "command/MAIL\0", "command/%4DAIL", "background/../../../../../etc/passwd", "step/../command/MAIL",
        "command/.MAIL",
    ])
    func `takes no anchor for a path`(path: String) {
        // The fallback of its family may answer; the file behind a crooked name may not.
        let found = library.section(for: LessonAnchor(path))
        #expect(found == nil || found?.anchor.path.hasSuffix("/unknown") == true)
    }

    @Test func `tells what a section is`() throws {
        let lesson = try #require(library.section(for: LessonAnchor("reply/250")))
        #expect(lesson.title == "250 Done")
        #expect(lesson.heading == nil)
        #expect(lesson.spec == ["RFC 5321 §4.2.2", "RFC 2034 appendix A", "IANA SMTP registry"])
        #expect(lesson.summary == "The command was carried out: the one positive answer.")
        #expect(lesson.language == "en")
        let part = try #require(library.section(for: LessonAnchor("reply/250@RCPT")))
        #expect(part.title == "250 Done · After RCPT")
        #expect(part.heading == "After RCPT")
        #expect(part.spec == lesson.spec)
        #expect(part.summary == "This recipient was accepted.")
    }

    @Test func `keeps headings with anchors out of the lesson's own text`() throws {
        let lesson = try #require(library.lesson(for: LessonAnchor("reply/250")))
        #expect(
            lesson.blocks == [
                .paragraph([.text("It was done.")]), .heading(level: 2, [.text("What happens")]),
                .code(info: "smtp", text: "## no heading {#reply/250@NOOP}"),
                .heading(level: 2, [.text("What goes wrong")]),
                .paragraph([.text("Of the lesson itself again.")]),
            ]
        )
        #expect(lesson.sections.map(\.anchor.path) == ["reply/250@RCPT", "reply/250@MAIL"])
        #expect(
            lesson.sections.first?.blocks == [
                .paragraph([.text("This recipient was accepted. Another may not be.")]),
                .heading(level: 3, [.text("In detail")]), .paragraph([.text("It belongs to the part above.")]),
            ]
        )
        #expect(library.lesson(for: LessonAnchor("reply/299")) == nil)
    }

    @Test func `lists every anchor, families and steps in their order`() {
        let wanted = [
            "step/1", "step/7", "command/MAIL", "command/unknown", "syntax/field-name", "reply/250", "reply/250@RCPT",
            "reply/250@MAIL",
            "reply/2yz", "reply/unknown", "status/x.1.1", "extension/AUTH=LOGIN", "extension/unknown",
            "background/history",
        ]
        #expect(library.anchors().map(\.path) == wanted)
    }
}

@Suite struct `A library in another language` {
    @Test(arguments: [
        ("command/MAIL", "command/MAIL", "de"),
        ("reply/250@RCPT", "reply/250@RCPT", "de"),
        ("reply/250@MAIL", "reply/250@MAIL", "en"),  // the translation lacks this heading: the nearer section wins
        ("command/XYZZY", "command/unknown", "en"),
    ])
    func `falls back to English`(requested: String, found: String, language: String) throws {
        let section = try #require(Fixture.library("sound", "de").section(for: LessonAnchor(requested)))
        #expect(section.anchor == LessonAnchor(found))
        #expect(section.language == language)
    }

    @Test(arguments: [
        ("de", "de"), ("de_AT.UTF-8", "de"), ("de-CH", "de"), ("fr", "en"), ("C", "en"), ("", "en"), ("../de", "en"),
        ("de/command", "en"),
    ])
    func `is chosen by the name of a locale`(asked: String, used: String) throws {
        #expect(try Fixture.library("sound", asked).language == used)
    }
}

@Suite struct `A folder of lessons` {
    @Test func `that is missing is refused in a sentence`() throws {
        let path = Fixture.path("nowhere")
        #expect(throws: LessonLibraryError.missing(path: path)) { try LessonLibrary(root: path) }
        #expect("\(LessonLibraryError.missing(path: "a\u{1b}b"))" == #"there is no folder of lessons at a\x1Bb"#)
    }

    @Test func `without English is refused`() {
        let path = Fixture.path("no-english")
        #expect(throws: LessonLibraryError.noEnglish(path: path)) { try LessonLibrary(root: path) }
    }

    @Test func `is the one that was named`() {
        #expect(LessonLibrary.standardRoot(override: "/some/where") == "/some/where")
    }

    @Test func `lets no link out, but within`() throws {
        try Fixture.temporary(["in/en/command/MAIL.md": Array("Inside.".utf8), "out/RCPT.md": Array("Outside.".utf8)]) {
            root in
            let commands = root.appending(path: "in/en/command")
            let files = FileManager.default
            try files.createSymbolicLink(
                atPath: commands.appending(path: "RCPT.md").path,
                withDestinationPath: "../../../out/RCPT.md"
            )
            try files.createSymbolicLink(
                atPath: commands.appending(path: "SEND.md").path,
                withDestinationPath: "MAIL.md"
            )
            try files.createSymbolicLink(
                atPath: root.appending(path: "in/en/reply").path,
                withDestinationPath: "../../out"
            )
            let library = try LessonLibrary(root: root.appending(path: "in").path)
            #expect(library.section(for: LessonAnchor("command/MAIL")) != nil)
            #expect(library.section(for: LessonAnchor("command/SEND")) != nil)
            #expect(library.section(for: LessonAnchor("command/RCPT")) == nil)
            #expect(library.section(for: LessonAnchor("reply/RCPT")) == nil)
        }
    }

    @Test func `shows what is sound of a broken file`() throws {
        let files = [
            "en/command/A.md": Array("Only text.".utf8),
            "en/command/B.md": Array("---\ntitle: \"\n---\nText.".utf8),
            "en/command/C.md": [0xFF, 0xFE],
            "en/command/D.md": Array(repeating: UInt8(ascii: "x"), count: Markdown.maxOctets + 1),
            "en/command/E.md": Array("|\(String(repeating: "b|", count: 1001))".utf8),
            "en/command/F.md": Array(
                "\u{FEFF}---\r\ntitle: T\r\nspec: []\r\nsummary: S\r\n---\r\nA\u{1b}[31m\u{202E}\u{E000}&#27;&#xE000;\r\nb"
                    .utf8
            ),
        ]
        try Fixture.temporary(files) { root in
            let library = try LessonLibrary(root: root.path)
            let shown = { (name: String) in library.section(for: LessonAnchor("command/\(name)")) }
            #expect(shown("A")?.title == "command/A")
            #expect(shown("A")?.blocks == [.paragraph([.text("Only text.")])])
            #expect(shown("B")?.blocks == [.paragraph([.text("Text.")])])
            #expect(shown("C") == nil)
            #expect(shown("D") == nil)
            #expect(shown("E") == nil)
            #expect(shown("F")?.title == "T")
            let text = "A\u{FFFD}[31m\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"
            #expect(shown("F")?.blocks == [.paragraph([.text(text), .softBreak, .text("b")])])
        }
    }
}
