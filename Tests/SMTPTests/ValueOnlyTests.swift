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
