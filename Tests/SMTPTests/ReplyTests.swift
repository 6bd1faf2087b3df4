import Testing

@testable import SMTP

@Suite struct ReplyLineTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let line: String
        var code: UInt16?
        var continues = false
        var enhanced: String?
        var text = ""
        var departures: [Departure.Kind] = []
        /// What is read when the server has offered ENHANCEDSTATUSCODES.
        var expectsEnhanced = false
        var testDescription: String { line.debugDescription }
    }

    static let rows: [Row] = [
        Row(line: "250 OK", code: 250, text: "OK"),
        Row(line: "250-SIZE 104857600", code: 250, continues: true, text: "SIZE 104857600"),
        Row(line: "250 ", code: 250),
        Row(line: "250-", code: 250, continues: true),
        Row(line: "220", code: 220, departures: [.replyWithoutText]),
        Row(line: "250x", code: 250, text: "x", departures: [.malformedReplySeparator]),
        Row(line: "2500 x", code: nil, text: "2500 x", departures: [.noReplyCode]),
        Row(line: "250\tx", code: 250, text: "\tx", departures: [.malformedReplySeparator]),
        Row(line: " 250 x", code: 250, text: "x", departures: [.leadingSpace]),
        Row(line: "250 x ", code: 250, text: "x ", departures: [.trailingSpace]),
        Row(line: "550 5.1.1 No such user", code: 550, enhanced: "5.1.1", text: "No such user"),
        Row(line: "550 5.1.1", code: 550, enhanced: "5.1.1"),
        Row(line: "550-5.1.1 x", code: 550, continues: true, enhanced: "5.1.1", text: "x"),
        Row(line: "450 5.1.1 x", code: 450, enhanced: "5.1.1", text: "x", departures: [.enhancedCodeMismatch]),
        Row(line: "550 5.7.1234 x", code: 550, text: "5.7.1234 x"),
        Row(line: "550 x", code: 550, text: "x", departures: [.enhancedCodeMissing], expectsEnhanced: true),
        Row(line: "354 x", code: 354, text: "x", expectsEnhanced: true),
        Row(line: "550 ", code: 550, expectsEnhanced: true),
        Row(line: "771 odd", code: 771, text: "odd", departures: [.replyCodeOutsideGrammar]),
        Row(line: "199 x", code: 199, text: "x", departures: [.replyCodeOutsideGrammar]),
        Row(line: "600 x", code: 600, text: "x", departures: [.replyCodeOutsideGrammar]),
        Row(line: "559 x", code: 559, text: "x"),
        Row(line: "571 x", code: 571, text: "x", departures: [.replyCodeOutsideGrammar]),
        Row(line: "000 x", code: 0, text: "x", departures: [.replyCodeOutsideGrammar]),
        Row(line: "999-x", code: 999, continues: true, text: "x", departures: [.replyCodeOutsideGrammar]),
        Row(line: "", departures: [.noReplyCode]),
        Row(line: "25 x", text: "25 x", departures: [.noReplyCode]),
        Row(line: "2x0 no", text: "2x0 no", departures: [.noReplyCode]),
        Row(line: "-250 x", text: "-250 x", departures: [.noReplyCode]),
        Row(line: "+OK", text: "+OK", departures: [.noReplyCode]),
        Row(line: "\u{663}\u{663}\u{663} x", text: "\u{663}\u{663}\u{663} x", departures: [.noReplyCode]),
        Row(
            line: "250 " + String(repeating: "x", count: 506),
            code: 250,
            text: String(repeating: "x", count: 506)
        ),
        Row(
            line: "250 " + String(repeating: "x", count: 507),
            code: 250,
            text: String(repeating: "x", count: 507),
            departures: [.replyLineTooLong]
        ),
    ]

    @Test(arguments: rows)
    func `a reply line is split into code, separator and text`(row: Row) {
        let octets = Array(row.line.utf8)
        let reading = ReplyLine.read(octets, expectsEnhanced: row.expectsEnhanced)
        let judged = ReplyLine.judged(octets, expectsEnhanced: row.expectsEnhanced)
        #expect(judged == Reading(reading.value, departures: reading.departures))
        #expect(reading.value.code == row.code)
        #expect(reading.value.continues == row.continues)
        #expect(reading.value.enhanced?.description == row.enhanced)
        #expect(reading.value.text == Array(row.text.utf8))
        #expect(reading.departures.map(\.kind) == row.departures)
        let ends = [0] + reading.lexemes.map(\.range.upperBound)
        #expect(reading.lexemes.map(\.range.lowerBound) == ends.dropLast())
        #expect(ends.last == octets.count)
    }

    @Test(
        arguments: [
            ("503 MAIL first (#5.5.1)", "5.5.1"), ("250 ok (2.0.0)", nil), ("550 (#5.1.1", nil), ("550 (#5.1.x)", nil),
            ("550 5.1.1 no (#5.7.1)", "5.1.1"), ("451 (#4.3.0)", "4.3.0"),
        ] as [(String, String?)]
    )
    func `qmail says its status behind the text`(line: String, status: String?) {
        let reading = ReplyLine.read(Array(line.utf8))
        #expect(reading.value.status.map { "\($0)" } == status)
        #expect(reading.lexemes.reduce(0) { $0 + $1.range.count } == line.utf8.count)
        #expect(reading.value.enhanced == nil || !line.contains("ok"))
    }

    @Test func `the lexemes of a reply line are its parts`() {
        let reading = ReplyLine.read(Array("550-5.1.1 No one ".utf8))
        #expect(
            reading.lexemes.map(\.kind) == [.replyCode, .separator, .enhancedCode, .separator, .text, .trailingSpace]
        )
        #expect(reading.lexemes.map(\.range.count) == [3, 1, 5, 1, 6, 1])
    }

    @Test(arguments: [
        ("5.1.1 x", [5, 1, 1]), ("2.0.0", [2, 0, 0]), ("4.999.999 ", [4, 999, 999]), ("5.7.1000", nil), ("3.1.1", nil),
        ("6.1.1", nil), ("05.1.1", nil), ("5.1", nil), ("5.1.1.1", nil), ("5.1.1.", nil), ("5..1.1", nil),
        (".5.1.1", nil), ("5..1", nil), ("5.1.", nil), ("5.1.1x", nil),
        ("x5.1.1", nil), ("", nil), ("5.1.-1", nil),
    ])
    func `an enhanced status code opens the text or is not there`(text: String, numbers: [UInt16]?) {
        let code = EnhancedStatusCode(opening: Array(text.utf8)[...])
        #expect(code.map { [UInt16($0.class), $0.subject, $0.detail] } == numbers)
    }

    @Test func `an enhanced status code is its numbers, however it is written`() {
        let short = EnhancedStatusCode(opening: Array("5.1.1".utf8)[...])
        let long = EnhancedStatusCode(opening: Array("5.001.01 x".utf8)[...])
        #expect(short == long && short?.hashValue == long?.hashValue)
        for other in ["4.1.1", "5.2.1", "5.1.2"] {
            #expect(short != EnhancedStatusCode(opening: Array(other.utf8)[...]))
        }
        #expect(long?.description == "5.1.1")
    }
}

