import Foundation
import Interchange
import SMTP
import Testing
import Tracing

/// Texts that people have in hand, one for each rule of reading and a second of the same kind.
@Suite struct PastedTextTests {
    /// What a text holds: the verbs of its commands and the codes of its replies, in order.
    struct Text: CustomTestStringConvertible, Sendable {
        let name: String
        let verbs: String
        let codes: [UInt16]
        var sessions = 1

        init(_ name: String, _ verbs: String, _ codes: [UInt16], sessions: Int = 1) {
            (self.name, self.verbs, self.codes, self.sessions) = (name, verbs, codes, sessions)
        }

        var testDescription: String { name }
    }

    static let plain: [Text] = [
        // A prefix that the lines have in common.
        Text(
            "maddy",
            "EHLO STARTTLS EHLO AUTH MAIL RCPT DATA QUIT",
            [220, 250, 220, 250, 235, 250, 250, 354, 554, 221]
        ),
        Text("recordio", "EHLO MAIL RCPT QUIT", [220, 250, 250, 553, 221]),
        Text("recordio-two", "EHLO MAIL QUIT", [220, 250, 250, 221], sessions: 2),
        Text("postal", "EHLO AUTH RSET MAIL", [250, 334, 334, 235, 250, 503]),
        Text("exim-pid", "EHLO STARTTLS EHLO MAIL RCPT BDAT QUIT", [220, 250, 220, 250, 250, 550, 503]),
        Text("container", "EHLO MAIL RCPT QUIT", [220, 250, 250, 451, 221]),
        Text("haraka-wrapped", "HELO QUIT", [220, 250, 250, 221]),
        Text("haraka-uuid", "EHLO MAIL RCPT QUIT", [220, 250, 250, 550, 221]),
        Text("kubernetes-cri", "EHLO MAIL RCPT QUIT", [220, 250, 250, 550, 221]),
        Text("serilog", "EHLO MAIL RCPT QUIT", [220, 250, 250, 550, 221]),
        Text("python-logging", "EHLO MAIL RCPT QUIT", [220, 250, 250, 550, 221]),
        Text("heroku", "EHLO MAIL RCPT QUIT", [220, 250, 250, 550, 221]),
        Text("log4j", "EHLO MAIL RCPT QUIT", [220, 250, 250, 550, 221]),
        // Records, each with the line in one of its values, and what stands behind the lines alike.
        Text("journald-json", "EHLO MAIL RCPT QUIT", [220, 250, 250, 550, 221]),
        Text("docker-json-file", "EHLO MAIL RCPT QUIT", [220, 250, 250, 550, 221]),
        Text("cloudwatch", "EHLO AUTH MAIL RCPT QUIT", [220, 250, 235, 250, 550, 221]),
        Text("go-slog-text", "EHLO MAIL RCPT QUIT", [220, 250, 250, 550, 221]),
        Text("monolog", "EHLO MAIL RCPT QUIT", [220, 250, 250, 550, 221]),
        Text("thunderbird-console", "EHLO MAIL RCPT DATA QUIT", [220, 250, 250, 250, 354, 250, 221]),
        // Replies that go on without a mark, and replies run together.
        Text("fakesmtp", "EHLO AUTH MAIL RCPT DATA QUIT", [220, 250, 334, 334, 235, 250, 250, 354, 250, 221]),
        Text("cut-continuation", "EHLO QUIT", [220, 250, 221]),
        Text("smartermail", "EHLO MAIL RCPT DATA QUIT", [220, 250, 250, 250, 354, 250, 221]),
        Text("swiftmailer", "EHLO AUTH RSET", [220, 250, 334, 334, 535, 250]),
        Text("php-single-blanks", "EHLO QUIT", [220, 250, 221]),
        Text("phpmailer-one-line", "EHLO MAIL RCPT QUIT", [220, 250, 250, 550, 221]),
        // Literals, codes in brackets, line ends that are written out.
        Text("bytes", "EHLO", [220, 250]),
        Text("contents", "EHLO", [250]),
        Text("brackets", "HELO QUIT", [220, 250, 221]),
        Text("tuples", "MAIL", [220, 250, 550]),
        Text("async-smtp", "EHLO MAIL RCPT QUIT", [220, 250, 250, 550, 221]),
        Text("stalwart-raw", "EHLO MAIL RCPT QUIT", [220, 250, 250, 550, 221]),
        Text("written-ends", "EHLO MAIL QUIT", [220, 250, 250, 221]),
        Text("indy", "EHLO AUTH RSET MAIL RCPT DATA QUIT", [220, 250, 334, 334, 235, 250, 250, 250, 354, 250, 221]),
        // Where mail data ends.
        Text("opensmtpd-syslog", "EHLO MAIL RCPT DATA QUIT", [220, 250, 250, 250, 354, 250, 221]),
        Text(
            "claws",
            "EHLO STARTTLS EHLO AUTH MAIL RCPT DATA QUIT",
            [220, 250, 220, 250, 334, 235, 250, 250, 354, 250, 221]
        ),
        // Columns.
        Text(
            "exchange-columns",
            "EHLO AUTH MAIL MAIL RCPT DATA QUIT",
            [220, 250, 334, 334, 235, 501, 250, 250, 354, 250, 221]
        ),
        Text("exchange-sheet", "EHLO MAIL QUIT", [220, 250, 250, 221]),
        Text("mailenable", "EHLO MAIL RCPT QUIT", [220, 250, 250, 503, 221]),
        Text("semicolons", "EHLO MAIL RCPT QUIT", [220, 250, 250, 550, 221]),
        Text("iis", "EHLO MAIL RCPT QUIT", [250, 250, 550]),
        Text("iis-outbound", "EHLO MAIL", [220, 250, 250]),
        Text("mox", "EHLO AUTH", [250, 501]),
        Text("logfmt", "EHLO MAIL RCPT", [250, 250, 550]),
        Text("labelled-rows", "MAIL RCPT MAIL", [250, 554, 250]),
        Text("maxbulk", "HELO MAIL RCPT DATA QUIT", [220, 250, 250, 450, 354, 250, 221]),
        // Numbers that are no codes.
        Text("esp32", "", [220, 250, 334, 334, 235]),
        // What is logged twice, quoted, wrapped or hidden.
        Text("phpmailer-twice", "EHLO QUIT", [220, 250]),
        Text("twice-command", "EHLO MAIL DATA", [250, 250, 503]),
        Text("quoted", "EHLO AUTH", [220, 250, 334, 334, 235]),
        Text("markdown-quoted", "EHLO MAIL RCPT QUIT", [220, 250, 250, 550, 221]),
        Text("quoted-markdown", "EHLO MAIL RCPT QUIT", [250, 250, 550, 221]),
        Text(
            "postfix-notice",
            "EHLO XFORWARD XFORWARD MAIL RCPT DATA QUIT",
            [220, 250, 250, 250, 250, 250, 354, 451, 221]
        ),
        Text("postfix-notice-2", "HELO MAIL RCPT QUIT", [220, 250, 250, 452, 221]),
        Text("mailkit-login-twice", "EHLO AUTH", [220, 250, 334, 334, 235]),
        Text("fakesmtp-login", "EHLO AUTH MAIL QUIT", [220, 250, 334, 334, 235, 250, 221]),
        Text("logcat", "EHLO STARTTLS EHLO MAIL RCPT DATA QUIT", [220, 250, 220, 250, 235, 250, 250, 354, 250, 221]),
        Text("logcat-padded", "EHLO AUTH MAIL RCPT QUIT", [220, 250, 235, 250, 550, 221]),
        Text("hidden-auth", "EHLO MAIL", [220, 250, 235, 250]),
        // Dumps.
        Text("curl-trace-ascii", "EHLO MAIL RCPT QUIT", [220, 250, 250, 550, 221]),
        Text("curl-trace-ascii-time", "EHLO AUTH MAIL RCPT RCPT DATA", [220, 250, 334, 235, 250, 250, 550, 354, 250]),
        Text("curl-trace", "EHLO AUTH MAIL RCPT RCPT DATA", [220, 250, 334, 235, 250, 250, 550, 354, 250]),
        Text("tcpdump-text", "EHLO STARTTLS", [220, 250, 220]),
        Text("tcpdump-A", "EHLO MAIL", [220, 250, 250]),
        Text("tcpdump-A-auth", "EHLO AUTH", [220, 250, 235]),
        Text("tcpdump-A-lo", "EHLO AUTH MAIL RCPT DATA QUIT", [220, 250, 334, 334, 235, 250, 250, 354, 250, 221]),
        Text("tcpdump-x-lower", "EHLO AUTH MAIL RCPT DATA QUIT", [220, 250, 334, 334, 235, 250, 250, 354, 250, 221]),
        Text("tcpdump-X", "EHLO AUTH MAIL RCPT DATA QUIT", [220, 250, 334, 334, 235, 250, 250, 354, 250, 221]),
        Text("tcpdump-XX", "EHLO AUTH MAIL RCPT DATA QUIT", [220, 250, 334, 334, 235, 250, 250, 354, 250, 221]),
        Text("ngrep", "EHLO MAIL RCPT QUIT", [220, 250, 250, 450, 221]),
        Text("ngrep-byline", "EHLO AUTH MAIL RCPT DATA QUIT", [220, 250, 334, 334, 235, 250, 250, 354, 250, 221]),
        Text("ngrep-x", "EHLO AUTH MAIL RCPT DATA QUIT", [220, 250, 334, 334, 235, 250, 250, 354, 250, 221]),
        Text("wireshark-hex", "EHLO QUIT", [220, 250, 221]),
        Text("xxd", "EHLO QUIT", [220, 250, 221]),
        Text("hexdump-C", "EHLO QUIT", [220, 250, 221]),
        // Verbs and mechanisms in lower case, and excerpts that begin inside AUTH.
        Text("telnet-lower", "EHLO AUTH", [220, 250, 334, 334, 535]),
        Text("telnet-lower-plain", "EHLO AUTH", [220, 250, 535]),
        Text("quoted-lower", "EHLO AUTH MAIL RCPT", [220, 250, 334, 334, 235, 250, 550]),
        Text("quoted-lower-markdown", "EHLO AUTH", [220, 250, 334, 334, 535]),
        Text("excerpt-in-auth", "QUIT", [535, 221]),
        Text("excerpt-in-auth-2", "QUIT", [334, 454, 221]),
        // What tcpdump, tshark and .NET print besides.
        Text(
            "tcpdump-qA",
            "EHLO AUTH MAIL RCPT RCPT DATA QUIT",
            [220, 250, 334, 334, 235, 250, 250, 550, 354, 250, 221]
        ),
        Text(
            "tcpdump-v",
            "EHLO AUTH MAIL RCPT RCPT DATA QUIT",
            [220, 250, 334, 334, 235, 250, 250, 550, 354, 250, 221]
        ),
        Text(
            "tshark-rows",
            "EHLO AUTH MAIL RCPT RCPT DATA QUIT",
            [220, 250, 334, 334, 235, 250, 250, 550, 354, 250, 221]
        ),
        Text("tshark-follow", "EHLO MAIL RCPT DATA QUIT", [220, 250, 250, 250, 354, 250, 221]),
        Text("dotnet-sockets", "EHLO QUIT", [220, 250, 221]),
        // Rows whose values hold the dialogue.
        Text("json-container", "EHLO MAIL RCPT RCPT RSET QUIT", [220, 250, 250, 250, 550, 250, 221]),
        Text("json-go", "EHLO AUTH MAIL RCPT", [220, 250, 235, 250, 450]),
        Text("json-direction", "EHLO AUTH QUIT", [220, 250, 535, 221]),
        Text("markdown-table", "EHLO MAIL RCPT RCPT RSET QUIT", [220, 250, 250, 250, 550, 250, 221]),
        // A prompt of Python, codes in brackets with commands as they are, and what the programs put between.
        Text("python-prompt", "MAIL RCPT QUIT", [250, 235, 250, 550, 221]),
        Text("brackets-unmarked", "EHLO MAIL RCPT QUIT", [220, 250, 250, 550, 221]),
        Text("phpmailer-5", "", [220, 250, 250, 250, 550]),
        Text("haraka-transaction", "EHLO MAIL RCPT QUIT", [220, 250, 250, 550, 221]),
        Text("exchange-joined-offer", "EHLO MAIL RCPT QUIT", [220, 250, 250, 452, 221]),
        Text("aiosmtpd", "EHLO AUTH MAIL RCPT RCPT DATA QUIT", [220, 250, 235, 250, 250, 550, 354, 250, 221]),
        Text("exim-close", "EHLO STARTTLS EHLO MAIL RCPT DATA QUIT", [220, 250, 220, 250, 250, 250, 354, 550]),
        Text(
            "javamail-exception",
            "EHLO STARTTLS EHLO MAIL RCPT RCPT RSET QUIT",
            [220, 250, 220, 250, 250, 250, 550, 250, 221]
        ),
        // TLS from the first octet, and refusals in the greeting.
        Text("phpmailer-ssl", "EHLO AUTH QUIT", [220, 250, 334, 334, 535, 221]),
        Text("mailkit-smtps", "EHLO AUTH QUIT", [220, 250, 235, 221]),
        Text("msmtp-tls", "EHLO AUTH QUIT", [220, 250, 235, 221]),
        Text("javamail-ssl", "EHLO AUTH QUIT", [220, 250, 235, 221]),
        Text("telnet-refused", "", [554]),
        Text("refused-marked", "", [421]),
    ]

