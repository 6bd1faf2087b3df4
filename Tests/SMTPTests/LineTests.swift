import Testing

@testable import SMTP

/// The ways a stream can arrive. A reader that is right cannot tell them apart.
enum Delivery: CaseIterable, CustomTestStringConvertible {
    case atOnce, octetByOctet, withTheNextLineBegun

    func lines(of stream: [UInt8], from framer: inout LineFramer) -> [WireLine] {
        switch self {
        case .atOnce:
            framer.append(stream)
            return framer.lines()
        case .octetByOctet:
            var all: [WireLine] = []
            for octet in stream {
                framer.append(CollectionOfOne(octet))
                all += framer.lines()
            }
            return all
        case .withTheNextLineBegun:
            framer.append(stream + leftOver)
            return framer.lines()
        }
    }

    var leftOver: [UInt8] { self == .withTheNextLineBegun ? Array("QU".utf8) : [] }
    var testDescription: String { "\(self)" }
}

@Suite struct LineFramerTests {
    struct Stream: CustomTestStringConvertible, Sendable {
        let octets: String
        let lines: [(String, WireLine.Ending)]
        var testDescription: String { octets.debugDescription }
    }

    static let streams: [Stream] = [
        Stream(octets: "250 OK\r\n", lines: [("250 OK", .crlf)]),
        Stream(octets: "250-a\r\n250 b\r\n", lines: [("250-a", .crlf), ("250 b", .crlf)]),
        Stream(octets: "bare\n", lines: [("bare", .lf)]),
        Stream(octets: "\n", lines: [("", .lf)]),
        Stream(octets: "\r\n", lines: [("", .crlf)]),
        Stream(octets: "\r\r\n", lines: [("\r", .crlf)]),
        Stream(octets: "\n\r\n", lines: [("", .lf), ("", .crlf)]),
        Stream(octets: "cr\rinside\r\n", lines: [("cr\rinside", .crlf)]),
        Stream(octets: "nul\0\r\n", lines: [("nul\0", .crlf)]),
        Stream(octets: "a\nb\r\nc\n", lines: [("a", .lf), ("b", .crlf), ("c", .lf)]),
    ]

    @Test(arguments: Delivery.allCases, streams)
    func `the same lines come out however the octets are delivered`(delivery: Delivery, stream: Stream) {
        var framer = LineFramer()
        let lines = delivery.lines(of: Array(stream.octets.utf8), from: &framer)
        #expect(lines == stream.lines.map { WireLine(Array($0.utf8), ending: $1) })
        #expect(framer.unfinished == delivery.leftOver)
        #expect(lines.flatMap(\.onTheWire) + framer.unfinished == Array(stream.octets.utf8) + delivery.leftOver)
    }

    /// The CR of a CRLF must not be cut off into the piece before, nor a line of just that length be cut at all.
    @Test(arguments: Delivery.allCases, [-2, -1, 0, 1, 2])
    func `a line longer than the framer holds comes in pieces, its CRLF whole`(delivery: Delivery, more: Int) {
        let line = [UInt8](repeating: 120, count: LineFramer.maxLine + more)
        var framer = LineFramer()
        let lines = delivery.lines(of: line + [13, 10], from: &framer)
        #expect(lines.flatMap(\.octets) == line)
        #expect(lines.map(\.ending) == (more > 0 ? [.none, .crlf] : [.crlf]))
        #expect(lines.allSatisfy { $0.octets.count <= LineFramer.maxLine })
    }

    @Test func `memory stays bounded without a line end`() {
        var framer = LineFramer()
        for _ in 0..<10 {
            framer.append([UInt8](repeating: 120, count: LineFramer.maxLine))
            _ = framer.lines()
            #expect(framer.unfinished.count <= LineFramer.maxLine)
        }
    }

    @Test func `what is left at the end of a stream ends in nothing`() {
        var framer = LineFramer()
        #expect(framer.finish() == nil)
        framer.append("QUIT\r".utf8)
        #expect(framer.nextLine() == nil)
        #expect(framer.finish() == WireLine(Array("QUIT\r".utf8), ending: .none))
        #expect(framer.finish() == nil)
    }

