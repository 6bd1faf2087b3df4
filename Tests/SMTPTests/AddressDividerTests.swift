import Testing

@testable import SMTP

/// Addresses and the fields of reports, cut into what they consist of.
@Suite struct AddressDividerTests {
    @Test(
        arguments: [
            (
                ["Ada Lovelace <ada@sender.example>"],
                ["display-name|Ada Lovelace", "<", "local-part|ada", "@", "domain|sender.example", ">"]
            ),
            (["bob@receiver.example"], ["local-part|bob", "@", "domain|receiver.example"]),
            // RFC 5322 appendix A.1.2 and A.1.3.
            (
                [
                    "\"Joe Q. Public\" <john.q.public@example.com>, <boss@nil.test>,",
                    "\"Giant; \\\"Big\\\" Box\" <a@b>",
                ],
                [
                    "display-name|\"Joe Q. Public\"", "<", "local-part|john.q.public", "@", "domain|example.com", ">",
                    "<",
                    "local-part|boss", "@", "domain|nil.test", ">", "display-name|\"Giant; \\\"Big\\\" Box\"", "<",
                    "local-part|a", "@", "domain|b", ">",
                ]
            ),
            (
                ["A Group:Ed <c@a.test>,joe@where.test;", "Undisclosed recipients:;"],
                [
                    "group|A Group", "group|:", "display-name|Ed", "<", "local-part|c", "@", "domain|a.test", ">",
                    "local-part|joe", "@", "domain|where.test", "group|;", "group|Undisclosed recipients", "group|:",
                    "group|;",
                ]
            ),
            // Comments, one in another, and over lines (appendix A.5).
            (
                ["Pete(A nice \\) chap) <pete(his", "account)@silly.test(his host)>"],
                [
                    "display-name|Pete", "comment|(A nice \\) chap)", "<", "local-part|pete", "comment|(his",
                    "comment|account)", "@", "domain|silly.test", "comment|(his host)", ">",
                ]
            ),
            (["ada@a.example (Ada (L.))"], ["local-part|ada", "@", "domain|a.example", "comment|(Ada (L.))"]),
            // Encoded words are decoded in a name alone, and not in quotes (RFC 2047 §5).
            (
                ["=?UTF-8?Q?J=C3=BCrgen,_K?= =?x?b?QQ==?= M. <j@b>, \"=?a?Q?b?=\" <c@d>"],
                [
                    "encoded-word|=?UTF-8?Q?J=C3=BCrgen,_K?=", "encoded-word|=?x?b?QQ==?=", "display-name|M.", "<",
                    "local-part|j", "@", "domain|b", ">", "display-name|\"=?a?Q?b?=\"", "<", "local-part|c", "@",
                    "domain|d", ">",
                ]
            ),
            // Signs within quotes and within a literal are none.
            (
                ["\"a@b, <c>\"@[IPv6:2001:db8::1], x@[192.0.2.1]"],
                [
                    "local-part|\"a@b, <c>\"", "@", "domain|[IPv6:2001:db8::1]", "local-part|x", "@",
                    "domain|[192.0.2.1]",
                ]
            ),
            // Folded wherever a blank may stand.
            (
                ["Ada Lovelace", "<ada@", "a.example>"],
                [
                    "display-name|Ada Lovelace", "<", "local-part|ada", "@", "domain|a.example", ">",
                ]
            ),
            (
                ["\"Ada", "Lovelace\" <ada@a.example>"],
                [
                    "display-name|\"Ada", "display-name|Lovelace\"", "<", "local-part|ada", "@", "domain|a.example",
                    ">",
                ]
            ),
            // The old way over other servers (RFC 5322 §4.4), and an address with blanks about its sign.
            (
                ["<@a.example,@b.example:ada@c.example>, bob @ d.example"],
                [
                    "<", "route|@a.example,@b.example:", "local-part|ada", "@", "domain|c.example", ">",
                    "local-part|bob",
                    "@", "domain|d.example",
                ]
            ),
            // What is no address: a name that nobody quoted, a user without a domain, what stands behind an address.
            (
                ["Lovelace, Ada <ada@a.example>"],
                ["no-address|Lovelace", "display-name|Ada", "<", "local-part|ada", "@", "domain|a.example", ">"]
            ),
            (["root"], ["no-address|root"]),
            (["a@b c d"], ["local-part|a", "@", "domain|b", "no-address|c d"]),
            (
                ["<a@b", "c, d@e"],
                ["<", "local-part|a", "@", "domain|b", "local-part|c", "local-part|d", "@", "domain|e"]
            ),
            (["<>"], ["<", ">"]),
        ] as [([String], [String])]
    )
    func `addresses`(lines: [String], pieces: [String]) {
        var divider = FieldDivider(.mailboxes)
        let shown = lines.flatMap { line -> [String] in
            let octets = Array(line.utf8)
            var at = 0
            return divider.divide(octets[...]).compactMap { piece in
                defer { at += piece.count }
                let text = octets[at..<at + piece.count].lossyText
                switch piece.part {
                case .other: return nil
                case .angle, .at: return text
                default: return "\(piece.part.rawValue)|\(text)"
                }
            }
        }
        #expect(shown == pieces)
    }

