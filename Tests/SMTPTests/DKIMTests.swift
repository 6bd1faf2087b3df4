import Testing

@testable import SMTP

/// What of a mail is signed, and what a signature says (RFC 6376). The arithmetic is tested where the library is.
struct DKIMTests {
    /// RFC 6376 §3.4.5, example 1.
    private static let example = Array("A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n".utf8)

    @Test func `the relaxed form is that of RFC 6376 §3.4.5`() {
        let fields = HeaderField.fields(of: Self.example).map(RelaxedCanonicalization.field)
        #expect(fields.map(\.lossyText) == ["a:X", "b:Y Z"])
        #expect(RelaxedCanonicalization.body(of: Self.example).lossyText == " C\r\nD E\r\n")
    }

    @Test func `a body that is empty or all blank is nothing`() {
        for mail in ["A: X\r\n", "A: X\r\n\r\n", "A: X\r\n\r\n\r\n \r\n\t\r\n"] {
            #expect(RelaxedCanonicalization.body(of: Array(mail.utf8)) == [], "\(mail)")
        }
        #expect(RelaxedCanonicalization.body(of: Array("A: X\r\n\r\n\r\nb".utf8)).lossyText == "\r\nb\r\n")
    }

    private static func signed(_ names: String, _ header: String) -> String {
        let fields = HeaderField.fields(of: Array(header.utf8))
        let own = HeaderField(name: Array("DKIM-Signature".utf8), body: Array("v=1; b=abc def ; bh=ghi".utf8))
        let list = names.split(separator: ":").map { Array($0.utf8) }
        return DKIMSignature.signedOctets(list, of: fields, signature: own).lossyText
    }

    @Test func `the last field of a name is signed first, and a name without a field stands for nothing`() {
        let header = "From: a\r\nTo: first\r\nTo: second\r\nX: y\r\n"
        let own = "dkim-signature:v=1; b=; bh=ghi"
        #expect(Self.signed("from:to", header) == "from:a\r\nto:second\r\n\(own)")
        #expect(Self.signed("to:TO:to:from:cc", header) == "to:second\r\nto:first\r\nfrom:a\r\n\(own)")
    }

    private static let whole =
        "v=1; a=ed25519-sha256; c=relaxed/relaxed; d=a.example; s=s1; h=From:To; bh=YQ==; b=Y Q=="

    @Test func `a signature says who answers, and where the key is`() throws {
        let signature = try #require(DKIMSignature(Array(Self.whole.utf8)))
        #expect(signature.keyName == "s1._domainkey.a.example")
        #expect(signature.algorithm == .ed25519SHA256)
        #expect(signature.signature == Array("a".utf8))
    }

    @Test(arguments: [
        ("v=1", "v=2"), ("ed25519-sha256", "rsa-sha1"), ("relaxed/relaxed", "simple/relaxed"),
        ("d=a.example", "d=a..b"),
        ("s=s1;", ""), ("h=From:To", "h=To"), ("bh=YQ==", "bh=Y"), ("b=Y Q==", "b"), ("v=1;", "v=1; l=10;"),
        ("v=1;", "v=1; v=1;"), ("d=a.example", "d=a\"\r\n.b"),
    ])
    func `what cannot be checked here is no signature`(part: String, other: String) {
        #expect(DKIMSignature(Array(Self.whole.replacing(part, with: other).utf8)) == nil)
    }

    @Test func `a list of tags is read whole, or not at all`() throws {
        let tags = try #require(TagList(Array("v=DKIM1 ; k = rsa;p=; ".utf8)))
        #expect(tags.first == "v")
        #expect(tags["k"] == Array("rsa".utf8))
        #expect(tags["p"] == [])
        #expect(tags["q"] == nil)
        for text in ["", "v", "v=1;;k=2", "v=1; v=1", "1=2", "=x", "ä=1"] {
            #expect(TagList(Array(text.utf8)) == nil, "\(text)")
        }
    }

    /// A verifier for which each signature is that of each key.
    private static let credulous = DKIMVerifier(sha256: { _ in [97] }, verifies: { _, key, _, _ in key == [97] })

    @Test(arguments: [
        (["v=DKIM1; k=ed25519; p=YQ=="], DKIMVerifier.Result.pass), (["k=ed25519; p=YQ=="], .pass),
        (["v=spf1 -all", "v=DKIM1; k=ed25519; p=YQ=="], .pass), (["v=DKIM1; k=ed25519; p=Yg=="], .fail),
        ([], .permerror), (["v=DKIM1; k=ed25519; p="], .permerror), (["v=DKIM1; p=YQ=="], .permerror),
        (["k=ed25519; v=DKIM1; p=YQ=="], .permerror), (["v=DKIM2; k=ed25519; p=YQ=="], .permerror),
    ])
    func `the key is that of a record of the right kind`(records: [String], result: DKIMVerifier.Result) {
        let field = HeaderField(name: Array("DKIM-Signature".utf8), body: Array(Self.whole.utf8))
        let content = Array("From: a@a.example\r\n\r\n".utf8)
        #expect(Self.credulous.check(field, of: content, records: records.map { Array($0.utf8) }) == result)
    }

    @Test func `what was found is one field, and nothing of a mail ends it`() {
        var results = AuthenticationResults(server: "mx1.receiver.example")
        #expect(results.field.lossyText == "Authentication-Results: mx1.receiver.example;\r\n\tnone\r\n")
        results.add(SPFRecord.Result.fail, domain: Array("evil\r\nX: \"y\"".utf8), isHello: true)
        results.add(DKIMVerifier.Result.none, nil)
        results.add(DMARCRecord.Result.temperror, author: Array("a.example".utf8))
        #expect(
            results.field.lossyText == """
                Authentication-Results: mx1.receiver.example;\r
                \tspf=fail smtp.helo="evilX: y";\r
                \tdkim=none;\r
                \tdmarc=temperror header.from=a.example\r

                """
        )
    }
}
