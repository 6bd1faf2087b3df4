import Foundation
import SMTP
import Testing

@testable import Tracing

/// Sessions nobody would write: words of SMTP and octets at random, from both sides and in any order.
@Suite struct RandomSessionTests {
    /// The same numbers in every run (Steele, Lea, Flood 2014).
    struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// For each of twenty seeds; with `EHLO_SOAK=1` as many as find what is rare.
    static let sessions = ProcessInfo.processInfo.environment["EHLO_SOAK"] == "1" ? 5_000 : 100

    static let words: [String] = [
        "EHLO a.example\r\n", "HELO a\r\n", "LHLO a.example\r\n", "MAIL FROM:<a@b.example>\r\n", "MAIL FROM:<>\r\n",
        "mail from:",
        "RCPT TO:<c@d.example>\r\n", "RCPT TO:", "DATA\r\n", ".\r\n", ".\n", "\n.\r\n", "\r.\r", "\r\n.\r\n",
        "BDAT 5\r\n", "BDAT 3 LAST\r\n",
        "BDAT 0 LAST\r\n", "BDAT 99999999999999999999\r\n", "BDAT 18446744073709551615\r\n", "RSET\r\n", "NOOP\r\n",
        "QUIT\r\n", "STARTTLS\r\n",
        "AUTH PLAIN AGEAYg==\r\n", "AUTH LOGIN\r\n", "AUTH\r\n", "*\r\n", "=\r\n", "YWRh\r\n", "XCLIENT A=B\r\n",
        "\r\n", "\n", "\r", " ", "\t",
        "\u{0}", "-", ":", "<", ">", "\"", "\\", "250 ", "250-", "250 OK\r\n", "220 mx.example\r\n", "334 \r\n",
        "354 go\r\n", "421 x\r\n",
        "550 5.1.1 no\r\n", "503 x\r\n", "250-PIPELINING\r\n", "250-ENHANCEDSTATUSCODES\r\n", "250 STARTTLS\r\n",
        "junk\r\n", "HTTP/1.1\r\n",
        "From: <a@b>\r\n", "Date: x\r\n", "\u{16}\u{3}\u{1}\u{0}\u{2}ab", "\u{17}\u{3}\u{3}\u{0}\u{0}", "\u{202E}",
        "\u{200B}", "SIZE=", "SMTPUTF8",
    ]

    static func events(_ dice: inout Dice) -> [WireEvent] {
        (0..<Int.random(in: 1...24, using: &dice)).map { number in
            let leg =
                Int.random(in: 0..<8, using: &dice) == 0 ? Leg.allCases.randomElement(using: &dice) ?? .relay : .relay
            return WireEvent(kind(&dice), leg: leg, at: Double(number))
        }
    }

    private static func kind(_ dice: inout Dice) -> WireEvent.Kind {
        let side = Bool.random(using: &dice) ? Side.client : .server
        switch Int.random(in: 0..<40, using: &dice) {
        case 0: return .connect(to: "a.example")
        case 1: return .connected(to: "a.example [192.0.2.1]:25")
        case 2: return .tls(TLSFacts("TLS 1.3"))
        case 3: return .close(by: side)
        case 4: return .error("it broke\r\nhere")
        case 5: return .note("")
        case 6: return .delivered(octets(&dice))
        case 7: return .dnsQuery(octets(&dice))
        case 8: return .dnsAnswer(octets(&dice))
        case 9:
            let octets = octets(&dice)
            let start = Int.random(in: 0...octets.count, using: &dice)
            return .octets(
                from: side,
                octets,
                credentials: [start..<Int.random(in: start...octets.count, using: &dice)]
            )
        case 10: return .octets(from: side, octets(&dice))
        default:
            let count = Int.random(in: 1...4, using: &dice)
            let text = (0..<count).map { _ in words.randomElement(using: &dice) ?? "" }.joined()
            return .octets(from: side, Array(text.utf8))
        }
    }

