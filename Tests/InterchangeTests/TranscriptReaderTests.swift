import Foundation
@testable import Interchange
import SMTP
import Testing
import Tracing

@Suite struct TranscriptReaderTests {
    private func read(_ text: String) -> [Recording] { TranscriptReader.read(Array(text.utf8)) }

    private func trace(_ text: String) -> Trace { Tracer.trace(of: read(text).first?.events ?? []) }

    /// Lines of the wire, as `C EHLO a`.
    private func wire(_ trace: Trace) -> [String] {
        trace.lines.filter { $0.isWire && $0.speaker != .note }.map {
            ($0.speaker == .client ? "C " : "S ") + WireText.shown($0.octets)
        }
    }

    private func notes(_ trace: Trace) -> [String] {
        trace.lines.filter { $0.speaker == .note }.map { WireText.shown($0.octets) }
    }

    // MARK: The post

    @Test(arguments: ["seed-post.md", "seed-blocks.txt"])
    func `the post as it stands opens with its fourteen steps`(name: String) throws {
        let trace = Tracer.trace(of: try TranscriptFixtures.recording(name).events)
        #expect(Set(trace.stops.map(\.place.step)) == Set(Step.allCases))
        #expect(trace.stops.count == 14)
        // Run together in the post, with spaces up to the edge of a window of 120 columns.
        #expect(wire(trace)[2...9].map { $0.prefix(12) }.contains("S 250-SIZE 1"))
        #expect(wire(trace).count == 19)
        #expect(trace.facts.serverAddress == "smtp.kutaj.com:25")
        #expect(notes(trace).contains { $0.contains("aspmx.l.google.com") })
    }

    @Test func `the post and its hand-made recording tell the same`() throws {
        let recorded = Tracer.trace(of: try Places.session("seed.ehlo").events)
        let pasted = Tracer.trace(of: try TranscriptFixtures.recording("seed-post.md").events)
        // The log ends with QUIT: whether it was answered it does not say.
        let told = { (trace: Trace) in TranscriptFixtures.told(trace, [.quit]) }
        #expect(told(pasted) == told(recorded))
    }

    // MARK: A proxy ahead of the session

    @Test func `what a proxy says ahead of a session is a note of the session that follows`() {
        let header = "PROXY TCP4 192.0.2.1 192.0.2.2 56324 25"
        let session = [
            "S: 220 mx.example ESMTP", "C: EHLO a.example", "S: 250 mx.example", "C: MAIL FROM:<ada@s.example>",
            "S: 250 ok", "C: QUIT", "S: 221 bye",
        ]
        let lines = ["C: " + header] + session
        for count in 1...2 {
            let log = (0..<count).map { _ in lines.joined(separator: "\n") }.joined(separator: "\n")
            let sessions = read(log)
            #expect(sessions.count == count)
            for session in sessions {
                let trace = Tracer.trace(of: session.events)
                let (wire, notes) = (wire(trace).joined(separator: "\n"), notes(trace).joined(separator: "\n"))
                #expect(wire.split(separator: "\n").count == 7)
                #expect(!wire.contains("PROXY"))
                #expect(notes.contains("192.0.2.1") && notes.contains("56324"))
                #expect(trace.lines.allSatisfy { $0.findings.isEmpty })
            }
        }
    }

    // MARK: Every format

