import Testing

@testable import SMTP

/// Events that are not lines: handshakes, silence, a client that goes away; and rules with a path.
extension ServerDialogueTests {
    // MARK: STARTTLS

    @Test func `STARTTLS starts the session over and is not offered again`() {
        var server = Self.server(ServerDialogue.Policy(domain: "mx.example", offered: ["STARTTLS", "AUTH PLAIN"]))
        #expect(Self.codes(server.received(WireLine("STARTTLS now"))) == [501])
        _ = server.received(WireLine("MAIL FROM:<>"))
        #expect(Self.codes(server.received(WireLine("STARTTLS"))) == [503])
        _ = server.received(WireLine("RSET"))
        let done = server.received(WireLine("STARTTLS"))
        #expect(Self.codes(done) == [220])
        #expect(done.last == .startTLS)
        #expect(server.received(WireLine("EHLO injected.example")) == [], "in clear behind STARTTLS (RFC 3207 §4.2)")
        #expect(server.secured() == [])
        #expect(server.secured() == [])
        #expect(Self.codes(server.received(WireLine("MAIL FROM:<>"))) == [503], "who it was before is forgotten")
        guard case .reply(let lines, .hello)? = server.received(WireLine("EHLO a.example")).first else {
            Issue.record("no answer to EHLO")
            return
        }
        #expect(lines.map { $0.octets.lossyText } == ["250-mx.example greets a.example", "250 AUTH PLAIN"])
        #expect(Self.codes(server.received(WireLine("STARTTLS"))) == [502])
    }

    @Test func `where TLS comes first the greeting is inside, and STARTTLS is not offered`() {
        var policy = ServerDialogue.Policy(domain: "mx.example", offered: ["STARTTLS", "AUTH PLAIN"])
        policy.requiresTLS = true
        var server = ServerDialogue(policy)
        #expect(server.received(WireLine("EHLO early.example")) == [])
        #expect(Self.codes(server.secured()) == [220])
        #expect(server.connected() == [], "there is one greeting")
        guard case .reply(let lines, .hello)? = server.received(WireLine("EHLO a.example")).first else {
            Issue.record("no answer to EHLO")
            return
        }
        #expect(lines.map { $0.octets.lossyText } == ["250-mx.example greets a.example", "250 AUTH PLAIN"])
        #expect(server.transport == "ESMTPS")
        #expect(Self.codes(server.received(WireLine("STARTTLS"))) == [502])
        #expect(Self.codes(server.received(WireLine("MAIL FROM:<>"))) == [250], "this is the TLS that is required")
    }

    @Test func `who authenticated in clear is nobody after the handshake`() {
        let policy = ServerDialogue.Policy(
            domain: "mx.example",
            offered: ["STARTTLS", "AUTH PLAIN"],
            localDomains: ["mx.example"]
        )
        var server = Self.server(policy)
        let lines = ["AUTH PLAIN AGEAYg==", "STARTTLS"]
        #expect(lines.map { Self.codes(server.received(WireLine($0))) } == [[235], [220]])
        _ = server.secured()
        let after = ["EHLO a.example", "MAIL FROM:<>", "RCPT TO:<b@elsewhere.example>", "RSET", "AUTH PLAIN AGEAYg=="]
        #expect(after.flatMap { Self.codes(server.received(WireLine($0))) } == [250, 250, 550, 250, 235])
    }

    @Test(arguments: ["AGFkYQA=", "AABwdw==", "YWRh", "AGEAYgBj", ""])
    func `a response of PLAIN has a user and a password`(response: String) {
        var server = Self.server(ServerDialogue.Policy(domain: "mx.example", offered: ["AUTH PLAIN"]))
        _ = server.received(WireLine("AUTH PLAIN"))
        #expect(Self.codes(server.received(WireLine(response))) == [501])
        #expect(server.phase == .identified)
    }

