import Testing

@testable import SMTP

/// Which octets of a line are a credential, by its words and by where it stands.
@Suite struct CredentialTests {
    typealias Standing = Credential.Standing

    @Test func `no form of a credential begins with a verb of SMTP, so lines that do are not held against the table`() {
        for form in CredentialForm.all {
            guard case .named(let word) = form.words.first else { continue }
            #expect(Verb(reading: word.utf8) == nil, "\(word)")
        }
        for verb in Verb.allCases {
            for rest in ["LOGIN a b", "PASS x", "AUTHENTICATE PLAIN AGEAYg==", "PLAIN AGEAYg==", "AGEAYg=="] {
                #expect(CredentialForm.start(in: Array("\(verb.rawValue) \(rest)".utf8)[...], isWhole: true) == nil)
            }
        }
    }

    static let rows: [(line: String, standing: Standing, secret: String?)] = [
        ("AUTH PLAIN c2VjcmV0", Standing(), "c2VjcmV0"), ("auth plain c2VjcmV0", Standing(), "c2VjcmV0"),
        (" AUTH\tPLAIN \t c2VjcmV0", Standing(), "c2VjcmV0"), ("AUTH PLAIN a b", Standing(), "a b"),
        ("AUTH c2VjcmV0IGFuZCBtb3JlIG9mIGl0", Standing(), "c2VjcmV0IGFuZCBtb3JlIG9mIGl0"),
        ("AUTH PLAIN", Standing(), nil), ("AUTH PLAIN =", Standing(), nil), ("AUTH", Standing(), nil),
        ("NOOP AUTH PLAIN c2VjcmV0", Standing(), nil), ("AUTH BOGUS", Standing(), nil),
        ("AUTH BOGUS x", Standing(), "x"),
        // A name in other letters than a mechanism has may be the secret itself.
        ("AUTH aHVudGVyMi1DQU5B", Standing(), "aHVudGVyMi1DQU5B"), ("AUTH hunter2-x", Standing(), "hunter2-x"),
        // A log may have left AUTH out.
        ("c2VjcmV0", Standing(), "c2VjcmV0"), ("c2Vj", Standing(), nil), ("GARBAGES", Standing(), nil),
        ("garbages", Standing(), nil), ("c2VjcmV0 x", Standing(), nil),
        ("c2VjcmV0", Standing(isChallenged: true), "c2VjcmV0"),
        ("my own words", Standing(isChallenged: true), "my own words"),
        ("*", Standing(isChallenged: true), nil), ("", Standing(isChallenged: true), nil),
        ("QUIT", Standing(isChallenged: true), nil), ("RSET", Standing(isChallenged: true), nil),
        ("quit", Standing(isChallenged: true), "quit"), ("TURN", Standing(isChallenged: true), "TURN"),
        ("QUIT x", Standing(isChallenged: true), "QUIT x"), ("MAIL FROM:<a@b>", Standing(isChallenged: true), nil),
        ("rcpt to:<a@b>", Standing(isChallenged: true), nil),
        ("MAIL me home", Standing(isChallenged: true), "MAIL me home"),
        ("QUIT", Standing(isChallenged: true, mayBeOver: true), nil),
        ("c2Vj", Standing(isChallenged: true, mayBeOver: true), "c2Vj"),
        ("c2VjcmV0", Standing(awaitsAnswer: true), "c2VjcmV0"),
        ("two words", Standing(awaitsAnswer: true), "two words"),
        ("NOOP", Standing(awaitsAnswer: true), nil),
        ("c2VjcmV0", Standing(isBehindExchange: true), "c2VjcmV0"),
        ("********", Standing(isBehindExchange: true), "********"),
        ("two words", Standing(isBehindExchange: true), nil), ("abc", Standing(isBehindExchange: true), nil),
        ("hunter2-x", Standing(isBehindExchange: true), "hunter2-x"),
        ("c2VjcmV0", Standing(isUnknown: true), "c2VjcmV0"), ("some words", Standing(isUnknown: true), nil),
        // Other protocols, and AUTH as it is mistyped.
        ("PASS my own", Standing(), "my own"), ("pass x", Standing(), "x"), ("PASS", Standing(), nil),
        ("USER ada", Standing(), nil),
        ("APOP ada c4c9334bac560ecc979e58001b3e22fb", Standing(), "c4c9334bac560ecc979e58001b3e22fb"),
        ("AUTHINFO USER ada", Standing(), nil), ("AUTHINFO PASS x", Standing(), "x"),
        ("a1 LOGIN ada x", Standing(), "ada x"), ("NOOP LOGIN x", Standing(), nil),
        ("a1 AUTHENTICATE PLAIN AGEAYg==", Standing(), "AGEAYg=="), ("a1 AUTHENTICATE PLAIN", Standing(), nil),
        ("AUTHENTICATE \"PLAIN\" \"AGEAYg==\"", Standing(), "\"AGEAYg==\""),
        ("Authorization: Basic YTpi", Standing(), "Basic YTpi"),
        ("proxy-authorization:Basic YTpi", Standing(), "Basic YTpi"),
        ("Host: x", Standing(), nil), ("AUTH=PLAIN AGEAYg==", Standing(), "AGEAYg=="),
        ("AUTHPLAIN AGEAYg==", Standing(), "AGEAYg=="), ("AUTHOR x", Standing(), nil),
        ("s.login('ada','x')", Standing(), "'ada','x')"), ("s.login()", Standing(), ")"), ("s.login(", Standing(), nil),
        ("AUTHINFO SASL PLAIN c2VjcmV0", Standing(), "c2VjcmV0"), ("NOOP AGFkYQBiYg==", Standing(), nil),
        ("AUTH-LOGIN YWRh", Standing(), "YWRh"), ("AUTH\u{A0}LOGIN YWRh", Standing(), "YWRh"),
        ("AUTH\u{B}LOGIN YWRh", Standing(), "YWRh"), ("LOGIN ada x", Standing(), "ada x"),
        ("ATUH XOAUTH2 dXNlcj1h", Standing(), "dXNlcj1h"), ("oauth CRAM-MD5 YWRhIDEy", Standing(), "YWRhIDEy"),
        ("AUT LOGIN cmlsdmls", Standing(), "cmlsdmls"), ("AUHT hunter2", Standing(), "hunter2"),
        ("AUTJ PLAIN", Standing(), nil), ("UATE PLAIN cmlsdmls", Standing(), nil),
        ("FOO XOAUTH2 dXNlcj1h", Standing(), "dXNlcj1h"), ("FOO PLAIN words of text", Standing(), nil),
        ("Proxy-Authorization: Basic YTpi", Standing(), "Basic YTpi"), ("AUTH:PLAIN c2VjcmV0", Standing(), "c2VjcmV0"),
    ]

