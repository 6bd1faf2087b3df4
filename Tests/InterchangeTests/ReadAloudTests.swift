import Foundation
import Interchange
import Lessons
import Testing
import Tracing

/// Whether a screen reader, or a speech synthesiser, could read the text of a walk: outside lines of the wire and lines that name a
/// lesson there is no sign that has to be read by its name. Which signs those are was heard from espeak-ng.
@Suite struct ReadAloudTests {
    /// What stands before octets that somebody else wrote.
    private static let labels = ["Client:", "Server:", "Query:", "Answer:", "The server said:", "Message:"]
    /// What stands before the words of a recording and of another program's log, which may have signs of their own.
    private static let quoting = ["Note:", "Source:", "Session:"]

    private static func isOurs(_ line: String) -> Bool {
        !line.isEmpty && !line.hasPrefix("Lesson ") && !(labels + quoting).contains { line.hasPrefix($0) }
    }

    private static let library = Result { try LessonLibrary(root: Places.lessons) }

    /// What in a line of ours is a sign with a name. An address may have some, within it they are its own.
    static func signs(in line: String) -> [String] {
        // A lesson may quote what a server said.
        let own = line.firstRange(of: " said: ").map { line[..<$0.upperBound] } ?? line[...]
        let words = own.split(separator: " ").filter { !$0.contains("@") && !$0.contains("[") }.map(String.init)
        let silent = Set(" .,:;?'\"()<>-_§’“”…".unicodeScalars)
        let named = words.flatMap { word in
            word.unicodeScalars.filter {
                !$0.properties.isAlphabetic && !("0"..."9").contains($0) && !silent.contains($0)
            }
            .map { String($0) }
        }
        // A hyphen is read as a dash between digits.
        let dashes = words.compactMap { $0.firstMatch(of: /[0-9]-[0-9]/).map { String($0.output) } }
        let repeated = words.compactMap { $0.firstMatch(of: /([-.,:;?!])\1+/).map { String($0.output.0) } }
        return named + dashes + ports(in: own) + repeated
    }

    /// The colon before a port is read by its name; that of a time of day is not.
    private static func ports(in text: Substring) -> [String] {
        let pattern = /(?:\]|[A-Za-z0-9-]\.[A-Za-z0-9.-]+|localhost)(:[0-9])/
        return text.split(separator: " ").compactMap { $0.firstMatch(of: pattern).map { String($0.output.1) } }
    }

    private static func text(_ session: FirstLessonTests.Session) throws -> [String] {
        TextExport.lines(
            Tracer.trace(of: session.recording.events),
            header: session.recording.header,
            library: try library.get()
        )
    }

    @Test(arguments: FirstLessonTests.sessions) func `nothing has to be read by its name`(
        session: FirstLessonTests.Session
    ) throws {
        var isSource = false
        for line in try Self.text(session) {
            // What a recording says of itself goes on in the next line, and so do a server's words.
            isSource =
                Self.quoting.contains { line.hasPrefix($0) } || line.contains(" said: ")
                || isSource && line.hasPrefix("  ")
            guard Self.isOurs(line), !isSource || line.contains(" said: ") else { continue }
            let signs = Self.signs(in: line)
            #expect(signs.isEmpty, "\(session.name): \(signs) in \(line)")
        }
    }

    /// Of what is bundled; a log's own words are quoted as they stand.
    @Test(arguments: FirstLessonTests.sessions.filter { $0.name.hasSuffix(".ehlo") })
    func `a port in a note is said in words`(
        session: FirstLessonTests.Session
    ) throws {
        for line in try Self.text(session) where line.hasPrefix("Note: ") {
            #expect(Self.ports(in: line[...]).isEmpty, "\(session.name): \(line)")
        }
        if session.name == "dane.ehlo" { #expect(try Self.text(session).contains { $0.contains(", port 25") }) }
    }

    @Test(arguments: FirstLessonTests.sessions) func `every line says whole what it says`(
        session: FirstLessonTests.Session
    ) throws {
        var before = ""
        for line in try Self.text(session) {
            let goesOn = line.hasPrefix("  ") && !line.hasPrefix("   ") && !before.isEmpty
            let isAddress = line.prefix { $0 != " " }.contains("@")
            let begins = line.first.map { $0.isUppercase || $0.isNumber || "“\"‘(".contains($0) } ?? true
            #expect(goesOn || begins || isAddress, "\(session.name): \(line)")
            let isDrawn = line.unicodeScalars.contains { (0x2500...0x259F).contains($0.value) } && Self.isOurs(line)
            #expect(!isDrawn, "\(session.name): \(line)")
            before = line
        }
    }

    @Test(arguments: [
        ("a ➔ b", ["➔"]), ("a · b", ["·"]), ("-- note", ["--"]), ("│ x", ["│"]), ("x = 1", ["="]), ("2026-11", ["6-1"]),
        ("connected to mx.example [192.0.2.1]:25", [":2"]), ("192.0.2.1:25: refused", [":2"]), ("at 00:06:23", []),
        ("The server refuses a+b@c.example: 550 5.1.1.", []), ("(RFC 5321 §4.2), so it's “so”.", []),
    ])
    func `the rule knows a sign when it hears one`(line: String, signs: [String]) {
        #expect(Self.signs(in: line) == signs)
    }

    @Test func `the verdict is last, and the parts stand there when they are asked for`() throws {
        let recording = try Places.session("one-refused.ehlo")
        let trace = Tracer.trace(of: recording.events)
        let library = try LessonLibrary(root: Places.lessons)
        let text = TextExport.lines(trace, header: recording.header, library: library)
        let verdict = try #require(text.firstIndex { $0.hasPrefix("Verdict: ") })
        #expect(!text[verdict...].contains { $0.hasPrefix("Step ") || $0.hasPrefix("Lesson ") || $0.isEmpty })
        #expect(text.contains("Step 10a. The server refuses nosuch@receiver.example: 550 5.1.1."))
        #expect(!text.contains { $0.hasPrefix("  Parts: ") || $0.contains("0.012") })
        let style = WalkText.Style(showsSpans: true, showsTimes: true)
        let whole = TextExport.lines(trace, header: recording.header, library: library, style: style)
        #expect(whole.contains { $0.hasPrefix("  Parts: verb \"EHLO\", space, client's name ") })
        #expect(whole.contains("   0.012  Client: EHLO out.sender.example"))
    }
}
