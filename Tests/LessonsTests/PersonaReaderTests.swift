import Foundation
@testable import Lessons
import SMTP
import Testing

@Suite struct `The personas` {
    private static let sound = "title: T\nsummary: S\nexplanation: E\n"

    private func read(_ text: String) -> (persona: Persona?, problems: [String]) {
        let (persona, problems) = PersonaReader.read(Array(text.utf8), name: "mine", file: "mine.yaml")
        return (persona, problems.map(\.description))
    }

    // MARK: Those that come with the program

    /// What is promised.
    private static let promised = [
        "rfc5321", "postfix", "exim", "exchange", "gmail", "greylisting", "mailbox-full", "no-such-user",
        "relay-denied",
        "auth-required", "tls-required", "size-limited", "helo-only", "slow", "tempfail-at-data", "drops-connection",
        "pipelining", "chunking", "smtputf8", "dsn", "lmtp", "rules", "smuggle-prone", "smuggle-proof",
        "broken-multiline",
        "early-talker", "lf-only", "submission",
    ]

    @Test func `all that are promised are there, the plain one first`() throws {
        let folder = try #require(PersonaFolder(lessonsRoots: [Fixture.realLessons]))
        #expect(folder.names.first == PersonaFolder.usual)
        #expect(Set(folder.names) == Set(Self.promised))
        #expect(folder.check() == [])
    }

    @Test(arguments: promised)
    func `each says what it is in few words and cites where it stands`(name: String) throws {
        let folder = try #require(PersonaFolder(lessonsRoots: [Fixture.realLessons]))
        let (found, problems) = folder.read(name)
        #expect(problems == [])
        let persona = try #require(found)
        #expect(persona.name == name)
        #expect(persona.summary.hasSuffix("."))
        #expect(persona.explanation.split(separator: " ").count < 130)
        #expect(persona.policy.domain.hasSuffix(".example"), "no persona borrows a name that somebody has")
    }

    // MARK: Reading

    @Test func `what is not said is as RFC 5321 has it`() throws {
        let persona = try #require(read(Self.sound).persona)
        #expect(persona.policy.offered == ServerDialogue.Policy.usualOffer)
        #expect(persona.policy.endsOfData == [.standard])
        #expect(persona.manners == Persona.Manners())
    }

