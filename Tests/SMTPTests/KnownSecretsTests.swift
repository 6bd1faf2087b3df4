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

    @Test(arguments: [1, 3, 7]) func `nor in pieces`(count: Int) {
        let shown = Self.last(
            [(.client, "AUTH PLAIN \(Self.plain)"), (.server, "535 5.7.8 bad \(Self.password)")],
            every: count
        )
        #expect(!["unt", "nter", "ecret"].contains { shown.contains($0) })
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

    // MARK: A misspelt verb

    @Test(arguments: ["ATUH PLAIN \(plain)", "atuh \(plain)", "UATH LOGIN \(plain)"])
    func `what is a response of PLAIN is one behind any word`(line: String) {
        #expect(Self.last([(.client, line)]).hasSuffix(" ********"))
        #expect(Self.last([(.client, line), (.server, "500 \(Self.password)?")]) == "500 ********?")
    }

    @Test(arguments: ["XFOO PLAIN aGVsbG8gd29ybGQh", "FOO AAAAAAAA", "XCLIENT LOGIN=ada"])
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
