import SMTP
import Testing
import Tracing

@testable import Interchange

/// Logs with so many sessions that those which are over are not kept open.
@Suite struct ManySessionsTests {
    private static func line(_ process: Int, _ arrow: String, _ text: String) -> String {
        "Nov 25 10:00:00 mx postfix/smtpd[\(process)]: \(arrow) unknown[192.0.2.7]: \(text)\n"
    }

    @Test(.timeLimit(.minutes(1))) func `a session that goes on beside thousands stays one, and in its place`() {
        var log = Self.line(1, ">", "220 mx.example ESMTP")
        for process in 1000..<4000 {
            log += Self.line(process, ">", "220 mx.example ESMTP") + Self.line(process, "<", "EHLO a.example")
            log += Self.line(process, ">", "250 mx.example") + Self.line(process, "<", "QUIT")
            log += Self.line(process, ">", "221 bye")
        }
        log += Self.line(1, "<", "EHLO late.example") + Self.line(1, ">", "250 mx.example")
        let file = TranscriptFile(Array(log.utf8))
        #expect(file.count == 3001)
        var names: [String] = []
        file.each(making: { SessionGlance($0.events).clientName.map { WireText.shown($0) } ?? "–" }) {
            names.append($0)
        }
        #expect(names == ["late.example"] + Array(repeating: "a.example", count: 3000))
        #expect(SessionGlance(file.recording(0).events).clientName == Array("late.example".utf8))
    }
}
