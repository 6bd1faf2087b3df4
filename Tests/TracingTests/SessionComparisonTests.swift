import SMTP
import Testing

@testable import Tracing

/// Two sessions side by side: what is put beside what, and that nobody's lines are moved.
struct SessionComparisonTests {
    private static func trace(_ dialogue: String) -> Trace {
        Tracer.trace(
            of: dialogue.split(separator: "\n").enumerated().map { number, line in
                WireEvent(
                    .octets(from: line.hasPrefix("C") ? .client : .server, Array(line.dropFirst(3).utf8) + [13, 10]),
                    leg: .relay,
                    at: Double(number)
                )
            }
        )
    }

    /// Rows as a person reads them: the mark, and what each side says.
    private static func rows(_ left: String, _ right: String) -> [String] {
        let comparison = SessionComparison(trace(left), trace(right))
        return comparison.rows.map { row in
            let said = [(row.left, comparison.left), (row.right, comparison.right)].map { index, trace in
                index.map { WireText.shown(trace.lines[$0].octets) } ?? ""
            }
            return "\(row.mark.rawValue)|\(said[0])|\(said[1])"
        }
    }

    private static let taken = """
        S: 220 mx1.example ESMTP
        C: EHLO c.example
        S: 250-mx1.example
        S: 250 SIZE 1000
        C: MAIL FROM:<a@c.example>
        S: 250 ok
        C: RCPT TO:<bob@b.example>
        S: 250 2.1.5 ok
        C: DATA
        S: 354 go
        C: x
        C: .
        S: 250 queued as 4B5XK2Z7QQ
        C: QUIT
        S: 221 bye
        """
    private static let later = """
        S: 220 mx22.example ESMTP
        C: EHLO c.example
        S: 250-mx22.example
        S: 250-DSN
        S: 250 SIZE 1000
        C: MAIL FROM:<a@c.example>
        S: 250 ok
        C: RCPT TO:<bob@b.example>
        S: 450 4.2.0 later
        C: QUIT
        S: 221 bye
        """

    @Test func `steps stand beside their like, differences are marked`() {
        #expect(
            Self.rows(Self.later, Self.taken) == [
                " |220 mx22.example ESMTP|220 mx1.example ESMTP", " |EHLO c.example|EHLO c.example",
                " |250-mx22.example|250-mx1.example", "<|250-DSN|", " |250 SIZE 1000|250 SIZE 1000",
                " |MAIL FROM:<a@c.example>|MAIL FROM:<a@c.example>", " |250 ok|250 ok",
                " |RCPT TO:<bob@b.example>|RCPT TO:<bob@b.example>", "*|450 4.2.0 later|250 2.1.5 ok", ">||DATA",
                ">||354 go", ">||x", ">||.", ">||250 queued as 4B5XK2Z7QQ", " |QUIT|QUIT", " |221 bye|221 bye",
            ]
        )
    }

    @Test func `names of servers and ids are no differences`() {
        let other = Self.taken.replacing("mx1", with: "mail").replacing("4B5XK2Z7QQ", with: "9ZZZ8QQQ1")
        #expect(SessionComparison(Self.trace(Self.taken), Self.trace(other)).differences.isEmpty)
        let client = Self.taken.replacing("EHLO c.", with: "EHLO d.")
        #expect(SessionComparison(Self.trace(Self.taken), Self.trace(client)).differences.count == 1)
    }

    @Test func `keywords of an offer are no ids, and stand beside their like`() {
        let offer = { (keywords: String) in
            "S: 220 mx.example ESMTP\nC: EHLO c.example\nS: 250-mx.example\n" + keywords
        }
        let rows = Self.rows(offer("S: 250-SMTPUTF8\nS: 250 SIZE 1"), offer("S: 250-8BITMIME\nS: 250 SIZE 2"))
        #expect(rows.suffix(3) == ["<|250-SMTPUTF8|", ">||250-8BITMIME", "*|250 SIZE 1|250 SIZE 2"])
    }

    @Test func `a handshake is left out, since its octets are made up anew each time`() {
        let secured = Self.trace("S: 220 a\nC: STARTTLS\nS: 220 go\nC: \u{16}\u{3}\u{1}\u{0}\u{1}x")
        #expect(secured.lines.contains { $0.isTLS })
        let comparison = SessionComparison(secured, secured)
        #expect(comparison.rows.count >= 3 && comparison.differences.isEmpty)
        #expect(!comparison.rows.compactMap(\.left).contains { secured.lines[$0].isTLS })
    }

    @Test(arguments: [(taken, later), (later, taken), (taken, ""), ("", later), (taken, taken)])
    func `every line of both stands once, in its own order`(left: String, right: String) {
        let comparison = SessionComparison(Self.trace(left), Self.trace(right))
        for (indices, trace) in [
            (comparison.rows.compactMap(\.left), comparison.left),
            (comparison.rows.compactMap(\.right), comparison.right),
        ] { #expect(indices == trace.lines.filter { $0.isWire || $0.isFailure }.map(\.index)) }
    }

    @Test func `what is too long to be compared each with each is still whole and in order`() {
        let many = (0..<3000).map { "C: NOOP \($0)\nS: 250 ok \($0)" }.joined(separator: "\n")
        let others = (0..<3000).map { "C: RSET \($0)\nS: 250 ok \($0 + 1)" }.joined(separator: "\n")
        let (left, right) = (Self.trace("S: 220 x\n" + many), Self.trace("S: 220 x\n" + others + "\nC: QUIT"))
        let comparison = SessionComparison(left, right)
        #expect(comparison.rows.compactMap(\.left) == left.lines.filter(\.isWire).map(\.index))
        #expect(comparison.rows.compactMap(\.right) == right.lines.filter(\.isWire).map(\.index))
        #expect(comparison.rows.first?.mark == .same)
    }
}
