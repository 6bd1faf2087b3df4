import Testing

@testable import Lessons

@Suite struct SpokenTextTests {
    @Test(arguments: [
        ("One. Two. Three", ["One.", "Two.", "Three"]), ("Is it so? It is!", ["Is it so?", "It is!"]),
        ("See e.g. RFC 5321. Then go.", ["See e.g. RFC 5321.", "Then go."]),
        ("A host, mx.example. and more.", ["A host, mx.example. and more."]),
        ("It says “no.” Then", ["It says “no.”", "Then"]),
        ("5.1.1 means no. 2.1.5 yes.", ["5.1.1 means no.", "2.1.5 yes."]), ("(So it is.) Now", ["(So it is.)", "Now"]),
        ("", []),
    ])
    func `a text is parted between its sentences`(text: String, sentences: [String]) {
        #expect(SpokenText.split(text) == sentences)
    }

    @Test func `a long sentence goes on further in, and keeps all its words`() {
        let sentence = "The sender's server asks the DNS which hosts take mail for the recipient's domain."
        let lines = SpokenText.wrapped(sentence, columns: 30)
        #expect(lines.count > 2 && lines.allSatisfy { $0.count <= 30 })
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("  ") && !$0.hasPrefix("   ") })
        #expect(lines.map { $0.drop { $0 == " " } }.joined(separator: " ") == sentence)
    }

    @Test func `a table is read as a list, and a rule is not read`() {
        let cells: [[Inline]] = [[.text("code")], [.text("what")]]
        let table = Block.table(alignments: [.none, .none], header: cells, rows: [[[.text("250")], [.text("ok")]]])
        #expect(SpokenText.lines([table], columns: 60) == ["- 250", "  what: ok"])
        #expect(!SpokenText.lines([.paragraph([.text("A.")]), .rule], columns: 60).contains { $0.hasPrefix("-") })
    }
}