    @Test func `a chunk is taken by number, whatever line ends are in it`() {
        var framer = LineFramer()
        framer.append("BDAT 6\r\na\r\nb\r\nQUIT\r\n".utf8)
        #expect(framer.nextLine() == WireLine("BDAT 6"))
        #expect(framer.take(octets: 6) == Array("a\r\nb\r\n".utf8))
        #expect(framer.nextLine() == WireLine("QUIT"))
        #expect(framer.take(octets: 3) == [])
        framer.append("ab".utf8)
        #expect(framer.nextLine() == nil)
        #expect(framer.take(octets: 3) == Array("ab".utf8))
        framer.append("x\n".utf8)
        #expect(framer.nextLine() == WireLine(Array("x".utf8), ending: .lf))
    }

    @Test func `a line ends where a chunk ends, with or without a line end of its own`() {
        var framer = LineFramer()
        framer.append("ab\r\ncdQUIT\r\n".utf8)
        #expect(framer.nextLine(within: 6) == WireLine("ab"))
        #expect(framer.nextLine(within: 2) == WireLine(Array("cd".utf8), ending: .none))
        #expect(framer.nextLine(within: 0) == nil)
        #expect(framer.nextLine(within: 5) == WireLine(Array("QUIT\r".utf8), ending: .none))
        #expect(framer.nextLine() == WireLine([], ending: .lf))
        framer.append("ab".utf8)
        #expect(framer.nextLine(within: 3) == nil, "the third octet of the chunk has not come")
        framer.append("\n".utf8)
        #expect(framer.nextLine(within: 3) == WireLine(Array("ab".utf8), ending: .lf))
        framer.append("no end".utf8)
        #expect(framer.nextLine() == nil)
        #expect(
            framer.nextLine(within: 2) == WireLine(Array("no".utf8), ending: .none),
            "what was searched counts anew"
        )
        #expect(framer.nextLine(within: .max) == nil)
    }

    @Test func `framers that will give out the same are equal, whatever they gave out before`() {
        var framer = LineFramer()
        framer.append("a\r\nb\r\nc".utf8)
        _ = framer.lines()
        var other = LineFramer()
        other.append("c".utf8)
        #expect(framer == other)
        other.append("d".utf8)
        #expect(framer != other)
    }

    @Test func `what came behind STARTTLS is thrown away and counted`() {
        var framer = LineFramer()
        framer.append("STARTTLS\r\nEHLO x\r\nMA".utf8)
        _ = framer.nextLine()
        #expect(framer.discard() == 10)
        #expect(framer.unfinished.isEmpty)
        framer.append("NOOP\r\n".utf8)
        #expect(framer.nextLine() == WireLine("NOOP"))
    }
}

@Suite struct WireLineTests {
    @Test(
        arguments: [
            ("NOOP", WireLine.Ending.crlf, []), ("NOOP", .lf, [Departure(.bareLF, at: 4..<5)]),
            ("NOOP", .none, [Departure(.unfinishedLine)]), ("N\rP", .crlf, [Departure(.bareCR, at: 1..<2)]),
            ("N\0", .crlf, [Departure(.controlOctet, at: 1..<2)]),
            ("N\u{1B}", .crlf, [Departure(.controlOctet, at: 1..<2)]),
            ("\u{7F}", .crlf, [Departure(.controlOctet, at: 0..<1)]), ("a\tb", .crlf, []), ("caf\u{E9}", .crlf, []),
            ("a\u{202E}b", .crlf, [Departure(.bidiControl)]), ("a\u{200B}b", .crlf, [Departure(.invisibleCharacter)]),
            ("a\u{9B}b", .crlf, [Departure(.invisibleCharacter)]),
            ("a\u{E0041}", .crlf, [Departure(.invisibleCharacter)]),
        ] as [(String, WireLine.Ending, [Departure])]
    )
    func `a line's own departures are its ending and what hides in it`(
        text: String,
        ending: WireLine.Ending,
        departures: [Departure]
    ) {
        let line = WireLine(Array(text.utf8), ending: ending)
        #expect(line.departures == departures)
        #expect(line.count == line.onTheWire.count)
    }