    private static func octets(_ dice: inout Dice) -> [UInt8] {
        (0..<Int.random(in: 0...40, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
    }

    @Test(arguments: 0..<20) func `no sequence of octets stops the tracer or leaves a hole`(seed: UInt64) {
        var dice = Dice(state: seed)
        for number in 0..<Self.sessions {
            let events = Self.events(&dice)
            let trace = Tracer.trace(of: events)
            expectSound(trace, "seed \(seed), session \(number)")
            let pieces = Tracer.trace(of: events.flatMap { $0.split(every: Int.random(in: 1...9, using: &dice)) })
            if pieces != trace {
                Issue.record("seed \(seed), session \(number) differs when it comes in pieces: \(events)")
            }
            var octets = 0
            var isMasked = trace.lines.contains { !$0.secrets.isEmpty }
            for case .octets(_, let some, let secrets) in events.map(\.kind) {
                octets += some.count
                isMasked = isMasked || !secrets.allSatisfy(\.isEmpty)
            }
            let shown = trace.lines.filter(\.isWire).reduce(0) { $0 + $1.octets.count + $1.ending.octets.count }
            if !isMasked, shown != octets {
                Issue.record("seed \(seed), session \(number): \(shown) of \(octets) octets are in the trace")
            }
        }
    }

    @Test(arguments: [65_535, 65_536, 65_537, 65_538, 65_539, 131_072, 200_000], [1_000, 65_536, 65_537, 300_000])
    func `a line that is too long to be held is one line in pieces`(length: Int, size: Int) {
        for (first, side) in [("NOOP ", Side.client), ("250 ", .server), ("AUTH PLAIN ", .client)] {
            let octets =
                Array(first.utf8) + Array(repeating: UInt8(ascii: "x"), count: length - first.utf8.count) + [13, 10]
            let events = [
                WireEvent(.connected(to: "a.example"), leg: .relay),
                WireEvent(.octets(from: .server, Array("220 a.example\r\n".utf8)), leg: .relay),
                WireEvent(.octets(from: .client, Array("NOOP\r\n".utf8)), leg: .relay),
                WireEvent(.octets(from: side, octets), leg: .relay),
            ]
            let whole = Tracer.trace(of: events)
            expectSound(whole, "\(first)\(length)")
            #expect(Tracer.trace(of: events.flatMap { $0.split(every: size) }) == whole)
            #expect(whole.lines.dropFirst(3).filter { $0.content.isCommandOrReply }.count == 1)
            #expect(!whole.lines.contains { $0.findings.contains { $0.id == "unfinished-line" } })
            if first.hasPrefix("AUTH") {
                #expect(!whole.lines.contains { $0.octets.contains(UInt8(ascii: "x")) && $0.speaker == .client })
            }
        }
    }

    @Test func `of a line without end a bounded part is kept, and how much is left out is said`() {
        let piece = WireEvent(
            .octets(from: .server, Array(repeating: UInt8(ascii: "x"), count: 100_000)),
            leg: .relay
        )
        var tracer = Tracer()
        for _ in 0..<50 { tracer.consume(piece) }
        tracer.consume(WireEvent(.octets(from: .server, [13, 10]), leg: .relay))
        let kept = tracer.trace.lines.filter(\.isWire).reduce(0) { $0 + $1.octets.count }
        #expect(kept <= LineStream.maxOctets + 3 * LineFramer.maxLine)
        let notes = tracer.trace.lines.filter { !$0.isWire }.map { WireText.shown($0.octets) }
        #expect(notes == ["\(5_000_000 - kept) octets of this line are left out"])
        expectSound(tracer.trace, "endless line")
    }

    @Test func `a dot behind a CR is alone only where its line ends`() {
        for (ending, isVariant) in [(WireLine.Ending.crlf, true), (.lf, true), (.none, false)] {
            var reader = MailDataReader(declaresEightBit: false)
            let (_, departures) = reader.read(WireLine(Array("x\r.".utf8), ending: ending), isEnd: false)
            #expect(departures.contains { $0.kind == .endOfDataVariant } == isVariant)
        }
    }

    @Test func `a dot in the middle of a long line of mail data ends nothing`() {
        let start = "220 a.example\r\n"
        let line = String(repeating: "x", count: LineFramer.maxLine) + ".\r\n..\r\n.\r\n"
        let events = [
            WireEvent(.octets(from: .server, Array(start.utf8)), leg: .relay),
            WireEvent(.octets(from: .client, Array("DATA\r\n".utf8)), leg: .relay),
            WireEvent(.octets(from: .server, Array("354 go\r\n".utf8)), leg: .relay),
            WireEvent(.octets(from: .client, Array(line.utf8)), leg: .relay),
        ]
        let trace = Tracer.trace(of: events)
        #expect(trace.mails.map(\.content) == [Array(line.utf8.dropLast(6)) + [13, 10]])
        #expect(trace.mails.map(\.lineCount) == [2])
        #expect(trace.lines.last?.content == .mailData(.end))
    }

    /// Ten thousand commands of which none is answered, and ten thousand lines: neither may take longer for each the more there are.
    @Test(.timeLimit(.minutes(10))) func `many of anything take time by their number only`() {
        let rcpt = Array(String(repeating: "RCPT TO:<a@b.example>\r\n", count: 10_000).utf8)
        let no = Array(String(repeating: "550 no\r\n", count: 10_000).utf8)
        var tracer = Tracer()
        for octets in ["220 a.example\r\n", "250-a.example\r\n250 PIPELINING\r\n"] {
            tracer.consume(WireEvent(.octets(from: .server, Array(octets.utf8)), leg: .relay))
            tracer.consume(
                WireEvent(.octets(from: .client, Array("EHLO b.example\r\n".utf8)), leg: .relay)
            )
        }
        tracer.consume(WireEvent(.octets(from: .client, rcpt), leg: .relay))
        tracer.consume(WireEvent(.octets(from: .server, no), leg: .relay))
        tracer.consume(WireEvent(.octets(from: .client, rcpt), leg: .relay))
        tracer.finish()
        #expect(tracer.trace.lines.count > 30_000)
    }
}

extension TraceLine.Content {
    fileprivate var isCommandOrReply: Bool {
        switch self {
        case .command, .reply: true
        default: false
        }
    }
}
