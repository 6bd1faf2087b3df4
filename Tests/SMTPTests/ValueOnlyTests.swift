@testable import SMTP
import Testing

/// What is read without lexemes and departures is what is read with them.
@Suite struct ValueOnlyTests {
    private static let said = DialogFile.all.flatMap(\.script).filter { $0.hasPrefix("C:") || $0.hasPrefix("S:") }
        .map(DialogFile.said)
    private static let odd = [
        "", " ", "MAIL FROM : <a@b> SIZE=1 SIZE=2 x", "mail from:a@b", "RCPT TO:<Postmaster>", "RCPT TO:<a@b>x y=z ",
        "MAIL FROM:<@a,@b:c@d>", "MAIL FROM:<a b@c..d>", "EHLO a b ", " QUIT now", "BDAT 5 LAST", "BDAT x",
        "AUTH PLAIN AGEAYg==", "XYZZY", "RCPT", "RCPT TO:", "250", "250-", "250 2.1.0 ok", "2500 ok", "25 ok",
        " 250 5.1.1  no ", "550 5.1.1", "550 5.1", "550 5.1.1.1 x", "550 3.1.1 x", "550 5.1000.1 x", "550 5..1 x",
        "550 5.1.1x", "550 51.1.1 x", "999x",
        "550 no (#5.5.1)", "550-no (#5.5.1) ", "550 5.1.1 no (#5.5.1)", "no (#5.5.1)", "550no (#4.2.1)",
        "\t550\tno (#4.2.1)",
        "RCPT TO:a@b x", "SEND FROM:<a@b>", "MAIL <a@b>", "MAIL FROM:<\"a > b\"@c> X",
    ]
    private static let lines: [[UInt8]] = (said + odd).map { Array($0.utf8) }

    @Test func `a command alone is the one of the whole reading`() {
        #expect(Self.lines.count > 500)
        for line in Self.lines { #expect(Command(reading: line) == Command.read(line).value, "\(line.lossyText)") }
    }

    @Test func `a reply alone is the one of the whole reading`() {
        for line in Self.lines {
            let reading = ReplyLine.read(line).value
            #expect(ReplyLine(reading: line) == reading, "\(line.lossyText)")
            #expect(ReplyLine.head(line) == (reading.code, reading.continues), "\(line.lossyText)")
            #expect(ReplyLine.status(of: line) == reading.status, "\(line.lossyText)")
            let status = line.withUnsafeBufferPointer { ReplyLine.status(of: $0) }
            #expect(status == reading.status, "\(line.lossyText)")
        }
    }

    /// These lines, and the plain ones of them with any octet of some other kind in the place of one of theirs or behind it.
    private static var closeToPlain: [[UInt8]] {
        let plain = [
            "MAIL FROM:<ada@a.example>", "rcpt to:<b.c@[192.0.2.1]>", "RCPT TO:<a@b>", "DATA", "quit", "TURN",
            "250 2.1.0 Ok",
            "250-SIZE 1", "354 go", "550 5.1.1 no (#5.1.1)", "221 2.0.0", "250 2.1.0",
        ].map { Array($0.utf8) }
        let octets: [UInt8] = [0, 9, 32, 34, 40, 41, 45, 46, 48, 53, 57, 58, 60, 62, 64, 65, 92, 127, 200]
        let changed = plain.flatMap { line in
            line.indices.flatMap { index in octets.flatMap { Self.changed(line, at: index, to: $0) } }
        }
        let long = [65, 255, 260, 480, 500].flatMap { count in
            ["MAIL FROM:<\(String(repeating: "a", count: count))@b>", "250 \(String(repeating: "x", count: count))"]
        }
        let domains = (120...130).map { "RCPT TO:<a@\(String(repeating: "b.", count: $0))c>" }
        return lines + plain + changed + (long + domains).map { Array($0.utf8) }
    }

    /// A line with another octet in the place of one of its own, and before that.
    private static func changed(_ line: [UInt8], at index: Int, to octet: UInt8) -> [[UInt8]] {
        var (replaced, longer) = (line, line)
        replaced[index] = octet
        longer.insert(octet, at: index)
        return [replaced, longer]
    }

    @Test func `what is judged without lexemes is what is read`() {
        let lines = Self.closeToPlain
        let commands = lines.filter { line in
            let (judged, read) = (Command.judged(line), Command.read(line))
            let hasLexemes = judged.lexemes == read.lexemes || judged.lexemes.isEmpty && read.value.parameters.isEmpty
            return !hasLexemes || judged.value != read.value || judged.departures != read.departures
        }
        #expect(commands.isEmpty, "\(commands.map(\.lossyText))")
        let replies = [false, true].flatMap { expectsEnhanced in
            lines.filter { line in
                let read = ReplyLine.read(line, expectsEnhanced: expectsEnhanced)
                let judged = ReplyLine.judged(line, expectsEnhanced: expectsEnhanced)
                return judged != Reading(read.value, departures: read.departures)
            }
        }
        #expect(replies.isEmpty, "\(replies.map(\.lossyText))")
    }

    @Test func `a turn alone is the one of the whole reading`() {
        #expect(Self.lines.contains { Command.turn(of: $0) == .mail })
        let more = ["BDAT 5 LAST", "bdat 5", " bdat 5 last", "RCPT:x", " \tquit", "SEND FROM:<a@b>", ""].map {
            Array($0.utf8)
        }
        for line in Self.lines + more {
            #expect(Command.turn(of: line) == Command.read(line).value.turn, "\(line.lossyText)")
        }
    }

    @Test func `a path alone is the one of the whole reading`() {
        #expect(Self.lines.contains { Command.path(of: $0) != nil })
        for line in Self.lines { #expect(Command.path(of: line) == Command.read(line).value.path, "\(line.lossyText)") }
    }

    @Test(
        arguments: [
            ("2.1.0", "2.1.0"), ("5.1.1 no", "5.1.1"), ("4.999.999", "4.999.999"), ("5.01.1 x", "5.1.1"),
            ("3.1.1", nil), ("5.1", nil), ("5.1.", nil), ("5..1", nil), ("5.1.1.1", nil), ("5.1.1x", nil),
            ("51.1.1", nil),
            ("5.1000.1", nil), ("5.1.1000", nil), ("5", nil), ("", nil), (" 5.1.1", nil), ("5. 1.1", nil),
        ] as [(String, String?)]
    )
    func `an enhanced status code is three numbers with dots between them`(text: String, expected: String?) {
        #expect(EnhancedStatusCode(opening: Array(text.utf8)[...]).map { "\($0)" } == expected)
    }
}
