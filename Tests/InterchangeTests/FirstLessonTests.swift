import Foundation
import Interchange
import Lessons
import SMTP
import Testing
import Tracing

/// What went wrong is explained before what is general, in every text alike.
@Suite struct FirstLessonTests {
    private static let library = Result { try LessonLibrary(root: Places.lessons) }

    struct Session: CustomTestStringConvertible {
        let name: String
        let recording: Recording
        var testDescription: String { name }
    }

    /// Every bundled session and every log of the tests.
    static let sessions: [Session] =
        Places.sessions.compactMap { name in
            (try? Places.session(name)).map { Session(name: name, recording: $0) }
        }
        + SessionListingTests.transcripts.flatMap { name in
            ((try? TranscriptFixtures.sessions(name)) ?? []).map { Session(name: name, recording: $0) }
        }

    @Test func `there are troubles to explain`() {
        let lines = Self.sessions.flatMap { Tracer.trace(of: $0.recording.events).lines }
        #expect(lines.filter { $0.refusal != nil }.count > 10 && lines.contains { !$0.findings.isEmpty })
    }

    @Test(arguments: sessions) func `the first lesson of each trouble is more exact than its step`(session: Session)
        throws
    {
        let rule = FirstLesson(try Self.library.get())
        let trace = Tracer.trace(of: session.recording.events)
        for line in trace.lines where line.isTrouble {
            let first = try #require(
                rule.trouble(of: line, in: trace).first,
                "\(session.name): \(line.octets.lossyText)"
            )
            #expect(!first.anchor.path.hasPrefix("step/") && !first.anchor.path.hasPrefix("syntax/"))
        }
        for stop in Array(trace.stops) + trace.foldedStops {
            let general = LessonAnchor.step(stop.place.step)
            let first = rule.first(of: stop, in: trace, general: general)
            #expect(first?.anchor == rule.lessons(of: stop, in: trace, general: general).told.first?.anchor)
        }
        for stop in trace.stops where trace.lines[stop.lines].contains(where: \.isTrouble) {
            let lessons = rule.lessons(of: stop, in: trace, general: .step(stop.place.step))
            #expect(lessons.told.first?.line != nil && lessons.told.last?.anchor == .step(stop.place.step))
        }
    }

    /// A dot that ends in a bare LF is two findings: which line end it is, and that a server may take the mail to end there.
    @Test func `what a line end makes of a line is told before the line end`() throws {
        let rule = FirstLesson(try Self.library.get())
        let trace = Tracer.trace(of: try Places.session("smuggled.ehlo").events)
        let lines = trace.lines.filter { line in line.findings.contains { $0.kind == .endOfDataVariant } }
        #expect(lines.contains { line in line.findings.contains { $0.kind == .bareLF } })
        for line in lines {
            #expect(rule.findings(of: line).first?.anchor.description == "finding/end-of-data-variant")
        }
    }

    @Test(arguments: sessions) func `every text tells it first`(session: Session) throws {
        let library = try Self.library.get()
        let rule = FirstLesson(library)
        let (trace, header) = (Tracer.trace(of: session.recording.events), session.recording.header)
        let text = TextExport.lines(trace, header: header, library: library)
        let handout = MarkdownExport.text(trace, header: header, library: library)
        let page = HTMLExport.text(trace, header: header, library: library)
        for line in trace.lines where line.refusal != nil || line.isFailure {
            let first = try #require(rule.trouble(of: line, in: trace).first)
            let shown = WireText.shown(line.octets)
            let at = try #require(
                text.firstIndex {
                    $0.hasSuffix(": \(shown)")
                }
            )
            let named = text[at...].first { $0.drop { $0 == " " }.hasPrefix("Lesson ") }
            #expect(named?.contains("Lesson \(first.anchor): ") == true, "\(session.name): \(shown), \(named ?? "")")
            let isInHandout = handout.contains("**\(Escaping.markdown(first.section.title))**")
            #expect(isInHandout, "\(session.name): \(shown)")
            let id =
                "lesson-"
                + first.section.anchor.path.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "-" }
                .joined()
            // A page in the message of a failure would hide it.
            let isFirst = page.contains("data-lesson=\"\(id)")
            #expect(isFirst, "\(session.name): \(shown)")
        }
    }

    private func trace(_ reply: String, to command: String = "RCPT TO:<b@b>") -> Trace {
        let said = [
            "S: 220 m", "C: EHLO a", "S: 250 m", "C: MAIL FROM:<a@a>", "S: 250 k", "C: \(command)", "S: \(reply)",
        ]
        return Tracer.trace(
            of: said.map {
                WireEvent(
                    .octets(from: $0.hasPrefix("C") ? .client : .server, Array($0.utf8.dropFirst(3)) + [13, 10]),
                    leg: .relay
                )
            }
        )
    }

    @Test(arguments: [
        ("555 5.5.4 Unsupported option", true), ("501 Syntax error", true), ("550 5.1.1 no such user", false),
        ("250 2.1.5 yes", false),
    ]) func `a parameter that was not offered is told with the refusal of it`(reply: String, isTold: Bool) throws {
        let rule = FirstLesson(try Self.library.get())
        let trace = trace(reply, to: "RCPT TO:<b@b> NOTIFY=NEVER")
        let first = rule.outcome(of: try #require(trace.lines.last), in: trace).first
        #expect((first?.anchor == LessonAnchor("finding/parameter-not-offered")) == isTold)
    }

    @Test(arguments: [
        ("550 5.1.1 no", ["status/5.1.1", "reply/550@RCPT", "reply/550"]),
        ("550 no", ["reply/550@RCPT", "reply/550", "reply/5yz"]),
        ("579 5.7.1 no", ["status/5.7.1", "reply/5yz", "reply/unknown"]),
        ("450 4.9.99 no", ["reply/450@RCPT", "reply/450", "status/4.x.x"]),
        ("250 2.1.5 yes", []),
        // A text that servers are known to write tells more than any code.
        ("554 5.7.1 <b@b>: Relay access denied", ["wording/postfix-relay-denied", "status/5.7.1", "reply/554@RCPT"]),
        (
            "554-5.7.1 <b@b>: Relay access denied\r\n554 5.7.1 bye",
            ["wording/postfix-relay-denied", "status/5.7.1", "reply/554@RCPT"]
        ),
        ("550 5.7.1 <b@b>: Relay access denied", ["status/5.7.1", "reply/550@RCPT", "reply/550"]),
    ]) func `the most exact comes first`(reply: String, anchors: [String]) throws {
        let rule = FirstLesson(try Self.library.get())
        let trace = trace(reply)
        let line = try #require(trace.lines.last)
        #expect(rule.outcome(of: line, in: trace).prefix(3).map(\.anchor.path) == anchors)
    }
}
