import SMTP
import Testing

@testable import Tracing

/// What is known of a session as a whole, for titles.
struct FactsTests {
    @Test func `whom the mail is sent on to counts before whom it was handed in for`() {
        var tracer = Tracer()
        let say = { (leg: Leg, words: String) in
            WireEvent(
                .octets(from: words.hasPrefix("2") ? .server : .client, Array("\(words)\r\n".utf8)),
                leg: leg,
                at: 0
            )
        }
        for name in ["bob@b.example", "eve@a.example"] {
            tracer.consume(say(.submission, "RCPT TO:<\(name)>"))
            tracer.consume(say(.submission, "250 ok"))
        }
        #expect(tracer.trace.facts.forwardPaths.count == 2)
        for name in ["bob@b.example", "kim@b.example", "bob@b.example"] {
            tracer.consume(say(.relay, "RCPT TO:<\(name)>"))
            tracer.consume(say(.relay, "250 ok"))
        }
        let names = tracer.trace.facts.forwardPaths.compactMap { $0.mailbox?.octets.lossyText }
        #expect(names == ["bob@b.example", "kim@b.example"])
    }
}
