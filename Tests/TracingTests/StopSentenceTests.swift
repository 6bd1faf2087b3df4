import Testing
import Tracing

/// What is said of a stop, where it is not the same for every session.
struct StopSentenceTests {
    /// In `forged` the receiving server looks up SPF and DMARC behind the mail data; in `retried` the sender's server looks up the
    /// exchanger again for each connection, and the one before is over.
    @Test(arguments: [
        ("forged", [asked, "DNS is asked while the session goes on."]), ("retried", [asked, asked, asked]),
        ("postfix", [asked]),
    ])
    func `a lookup in the middle of a session is not the search for the exchanger`(
        name: String,
        sentences: [String]
    ) throws {
        let session = try #require(Session.all.first { $0.name == "sessions/\(name).ehlo" })
        let trace = Tracer.trace(of: session.events)
        let lookups = trace.stops.filter { $0.place.step == .exchangerLookup }
        #expect(lookups.map { StopSentence.text(of: $0, in: trace) } == sentences)
    }

    private static let asked = "The sender's server asks DNS who takes the mail."
}
