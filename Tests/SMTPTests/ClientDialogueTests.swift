import Testing

@testable import SMTP

/// What a `.dialog` cannot say of the client: what it refuses to begin with, how long it waits, and what it hides.
@Suite struct ClientDialogueTests {
    private static func mail(
        to recipients: [String] = ["bob@mx.example"],
        content: String = "Subject: x\r\n\r\nx\r\n"
    ) throws -> MailObject {
        MailObject(
            envelope: Envelope(
                reversePath: try ReversePath("ada@client.example"),
                forwardPaths: try recipients.map { try ForwardPath($0) }
            ),
            content: Array(content.utf8)
        )
    }

    private static func plan(_ change: (inout ClientDialogue.Plan) throws -> Void = { _ in }) throws
        -> ClientDialogue.Plan
    {
        var plan = ClientDialogue.Plan(clientName: "client.example", mails: [try mail()])
        try change(&plan)
        return plan
    }

    private static func reply(_ lines: String...) -> Reply {
        Reply(lines: lines.map { ReplyLine.read(Array($0.utf8)).value })
    }

    // MARK: Before anything is sent

    @Test(arguments: [
        "", "a b", "client.example\r\nQUIT", "client.example\0", "-x", "caf\u{E9}.example", "[192.0.2]", "a..b",
    ])
    func `a name that is no domain is refused`(name: String) throws {
        let plan = try Self.plan { $0.clientName = name }
        #expect(throws: ClientDialogue.PlanError.clientNameOutsideGrammar) { try ClientDialogue(plan) }
    }

    @Test(arguments: ["localhost", "client.example", "[192.0.2.1]", "[IPv6:2001:db8::1]", "xn--caf-dma.example"])
    func `a domain or an address literal is a name`(name: String) throws {
        var client = try ClientDialogue(try Self.plan { $0.clientName = name })
        _ = client.connected()
        let hello = try OutgoingLine("EHLO \(name)")
        #expect(client.received(Self.reply("220 x")) == [.send(hello, .hello), .wait(.other)])
    }

