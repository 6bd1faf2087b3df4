import Lessons
import Testing

@testable import Explain

/// Words of a reply that somebody quotes without its code.
@Suite struct WordsAloneTests {
    private static func explained(_ text: String) throws -> Explanation {
        try #require(Explainer(`What people have in hand`.library.get()).explain(Array(text.utf8)).first)
    }

    @Test(arguments: [
        ("Client host [192.0.2.1] blocked using zen.spamhaus.org", "wording/spamhaus-blocked"),
        ("it said: SmtpClientAuthentication is disabled for the Tenant. What now?", "wording/"),
    ]) func `are known`(text: String, lesson: String) throws {
        let found = try Self.explained(text)
        #expect(found.kind == .reply)
        #expect(found.lessons.first?.path.hasPrefix(lesson) == true, "\(found.lessons)")
        #expect(found.code == nil)
    }

    @Test(
        arguments: [
            (
                "dovecot: lmtp(bob): save failed to INBOX: Quota exceeded (mailbox for user is full)",
                "A failure of the delivery", nil
            ),
            (
                "Error: Recipient address rejected: User unknown in virtual mailbox table", "A failure of the delivery",
                nil
            ),
            (
                "(host mx.example[192.0.2.1] said: 452 4.2.2 The account is over quota (in reply to RCPT TO command))",
                "A line of Postfix's log: put off for now", 452
            ), ("connect ECONNREFUSED 127.0.0.1:25", "A failure of the connection", nil),
        ] as [(String, String, UInt16?)]
    ) func `are no failure of a connection where a mailbox is meant`(
        text: String,
        title: String,
        code: UInt16?
    ) throws {
        let found = try Self.explained(text)
        #expect(found.title == title)
        #expect(found.code == code)
        #expect((found.speaker == .program) == (title == "A failure of the connection"))
    }

    @Test(arguments: [
        "The quota of this user is to be doubled.", "Please find the relay in the box.",
        "Greylisting is a fine thing, I think.",
        "The mailbox at the corner is full of letters.", "Authentication failed was the title of a film about a spy.",
    ]) func `are not seen in what only sounds like them`(text: String) throws {
        #expect(try Self.explained(text).kind == .unknown)
    }
}
