import Testing

@testable import SMTP

/// A credential that a session has shown is masked wherever it stands again.
@Suite struct KnownSecretsTests {
    private static let password = "hunter2secret"
    private static let login = "aHVudGVyMnNlY3JldA=="
    private static let plain = "AGFkYQBodW50ZXIyc2VjcmV0"
    private static let opening: [(Side, String)] = [
        (.server, "220 a.example ESMTP"), (.client, "EHLO b.example"), (.server, "250-a.example"),
        (.server, "250 AUTH PLAIN LOGIN"),
    ]

    /// The last of these lines as it may be shown; `every` cuts all of them into pieces of so many octets.
    private static func last(_ said: [(Side, String)], every count: Int = .max) -> String {
        var reader = SessionReader()
        reader.connected()
        var shown = ""
        for (side, text) in opening + said {
            shown = ""
            let octets = Array((text + "\r\n").utf8)
            for start in stride(from: 0, to: octets.count, by: min(count, octets.count)) {
                let piece = Array(octets[start...].prefix(count))
                shown += Mask.over(piece, reader.credentials(in: piece, from: side)).octets.lossyText
            }
        }
        return String(shown.filter { !$0.isNewline })
    }

    @Test(arguments: [
        ("500 5.5.1 Command unrecognized: \"\(plain)\"", "500 5.5.1 Command unrecognized: \"********\""),
        ("535 5.7.8 bad: \(plain) (ada/\(password))", "535 5.7.8 bad: ******** (ada/********)"),
        ("500 unrecognized AUTH PLAIN \(plain.prefix(16))", "500 unrecognized AUTH PLAIN ********"),
        ("535-\(password)", "535-********"), ("235 2.7.0 welcome \(password)", "235 2.7.0 welcome ********"),
        ("535 5.7.8 ada is not known", "535 5.7.8 ada is not known"),
    ]) func `a reply shows no password that the client sent`(reply: String, shown: String) {
        #expect(Self.last([(.client, "AUTH PLAIN \(Self.plain)"), (.server, reply)]) == shown)
    }

    private static let repeated: [[(Side, String)]] = [
        [(.server, "535 5.7.8 bad \(password)")], [(.server, "235 2.7.0 welcome \(password)")],
        [(.server, "235-2.7.0 welcome"), (.server, "235 \(password)")],
        [(.server, "535 no"), (.client, "NOOP"), (.server, "250 ok"), (.client, password)],
        [(.server, "535 no"), (.client, "NOOP"), (.server, "250 ok"), (.client, "LOGIN ada \(password)")],
    ]

    @Test(arguments: repeated.indices, [1, 2, 3, 7]) func `nor does anything in pieces`(index: Int, count: Int) {
        let shown = Self.last([(.client, "AUTH PLAIN \(Self.plain)")] + Self.repeated[index], every: count)
        #expect(!["unt", "nter", "ecret"].contains { shown.contains($0) }, "\(shown)")
    }

