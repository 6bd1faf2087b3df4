import SMTP
import Testing

@testable import Tracing

/// What is going on in a session: each situation in two samples, told by a trace and by a glance alike, and none where there is none.
@Suite struct SituationTests {
    struct Row: CustomTestStringConvertible {
        let name: String
        let said: String
        let told: [Situation.Told]
        var testDescription: String { name }
    }

    private static let login =
        "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YQ==\nS: 334 UGFzc3dvcmQ6\nC: Yg==\nS: 535 5.7.8 no\n"
    private static let plain = "C: AUTH PLAIN AGEAYg==\nS: 535 no\n"
    private static let quit = "C: QUIT\nS: 221 bye\n-- close server"

    static let rows: [Row] = [
        Row(
            name: "three logins with LOGIN",
            said: Sample.hello + login + login + login + quit,
            told: [.passwordGuessing(failed: 3, seconds: 12, connections: 1, succeeded: false)]
        ),
        Row(
            name: "four with PLAIN, then one that works",
            said: Sample.hello + plain + plain + plain + plain + "C: AUTH PLAIN AGEAYg==\nS: 235 welcome\n" + quit,
            told: [.passwordGuessing(failed: 4, seconds: 6, connections: 1, succeeded: true)]
        ),
        Row(
            name: "one password by each mechanism is none",
            said: Sample.hello + login + plain + "C: AUTH CRAM-MD5\nS: 334 PDFAYT4=\nC: YQ==\nS: 535 no\n" + quit,
            told: []
        ),
        Row(
            name: "a login that is not there is none",
            said: Sample.hello + String(repeating: "C: AUTH PLAIN AGEAYg==\nS: 503 no AUTH here\n", count: 5) + quit,
            told: []
        ),
        Row(
            name: "tricks, one of them taken",
            said: Sample.hello
                + "C: MAIL FROM:<a@a.example>\nS: 250 ok\nC: RCPT TO:<x%c.example@b.example>\nS: 550 no\n"
                + "C: RCPT TO:<c.example!x@b.example>\nS: 250 ok\nC: RCPT TO:<\"x@c.example\"@b.example>\nS: 550 no\n"
                + quit,
            told: [.relayTest(tricks: [.percent, .bang, .quoted], asked: 3, taken: 1)]
        ),
        Row(
            name: "the form of nmap: two at signs, and a source route beside the plain address",
            said: Sample.hello + "C: MAIL FROM:<a@[192.0.2.25]>\nS: 250 ok\nC: RCPT TO:<x@c.example>\nS: 554 no\n"
                + "C: RSET\nS: 250 ok\nC: MAIL FROM:<a@[192.0.2.25]>\nS: 250 ok\nC: RCPT TO:<x@c.example@[192.0.2.25]>\n"
                + "S: 554 no\nC: RCPT TO:<@[192.0.2.25]:x@c.example>\nS: 554 no\n" + quit,
            told: [.relayTest(tricks: [.sourceRoute, .twoAts], asked: 2, taken: 0)]
        ),
        Row(
            name: "a source route and its address written without it",
            said: Sample.hello + "C: MAIL FROM:<a@a.example>\nS: 250 ok\nC: RCPT TO:<x@c.example>\nS: 554 no\n"
                + "C: RCPT TO:<@b.example:x@c.example>\nS: 554 no\n" + quit,
            told: [.relayTest(tricks: [.sourceRoute], asked: 1, taken: 0)]
        ),
        Row(
            name: "a source route alone is old, and a percent sign that carries no domain is a name",
            said: Sample.hello
                + "C: MAIL FROM:<a@a.example>\nS: 250 ok\nC: RCPT TO:<@b.example:x@c.example>\nS: 250 ok\n"
                + "C: RCPT TO:<50%off@b.example>\nS: 250 ok\nC: RCPT TO:<wow!@b.example>\nS: 250 ok\nC: DATA\nS: 354 go\n"
                + "C: Subject: x\n" + Sample.end,
            told: []
        ),
        Row(
            name: "VRFY of three names",
            said: Sample.hello
                + "C: VRFY root\nS: 250 root@b.example\nC: VRFY admin\nS: 550 no\nC: VRFY www\nS: 252 perhaps\n"
                + quit,
            told: [.addressHarvest(verbs: [.vrfy], names: 3, found: 1)]
        ),
        Row(
            name: "RCPT of five names, and no mail",
            said: Sample.hello + "C: MAIL FROM:<a@a.example>\nS: 250 ok\n"
                + [("anna", 250), ("ben", 550), ("carl", 550), ("dora", 250), ("emil", 550)].map {
                    "C: RCPT TO:<\($0.0)@b.example>\nS: \($0.1) it is so\n"
                }.joined() + "C: RSET\nS: 250 ok\n" + quit,
            told: [.addressHarvest(verbs: [.rcpt], names: 5, found: 2)]
        ),
        Row(
            name: "one name asked for often, and several with a mail behind them, are none",
            said: Sample.hello + String(repeating: "C: VRFY root\nS: 252 perhaps\n", count: 4)
                + "C: MAIL FROM:<a@a.example>\nS: 250 ok\n"
                + ["anna", "ben", "carl", "dora"].map { "C: RCPT TO:<\($0)@b.example>\nS: 550 5.1.1 no\n" }.joined()
                + "C: RCPT TO:<emil@b.example>\nS: 250 ok\nC: DATA\nS: 354 go\nC: Subject: x\n" + Sample.end,
            told: []
        ),
        Row(
            name: "curl http:// to port 25",
            said: "@\nC: GET / HTTP/1.1\nC: Host: mx.example:25\nC: User-Agent: curl/7.88.1\nC: Accept: */*\nC: \n"
                + "S: 220 mx.example ESMTP\nS: 221 2.7.0 Error: I can break rules, too. Goodbye.\n-- close server",
            told: [.wrongProtocol(.http)]
        ),
        Row(
            name: "a proxy is asked to connect",
            said: Sample.hello.replacing("C: EHLO a.example", with: "C: CONNECT mx.example:25 HTTP/1.0"),
            told: [.wrongProtocol(.http)]
        ),
        Row(
            name: "SOCKS 5",
            said: "@\nC: \\x05\\x01\\0\\c\nS: 220 mx.example ESMTP\n-- close client",
            told: [.wrongProtocol(.socks)]
        ),
        Row(
            name: "SOCKS 4",
            said: "@\nS: 220 mx.example ESMTP\nC: \\x04\\x01\\0\\x19\\x7f\\0\\0\\x01\\0\\c\n-- close client",
            told: [.wrongProtocol(.socks)]
        ),
        Row(
            name: "SSH",
            said: "@\nS: 220 mx.example ESMTP\nC: SSH-2.0-OpenSSH_9.2\nS: 500 what\n-- close client",
            told: [.wrongProtocol(.ssh)]
        ),
        Row(
            name: "IMAP",
            said: "@\nS: 220 mx.example ESMTP\nC: a001 CAPABILITY\nS: 500 what\n-- close client",
            told: [.wrongProtocol(.imap)]
        ),
        Row(
            name: "LDAP",
            said:
                "@\nS: 220 mx.example ESMTP\nC: \\x30\\x0c\\x02\\x01\\x01\\x60\\x07\\x02\\x01\\x03\\x04\\0\\x80\\0\\c\n-- close client",
            told: [.wrongProtocol(.ldap)]
        ),
        Row(
            name: "XMPP",
            said:
                "@\nS: 220 mx.example ESMTP\nC: <?xml version='1.0'?><stream:stream to='a.example'>\nS: 500 what\n-- close client",
            told: [.wrongProtocol(.xmpp)]
        ),
        Row(
            name: "POP3",
            said: "@\nS: 220 mx.example ESMTP\nC: CAPA\nS: 500 what\n-- close client",
            told: [.wrongProtocol(.post)]
        ),
        Row(
            name: "EHLO before the greeting",
            said: "@\nC: EHLO ylmf-pc\nS: 220 mx.example\nS: 250 mx.example\nC: QUIT\nS: 221 bye\n-- close server",
            told: [.earlyTalker]
        ),
        Row(
            name: "a whole mail before the greeting",
            said:
                "@\nC: HELO a\nC: MAIL FROM:<a@a.example>\nS: 220 mx.example\nS: 250 mx\nS: 250 ok\nC: QUIT\nS: 221 bye",
            told: [.earlyTalker]
        ),
        Row(
            name: "heard the greeting and left",
            said: "@\nS: 220 mx.example\n-- close client",
            told: [.connectAndLeave(isGreeted: true)]
        ),
        Row(
            name: "said QUIT alone",
            said: "@\nS: 220 mx.example\nC: QUIT\nS: 221 bye\n-- close server",
            told: [.connectAndLeave(isGreeted: true)]
        ),
        Row(
            name: "who is refused in the greeting has not left by himself",
            said: "@\nS: 554 go away\nC: QUIT\nS: 221 bye\n-- close client",
            told: []
        ),
        Row(
            name: "a log without the client's side says nothing of what it asked",
            said: "S: 220 mx.example\nS: 250 mx.example\nS: 250 ok\nS: 221 bye\n-- close client",
            told: []
        ),
        Row(
            name: "a field behind a bare LF in a header of CRLF",
            said: Sample.hello + Sample.mail
                + "C: From: <a@a.example>\nC: Subject: hello\\n\nC: Bcc: victim@c.example\nC: Date: x\n"
                + "C: \nC: text\n" + Sample.end,
            told: [.headerInjection(field: "bcc")]
        ),
        Row(
            name: "a field behind a line end in code",
            said: Sample.hello + Sample.mail
                + "C: Subject: =?utf-8?Q?hello=0D=0ACc:victim=40c.example?=\nC: \nC: text\n"
                + Sample.end,
            told: [.headerInjection(field: "cc")]
        ),
        Row(
            name: "a path that a line end tears apart",
            said: Sample.hello
                + "C: MAIL FROM:<a@a.example>\nS: 250 ok\nC: RCPT TO:<b\\n\nC: DATA\nS: 501 no\nS: 503 no\n" + quit,
            told: [.headerInjection(field: "")]
        ),
        Row(
            name: "a header whose lines all end in LF is only wrong",
            said: Sample.hello + Sample.mail
                + "C: From: <a@a.example>\\n\nC: Subject: hello\\n\nC: To: b\\n\nC: \\n\nC: text\n"
                + Sample.end,
            told: []
        ),
        Row(
            name: "a second mail behind LF . LF",
            said: Sample.hello + Sample.mail
                + "C: Subject: x\nC: \nC: text\\n.\\nMAIL FROM:<admin@b.example>\nC: RCPT TO:<b@b.example>\nC: DATA\nC: y\n"
                + Sample.end,
            told: [.smuggling(commands: 3, isTaken: false)]
        ),
        Row(
            name: "behind LF . CRLF, and the server obeys",
            said: Sample.hello + Sample.mail
                + "C: Subject: x\nC: \nC: text\\n.\nC: MAIL FROM:<admin@b.example>\nC: RCPT TO:<b@b.example>\nC: DATA\nC: y\nC: .\n"
                + "S: 250 queued\nS: 250 ok\nS: 250 ok\nS: 354 go\nS: 250 queued\n" + quit,
            told: [.smuggling(commands: 3, isTaken: true)]
        ),
        Row(
            name: "a client that ends its mail wrongly waits for the answer",
            said: Sample.hello + Sample.mail + "C: Subject: x\\n\nC: \\n\nC: text\\n\nC: .\\n\nS: 250 ok\n"
                + Sample.mail + "C: Subject: x\n" + Sample.end,
            told: []
        ),
        Row(
            name: "a second attempt on another connection",
            said: Sample.hello + "C: MAIL FROM:<a@a.example>\nS: 250 ok\nC: RCPT TO:<b@b.example>\nS: 450 4.7.1 later\n"
                + quit
                + "\n" + Sample.hello + Sample.mail + "C: Subject: x\n" + Sample.end,
            told: [.secondAttempt(seconds: 10, isTaken: true)]
        ),
        Row(
            name: "a full mailbox is no greylisting",
            said: Sample.hello + "C: MAIL FROM:<a@a.example>\nS: 250 ok\nC: RCPT TO:<b@b.example>\nS: 452 4.2.2 full\n"
                + quit
                + "\n" + Sample.hello + Sample.mail + "C: Subject: x\n" + Sample.end,
            told: []
        ),
    ]

