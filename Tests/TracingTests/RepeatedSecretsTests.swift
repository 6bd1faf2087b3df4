import SMTP
import Testing

@testable import Tracing

/// A password that was sent stands nowhere else in a trace: not in what the server says again, and in no note or remark.
@Suite struct RepeatedSecretsTests {
    @Test func `neither replies nor notes nor what went wrong say it again`() {
        var log = WireLog()
        let kinds: [WireEvent.Kind] = [
            .octets(from: .server, Array("220 a.example\r\n".utf8)),
            .octets(from: .client, Array("EHLO b.example\r\n".utf8)),
            .octets(from: .server, Array("250 AUTH PLAIN\r\n".utf8)),
            .octets(from: .client, Array("AUTH PLAIN AGFkYQBodW50ZXIyc2VjcmV0\r\n".utf8)),
            .octets(from: .server, Array("535 5.7.8 bad: ada/hunter2secret\r\n".utf8)),
            .note("given password: hunter2secret"),
            .remark(.init(.doubt, "it may not know hunter2secret")),
            .error(.init(.logRefused, "ada, hunter2secret: no", of: Array("ada".utf8))),
        ]
        let events = kinds.map { log.event($0, leg: .relay) }
        let lines = Tracer.trace(of: events).lines.map(\.octets.lossyText)
        #expect(lines.contains("535 5.7.8 bad: ada/********") && lines.contains("given password: ********"))
        #expect(!lines.contains { $0.contains("hunter2secret") }, "\(lines)")
        let masked: [WireEvent.Kind] = [
            .remark(.init(.doubt, "it may not know ********")),
            .error(.init(.logRefused, "ada, ********: no", of: Array("ada".utf8))),
        ]
        #expect(events.suffix(2).map(\.kind) == masked)
    }
}
