import SMTP
import Testing
import Tracing

/// The words of the filter of a list.
struct SessionFilterTests {
    private static func session(_ dialogue: String, number: Int = 0, client: String = "192.0.2.1:40000")
        -> ListedSession
    {
        let events = dialogue.split(separator: "\n").map { line in
            WireEvent(
                .octets(from: line.hasPrefix("C") ? .client : .server, Array(line.dropFirst(3).utf8) + [13, 10]),
                leg: .relay
            )
        }
        var glance = SessionGlance(events)
        return ListedSession(
            number: number,
            began: "2026-11-25T19:47:14Z",
            client: client,
            server: "mx.Receiver.example",
            glance,
            glance.verdict()
        )
    }

    private static func mail(_ from: String, _ recipients: [(String, String)], isTaken: Bool = false) -> String {
        let asked = recipients.map { "C: RCPT TO:<\($0)>\nS: \($1)" }.joined(separator: "\n")
        let taken = "\nC: DATA\nS: 354 go\nC: .\nS: 250 queued"
        return "S: 220 mx\nC: EHLO c\nS: 250 mx\nC: MAIL FROM:<\(from)>\nS: 250 ok\n\(asked)" + (isTaken ? taken : "")
    }

    static let refused = session(mail("ada@sender.example", [("nobody@receiver.example", "550 5.1.1 no")]))
    static let later = session(mail("Grace@sender.example", [("bob@receiver.example", "450 4.2.0 later")]), number: 1)
    static let accepted = session(mail("ada@sender.example", [("bob@receiver.example", "250 ok")], isTaken: true))
    static let mixed = session(
        mail("", [("bob@receiver.example", "250 ok"), ("eve@receiver.example", "550 5.7.1 no")], isTaken: true),
        number: 30
    )
    static let silent = session("S: 220 mx\nC: QUIT\nS: 221 bye")
    static let secure = session(
        "S: 220 mx\nC: EHLO c\nS: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nC: \u{16}\u{3}\u{1}\u{0}\u{1}x"
    )

    static let all = [refused, later, accepted, mixed, silent]

    /// What a filter wants of `all`, a letter each.
    static func wanted(_ words: String) -> String {
        let filter = SessionFilter(words)
        let letters = zip("rlams", all).filter { filter.wants($1) }.map { String($0.0) }.joined()
        #expect(
            filter.indices(in: all, SessionTexts(all)).count == letters.count,
            "all at once says what one by one says: \(words)"
        )
        return letters
    }

    @Test(arguments: [
        ("", "rlams"), ("  ", "rlams"),
        // What became of the mail; a mixed session is all that its recipients came to.
        ("refused", "rm"), ("later", "l"), ("deferred", "l"), ("accepted", "am"), ("mixed", "m"), ("none", "s"),
        ("refused later", "rlm"), ("REFUSED", "rm"),
        // The reply that decided.
        ("550", "rm"), ("550 450", "rlm"), ("5.7.1", "m"), ("5.1.1 4.2.0", "rl"), ("550 4.2.0", ""),
        // Fields.
        ("from:ada", "ra"), ("from:grace", "l"), ("from:<>", "m"), ("to:bob", "lam"), ("to:eve", "m"),
        ("to:ada", ""), ("server:receiver.EXAMPLE", "rlams"), ("client:192.0.2", "rlams"),
        ("from:ada from:grace", "rla"),
        // Kinds narrow.
        ("refused from:ada", "r"), ("accepted to:bob from:ada", "a"), ("later from:ada", ""),
        // Whatever else is found anywhere, and all of it.
        ("nobody", "r"), ("nob", "r"), ("bob sender", "la"), ("19:47:14", "rlams"), ("bob 450", "l"),
        // What is not whole while it is typed is no error.
        ("from:", "rlams"), ("refus", "rm"), ("5.1.", "r"), ("55", "rm"), ("what:ever", ""), ("999", ""),
    ]) func `words want what they say`(words: String, wanted: String) {
        #expect(Self.wanted(words) == wanted, "\(words)")
    }

    @Test func `TLS is wanted where some went by inside it`() {
        #expect(SessionFilter("tls").wants(Self.secure))
        #expect(!SessionFilter("tls").wants(Self.accepted))
    }

    @Test func `no word is found across two columns, and none leaves its row`() {
        let texts = SessionTexts(Self.all)
        #expect(SessionFilter("example<nobody").indices(in: Self.all, texts).isEmpty)
        #expect(SessionFilter("grace").indices(in: Self.all, texts) == [1])
        #expect(SessionFilter("").isEmpty && SessionFilter("from:").isEmpty && !SessionFilter("x").isEmpty)
    }
}
