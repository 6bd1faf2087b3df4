import Testing

@testable import Tracing

/// A line opens on what tells most.
struct TellingSpanTests {
    private static let dialogue = """
        S: 220 b.example ESMTP
        C: EHLO c.example
        S: 250-b.example
        S: 250-CHUNKING
        S: 250 SIZE 1000
        C: MAIL FROM:<a@c.example> SIZE=10
        S: 250 2.1.0 fine
        C: RCPT TO:<bob@b.example>
        S: 550-5.1.1 no
        S: 550 5.1.1 such user
        C: RCPT TO:<eve@b.example>
        S: 450 4.2.0 later
        C: RCPT TO:<pat@b.example>
        S: 250 fine
        C: DATA
        S: 354 go on
        C: Subject: this
        C: 
        C: body
        C: .
        S: 250 taken
        C: MAIL FROM:a@c.example
        """

    private static let trace = Tracer.trace(
        of: dialogue.split(separator: "\n").enumerated().map { number, line in
            let octets = Array(line.dropFirst(3).utf8) + [13, 10]
            return WireEvent(
                .octets(from: line.hasPrefix("C") ? .client : .server, octets),
                leg: .relay,
                at: Double(number)
            )
        }
    )

    @Test(arguments: [
        ("220 b.example ESMTP", "220"), ("EHLO c.example", "EHLO"), ("250-b.example", "250"),
        ("250-CHUNKING", "CHUNKING"), ("250 SIZE 1000", "SIZE"),
        ("MAIL FROM:<a@c.example> SIZE=10", "<a@c.example>"), ("250 2.1.0 fine", "250"),
        ("RCPT TO:<bob@b.example>", "<bob@b.example>"), ("550-5.1.1 no", "550"), ("550 5.1.1 such user", "550"),
        ("450 4.2.0 later", "450"), ("DATA", "DATA"), ("354 go on", "354"), ("Subject: this", "Subject"),
        ("body", "body"), ("MAIL FROM:a@c.example", "a@c.example"),
    ])
    func `what tells most`(line: String, telling: String) throws {
        let line = try #require(Self.trace.lines.first { $0.octets == Array(line.utf8) })
        let span = try #require(line.tellingSpan.map { line.spans[$0] })
        #expect((line.octets + line.ending.octets)[span.range].elementsEqual(telling.utf8))
    }

    @Test func `where there is a finding it is what the finding is about`() throws {
        for session in Session.all {
            for line in Tracer.trace(of: session.events).lines where !line.octets.isEmpty {
                let span = try #require(line.tellingSpan.map { line.spans[$0] }, "\(session.name)")
                guard let finding = line.findings.first(where: { !$0.range.isEmpty }) else { continue }
                #expect(span.range.contains(finding.range.lowerBound), "\(session.name) \(finding.id)")
            }
        }
    }
}
