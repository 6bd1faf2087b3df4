import Testing

@testable import SMTP

@Suite struct DialogScriptTests {
    private static func reply(_ text: String) -> Reply {
        var assembler = ReplyAssembler()
        var reply: Reply?
        for line in text.split(separator: "\n") {
            reply = assembler.append(ReplyLine.read(Array(line.utf8)).value) ?? reply
        }
        return reply ?? Reply(lines: [])
    }

    private static func octets(_ actions: [ClientDialogue.Action]) -> String {
        actions.compactMap { action in
            switch action {
            case .sendOctets(let octets, _): octets.lossyText
            case .send(let line, _): line.onTheWire.lossyText
            default: nil
            }
        }.joined()
    }

    private static func notes(_ actions: [ClientDialogue.Action]) -> [String] {
        actions.compactMap {
            switch $0 {
            case .note(let words), .mismatch(let words): words
            default: nil
            }
        }
    }

    @Test func `a dialog is read line by line`() throws {
        let script = try DialogScript(
            """
            # title: Of two halves
            # persona: postfix
            # why it is so
            S: 220
            C: EHLO {{client.domain}}
            S: 250-a
            S: 250 b
            C: MAIL FROM:<>
            C: RCPT TO:<{{to}}>
            S: 2yz
            S: 550 5.1.1 No
            -- close
            """
        )
        #expect(script.title == "Of two halves" && script.comments == ["why it is so"])
        #expect(script.persona == "postfix")
        #expect(
            script.steps == [
                .expect(.init(text: "220")), .say(["EHLO {{client.domain}}"]), .expect(.init(text: "250-a\n250 b")),
                .say(["MAIL FROM:<>", "RCPT TO:<{{to}}>"]), .expect(.init(text: "2yz")),
                .expect(.init(text: "550 5.1.1 No")), .expectClose,
            ]
        )
    }

    @Test(
        arguments: [
            ("C: EHLO a", 1, "greeting"), ("S: 220\nhello", 2, "begins with"),
            ("S: 220\nC: {{nobody}}", 2, "{{nobody}}"),
            ("S: 220\nC: {{to", 2, "without"), ("S: 220\nC: x\nS: 250-a\nC: y", 4, "goes on"), ("S: 99", 1, "no reply"),
            ("S: 220\nC: x\nS: 250-a", 3, "last line"), ("S: 220\n-- wait", 2, "close"), ("", 1, "greeting"),
            ("S: 650", 1, "no reply"), ("S: 2yz and text", 1, "no reply"),
        ]
    )
    func `what cannot be played is said with its line`(text: String, line: Int, says: String) {
        do {
            _ = try DialogScript(text)
            Issue.record("\(text) was read")
        } catch {
            #expect(error.line == line && error.message.contains(says), "\(error)")
        }
    }

    @Test(
        arguments: [
            ("2yz", "250 x", true), ("2yz", "221 x", true), ("2yz", "450 x", false), ("25z", "221 x", false),
            ("250", "250-a\n250 b", true), ("250", "251 b", false), ("250 b", "250 b", true), ("250 b", "250 c", false),
            ("250-a\n250 b", "250-a\n250 b", true), ("250-a\n250 b", "250 b", false),
            ("550 5.1.1 No", "550 5.1.1 No", true), ("2yz", "hello", false),
        ]
    )
    func `an answer is as expected or not`(expected: String, came: String, isMet: Bool) {
        #expect(DialogScript.Expectation(text: expected).isMet(by: Self.reply(came)) == isMet)
    }

    @Test func `it is played as it stands, and what comes instead is said`() throws {
        let script = try DialogScript(
            "S: 220\nC: EHLO {{client.domain}}\nS: 250\nC: NOOP\\n\nC: RSET\nS: 5yz\nC: QUIT\nS: 221\n-- close"
        )
        var player = DialogPlayer(script, values: ["client.domain": "c.example"], isGuarded: false)
        #expect(player.connected() == [.wait(.greeting)])
        #expect(Self.octets(player.received(Self.reply("220 a"))) == "EHLO c.example\r\n")
        #expect(Self.octets(player.received(Self.reply("250 a"))) == "NOOP\nRSET\r\n")
        let actions = player.received(Self.reply("250 ok"))
        #expect(Self.notes(actions) == ["expected 5yz, and this came instead"])
        #expect(Self.octets(actions) == "QUIT\r\n")
        _ = player.received(Self.reply("221 bye"))
        #expect(player.closed().last == .finish(.completed(accepted: 0)))
        #expect(player.mismatches == 1)
    }

    private static func secured(_ script: String, reply: String = "220 go") throws -> (
        DialogPlayer, [ClientDialogue.Action]
    ) {
        var player = DialogPlayer(try DialogScript(script), values: [:], isGuarded: false)
        _ = player.connected()
        _ = player.received(Self.reply("220 a"))
        _ = player.received(Self.reply("250-a\n250 STARTTLS"))
        let actions = player.received(Self.reply(reply))
        return (player, actions)
    }

    private static let intoTLS =
        "S: 220\nC: EHLO a\nS: 250\nC: STARTTLS\nC: HELP\nS: 220\nC: EHLO b\nS: 250\nC: QUIT\nS: 221"

    @Test func `behind STARTTLS it goes on inside TLS, and what stood behind it is not answered`() throws {
        var (player, actions) = try Self.secured(Self.intoTLS)
        #expect(actions == [.startTLS, .wait(.other)])
        #expect(player.awaitedTurn == nil)
        #expect(player.received(Self.reply("250 in the clear")) == [], "nothing is heard beside the handshake")
        #expect(Self.octets(player.secured()) == "EHLO b\r\n")
        #expect(player.offer == Hello() && player.sequence.phase == .greeted && player.awaitedTurn == .hello)
        #expect(Self.octets(player.received(Self.reply("250 a"))) == "QUIT\r\n")
        #expect(player.received(Self.reply("221 bye")).last == .finish(.completed(accepted: 0)))
        #expect(player.mismatches == 0)
    }

    @Test func `a server that answers inside TLS what was said in the clear is found out`() throws {
        var (player, _) = try Self.secured(Self.intoTLS)
        _ = player.secured()
        #expect(Self.notes(player.received(Self.reply("214 help"))) == ["expected 250, and this came instead"])
    }

    @Test func `what was to be said inside TLS is not said in the clear`() throws {
        for refusal in ["454 not now", "502 no", "220"] {
            let expected = refusal == "220" ? "S: 454" : "S: 220"
            let script = "S: 220\nC: EHLO a\nS: 250\nC: STARTTLS\n\(expected)\nC: AUTH PLAIN AAAA\nS: 235"
            var (player, actions) = try Self.secured(script, reply: refusal == "220" ? "220 go" : refusal)
            guard refusal != "220" else {
                #expect(actions.contains(.startTLS), "a server that says 220 expects the handshake")
                continue
            }
            #expect(Self.octets(actions) == "QUIT\r\n")
            #expect(player.received(Self.reply("221 bye")).last == .finish(.completed(accepted: 0)))
        }
    }

    @Test func `where TLS comes first the greeting is waited for inside it`() throws {
        let script = try DialogScript("S: 220\nC: QUIT\nS: 221")
        var player = DialogPlayer(script, values: [:], isGuarded: false, beginsWithTLS: true)
        #expect(player.connected() == [.startTLS, .wait(.other)])
        #expect(player.secured() == [.wait(.greeting)])
        #expect(player.awaitedTurn == .greeting)
        #expect(Self.octets(player.received(Self.reply("220 a"))) == "QUIT\r\n")
    }

    @Test func `TLS that does not come about ends it`() throws {
        var (player, _) = try Self.secured(Self.intoTLS)
        #expect(player.notSecured("an alert") == [.close, .finish(.notSecured("an alert"))])
        (player, _) = try Self.secured(Self.intoTLS)
        #expect(player.closed().last == .finish(.closedEarly(at: .handshake)))
        (player, _) = try Self.secured(Self.intoTLS)
        #expect(player.timedOut().last == .finish(.timedOut(at: .handshake)))
        let (_, actions) = try Self.secured(Self.intoTLS, reply: "250 go")
        guard case .finish(.protocolError(at: .startTLS, _))? = actions.last else {
            return #expect(Bool(false), "\(actions)")
        }
    }

    @Test func `a 354 that was not expected ends the play, for lines would become mail`() throws {
        let script = try DialogScript("S: 220\nC: DATA\nS: 503\nC: QUIT\nS: 221")
        var player = DialogPlayer(script, values: [:], isGuarded: false)
        _ = player.connected()
        _ = player.received(Self.reply("220 a"))
        let actions = player.received(Self.reply("354 go"))
        #expect(Self.octets(actions) == "")
        #expect(actions.contains(.close))
    }

    @Test func `a 354 that does not come ends it with QUIT, for mail would become commands`() throws {
        let script = try DialogScript("S: 220\nC: DATA\nS: 354\nC: Subject: x\nC: .\nS: 250")
        var player = DialogPlayer(script, values: [:], isGuarded: false)
        _ = player.connected()
        _ = player.received(Self.reply("220 a"))
        #expect(Self.octets(player.received(Self.reply("554 no"))) == "QUIT\r\n")
        #expect(player.received(Self.reply("221 bye")).last == .finish(.completed(accepted: 0)))
    }

    @Test func `nothing that leads to a delivery is played where nobody asked for one`() throws {
        let script = try DialogScript("S: 220\nC: EHLO a\nS: 250\nC: MAIL FROM:<>\nC: RCPT TO:<a@b>\nC: DATA\nS: 2yz")
        var player = DialogPlayer(script, values: [:], isGuarded: true)
        _ = player.connected()
        _ = player.received(Self.reply("220 a"))
        #expect(Self.octets(player.received(Self.reply("250 a"))) == "QUIT\r\n")
    }

    @Test func `only CRLF dot CRLF ends mail data that is sent by hand`() {
        var sequence = CommandSequence()
        sequence.assume(.mailData)
        var hand = TypedInput()
        let data = "a\n.\nb\n.\r\nc\r\n.\nd\r\n"
        #expect(hand.append(Array(data.utf8), at: sequence).allSatisfy { !$0.isSure })
        #expect(
            hand.append(Array(".\r\nQUIT\r\n".utf8), at: sequence).filter(\.isSure).map(\.turn) == [.mailData, .quit]
        )
    }

    @Test func `octets of a chunk are no commands`() {
        var sequence = CommandSequence()
        sequence.assume(.data)
        var hand = TypedInput()
        let sent = hand.append(Array("BDAT 12\r\nQUIT\r\nRSET\r\nBDAT 0 LAST\r\n".utf8), at: sequence)
        #expect(sent.map(\.turn) == [.chunk, .lastChunk])
    }

    // MARK: What the server offers

    /// Plays a script against answers in order, and gives what went out in each turn.
    private static func play(_ text: String, _ answers: [String]) throws -> (
        said: [String], last: [ClientDialogue.Action]
    ) {
        var player = DialogPlayer(try DialogScript(text), values: [:], isGuarded: false)
        var last = player.connected()
        var said: [String] = []
        for answer in answers {
            last = player.received(reply(answer))
            said.append(octets(last))
        }
        return (said, last)
    }

    @Test(arguments: [true, false]) func `what is played follows the offer`(isOffered: Bool) throws {
        let text =
            "S: 220\nC: EHLO a\nS: 250\nC: ONE\n-- if dsn\nS: 250\n-- else\nS: 555\nC: TWO\nS: 250\n-- end\nC: QUIT\nS: 221"
        let offer = isOffered ? "250-a\n250 DSN" : "250 a"
        let answers = ["220 a", offer] + (isOffered ? ["250 ok", "221 bye"] : ["555 no", "250 ok", "221 bye"])
        let (said, last) = try Self.play(text, answers)
        let asked = isOffered ? ["EHLO a", "ONE", "QUIT", ""] : ["EHLO a", "ONE", "TWO", "QUIT", ""]
        #expect(said == asked.map { $0.isEmpty ? "" : $0 + "\r\n" })
        #expect(Self.notes(last) == [] && last.last == .finish(.completed(accepted: 0)))
    }

    @Test func `where what it is about is not offered, it says so and ends well`() throws {
        let text = "# needs: CHUNKING\nS: 220\nC: EHLO a\nS: 250\nC: BDAT 0 LAST\nS: 250"
        let (said, last) = try Self.play(text, ["220 a", "250 a", "221 bye"])
        #expect(said == ["EHLO a\r\n", "QUIT\r\n", ""])
        #expect(last.last == .finish(.completed(accepted: 0)))
    }

    @Test(arguments: [true, false]) func `a group goes out together only where that is offered`(isOffered: Bool) throws
    {
        let text =
            "# needs: PIPELINING\nS: 220\nC: EHLO a\nS: 250\nC: MAIL FROM:<>\nC: RCPT TO:<b@b>\nC: DATA\nS: 250\nS: 250\nS: 354\n"
            + "C: x\nC: .\nC: QUIT\nS: 250\nS: 221"
        let offer = isOffered ? "250-a\n250 PIPELINING" : "250 a"
        let (said, last) = try Self.play(text, ["220 a", offer, "250 1", "250 2", "354 3", "250 4", "221 5"])
        let (mail, rcpt, data) = ("MAIL FROM:<>\r\n", "RCPT TO:<b@b>\r\n", "DATA\r\n")
        #expect(
            said == ["EHLO a\r\n"]
                + (isOffered
                    ? [mail + rcpt + data, "", "", "x\r\n.\r\nQUIT\r\n", "", ""]
                    : [mail, rcpt, data, "x\r\n.\r\n", "QUIT\r\n", ""])
        )
        #expect(last.last == .finish(.completed(accepted: 1)))
    }

    @Test(
        arguments: [
            ("-- if DSN\nS: 220", "-- end"), ("S: 220\n-- else", "-- if"), ("S: 220\n-- end", "-- if"),
            ("S: 220\n-- if A\n-- else\n-- else", "-- if"), ("# verdict: guilty\nS: 220", "smuggling"),
        ]
    )
    func `a condition that is none is said`(text: String, says: String) {
        do {
            _ = try DialogScript(text)
            Issue.record("\(text) was read")
        } catch { #expect("\(error)".contains(says)) }
    }

    @Test(arguments: [
        ("S: 334\naHVudGVyMi1DQU5BUlktcTk=", "not with '********'"),
        ("S: 334\naHVudGVyMi1DQU5B", "not with '********'"),
        ("AUTH PLAIN AGFkYQBodW50ZXIy", "not with 'AUTH PLAIN ********'"),
        ("S: aHVudGVyMi1DQU5B", "'********' is no reply"),
        ("c: AUTH BOGUS aHVudGVyMi1DQU5B", "not with 'c: AUTH BOGUS ******"), ("EHLO", "not with 'EHLO'"),
        ("MAIL FROM:<a@b.example>", "not with 'MAIL FROM:<a@b.examp'"), ("--aHVudGVyMi1DQU5B", "not '--********'"),
    ]) func `what an error quotes shows no credential`(lines: String, says: String) {
        let error = #expect(throws: DialogScriptError.self) { try DialogScript("S: 220\nC: AUTH LOGIN\n\(lines)") }
        #expect(error?.message.contains(says) == true)
    }

    // MARK: Smuggling

    private static let smuggling =
        "# verdict: smuggling\nS: 220\nC: DATA\nS: 354\nC: x\\n.\\nDATA\nC: .\nS: 250\nC: QUIT\nS: 221\n-- close"

    @Test(
        arguments: [
            (["250 one", "221 bye"], Smuggling.tookOne), (["250 one", "354 go", "250 two", "221 bye"], .tookMails(2)),
            (["250 one", "503 what", "500 what", "221 bye"], .obeyedContent), (["521 bare LF"], .refused(521)),
            (["550 no", "221 bye"], .refused(550)), (["421 no"], .refused(421)), ([], .refused(nil)),
        ] as [([String], Smuggling)]
    )
    func `whether two mails were taken is said in the end`(answers: [String], verdict: Smuggling) throws {
        var player = DialogPlayer(try DialogScript(Self.smuggling), values: [:], isGuarded: false)
        var actions = player.connected()
        for answer in ["220 a", "354 go"] + answers where !actions.contains(.close) {
            actions = player.received(Self.reply(answer))
        }
        if !actions.contains(.close) { actions = player.closed() }
        #expect(actions.contains(.smuggling(verdict)), "\(actions)")
        #expect(player.mismatches == 0)
        let hasEndedWell = if case .finish(.completed)? = actions.last { true } else { false }
        #expect(hasEndedWell, "\(actions)")
    }

    @Test func `what was there before QUIT was said is counted too`() throws {
        var player = DialogPlayer(try DialogScript(Self.smuggling), values: [:], isGuarded: false)
        _ = player.connected()
        for answer in ["220 a", "354 go", "250 one"] { _ = player.received(Self.reply(answer)) }
        for answer in ["354 go", "250 two"] { player.receivedEarly(Self.reply(answer)) }
        #expect(player.received(Self.reply("221 bye")) == [.wait(.other)])
        #expect(player.closed().contains(.smuggling(.tookMails(2))))
    }
}