    @Test(arguments: ["PASS x", "a1 LOGIN ada x", "AUTH=PLAIN AGEAYg==", "Authorization: Basic YTpi", "APOP ada 1f"])
    func `what other protocols say is masked octet by octet as it is at once`(line: String) {
        for octets in [Array((line + "\r\n").utf8), Array(("250 no\r\n" + line + "\r\n").utf8)] {
            var (whole, single) = (SessionReader(), SessionReader())
            whole.connected()
            single.connected()
            let atOnce = whole.credentials(in: octets, from: .client)
            var marked: Set<Int> = []
            for (index, octet) in octets.enumerated() where !single.credentials(in: [octet], from: .client).isEmpty {
                marked.insert(index)
            }
            #expect(marked.filter { octets[$0] != 13 && octets[$0] != 10 } == Set(atOnce.flatMap { $0 }))
            #expect(!marked.isEmpty)
        }
    }

    /// Octets of the client, its lines cut into pieces of so many, as they may be shown.
    private static func shown(_ said: [(Side, String)], every count: Int) -> String {
        var reader = SessionReader()
        reader.connected()
        return said.map { side, line in
            let octets = Array((line + "\r\n").utf8)
            return stride(from: 0, to: octets.count, by: count).map { start in
                let piece = Array(octets[start...].prefix(count))
                return Mask.over(piece, reader.credentials(in: piece, from: side)).octets.lossyText
            }.joined()
        }.joined()
    }

