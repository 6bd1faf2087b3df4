import SMTP
import Testing

@testable import Tracing

/// What is masked before a line is complete, in whatever pieces it comes.
@Suite struct ObserverTests {
    private static func events(_ said: [(Side, String)], cutEvery size: Int?) -> [WireEvent] {
        let greeting: [(Side, String)] = [
            (.server, "220 a.example ESMTP\r\n"), (.client, "EHLO b.example\r\n"),
            (.server, "250-a.example\r\n250 AUTH PLAIN LOGIN\r\n"),
        ]
        let whole = (greeting + said).map {
            WireEvent(.octets(from: $0.0, Array($0.1.utf8)), leg: .relay)
        }
        return size.map { size in whole.flatMap { $0.split(every: size) } } ?? whole
    }

    /// The events as they are born where a watch looks on.
    private static func watched(_ events: [WireEvent]) -> [WireEvent] {
        var log = WireLog()
        return events.map { log.event($0.kind, leg: $0.leg, at: $0.time) }
    }

    @Test(arguments: SecretsTests.sessions.indices, [nil, 1, 2, 3, 5, 11])
    func `no recording holds a credential`(index: Int, size: Int?) throws {
        let said = SecretsTests.sessions[index]
        // Of a very long one no more pieces than there is time for.
        let isLong = said.contains { $0.1.utf8.count > 10_000 }
        let events = Self.watched(Self.events(said, cutEvery: size.map { isLong ? $0 * 997 : $0 }))
        let header = Recording.Header(began: "", title: "", source: "")
        let file = RecordingWriter.file(Recording(header: header, events: events))
        #expect(!file.lowercased().contains("hunt"), "\(file.prefix(2000))")
        #expect(!file.contains("CANARY"), "\(file.prefix(2000))")
        let replayed = Tracer.trace(of: try RecordingReader.read(Array(file.utf8)).events)
        #expect(replayed.lines.contains { !$0.secrets.isEmpty })
    }

    @Test func `what is no credential is shown, in whatever pieces it comes`() {
        let said: [(Side, String)] = [
            (.client, "AUTH LOGIN\r\n"), (.server, "334 VXNlcm5hbWU6\r\n"), (.client, "*\r\n"),
            (.server, "501 5.7.0 given up\r\n"), (.client, "MAIL FROM:<ada@b.example>\r\n"),
            (.server, "250 ok\r\n"), (.client, "RCPT TO:<bob@a.example>\r\n"), (.server, "250 ok\r\n"),
            (.client, "DATA\r\n"), (.server, "354 go\r\n"),
            (.client, "Subject: how\r\n\r\nAUTH PLAIN dGhpcyBpcyBtYWls\r\n..\r\n.\r\n"),
            (.server, "250 ok\r\n"), (.client, "BDAT 23 LAST\r\nAUTH PLAIN aXQgaXMK\r\n\r\nQUIT\r\n"),
        ]
        for size in [nil, 1, 2, 7] {
            for event in Self.watched(Self.events(said, cutEvery: size)) {
                guard case .octets(from: .client, let octets, let secrets) = event.kind else { continue }
                // A lone asterisk is known for one when its line is.
                #expect(secrets.isEmpty, "\(WireText.shown(octets)) \(secrets)")
            }
        }
    }

    @Test func `a command behind the mail data is masked again`() {
        var reader = SessionReader()
        _ = reader.credentials(in: Array("220 a\r\n".utf8), from: .server)
        _ = reader.credentials(in: Array("EHLO b\r\nMAIL FROM:<>\r\nRCPT TO:<c@d>\r\nDATA\r\n".utf8), from: .client)
        _ = reader.credentials(in: Array("250 a\r\n250 ok\r\n250 ok\r\n354 go\r\n".utf8), from: .server)
        #expect(reader.mode == .mailData)
        let octets = Array("AUTH PLAIN mail\r\n.\r\nAUTH PLAIN c2VjcmV0\r\n".utf8)
        #expect(reader.credentials(in: octets, from: .client).map { octets[$0].lossyText } == ["c2VjcmV0"])
    }

    @Test func `data that is refused is followed by commands`() {
        var reader = SessionReader()
        _ = reader.credentials(in: Array("220 a\r\n".utf8), from: .server)
        _ = reader.credentials(in: Array("DATA\r\n".utf8), from: .client)
        #expect(reader.awaitsAnswerToData)
        _ = reader.credentials(in: Array("503 no\r\n".utf8), from: .server)
        #expect(reader.mode == .strayMailData)
        #expect(!reader.credentials(in: Array("AUTH PLAIN c2VjcmV0\r\n".utf8), from: .client).isEmpty)
        #expect(reader.mode == .commands)
    }

    @Test func `behind STARTTLS is TLS, and what is none is read as before`() {
        var reader = SessionReader()
        _ = reader.credentials(in: Array("220 a\r\n".utf8), from: .server)
        _ = reader.credentials(in: Array("STARTTLS\r\n".utf8), from: .client)
        _ = reader.credentials(in: Array("220 go\r\n".utf8), from: .server)
        #expect(reader.expectsTLS)
        #expect(reader.credentials(in: [22, 3, 1, 0, 3, 1, 2, 3], from: .client).isEmpty)
        #expect(reader.expectsTLS)
        // The next record does not begin: the client never spoke TLS.
        #expect(!reader.credentials(in: Array("AUTH PLAIN c2VjcmV0\r\n".utf8), from: .client).isEmpty)
        #expect(reader.mode == .commands)
    }

    @Test func `TLS from the first octet is left alone`() {
        var reader = SessionReader()
        #expect(reader.credentials(in: [22, 3], from: .client).isEmpty)
        #expect(reader.expectsTLS)
    }

    /// The wire log agrees with the tracer, which sees whole lines: nothing more is masked in any fixture, and nothing less.
    @Test(arguments: Session.all) func `masking at birth changes no trace`(session: Session) {
        guard !session.events.contains(where: { $0.leg != .relay }) else { return }
        #expect(Tracer.trace(of: Self.watched(session.events)) == Tracer.trace(of: session.events))
    }
}