    @Test func `there are logs to read and all are known`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: TranscriptFixtures.folder.path)
        let pairs = files.filter { $0.hasSuffix(".ehlo") }.map { String($0.dropLast(5)) }.filter {
            $0 != "openssl-starttls"
        }
        #expect(Set(pairs) == Set(TranscriptFixtures.pairs.map(\.name)))
        #expect(!pairs.isEmpty)
    }

    @Test(arguments: TranscriptFixtures.pairs)
    func `a log tells what the octets tell`(pair: (name: String, omissions: [TranscriptFixtures.Omission])) throws {
        let sessions = try TranscriptFixtures.sessions("\(pair.name).txt")
        #expect(sessions.count == 1)
        let log = Tracer.trace(of: sessions[0].events)
        let truth = Tracer.trace(of: try TranscriptFixtures.recording("\(pair.name).ehlo").events)
        #expect(TranscriptFixtures.told(log, pair.omissions) == TranscriptFixtures.told(truth, pair.omissions))
        // What a log leaves out is a gap, and nothing stands in its place.
        let hasGap = sessions[0].events.contains { if case .gap = $0.kind { true } else { false } }
        #expect(
            hasGap == !Set(pair.omissions).isDisjoint(with: [.content, .client, .server])
                || pair.omissions.contains(.quit)
        )
    }

    @Test(arguments: TranscriptFixtures.pairs.map(\.name))
    func `no password comes out of a log`(name: String) throws {
        let encoded = ["hunter2", "aHVudGVy", "h1bnRlcj", "odW50ZXIy"]
        for recording in try TranscriptFixtures.sessions("\(name).txt") {
            let written = RecordingWriter.file(recording)
            let shown = Tracer.trace(of: recording.events).lines.map { WireText.shown($0.octets) }.joined(
                separator: "\n"
            )
            for secret in encoded { #expect(!written.contains(secret) && !shown.contains(secret)) }
        }
    }

    @Test(
        arguments: [
            ("exchange-receive.txt", 2, 20), ("exchange-send.txt", 1, 14), ("mdaemon.txt", 1, 20),
            ("hmailserver.txt", 1, 15), ("mailkit.txt", 1, 28), ("exim-testsuite.txt", 1, 18), ("rfc.txt", 1, 25),
            ("old-marks.txt", 1, 15), ("openssl-starttls.txt", 1, 24),
        ]
    )
    func `formats of which there is no recording`(name: String, sessions: Int, lines: Int) throws {
        let all = try TranscriptFixtures.sessions(name)
        #expect(all.count == sessions)
        let trace = Tracer.trace(of: all[0].events)
        #expect(wire(trace).count == lines)
        #expect(
            trace.lines.allSatisfy {
                $0.findings.allSatisfy { $0.severity != .error || $0.id == "credential-in-clear" }
            }
        )
    }

    @Test func `with a session's number in each line the sessions come apart`() throws {
        let first = try String(
            contentsOf: TranscriptFixtures.folder.appendingPathComponent("opensmtpd.txt"),
            encoding: .utf8
        )
        let second = first.replacing("0x5584c0b8f3b0", with: "0x1").replacing("bob@", with: "eve@")
        let mixed = zip(
            first.split(separator: "\n").filter { !$0.hasPrefix("<<<") },
            second.split(separator: "\n").filter { !$0.hasPrefix("<<<") }
        )
        .flatMap { [$0, $1] }.joined(separator: "\n")
        let all = read(mixed)
        #expect(all.count == 2)
        let alone = wire(Tracer.trace(of: all[0].events))
        #expect(
            alone.contains("C RCPT TO:<bob@receiver.example>") && !alone.contains("C RCPT TO:<eve@receiver.example>")
        )
        #expect(alone.count == wire(Tracer.trace(of: all[1].events)).count)
    }

    @Test func `a greeting begins another session`() throws {
        let text = try String(
            contentsOf: TranscriptFixtures.folder.appendingPathComponent("telnet.txt"),
            encoding: .utf8
        )
        #expect(read(text + text + text).count == 3)
        let bare = "220 a ESMTP\nQUIT\n221 bye\n220 b ESMTP\nQUIT\n221 bye\n"
        #expect(read(bare).map(\.header.title) == ["A session with a", "A session with b"])
    }

    /// smtp(8) of Postfix with debug_peer_list speaks with one server after another, and not always says good-bye.
    @Test func `another connection is another session, and a server's log names its client`() throws {
        let said = [
            "< a[192.0.2.1]:25: 220 a.example ESMTP", "> a[192.0.2.1]:25: EHLO c.example",
            "< a[192.0.2.1]:25: 250 a.example",
            "> a[192.0.2.1]:25: MAIL FROM:<ada@c.example>", "< a[192.0.2.1]:25: 250 ok",
            "> a[192.0.2.1]:25: RCPT TO:<bob@a.example>", "< a[192.0.2.1]:25: 250 ok", "> a[192.0.2.1]:25: DATA",
            "< a[192.0.2.1]:25: 354 go", "> a[192.0.2.1]:25: .", "> a[192.0.2.1]:25: QUIT",
            "< a[192.0.2.1]:26: 421 4.3.2 busy", "> a[192.0.2.1]:26: QUIT", "< b[192.0.2.2]:25: 554 5.7.1 go away",
        ]
        let log = said.map { "Nov 26 19:31:46 mx postfix/smtp[14947]: \($0)\n" }.joined()
        let outcomes = read(log).map { Verdict(of: Tracer.trace(of: $0.events)).outcome }
        #expect(outcomes == [.unknown, .deferred, .refused])
        let received = [
            "connect from client.example[198.51.100.7]", "> client.example[198.51.100.7]: 220 mx.example ESMTP",
            "< client.example[198.51.100.7]: EHLO c.example", "> client.example[198.51.100.7]: 250 mx.example",
        ]
        let text = received.map { "Nov 26 19:31:46 mx postfix/smtpd[991]: \($0)\n" }.joined()
        let row = SessionListing(try #require(read(text).first), number: 0)
        #expect(row.session.client == "client.example [198.51.100.7]" && row.session.server == "mx.example")
    }

    // MARK: Who spoke

    static let session = [
        ("s", "220 mx.example ESMTP"), ("c", "EHLO a.example"), ("s", "250-mx.example"), ("s", "250 SIZE"),
        ("c", "MAIL FROM:<a@a.example>"), ("s", "250 OK"), ("c", "RCPT TO:<b@b.example>"), ("s", "550 no"),
        ("c", "FROB"),
        ("s", "500 what?"), ("c", "QUIT"), ("s", "221 bye"),
    ]

    /// The mark of the client, that of the server.
    @Test(
        arguments: [
            ("C: ", "S: "), ("S: ", "R: "), ("> ", "< "), ("< ", "> "), (">>> ", "<<< "), ("<<< ", ">>> "),
            ("--> ", "<-- "),
            ("<-- ", "--> "), (" -> ", "<-  "), ("", ""), ("SMTP>> ", "SMTP<< "), ("SMTP<< ", "SMTP>> "),
            ("CLIENT -> SERVER: ", "SERVER -> CLIENT: "), ("2026-11-24 09:00:00 > ", "2026-11-24 09:00:00 < "),
            ("Nov 24 09:00:00 host app[77]: C: ", "Nov 24 09:00:00 host app[77]: S: "),
            ("|to server| ", "|from server| "), ("smtp-client 12 sends '", "smtp-client 12 gets '"), ("$", "!"),
            ("[09:00:00.123] DEBUG --> ", "[09:00:00.123] DEBUG <-- "), ("mail-1  | C: ", "mail-1  | S: "),
        ]
    )
    func `the words tell who spoke, whatever the mark`(client: String, server: String) {
        let text = Self.session.map { ($0.0 == "c" ? client : server) + $0.1 + "\n" }.joined()
        #expect(wire(trace(text)) == Self.session.map { $0.0.uppercased() + " " + $0.1 })
    }

    @Test func `mail data may look like anything`() {
        let content = ["250 OK", "QUIT", "220 not a greeting", "", "S: x", "..", "354 go"]
        for (client, server) in [("C: ", "S: "), ("", ""), ("> ", "< ")] {
            let lines =
                ["S220 mx ESMTP", "CDATA", "S354 go"] + content.map { "C" + $0 } + [
                    "C.", "S250 done", "CQUIT", "S221 bye",
                ]
            let text = lines.map { ($0.first == "C" ? client : server) + $0.dropFirst() }.joined(separator: "\n")
            let expected = lines.map { "\($0.prefix(1)) \($0.dropFirst())" }
            #expect(wire(trace(text)) == expected)
        }
    }

    @Test func `what somebody typed wrong is the client's when the server says so`() {
        #expect(
            wire(trace("220 mx ESMTP\nHELLO\n500 what?\nQUIT\n")) == [
                "S 220 mx ESMTP", "C HELLO", "S 500 what?", "C QUIT",
            ]
        )
        #expect(wire(trace("220 mx ESMTP\nHELLO\nQUIT\n")) == ["S 220 mx ESMTP", "C QUIT"])
    }

    /// Sessions side by side in a log of Postfix, line by line in turn.
    private func log(_ count: Int, greeting: (Int) -> String = { _ in "220 mx.example ESMTP" }) -> String {
        ["S", "EHLO a.example", "250 mx.example", "QUIT", "221 bye"].map { line in
            (0..<count).map { number in
                let (mark, text) = line == "S" ? (">", greeting(number)) : (line.first == "2" ? ">" : "<", line)
                return "Nov 25 10:00:\(10 + number) mx postfix/smtpd[\(1000 + number)]: \(mark) a[192.0.2.7]: \(text)\n"
            }.joined()
        }.joined()
    }

    @Test(arguments: [1, 2, 7]) func `sessions that say the same side by side are as many as there are`(count: Int) {
        #expect(read(log(count)).count == count)
    }

    @Test func `each of many sessions is read anew from its own lines`() {
        let text = "a word before\n" + log(5) { "220 mx\($0).example ESMTP" }
        let file = TranscriptFile(Array(text.utf8))
        #expect(file.count == 5)
        for number in (0..<file.count).reversed() {
            let trace = Tracer.trace(of: file.recording(number).events)
            #expect(
                wire(trace) == [
                    "S 220 mx\(number).example ESMTP", "C EHLO a.example", "S 250 mx.example", "C QUIT", "S 221 bye",
                ]
            )
            #expect(notes(trace).contains { $0.contains("a word before") } == (number == 0))
            #expect(file.recording(number).events == file.recording(number).events)
        }
    }

    // MARK: The text

    @Test(arguments: ["\n", "\r\n", "\r", "\r\r\n"])
    func `lines may end in any way`(end: String) {
        let text = Self.session.map { $0.1 + end }.joined()
        #expect(wire(trace(text)) == Self.session.map { $0.0.uppercased() + " " + $0.1 })
    }

    @Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian, .utf16, .utf8])
    func `the text may be in UTF-16`(encoding: String.Encoding) throws {
        let text = Self.session.map { $0.1 + "\r\n" }.joined()
        let octets = Array(try #require(text.data(using: encoding)))
        #expect(FileKind.of(octets) == .transcript)
        let all = TranscriptReader.read(octets)
        #expect(wire(Tracer.trace(of: all.first?.events ?? [])).count == Self.session.count)
    }

    @Test func `octets that are no UTF-8 are kept`() {
        let octets =
            Array("220 mx ESMTP\nEHLO a\n250 mx\nDATA\n354 go\nGr".utf8) + [0xFC] + Array("n\n.\n250 ok\n".utf8)
        let trace = Tracer.trace(of: TranscriptReader.read(octets).first?.events ?? [])
        #expect(trace.lines.contains { $0.octets == [0x47, 0x72, 0xFC, 0x6E] })
    }

    @Test func `what a terminal adds is taken out, and that is said`() {
        let text =
            "\u{1B}]0;title\u{07}\u{1B}[1;32m220 mx ESMTP\u{1B}[0m\r\nEHLP\u{8} \u{8}O a\u{1B}[K\r\n250 mx\r\n"
        let recording = read(text).first
        #expect(wire(trace(text)) == ["S 220 mx ESMTP", "C EHLO a", "S 250 mx"])
        #expect(recording?.warnings.contains { $0.contains("terminal") } == true)
    }

    @Test func `a mail in HTML does not make a web page of its session`() {
        let text = "220 mx ESMTP\nDATA\n354 go\n<html><p>a &lt; b<br>\n</p>\n.\n250 ok\n"
        #expect(wire(trace(text)).contains("C <html><p>a &lt; b<br>"))
    }

    @Test func `every line twice counts once`() {
        let text = Self.session.map { "C: \($0.1)\n".replacing("C", with: $0.0.uppercased()) }.map { $0 + $0 }.joined()
        #expect(wire(trace(text)) == Self.session.map { $0.0.uppercased() + " " + $0.1 })
    }

    @Test func `replies run together are divided, other text is not`() {
        let joined = "220 mx ESMTP\nEHLO a\n250-mx250-SIZE 35882250250-8BITMIME250-AUTH PLAIN250 PIPELINING\nQUIT\n"
        #expect(
            wire(trace(joined))[2...6] == [
                "S 250-mx", "S 250-SIZE 35882250", "S 250-8BITMIME", "S 250-AUTH PLAIN", "S 250 PIPELINING",
            ]
        )
        let whole = "220 mx ESMTP\nEHLO a\n250-mx at 250 Main Street\n250 SIZE 250\nQUIT\n"
        #expect(wire(trace(whole))[2...3] == ["S 250-mx at 250 Main Street", "S 250 SIZE 250"])
    }

    @Test func `a line that a window wrapped goes on`() {
        let long = "250-mx.example " + String(repeating: "x", count: 100)
        let text = "220 mx ESMTP\nEHLO a\n\(long.prefix(80))\n\(long.dropFirst(80))\n250 HELP\n"
        #expect(wire(trace(text))[2...3] == ["S \(long)", "S 250 HELP"])
    }

    // MARK: Times

    @Test func `times are those of the log and never run backwards`() {
        let stamps = ["23:59:58.5", "23:59:59.0", "00:00:01.0", "23:00:00.0"]
        let lines = ["< 220 mx ESMTP", "> EHLO a", "< 250 mx", "> QUIT"]
        let text = zip(stamps, lines).map { "\($0) \($1)\n" }.joined()
        let recording = read(text).first
        #expect(trace(text).lines.filter(\.isWire).map(\.time) == [0, 0.5, 2.5, 82801.5])
        let back = "09:00:02 < 220 mx ESMTP\n09:00:01 > EHLO a\n09:00:03 < 250 mx\n"
        #expect(trace(back).lines.filter(\.isWire).map(\.time) == [0, 0, 1])
        #expect(read(back).first?.warnings.contains { $0.contains("backwards") } == true)
        #expect(recording?.header.began == "")
    }

    @Test(
        arguments: [
            ("2026-11-24T23:10:50.5Z", "2026-11-24T23:10:50Z"), ("2026-11-24T23:10:50+01:00", "2026-11-24T22:10:50Z"),
            ("[2026-11-24 23:10:50,123]", "2026-11-24T23:10:50"), ("2026/11/24 23:10:50.123456", "2026-11-24T23:10:50"),
            ("Tue 2026-11-24 23:10:50.123:", "2026-11-24T23:10:50"), ("24.11.2026 23:10:50", "2026-11-24T23:10:50"),
            ("11/24/2026 11:10:50 PM", "2026-11-24T23:10:50"), ("24/Nov/2026:23:10:50 +0000", "2026-11-24T23:10:50Z"),
            ("Nov 24 23:10:50", ""), ("23:10:50", ""),
        ]
    )
    func `when it began`(stamp: String, began: String) {
        #expect(read("\(stamp) S: 220 mx ESMTP\n\(stamp) C: QUIT\n").first?.header.began == began)
    }

    // MARK: What is missing

    @Test func `a chunk that the log leaves out is a gap of its length`() {
        let text = "S: 220 mx ESMTP\nC: BDAT 86 LAST\nS: 250 ok\nC: QUIT\nS: 221 bye\n"
        #expect(read(text).first?.events.contains { $0.kind == .gap(from: .client, octets: 86) } == true)
        #expect(wire(trace(text)).count == 5)
        let shown = "S: 220 mx ESMTP\nC: BDAT 7 LAST\nC: Hello\nS: 250 ok\n"
        #expect(wire(trace(shown)) == ["S 220 mx ESMTP", "C BDAT 7 LAST", "C Hello", "S 250 ok"])
    }

    @Test func `STARTTLS is followed by TLS even if the log does not say so`() {
        let text = "S: 220 mx ESMTP\nC: STARTTLS\nS: 220 go\nC: EHLO a\nS: 250 mx\n"
        #expect(read(text).count == 1)
        #expect(trace(text).lines.flatMap(\.findings).allSatisfy { $0.id != "octets-after-starttls" })
        #expect(read(text).first?.warnings.contains { $0.contains("TLS") } == true)
    }

    @Test(arguments: [
        "", "hello\nworld\n", "help is on its way\nquit smoking\ndata is sent\n", "2 250 3\n", "\n\n\n",
        "200 OK\n404 Not Found\n", "HELP\nQUIT\n", "* OK IMAP4\na LOGIN a b\n", "+OK POP3\nUSER a\n",
    ])
    func `prose is no dialogue`(text: String) {
        #expect(read(text).isEmpty)
        #expect(FileKind.of(Array(text.utf8)) != .transcript)
    }
}
