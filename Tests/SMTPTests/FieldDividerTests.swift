import Testing

@testable import SMTP

/// Bodies of header fields, cut into what they consist of.
@Suite struct FieldDividerTests {
    /// Each piece as `kind part|octets`; blanks and what divides as the octets alone, lines with a slash between them.
    static func shown(_ grammar: FieldGrammar, _ lines: [String]) -> [String] {
        var divider = FieldDivider(grammar)
        return lines.flatMap { line -> [String] in
            let octets = Array(line.utf8)
            var at = 0
            return divider.divide(octets[...]).compactMap { piece in
                defer { at += piece.count }
                let text = octets[at..<at + piece.count].lossyText
                if piece.kind == .separator { return nil }
                return "\(piece.kind.rawValue) \(piece.part.rawValue)|\(text)"
            }
        }
    }

    @Test(
        arguments: [
            (
                FieldGrammar.tags, ["v=1; bh = a b ;d=x.example;; s=", "b=q\"(;", "q w", " e;zz=1;"],
                [
                    "tag v|v=1", "tag bh|bh = a b", "tag d|d=x.example", "tag s|s=", "tag s|b=q\"(", "tag |q w",
                    "tag |e", "tag |zz=1",
                ]
            ),
            (
                .results,
                [
                    "mx.example 1; spf=pass (a;b) smtp.mailfrom=\"a; b\";", "dkim=fail", "reason=x header.d=y (z",
                    "z) header.s=q; none",
                ],
                [
                    "domain |mx.example", "result |1", "result spf|spf=pass", "comment spf|(a;b)",
                    "property spf|smtp.mailfrom=\"a; b\"", "result dkim|dkim=fail", "property dkim|reason=x",
                    "property dkim|header.d=y", "comment dkim|(z", "comment dkim|z)", "property dkim|header.s=q",
                    "result |none",
                ]
            ),
            (.results, ["i=1; mx.example; arc=none"], ["result i|i=1", "domain |mx.example", "result arc|arc=none"]),
            (
                .receivedSPF, ["pass (mx: ok) client-ip=192.0.2.1; helo=a;"],
                ["result spf|pass", "comment spf|(mx: ok)", "property spf|client-ip=192.0.2.1", "property spf|helo=a"]
            ),
            (
                .received,
                [
                    "from a.example (b [192.0.2.1])", "(using TLSv1.3 (256 bits)",
                    "verify=NO) by c (Mailer) via Frontend  Transport",
                    "WITH ESMTPS id 7 for <d@e>; Mon, 23 Nov", "2026 10:00:01 +0100 (CET)",
                ],
                [
                    "clause from|from a.example", "comment from|(b [192.0.2.1])",
                    "comment tls|(using TLSv1.3 (256 bits)",
                    "comment tls|verify=NO)", "clause by|by c", "comment by|(Mailer)",
                    "clause via|via Frontend  Transport",
                    "clause with|WITH ESMTPS", "clause id|id 7", "clause for|for <d@e>", "date date|Mon, 23 Nov",
                    "date date|2026 10:00:01 +0100", "comment date|(CET)",
                ]
            ),
            (
                .parameters, ["Multipart/Mixed; Boundary=\"a;", "b\"; charset = utf-8; x*0*=y"],
                [
                    "value multipart|Multipart/Mixed", "parameter boundary|Boundary=\"a;", "parameter boundary|b\"",
                    "parameter charset|charset", "parameter charset|=", "parameter charset|utf-8", "parameter x|x*0*=y",
                ]
            ),
            (.parameters, ["Message/rfc822"], ["value message|Message/rfc822"]),
            (.encoding, ["Base64"], ["value base64|Base64"]),
            (.encoding, ["binary"], ["value 8bit|binary"]),
            (
                .date, ["Mon, 23 Nov 2026 10:00:01 -0000 (x)"],
                ["date |Mon, 23 Nov 2026 10:00:01", "date zone|-0000", "comment |(x)"]
            ),
            (.date, ["Mon, 23 Nov 2026 10:00 EST"], ["date |Mon, 23 Nov 2026 10:00", "date zone|EST"]),
            (
                .identifiers, ["<a@b> <c>", "<\"@\"@d>"],
                [
                    "identifier left|<a@", "domain right|b", "identifier left|<c>", "identifier left|<\"@\"@",
                    "domain right|d",
                ]
            ),
            (.path, ["<>"], ["path null|<>"]),
            (.path, ["<a@b>"], ["path |<a@b>"]),
            (
                .addresses, ["<https://a,b>, <MAILTO:", "x@y>, mailto:z"],
                ["address |<https://a,b>", "address mailto|<MAILTO:", "address mailto|x@y>", "address mailto|mailto:z"]
            ),
            (
                .text, ["a =?UTF-8?Q?b?= =?x?=?u?B?c?=", "=?a?QQ?b?= =?a b?Q?c?= =?"],
                [
                    "text |a ", "encoded-word encoded-word|=?UTF-8?Q?b?=", "text | =?x?",
                    "encoded-word encoded-word|=?u?B?c?=",
                    "text |=?a?QQ?b?= =?a b?Q?c?= =?",
                ]
            ),
        ] as [(FieldGrammar, [String], [String])]
    )
    func `bodies`(grammar: FieldGrammar, lines: [String], pieces: [String]) {
        #expect(Self.shown(grammar, lines) == pieces)
    }

