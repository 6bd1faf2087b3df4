import SMTP
import Screen
import ScreenSupport
import Testing
import Tracing

@testable import Interface

/// The raw prompt, the question about the delivery, and waiting.
struct ByHandTests {
    private static func walk(_ columns: Int = 80, _ rows: Int = 24) throws -> Walk {
        var walk = try LiveTests.walk()
        (walk.state.view.columns, walk.state.view.rows) = (columns, rows)
        walk.state.session.phase = .identified
        return walk
    }

    private static let reset = Session.Pending(
        step: .quit,
        octets: Array("RSET\r\n".utf8),
        target: "mx.receiver.example",
        consent: "bob@receiver.example"
    )

    // MARK: Any line

    @Test func `a line goes as it was typed, and nothing in it is a command of ours`() throws {
        var walk = try Self.walk()
        walk.press(.character(":"))
        #expect(walk.state.prompt.question == .raw)
        walk.type("q VRFY bob")
        #expect(walk.press(.enter) == [.sendByHand(Array("q VRFY bob\r\n".utf8))])
        #expect(walk.state.prompt.question == nil && walk.state.prompt.history == ["q VRFY bob"])
    }

    @Test(
        arguments: [
            ("NOOP\\n", "NOOP\n"), ("NOOP\\r\\n", "NOOP\r\n"), ("a\\r\\nb", "a\r\nb\r\n"),
            ("a\\x00\\x7f", "a\u{0}\u{7F}\r\n"),
            ("a\\tb\\0", "a\tb\u{0}\r\n"), ("a\\\\n", "a\\n\r\n"), ("a\\q", "a\\q\r\n"), ("NO\\c", "NO"),
            ("\\x0A", "\n"),
            ("\\xZZ", "\\xZZ\r\n"), ("\\r\\n", "\r\n"),
        ]
    )
    func `escapes are octets`(typed: String, octets: String) throws {
        var walk = try Self.walk()
        walk.press(.character(":"))
        walk.type(typed)
        #expect(walk.press(.enter) == [.sendByHand(Array(octets.utf8))])
    }

