import Foundation
import Interchange
import Lessons
import Testing
import Tracing

/// An exported line as another program reads it.
private struct Exported: Decodable {
    struct Span: Decodable {
        let start, end: Int
        let kind: String
        let lesson: String?
    }
    struct Finding: Decodable {
        let id, severity, rfc: String
        let lesson: String?
    }
    let session, index, step, transaction: Int
    let time: Double
    let leg, from, substep, text: String
    let verb: String?
    let code: Int?
    let enhanced: String?
    let spans: [Span]
    let findings: [Finding]
}

@Suite struct JSONExportTests {
    private func export(_ recording: Recording, _ library: LessonLibrary) throws -> [(
        json: String, line: Exported, traced: TraceLine
    )] {
        var export = JSONExport(library: library)
        return try Tracer.trace(of: recording.events).lines.map { traced in
            let json = export.object(traced, session: 0)
            return (json, try JSONDecoder().decode(Exported.self, from: Data(json.utf8)), traced)
        }
    }

    @Test func `there are sessions to export`() { #expect(!Places.sessions.isEmpty) }

    @Test(arguments: Places.sessions) func `spans tile every line and every lesson is there`(name: String) throws {
        let library = try LessonLibrary(root: Places.lessons)
        let anchors = Set(library.anchors().map(\.path))
        for (json, line, traced) in try export(Places.session(name), library) {
            #expect(line.index == traced.index)
            #expect(line.text == WireText.shown(traced.octets))
            var end = 0
            for span in line.spans {
                #expect(span.start == end && span.end > span.start, "\(json)")
                end = span.end
                #expect(span.lesson.map(anchors.contains) == true, "\(json)")
            }
            #expect(end == traced.octets.count + traced.ending.octets.count, "\(json)")
            for finding in line.findings {
                #expect(!finding.rfc.hasPrefix("RFC") && finding.rfc.contains(" §"))
                #expect(finding.lesson == "finding/\(finding.id)")
            }
            #expect(json.hasSuffix("}\n") && !json.dropLast().unicodeScalars.contains { $0.value < 32 })
        }
    }

    @Test func `the keys stand in the order that was promised`() throws {
        let library = try LessonLibrary(root: Places.lessons)
        let event = WireEvent(
            .octets(from: .client, Array("EHLO a.example\r\n".utf8)),
            leg: .relay,
            at: 1.5
        )
        let first = try export(Recording(header: .init(began: "", title: "", source: ""), events: [event]), library)
            .first
        let keys = try #require(first).json.matches(of: /"(\w+)":/).map { String($0.1) }
        let promised = [
            "session", "index", "time", "leg", "from", "step", "substep", "transaction", "text", "verb", "code",
            "enhanced", "spans",
        ]
        #expect(Array(keys.prefix(13)) == promised)
        #expect(first?.json.contains("\"time\":1.5,") == true)
        #expect(first?.json.contains("\"verb\":\"EHLO\",\"code\":null,\"enhanced\":null") == true)
    }

    @Test func `octets that do something are shown and secrets are masked`() throws {
        let library = try LessonLibrary(root: Places.lessons)
        let greeting = Array("220 mx \u{1B}[2J".utf8) + [0x9B, 13, 10]
        let secret = Array("AUTH PLAIN AGEAaHVudGVyMg==\r\n".utf8)
        let events = [
            WireEvent(.octets(from: .server, greeting), leg: .relay),
            WireEvent(.octets(from: .client, secret, credentials: [11..<27]), leg: .relay),
        ]
        let lines = try export(Recording(header: .init(began: "", title: "", source: ""), events: events), library)
        #expect(lines.first?.line.text == "220 mx \\x1B[2J\\x9B")
        #expect(lines.last?.line.text == "AUTH PLAIN ********")
        #expect(!lines.contains { $0.json.contains("AGEA") })
    }

    @Test func `a code stands on every line of a reply, a verb on commands alone`() throws {
        let library = try LessonLibrary(root: Places.lessons)
        for (_, line, traced) in try export(Places.session("seed.ehlo"), library) {
            if case .reply = traced.content {
                #expect(line.code == 250 || line.code == 220)
            } else {
                #expect(line.code == nil)
            }
            if case .command = traced.content { #expect(line.verb != nil) } else { #expect(line.verb == nil) }
        }
    }
}
