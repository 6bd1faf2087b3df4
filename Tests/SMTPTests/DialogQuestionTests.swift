import Testing

@testable import SMTP

/// What a dialog finds out about a server by what that should refuse: whether it relays, whether it lets people log in before TLS.
@Suite struct DialogQuestionTests {
    private static let relay =
        "# verdict: relay\nS: 220\nC: EHLO a\nS: 250\nC: MAIL FROM:<a@a>\nS: 250\nC: RCPT TO:<x@c>\nS: 5yz\n"
        + "C: RCPT TO:<x%c@b>\nS: 5yz\nC: QUIT\nS: 221\n-- close"
    private static let login =
        "# verdict: login-before-tls\nS: 220\nC: EHLO a\nS: 250\nC: AUTH PLAIN AGEAYg==\nS: 5yz\nC: QUIT\nS: 221\n-- close"

    /// Plays a dialog to its end; gives the remarks and how many answers were not as expected.
    private func play(_ text: String, _ answers: [String]) throws -> (notes: [String], mismatches: Int) {
        var player = DialogPlayer(try DialogScript(text), values: [:], isGuarded: false)
        var actions = player.connected()
        for answer in answers where !actions.contains(.close) {
            var reply = ReplyAssembler()
            for line in answer.split(separator: "\n") {
                if let whole = reply.append(ReplyLine(reading: Array(line.utf8))) { actions = player.received(whole) }
            }
        }
        if !actions.contains(.close) { actions = player.closed() }
        let notes = actions.compactMap { action in if case .note(let words) = action { words } else { nil } }
        return (notes, player.mismatches)
    }

    @Test(
        arguments: [
            (["554 no", "550 no"], 0, "closed"), (["454 later", "450 no"], 0, "closed"),
            (["554 no", "250 ok"], 1, "1 of 2"),
            (["251 ok", "250 ok"], 2, "2 of 2"),
        ] as [([String], Int, String)]
    )
    func `a relay is open when it takes a recipient`(answers: [String], mismatches: Int, says: String) throws {
        let found = try play(Self.relay, ["220 a", "250 a", "250 ok"] + answers + ["221 bye"])
        #expect(found.mismatches == mismatches)
        #expect(found.notes.count == 1 && found.notes[0].contains(says), "\(found.notes)")
    }

    @Test(arguments: [
        ("530 5.7.0 first STARTTLS", 0, "closed"), ("503 no AUTH", 0, "closed"), ("538 TLS", 0, "closed"),
        ("535 5.7.8 wrong", 1, "looked at"), ("235 welcome", 1, "looked at"),
    ])
    func `a login before TLS is looked at or not`(answer: String, mismatches: Int, says: String) throws {
        let found = try play(Self.login, ["220 a", "250 a", answer, "221 bye"])
        #expect(found.mismatches == mismatches)
        #expect(found.notes.count == 1 && found.notes[0].contains(says), "\(found.notes)")
    }

    @Test func `where nothing was asked nothing is said`() throws {
        #expect(try play(Self.relay, ["220 a", "250 a", "421 busy"]).notes == [])
    }
}
