import Testing

@testable import SMTP

/// Where a session can stand, and where it cannot: what flags beside each other let happen.
extension ServerDialogueTests {
    private static func say(_ server: inout ServerDialogue, _ lines: String...) -> [ServerDialogue.Action] {
        lines.flatMap { server.received(WireLine($0)) }
    }

    private static func policy(
        _ offered: [String] = ["CHUNKING"],
        _ rules: ServerDialogue.Rule...
    ) -> ServerDialogue.Policy {
        ServerDialogue.Policy(domain: "mx.example", offered: offered, rules: rules)
    }

    // MARK: A phase is entered with what belongs to it, or not at all

    @Test func `who is told to begin TLS is heard no more until the handshake`() {
        // Not offered, and a rule says 220 all the same.
        var server = Self.server(Self.policy([], ServerDialogue.Rule(verb: .startTLS, code: 220, text: "Go")))
        #expect(Self.say(&server, "STARTTLS").last == .startTLS)
        #expect(server.phase == .securing)
        #expect(Self.say(&server, "NOOP") == [])
        #expect(server.secured() == [])
        #expect(server.phase == .greeted)
    }

    @Test func `a verb without a transaction of its own begins none`() {
        var server = Self.server(Self.policy([], ServerDialogue.Rule(verb: .send, code: 250, text: "Fine")))
        #expect(Self.codes(Self.say(&server, "SEND FROM:<a@b.example>", "RCPT TO:<c@mx.example>")) == [250, 503])
        #expect(server.phase == .identified)
    }

    @Test func `who says 334 without an exchange takes the next line for a response`() {
        var server = Self.server(Self.policy([], ServerDialogue.Rule(verb: .auth, code: 334, text: "")))
        #expect(Self.codes(Self.say(&server, "AUTH PLAIN", "AGEAYg==", "NOOP")) == [334, 503, 250])
    }

    @Test func `a password is asked for once, whatever a rule answers it with`() {
        let rule = ServerDialogue.Rule(verb: .auth, code: 334, text: "")
        var server = Self.server(Self.policy(["AUTH LOGIN"], rule))
        let said = Self.say(&server, "AUTH LOGIN", "YQ==", "Yg==", "Yg==", "NOOP")
        #expect(Self.codes(said) == [334, 334, 334, 503, 250])
    }

    // MARK: A transaction is over for everybody

    @Test(arguments: [354, 450, 550] as [UInt16])
    func `a chunk that is not taken ends the transaction, whatever the code`(code: UInt16) {
        var server = Self.server(Self.policy(["CHUNKING"], ServerDialogue.Rule(verb: .bdat, code: code, text: "No")))
        _ = Self.say(&server, "MAIL FROM:<>", "RCPT TO:<b@mx.example>", "BDAT 3")
        let done = server.received(chunk: Array("abc".utf8))
        #expect(Self.codes(done) == [Int(code)])
        #expect(done.contains { if case .notAccepted = $0 { true } else { false } })
        #expect(server.phase == .identified)
        #expect(Self.codes(Self.say(&server, "RCPT TO:<b@mx.example>", "MAIL FROM:<>")) == [503, 250])
    }

    @Test func `a transaction that a rule ends is told as well`() {
        var policy = Self.policy([], ServerDialogue.Rule(verb: .ehlo, code: 250, text: "Well then"))
        policy.family = .smtp
        var server = ServerDialogue(policy)
        _ = server.connected()
        _ = Self.say(&server, "HELO c.example", "MAIL FROM:<a@b.example>")
        let done = Self.say(&server, "EHLO c.example")
        #expect(Self.codes(done) == [250])
        #expect(done.contains { if case .notAccepted = $0 { true } else { false } })
        #expect(Self.codes(Self.say(&server, "RCPT TO:<c@mx.example>")) == [503])
    }

    @Test func `a mail is accepted or not, and not both`() {
        var policy = Self.policy()
        policy.dropsAt = .lastChunk
        var server = Self.server(policy)
        _ = Self.say(&server, "MAIL FROM:<>", "RCPT TO:<b@mx.example>", "BDAT 3 LAST")
        let done = server.received(chunk: Array("abc".utf8))
        #expect(Self.mails(done) == ["abc"])
        #expect(!done.contains { if case .notAccepted = $0 { true } else { false } })
        #expect(done.last == .close)
    }

    @Test func `nothing is said after the end, to no recipient`() {
        var policy = Self.policy([], ServerDialogue.Rule(turn: .mailData, code: 421, text: "Going down"))
        policy.family = .lmtp
        var server = ServerDialogue(policy)
        _ = server.connected()
        _ = Self.say(&server, "LHLO c.example", "MAIL FROM:<>", "RCPT TO:<a@mx.example>", "RCPT TO:<b@mx.example>")
        let done = Self.say(&server, "DATA", ".")
        #expect(Self.codes(done) == [354, 421])
        #expect(done.count { $0 == .close } == 1 && done.last == .close)
    }

    // MARK: Greylisting

    @Test func `a recipient waits for the greylist, and nothing is heard meanwhile`() {
        var policy = Self.policy()
        policy.greylists = true
        for passes in [true, false] {
            var server = Self.server(policy)
            #expect(server.greylistChecked(passes: true) == [], "nobody asked")
            let asked = Self.say(&server, "MAIL FROM:<a@b.example>", "RCPT TO:<c@mx.example>")
            let correspondence = ServerDialogue.Correspondence(
                reversePath: Array("<a@b.example>".utf8),
                forwardPath: Array("<c@mx.example>".utf8)
            )
            #expect(Self.codes(asked) == [250])
            #expect(asked.last == .checkGreylist(correspondence))
            #expect(Self.say(&server, "DATA") == [])
            #expect(Self.codes(server.greylistChecked(passes: passes)) == [passes ? 250 : 451])
            #expect(server.greylistChecked(passes: true) == [], "told once")
            #expect(server.phase == (passes ? .forwardPaths : .reversePath))
        }
    }

    @Test func `a client that goes while the greylist is asked leaves a mail that is told`() {
        var policy = Self.policy()
        policy.greylists = true
        var server = Self.server(policy)
        _ = Self.say(&server, "MAIL FROM:<a@b.example>", "RCPT TO:<c@mx.example>")
        #expect(server.closed().count == 1)
        #expect(server.greylistChecked(passes: true) == [])
    }

    // MARK: Lines

    @Test func `the end of a line too long may come in two pieces`() {
        var server = Self.server()
        _ = server.received(WireLine(Array(repeating: 65, count: 20_000), ending: .none))
        #expect(server.received(WireLine(Array("A\r".utf8), ending: .none)) == [])
        #expect(Self.codes(server.received(WireLine([], ending: .lf))) == [500])
        #expect(Self.codes(Self.say(&server, "NOOP")) == [250])
    }
}
