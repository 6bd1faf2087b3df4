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
    let answers: Int?
    let octets: String?
    let kind: String?
}

/// The object of a session as another program reads it.
private struct ExportedSession: Decodable {
    struct Verdict: Decodable {
        struct Recipient: Decodable {
            let address, outcome, next: String
            let transaction: Int
            let step, code: Int?
            let status, text: String?
        }
        let outcome, holder: String
        let recipients: [Recipient]
        let step: Int?
    }
    struct TLS: Decodable { let version, cipher, group: String? }
    let session, schema: Int
    let kind: String
    let began, client, server, source: String?
    let tls: TLS?
    let verdict: Verdict
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

    @Test(arguments: Places.sessions) func `many lines at a time are the lines one by one`(name: String) throws {
        let trace = Tracer.trace(of: try Places.session(name).events)
        expectSame(trace, JSONExport(library: try LessonLibrary(root: Places.lessons)))
    }

    @Test func `and so are more than one processor writes at a time`() throws {
        let lines = (0..<9000).map { WireEvent(.octets(from: .client, Array("NOOP \($0)\r\n".utf8)), leg: .relay) }
        expectSame(Tracer.trace(of: lines), JSONExport(library: try LessonLibrary(root: Places.lessons)))
    }

    private func expectSame(_ trace: Trace, _ export: JSONExport) {
        var (all, single): ([UInt8], JSONExport) = ([], export)
        export.each(of: trace, session: 2) { all += $0 }
        #expect(all == trace.lines.flatMap { Array(single.object($0, session: 2).utf8) })
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

    private func session(_ recording: Recording) throws -> ExportedSession {
        let export = JSONExport(library: try LessonLibrary(root: Places.lessons))
        let json = export.object(recording, Tracer.trace(of: recording.events), session: 3)
        #expect(json.hasSuffix("}\n") && !json.dropLast().unicodeScalars.contains { $0.value < 32 })
        #expect(json.hasPrefix("{\"session\":3,\"kind\":\"session\",\"schema\":2,\"began\":"))
        return try JSONDecoder().decode(ExportedSession.self, from: Data(json.utf8))
    }

    @Test func `the object of a session tells each recipient apart`() throws {
        let told = try session(Places.session("one-refused.ehlo"))
        #expect(told.began != nil && told.source != nil && told.client == "out.sender.example")
        #expect(told.server?.hasPrefix("mx.receiver.example [127.0.0.1]:") == true)
        #expect(told.verdict.outcome == "mixed" && told.verdict.step == 10 && told.verdict.holder == "recipient")
        let recipients = told.verdict.recipients.map {
            "\($0.address) \($0.transaction) \($0.outcome) \($0.step ?? 0) \($0.code ?? 0) \($0.status ?? "-") \($0.next)"
        }
        #expect(
            recipients == [
                "bob@receiver.example 1 accepted 13 250 2.0.0 none",
                "nosuch@receiver.example 1 refused 10 550 5.1.1 bounce",
                "carol@receiver.example 1 accepted 13 250 2.0.0 none",
            ]
        )
        #expect(told.verdict.recipients[1].text?.hasPrefix("550 5.1.1 <nosuch@receiver.example>") == true)
    }

    @Test func `all lines of a reply are its text`() throws {
        let said =
            "S: 220 mx\nC: EHLO a\nS: 250 mx\nC: MAIL FROM:<a@a>\nS: 250 ok\nC: RCPT TO:<b\\x41@b>\nS: 550-no\nS: 550 such\n"
        let events = said.split(separator: "\n").map { line in
            WireEvent(
                .octets(from: line.hasPrefix("C") ? .client : .server, Array(line.utf8.dropFirst(3)) + [13, 10]),
                leg: .relay
            )
        }
        let recording = Recording(header: .init(began: "", title: "", source: ""), events: events)
        let told = try session(recording)
        #expect(told.verdict.recipients.first?.text == "550-no\n550 such")
        #expect(told.began == nil && told.source == nil && told.tls == nil)
        #expect(told.client == "a" && told.server == "mx")
        let lines = try export(recording, LessonLibrary(root: Places.lessons)).map(\.line)
        #expect(lines.map(\.answers) == [nil, nil, 1, nil, 3, nil, 5, 5])
        #expect(lines[5].octets.flatMap { Data(base64Encoded: $0) } == Data("RCPT TO:<b\\x41@b>".utf8))
        #expect(lines.filter { $0.octets != nil }.count == 1)
    }

    @Test func `of TLS that nobody opens, what its hellos say is told`() throws {
        let begin: [WireEvent.Kind] = [
            .octets(from: .server, Array("220 mx\r\n".utf8)), .octets(from: .client, Array("EHLO a\r\n".utf8)),
            .octets(from: .server, Array("250-mx\r\n250 STARTTLS\r\n".utf8)),
            .octets(from: .client, Array("STARTTLS\r\n".utf8)), .octets(from: .server, Array("220 go\r\n".utf8)),
            .octets(from: .client, [22, 3, 1, 0, 4, 1, 0, 0, 0]),
        ]
        let hello: [UInt8] = [2, 0, 0, 38, 3, 3] + [UInt8](repeating: 7, count: 32) + [0, 0xC0, 0x2F, 0]
        let answers: [(record: [UInt8], version: String?)] = [
            ([22, 3, 3, 0, UInt8(hello.count)] + hello, "TLS 1.2"), ([21, 3, 3, 0, 2, 2, 80], nil),
        ]
        for (record, version) in answers {
            let events = (begin + [.octets(from: .server, record)]).map { WireEvent($0, leg: .relay) }
            let recording = Recording(header: .init(began: "", title: "", source: ""), events: events)
            let tls = try #require(try session(recording).tls)
            #expect(tls.version == version)
            #expect(tls.cipher == version.map { _ in "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" })
        }
    }

    @Test(arguments: Places.sessions) func `an answer stands behind what it answers`(name: String) throws {
        let lines = try export(Places.session(name), LessonLibrary(root: Places.lessons)).map(\.line)
        #expect(lines.contains { $0.answers != nil })
        for line in lines {
            #expect(line.kind == nil)
            guard let index = line.answers else { continue }
            #expect(line.from == "server" && index < line.index && lines[index].from == "client")
        }
    }

    /// What a reader gets back is what was on the wire: from `octets` where it stands, else from the text.
    @Test func `text and octets give the wire back`() throws {
        let contents: [[UInt8]] = [
            Array("NOOP plain".utf8), Array("NOOP a\\b".utf8), Array("NOOP a\\x41".utf8),
            Array("NOOP a\\".utf8) + [0x07],
            Array("NOOP ".utf8) + [0xFF, 0x1B], Array("NOOP \\\\x".utf8) + [0x80],
        ]
        for content in contents {
            let event = WireEvent(.octets(from: .client, content + [13, 10]), leg: .relay)
            let recording = Recording(header: .init(began: "", title: "", source: ""), events: [event])
            let line = try #require(try export(recording, LessonLibrary(root: Places.lessons)).first).line
            let octets = line.octets.flatMap { Data(base64Encoded: $0) }.map(Array.init) ?? Self.unescaped(line.text)
            #expect(octets == content, "\(line.text)")
        }
    }

    private static func unescaped(_ text: String) -> [UInt8] {
        Array(text.replacing(/\\x([0-9A-F]{2})/) { String(UnicodeScalar(UInt8($0.1, radix: 16) ?? 0)) }.unicodeScalars)
            .map { UInt8(truncatingIfNeeded: $0.value) }
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