    private static let words = [
        "v=1", ";", "; ", " ", "\t", "(", ")", "\"", "\\", "from", "by ", "with TLS", "spf=", "=", "<", ">", ",",
        "mailto:", "@",
        "=?", "?=", "?Q?", "a", "10:00", "+0100", "\0", "\u{7F}", "ü", "((((", "))))", "charset*0*=", "multipart/",
        "smtp;", "550 5.1.1 ", "550-", "[", "]", ":", "<@a:", "=?a?Q?b?=", "/", "failed", "5.1.1",
    ]

    private static func line(_ dice: inout Dice) -> [UInt8] {
        (0..<Int.random(in: 0...12, using: &dice)).flatMap { _ in Array((words.randomElement(using: &dice) ?? "").utf8)
        }
    }

    struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: FieldGrammar.allCases)
    func `whatever stands in a body, the pieces of a line are all of it`(grammar: FieldGrammar) {
        var dice = Dice(state: 7)
        for _ in 0..<2000 {
            var (divider, passing) = (FieldDivider(grammar), FieldDivider(grammar))
            for _ in 0..<4 {
                let line = Self.line(&dice)
                // In the middle of it, as a slice and through the few bits that are kept of it.
                let slice = (Self.line(&dice) + line)[...].suffix(line.count)
                var resumed = FieldDivider(grammar, from: .init(bits: divider.standing.bits))
                let pieces = divider.divide(line[...])
                passing.pass(slice)
                guard pieces.allSatisfy({ $0.count > 0 }), pieces.reduce(0, { $0 + $1.count }) == line.count,
                    resumed.divide(slice) == pieces, resumed == divider, passing == divider
                else {
                    Issue.record("\(grammar): \(line.lossyText) became \(pieces)")
                    return
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: FieldGrammar.allCases)
    func `a long line has so many pieces and no more`(grammar: FieldGrammar) {
        for word in ["a=;", "(a) ", "<a>,", "=?a?Q?b?= ", "from a ", "a@b ", "(((((", "a:", "a/", "a "] {
            let line = Array(String(repeating: word, count: 20_000).utf8)
            var divider = FieldDivider(grammar)
            let pieces = divider.divide(line[...])
            #expect(pieces.count <= FieldPieces.maxCount && pieces.reduce(0, { $0 + $1.count }) == line.count)
        }
    }

    @Test func `all that is kept of a standing comes back`() {
        for part in FieldPart.allCases {
            for bits in 0..<16 {
                var standing = FieldDivider.Standing()
                (standing.part, standing.depth) = (part, UInt8(bits * 17))
                (standing.isQuoted, standing.isOpen) = (bits & 1 > 0, bits & 2 > 0)
                (standing.isPastFirst, standing.isOfTLS) = (bits & 4 > 0, bits & 8 > 0)
                #expect(FieldDivider.Standing(bits: standing.bits) == standing && standing.bits < 1 << 24)
            }
        }
    }

    @Test func `terms of SPF`() {
        for (text, name, isModifier) in [
            ("-all", "all", false), ("IP4:192.0.2.0/24", "ip4", false), ("redirect=a", "redirect", true),
            ("a/28", "a", false),
            ("+mx:a", "mx", false), ("1a=b", "1a", false), ("a-b=c", "a-b", true), ("", "", false),
        ] {
            let term = SPFTerm(Array(text.utf8)[...])
            #expect(term.name == name && term.isModifier == isModifier, "\(text)")
        }
    }
}