    @Test func `octets that are no UTF-8 are said to be none`() {
        for octets: [UInt8] in [[0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC3]] {
            #expect(WireLine(octets).departures == [Departure(.invalidUTF8)])
        }
    }
}

@Suite struct DotStuffingTests {
    @Test(arguments: [("", ""), (".", ".."), ("..", "..."), (".a", "..a"), ("a.", "a."), (" .", " .")])
    func `a dot that opens a line is doubled, and taken off again`(line: String, wire: String) {
        #expect(DotStuffing.stuff(Array(line.utf8)) == Array(wire.utf8))
        #expect(DotStuffing.unstuff(Array(wire.utf8)) == Array(line.utf8))
    }

    @Test(arguments: [
        (".", WireLine.Ending.crlf, WireLine.Ending.crlf, true, false), (".", .crlf, .lf, false, true),
        (".", .crlf, .none, false, true), (".", .lf, .crlf, false, true), (".", .lf, .lf, false, true),
        (".", .none, .crlf, false, true), (".\r", .crlf, .crlf, false, true), ("\r.", .crlf, .crlf, false, true),
        ("\r.\r", .lf, .crlf, false, true), ("\0.", .crlf, .crlf, false, true), (".\0", .crlf, .crlf, false, true),
        ("..", .crlf, .crlf, false, false), (". ", .crlf, .crlf, false, false), ("", .crlf, .crlf, false, false),
        ("a.", .lf, .lf, false, false), ("\r", .crlf, .crlf, false, false),
    ])
    func `one end of mail data, and what some take for one`(
        text: String,
        ending: WireLine.Ending,
        before: WireLine.Ending,
        ends: Bool,
        resembles: Bool
    ) {
        let line = WireLine(Array(text.utf8), ending: ending)
        #expect(DotStuffing.ends(line, after: before) == ends)
        #expect(DotStuffing.resemblesEnd(line, after: before) == resembles)
    }

    @Test(arguments: [
        ("", ".\r\n"), ("a", "a\r\n.\r\n"), ("a\r\n", "a\r\n.\r\n"), ("a\n", "a\r\n.\r\n"), ("a\r", "a\r\n.\r\n"),
        ("\r\n", "\r\n.\r\n"), ("\n\n", "\r\n\r\n.\r\n"), ("\r\r", "\r\n\r\n.\r\n"), ("\r\r\n", "\r\n\r\n.\r\n"),
        ("\n\r", "\r\n\r\n.\r\n"), (".", "..\r\n.\r\n"), ("..a\r\n", "...a\r\n.\r\n"), ("a\r\nb", "a\r\nb\r\n.\r\n"),
    ])
    func `content goes out in lines ended by CRLF, with one end`(content: String, wire: String) {
        #expect(DotStuffing.mailData(of: Array(content.utf8)) == Array(wire.utf8))
    }

    static let ends = ["\n.\n", "\r.\r", "\r.\n", "\n.\r", "\n.\r\n", "\r\n.\n", "\r.\r\n", "\r\n.\r", "\r\n.\r\n"]

    /// Whatever content our client is given, no server can find a second end in what it sends.
    @Test(arguments: ends)
    func `no content can end the mail data early`(end: String) {
        let wire = DotStuffing.mailData(of: Array("a\(end)MAIL FROM:<>\r\n".utf8))
        var framer = LineFramer()
        framer.append(wire)
        var before = WireLine.Ending.crlf
        var lines: [WireLine] = []
        for line in framer.lines() {
            #expect(!line.octets.contains(13) && line.ending == .crlf)
            if line != WireLine(".") { #expect(!DotStuffing.resemblesEnd(line, after: before)) }
            lines.append(line)
            before = line.ending
        }
        #expect(lines.filter { $0 == WireLine(".") }.count == 1)
        #expect(lines.last == WireLine("."))
        #expect(lines.contains(WireLine("..")))
    }
}

@Suite struct OutgoingLineTests {
    @Test(arguments: [("a\rb", UInt8(13), 1), ("a\n", 10, 1), ("\0", 0, 0), ("ab\r\n", 13, 2)])
    func `no line of ours holds an octet that would end it`(text: String, octet: UInt8, offset: Int) {
        #expect(throws: OutgoingLineError(octet: octet, offset: offset)) { try OutgoingLine(text) }
        #expect(throws: OutgoingLineError.self) { try Command.hello(.ehlo, text) }
        #expect(throws: OutgoingLineError.self) { try Command.mail(.null, [Parameter("X", text)]) }
        #expect(throws: OutgoingLineError.self) { try Command.rcpt(.postmaster, [Parameter(text)]) }
        #expect("\(OutgoingLineError(octet: octet, offset: offset))".contains("octet \(offset + 1)"))
    }

