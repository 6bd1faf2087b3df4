import Testing

@testable import Tracing

/// What an export says of a session without going through its events or lines again.
struct NamesTests {
    @Test(arguments: Session.all) func `the ends of a session have the names that a glance finds`(session: Session) {
        let names = Tracer.trace(of: session.events).facts.names
        let glance = SessionGlance(session.events)
        #expect(names.endpoint == glance.endpoint)
        #expect(names.client == glance.clientName && names.server == glance.serverName)
    }

    @Test(arguments: Session.all) func `whether both speak TLS is what the lines say`(session: Session) {
        let trace = Tracer.trace(of: session.events)
        let shows = { (line: TraceLine) in line.isTLS && (line.speaker == .server || line.octets.first == 23) }
        #expect(trace.facts.bothSpeakTLS == trace.lines.contains(where: shows))
    }
}
