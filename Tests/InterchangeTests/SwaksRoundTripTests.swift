import Interchange
import Testing
import Tracing

/// What is exported as a transcript of swaks comes back as the session it was.
@Suite struct SwaksRoundTripTests {
    /// What swaks' notation can carry: the lines of the one connection to the exchanger, each that is text.
    private static func isCarried(_ recording: Recording) -> Bool {
        recording.events.allSatisfy { event in
            if case .records = event.kind { return false }
            guard case .octets(_, let octets, _) = event.kind else { return true }
            guard event.leg == .relay else { return false }
            return octets.suffix(2) == [13, 10] && octets.allSatisfy { (32...126).contains($0) || $0 == 13 || $0 == 10 }
        }
    }

    @Test func `a bundled session is read back line by line`() throws {
        var compared = 0
        for name in Places.sessions {
            let recording = try Places.session(name)
            guard Self.isCarried(recording) else { continue }
            let trace = Tracer.trace(of: recording.events)
            let connections = trace.lines.count { $0.content == .event(LessonAnchor("link/connect")) }
            guard trace.lines.allSatisfy({ $0.ending != .lf }) else { continue }
            guard connections <= 1, !trace.lines.contains(where: { !$0.isWire && $0.content == .opaque }) else {
                continue
            }
            let text = SwaksExport.text(trace)
            let sessions = TranscriptReader.read(Array(text.utf8))
            #expect(sessions.count == 1, "\(name)")
            let back = Tracer.trace(of: sessions.first?.events ?? [])
            #expect(TranscriptFixtures.told(back, [.quit]) == TranscriptFixtures.told(trace, [.quit]), "\(name)")
            compared += 1
        }
        #expect(compared > 0)
    }
}