    @Test(
        arguments: [
            [(.server, "235 ok"), (.client, "NOOP \(password)")],
            [(.server, "235 ok"), (.client, "VRFY a"), (.server, "250 queued as \(password)")],
            [(.server, "235 ok"), (.client, "DATA"), (.server, "354 go"), (.client, "Subject: \(password)")],
        ] as [[(Side, String)]]
    ) func `what is shown of a whole line is shown of its pieces`(said: [(Side, String)]) {
        let auth: [(Side, String)] = [(.client, "AUTH PLAIN \(Self.plain)")]
        for count in [.max, 1, 3, 7] { #expect(Self.last(auth + said, every: count) == said.last?.1) }
    }

    @Test func `a credential that was marked in pieces is one`() {
        var reader = SessionReader()
        reader.connected()
        reader.append(Array("AUTH LOGIN 250-".utf8), from: .client, marks: [11..<15])
        reader.append(Array("8BITMIME\r\n".utf8), from: .client, marks: [0..<8])
        while reader.next(.client) != nil {}
        reader.append(Array("250-AUTH what\r\n".utf8), from: .server)
        #expect(reader.next(.server)?.credentials == [])
        #expect(!reader.known.places(in: Array("no 250-8BITMIME".utf8)[...]).isEmpty)
    }

    private static let loginExchange: [(Side, String)] = [
        (.client, "AUTH LOGIN"), (.server, "334 VXNlcm5hbWU6"), (.client, "YWxpY2U="), (.server, "334 UGFzc3dvcmQ6"),
        (.client, login),
    ]

    @Test(arguments: [
        ("535 5.7.8 alice: \(login) \(password)", "535 5.7.8 alice: ******** ********"),
        ("500 unknown: \(login.dropLast(2))", "500 unknown: ********"),
    ]) func `of LOGIN the password is known, and the user is not one`(reply: String, shown: String) {
        #expect(Self.last(Self.loginExchange + [(.server, reply)]) == shown)
    }

    @Test func `a password that is typed again as a command is none`() {
        let again = Self.loginExchange + [(.server, "535 no"), (.client, "NOOP"), (.server, "250 ok")]
        #expect(Self.last(again + [(.client, Self.password)]) == "********")
    }

    @Test(arguments: ["550 5.7.1 latest testing of contest", "550 test1 xtest", "421 4.7.0 Try again later"])
    func `a short password hides no other word`(reply: String) {
        // NUL ada NUL test
        #expect(Self.last([(.client, "AUTH PLAIN AGFkYQB0ZXN0"), (.server, reply)]) == reply)
    }

    @Test func `other replies stay as they are`() {
        let said: [(Side, String)] = [
            (.client, "AUTH PLAIN \(Self.plain)"), (.server, "235 ok"), (.client, "MAIL FROM:<a@b.example>"),
        ]
        for reply in ["250 2.1.0 Ok: queued as hunter2secret", "550 5.1.1 hunter2 hunters secret AGFkYQ"] {
            #expect(Self.last(said + [(.server, reply)]) == reply)
        }
    }

    @Test func `no more than some are kept`() {
        var known = KnownSecrets()
        for number in 0..<1000 { known.learn(Array("secret\(number)".utf8)[...]) }
        #expect(known.places(in: Array("secret0".utf8)[...]) == [0..<7])
        #expect(known.places(in: Array("secret999".utf8)[...]).isEmpty)
    }

    // MARK: Each condition by itself

    /// What was learnt, a line, and what of it is found: whichever condition is taken away, one of these rows fails.
    @Test(
        arguments: [
            // Several words are kept as they stand, and their last one; of the others those of Base64.
            ("ada hunter2", "is ada hunter2", ["ada hunter2"]), ("ada hunter2", "is hunter2, ada", ["hunter2"]),
            ("\(plain) and more", "is \(plain)", [plain]), ("\(plain) and more", "is \(password)", [password]),
            // Behind Base64: the password of PLAIN, the last of several words where it is long, and nothing that is no text.
            ("AGFkYQBnZWhlaW0x", "geheim1", ["geheim1"]), ("aHVudGVyMg", "hunter2", ["hunter2"]),
            ("YWRhIDEyMzQ1Njc4OTBhYmNkZWY=", "ada 1234567890abcdef", ["ada 1234567890abcdef"]),
            ("YWRhIDEyMzQ1Njc4OTBhYmNkZWY=", "1234567890abcdef", ["1234567890abcdef"]),
            ("aGVsbG8gdGhlcmUgeW91IGFsbA==", "hello you all", []), ("YWRhCWdlaGVpbTE=", "geheim1", []),
            // Padding may be left out, and is masked where it is not.
            ("YWJjZA==", "YWJjZA x", ["YWJjZA"]), ("YWJjZA==", "YWJjZA==", ["YWJjZA=="]),
            ("YWJjZA", "YWJjZA== x", ["YWJjZA=="]),
            // Words alone are found, and parts of eight octets.
            ("hunter2!", "hunter2!hunter2!", ["hunter2!", "hunter2!"]), ("hunter2!", "hunter2!x", ["hunter2!"]),
            ("!hunter2", "x!hunter2", ["!hunter2"]), (password, "hunter2sXYZ", []),
            (password, "hunter2s XYZ", ["hunter2s"]),
            ("hunter2", "\u{E4}hunter2", []),
            ("hunter2", #"a\x00hunter2 b\nhunter2 c\000hunter2"#, ["hunter2", "hunter2", "hunter2"]),
            // What nobody would take for a secret is none.
            ("********", "********", []), ("QUIT", "QUIT", []), ("PLAIN", "PLAIN", []), ("abc", "abc", []),
        ] as [(String, String, [String])]
    ) func `what was learnt is found`(learnt: String, line: String, found: [String]) {
        var known = KnownSecrets()
        known.learn(Array(learnt.utf8)[...])
        let octets = Array(line.utf8)
        #expect(known.places(in: octets[...]).map { octets[$0].lossyText } == found)
    }

    @Test func `of two secrets the longer one is found`() {
        var known = KnownSecrets()
        for secret in ["hunter2", "hunter2-secret"] { known.learn(Array(secret.utf8)[...]) }
        #expect(known.places(in: Array("hunter2-secret".utf8)[...]) == [0..<14])
    }

    @Test func `what is no text, too long or known already takes no room`() {
        var known = KnownSecrets()
        for secret in [Array("/2Zvb2Jhcg==".utf8), Array(repeating: 0x61, count: 5000)] { known.learn(secret[...]) }
        #expect(known.places(in: ([0xFF] + Array("foobar".utf8))[...]).isEmpty)
        #expect(known.places(in: Array(repeating: 0x61, count: 5000)[...]).isEmpty)
        for _ in 0..<100 { known.learn(Array("hunter2".utf8)[...]) }
        known.learn(Array("hunter3".utf8)[...])
        #expect(known.places(in: Array("hunter3".utf8)[...]) == [0..<7])
    }

    @Test(arguments: [("say h", []), ("say hu", []), ("say hun", [4..<7]), ("say hunter", [4..<10]), ("shun", [])])
    func `three octets are a beginning where more may come`(line: String, found: [Range<Int>]) {
        var known = KnownSecrets()
        known.learn(Array("hunter2".utf8)[...])
        #expect(known.places(in: Array(line.utf8)[...], isWhole: false) == found)
        #expect(known.places(in: Array(line.utf8)[...]).isEmpty)
    }

    @Test(arguments: [
        ("Hunter2x", "Hunter2x", true), ("password", "password", false), ("aB1c", "aB1c", false),
        ("'Hunter2x', ordinary", "ordinary", false), ("'Hunter2x', ordinary", "Hunter2x", true),
    ]) func `from text no ordinary word is learnt`(text: String, line: String, isFound: Bool) {
        var known = KnownSecrets()
        known.learn(inText: Array(text.utf8)[...])
        #expect(known.places(in: Array(line.utf8)[...]).isEmpty != isFound)
    }

    @Test(arguments: [
        ("AGEAYmI=", true), ("AGEAYmI", false), ("AP8AYWI=", false), ("AGEAYgBj", false), ("AABzZWNyZXQ=", false),
        ("AGFkYWFhAA==", false), ("AGFkBwBzZWNyZXQ=", false), ("YQBhZGEAc2VjcmV0", true),
    ]) func `a response of PLAIN is three parts of text`(word: String, isOne: Bool) {
        #expect(KnownSecrets.isPlainResponse(Array(word.utf8)[...]) == isOne)
    }

    @Test(arguments: [
        ("0000: 68 75 6e 74 65 72", 6), ("0000: 68:75:6e:74:65:72 hunter", 6), ("6875 6e74 6572 x", 0),
        ("x 6875 6e74 6572 x", 2), ("0000: 68 75 6e 74 65", nil), ("68 75 x 6e 74 65 72", nil),
        ("6861 6b00 68 75 6e 74 65 72 32 73", 0), ("0000: 687 56e 746 572 327", nil),
    ]) func `six octets of a secret in a dump are enough`(line: String, start: Int?) {
        var known = KnownSecrets()
        known.learn(Array(Self.password.utf8)[...])
        let octets = Array(line.utf8)
        #expect(known.placeInDump(of: octets[...]) == start.map { $0..<octets.count })
    }

    @Test func `octets in a dump are no secret of three`() {
        var known = KnownSecrets()
        for secret in ["abc", "hunter2"] { known.learn(Array(secret.utf8)[...]) }
        #expect(known.placeInDump(of: Array("61 62 63 64".utf8)[...]) == nil)
    }

    // MARK: A misspelt verb

    @Test(arguments: ["ATUH PLAIN \(plain)", "atuh \(plain)", "UATH LOGIN \(plain)"])
    func `what is a response of PLAIN is one behind any word`(line: String) {
        #expect(Self.last([(.client, line)]).hasSuffix(" ********"))
        #expect(Self.last([(.client, line), (.server, "500 \(Self.password)?")]) == "500 ********?")
    }

    @Test(arguments: ["XFOO PLAIN hello", "FOO AAAAAAAA", "XCLIENT LOGIN=ada"])
    func `and other words of Base64 are none`(line: String) { #expect(Self.last([(.client, line)]) == line) }

    // MARK: Text

    private static func masked(_ lines: String...) -> [String] {
        CredentialsInText.masked(lines.map { Array($0.utf8) }).map(\.lossyText)
    }

    @Test func `other lines of a text show no password that one shows, before it and behind`() {
        let shown = Self.masked(
            "$ printf '\\0ada\\0\(Self.password)' | base64",
            "print(\"\\000ada\\000\(Self.password)\")",
            Self.plain,
            "AUTH PLAIN \(Self.plain)",
            "resp=\(Self.plain)",
            "given password \(Self.password)",
            "the hunter"
        )
        #expect(
            shown == [
                "$ printf '\\0ada\\0********' | base64", "print(\"\\000ada\\000********\")", "********",
                "AUTH PLAIN ********", "resp=********", "given password ********", "the hunter",
            ]
        )
    }

    @Test func `nor does a dump of it`() {
        let shown = Self.masked("AUTH PLAIN \(Self.plain)", "0000: 41 47 46 6b 59 51 42 6f  AGFkYQBo", "0010: 41 47 46")
        #expect(shown == ["AUTH PLAIN ********", "0000: ********", "0010: 41 47 46"])
    }

    @Test(arguments: [
        ("config: { port: 587, auth: { user: 'ada', pass: 'geheim' } }", "geheim"), ("smtp.pass=geheim", "geheim"),
        ("client.Credentials = new NetworkCredential(\"ada\", \"geheim\");", "geheim"),
        ("auth := smtp.PlainAuth(\"\", \"ada\", \"geheim\", \"mx\")", "geheim"),
        ("new PasswordAuthentication(\"ada\", \"geheim\")", "geheim"), ("debug auth=ada:geheim", "geheim"),
    ]) func `settings and calls beside a log show no password`(line: String, password: String) {
        let shown = Self.masked(line).joined()
        #expect(shown.contains("********") && !shown.contains(password))
    }

    @Test(arguments: [
        "spf=pass smtp.mailfrom=a.example", "auth=pass (plain)", "bypass: none", "550 5.7.1 pass: the test",
        "Authentication-Results: mx; auth=pass",
    ]) func `what only looks like one stays`(line: String) { #expect(Self.masked(line) == [line]) }
}