    @Test func `a server that closed after its greeting says no more`() {
        let rule = ServerDialogue.Rule(turn: .greeting, code: 450, text: "Later")
        var server = ServerDialogue(ServerDialogue.Policy(domain: "mx.example", rules: [rule]))
        #expect(server.connected().last == .close)
        #expect(server.timedOut() == [])
        #expect(server.connected() == [])
    }

    @Test func `a refused STARTTLS leaves the session in clear`() {
        let rule = ServerDialogue.Rule(verb: .startTLS, code: 454, enhanced: "4.7.0", text: "Not now")
        var server = Self.server(ServerDialogue.Policy(domain: "mx.example", offered: ["STARTTLS"], rules: [rule]))
        #expect(server.received(WireLine("STARTTLS")).count == 1)
        #expect(Self.codes(server.received(WireLine("MAIL FROM:<>"))) == [250])
    }

    @Test func `silence during the handshake closes without a word in clear`() {
        var server = Self.server(ServerDialogue.Policy(domain: "mx.example", offered: ["STARTTLS"]))
        _ = server.received(WireLine("STARTTLS"))
        #expect(server.timedOut() == [.close])
        #expect(server.timedOut() == [])
    }

    // MARK: Events out of place

    @Test func `events before the beginning and after the end change nothing`() {
        var server = ServerDialogue(ServerDialogue.Policy(domain: "mx.example"))
        #expect(server.received(WireLine("EHLO a.example")) == [])
        #expect(server.received(chunk: [1]) == [])
        #expect(server.connected().count == 1)
        #expect(server.connected() == [])
        #expect(server.received(WireLine("QUIT")).last == .close)
        #expect(server.received(WireLine("NOOP")) == [])
        #expect(server.timedOut() == [])
        #expect(server.connected() == [])
    }

    @Test func `a client that goes away in the middle leaves no mail`() {
        var server = Self.server(afterDATA: true)
        _ = server.received(WireLine("half a mail"))
        guard case .notAccepted(let mail, let why)? = server.closed().first else {
            Issue.record("nobody was told of the half mail")
            return
        }
        #expect(mail.content.lossyText == "half a mail\r\n")
        #expect(mail.envelope.forwardPaths.count == 1)
        #expect(why == "the client closed the connection")
        #expect(server.closed() == [], "told once")
        #expect(server.received(WireLine(".")) == [])
        #expect(server.acceptedMails == 0)
    }

    @Test func `what needs lines does not go by DATA when it is binary`() {
        var server = Self.server(ServerDialogue.Policy(domain: "mx.example", offered: ["CHUNKING", "BINARYMIME"]))
        _ = server.received(WireLine("MAIL FROM:<> BODY=BINARYMIME"))
        _ = server.received(WireLine("RCPT TO:<b@mx.example>"))
        #expect(Self.codes(server.received(WireLine("DATA"))) == [503])
        #expect(Self.codes(server.received(WireLine("BDAT 0 LAST"))) == [250])
    }

    @Test(arguments: [
        ("nosuch@", true), ("NOSUCH@", true), ("such@", false), ("@mx.example", true), ("@MX.EXAMPLE", true),
        ("@example", false), ("nosuch@mx.example", true), ("nosuch@other.example", false), ("<>", false),
        ("postmaster", false),
    ])
    func `a rule's path fits a local part, a domain or an address`(path: String, fits: Bool) throws {
        let rule = ServerDialogue.Rule(verb: .rcpt, path: path, code: 550, text: "No")
        let mailbox = try Mailbox("nosuch@mx.example")
        #expect(rule.fits(.rcpt, verb: .rcpt, path: .mailbox(mailbox)) == fits)
        #expect(!rule.fits(.mail, verb: .mail, path: .mailbox(mailbox)))
        #expect(!rule.fits(.rcpt, verb: .rcpt, path: nil))
        #expect(rule.fits(.rcpt, verb: .rcpt, path: .null) == (path == "<>"))
        #expect(rule.fits(.rcpt, verb: .rcpt, path: .postmaster) == (path == "postmaster"))
    }
}