    /// Whoever asks for the mailboxes of a field and whoever divides it must mean the same.
    @Test(arguments: [
        "Ada <ada@sender.example>, bob@receiver.example", "friends: a@b, \"c, d\"@e (x, y@z);, f@g", "x (a@b) <c@d>",
        "\"<a@b>\" <c@d>", "Lovelace, Ada <a@b>", "root, a@b", "=?a?Q?b@c?= <d@e>", "undisclosed-recipients:;", "<>",
    ])
    func `the mailboxes of a field are those of its pieces`(body: String) throws {
        let octets = Array(body.utf8)
        var (divider, at) = (FieldDivider(.mailboxes), 0)
        var found: [String] = []
        for piece in divider.divide(octets[...]) {
            let text = octets[at..<at + piece.count].lossyText
            at += piece.count
            if piece.part == .localPart { found.append(text) }
            if piece.part == .domain { found[found.count - 1] += "@\(text)" }
        }
        let field = try #require(HeaderField.fields(of: Array("To: \(body)\r\n\r\n".utf8)).first)
        // The octets of a mailbox leave blanks in quotes out.
        #expect(field.mailboxes.map { $0.octets.lossyText } == found.map { $0.filter { $0 != " " } })
    }

    // MARK: Reports

    @Test(
        arguments: [
            (
                .typedAddress, ["rfc822; bob@receiver.example (x)"],
                ["value address-type|rfc822", "address generic-address|bob@receiver.example", "comment |(x)"]
            ),
            (
                .typedAddress, ["RFC822;", "\"a b\"@c"],
                ["value address-type|RFC822", "address generic-address|\"a b\"@c"]
            ),
            // Where the type is missing.
            (.typedAddress, ["bob@receiver.example"], ["address generic-address|bob@receiver.example"]),
            (.typedName, ["mx1.receiver.example"], ["domain mta-name|mx1.receiver.example"]),
            (
                .typedName, ["dns; mx1.receiver.example (192.0.2.1, x; y)"],
                ["value mta-name-type|dns", "domain mta-name|mx1.receiver.example", "comment |(192.0.2.1, x; y)"]
            ),
            (
                .diagnostic, ["smtp; 550 5.1.1 <bob@a>: No", "such user (5 tries)"],
                [
                    "value diagnostic-type|smtp", "reply-code |550", "enhanced-code |5.1.1",
                    "value diagnostic-text|<bob@a>: No", "value diagnostic-text|such user (5 tries)",
                ]
            ),
            // A reply of several lines, and a line that only looks like one.
            (
                .diagnostic, ["SMTP;", "550-5.7.26 Not", "550-authorized", "550 5.7.26 here", "550 users"],
                [
                    "value diagnostic-type|SMTP", "reply-code |550", "enhanced-code |5.7.26",
                    "value diagnostic-text|Not",
                    "reply-code |550", "value diagnostic-text|authorized", "reply-code |550", "enhanced-code |5.7.26",
                    "value diagnostic-text|here", "value diagnostic-text|550 users",
                ]
            ),
            (
                .diagnostic, ["smtp; 550 no (#5.1.1)"],
                [
                    "value diagnostic-type|smtp", "reply-code |550", "value diagnostic-text|no (#",
                    "enhanced-code |5.1.1",
                    "value diagnostic-text|)",
                ]
            ),
            // Words of any other kind are words.
            (
                .diagnostic, ["X-Postfix; 550 x; y"],
                ["value diagnostic-type|X-Postfix", "value diagnostic-text|550 x; y"]
            ),
            (.diagnostic, ["550 5.1.1 no; none"], ["value diagnostic-text|550 5.1.1 no; none"]),
            (.diagnostic, ["smtp; gone"], ["value diagnostic-type|smtp", "value diagnostic-text|gone"]),
            (.action, ["Failed (x)"], ["value failed|Failed", "comment |(x)"]),
            (.action, ["bounced"], ["value |bounced"]),
            (
                .status, ["5.2.2 (full)"],
                ["value class|5", "value subject|2", "enhanced-code detail|2", "comment |(full)"]
            ),
            (.status, ["4.4.107"], ["value class|4", "value subject|4", "enhanced-code detail|107"]),
            (.status, ["RO"], ["value |RO"]),
            (.status, ["6.1.1"], ["value |6.1.1"]),
            (
                .disposition, ["manual-action/MDN-sent-manually;", "displayed / error"],
                [
                    "value action-mode|manual-action", "value sending-mode|MDN-sent-manually",
                    "value disposition-type|displayed", "value disposition-modifier|error",
                ]
            ),
            (.value, [" 4711 x "], ["value |4711 x"]),
        ] as [(FieldGrammar, [String], [String])]
    )
    func `fields of reports`(grammar: FieldGrammar, lines: [String], pieces: [String]) {
        #expect(FieldDividerTests.shown(grammar, lines) == pieces)
    }
}
