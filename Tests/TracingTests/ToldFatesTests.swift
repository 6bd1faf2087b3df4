import SMTP
import Testing

@testable import Tracing

/// What a log says of recipients beside the replies that it quotes.
@Suite struct `Fates that a log tells` {
    private static func line(_ text: String, from side: Side) -> WireEvent {
        WireEvent(.octets(from: side, Array("\(text)\r\n".utf8)), leg: .relay)
    }

    private static func told(_ fate: LinkFailure, of recipient: String?) -> WireEvent {
        WireEvent(.remark(.init(fate, fate.words, of: recipient.map { Array($0.utf8) })), leg: .relay)
    }

    private static let mail = [
        WireEvent(.connected(to: "a.example:25"), leg: .relay), line("220 a.example", from: .server),
        line("EHLO c.example", from: .client), line("250 a.example", from: .server),
        line("MAIL FROM:<ada@c.example>", from: .client), line("250 ok", from: .server),
        line("RCPT TO:<bob@a.example>", from: .client), line("550 5.7.1 no", from: .server),
    ]

    /// A glance and the whole trace read the same.
    private static func recipients(_ events: [WireEvent]) -> [String] {
        let verdict = Verdict(of: Tracer.trace(of: events))
        var glance = SessionGlance(events)
        let glanced = glance.verdict()
        #expect(glanced.outcome == verdict.outcome)
        #expect(glanced.recipients.map(\.outcome) == verdict.recipients.map(\.outcome))
        return verdict.recipients.map {
            "\(String(decoding: $0.address, as: UTF8.self)) \($0.outcome.rawValue) \($0.decision?.code ?? 0)"
        }
    }

    @Test func `count whatever the reply is, which is kept where it said no as well`() {
        #expect(Self.recipients(Self.mail) == ["bob@a.example refused 550"])
        let deferred = Self.mail + [Self.told(.logDeferred, of: "bob@a.example")]
        #expect(Self.recipients(deferred) == ["bob@a.example deferred 550"])
        let accepted = Self.mail + [Self.told(.logAccepted, of: "bob@a.example")]
        #expect(Self.recipients(accepted) == ["bob@a.example accepted 0"])
    }

    @Test func `add whom no RCPT names, once however often it is tried`() {
        let tried = Self.mail + [Self.told(.logDeferred, of: "eve@far.example")]
        #expect(Self.recipients(tried) == ["bob@a.example refused 550", "eve@far.example deferred 0"])
        let again =
            tried + [
                WireEvent(.connect(to: "far.example:25"), leg: .relay), Self.told(.logRefused, of: "eve@far.example"),
            ]
        #expect(Self.recipients(again) == ["bob@a.example refused 550", "eve@far.example refused 0"])
    }

    /// No server was reached, then one took the mail.
    @Test func `that came to nothing give way to a reply that says yes`() {
        let first = [
            WireEvent(.connect(to: "b.example:25"), leg: .relay), Self.told(.logDeferred, of: "bob@a.example"),
        ]
        let taken =
            Self.mail.dropLast() + [
                Self.line("250 ok", from: .server), Self.line("DATA", from: .client),
                Self.line("354 go", from: .server),
                Self.line(".", from: .client), Self.line("250 taken", from: .server),
            ]
        let next = WireEvent(.connect(to: "a.example:25"), leg: .relay)
        #expect(Self.recipients(first + [next] + taken) == ["bob@a.example accepted 250"])
    }

    @Test func `of a mail that names nobody tell of the mail`() {
        let nobody = Self.mail.prefix(6) + [Self.told(.logAccepted, of: nil)]
        #expect(Verdict(of: Tracer.trace(of: Array(nobody))).outcome == .accepted)
    }

    @Test(arguments: [Array("bob@a.example".utf8), [0xFF, 0x40], nil] as [[UInt8]?]) func `stay in a recording`(
        recipient: [UInt8]?
    )
        throws
    {
        let event = WireEvent(.remark(.init(.logDeferred, "put off", of: recipient)), leg: .relay)
        let header = Recording.Header(began: "", title: "t", source: "s")
        let file = RecordingWriter.file(Recording(header: header, events: [event]))
        #expect(try RecordingReader.read(Array(file.utf8)).events == [event])
    }
}