    @Test(
        arguments: ["AUTHINFO SASL PLAIN", "a1 AUTHENTICATE PLAIN", "AUTHENTICATE \"PLAIN\"", "AUTH PLAIN"],
        [1, 100]
    )
    func `what follows the beginning of an exchange is a credential`(line: String, count: Int) {
        let said: [(Side, String)] = [
            (.server, "220 a"), (.client, line), (.server, "500 what"), (.client, "c2VjcmV0eQ=="),
        ]
        #expect(!Self.shown(said, every: count).contains("VjcmV0"))
        let next = said + [(.client, "NOOP"), (.client, "Zm9vYmFyYmF6Cg==x")]
        #expect(Self.shown(next, every: count).hasSuffix("NOOP\r\nZm9vYmFyYmF6Cg==x\r\n"))
    }

    @Test(arguments: [1, 100]) func `what the server takes for mail data or a chunk may hold a credential`(count: Int) {
        let begun: [(Side, String)] = [(.server, "220 a"), (.client, "EHLO c"), (.server, "250 a")]
        for line in ["AUTH PLAIN AGEAaHVudGVy", "ATUH LOGIN aHVudGVy", "PASS aHVudGVy"] {
            #expect(!Self.shown(begun + [(.client, "DATA"), (.client, line)], every: count).contains("aHVudGVy"))
            #expect(!Self.shown(begun + [(.client, "BDAT 5"), (.client, line)], every: count).contains("HVudGVy"))
        }
        let mail: [(Side, String)] = [(.client, "DATA"), (.server, "354 go"), (.client, "AUTH PLAIN AGEAaHVudGVy")]
        #expect(Self.shown(begun + mail, every: count).contains("aHVudGVy"), "a mail about AUTH is no exchange")
    }

    @Test(arguments: [1, 100]) func `an answer that comes too early ends no exchange`(count: Int) {
        let begun: [(Side, String)] = [
            (.server, "220 a"), (.client, "EHLO c"), (.server, "250 a"), (.client, "AUTH LOGIN"),
            (.server, "334 VXNlcm5hbWU6"), (.server, "235 ok"),
        ]
        #expect(!Self.shown(begun + [(.client, "hunter two")], every: count).contains("hunter"))
        #expect(Self.shown(begun + [(.client, "RSET")], every: 100).hasSuffix("RSET\r\n"), "a log left it out")
    }

    @Test(arguments: [
        "ATUH", "UATH", "AUHT", "ATH", "AUT", "AUTHH", "OAUTH", "AUTJ", "auhtx", "a", "HELP", "AUTHOR", "TAUH",
    ])
    func `a slip of the keyboard away from AUTH`(word: String) {
        let isOne = !["auhtx", "a", "HELP", "AUTHOR", "TAUH"].contains(word)
        #expect(CredentialForm.resemblesAuth(Array(word.utf8)[...]) == isOne)
    }

    @Test func `credentials that touch or lie in one another have one mask`() {
        for parts in [[0..<2, 2..<4], [0..<4, 1..<2], [2..<4, 0..<3]] {
            #expect(Mask.over(Array("abcde".utf8), parts).octets.lossyText == "********e")
        }
    }

    @Test func `a literal of IMAP is a credential`() {
        var reader = SessionReader()
        reader.connected()
        #expect(!reader.credentials(in: Array("a1 LOGIN {3}\r\n".utf8), from: .client).isEmpty)
        #expect(reader.credentials(in: Array("ada {6}\r\n".utf8), from: .client) == [0..<7])
        #expect(reader.credentials(in: Array("secret\r\n".utf8), from: .client) == [0..<6])
        #expect(reader.credentials(in: Array("a2 SELECT x\r\n".utf8), from: .client).isEmpty)
    }