    @Test func `an empty answer sends nothing, and Esc neither`() throws {
        var walk = try Self.walk()
        walk.press(.character(":"))
        #expect(walk.press(.enter) == [])
        walk.press(.character(":"))
        walk.type("RSET")
        #expect(walk.press(.escape) == [])
        #expect(
            walk.state.prompt.question == nil && walk.state.prompt.history.isEmpty
                && walk.state.session.pending == LiveTests.mail
        )
    }

    @Test func `lines typed before come back`() throws {
        var walk = try Self.walk()
        for line in ["NOOP", "RSET", "NOOP"] {
            walk.press(.character(":"))
            walk.type(line)
            walk.press(.enter)
        }
        #expect(walk.state.prompt.history == ["RSET", "NOOP"])
        walk.press(.character(":"), .up)
        #expect(walk.state.prompt.typed == "NOOP" && walk.state.prompt.caret == 4)
        walk.press(.up, .up)
        #expect(walk.state.prompt.typed == "RSET")
        walk.press(.down)
        #expect(walk.state.prompt.typed == "NOOP")
        walk.press(.down, .down)
        #expect(walk.state.prompt.typed == "")
    }

    @Test func `a paste of several lines waits as a whole`() throws {
        var walk = try Self.walk()
        walk.press(.character(":"))
        #expect(walk.press(.paste("MAIL FROM:<>\nRCPT TO:<a@b\\c>\n")) == [])
        #expect(walk.state.prompt.typed == "MAIL FROM:<>\\r\\nRCPT TO:<a@b\\\\c>")
        #expect(walk.screen.contains("2 lines at once"))
        #expect(walk.press(.enter) == [.sendByHand(Array("MAIL FROM:<>\r\nRCPT TO:<a@b\\c>\r\n".utf8))])
    }

    @Test func `what a line will cause is said before it goes`() throws {
        for (line, phase, words) in [
            ("RCPT TO:<a@b.example>", .identified, "RCPT before MAIL: expect 503"), ("FOO", .identified, "expect 500"),
            ("MAIL FROM:<a@b.example>", .forwardPaths, "inside a mail transaction: expect 503"),
            ("DATA", .reversePath, "before RCPT: expect 503"), ("AUTH PLAIN", .identified, "AUTH was not offered"),
            ("MAIL FROM:<a@b.example>", .greeted, "before EHLO: expect 503"), ("NOOP\\n", .identified, "a bare LF"),
            ("RSET", .forwardPaths, "forgets"), (".", .mailData, "delivered"),
            ("hello", .mailData, "a line of the mail"),
            ("MAIL FROM:", .identified, "expect 501"), ("EHLO a.example", .reversePath, "like RSET"),
        ] as [(String, CommandSequence.Phase, String)] {
            var walk = try Self.walk()
            walk.state.session.phase = phase
            walk.press(.character(":"))
            walk.type(line)
            #expect(walk.screen.contains(words), "\(line): \(walk.screen)")
        }
        var walk = try Self.walk()
        walk.press(.character(":"))
        walk.type("MAIL FROM:<a@b.example>")
        #expect(!walk.screen.contains("expect"))
    }

    @Test func `without a live session there is no line to send`() throws {
        var replay = try Walk(try Fixture.seed())
        replay.press(.character(":"))
        #expect(
            replay.state.prompt.question == nil
                && replay.state.view.notice == "only a live session has a server to send to"
        )
        var over = try Self.walk()
        over.state.session.source = .live(finished: true)
        over.press(.character(":"))
        #expect(over.state.prompt.question == nil)
    }

    // MARK: Nothing is delivered by accident

    @Test func `Enter asks for the address, and that alone allows the delivery`() throws {
        var walk = try Self.walk()
        walk.give(.held(Self.reset))
        #expect(walk.screen.contains("nothing is delivered unless"))
        #expect(walk.press(.enter) == [])
        #expect(walk.state.prompt.question == .consent)
        #expect(walk.screen.contains("Type bob@receiver.example to deliver it"))
        walk.type("carol@receiver.example")
        #expect(walk.press(.enter) == [])
        #expect(walk.state.session.pending == Self.reset)
        walk.press(.enter)
        walk.type("<Bob@receiver.example>")
        #expect(walk.press(.enter) == [.allowDelivery])
    }

    @Test func `an empty answer leaves with RSET, Esc leaves the question`() throws {
        var walk = try Self.walk()
        walk.give(.held(Self.reset))
        walk.press(.enter)
        #expect(walk.press(.escape) == [])
        #expect(walk.state.session.pending == Self.reset)
        walk.press(.enter)
        #expect(walk.press(.enter) == [.release])
    }

    @Test func `a question about what no longer stands there is void`() throws {
        var walk = try Self.walk()
        walk.give(.held(Self.reset))
        walk.press(.enter)
        walk.type("bob@receiver.example")
        walk.give(.held(nil))
        #expect(walk.state.prompt.question == nil)
        #expect(walk.press(.enter) == [])
    }

    // MARK: Waiting

    private static let waiting = Session.Waiting(words: "354", limit: 120, rule: "RFC 5321 §4.5.3.2.4")

    @Test func `waiting is shown beside its limit, and counts`() throws {
        var walk = try Self.walk()
        walk.press(.enter)
        let effects = walk.give(.awaiting(Self.waiting))
        #expect(effects == [.startTimer(seconds: 0.25, id: walk.state.view.timer)])
        for _ in 1...13 { walk.give(.timerFired(walk.state.view.timer)) }
        #expect(walk.screen.contains("waiting for 354, 0:03 of 2:00"))
        #expect(walk.screen.contains("limit: RFC 5321 §4.5.3.2.4"))
        // A timer that was called off counts nothing.
        #expect(walk.give(.timerFired(walk.state.view.timer - 1)) == [])
        walk.give(.awaiting(nil))
        #expect(!walk.screen.contains("waiting for 354"))
        #expect(walk.give(.timerFired(walk.state.view.timer)) == [])
    }

    @Test func `a line that grows is seen`() throws {
        var walk = try Self.walk(120, 40)
        walk.press(.enter)
        walk.give(.awaiting(Self.waiting))
        walk.give(.growing(Array("25\u{1B}[2J".utf8)))
        #expect(walk.screen.contains("25\\x1B[2J…"))
    }

    @Test func `Esc cancels a wait, and nothing else`() throws {
        var walk = try Self.walk()
        #expect(walk.press(.escape) == [])
        walk.press(.enter)
        walk.give(.awaiting(Self.waiting))
        walk.press(.character("?"))
        #expect(walk.press(.escape) == [])
        #expect(walk.press(.escape) == [.cancel])
    }

    // MARK: Screens

    @Test(arguments: [(80, 24), (120, 40), (40, 12)])
    func `screens`(size: (Int, Int)) throws {
        var walk = try Self.walk(size.0, size.1)
        walk.press(.character(":"))
        walk.type("RCPT TO:<x@y.example>")
        expectGolden(walk.canvas, "live-raw-\(size.0)x\(size.1)")
        walk.press(.escape)
        walk.give(.held(Self.reset))
        walk.press(.enter)
        walk.type("bob@rec")
        expectGolden(walk.canvas, "live-consent-\(size.0)x\(size.1)")
        walk.press(.escape)
        walk.give(.held(nil))
        walk.give(.awaiting(Self.waiting))
        walk.give(.growing(Array("354 go a".utf8)))
        for _ in 1...13 { walk.give(.timerFired(walk.state.view.timer)) }
        expectGolden(walk.canvas, "live-waiting-\(size.0)x\(size.1)")
    }

    // MARK: Copy as

    private static func trace(_ dialogue: String) -> Trace {
        let connected = WireEvent(.connected(to: "mx.b.example [192.0.2.7]:2525"), leg: .relay)
        return Tracer.trace(
            of: [WireEvent(.connect(to: "mx.b.example [192.0.2.7]:2525"), leg: .relay), connected]
                + Fixture.events(dialogue)
        )
    }

    @Test func `a session so far as a command of swaks stops where it stopped`() {
        let text = CopyAs.swaks.text(
            of: Self.trace(
                "S: 220 b\nC: EHLO c.example\nS: 250 b\nC: MAIL FROM:<a@c.example>\nS: 250 ok\nC: RCPT TO:<o'b@b.example>"
            )
        )
        #expect(
            text
                == "swaks --server 192.0.2.7 --port 2525 --helo c.example --from a@c.example --to 'o'\\''b@b.example' --quit-after RCPT\n"
        )
    }

    @Test func `nothing from the wire becomes a command of the shell`() {
        for text in ["$(reboot)", "`x`", "a;b", "a b", "'", "\\", "\"", "&", "|", "\u{1B}[2J", "", "a\nb", "*"] {
            let word = CopyAs.quoted(text.utf8)
            #expect(word.hasPrefix("'") && word.hasSuffix("'") || word.hasPrefix("$'"), "\(word)")
            #expect(!word.unicodeScalars.contains { $0.value < 32 })
        }
        #expect(CopyAs.quoted("\u{1B}'".utf8) == "$'\\x1b\\''")
    }

    @Test func `a name of a program is asked for, its beginning is enough`() throws {
        var walk = try Self.walk()
        walk.press(.character("c"))
        #expect(walk.state.prompt.typed == "swaks")
        for _ in 1...5 { walk.press(.backspace) }
        walk.type("tel")
        guard case .copyUnseen(let text)? = walk.press(.enter).first else {
            Issue.record("nothing was copied")
            return
        }
        #expect(text == "# no connection was made yet\n")
        walk.press(.character("c"))
        walk.type("x")
        #expect(walk.press(.enter) == [])
        #expect(walk.state.view.notice.contains("curl"))
    }
}
