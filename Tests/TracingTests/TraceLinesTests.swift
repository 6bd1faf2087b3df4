import SMTP
import Testing

@testable import Tracing

/// Lines are kept in few octets and come out as they went in.
@Suite struct TraceLinesTests {
    /// One line of each kind, with all that a line can have.
    private static let contents: [TraceLine.Content] = [
        .command, .saslResponse(mechanism: "PLAIN"), .chunk, .opaque, .event(LessonAnchor("link/connected")),
        .tls([TLSField("version", count: 2, "tls/version", words: "1.3")]),
        .record(DNSLine(kind: .exchanger(chosen: "mx.b.example"), pieces: [])),
        .reply(.init(turn: .rcpt, verb: .rcpt, isFirst: true, expectsEnhanced: true, answers: 7, recipient: 3)),
        .reply(.init(turn: nil, verb: nil, isFirst: false, expectsEnhanced: false, answers: nil, recipient: nil)),
        .reply(.init(turn: .hello, verb: nil, isFirst: true, expectsEnhanced: false, answers: 0, recipient: nil)),
        .mailData(.header), .mailData(.foldedHeader(.unknown)), .mailData(.foldedHeader(FieldFold(field: "Received"))),
        .mailData(.headerEnd), .mailData(.body), .mailData(.end), .mailData(.boundary), .mailData(.partField),
        .mailData(.foldedPartField(FieldFold(field: "Content-Type"))), .mailData(.partHeaderEnd),
        .mailData(.innerHeaderEnd), .mailData(.reportBlockEnd),
    ]

    private static let found = [
        Finding(Departure(.bareLF, at: 2..<5)), Finding(Departure(.chunkSizeWrong, difference: -3)),
        Finding(Departure(.unfinishedLine)),
    ]

    /// A line with so many octets; which of its other parts it has goes by its number.
    private static func line(_ index: Int, _ content: TraceLine.Content, count: Int = 12) -> TraceLine {
        let has = { (every: Int) in index % every == 0 }
        var line = TraceLine(
            index: index,
            time: Double(index) / 8,
            leg: has(3) ? .submission : .relay,
            speaker: has(2) ? .client : has(5) ? .note : .server,
            place: Place(has(4) ? .rcptReply : .content, substep: index, transaction: index * 70),
            octets: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ index) },
            ending: has(2) ? .crlf : has(3) ? .lf : .none,
            content: content,
            secrets: has(6) ? [0..<2, 4..<5] : [],
            findings: has(4) ? Array(found.prefix(index % 3 + 1)) : [],
            message: has(7) ? [1, 2, 3] : []
        )
        (line.failure, line.endpoint) = (has(8) ? .reset : nil, has(9) ? "192.0.2.1:25" : nil)
        return line
    }

    private static func expectSame(_ lines: TraceLines, _ expected: [TraceLine]) {
        #expect(lines.count == expected.count && Array(lines) == expected)
        let mailData = expected.filter { if case .mailData = $0.content { true } else { false } }
        let octets = mailData.reduce(0) { $0 + $1.octets.count + $1.ending.octets.count }
        #expect(lines.mailDataCount(in: expected.indices) == octets)
        #expect(lines.lastReply(in: expected.indices) == expected.last { $0.replyCode != nil })
        for (index, line) in expected.enumerated() {
            if lines.place(of: index) != line.place || lines.findings(of: index) != line.findings {
                Issue.record("line \(index) has another place, or other findings")
            }
        }
    }

    @Test func `a line comes out as it went in, whatever it has`() {
        // More than three blocks, each kind with each of the parts.
        let expected = (0..<4000).map { Self.line($0, Self.contents[$0 % Self.contents.count], count: $0 % 40) }
        var lines = TraceLines()
        for line in expected { lines.append(line) }
        Self.expectSame(lines, expected)
    }

    @Test func `a line may be empty, and longer than all that lie together`() {
        let expected = [0, 1, 70_000, 0, 65_536, 65_537, 3].enumerated().map { Self.line($0, .opaque, count: $1) }
        var lines = TraceLines()
        for line in expected { lines.append(line) }
        Self.expectSame(lines, expected)
    }

    @Test func `times with any fraction, numbers far apart and long lines come out as they went in`() {
        let places = [0, 70_000, 1, 4_000_000_000, 12]
        let expected = (0..<3000).map { index in
            TraceLine(
                index: index,
                time: [Double(index) / 3, Double(index) / 1000, 1e12, 0, 4_300 * Double(index)][index % 5],
                leg: .relay,
                speaker: .server,
                place: Place(.rcpt, substep: places[index % 5], transaction: places[index % 4]),
                octets: [UInt8](repeating: UInt8(index % 251), count: index % 7 == 0 ? 9_000 : index % 11),
                ending: .crlf,
                content: .reply(
                    .init(
                        turn: .rcpt,
                        verb: .rcpt,
                        isFirst: true,
                        expectsEnhanced: false,
                        answers: index % 3 == 0 ? nil : index * (index % 4) / 2,
                        recipient: nil
                    )
                ),
                secrets: [],
                findings: []
            )
        }
        var lines = TraceLines()
        for line in expected { lines.append(line) }
        Self.expectSame(lines, expected)
        for index in lines.indices { #expect(lines.outline(of: index) == expected[index]) }
    }

    @Test func `an outline lacks findings, of mail data the octets as well, and nothing else`() {
        let body = Self.line(1, .mailData(.body))
        var lines = TraceLines()
        lines.append(Self.line(0, .command))
        lines.append(body)
        let outline = lines.outline(of: 1)
        #expect(outline.octets.isEmpty && !body.octets.isEmpty)
        #expect((outline.content, outline.place, outline.time) == (body.content, body.place, body.time))
        lines.set([Finding(Departure(.bareCR, at: 0..<1))], onLine: 0)
        #expect(lines[0].findings.count == 1 && lines.outline(of: 0).findings.isEmpty)
    }

    @Test(arguments: 0..<5) func `findings may change on any line at any time`(seed: UInt64) {
        var dice = RandomSessionTests.Dice(state: seed)
        var (expected, lines): ([TraceLine], TraceLines) = ([], TraceLines())
        for index in 0..<2500 {
            let line = Self.line(index, Self.contents[index % Self.contents.count])
            expected.append(line)
            lines.append(line)
            let changed = Int.random(in: 0...index, using: &dice)
            expected[changed].findings = Array(
                Self.found.shuffled(using: &dice).prefix(Int.random(in: 0...3, using: &dice))
            )
            lines.set(expected[changed].findings, onLine: changed)
        }
        Self.expectSame(lines, expected)
    }

    @Test func `who holds lines keeps them while more are added`() {
        var lines = TraceLines()
        for index in 0..<1030 { lines.append(Self.line(index, .command)) }
        let held = lines
        lines.append(Self.line(1030, .command))
        lines.set([], onLine: 0)
        #expect(held.count == 1030 && held[0] == Self.line(0, .command) && lines != held)
    }
}
