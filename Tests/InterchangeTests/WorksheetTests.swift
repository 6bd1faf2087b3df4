import Foundation
import Lessons
import Testing
import Tracing

@testable import Interchange

@Suite struct WorksheetTests {
    @Test func `the answers stand behind the key and not before it`() throws {
        for name in Places.sessions {
            let recording = try Places.session(name)
            let trace = Tracer.trace(of: recording.events)
            let sheet = Worksheet(trace, header: recording.header, library: try Hostile.library())
            let parts = sheet.markdown.split(separator: "\n## Key\n")
            try #require(parts.count == 2)
            for item in sheet.items {
                #expect(parts[0].contains("## Step \(item.label)\n"))
                #expect(parts[1].contains(Escaping.markdown(item.title)))
                // The title of a sub-step is its verb, which is in the transcript anyway.
                if item.title.contains("➔") { #expect(!parts[0].contains(item.title)) }
                #expect(!item.explanation.isEmpty, "\(name) \(item.label)")
                for answer in item.questions.flatMap(\.answers) {
                    let answer = Escaping.markdown(answer)
                    #expect(!parts[0].contains(answer) && parts[1].contains(answer))
                }
            }
            let page = sheet.html
            let key = try #require(page.range(of: "class=\"key\""))
            for item in sheet.items where item.title.contains("➔") {
                let first = Escaping.html(item.title)
                #expect(!page[..<key.lowerBound].contains(first) && page[key.upperBound...].contains(first))
            }
            #expect(!page.contains("<script"))
        }
    }

    @Test func `every line of the wire is in the exercise`() throws {
        for (name, trace, header) in try Hostile.sessions() {
            let sheet = Worksheet(trace, header: header, library: try Hostile.library())
            #expect(Hostile.isClean(sheet.markdown), "\(name)")
            let code = Markdown.read(sheet.markdown).compactMap { block in
                if case .code("text", let text) = block { text } else { nil }
            }
            for line in trace.lines where line.isWire && !line.octets.isEmpty {
                let shown = " " + line.shownText
                #expect(
                    code.contains { $0.split(separator: "\n").contains { $0.hasSuffix(shown) } },
                    "\(name): \(shown)"
                )
            }
        }
    }

    @Test func `the worksheet of the post is as it was looked at`() throws {
        let recording = try Places.session("seed.ehlo")
        let library = try LessonLibrary(root: Places.shortLessons)
        let sheet = Worksheet(Tracer.trace(of: recording.events), header: recording.header, library: library)
        try expectGolden(sheet.markdown, "seed.worksheet.md")
    }

    @Test func `the handout for a teacher asks and points, and says all that the other says`() throws {
        let recording = try Places.session("one-refused.ehlo")
        let trace = Tracer.trace(of: recording.events)
        let library = try Hostile.library()
        let plain = MarkdownExport.text(trace, header: recording.header, library: library)
        let teacher = MarkdownExport.text(trace, header: recording.header, library: library, forTeacher: true)
        #expect(!plain.contains("For the teacher"))
        let without = teacher.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix(">") }
        let plainLines = plain.split(separator: "\n").filter { !$0.hasPrefix(">") }
        #expect(without.filter { !$0.isEmpty } == plainLines)
        #expect(teacher.matches(of: /For the teacher/).count >= 12)
        for (name, trace, header) in try Hostile.sessions() {
            let text = MarkdownExport.text(trace, header: header, library: library, forTeacher: true)
            #expect(Hostile.isClean(text), "\(name)")
            let links = "\(Markdown.read(text))".matches(of: /link\(url: "([^"]*)"/).map { String($0.1) }
            #expect(links.allSatisfy { $0.hasPrefix("https://www.rfc-editor.org") }, "\(links)")
        }
    }

    @Test func `the handouts of the post are as they were looked at`() throws {
        let recording = try Places.session("seed.ehlo")
        let library = try LessonLibrary(root: Places.shortLessons)
        let trace = Tracer.trace(of: recording.events)
        try expectGolden(MarkdownExport.text(trace, header: recording.header, library: library), "seed.md")
        let teacher = MarkdownExport.text(trace, header: recording.header, library: library, forTeacher: true)
        try expectGolden(teacher, "seed.teacher.md")
    }
}

@Suite struct MessageExportTests {
    @Test func `a message is what the recipient's server got, without the doubled dots`() throws {
        let messages = MessageExport.messages(Tracer.trace(of: try Places.session("one-refused.ehlo").events))
        let content = String(decoding: try #require(messages.first).content, as: UTF8.self)
        #expect(messages.count == 1 && content.hasPrefix("From: <ada@sender.example>\r\n"))
        #expect(content.contains("\r\n.A line that begins with a dot") && content.hasSuffix("\r\nAda\r\n"))
    }

    @Test(
        arguments: [("a/mail.eml", 2, "a/mail-2.eml"), ("mail", 1, "mail-1"), ("a.b/mail", 3, "a.b/mail-3")]
            as [(String, Int, String)]
    )
    func `several messages have numbers in their names`(path: String, number: Int, name: String) {
        #expect(MessageExport.name(path, number: number) == name)
    }
}
