import SMTP
import Screen
import Testing
import Tracing

@testable import Interface

/// Envelope and letter, pair by pair, and what stands where they differ.
struct EnvelopeAndLetterTests {
    private static func session(_ leg: Leg, from: String, to: [String], header: String) -> [WireEvent] {
        let rcpt = to.map { "C: RCPT TO:<\($0)>\nS: 250 ok\n" }.joined()
        let dialogue =
            "S: 220 x\nC: EHLO c\nS: 250 x\nC: MAIL FROM:<\(from)>\nS: 250 ok\n\(rcpt)C: DATA\nS: 354 go\n\(header)C: \nC: Hi\nC: .\nS: 250 ok"
        return Fixture.events(dialogue, leg: leg)
    }

    private static let letter =
        "C: From: Ada <lovelace@sender.example>\nC: To: bob@RECEIVER.example\nC: Cc: eve@sender.example, kim@far.example\n"

    private static func state() -> State {
        let own = ["bob@receiver.example", "eve@sender.example", "grace@sender.example"]
        let events =
            session(.submission, from: "ada@sender.example", to: own, header: letter)
            + session(.relay, from: "ada@sender.example", to: ["bob@receiver.example"], header: letter)
        return State(title: "t", source: .replay, trace: Tracer.trace(of: events))
    }

    private static func pairs() throws -> [EnvelopeAndLetter.Pair] {
        let mails = state().session.trace.mails
        let relayed = try #require(mails.last { $0.leg == .relay })
        let submitted = try #require(mails.first { $0.leg == .submission })
        return EnvelopeAndLetter(relayed, handedIn: submitted.forwardPaths).pairs
    }

    @Test func `each name has its row, and only what agrees is marked as the same`() throws {
        let pairs = try Self.pairs()
        #expect(
            pairs.map { "\($0.label)|\($0.envelope)|\($0.isSame ? "=" : "#")|\($0.field)|\($0.letter)" } == [
                "from|ada@sender.example|#|From|Ada <lovelace@sender.example>",
                "to|bob@receiver.example|=|To|bob@RECEIVER.example",
                "|in the envelope of step 1|#|Cc|eve@sender.example",
                "|not in this envelope|#|Cc|kim@far.example",
                "to|grace@sender.example (step 1)|#||in no field: a blind copy (Bcc)",
            ]
        )
        #expect(pairs.map(\.remark.isEmpty) == [false, true, false, false, true])
    }

    @Test(arguments: [40, 63, 64, 76, 116, 196]) func `no row is wider than its place`(columns: Int) throws {
        let lines = EnvelopeAndLetter(try #require(Self.state().session.trace.mails.last), handedIn: [])
            .lines(columns: columns, .unicode)
        #expect(lines.allSatisfy { $0.columns <= columns })
        let isBeside = lines[0].text.contains("Envelope") && lines[0].text.contains("Letter")
        #expect(isBeside == (columns >= EnvelopeAndLetter.sideBySide))
        #expect(lines.contains { $0.text.contains("≠") } && lines.contains { $0.text.contains("=") })
    }

    @Test func `m shows both, and thousands of recipients are not listed`() throws {
        var walk = try Walk(Self.state())
        (walk.state.view.columns, walk.state.view.rows) = (120, 40)
        walk.press(.end, .character("m"))
        #expect(walk.screen.contains("≠ From: Ada <lovelace@sender.example>"), "\(walk.screen)")
        #expect(walk.screen.contains("in no field: a blind copy (Bcc)"))
        let many = (0..<100).map { "r\($0)@receiver.example" }
        let trace = Tracer.trace(of: Self.session(.relay, from: "a@b.example", to: many, header: Self.letter))
        let pairs = EnvelopeAndLetter(try #require(trace.mails.last), handedIn: []).pairs
        #expect(pairs.count < 50 && pairs.contains { $0.envelope == "60 more" })
    }
}