    @Test func `a plan that cannot be carried out is refused whole`() throws {
        let long = String(repeating: "d", count: 60) + "."
        let path = "a@" + long + long + long + long + "example.org"
        let cases: [(ClientDialogue.PlanError, (inout ClientDialogue.Plan) throws -> Void)] = [
            (.notAHello(.noop), { $0.hello = .noop }),
            (.noRecipient(mail: 1), { $0.mails.append(try Self.mail(to: [])) }),
            (.pathTooLong(mail: 0, octets: path.utf8.count + 2), { $0.mails = [try Self.mail(to: [path])] }),
            (.lineTooLong(mail: 0, octets: 999), { $0.mails[0].content = Array(repeating: 120, count: 999) }),
            (.holdsNUL(mail: 0), { $0.mails[0].content = Array("a\0b".utf8) }),
            (.credentialsInClear, { $0.credentials = try Credentials(user: "ada", password: "secret") }),
            (
                .credentialsNeedEHLO,
                {
                    $0.credentials = try Credentials(user: "ada", password: "secret")
                    $0.mayAuthenticateInClear = true
                    $0.hello = .helo
                }
            ),
        ]
        for (error, change) in cases {
            let plan = try Self.plan(change)
            #expect(throws: error) { try ClientDialogue(plan) }
            #expect(!"\(error)".isEmpty)
        }
        let justOver = try Self.plan {
            $0.mails = [try Self.mail(to: ["aa@" + long + long + long + long + "exam.org"])]
        }
        #expect(throws: ClientDialogue.PlanError.pathTooLong(mail: 0, octets: 257)) { try ClientDialogue(justOver) }
        let fits = "a@" + long + long + long + long + "exam.org"
        #expect(try ForwardPath(fits).octets.count == 256)
        #expect(throws: Never.self) { try ClientDialogue(try Self.plan { $0.mails = [try Self.mail(to: [fits])] }) }
        #expect(throws: Never.self) {
            try ClientDialogue(try Self.plan { $0.mails[0].content = Array(repeating: 120, count: 998) })
        }
    }

    // MARK: Time

    @Test func `each answer has its own limit`() throws {
        var client = try ClientDialogue(try Self.plan())
        var limits: [TimeLimit] = []
        for actions in [client.connected()]
            + ["220 x", "250 x", "250 x", "250 x", "354 x", "250 x"].map({ client.received(Self.reply($0)) })
        {
            for case .wait(let limit) in actions { limits.append(limit) }
        }
        #expect(limits == [.greeting, .other, .mail, .rcpt, .data, .acceptance, .other])
    }

    @Test func `a limit that passes closes and says where`() throws {
        var client = try ClientDialogue(try Self.plan())
        #expect(client.timedOut() == [], "nothing is waited for yet")
        _ = client.connected()
        #expect(client.timedOut() == [.close, .finish(.timedOut(at: .greeting))])
    }

    // MARK: Answers that cannot be

    /// Every class of reply at every turn: there is always a way on or out, and mail data follows 354 to DATA only.
    @Test(arguments: [
        "200", "211", "250", "299", "334", "354", "399", "400", "421", "450", "500", "503", "550", "599", "600", "099",
        "",
    ])
    func `the session always comes to an end`(code: String) throws {
        for turn in 0...6 {
            var client = try ClientDialogue(try Self.plan { $0.mails.append(try Self.mail()) })
            var actions = client.connected()
            for good in ["220 x", "250 x", "250 x", "250 x", "354 x", "250 x"].prefix(turn) {
                actions = client.received(Self.reply(good))
            }
            let sentData = client.awaitedTurn == .mailData
            actions = client.received(Self.reply("\(code) odd"))
            if case .sendMailData? = actions.first { #expect(turn == 4 && code.hasPrefix("3")) }
            for _ in 0..<20 where client.awaitedTurn != nil { actions = client.received(Self.reply("\(code) odd")) }
            guard case .finish? = actions.last else {
                Issue.record("\(code) at turn \(turn) has no end")
                continue
            }
            #expect(actions.dropLast() == [.close])
            #expect(client.awaitedTurn == nil)
            #expect(client.acceptedMails == (turn == 6 || sentData && code.hasPrefix("2") ? 1 : 0))
        }
    }

    @Test func `in LMTP the last answer to the mail data ends the transaction, and one yes is a mail`() throws {
        let mail = try Self.mail(to: ["a@mx.example", "b@mx.example"])
        var client = try ClientDialogue(
            ClientDialogue.Plan(clientName: "c.example", mails: [mail, mail], hello: .lhlo)
        )
        _ = client.connected()
        for code in [220, 250, 250, 250, 250, 354] { _ = client.received(Self.reply("\(code) x")) }
        #expect(client.received(Self.reply("250 a")) == [.wait(.acceptance)])
        #expect(client.sequence.phase == .mailData)
        #expect(client.acceptedMails == 0)
        _ = client.received(Self.reply("452 b"))
        #expect(client.sequence.phase == .identified)
        #expect(client.acceptedMails == 1)
        for code in [250, 250, 250, 354, 452] { _ = client.received(Self.reply("\(code) x")) }
        #expect(client.sequence.phase == .mailData)
        _ = client.received(Self.reply("452 b"))
        #expect(client.acceptedMails == 1)
        #expect(client.awaitedTurn == .quit)
    }

    // MARK: What MAIL declares

    @Test func `SIZE counts what the wire counts, stuffed dots left out`() throws {
        let mails = [("", 0), ("a", 3), ("a\r\n", 3), ("a\nb", 6), (".\r\n", 3), ("\r\n\r\n", 4), ("\r", 2)]
        for (content, size) in mails {
            #expect(try Self.mail(content: content).declaredSize == size, "\(content.debugDescription)")
        }
    }

    @Test func `SIZE is left out when that was asked for`() throws {
        var client = try ClientDialogue(try Self.plan { $0.declareSize = false })
        _ = client.connected()
        _ = client.received(Self.reply("220 x"))
        let mail = try OutgoingLine("MAIL FROM:<ada@client.example>")
        #expect(client.received(Self.reply("250-x", "250 SIZE 100")) == [.send(mail, .mail), .wait(.mail)])
    }

    @Test(arguments: [
        ("Subject: \u{FC}\r\n\r\nx", true), ("Subject: x\r\n\r\n\u{FC}", false), ("Subject: x\n\n\u{FC}", false),
        ("x", false),
    ])
    func `a header beyond ASCII needs SMTPUTF8, a body does not`(content: String, needs: Bool) throws {
        #expect(try Self.mail(content: content).needsSMTPUTF8 == needs)
    }

    @Test func `the first octet above ASCII is above ASCII`() throws {
        var mail = try Self.mail()
        mail.content = [0x7F]
        #expect(!mail.needsSMTPUTF8 && !mail.isEightBit)
        mail.content = [0x80]
        #expect(mail.needsSMTPUTF8 && mail.isEightBit)
    }

    // MARK: Secrets

    @Test func `no description shows a password`() throws {
        let credentials = try Credentials(user: "ada", password: "hunter2-CANARY")
        var texts = ["\(credentials)", String(reflecting: credentials)]
        dump(credentials, to: &texts[0])
        for offer in ["AUTH PLAIN", "AUTH LOGIN"] {
            let plan = try Self.plan {
                $0.credentials = credentials
                $0.mayAuthenticateInClear = true
            }
            var client = try ClientDialogue(plan)
            texts += ["\(plan)", "\(client)"]
            _ = client.connected()
            _ = client.received(Self.reply("220 x"))
            var actions = client.received(Self.reply("250-x", "250 \(offer)"))
            for _ in 0..<2 {
                texts += ["\(actions)", String(reflecting: actions), "\(client)"]
                actions = client.received(Self.reply("334 x"))
            }
            texts += ["\(actions)"]
        }
        for text in texts {
            #expect(!text.contains("hunter2") && !text.contains("aHVudGVyMi") && !text.contains("odW50ZXIyL"))
            #expect(!text.contains("104, 117, 110"), "nor its octets as numbers")
        }
    }

    @Test func `credentials that cannot be sent are refused`() {
        #expect(throws: CredentialsError.noUser) { try Credentials(user: "", password: "x") }
        #expect(throws: CredentialsError.noPassword) { try Credentials(user: "x", password: "") }
        #expect(throws: CredentialsError.holdsNUL) { try Credentials(user: "a\0b", password: "x") }
        #expect(throws: CredentialsError.holdsNUL) { try Credentials(user: "a", password: "\0x") }
    }
}

