import SMTP
import Testing

@testable import Tracing

/// The words for a verdict: a sentence a line, each recipient by name, all lines of what the server said, and what comes next.
@Suite struct VerdictWordsTests {
    private static let hello = "S: 220 mx.example\nC: EHLO a.example\nS: 250 mx.example\n"
    private static let mail = hello + "C: MAIL FROM:<ada@a.example>\nS: 250 ok\nC: RCPT TO:<bob@b.example>\n"
    private static let letter = "C: DATA\nS: 354 go\nC: Subject: x\nC: \nC: .\n"

    private func trace(_ said: String, _ more: [WireEvent] = [], leg: Leg = .relay) -> Trace {
        let lines = said.split(separator: "\n").map { line in
            WireEvent(
                .octets(from: line.hasPrefix("C") ? .client : .server, Array(line.utf8.dropFirst(3)) + [13, 10]),
                leg: leg
            )
        }
        return Tracer.trace(of: lines + more)
    }

    private func words(_ trace: Trace) -> [String] { Verdict(of: trace).words(in: trace).map(\.text) }

    @Test func `one of two is refused, in two lines`() {
        let said =
            Self.mail + "S: 250 ok\nC: RCPT TO:<eve@b.example>\nS: 550-5.1.1 no\nS: 550 5.1.1 such\n" + Self.letter
            + "S: 250 2.0.0 taken\nC: QUIT\nS: 421 oh\n"
        #expect(
            words(trace(said)) == [
                "The mail was accepted for 1 of 2 recipients.",
                "bob@b.example was accepted at step 13.", "250 2.0.0 taken",
                "The recipient's server holds the mail now and has to deliver it, or to say that it could not (RFC 5321 §6.1).",
                "eve@b.example was refused for good at step 10a.", "550-5.1.1 no", "550 5.1.1 such",
                "The sender's server gives the mail back, it writes a bounce to ada@a.example (RFC 5321 §6.1).",
            ]
        )
        #expect(Verdict(of: trace(said)).summary == "mixed 1 of 2 accepted, 550 RCPT 5.1.1")
    }

    @Test func `a mail that the server read out of the data of another is told of`() {
        let hidden = "C: DATA\nS: 354 go\nC: Subject: x\nC: \nC: .\n"
        let taken = Self.mail + "S: 250 ok\n" + hidden + "S: 250 first taken\n"
        let end = "C: QUIT\nS: 221 bye\n"
        let said = taken + "S: 250 ok\nS: 250 ok\nS: 354 go\nS: 250 second taken\n" + end
        #expect(
            words(trace(said)).prefix(3) == [
                "2 mails were accepted where one was sent.",
                "A second mail stood in the data of the first: the server took commands in it for the client's own (RFC 5321 §4.1.1.4).",
                "bob@b.example was accepted at step 13.",
            ]
        )
        #expect(Verdict(of: trace(said)).summary == "accepted 2 mails, 1 smuggled")
        // It was refused, or nothing was taken before.
        for other in [
            taken + "S: 250 ok\nS: 354 go\nS: 554 no\n" + end, taken + "S: 250 ok\nS: 250 ok\n" + end,
            Self.mail + "S: 250 ok\nS: 354 go\nS: 250 ok\n" + hidden + "S: 250 taken\n" + end,
        ] {
            #expect(Verdict(of: trace(other)).smuggledMails == 0)
            #expect(words(trace(other)).first == "The mail was accepted.")
        }
    }

    /// Thirty recipients, each third of whom is refused.
    @Test func `of many recipients those are told whom the mail was not accepted for`() {
        let asked = (1...30).map { "C: RCPT TO:<r\($0)@b.example>\nS: \($0 % 3 == 0 ? "550 no" : "250 ok")\n" }.joined()
        let trace = trace(Self.mail + "S: 250 ok\n" + asked + Self.letter + "S: 250 taken\nC: QUIT\nS: 221 bye\n")
        let verdict = Verdict(of: trace)
        let told = { (max: Int) in verdict.words(in: trace, max: max).map(\.text) }
        #expect(told(31) == words(trace) && told(0).count == 1)
        let refused = told(10).filter { $0.contains("refused for good") }
        #expect(refused.map { $0.prefix { $0 != "@" } } == (1...10).map { "r\($0 * 3)" })
        #expect(!told(10).contains { $0.contains("was accepted at") || $0.contains("were accepted at") })
        #expect(told(12).contains("bob@b.example and r1@b.example were accepted at step 13."))
    }

    @Test func `one later and one never`() {
        let said = Self.mail + "S: 452 4.2.2 later\nC: RCPT TO:<eve@b.example>\nS: 550 no\nC: QUIT\nS: 221 bye\n"
        let told = words(trace(said))
        #expect(told.first == "The mail was accepted for none of 2 recipients.")
        #expect(told.contains("bob@b.example was deferred at step 10."))
        #expect(
            told.contains(
                "The sender's server still holds the mail and tries again, for at least 4 to 5 days as a rule (RFC 5321 §4.5.4.1)."
            )
        )
        #expect(told.contains("eve@b.example was refused for good at step 10a."))
    }

    @Test func `recipients who share a reply share a sentence`() {
        let said = Self.mail + "S: 250 ok\nC: RCPT TO:<carol@b.example>\nS: 250 ok\n" + Self.letter + "S: 250 taken\n"
        #expect(
            words(trace(said)).prefix(2) == [
                "The mail was accepted for all 2 recipients.",
                "bob@b.example and carol@b.example were accepted at step 13.",
            ]
        )
    }

    @Test func `a bounce of a bounce is not written`() {
        let said = Self.hello + "C: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<b@b>\nS: 550 no\n"
        #expect(
            words(trace(said)).last
                == "The sender's server gives up, and nobody is told, since the reverse-path is null (RFC 5321 §4.5.5)."
        )
    }

    @Test func `a cut while EHLO waits is no session, and one behind its answer refuses nothing`() {
        let close = [WireEvent(.close(by: .server), leg: .relay)]
        let asked = "S: 220 mx.example\nC: EHLO a.example\n"
        let cut = Verdict(of: trace(asked, close))
        #expect(cut.outcome == .deferred && cut.holder == .sender && cut.summary == "deferred cut")
        #expect(words(trace(asked, close)).first == "The mail was not delivered, the session ended too early.")
        #expect(Verdict(of: trace(Self.hello, close)).outcome == .none)
        #expect(Verdict(of: trace(asked)).outcome == .none)
    }

    @Test func `a cut behind the dot`() {
        let told = words(trace(Self.mail + "S: 250 ok\n" + Self.letter, [WireEvent(.close(by: .server), leg: .relay)]))
        #expect(
            told == [
                "Nobody knows whether the mail was accepted.",
                "Nobody knows whether the mail was accepted for bob@b.example, no answer of the server was seen.",
                "Nobody knows who holds it now. A sender's server sends it again, so it may arrive twice (RFC 1047).",
            ]
        )
    }

    @Test func `no connection, in the words of what failed`() {
        let failed = WireEvent(.error(.init(.refused)), leg: .relay)
        let trace = trace("", [WireEvent(.connect(to: "mx.example"), leg: .relay), failed])
        #expect(words(trace).first == "The mail was not delivered: \(LinkFailure.refused.words).")
        #expect(Verdict(of: trace).summary == "deferred no connection")
    }

    @Test(arguments: [
        (
            "S: 554 5.7.1 no\n", "The server refused the session in its greeting at step 4.",
            "refused 554 greeting 5.7.1"
        ),
        (
            hello + "C: AUTH PLAIN AAA\nS: 535 5.7.8 no\n", "The server refused the login at step 6a.",
            "refused 535 AUTH 5.7.8"
        ),
        (hello + "C: MAIL FROM:<a@a>\nS: 451 later\n", "The mail was deferred at step 8.", "deferred 451 MAIL"),
        (hello + "C: QUIT\nS: 221 bye\n", "No mail was sent, and none was refused.", "none"),
    ]) func `what decided is named`(said: String, sentence: String, summary: String) {
        #expect(words(trace(said)).first == sentence)
        #expect(Verdict(of: trace(said)).summary == summary)
    }

    @Test func `who hands in is told by its own program`() {
        let trace = trace(Self.mail + "S: 550 no\n", leg: .submission)
        #expect(words(trace).last == "The author's program still holds the mail and tells its author why.")
    }

    /// What a server says is shown and does nothing, and no sentence holds what a speech synthesiser would spell.
    @Test(arguments: Session.all) func `sentences are whole and safe`(session: Session) {
        let trace = Tracer.trace(of: session.events)
        for words in Verdict(of: trace).words(in: trace) {
            #expect(words.text.unicodeScalars.allSatisfy(WireText.isShown), "\(session.name)")
            if case .quote = words { continue }
            #expect(words.text.hasSuffix(".") && !words.text.contains("<"), "\(session.name): \(words.text)")
        }
    }
}