    private func octets(_ name: String) throws -> [UInt8] { try TranscriptFixtures.octets("Pasted/\(name).txt") }

    private func lines(_ recording: Recording) -> [TraceLine] {
        Tracer.trace(of: recording.events).lines.filter(\.isWire)
    }

    @Test func `every text stands in the table`() throws {
        let folder = TranscriptFixtures.folder.appendingPathComponent("Pasted").path
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).map { $0.replacing(".txt", with: "") }
        #expect(!names.isEmpty)
        #expect(Set(names) == Set(Self.texts.map(\.name)))
    }

    @Test(arguments: texts) func `the dialogue comes out of it`(text: Text) throws {
        let octets = try octets(text.name)
        #expect(FileKind.of(octets) == .transcript)
        let sessions = TranscriptReader.read(octets)
        #expect(sessions.count == text.sessions)
        let lines = try lines(#require(sessions.first))
        #expect(lines.compactMap { $0.speaker == .client ? $0.verbName : nil }.joined(separator: " ") == text.verbs)
        let ends = lines.filter { $0.replyCode != nil && $0.octets.dropFirst(3).first != UInt8(ascii: "-") }
        #expect(ends.compactMap(\.replyCode) == text.codes)
    }

    /// Numbers and signs that a log puts behind its lines are no words of the dialogue, and words of the dialogue are no such end.
    @Test func `what stands behind each line alike is set aside, and nothing of the dialogue`() throws {
        let behind = try #require(TranscriptReader.read(try octets("monolog")).first)
        #expect(lines(behind).allSatisfy { !$0.octets.contains(UInt8(ascii: "[")) })
        let text =
            "S: 220 ok\nC: EHLO a.example\nS: 250 ok\nC: MAIL FROM:<a@b.example> SIZE=10\nS: 250 ok\n"
            + "C: RCPT TO:<c@d.example> NOTIFY=NEVER\nS: 250 ok\nC: QUIT\nS: 221 ok\n"
        let plain = try #require(TranscriptReader.read(Array(text.utf8)).first)
        let told = lines(plain).map { String(decoding: $0.octets, as: UTF8.self) }
        #expect(told.first == "220 ok" && told.last == "221 ok" && told[3].hasSuffix("SIZE=10"))
    }

    /// A record that has the side in a value of its own is read by who knows that value.
    @Test func `records are taken apart where a value is a line of a dialogue`() throws {
        let text = ["S: 220 mx ESMTP", "C: EHLO a.example", "S: 250 mx"].map {
            "{\"severity\":\"DEBUG\",\"message\":\"\($0)\",\"timestamp\":\"2026-11-23T10:00:00Z\"}\n"
        }.joined()
        let recording = try #require(TranscriptReader.read(Array(text.utf8)).first)
        #expect(
            lines(recording).map { String(decoding: $0.octets, as: UTF8.self) } == [
                "220 mx ESMTP", "EHLO a.example", "250 mx",
            ]
        )
        #expect(recording.header.began == "2026-11-23T10:00:00Z")
        let other = "{\"message\":\"started\"}\n{\"message\":\"stopped\"}\n"
        #expect(TranscriptReader.read(Array(other.utf8)).isEmpty)
    }

    /// What a log leaves out is held against nobody, and its own marks are no octets of the wire.
    @Test(arguments: texts) func `nobody is accused of what the log does`(text: Text) throws {
        for recording in TranscriptReader.read(try octets(text.name)) {
            let found = Set(lines(recording).flatMap(\.findings).map(\.id))
            let untrue: Set = [
                "reply-without-command", "leading-space", "trailing-space", "bare-lf",
                "data-without-354", "data-before-354", "not-smtp", "no-reply-code", "command-before-greeting",
                "octets-after-starttls", "malformed-argument", "reply-without-text", "command-unanswered",
                "unstuffed-dot",
            ]
            #expect(found.isDisjoint(with: untrue), "\(found.intersection(untrue))")
        }
    }

    @Test(arguments: ["phpmailer-ssl", "mailkit-smtps", "msmtp-tls", "javamail-ssl", "esp32"])
    func `a password within TLS is not said to go in the clear`(name: String) throws {
        let recording = try #require(TranscriptReader.read(try octets(name)).first)
        #expect(!lines(recording).flatMap(\.findings).map(\.id).contains("credential-in-clear"))
        #expect(recording.events.contains { if case .tls = $0.kind { true } else { false } })
    }

    @Test func `words about TLS count for nothing where STARTTLS comes later`() throws {
        let text =
            "port 465\nS: 220 mx\nC: EHLO a\nS: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nC: EHLO a\nS: 250 mx\n"
        let recording = try #require(TranscriptReader.read(Array(text.utf8)).first)
        #expect(recording.events.count { if case .tls = $0.kind { true } else { false } } == 1)
        let clear = "port 4650\nS: 220 mx\nC: AUTH PLAIN AGFkYQBsb3ZlbGFjZQ==\nS: 235 ok\n"
        let other = try #require(TranscriptReader.read(Array(clear.utf8)).first)
        #expect(!other.events.contains { if case .tls = $0.kind { true } else { false } })
    }

    @Test(arguments: texts) func `no password comes out of it`(text: Text) throws {
        for recording in TranscriptReader.read(try octets(text.name)) {
            let written = RecordingWriter.file(recording)
            for secret in ["lovelace", "bG92ZWxhY2U", "AGFkYQBsb3ZlbGFjZQ"] { #expect(!written.contains(secret)) }
        }
    }

    @Test(arguments: ["telnet-lower", "quoted-lower", "excerpt-in-auth", "excerpt-in-auth-2"])
    func `a login belongs to the answer to EHLO, whatever of it is there`(name: String) throws {
        let recording = try #require(TranscriptReader.read(try octets(name)).first)
        let login = lines(recording).filter { line in
            if case .saslResponse = line.content { return true }
            return [334, 235, 454, 535].contains(line.replyCode)
        }
        #expect(!login.isEmpty)
        #expect(login.allSatisfy { $0.place.step == .ehloReply }, "\(login.map(\.place))")
    }

    @Test func `what TCP sends again counts once`() throws {
        let packets = String(decoding: try octets("tcpdump-X"), as: UTF8.self)
        let twice = packets.split(separator: "\n").reduce(into: [[Substring]]()) { blocks, line in
            if line.first == "\t" { blocks[blocks.count - 1].append(line) } else { blocks.append([line]) }
        }
        .flatMap { $0 + $0 }.joined(separator: "\n")
        let once = try #require(TranscriptReader.read(Array(packets.utf8)).first)
        let again = try #require(TranscriptReader.read(Array(twice.utf8)).first)
        #expect(lines(once).map(\.octets) == lines(again).map(\.octets))
        #expect(!lines(once).isEmpty)
    }

    @Test func `a dump in the mail of a dialogue makes no dump of it`() throws {
        let dump = String(decoding: try octets("tcpdump-A"), as: UTF8.self)
        let text = "S: 220 mx\nC: DATA\nS: 354 go\n" + dump.split(separator: "\n").map { "C: \($0)\n" }.joined()
        let recording = try #require(TranscriptReader.read(Array((text + "C: .\nS: 250 ok\n").utf8)).first)
        #expect(lines(recording).compactMap(\.replyCode) == [220, 354, 250])
    }

    @Test func `two refusals that a mail quotes are no session`() {
        for text in ["> 550 5.7.1 Unable to relay\n", "550 5.7.1 Unable to relay\n", "it said 554 5.7.1 blocked\n"] {
            #expect(FileKind.of(Array(text.utf8)) == .text)
        }
    }

    @Test func `a text that cannot be read is told what was tried and what came nearest`() {
        let text = "hello\n550 5.7.1 Unable to relay\n\u{1B}]0;x\u{7}AUTH PLAIN AGFkYQBsb3ZlbGFjZQ==\n"
        let error = #expect(throws: FileError.self) { try SessionFile.read(Array(text.utf8), path: "x") }
        let words = error.map { "\($0)" } ?? ""
        #expect(words.contains("line 2, '550 5.7.1 Unable to relay'"))
        #expect(words.contains("notations"))
        #expect(!words.contains("AGFkYQ") && !words.contains("\u{1B}"))
    }
}
