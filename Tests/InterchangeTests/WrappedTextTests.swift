import Foundation
import Interchange
import SMTP
import Testing
import Tracing

extension PastedTextTests {
    private static let refused: [UInt16] = [220, 250, 250, 550, 221]
    private static let loggedIn: [UInt16] = [220, 250, 235, 250, 550, 221]

    static let texts = plain + wrapped + saved

    /// Texts around whose lines something else stands: records, other marks, labels, another voice.
    static let wrapped: [Text] = [
        // tshark's tree, whose replies have one heading, or one for each line.
        Text("tshark-V", "EHLO MAIL RCPT QUIT", refused),
        Text("tshark-V-lines", "EHLO MAIL RCPT QUIT", refused),
        // Mail data that goes on below the client's mark.
        Text("pear", "EHLO AUTH MAIL RCPT DATA QUIT", [220, 250, 334, 334, 235, 250, 250, 354, 250, 221]),
        Text("roundcube", "EHLO AUTH MAIL RCPT RSET QUIT", [220, 250, 235, 250, 550, 250, 221]),
        // Words and arrows that are marks.
        Text("check-smtp", "AUTH", [250, 334, 334, 535]),
        Text("checktls", "EHLO STARTTLS EHLO MAIL QUIT", [220, 250, 220, 250, 250, 221]),
        Text("checktls-plain", "EHLO STARTTLS EHLO MAIL QUIT", [220, 250, 220, 250, 250, 221]),
        Text("hmailserver-copied", "EHLO AUTH QUIT", [220, 250, 334, 334, 535, 221]),
        Text("mdaemon-sessions", "EHLO MAIL RCPT QUIT", refused),
        Text("communigate-in", "EHLO MAIL RCPT QUIT", refused),
        Text("communigate-out", "EHLO MAIL RCPT QUIT", refused),
        // A verb within the mark, marks that are indented, a greeting that is framed otherwise.
        Text("kerio-server", "EHLO MAIL RCPT QUIT", [250, 250, 550]),
        Text("kerio-client", "EHLO MAIL RCPT QUIT", [220, 250, 250, 450, 221]),
        Text("chilkat", "EHLO AUTH", [220, 250, 334, 334, 535]),
        Text("chilkat-2", "EHLO MAIL RCPT QUIT", refused),
        Text(
            "maddy-greeting",
            "EHLO STARTTLS EHLO AUTH MAIL RCPT DATA QUIT",
            [220, 250, 220, 250, 235, 250, 250, 354, 554, 221]
        ),
        // A label for the command that is answered.
        Text("codeigniter", "EHLO MAIL RCPT", [220, 250, 250, 550]),
        Text("codeigniter-copied", "EHLO MAIL RCPT DATA QUIT", [220, 250, 250, 250, 354, 250, 221]),
        // Records of XML and JSON over several lines, or all in one, the newest first or last.
        Text("log4j-xml", "EHLO MAIL RCPT QUIT", refused),
        Text("log4j2-xml", "EHLO MAIL RCPT QUIT", refused),
        Text("java-logging-xml", "EHLO MAIL RCPT QUIT", refused),
        Text("loki-answer", "EHLO AUTH MAIL RCPT QUIT", loggedIn),
        Text("elastic-hits", "EHLO AUTH MAIL RCPT QUIT", loggedIn),
        Text("grafana-export", "EHLO AUTH MAIL RCPT QUIT", loggedIn),
        Text("json-two-values", "EHLO AUTH MAIL RCPT QUIT", loggedIn),
        Text("nlog", "EHLO MAIL RCPT QUIT", refused),
        Text("logcli", "EHLO AUTH MAIL RCPT QUIT", loggedIn),
        // Two voices that log one session, each in its time.
        Text("two-voices", "EHLO AUTH MAIL RCPT QUIT", loggedIn),
        Text("two-voices-2", "EHLO AUTH MAIL RCPT QUIT", loggedIn),
    ]
}

extension PastedTextTests {
    private typealias Session = (verbs: String, codes: [UInt16])
    private static let sent: Session = ("EHLO MAIL RCPT RCPT DATA QUIT", [220, 250, 250, 250, 550, 354, 250, 221])
    private static let sentByLogin: Session = (
        "EHLO AUTH MAIL RCPT DATA QUIT", [220, 250, 334, 334, 235, 250, 250, 354, 250, 221]
    )