@Suite struct ReplyAssemblerTests {
    private static func line(_ text: String) -> ReplyLine { ReplyLine.read(Array(text.utf8)).value }

    @Test func `a reply is complete with the line that has no hyphen, and its code is that line's`() {
        var assembler = ReplyAssembler()
        #expect(assembler.append(Self.line("250-a")) == nil)
        #expect(assembler.append(Self.line("250-b")) == nil)
        #expect(!assembler.changesCode(Self.line("250 c")))
        #expect(assembler.changesCode(Self.line("550 c")))
        let reply = assembler.append(Self.line("550 5.0.0 c"))
        #expect(reply?.lines.count == 3)
        #expect(reply?.code == 550)
        #expect(reply?.enhanced?.description == "5.0.0")
        #expect(reply?.severity == .permanentFailure)
        #expect(assembler.pending.isEmpty)
        #expect(!assembler.changesCode(Self.line("220 x")))
    }

    @Test(arguments: [
        (250, Reply.Severity.positive), (354, .intermediate), (421, .transientFailure), (599, .permanentFailure),
        (199, nil),
        (600, nil), (0, nil), (99, nil),
    ])
    func `the first digit says how grave it is`(code: Int, severity: Reply.Severity?) {
        let text = String(repeating: "0", count: 3 - String(code).count) + "\(code) x"
        #expect(Reply(lines: [Self.line(text)]).severity == severity)
    }

    @Test func `a reply without a code has no severity`() {
        #expect(Reply(lines: [Self.line("hello")]).severity == nil)
        #expect(Reply(lines: []).code == nil)
    }

    @Test func `a reply without end is given out in pieces`() {
        var assembler = ReplyAssembler()
        let line = Self.line("250-x")
        for _ in 1..<ReplyAssembler.maxLines { #expect(assembler.append(line) == nil) }
        #expect(assembler.append(line)?.lines.count == ReplyAssembler.maxLines)
        #expect(assembler.append(line) == nil)
    }
}

@Suite struct HelloTests {
    private static func hello(_ lines: String...) -> Hello {
        Hello(Reply(lines: lines.map { ReplyLine.read(Array($0.utf8)).value }))
    }

    @Test func `the answer to EHLO is a domain and the keywords with their parameters`() {
        let hello = Self.hello(
            "250-mx.example Hello there",
            "250-size 100",
            "250-AUTH  PLAIN LOGIN",
            "250-",
            "250 HELP"
        )
        #expect(hello.domain == Array("mx.example".utf8))
        #expect(hello.offered.map(\.name) == ["SIZE", "AUTH", "HELP"])
        #expect(hello.keyword("AUTH")?.parameters == [Array("PLAIN".utf8), Array("LOGIN".utf8)])
        #expect(hello.offers("SIZE") && !hello.offers("HELLO") && !hello.offers("PIPELINING"))
        #expect(hello.sizeLimit == 100)
        #expect(Hello().offered.isEmpty && Hello().domain.isEmpty && Hello().sizeLimit == nil)
    }

    @Test(arguments: [
        ("SIZE", nil), ("SIZE 0", nil), ("SIZE x", nil), ("SIZE 1", 1), ("SIZE 18446744073709551615", UInt64.max),
        ("SIZE 99999999999999999999999999999999999999999", nil), ("SIZES 1", nil),
    ])
    func `the size limit is a number that fits, and 0 is no limit`(offer: String, limit: UInt64?) {
        #expect(Self.hello("250-x", "250 \(offer)").sizeLimit == limit)
    }

    @Test(arguments: [
        ("SIZE", true), ("8BITMIME", true), ("X-EXPS", true), ("", false), ("-X", false), ("AUTH=LOGIN", false),
        ("A_B", false),
    ])
    func `a keyword is of letters, digits and hyphens`(keyword: String, isKeyword: Bool) {
        #expect(Hello.Keyword.isKeyword(Array(keyword.utf8)) == isKeyword)
    }
}