    @Test(arguments: rows.indices) func `a whole line is masked by its words and its place`(index: Int) {
        let row = Self.rows[index]
        for ending in ["", "\r\n", "\n"] {
            let octets = Array((row.line + ending).utf8)
            let start = Credential.start(in: octets, isWhole: true, at: row.standing)
            #expect(
                start.map { String(decoding: octets[$0...].filter { $0 != 13 && $0 != 10 }, as: UTF8.self) }
                    == row.secret
            )
        }
    }

    @Test(arguments: [
        ("AUTH PLAIN c2Vj", Standing(), true), ("AUTH PLAI", Standing(), false), ("AUTH XYZ", Standing(), true),
        ("AUT", Standing(), false),
        ("MAIL", Standing(isChallenged: true), true), ("c2", Standing(awaitsAnswer: true), true),
        ("N", Standing(awaitsAnswer: true), false), ("c2", Standing(isBehindExchange: true), true),
        ("MAIL FROM:<a", Standing(isChallenged: true), true), ("Authorization:Ba", Standing(), true),
        ("ATUH PLAIN c2Vj", Standing(), true), ("ATUH c2Vj", Standing(), true), ("PASS", Standing(), false),
    ])
    func `half a line is masked where it may become a credential`(line: String, standing: Standing, isMasked: Bool) {
        #expect((Credential.start(in: Array(line.utf8), isWhole: false, at: standing) != nil) == isMasked)
    }

    @Test(arguments: [
        (["x AUTH PLAIN AGFkYQ== x"], ["x AUTH PLAIN ********"]),
        (["E..T.C@..X....X..AUTH PLAIN AGFkYQBiYg==.."], ["E..T.C@..X....X..AUTH PLAIN ********.."]),
        (
            ["250-AUTH LOGIN PLAIN", "250 AUTH PLAIN LOGIN CRAM-MD5"],
            ["250-AUTH LOGIN PLAIN", "250 AUTH PLAIN LOGIN CRAM-MD5"]
        ),
        (
            ["> 334 VXNlcm5hbWU6", "YWRh", "log: bG92ZWxhY2U= said", "235 ok", "c29tZXRoaW5n"],
            ["> 334 VXNlcm5hbWU6", "********", "log: ******** said", "235 ok", "c29tZXRoaW5n"]
        ),
        (["334 x", "a line with more words", "250 ok"], ["334 x", "a line with more words", "250 ok"]),
        (["bG92ZWxhY2U=", "535 5.7.8 no"], ["********", "535 5.7.8 no"]),
        (["bG92ZWxhY2U=", "250 ok"], ["bG92ZWxhY2U=", "250 ok"]),
        (
            ["C: PASS x.y", "dkim PASS here it is", "E..P..PASS x"],
            ["C: PASS ********", "dkim PASS here it is", "E..P..PASS ********"]
        ),
        (
            ["a1 LOGIN ada x", "250-AUTH=LOGIN PLAIN", "a LOGIN failed for ada"],
            ["a1 LOGIN ********", "250-AUTH=LOGIN PLAIN", "a LOGIN failed for ada"]
        ),
        (
            ["> Authorization: Basic YTpi", "AUTH=PLAIN AGFkYQBiYg=="],
            ["> Authorization: ********", "AUTH=PLAIN ********"]
        ),
        (
            ["s.login('ada', 'x')", "LOGIN(builtin) PLAIN(builtin)"],
            ["s.login(********)", "LOGIN(builtin) PLAIN(builtin)"]
        ),
        (
            ["smtp_pass = x y", "{\"password\": \"x y\", \"port\": 25}", "Password: x y", "dkim=pass (x) spf=pass"],
            [
                "smtp_pass = ********", "{\"password\": \"********\", \"port\": 25}", "Password: ********",
                "dkim=pass (x) spf=pass",
            ]
        ),
        (["535 5.7.8 Error: password: wrong"], ["535 5.7.8 Error: password: wrong"]),
    ])
    func `text that was not understood is masked by the same words`(lines: [String], shown: [String]) {
        let masked = CredentialsInText.masked(lines.map { Array($0.utf8) })
        #expect(masked.map { String(decoding: $0, as: UTF8.self) } == shown)
    }
}
