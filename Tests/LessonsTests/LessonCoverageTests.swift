import Testing
import Tracing

@testable import Lessons

/// What of the registries has a section of its own.
struct LessonCoverageTests {
    private static let words = (1...60).map { "word\($0 % 7 == 0 ? "" : String(repeating: "x", count: $0 % 9 + 1))" }
    private static let long = words.joined(separator: " ")

    /// A folder of lessons with one registry of these rows.
    private func gaps(_ rows: [String], _ lessons: [String: String]) throws -> [LessonCoverage.Gap] {
        var files = lessons.mapValues { Array("---\ntitle: T\nspec: []\nsummary: S.\n---\n\($0)\n".utf8) }
        files["registries/1.txt"] = Array("title: T\nsource: S\ndate: D\n\n\(rows.joined(separator: "\n"))\n".utf8)
        var found: [LessonCoverage.Gap] = []
        try Fixture.temporary(files) { root in
            let coverage = try LessonCoverage(of: LessonLibrary(root: root.path))
            #expect(coverage.problems == [])
            #expect(coverage.rows == rows.count)
            #expect(coverage.isWhole == coverage.tables.allSatisfy(\.gaps.isEmpty))
            found = coverage.tables.flatMap(\.gaps).map(\.gap)
        }
        return found
    }

    @Test func `every name of the registries has a section of its own`() throws {
        let coverage = try LessonCoverage(of: LessonLibrary(root: Fixture.realLessons))
        #expect(coverage.problems == [])
        #expect(coverage.tables.count >= 17)
        #expect(coverage.rows >= 650)
        for table in coverage.tables {
            #expect(!table.registry.rows.isEmpty, "\(table.registry.title)")
            for (row, gap) in table.gaps { Issue.record("\(row.anchor): \(gap)") }
        }
        #expect(coverage.isWhole)
    }

    @Test func `without registries nothing is whole`() throws {
        #expect(try !LessonCoverage(of: Fixture.library()).isWhole)
    }

    @Test func `a section of its own counts, and what falls back does not`() throws {
        let lessons = ["en/command/MAIL.md": Self.long, "en/command/unknown.md": Self.long]
        let rows = ["command/MAIL RFC 5321", "command/NEW", "tls/nothing"]
        #expect(
            try gaps(rows, lessons) == [
                .copied(from: LessonAnchor("command/unknown")), .fallback(LessonAnchor("command/unknown")),
                .fallback(nil),
            ]
        )
        #expect(try gaps(["command/MAIL"], ["en/command/MAIL.md": Self.long]) == [])
    }

    @Test func `forty words are a section`() throws {
        let forty = Self.words.prefix(40).joined(separator: " ")
        let less = Self.words.prefix(39).joined(separator: " ")
        #expect(try gaps(["dns/MX"], ["en/dns/MX.md": forty]) == [])
        #expect(try gaps(["dns/MX"], ["en/dns/MX.md": less]) == [.short(words: 39)])
        // Only its own words count: those under a heading with an anchor belong to that anchor.
        let parted = "\(less)\n\n## A part {#dns/MX@x}\n\(Self.long)"
        #expect(try gaps(["dns/MX", "dns/MX@x"], ["en/dns/MX.md": parted]) == [.short(words: 39)])
    }

    @Test func `the text of the class with the code exchanged is none of its own`() throws {
        let general = "The code \(2) says this. " + Self.long
        let copied = "The code 5.1.7 says this. " + Self.long
        let lessons = ["en/status/x.1.x.md": general, "en/status/x.1.7.md": copied]
        #expect(try gaps(["status/5.1.7"], lessons) == [.copied(from: LessonAnchor("status/x.1.x"))])
    }

    @Test func `one section is enough for both classes of a status`() throws {
        let lessons = ["en/status/x.1.7.md": Self.long, "en/status/x.1.x.md": "Something else."]
        #expect(
            try gaps(["status/4.1.7", "status/5.1.7", "status/5.1.8"], lessons) == [
                .fallback(LessonAnchor("status/x.1.x"))
            ]
        )
    }

    @Test func `a reply's file tells what it means after a verb that it names`() throws {
        let lessons = ["en/reply/501.md": "After `RCPT` it is this. " + Self.long]
        #expect(try gaps(["reply/501@RCPT", "reply/501@MAIL"], lessons) == [.fallback(LessonAnchor("reply/501"))])
    }

    @Test(arguments: [
        (
            "title: T\nsource: S\n\ncommand/MAIL\n",
            "1.txt:1: a registry begins with the lines title, source, date and a blank one"
        ),
        ("title: T\nsource: S\ndate: D\n\nMAIL\n", "1.txt:5: MAIL is no anchor"),
        ("title: T\nsource: S\ndate: D\n\n../MAIL\n", "1.txt:5: ../MAIL is no anchor"),
        ("title: T\nsource: S\ndate: D\n\ndns/A x\ndns/A y\ndns/A x\n", "1.txt:7: dns/A stands here twice"),
    ])
    func `a registry that cannot be read is a problem`(_ text: String, _ problem: String) {
        #expect(Registry.read(text, file: "1.txt").1.map(\.description) == [problem])
    }
}