    /// Streams that tools dumped or saved, and entries whose side stands behind the line, in a field or a word.
    static let saved: [Text] = [
        Text("od-c", sentByLogin.verbs, sentByLogin.codes),
        Text("od-tx1z", sent.verbs, sent.codes),
        Text("od-tx1", sentByLogin.verbs, sentByLogin.codes),
        Text("hexdump", sent.verbs, sent.codes),
        Text("wireshark-yaml", sentByLogin.verbs, sentByLogin.codes),
        Text("wireshark-yaml-old", sent.verbs, sent.codes),
        Text("wireshark-c", sentByLogin.verbs, sentByLogin.codes),
        Text("wireshark-c-plain", sent.verbs, sent.codes),
        Text("xxd-p", sentByLogin.verbs, sentByLogin.codes),
        Text("wireshark-raw", sentByLogin.verbs, sentByLogin.codes),
        Text("tshark-payloads", sent.verbs, sent.codes),
        Text("tshark-follow-hex", sentByLogin.verbs, sentByLogin.codes),
        Text("tshark-x", sentByLogin.verbs, sentByLogin.codes),
        Text("socat-v", sentByLogin.verbs, sentByLogin.codes),
        Text("socat-x", sent.verbs, sent.codes),
        Text("tcpflow", sentByLogin.verbs, sentByLogin.codes),
        Text("tcpflow-two-packets", sent.verbs, sent.codes),
        Text("pino-pretty", sent.verbs, sent.codes),
        Text("bunyan-viewer", sentByLogin.verbs, sentByLogin.codes),
        Text("go-mail", sent.verbs, sent.codes),
        Text("go-mail-login", sentByLogin.verbs, sentByLogin.codes),
        Text("apache-error-log", sentByLogin.verbs, sentByLogin.codes),
        Text("nginx-error-log", sent.verbs, sent.codes),
        Text("small-ends", sentByLogin.verbs, sentByLogin.codes),
        Text("small-tag", sent.verbs, sent.codes),
        Text("php-array", sent.verbs, sent.codes),
        Text("google-logs", sentByLogin.verbs, sentByLogin.codes),
        Text("gen-smtp-logged", sent.verbs, sent.codes),
        Text("exchange-markdown", sent.verbs, sent.codes),
    ]
}

/// What stands around the lines of a log is set aside, and nothing of the dialogue with it.
@Suite struct WrappedTextTests {
    private func lines(_ text: String) -> [[String]] {
        TranscriptReader.read(Array(text.utf8)).map { recording in
            Tracer.trace(of: recording.events).lines.filter(\.isWire).map {
                ($0.speaker == .client ? "C " : "S ") + String(decoding: $0.octets, as: UTF8.self)
            }
        }
    }

    private func findings(_ text: String) -> Set<String> {
        Set(
            TranscriptReader.read(Array(text.utf8)).flatMap { Tracer.trace(of: $0.events).lines }
                .flatMap(\.findings).map(\.id)
        )
    }

    private static let before =
        "DEBUG: Recv: 220 mx.example\nDEBUG: Send: EHLO a.example\nDEBUG: Recv: 250 mx.example\nDEBUG: Send: MAIL FROM:<a@a.example>\n"
        + "DEBUG: Recv: 250 ok\nDEBUG: Send: RCPT TO:<b@b.example>\nDEBUG: Recv: 250 ok\nDEBUG: Send: DATA\nDEBUG: Recv: 354 go\n"
    private static let mail =
        "DEBUG: Send: From: a@a.example\nDate: Mon, 23 Nov 2026 10:00:00 +0100\nSubject: x\n\n250 apples\n221 pears\n.\n"
    private static let behind = "DEBUG: Recv: 250 queued\nDEBUG: Send: QUIT\nDEBUG: Recv: 221 bye\n"

    @Test func `mail data goes on below the mark of its first line, whatever it looks like`() throws {
        let told = try #require(lines(Self.before + Self.mail + Self.behind).first)
        let content = [
            "C From: a@a.example", "C Date: Mon, 23 Nov 2026 10:00:00 +0100", "C Subject: x", "C ", "C 250 apples",
            "C 221 pears",
            "C .",
        ]
        #expect(told.suffix(10) == content + ["S 250 queued", "C QUIT", "S 221 bye"])
        #expect(findings(Self.before + Self.mail + Self.behind).isEmpty)
    }

