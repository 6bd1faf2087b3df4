import DNS
import SMTP
import Testing

@testable import Tracing

/// What is inside of header fields and of records, each part with the section that tells of it.
@Suite struct FieldSpanTests {
    /// The spans of the last of these lines of a header, blanks and the end left out.
    private static func spans(_ lines: String...) -> [String] {
        let data: [(Side, String)] = [(.client, "DATA"), (.server, "354 go")]
        let all = SpanTests.spans(data + lines.map { (.client, $0) })
        return all.filter { !$0.hasPrefix("syntax/field-body") && !$0.hasPrefix("syntax/line-end") }
    }

    @Test func `a signature is cut into its tags, on each of its lines`() {
        #expect(
            Self.spans("DKIM-Signature: v=1; t=5; x=6; zz=1") == [
                "field/Dkim-Signature DKIM-Signature", "syntax/field-colon :", "field/Dkim-Signature@v v=1",
                "field/Dkim-Signature@t t=5", "field/Dkim-Signature@t x=6", "field/Dkim-Signature zz=1",
            ]
        )
        let first = "DKIM-Signature: v=1; b=abc"
        #expect(
            Self.spans(first, "\tdef; s=s1;") == [
                "syntax/folded-line \\x09", "field/Dkim-Signature@b def", "field/Dkim-Signature@s s=s1",
            ]
        )
        #expect(Self.spans(first, " d", " e").last == "field/Dkim-Signature@b e")
        // What a folded line began, the next goes on with.
        #expect(Self.spans("DKIM-Signature: v=1;", " b=abc", " d").last == "field/Dkim-Signature@b d")
        // Another field is another field.
        #expect(Self.spans(first, "Subject: x", " d") == ["syntax/folded-line  d"])
        #expect(Self.spans(first, "no field", " d") == ["syntax/folded-line  d"])
    }

    @Test func `what an ARC field shares with others has their sections, the rest its own`() {
        #expect(
            Self.spans("ARC-Message-Signature: i=1;", " a=rsa-sha256; i=2") == [
                "syntax/folded-line  ", "field/Dkim-Signature@a a=rsa-sha256", "field/Arc-Message-Signature i=2",
            ]
        )
        #expect(
            Self.spans("ARC-Seal: a=x; cv=none; b=y").suffix(3) == [
                "field/Dkim-Signature@a a=x", "field/Arc-Seal cv=none", "field/Arc-Seal b=y",
            ]
        )
        #expect(
            Self.spans("ARC-Authentication-Results: i=1; mx.a;", " spf=pass smtp.mailfrom=b").suffix(2) == [
                "field/Authentication-Results@spf spf=pass", "field/Authentication-Results@spf smtp.mailfrom=b",
            ]
        )
    }

    @Test func `fields that nobody divides are as they were`() {
        #expect(
            Self.spans("X-Unknown: a; b=c") == ["field/X-Unknown X-Unknown", "syntax/field-colon :"]
        )
        #expect(Self.spans("From: =?UTF-8?B?w7w=?= <a@b>").contains("field/Subject@encoded-word =?UTF-8?B?w7w=?="))
        #expect(Self.spans("Subject: x", " =?a?Q?b?=").last == "field/Subject@encoded-word =?a?Q?b?=")
    }

    @Test func `an address is cut into its parts, the same in each field that has addresses`() {
        for field in ["From", "Cc", "Resent-To", "Delivered-To"] {
            #expect(
                Self.spans("\(field): Ada", " =?a?Q?b?= <a@b>").dropFirst() == [
                    "field/Subject@encoded-word =?a?Q?b?=", "field/From@angle-addr <", "field/From@local-part a",
                    "syntax/mailbox @", "field/From@domain b", "field/From@angle-addr >",
                ]
            )
        }
        #expect(Self.spans("To: undisclosed-recipients:;").suffix(3).allSatisfy { $0.hasPrefix("field/From@group") })
        #expect(Self.spans("To: root (x), <@a:b@c>").contains("field/From@no-address root"))
        #expect(Self.spans("To: root (x), <@a:b@c>").contains("syntax/source-route @a:"))
    }

    @Test func `codes in a report have the lessons that they have in a reply`() {
        #expect(
            Self.spans("Diagnostic-Code: smtp; 552 5.2.2 full").dropFirst(2) == [
                "field/Diagnostic-Code@diagnostic-type smtp", "reply/552 552", "status/5.2.2 5.2.2",
                "field/Diagnostic-Code@diagnostic-text full",
            ]
        )
        #expect(
            Self.spans("Diagnostic-Code: smtp;", " 550 no (#5.1.1)").dropFirst() == [
                "reply/550 550", "field/Diagnostic-Code@diagnostic-text no (#", "status/5.1.1 5.1.1",
                "field/Diagnostic-Code@diagnostic-text )",
            ]
        )
        #expect(
            Self.spans("Status: 5.2.2 (full)").dropFirst(2) == [
                "field/Status@class 5", "field/Status@subject 2", "status/5.2.2 2", "field/Status (full)",
            ]
        )
        #expect(Self.spans("Status: RO").last == "field/Status RO")
        #expect(Self.spans("Final-Log-ID: x y").last == "field/Final-Log-ID x y")
    }

    @Test func `every section of the table is of a part that its grammar can find`() {
        #expect(FieldRow.fields.count < 256 && FieldRow.fields[0].name.isEmpty)
        #expect(Set(FieldRow.fields.map(\.name)).count == FieldRow.fields.count)
        for (name, row) in FieldRow.fields where !name.isEmpty {
            #expect(name.capitalizedFieldName == name)
            #expect(row.sections.allSatisfy { row.section(of: $0)?.path.hasPrefix("field/\(row.lesson)@") == true })
        }
    }

    @Test func `the name of a plain field is spelled as that of any other`() {
        let names = [
            "message-id", "MESSAGE-ID", "Mime-Version", "x-mime", "ID", "id-", "-id", "x--id", "Idle", "x_1-y2z", "a",
            "-", "mimes",
            "ARC-Seal", "List-Id", "x.y-[z]",
        ]
        for name in names {
            #expect(FieldHead.lessonName(of: Array(name.utf8)[...]) == name.capitalizedFieldName, "\(name)")
        }
        #expect(FieldHead.lessonName(of: Array(" \u{fc}ber-ID\t".utf8)[...]) == "\u{dc}ber-ID")
    }

    // MARK: Records

    private static func spans(_ data: ResourceRecord.Data, owner: String = "receiver.example") throws -> [String] {
        let record = ResourceRecord(owner: try Name(owner), ttl: 60, data: data)
        let trace = Tracer.trace(of: [try LookupTracerTests.answer(record.type, [record])])
        expectSound(trace, owner)
        let line = try #require(trace.lines.last)
        return try line.spansOfWire.dropFirst(3).map { number in
            let span = line.spans[number]
            let octets = line.message[try #require(line.messageRange(ofSpan: number))]
            let text = line.octets[span.range].lossyText
            // What is shown is what stands in the message, unless a string ends within it or something is escaped.
            if case .txt(let strings) = data, strings.count == 1, !text.contains("\\") {
                #expect(octets.lossyText == text)
            }
            return "\(span.anchor.path.dropFirst(4)) \(text)"
        }
    }

    private static func text(_ strings: String..., owner: String = "receiver.example") throws -> [String] {
        try spans(.txt(strings.map { Array($0.utf8) }), owner: owner)
    }

    @Test func `SPF term by term`() throws {
        #expect(
            try Self.text("v=spf1 a mx:b ip4:192.0.2.25 include:c exists:d ptr redirect=e exp=f zz ~all") == [
                "TXT@SPF v=spf1", "TXT@SPF-mx a", "TXT@SPF-mx mx:b", "TXT@SPF-ip ip4:192.0.2.25",
                "TXT@SPF-include include:c",
                "TXT@SPF-exists exists:d", "TXT@SPF-exists ptr", "TXT@SPF-redirect redirect=e",
                "TXT@SPF-redirect exp=f",
                "TXT@SPF zz", "TXT@SPF-all ~all",
            ]
        )
        // Strings are joined without a blank (RFC 7208 §3.3).
        #expect(
            try Self.text("v=spf1 ip", "4:192.0.2.1 -all")
                == ["TXT@SPF v=spf1", "TXT@SPF-ip ip", "TXT@SPF-ip 4:192.0.2.1", "TXT@SPF-all -all"]
        )
        #expect(try Self.text("v=spf10 -all") == ["TXT v=spf10 -all"])
    }

    @Test func `tags of DKIM, DMARC and the others`() throws {
        #expect(
            try Self.text("v=DKIM1; k=rsa; t=y; p=MII", "BIj; xx=1")
                == [
                    "TXT@DKIM-k v=DKIM1", "TXT@DKIM-k k=rsa", "TXT@DKIM-t t=y", "TXT@DKIM-k p=MII", "TXT@DKIM-k BIj",
                    "TXT@DKIM xx=1",
                ]
        )
        #expect(try Self.text("p=MII", owner: "s1._domainkey.receiver.example") == ["TXT@DKIM-k p=MII"])
        #expect(
            try Self.text("v=DMARC1;p=none; adkim=s; pct=1; rua=mailto:a; fo=1")
                == [
                    "TXT@DMARC v=DMARC1", "TXT@DMARC-p p=none", "TXT@DMARC-align adkim=s", "TXT@DMARC-pct pct=1",
                    "TXT@DMARC-rua rua=mailto:a", "TXT@DMARC-fo fo=1",
                ]
        )
        #expect(try Self.text("v=STSv1; id=1;") == ["TXT@MTA-STS v=STSv1", "TXT@MTA-STS id=1"])
        #expect(try Self.text("v=TLSRPTv1; rua=a") == ["TXT@TLS-RPT v=TLSRPTv1", "TXT@TLS-RPT rua=a"])
        #expect(try Self.text("v=BIMI1; l=a") == ["TXT@BIMI v=BIMI1", "TXT@BIMI l=a"])
        #expect(try Self.text("google-site-verification=a b") == ["TXT@verification google-site-verification=a b"])
        #expect(try Self.text("MS=ms1") == ["TXT@verification MS=ms1"])
        #expect(try Self.text("hello\"\\\u{1}") == ["TXT hello\\\"\\\\\\001"])
        #expect(try Self.text("") == [])
    }

    @Test func `TLSA is three numbers and what they are about, each where it stands in the message`() throws {
        let data = TLSA(certificateUsage: 3, selector: 1, matchingType: 2, associationData: [0xAB, 0x0C])
        #expect(
            try Self.spans(.tlsa(data))
                == ["TLSA@usage 3", "TLSA@selector 1", "TLSA@matching 2", "TLSA@matching ab0c"]
        )
    }

    @Test func `the values of a signature are spans, each where it stands in the message`() throws {
        let name: [UInt8] = [1] + Array("a".utf8) + [7] + Array("example".utf8) + [0]
        let data: [UInt8] = [0, 15, 13, 2, 0, 0, 1, 44, 0, 0, 0, 9, 0, 0, 0, 1, 0, 5] + name + [1, 2, 3]
        let record = ResourceRecord(
            owner: try Name("a.example"),
            ttl: 60,
            data: .other(RecordType(rawValue: 46), data)
        )
        let line = try #require(Tracer.trace(of: [try LookupTracerTests.answer(.mx, [record])]).lines.last)
        #expect(line.octets.lossyText.hasSuffix("MX 13 2 300 19700101000009 19700101000001 5 a.example AQID"))
        let values = line.spansOfWire.suffix(9).map { number in line.messageRange(ofSpan: number) }
        #expect(values.compactMap { $0.map { Array(line.message[$0]) } }.flatMap { $0 } == data)
    }

    @Test func `the seven values of an SOA record are spans, each where it stands in the message`() throws {
        let authority = StartOfAuthority(
            primaryServer: try Name("ns.b.example"),
            responsibleMailbox: try Name("who.c.example"),
            serial: 7
        )
        let record = ResourceRecord(owner: try Name("a.example"), ttl: 60, data: .soa(authority))
        let line = try #require(Tracer.trace(of: [try LookupTracerTests.answer(.mx, [record])]).lines.last)
        #expect(line.octets.lossyText.hasSuffix("ns.b.example who.c.example 7 3600 600 86400 60"))
        let values = try line.spansOfWire.suffix(7).map { try #require(line.messageRange(ofSpan: $0)) }
        #expect(values.suffix(5).map(\.count) == [4, 4, 4, 4, 4])
        #expect(zip(values, values.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
    }

    @Test func `an alias where an exchanger should be has its own section`() throws {
        let record = ResourceRecord(owner: try Name("a.example"), ttl: 60, data: .cname(try Name("b.example")))
        let alias = try LookupTracerTests.answer(.a, [record])
        let mx = try LookupTracerTests.answer(.mx, [try LookupTracerTests.mx(5, "a.example")])
        for (events, anchor) in [([mx, alias], "dns/CNAME@exchanger"), ([alias], "dns/CNAME")] {
            let line = try #require(Tracer.trace(of: events).lines.last)
            #expect(line.spans.filter { $0.anchor.path == anchor }.count >= 2)
            #expect(line.messageRange(ofSpan: line.spansOfWire.last) != nil)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `whatever a TXT record holds, its spans are all of its text`() throws {
        let words = [
            "v=spf1 ", "v=DMARC1;", "p=", ";", " ", "\"", "\\", "-all", "ip4:1", "\u{0}", "ü", "\\032", "v=DKIM1", "=",
        ]
        var dice = RandomSessionTests.Dice(state: 3)
        for number in 0..<500 {
            let strings = (0..<Int.random(in: 1...4, using: &dice)).map { _ in
                Array(
                    (0..<Int.random(in: 0...9, using: &dice)).map { _ in words.randomElement(using: &dice) ?? "" }
                        .joined().utf8
                )
            }
            let record = ResourceRecord(owner: try Name("a.example"), ttl: 60, data: .txt(strings))
            let trace = Tracer.trace(of: [try LookupTracerTests.answer(.txt, [record])])
            expectSound(trace, "record \(number)")
            guard let line = trace.lines.last else { continue }
            for span in line.spansOfWire where line.messageRange(ofSpan: span)?.isEmpty ?? true {
                Issue.record("record \(number): \(WireText.shown(line.octets)), span \(span) is nowhere in the message")
            }
        }
    }

    // MARK: Every field, mutated

    @Test(.timeLimit(.minutes(2))) func `whatever stands in a header, the spans of each line are all of it`() {
        let words = [
            "; ", "=", "(", ")", "\"", "\\", "\r\n ", "\r\n\t", "from ", "v=1", "spf=", "<", ">", ",", "=?a?Q?b?=",
            "\r\n", ":", ".",
        ]
        var dice = RandomSessionTests.Dice(state: 11)
        for number in 0..<300 {
            let fields = (0..<6).map { _ -> String in
                let name = FieldRow.fields.randomElement(using: &dice)?.name ?? ""
                let body = (0..<Int.random(in: 0...14, using: &dice)).map { _ in words.randomElement(using: &dice) ?? ""
                }
                return "\(name): \(body.joined())\r\n"
            }
            let octets = Array("DATA\r\n\(fields.joined())".utf8)
            let events = [
                WireEvent(.octets(from: .client, Array(octets.prefix(6))), leg: .relay),
                WireEvent(.octets(from: .server, Array("354 go\r\n".utf8)), leg: .relay),
                WireEvent(.octets(from: .client, Array(octets.dropFirst(6))), leg: .relay),
            ]
            let trace = Tracer.trace(of: events)
            expectSound(trace, "header \(number)")
            if Tracer.trace(of: events.flatMap { $0.split(every: Int.random(in: 1...7, using: &dice)) }) != trace {
                Issue.record("header \(number) differs when it comes in pieces")
            }
        }
    }
}
