import SMTP
import Testing

@testable import Tracing

/// The parts of a body: which lines divide them, and which are fields.
@Suite struct MultipartReaderTests {
    private static func trace(_ mail: [String], every size: Int? = nil) -> Trace {
        let events = [
            WireEvent(.octets(from: .client, Array("DATA\r\n".utf8)), leg: .relay),
            WireEvent(.octets(from: .server, Array("354 go\r\n".utf8)), leg: .relay),
            WireEvent(.octets(from: .client, Array(mail.map { "\($0)\r\n" }.joined().utf8)), leg: .relay),
        ]
        return Tracer.trace(of: size.map { size in events.flatMap { $0.split(every: size) } } ?? events)
    }

    /// What each line of a mail is, in a letter: `-` a boundary, `f` a field of a part, `+` a line that goes on with it, `e` the end of
    /// a part's header, `b` any other line of the body; lines of the mail's own header are left out.
    private static func letters(_ mail: [String]) -> String {
        let trace = trace(mail)
        expectSound(trace, mail.joined(separator: "|"))
        return trace.lines.compactMap { line in
            guard case .mailData(let part) = line.content else { return nil }
            switch part {
            case .boundary: return "-"
            case .partField: return "f"
            case .foldedPartField: return "+"
            case .partHeaderEnd: return "e"
            case .body: return "b"
            case .header, .foldedHeader, .headerEnd, .end: return nil
            }
        }.joined()
    }

    private static let nested = [
        "Content-Type: multipart/mixed;", " boundary=outer", "", "for old programs", "--outer",
        "Content-Type: Multipart/Alternative;", "\tBoundary=\"in \\\"ner\"", "", "--in \"ner",
        "Content-Type: text/plain;",
        " charset=utf-8", "", "a: b", " c", "--inner", "--in \"ner-- \t", "", "--outer \t", "", "x", "--outer--",
        "--outer",
        "A: b",
    ]

    @Test func `parts in parts`() { #expect(Self.letters(Self.nested) == "b-f+e-f+ebbb-b-eb-bb") }

    @Test(
        arguments: [
            // An outer boundary ends what is within; the inner one means nothing any more.
            (
                [
                    "Content-Type: multipart/mixed; boundary=o", "", "--o", "Content-Type: multipart/mixed; boundary=i",
                    "", "--i", "A: b", "--o", "", "--i",
                ], "-fe-f-eb"
            ),
            // One boundary begins as another does.
            (
                [
                    "Content-Type: multipart/mixed; boundary=o", "", "--o",
                    "Content-Type: multipart/mixed; boundary=oo", "", "--oo", "", "--o", "", "--oo",
                ], "-fe-e-eb"
            ),
            // What breaks a header off is the body.
            (["Content-Type: multipart/mixed; boundary=o", "", "--o", "no field", "A: b"], "-bb"),
            (["Content-Type: multipart/mixed; boundary=o", "", "--o", " A: b", "A: b"], "-bb"),
            // Neither a name of a boundary, nor the type that has one.
            (["Content-Type: text/plain; boundary=o", "", "--o", "A: b"], "bb"),
            (["Content-Type: multipart/mixed; boundary=\"\"", "", "--", "A: b"], "bb"),
            (["Content-Type: multipart/mixed", "", "--", "----", "A: b"], "bbb"),
            (["X-Content-Type: multipart/mixed; boundary=o", "", "--o"], "b"),
            // The first Content-Type counts, and no parameter of another field.
            (["Content-Type: multipart/mixed;", "X: y;", " boundary=o", "", "--o"], "b"),
            (
                [
                    "Content-Type: multipart/mixed; boundary=o", "Content-Type: multipart/mixed; boundary=p", "", "--p",
                    "--o",
                ], "b-"
            ),
            // Comments and blanks (RFC 2045 §5.1).
            (["content-TYPE : (x) multipart/mixed (boundary=p) ; boundary = o (x)", "", "--p", "--o"], "b-"),
            // A dot is no part of the boundary (RFC 5321 §4.5.2).
            (["Content-Type: multipart/mixed; boundary=o", "", "..--o", "--o", "..A: b"], "b-f"),
        ] as [([String], String)]
    )
    func `which lines divide`(mail: [String], expected: String) { #expect(Self.letters(mail) == expected) }

    @Test func `fields of a part have the spans that fields of a mail have, its lines their own lessons`() {
        let lines = Self.trace(Self.nested).lines.filter { $0.speaker == .client }
        let anchors = { (text: String) in
            lines.first { $0.octets.lossyText == text }?.spans.map(\.anchor.path).filter {
                !$0.hasPrefix("syntax/field")
            } ?? []
        }
        #expect(anchors("--outer") == ["field/Content-Type@boundary", "syntax/line-end"])
        #expect(anchors(" charset=utf-8") == ["syntax/folded-line", "field/Content-Type@charset", "syntax/line-end"])
        #expect(anchors("Content-Type: text/plain;").first == "field/Content-Type")
        let ends = lines.filter { $0.content == .mailData(.partHeaderEnd) }
        #expect(ends.count == 3 && ends.allSatisfy { $0.spans.map(\.anchor.path) == ["syntax/part-header-end"] })
    }

    @Test(.timeLimit(.minutes(1)), arguments: 1...4)
    func `octet by octet it is the same`(size: Int) {
        #expect(Self.trace(Self.nested, every: size) == Self.trace(Self.nested))
    }

    @Test(.timeLimit(.minutes(1))) func `so many parts in one another and no more, and boundaries of any length`() {
        let depth = MultipartReader.maxDepth + 4
        var mail = ["Content-Type: multipart/mixed; boundary=b0", ""]
        for number in 0..<depth {
            mail += ["--b\(number)", "Content-Type: multipart/mixed; boundary=b\(number + 1)", ""]
        }
        let known = String(repeating: "-fe", count: MultipartReader.maxDepth)
        #expect(Self.letters(mail) == known + String(repeating: "b", count: 3 * depth - known.count))
        // Cut at the bound, so that nothing is it.
        let long = String(repeating: "x", count: MultipartReader.maxTypeOctets)
        #expect(
            Self.letters([
                "Content-Type: multipart/mixed;", " boundary=\(long.prefix(900))", "", "--\(long.prefix(900))",
            ]) == "-"
        )
        #expect(Self.letters(["Content-Type: multipart/mixed; boundary=\(long)", "", "--\(long)"]) == "b")
    }
}