    @Test func `without a dot of its own what a program says in between is no mail data`() throws {
        let told = try #require(lines(Self.before + "sending 12 octets\nsent\n" + Self.behind).first)
        #expect(told.suffix(4) == ["S 354 go", "S 250 queued", "C QUIT", "S 221 bye"])
    }

    @Test func `an empty line behind each that is sent is the program's`() throws {
        let text = (Self.before + Self.mail + Self.behind).split(separator: "DEBUG: ").map { piece in
            "DEBUG: \(piece)" + (piece.hasPrefix("Send") ? "\n" : "")
        }.joined()
        #expect(lines(text) == lines(Self.before + Self.mail + Self.behind))
    }

    @Test func `the newest first is turned, and nothing else`() throws {
        let said = [
            "S: 220 mx", "C: EHLO a.example", "S: 250 mx", "C: NOOP", "S: 250 ok", "C: QUIT", "S: 221 bye",
        ]
        let rows = said.enumerated().map { "2026-11-23T10:00:0\($0.offset)Z \($0.element)" }
        let told = lines(rows.joined(separator: "\n"))
        #expect(told.first?.first == "S 220 mx")
        #expect(lines(rows.reversed().joined(separator: "\n")) == told)
        let alike = said.map { "2026-11-23T10:00:00Z \($0)" }
        #expect(lines(alike.joined(separator: "\n")) == told)
    }

    @Test func `two voices are one session only where one repeats the other on both sides`() {
        let other = "wire >> EHLO a.example\nwire << 250 mx\nwire >> MAIL FROM:<a@a.example>\nwire << 550 no\n"
        let one = "smtp -> EHLO a.example\nsmtp <- 250 mx\nsmtp -> MAIL FROM:<a@a.example>\nsmtp <- 250 ok\n"
        #expect(
            lines(one + one.replacing("smtp", with: "wire").replacing("->", with: ">>").replacing("<-", with: "<<"))
                .count == 1
        )
        let told = lines(one + other).flatMap(\.self)
        #expect(told.contains("S 550 no") && told.contains("S 250 ok"))
    }

    @Test func `a greeting is framed otherwise only where the client speaks next`() throws {
        let rest = "log: C: EHLO a.example\nlog: S: 250 mx\nlog: C: QUIT\nlog: S: 221 bye\n"
        #expect(lines("[net] connected: 220 mx.example\n" + rest).first?.first == "S 220 mx.example")
        let told = try #require(lines("[net] connected: 220 mx.example\nlog: S: 220 mx.example\n" + rest).first)
        #expect(told.count { $0.hasPrefix("S 220") } == 1)
    }

    @Test func `a document that breaks off counts as far as it goes, and one that is none stays as it is`() throws {
        let whole = String(decoding: try TranscriptFixtures.octets("Pasted/elastic-hits.txt"), as: UTF8.self)
        for length in stride(from: 0, to: whole.utf8.count, by: 97) { _ = lines(String(whole.prefix(length))) }
        #expect(lines(String(whole.prefix(whole.count * 3 / 4))).first?.first == "S 220 mx.example ESMTP")
        let xml = String(decoding: try TranscriptFixtures.octets("Pasted/log4j-xml.txt"), as: UTF8.self)
        for length in stride(from: 0, to: xml.utf8.count, by: 97) { _ = lines(String(xml.prefix(length))) }
        for text in [
            String(repeating: "[", count: 5000), String(repeating: "{\"a\":", count: 5000),
            String(repeating: "<a>", count: 5000),
            "<a" + String(repeating: " b", count: 9000), "[\"", "{\"a\":\"\\", "<![CDATA[", "<!--", "<a b=\"",
            "<a></b>",
        ] {
            #expect(lines(text).isEmpty)
        }
    }

    @Test func `the times of a document's records are theirs`() throws {
        let recording = try #require(
            TranscriptReader.read(try TranscriptFixtures.octets("Pasted/loki-answer.txt")).first
        )
        #expect(recording.header.began == "2025-11-23T10:00:00Z")
    }
}