    /// A table of all keys and what becomes of them.
    @Test func `every key reaches what it is for`() throws {
        let text = """
            title: T
            summary: S
            explanation: |
              one

              two
            hostname: mx.mine.example
            greeting: ""
            protocol: lmtp
            extensions: [SIZE 5, AUTH PLAIN, STARTTLS, XFOO bar]
            domains: [a.example]
            users: {ada: secret}
            requires: [auth, tls]
            size-limit: 77
            recipient-limit: 3
            error-limit: 0
            greylist: 2.5
            delays: {DATA: 1, "4": 0.25, every: 0.5}
            drip: 0.01
            multiline: never-ends
            drops-at: DOT
            drops-after: 9
            ends-of-data: [LF.LF]
            line-ending: lf
            takes-bare-lf: true
            talks-early: true
            wording:
              mail: "250 2.1.0 Ok"
            rules:
              - {verb: vrfy, path: "a@b.example", reply: "250 2.1.5 A"}
              - {step: 13, reply: "554 No"}
              - {verb: XYZZY, reply: "299"}
            """
        let persona = try #require(read(text).persona, "\(read(text).problems)")
        let policy = persona.policy
        #expect(persona.explanation == "one\n\ntwo\n")
        #expect(policy.domain == "mx.mine.example" && policy.greetingText == "")
        #expect(policy.family == .lmtp)
        #expect(policy.offered == ["SIZE 77", "AUTH PLAIN", "STARTTLS", "XFOO bar"], "SIZE says the limit there is")
        #expect(policy.localDomains == ["a.example"] && policy.users == ["ada": "secret"])
        #expect(policy.requiresTLS && policy.requiresAuthentication && policy.greylists && policy.takesBareLF)
        #expect((policy.sizeLimit, policy.recipientLimit, policy.errorLimit) == (77, 3, 0))
        #expect(policy.dropsAt == .mailData && policy.dropsAfterOctets == 9)
        #expect(policy.endsOfData == [.standard, .lfDotLF])
        #expect(policy.wording == [.mail: .init(250, "2.1.0", "Ok")])
        #expect(
            policy.rules == [
                .init(verb: .vrfy, path: "a@b.example", code: 250, enhanced: "2.1.5", text: "A"),
                .init(turn: .mailData, code: 554, text: "No"), .init(unknownVerb: "XYZZY", code: 299, text: ""),
            ]
        )
        #expect(persona.manners.greylistDelay.milliseconds == 2500)
        #expect(persona.manners.delay(before: .data).milliseconds == 1000)
        #expect(persona.manners.delay(before: .greeting).milliseconds == 250)
        #expect(persona.manners.delay(before: .quit).milliseconds == 500)
        #expect(persona.manners.drip.milliseconds == 10)
        #expect(
            persona.manners.multiline == .neverEnds && persona.manners.lineEnding == .lf && persona.manners.talksEarly
        )
    }

    @Test(arguments: [
        ("tilte: x", "mine.yaml:4: unknown key 'tilte'"),
        ("hostname: \"a b\"", "mine.yaml:4: hostname: 'a b' is no domain name"),
        ("hostname: \"mx.example\\r\\nEHLO\"", "mine.yaml:4: hostname: the text holds a line end"),
        ("greeting: \"a\\nb\"", "mine.yaml:4: greeting: the text holds a line end"),
        ("greeting: \"\\e[2J\"", "mine.yaml:4: greeting: the text holds a line end or another control character"),
        ("size-limit: lots", "mine.yaml:4: size-limit: this is a number from 1 to"),
        ("size-limit: 99999999999999999999999", "mine.yaml:4: size-limit: this is a number"),
        ("recipient-limit: -1", "mine.yaml:4: recipient-limit: this is a number"),
        ("takes-bare-lf: perhaps", "mine.yaml:4: takes-bare-lf: this is true or false"),
        ("protocol: smpt", "mine.yaml:4: protocol: 'smpt' is none of smtp, esmtp, lmtp"),
        ("requires: [tls]", "mine.yaml:1: requires: tls needs STARTTLS among the extensions"),
        ("requires: [auth]", "mine.yaml:1: requires: auth needs AUTH"),
        ("extensions: [AUTH GSSAPI]", "mine.yaml:4: extensions: the sandbox cannot do AUTH GSSAPI"),
        ("extensions: [AUTH SCRAM-SHA-256]", "mine.yaml:4: extensions: AUTH SCRAM-SHA-256 needs users"),
        ("extensions: [-X]", "mine.yaml:4: extensions: '-X' does not begin with an EHLO keyword"),
        ("extensions: PIPELINING", "mine.yaml:4: extensions: this is a list"),
        ("greylist: soon", "mine.yaml:4: greylist: this is a number of seconds"),
        ("greylist: nan", "mine.yaml:4: greylist: this is a number of seconds"),
        ("delays: {LUNCH: 3}", "mine.yaml:4: delays: 'LUNCH' is neither a verb nor a step"),
        ("drops-at: 7", "mine.yaml:4: drops-at: '7' is neither a verb nor a step at which a server speaks"),
        ("ends-of-data: [LFLF]", "mine.yaml:4: ends-of-data: 'LFLF' is none of"),
        ("wording: {hallo: 250 x}", "mine.yaml:4: wording: there is no wording 'hallo'"),
        ("wording: {mail: Ok}", "mine.yaml:4: wording: 'Ok' does not begin with a reply code"),
        ("wording: {mail: 600 x}", "mine.yaml:4: wording: '600 x' does not begin with a reply code"),
        ("wording: {mail: \"250 a\\rb\"}", "mine.yaml:4: wording: the text is empty or holds a control character"),
        ("rules:\n  - verb: RCPT", "mine.yaml:5: rules: a rule needs a reply"),
        (
            "rules:\n  - {verb: RCPT, step: 10, reply: 550 x}",
            "mine.yaml:5: rules: a rule needs a verb or the number of a step"
        ),
        (
            "rules:\n  - {verb: RCPT, reply: 550 x, pth: a}",
            "mine.yaml:5: rules: a rule has verb or step, path and reply, but not 'pth'"
        ),
        ("rules:\n  - {step: 9, reply: 550 x}", "mine.yaml:5: rules: '9' is neither a verb nor a step"),
        ("rules:\n  - {verb: \"A B\", reply: 550 x}", "mine.yaml:5: rules: 'A B' is no verb"),
        ("title: again", "mine.yaml:"),
        ("users: &x {a: b}", "mine.yaml:4: anchors and aliases have no place in a persona"),
        ("greeting: !!binary aGk=", "mine.yaml:4: tags have no place in a persona"),
        ("greeting: !exec rm", "mine.yaml:4: tags have no place in a persona"),
        ("greeting: [unclosed", "mine.yaml:"),
        ("delays: {a: {b: {c: {d: {e: {f: {g: {h: 1}}}}}}}}", "mine.yaml:4: this is nested too deep"),
    ])
    func `what is wrong is named with file, line and key`(line: String, told: String) {
        let (persona, problems) = read(Self.sound + line + "\n")
        #expect(persona == nil)
        #expect(problems.contains { $0.hasPrefix(told) }, "\(problems)")
        #expect(problems.allSatisfy { $0.utf8.allSatisfy { $0 >= 32 } })
    }

    @Test(arguments: [
        ("", "mine.yaml:1: this is no list of keys and values"),
        ("- a", "mine.yaml:1: this is no list of keys and values"),
        ("greeting: x", "mine.yaml:1: title is missing"),
    ])
    func `a file that is no persona`(text: String, told: String) {
        #expect(read(text).problems.contains(told))
    }

    @Test func `a bomb is refused before it goes off`() {
        let levels = (1...30).map { "l\($0): &l\($0) [*l\($0 - 1),*l\($0 - 1),*l\($0 - 1),*l\($0 - 1)]" }
        #expect(read("l0: &l0 [x,x]\n" + levels.joined(separator: "\n")).persona == nil)
        #expect(read("title: " + String(repeating: "[", count: 20_000)).persona == nil)
        #expect(read("title: " + String(repeating: "- ", count: 20_000)).persona == nil)
        let stairs = (0..<300).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
        #expect(read(stairs).persona == nil)
        let octets = [UInt8](repeating: 0x61, count: PersonaReader.maxOctets + 1)
        #expect(PersonaReader.read(octets, name: "big", file: "big.yaml").problems.count == 1)
        #expect(PersonaReader.read([0x74, 0xFF, 0xFE], name: "bad", file: "bad.yaml").persona == nil)
    }

    @Test func `the check names a persona that cannot be used, and a file that is none`() throws {
        let files: [String: [UInt8]] = [
            "en/step/01-x.md": [], "personas/good.yaml": Array(Self.sound.utf8),
            "personas/bad.yaml": Array("title: x\n".utf8),
            "personas/notes.txt": [],
        ]
        try Fixture.temporary(files) { root in
            let folder = try #require(PersonaFolder(lessonsRoots: [root.path]))
            #expect(folder.names == ["bad", "good"])
            #expect(
                folder.check().map(\.description) == [
                    "personas/notes.txt: a persona's file is called NAME.yaml",
                    "personas/bad.yaml:1: summary is missing",
                    "personas/bad.yaml:1: explanation is missing",
                ]
            )
        }
    }
}
