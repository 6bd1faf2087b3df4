import Testing

@testable import SMTP

/// Whether what passed fits the From field (RFC 7489 §3.1).
struct DMARCRecordTests {
    private static func record(_ texts: String...) -> DMARCRecord? { DMARCRecord(texts.map { Array($0.utf8) }) }

    @Test(arguments: [
        ("sender.example", ["sender.example"], "v=DMARC1; p=none", DMARCRecord.Result.pass),
        ("sender.example", ["bounces.SENDER.example"], "v=DMARC1; p=none", .pass),
        ("news.sender.example", ["sender.example"], "v=DMARC1; p=none", .pass),
        ("sender.example", ["evil.example"], "v=DMARC1; p=none", .fail),
        ("sender.example", ["notsender.example"], "v=DMARC1; p=none", .fail),
        ("sender.example", [], "v=DMARC1;p=reject", .fail),
        ("sender.example", ["bounces.sender.example"], "v=DMARC1; p=none; aspf=s; adkim=s", .fail),
        ("sender.example", ["sender.example"], "v=DMARC1; p=none; aspf=s; adkim=s", .pass),
    ])
    func `a domain that passed fits the author's, or not`(
        author: String,
        passed: [String],
        record: String,
        result: DMARCRecord.Result
    ) throws {
        let (record, domains) = (try #require(Self.record(record)), passed.map { Array($0.utf8) })
        #expect(record.check(author: Array(author.utf8), spf: nil, dkim: domains) == result)
        #expect(record.check(author: Array(author.utf8), spf: domains.first, dkim: []) == result)
    }

    @Test func `each of the two may want the very same name`() throws {
        let (author, below) = (Array("sender.example".utf8), Array("a.sender.example".utf8))
        let record = try #require(Self.record("v=DMARC1; p=quarantine; adkim=s"))
        #expect(record.policy == "quarantine")
        #expect(record.check(author: author, spf: below, dkim: []) == .pass)
        #expect(record.check(author: author, spf: nil, dkim: [below]) == .fail)
    }

    @Test func `what is no record, or more than one, is none`() {
        #expect(Self.record() == nil)
        #expect(Self.record("v=spf1 -all") == nil)
        #expect(Self.record("p=none; v=DMARC1") == nil)
        #expect(Self.record("v=DMARC1") == nil)
        #expect(Self.record("v=DMARC1; p=perhaps") == nil)
        #expect(Self.record("v=DMARC1; p=none", "v=DMARC1; p=reject") == nil)
        #expect(Self.record("v=spf1 -all", "v=DMARC1 ; p = none ;") != nil)
    }
}
