import Foundation
import Interchange
import Lessons
import Testing

@testable import Tracing

/// What is going on, as each way out shows it: the same sentence everywhere, and nothing where nothing is.
@Suite struct SituationViewTests {
    private static let guess = Array(
        """
        {"ehlo":1,"began":"2026-11-25T23:09:22Z","title":"guess","source":"made up"}
        [0,"relay","connected","192.0.2.25:587"]
        [1,"relay","server","220 mx.example ESMTP\\r\\n"]
        [2,"relay","client","EHLO a\\r\\n"]
        [3,"relay","server","250-mx.example\\r\\n250 AUTH LOGIN\\r\\n"]

        """.utf8
    )
    private static func login(_ number: Int) -> [UInt8] {
        Array(
            """
            [\(4 + number),"relay","client","AUTH PLAIN AGEAYg==\\r\\n"]
            [\(4 + number),"relay","server","535 5.7.8 no\\r\\n"]

            """.utf8
        )
    }

    private static let recording = guess + (0..<3).flatMap(login)
    private static let sentence = "Passwords are being guessed: 3 failed logins in 2.0 seconds."

    private func file() throws -> SessionFile { try SessionFile.read(Self.recording, path: "-") }

    @Test func `flat text, Markdown and the page say it`() throws {
        let recording = try file().sessions[0]
        let trace = Tracer.trace(of: recording.events)
        let library = try LessonLibrary(root: Places.lessons)
        let text = TextExport.lines(trace, header: recording.header, library: library).joined(separator: "\n")
        #expect(
            text.contains("Situation: Passwords are being guessed: 3 failed logins")
                && text.contains("situation/password-guessing")
        )
        #expect(MarkdownExport.text(trace, header: recording.header, library: library).contains("`password-guessing`"))
        #expect(HTMLExport.text(trace, header: recording.header, library: library, session: 0).contains(Self.sentence))
    }

    @Test func `JSON has it in the session's object`() throws {
        let recording = try file().sessions[0]
        let trace = Tracer.trace(of: recording.events)
        let export = JSONExport(library: try LessonLibrary(root: Places.lessons))
        let object = try JSONSerialization.jsonObject(with: Data(export.object(recording, trace, session: 0).utf8))
        let situations = (object as? [String: Any])?["situations"] as? [[String: Any]] ?? []
        #expect(situations.count == 1)
        #expect(situations.first?["id"] as? String == "password-guessing")
        #expect(situations.first?["text"] as? String == Self.sentence)
        #expect(situations.first?["lesson"] as? String == "situation/password-guessing")
        let lines = situations.first?["lines"] as? [Int] ?? []
        #expect(lines.map { trace.lines[$0].replyCode } == [535, 535, 535])
    }

    @Test func `a list has it behind the outcome, and a filter finds it`() throws {
        let listings = try file().listings
        #expect(
            listings.first?.cells.last == "none; password guessing, 3"
                || listings.first?.cells.last?.hasSuffix("; password guessing, 3") == true
        )
        #expect(listings.map { SessionFilter("password-guessing").wants($0.session) } == [true])
        #expect(listings.map { SessionFilter("relay-test").wants($0.session) } == [false])
    }

    @Test func `several sessions tell it together`() throws {
        let one = Self.guess + Self.login(0)
        let file = try SessionFile.read((0..<5).flatMap { _ in one }, path: "-")
        #expect(file.listings.allSatisfy { $0.session.situations.first?.sessions == [0, 1, 2, 3, 4] })
        #expect(file.related[3]?.first?.kind == .passwordGuessing)
        #expect(try SessionFile.read(one, path: "-").related.isEmpty)
    }

    @Test func `a mail through a content filter is one mail in a list`() throws {
        // Postfix 3.7.11 and a content filter behind it.
        let captures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Captures")
        let file = try SessionFile.read(captures.appending(path: "two-hops.pcap").path)
        #expect(file.listings.map { $0.session.situations.map(\.listed) } == [["hop 1 of 2"], ["hop 2 of 2"]])
    }

    @Test func `where nothing is nothing is said`() throws {
        let quiet = try SessionFile.read(Places.lessons + "/sessions/seed.ehlo").sessions[0]
        let trace = Tracer.trace(of: quiet.events)
        let text = TextExport.lines(trace, header: quiet.header, library: nil).joined(separator: "\n")
        #expect(!text.contains("Situation"))
        #expect(
            !HTMLExport.text(trace, header: quiet.header, library: try LessonLibrary(root: Places.lessons), session: 0)
                .contains("id=\"situations\"")
        )
    }
}
