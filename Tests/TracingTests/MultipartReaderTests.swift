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
    /// a part's header, `h` that of the header of a mail in the mail, `r` that of a block of a report, `b` any other line of the body; lines of the mail's own header are left out.
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
            case .innerHeaderEnd: return "h"
            case .reportBlockEnd: return "r"
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

    /// A delivery report as RFC 6522 §3 has it: words, fields, the mail.
    private static let report = [
        "Content-Type: multipart/report; report-type=delivery-status; boundary=o", "", "--o", "", "It failed.", "--o",
        "Content-Type: Message/Delivery-Status", "", "Reporting-MTA: dns; a.example", "",
        "Final-Recipient: rfc822; b@c",
        "Diagnostic-Code: smtp; 550", " no", "", "--o", "Content-Type: message/rfc822", "", "Subject: x", " y",
        "Content-Type: multipart/mixed; boundary=i", "", "--i", "Content-Type: message/rfc822", "", "A: b", "", "A: b",
        "--i--", "A: b", "--o--",
    ]

    @Test func `a mail in a mail, and the blocks of a report`() {
        #expect(Self.letters(Self.report) == "-eb-fefrff+r-fef+fh-fefhb-b-")
    }

    @Test(
        arguments: [
            // What is encoded is text; 7bit and its like are no encoding.
            (["Content-Type: message/rfc822", "Content-Transfer-Encoding: base64", "", "A: b", ""], "ffebb"),
            (["Content-Transfer-Encoding: 8BIT (x)", "Content-Type: message/rfc822", "", "A: b", ""], "ffefh"),
            (
                ["Content-Transfer-Encoding: quoted-printable", "Content-Type: message/feedback-report", "", "A: b"],
                "ffeb"
            ),
            // Of a header alone nothing counts for what follows.
            (
                ["Content-Type: text/rfc822-headers", "", "Content-Type: message/rfc822", "", "A: b"],
                "fefhb"
            ),
            (["Content-Type: message/global", "", "Content-Type: message/rfc822", "", "A: b", "", "x"], "fefhfhb"),
            // What breaks a header off is text from there on, and so is all behind it.
            (["Content-Type: message/rfc822", "", "no field", "A: b"], "febb"),
            (["Content-Type: message/delivery-status", "", "A: b", "", " c", "A: b", ""], "fefrbbb"),
            (["Content-Type: message/disposition-notification", "", "A: b", " c", ""], "fef+r"),
            // Other kinds of message hold no fields.
            (["Content-Type: message/partial; id=x", "", "A: b"], "feb"),
            (["Content-Type: message/rfc822x", "", "A: b"], "feb"),
        ] as [([String], String)]
    )
    func `what a part holds`(part: [String], expected: String) {
        let head = ["Content-Type: multipart/mixed; boundary=o", "", "--o"]
        #expect(Self.letters(head + part + ["--o--"]) == "-\(expected)-")
    }

    @Test func `a digest holds mails, and so does a mail that is a report or a mail itself`() {
        let digest = ["Content-Type: multipart/digest; boundary=o", "", "--o", "", "A: b", "", "A: b", "--o"]
        #expect(Self.letters(digest + ["Content-Type: text/plain", "", "A: b"]) == "-efhb-feb")
        #expect(Self.letters(["Content-Type: message/delivery-status", "", "A: b", "", "A: b"]) == "frf")
        #expect(Self.letters(["Content-Type: message/rfc822", "", "A: b", "", "A: b"]) == "fhb")
    }

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
        #expect(Self.trace(Self.report, every: size) == Self.trace(Self.report))
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