@Suite struct ClientSASLTests {
    private static func hello(_ offer: String) -> Hello {
        Hello(Reply(lines: ["250-mx.example", "250 \(offer)"].map { ReplyLine.read(Array($0.utf8)).value }))
    }

    @Test(arguments: [
        ("AUTH PLAIN LOGIN", Mechanism.plain), ("auth login plain", .plain), ("AUTH LOGIN", .login),
        ("AUTH CRAM-MD5", nil), ("AUTH", nil), ("SIZE", nil), ("AUTH PLAINTEXT", nil),
    ])
    func `the better mechanism of both sides is taken`(offer: String, mechanism: Mechanism?) {
        #expect(ClientSASL.mechanism(offeredIn: Self.hello(offer)) == mechanism)
    }

    @Test func `a response too long for the command line waits for the challenge`() throws {
        // RFC 4954 §4: "AUTH PLAIN " and 499 octets fill a line of 512 with its CRLF; Base64 comes in fours.
        for (password, fits) in [(369, true), (370, false)] {
            let credentials = try Credentials(user: "a", password: String(repeating: "p", count: password))
            var exchange = ClientSASL(.plain, credentials)
            #expect((exchange.start() == (try OutgoingLine("AUTH PLAIN"))) == !fits)
            let response = exchange.challenged()
            #expect((response == OutgoingLine(trusted: "*")) == fits)
            #expect(exchange.challenged() == OutgoingLine(trusted: "*"))
        }
    }

    @Test func `an exchange that is started twice is called off`() throws {
        let credentials = try Credentials(user: "a", password: "b")
        for mechanism in [Mechanism.plain, .login] {
            var exchange = ClientSASL(mechanism, credentials)
            #expect(exchange.challenged() == OutgoingLine(trusted: "*"))
            #expect(exchange.start() == OutgoingLine(trusted: "*"))
            var other = ClientSASL(mechanism, credentials)
            #expect(other.start() != OutgoingLine(trusted: "*"))
            #expect(other.start() == OutgoingLine(trusted: "*"))
            #expect(other.challenged() == OutgoingLine(trusted: "*"))
        }
    }
}
