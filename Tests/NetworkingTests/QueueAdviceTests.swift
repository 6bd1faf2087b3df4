import SMTP
import Testing

@testable import Networking

/// What is said of a session that failed: under the name of what failed, with the source that tells of it.
@Suite struct QueueAdviceTests {
    @Test(
        arguments: [
            ("AUTH LOGIN", "RFC 4954 §3"), ("AUTH", "RFC 4954 §3"), ("8BITMIME", "RFC 6152 §"),
            ("SMTPUTF8", "RFC 6531 §"), ("STARTTLS", "RFC 3207 §"), ("XCLIENT", "XCLIENT_README"),
        ]
    )
    func `what was not offered cites its own extension`(keyword: String, source: String) throws {
        let outcome = LiveOutcome.failed(.notOffered(keyword: keyword, at: .hello))
        #expect(try #require(QueueAdvice.remark(after: outcome)).words.contains(source))
    }

    private static func reply(_ lines: String...) -> Reply {
        Reply(lines: lines.map { ReplyLine.read(Array($0.utf8)).value })
    }

    /// What a server, or the clock, may do where an answer is awaited.
    enum Answer: Sendable { case reply(String), silence, closing }

    private static func ending(_ dialogue: inout ClientDialogue, _ answer: Answer) -> LiveOutcome? {
        var last =
            switch answer {
            case .reply(let text):
                dialogue.received(
                    Reply(lines: text.split(separator: "\n").map { ReplyLine.read(Array($0.utf8)).value })
                )
                .last
            case .silence: dialogue.timedOut().last
            case .closing: dialogue.closed().last
            }
        if dialogue.awaitedTurn == .quit { last = dialogue.received(reply("221 bye")).last }
        guard case .finish(let outcome) = last else { return nil }
        return .failed(outcome)
    }

    @Test(
        arguments: [
            (.reply("501 no"), "the server answered XCLIENT with 501: “no”", .hello),
            (.reply("550 5.7.0 no"), "the server answered XCLIENT with 550 5.7.0: “no”", .hello),
            (.reply("450 later"), "the server answered XCLIENT with 450: “later”", .hello),
            (.reply("421 closing"), "the server answered XCLIENT with 421: “closing”", .hello),
            (.reply("334 x"), "the server answered XCLIENT with 334, which has no meaning there", .hello),
            (.reply("250 fine"), "the server answered XCLIENT with 250, which has no meaning there", .hello),
            (.reply("what"), "what the server said to XCLIENT is no SMTP reply", .hello),
            (.silence, "the server did not answer XCLIENT in time", .hello),
            (.closing, "the server closed the connection instead of answering XCLIENT", .closedEarly),
        ] as [(Answer, String, LiveOutcome.Status)]
    )
    func `whatever comes of XCLIENT is reported as XCLIENT`(
        answer: Answer,
        sentence: String,
        status: LiveOutcome.Status
    ) throws {
        var plan = ClientDialogue.Plan(clientName: "c.example", mails: [])
        plan.xclient = "ADDR=192.0.2.1"
        var dialogue = try ClientDialogue(plan)
        _ = dialogue.connected()
        for answer in [Self.reply("220 m"), Self.reply("250-m", "250 XCLIENT ADDR")] { _ = dialogue.received(answer) }
        let outcome = try #require(Self.ending(&dialogue, answer))
        #expect(outcome.sentence == sentence)
        #expect(outcome.status == status)
    }

    @Test func `RSET of a session with XCLIENT is RSET`() throws {
        let mail = MailObject(
            envelope: Envelope(
                reversePath: try ReversePath("a@c.example"),
                forwardPaths: [try ForwardPath("b@m.example")]
            ),
            content: Array("hello\r\n".utf8)
        )
        var plan = ClientDialogue.Plan(clientName: "c.example", mails: [mail], quitAfter: .mail)
        plan.xclient = "ADDR=192.0.2.1"
        var dialogue = try ClientDialogue(plan)
        _ = dialogue.connected()
        for answer in [
            Self.reply("220 m"), Self.reply("250-m", "250 XCLIENT ADDR"), Self.reply("220 m"), Self.reply("250 m"),
            Self.reply("250 ok"),
        ] { _ = dialogue.received(answer) }
        #expect(dialogue.awaitedTurn == .rset)
        #expect(Self.ending(&dialogue, .silence)?.sentence == "the server did not answer RSET in time")
    }

    @Test(
        arguments: [
            ("AUTH NTLM GSSAPI", "the server offers AUTH, and none of its mechanisms is spoken here: NTLM, GSSAPI"),
            ("AUTH XOAUTH2", "the server offers AUTH with XOAUTH2, which is used only where --auth asks for it"),
            ("AUTH", "the server offers AUTH and names no mechanism for it"),
            ("AUTH \u{1B}[31m", "the server offers AUTH and names no mechanism for it"),
            ("SIZE", "the server does not offer AUTH"),
        ]
    )
    func `what is lacking for a login is said as it is`(offer: String, sentence: String) throws {
        var plan = ClientDialogue.Plan(clientName: "c.example", mails: [])
        plan.credentials = try Credentials(user: "ada", password: "secret")
        plan.mayAuthenticateInClear = true
        var dialogue = try ClientDialogue(plan)
        _ = dialogue.connected()
        _ = dialogue.received(Self.reply("220 m"))
        let outcome = try #require(Self.ending(&dialogue, .reply("250-m\n250 \(offer)")))
        #expect(outcome.sentence == sentence)
        #expect(outcome.status == .authentication)
        #expect(QueueAdvice.remark(after: outcome)?.words.contains("RFC 4954 §3") == true)
    }

    @Test func `of all exchangers the first that is there decides`() {
        let refused = LiveOutcome.failed(
            .refused(at: .rcpt, Reply(lines: [ReplyLine.read(Array("550 no".utf8)).value]))
        )
        let later = LiveOutcome.failed(.refused(at: .rcpt, Reply(lines: [ReplyLine.read(Array("450 no".utf8)).value])))
        let told =
            [nil, ("mx2", .heldBack), ("mx1", refused), ("mx1", later)] as [(peer: String, outcome: LiveOutcome)?]
        let sentences = told.map(QueueAdvice.sentence(afterAll:))
        #expect(sentences[0].contains("none of them"))
        #expect(sentences[1].contains("delivers to mx2"))
        #expect(sentences[2].contains("mx1 and asks no other: the mail goes back"))
        #expect(sentences[3].contains("mx1 and asks no other: the mail waits"))
    }
}
