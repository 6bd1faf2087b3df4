import Testing

@testable import DNS

@Suite struct InternationalNameTests {
    @Test(arguments: [
        ("grüße.example", "xn--gre-6ka8l.example"), ("GRÜSSE.example", "xn--grsse-lva.example"),
        ("почта.example", "xn--80a1acny.example"), ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
        ("bücher。example", "xn--bcher-kva.example"), ("receiver.example", "receiver.example"),
    ])
    func `a U-label goes as its A-label and comes back`(text: String, name: String) throws {
        let read = try Name(international: text)
        #expect("\(read)" == name)
        let back = read.international
        let again = try Name(international: back ?? text)
        #expect(again == read)
        #expect((back == nil) == (name == "receiver.example"))
    }

    @Test(arguments: ["a b\u{e9}.example", "\u{2603}.example", "\u{202e}abc.example", "é..example", ""])
    func `what is no U-label is none`(text: String) {
        #expect(throws: NameError.self) { try Name(international: text) }
    }

    @Test(arguments: ["xn--a", "xn--99999999", "xn--\u{7a}\u{7a}\u{7a}\u{7a}\u{7a}\u{7a}9", "xn--abc-", "xn--example"])
    func `an A-label that stands for nothing is shown as it is`(label: String) throws {
        let name = try Name(label + ".example")
        #expect(name.international == nil)
    }

    @Test func `an extended error is a code, a name and words`() {
        let error = ExtendedError(EDNS.Option(code: 15, octets: [0, 6] + Array("sig\0rest".utf8)))
        #expect(error.map { "\($0)" } == "6, DNSSEC bogus: sig")
        #expect(ExtendedError(EDNS.Option(code: 15, octets: [0])) == nil)
        #expect(ExtendedError(EDNS.Option(code: 3, octets: [0, 6])) == nil)
        #expect(ExtendedError(EDNS.Option(code: 15, octets: [9, 9])).map { "\($0)" } == "2313, not in RFC 8914")
    }
}