    @Test(arguments: rows) func `a session tells`(row: Row) {
        let sample = Sample(row.said)
        #expect(sample.situations.map(\.told) == row.told)
        #expect(sample.situations.allSatisfy { !$0.lines.isEmpty })
        // Without times a glance tells the same.
        #expect(sample.glanced.map(\.id) == row.told.map { Situation($0).id })
    }

    @Test(arguments: rows) func `however the octets come`(row: Row) {
        let events = Sample(row.said).events.flatMap { $0.split(every: 1) }
        #expect(Situation.all(in: Tracer.trace(of: events)).map(\.told) == row.told)
        #expect(SessionGlance(events).situations.map(\.id) == row.told.map { Situation($0).id })
    }

    @Test func `every kind that one session tells has two samples`() {
        let told = Self.rows.flatMap { row in row.told.map { Situation($0).kind } }
        let alone = Situation.Kind.allCases.filter { ![.sameMail, .tlsClient, .secondAttempt].contains($0) }
        for kind in alone where kind != .otherProtocol { #expect(told.count { $0 == kind } >= 2, "\(kind)") }
    }

    @Test func `a TLS client that the server answers in the clear`() {
        let hello: [UInt8] = [22, 3, 1, 0, 4, 1, 0, 0, 0]
        let greeting = WireEvent(.octets(from: .server, Array("220 mx.example\r\n".utf8)), leg: .relay, at: 2)
        let connected = WireEvent(.connected(to: "192.0.2.25:25"), leg: .relay, at: 0)
        let said = WireEvent(.octets(from: .client, hello), leg: .relay, at: 1)
        let close = WireEvent(.close(by: .client), leg: .relay, at: 3)
        for events in [[connected, said, greeting, close], [connected, greeting, said, close]] {
            #expect(Situation.all(in: Tracer.trace(of: events)).map(\.kind) == [.tlsClient])
            #expect(SessionGlance(events).situations.map(\.kind) == [.tlsClient])
        }
    }

    // MARK: None where there is none

    /// What the fixtures are about that do tell a situation.
    private static let expected: [String: [Situation.Kind]] = [
        "Dialogs/web-request.dialog": [.httpClient],
        "http-client": [.httpClient],
        "tls-on-a-plain-port": [.tlsClient],
        "early-talker": [.earlyTalker],
        "early-talker-in-a-transcript": [.earlyTalker],
        "smuggling": [.smuggling],
        "smuggling-that-worked": [.smuggling],
        "sessions/retried.ehlo": [.secondAttempt],
        "sessions/smuggled.ehlo": [.smuggling],
    ]

    @Test func `no fixture and no bundled session tells what is not there`() {
        #expect(Session.all.count > 100)
        var untrue: [String] = []
        for session in Session.all {
            let told = Situation.all(in: Tracer.trace(of: session.events)).map(\.kind)
            if told != Self.expected[session.name] ?? [] { untrue.append("\(session.name): \(told)") }
        }
        #expect(untrue == [])
    }

    @Test func `a list tells what the walk tells`() {
        for session in Session.all {
            let told = Situation.all(in: Tracer.trace(of: session.events)).map(\.kind)
            #expect(SessionGlance(session.events).situations.map(\.kind) == told, "\(session.name)")
        }
    }

    @Test func `what is read line by line is what is read at once`() {
        for row in Self.rows {
            let trace = Tracer.trace(of: Sample(row.said).events)
            var soFar = SituationsSoFar()
            for end in 0...trace.lines.count { soFar.look(at: trace.lines, before: end) }
            #expect(soFar.all.map(\.told) == row.told)
            soFar.look(at: trace.lines, before: 1)
            #expect(soFar.all.allSatisfy { $0.lines.allSatisfy { $0 < 1 } })
        }
    }
}
