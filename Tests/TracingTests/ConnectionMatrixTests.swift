import SMTP
import Testing

@testable import Tracing

@Suite struct ConnectionMatrixTests {
    private static func events() -> [WireEvent] {
        let server = { (text: String, time: Double) in
            WireEvent(.octets(from: .server, Array("\(text)\r\n".utf8)), leg: .relay, at: time)
        }
        let client = { (text: String, time: Double) in
            WireEvent(.octets(from: .client, Array("\(text)\r\n".utf8)), leg: .relay, at: time)
        }
        return [
            WireEvent(.connect(to: "mx1.b.example [192.0.2.1]:25"), leg: .relay, at: 0),
            WireEvent(.error(WireEvent.Failure(.refused).of("mx1")), leg: .relay, at: 0.2),
            WireEvent(.connect(to: "mx2.b.example [192.0.2.2]:25"), leg: .relay, at: 1),
            WireEvent(.connected(to: "mx2.b.example [192.0.2.2]:25"), leg: .relay, at: 1.01), server("220 mx2", 1.03),
            client("EHLO c", 1.03), server("250-mx2", 1.04), server("250 SIZE", 1.06), client("MAIL FROM:<a@c>", 1.06),
            server("250 ok", 1.07), client("RCPT TO:<b@b>", 1.07), server("550 no", 1.08),
            client("RCPT TO:<c@b>", 1.08),
            server("250 ok", 1.09), client("QUIT", 1.09), server("221 bye", 1.1),
        ]
    }

    @Test func `a row for each connection, a cell for each step`() throws {
        let matrix = ConnectionMatrix(Tracer.trace(of: Self.events()))
        try #require(matrix.rows.count == 2)
        #expect(matrix.rows[0].cells == [.connection: .init(text: "refused", milliseconds: 200, isFailed: true)])
        let second = matrix.rows[1].cells
        #expect(second[.connection] == .init(text: "ok", milliseconds: 10, isFailed: false))
        #expect(second[.greeting] == .init(text: "220", milliseconds: 20, isFailed: false))
        #expect(second[.hello] == .init(text: "250", milliseconds: 30, isFailed: false))
        // One recipient was refused, and that is what counts.
        #expect(second[.rcpt]?.text == "550" && second[.rcpt]?.isFailed == true)
        #expect(matrix.columns == [.connection, .greeting, .hello, .mail, .rcpt, .quit])
        #expect(matrix.text.count == 3)
        #expect(
            matrix.text[1]
                == "mx1.b.example [192.0.2.1]:25  refused 200 ms  -          -          -          -          -"
        )
    }

    @Test func `TLS that failed is told from TLS that was agreed on`() {
        func said(_ side: Side, _ text: String, _ time: Double) -> WireEvent {
            WireEvent(.octets(from: side, Array((text + "\r\n").utf8)), leg: .relay, at: time)
        }
        var events = [
            WireEvent(.connect(to: "mx1"), leg: .relay), WireEvent(.connected(to: "mx1"), leg: .relay),
            said(.server, "220 mx1 ESMTP", 0.1), said(.client, "EHLO c.example", 0.1),
            said(.server, "250-mx1\r\n250 STARTTLS", 0.2), said(.client, "STARTTLS", 0.2), said(.server, "220 Go", 0.3),
        ]
        #expect(ConnectionMatrix(Tracer.trace(of: events)).rows.first?.cells[.tls]?.text == "220")
        events += [
            WireEvent(.error("the other end broke TLS off"), leg: .relay, at: 0.4),
            WireEvent(.remark(WireEvent.Failure(.withoutTLS).adding(": in the clear")), leg: .relay, at: 0.4),
            WireEvent(.connect(to: "mx1"), leg: .relay, at: 0.5),
            WireEvent(.connected(to: "mx1"), leg: .relay, at: 0.5),
            said(.server, "220 mx1 ESMTP", 0.6),
        ]
        let rows = ConnectionMatrix(Tracer.trace(of: events)).rows
        #expect(rows.count == 2)
        #expect(rows.first?.cells[.tls]?.text == "failed" && rows.first?.cells[.tls]?.isFailed == true)
        #expect(rows.first?.cells[.mail] == nil && rows.last?.cells[.tls] == nil)
    }

    @Test func `without a connection there is no table`() {
        #expect(ConnectionMatrix(Trace()).text == [])
    }

    @Test(arguments: LinkFailure.allCases)
    func `each failure travels by its id, whatever its words are`(failure: LinkFailure) throws {
        let told = WireEvent.Failure(failure, "mots \u{E9}trangers \u{1B}[2J")
        let events = [WireEvent(.error(told), leg: .relay), WireEvent(.remark(told), leg: .relay)]
        let file = RecordingWriter.file(Recording(header: .init(began: "", title: "", source: ""), events: events))
        #expect(file.contains("{\"id\":\"\(failure.id)\",\"text\":"))
        #expect(try RecordingReader.read(Array(file.utf8)).events == events)
        let trace = Tracer.trace(of: events)
        #expect(trace.lines.allSatisfy { $0.failure == failure && $0.content == .event(failure.anchor) })
    }

    @Test func `an id of a newer program keeps its words`() throws {
        let file = "{\"ehlo\":1}\n[0,\"relay\",\"error\",{\"id\":\"eaten\",\"text\":\"the mail was eaten\"}]\n"
        let events = try RecordingReader.read(Array(file.utf8)).events
        #expect(events.map(\.kind) == [.error(.init(nil, "the mail was eaten"))])
    }

    /// What the program wrote before failures had ids.
    @Test(arguments: [
        ("error", "mx1 [192.0.2.1]:25: the connection was refused: nobody listens on that port", LinkFailure.refused),
        ("error", "a.example: the domain does not exist", .noSuchDomain),
        ("error", "the server did not answer in time (RFC 5321 §4.5.3.2.1)", .noReply),
        ("note", "A real mail server keeps the mail in its queue, tries again after half an hour or later", .retries),
        ("note", "A real mail server does not try again: the author gets the mail back at once", .bounces),
    ])
    func `an old recording still tells its failures`(kind: String, sentence: String, failure: LinkFailure) throws {
        let file = "{\"ehlo\":1}\n[0,\"relay\",\"\(kind)\",\"\(sentence)\"]\n"
        let told = WireEvent.Failure(failure, sentence)
        let expected: WireEvent.Kind = kind == "error" ? .error(told) : .remark(told)
        #expect(try RecordingReader.read(Array(file.utf8)).events.map(\.kind) == [expected])
    }

    @Test func `a failure points at the lesson about it`() {
        let trace = Tracer.trace(of: Self.events())
        let line = trace.lines.first { $0.octets.starts(with: Array("mx1: ".utf8)) }
        #expect(line?.content == .event(LessonAnchor("link/refused")))
    }
}
