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

    @Test func `XCLIENT that was refused is reported as XCLIENT`() throws {
        var plan = ClientDialogue.Plan(clientName: "c.example", mails: [])
        plan.xclient = "ADDR=192.0.2.1"
        var dialogue = try ClientDialogue(plan)
        _ = dialogue.connected()
        func reply(_ lines: String...) -> Reply { Reply(lines: lines.map { ReplyLine.read(Array($0.utf8)).value }) }
        for answer in [reply("220 m"), reply("250-m", "250 XCLIENT ADDR"), reply("501 no")] {
            _ = dialogue.received(answer)
        }
        let last = dialogue.received(reply("221 bye")).last
        guard case .finish(let outcome) = last else {
            Issue.record("\(String(describing: last))")
            return
        }
        #expect(outcome.sentence == "the server answered XCLIENT with 501")
        #expect(LiveOutcome.failed(outcome).status == .hello)
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
