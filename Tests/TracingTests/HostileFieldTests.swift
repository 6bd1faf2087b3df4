import SMTP
import Testing

@testable import Tracing

/// Header fields that somebody made to do harm: each line still has spans, few of them, and the next field is not touched.
@Suite struct HostileFieldTests {
    /// What a body is made of, over and over.
    private static let pieces: [(name: String, octets: [UInt8])] = [
        ("tags", Array("a=b; ".utf8)), ("semicolons", Array(";".utf8)), ("blanks", Array(" \t".utf8)),
        ("comments that never end", Array("(".utf8)), ("comments that never began", Array(")".utf8)),
        ("comments in comments", Array("((x)".utf8)), ("quotes", Array("\"".utf8)),
        ("a quote that never ends", Array("\"x; (".utf8)), ("backslashes", Array("\\".utf8)),
        ("escaped quotes", Array("\"\\\"".utf8)), ("results", Array("spf=pass x.y=z; ".utf8)),
        ("clauses", Array("from a by b ".utf8)), ("times", Array("10:00 +0100 ".utf8)),
        ("identifiers", Array("<a@b>".utf8)), ("open brackets", Array("<".utf8)), ("commas", Array(",".utf8)),
        ("encoded words", Array("=?a?Q?b?= ".utf8)), ("beginnings of encoded words", Array("=?a?Q?".utf8)),
        ("NUL", [0]), ("DEL and ESC", [0x7F, 0x1B, 0x5B]), ("bidi controls", Array("\u{202E}\u{2066}a=\u{2069};".utf8)),
        ("broken UTF-8", [0xC3, 0xFF, 0xE2, 0x80]), ("letters of two octets", Array("ü=ü; ".utf8)),
    ]

    /// More spans than any line has that is not made of them: those of the body, its name, colon, fold, dot and end.
    private static let maxSpans = 256 + 5

    private static func trace(_ lines: [[UInt8]]) -> Trace {
        let mail = Array(lines.map { $0 + [13, 10] as [UInt8] }.joined())
        return Tracer.trace(of: [
            WireEvent(.octets(from: .client, Array("DATA\r\n".utf8)), leg: .relay),
            WireEvent(.octets(from: .server, Array("354 go\r\n".utf8)), leg: .relay),
            WireEvent(.octets(from: .client, mail), leg: .relay),
        ])
    }

    private static func line(_ piece: [UInt8], count: Int) -> [UInt8] {
        (0..<count).map { piece[$0 % piece.count] }
    }

    /// What follows a field and is read as if nothing had been before it.
    private static let next = Array("Message-ID: <1@a.example>".utf8)
    private static func expectNext(_ trace: Trace, _ name: String) {
        let alone = Self.trace([Array("A: b".utf8), next]).lines.last?.spans
        #expect(alone?.count == 7 && trace.lines.last?.spans == alone, "\(name)")
    }

    @Test(.timeLimit(.minutes(1)), arguments: FieldRow.fields.map(\.name))
    func `folded lines of 998 octets of anything`(field: String) {
        for (name, octets) in Self.pieces {
            let folded = (0..<6).map { [$0 % 2 == 0 ? 32 : 9] + Self.line(octets, count: 997) }
            let trace = Self.trace([Array("\(field.isEmpty ? "X" : field): x".utf8)] + folded + [Self.next])
            expectSound(trace, "\(field), \(name)")
            for line in trace.lines where line.spans.count > Self.maxSpans {
                Issue.record("\(field), \(name): line \(line.index) has \(line.spans.count) spans")
            }
            Self.expectNext(trace, "\(field), \(name)")
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["Dkim-Signature", "Received", "Authentication-Results", "Subject"])
    func `thousands of tags, results and comments on one line`(field: String) {
        for (name, octets) in Self.pieces {
            let trace = Self.trace([Array("\(field): ".utf8) + Self.line(octets, count: 20_000), Self.next])
            expectSound(trace, "\(field), \(name)")
            for line in trace.lines where line.spans.count > Self.maxSpans {
                Issue.record("\(field), \(name): line \(line.index) has \(line.spans.count) spans")
            }
            Self.expectNext(trace, "\(field), \(name)")
        }
    }

    @Test func `a comment or a quoted string that no line ends goes on to the end of its field`() {
        for (begin, anchor) in [("(", "field/Authentication-Results"), ("\"", "field/Authentication-Results")] {
            let lines = ["Authentication-Results: \(begin)a", " spf=pass; dkim=fail", " ; dmarc=pass"]
            let trace = Self.trace(lines.map { Array($0.utf8) } + [Self.next])
            let folded = trace.lines.dropLast().suffix(2)
            // No result begins within it.
            for line in folded { #expect(line.spans.dropFirst().first?.anchor.path == anchor, "\(begin)") }
            #expect(folded.allSatisfy { $0.spans.count == 3 })
            Self.expectNext(trace, begin)
        }
    }
}
