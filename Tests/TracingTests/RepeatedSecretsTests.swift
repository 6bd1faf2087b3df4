import SMTP
import Testing

@testable import Tracing

/// A password that was sent stands nowhere else in a trace: not in what the server says again, and in no note.
@Suite struct RepeatedSecretsTests {
    @Test func `neither replies nor notes say it again`() {
        var log = WireLog()
        let kinds: [WireEvent.Kind] = [
            .octets(from: .server, Array("220 a.example\r\n".utf8)),
            .octets(from: .client, Array("EHLO b.example\r\n".utf8)),
            .octets(from: .server, Array("250 AUTH PLAIN\r\n".utf8)),
            .octets(from: .client, Array("AUTH PLAIN AGFkYQBodW50ZXIyc2VjcmV0\r\n".utf8)),
            .octets(from: .server, Array("535 5.7.8 bad: ada/hunter2secret\r\n".utf8)),
            .note("given password: hunter2secret"),
        ]
        let trace = Tracer.trace(of: kinds.map { log.event($0, leg: .relay) })
        let lines = trace.lines.map(\.octets.lossyText)
        #expect(lines.suffix(2) == ["535 5.7.8 bad: ada/********", "given password: ********"])
    }
}