    @Test func `a line of our own source cannot hold one either`() {
        #expect(OutgoingLine(trusted: "a\r\nb\0c\u{B}\u{E}\u{1}").octets == Array("abc\u{B}\u{E}\u{1}".utf8))
    }

    @Test func `the octet that would end a line is called by its name`() {
        for (octet, name) in [(UInt8(13), "carriage return"), (10, "line feed"), (0, "NUL")] {
            #expect("\(OutgoingLineError(octet: octet, offset: 0))".contains(name))
        }
    }

    @Test func `commands are written as the RFC spells them`() throws {
        let mailbox = ReversePath.mailbox(try Mailbox("a@b.example"))
        #expect(try Command.hello(.ehlo, "c.example").octets == Array("EHLO c.example".utf8))
        #expect(try Command.mail(.null).octets == Array("MAIL FROM:<>".utf8))
        #expect(
            try Command.mail(mailbox, [Parameter("SIZE", "1"), Parameter("SMTPUTF8")]).octets
                == Array("MAIL FROM:<a@b.example> SIZE=1 SMTPUTF8".utf8)
        )
        #expect(
            try Command.rcpt(.postmaster, [Parameter("NOTIFY", "NEVER")]).octets
                == Array("RCPT TO:<Postmaster> NOTIFY=NEVER".utf8)
        )
        #expect(try Command.rcpt(.postmaster).onTheWire == Array("RCPT TO:<Postmaster>\r\n".utf8))
        for verb in Verb.allCases { #expect(Command.bare(verb).octets == Array(verb.rawValue.utf8)) }
    }
}

@Suite struct NumberTests {
    @Test(arguments: [
        ("0", UInt64(0)), ("007", 7), ("18446744073709551615", .max), ("18446744073709551616", nil),
        ("28446744073709551615", nil), ("000000000000000000001", nil), ("", nil), ("-1", nil), ("+1", nil), ("1 ", nil),
        ("1e3", nil), ("\u{661}", nil),
    ])
    func `a decimal number is digits that fit`(text: String, value: UInt64?) {
        #expect(UInt64(decimal: Array(text.utf8)) == value)
    }

    @Test func `letters are compared without case, by octet`() {
        #expect("Mail".utf8.equalsIgnoringCase("mAIL".utf8))
        #expect(!"MAIL".utf8.equalsIgnoringCase("MAI".utf8))
        #expect(!"[".utf8.equalsIgnoringCase("{".utf8) && !"@".utf8.equalsIgnoringCase("`".utf8))
        #expect(!"\u{E9}".utf8.equalsIgnoringCase("\u{C9}".utf8))
    }

    @Test func `what a person gave goes out as it is, but for LF and the dots`() {
        let content = Array("a\rb\0\n.\r.\n\r\r\nc".utf8)
        let mail = MailObject(
            envelope: Envelope(reversePath: .null, forwardPaths: []),
            content: content,
            isAsGiven: true
        )
        #expect(mail.mailData.elementsEqual("a\rb\0\r\n..\r.\r\n\r\r\nc\r\n.\r\n".utf8))
        #expect(DotStuffing.mailData(of: content).elementsEqual("a\r\nb\0\r\n..\r\n..\r\n\r\n\r\nc\r\n.\r\n".utf8))
        #expect(DotStuffing.mailData(of: [], keepingCR: true) == DotStuffing.mailData(of: []))
    }
}
