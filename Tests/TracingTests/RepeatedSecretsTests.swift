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

    private static let plain = "AGFkYQBodW50ZXIyc2VjcmV0"

    private static func octets(_ side: Side, _ line: String) -> WireEvent.Kind {
        .octets(from: side, Array((line + "\r\n").utf8))
    }

    /// The words of the last event behind the others.
    private static func last(_ words: String, behind kinds: [WireEvent.Kind], leg: Leg = .relay) -> [String] {
        var log = WireLog()
        for kind in kinds { _ = log.event(kind, leg: .relay) }
        let said: [WireEvent.Kind] = [.note(words), .error(.init(.logRefused, words)), .remark(.init(.doubt, words))]
        return said.map { kind in
            switch log.event(kind, leg: leg).kind {
            case .note(let words): words
            case .error(let failure), .remark(let failure): failure.words
            default: "?"
            }
        }
    }

    private static let opening: [WireEvent.Kind] = [
        .connect(to: "a:25"), .connected(to: "a:25"), octets(.server, "220 a"), octets(.client, "EHLO b"),
        octets(.server, "250 AUTH PLAIN LOGIN"),
    ]

    @Test(arguments: [
        ("sent AUTH PLAIN \(plain)", "sent AUTH PLAIN ********"), ("AUTH OAUTH2 dXNlcj1hZGE=", "AUTH OAUTH2 ********"),
        ("one\nAUTH LOGIN\naHVudGVyMg==\ntwo", "one\nAUTH LOGIN\n********\ntwo"),
        ("curl smtp://ada:hunter2@mx", "curl smtp://ada:********@mx"), ("password = hunter2", "password = ********"),
        ("the server offers AUTH PLAIN LOGIN", "the server offers AUTH PLAIN LOGIN"),
    ]) func `words of a recording show no credential of their own`(words: String, shown: String) {
        for kinds in [[], Self.opening] { #expect(Set(Self.last(words, behind: kinds)) == [shown]) }
    }

    @Test func `nor what answers the challenge under way`() {
        let asked = Self.opening + [Self.octets(.client, "AUTH LOGIN"), Self.octets(.server, "334 VXNlcm5hbWU6")]
        #expect(Set(Self.last("sending aHVudGVyMg", behind: asked)) == ["sending ********"])
        #expect(Set(Self.last("sending aHVudGVyMg", behind: Self.opening)) == ["sending aHVudGVyMg"])
    }

    @Test func `a secret of one connection is one in the next, and on another leg`() {
        let told = Self.opening + [Self.octets(.client, "AUTH PLAIN \(Self.plain)"), Self.octets(.server, "421 x")]
        let again: [WireEvent.Kind] = [.close(by: .server), .connect(to: "b:25"), .connected(to: "b:25")]
        for kinds in [told, told + again, told + again + [Self.octets(.server, "220 b")]] {
            #expect(Set(Self.last("retry with hunter2secret", behind: kinds)) == ["retry with ********"])
            #expect(Set(Self.last("hunter2secret", behind: kinds, leg: .submission)) == ["********"])
        }
        var log = WireLog()
        for kind in told + again { _ = log.event(kind, leg: .relay) }
        for kind in [Self.octets(.server, "220 b"), Self.octets(.client, "EHLO a")] { _ = log.event(kind, leg: .relay) }
        let marks = ["500 \(Self.plain)", "500 what hunter2secret"].map { line in
            guard case .octets(_, _, let marks) = log.event(Self.octets(.server, line), leg: .relay).kind else {
                return 0
            }
            return marks.count
        }
        #expect(marks == [1, 1])
    }
}
