import Testing

@testable import SMTP

/// A mail's header read for what it names, whatever stands in it.
struct HeaderFieldTests {
    @Test func `folded lines are one field, and what is no field is left out`() {
        let content =
            " lost\r\nTo: a@b.example,\r\n\t c@d.example\r\nno field\r\nX :  y \r\n: z\r\n\r\nCc: body@b.example\r\n"
        let fields = HeaderField.fields(of: Array(content.utf8))
        #expect(fields.map { "\($0.name.lossyText)=\($0.body.lossyText)" } == ["To=a@b.example, c@d.example", "X=y"])
    }

    @Test(arguments: [
        ("ada@sender.example", ["ada@sender.example"]),
        ("Ada Lovelace <ada@sender.example>", ["ada@sender.example"]),
        ("\"Lovelace, Ada <x@y>\" <ada@sender.example>, bob@b.example", ["ada@sender.example", "bob@b.example"]),
        ("ada@sender.example (of, (the) engine), <b@c.example>", ["ada@sender.example", "b@c.example"]),
        ("Friends: a@b.example, c@d.example;, e@f.example", ["a@b.example", "c@d.example", "e@f.example"]),
        ("\"a@b,\\\"c\"@d.example", ["\"a@b,\\\"c\"@d.example"]),
        ("undisclosed-recipients:;", []), ("", []), ("nobody", []), ("<>", []), ("@x", []), ("x@", []),
        ("<a@b.example", ["a@b.example"]), ("(a@b.example", []),
    ])
    func `a body names its mailboxes`(body: String, mailboxes: [String]) {
        let field = HeaderField(name: Array("To".utf8), body: Array(body.utf8))
        #expect(field.mailboxes.map(\.octets.lossyText) == mailboxes)
    }

    @Test func `a domain is compared without case, a local part as it is`() throws {
        let one = try Mailbox("ada@sender.example")
        #expect(one.isSame(as: try Mailbox("ada@SENDER.example")))
        #expect(!one.isSame(as: try Mailbox("Ada@sender.example")))
        #expect(!one.isSame(as: try Mailbox("ada@sender.test")))
    }
}
