import DNS
import Testing

struct NameTests {
    @Test(arguments: [
        ("receiver.example", [Array("receiver".utf8), Array("example".utf8)]),
        ("receiver.example.", [Array("receiver".utf8), Array("example".utf8)]),  // the dot at the end says nothing new
        (".", []),  // the root
        ("a\\.b.c", [Array("a.b".utf8), [0x63]]),  // a dot inside a label is no separator
        ("a\\\\b", [Array("a\\b".utf8)]),
        ("\\027[0m", [[0x1B] + Array("[0m".utf8)]),  // an escape sequence for a terminal
        ("\\000\\255\\032", [[0, 255, 32]]),
        ("\\009\\010\\099", [[9, 10, 99]]),  // each number of leading zeros
        ("a\\-b", [Array("a-b".utf8)]),  // an escape that was not needed
    ])
    func `a text is read`(text: String, labels: [[UInt8]]) throws { #expect(try Name(text).labels == labels) }

    @Test(
        arguments: [
            ("", .empty),
            ("..", .emptyLabel), (".a", .emptyLabel), ("a..b", .emptyLabel), ("a..", .emptyLabel),
            ("a\\", .badEscape(at: 1)),  // nothing to escape
            ("a\\25", .badEscape(at: 1)),  // two digits
            ("\\2b5", .badEscape(at: 0)),
            ("\\256", .badEscape(at: 0)),  // no octet
            ("ü.example", .notASCII(at: 0)), ("a\\ü", .notASCII(at: 2)),
            (String(repeating: "x", count: 64), .labelTooLong(octets: 64)),
            (String(repeating: "abc.", count: 64), .nameTooLong(octets: 257)),
        ] as [(String, NameError)]
    )
    func `a text that is no name says why`(text: String, error: NameError) {
        #expect(throws: error) { try Name(text) }
        #expect(!error.description.isEmpty)
    }

    @Test func `the limits themselves are allowed`() throws {
        #expect(try Name(labels: [[UInt8](repeating: 0x78, count: 63)]).wireCount == 65)
        let longest = try Name(labels: Array(repeating: [0x61, 0x62], count: 84) + [[0x63]])
        #expect(longest.wireCount == 255)
        #expect(throws: NameError.nameTooLong(octets: 256)) {
            try Name(labels: Array(repeating: [0x61, 0x62], count: 84) + [[0x63, 0x64]])
        }
        #expect(throws: NameError.emptyLabel) { try Name(labels: [[]]) }
    }

    @Test func `every octet survives its text form and none of it is a control character`() throws {
        for octet in UInt8.min...UInt8.max {
            let one = try Name(labels: [[0x61, octet, 0x62], [octet]])
            #expect(try Name(one.description) == one)
            #expect(try Name(one.description).labels == one.labels)
            #expect(one.description.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        }
        #expect(name("\\127").description == "\\127")
        #expect(name("a\\ b").description == "a\\032b")
        #expect(name("\\007").description == "\\007")
        #expect(Name.root.description == ".")
    }

    @Test func `case does not count, the case that came is kept`() {
        #expect(name("Receiver.EXAMPLE") == name("receiver.example"))
        #expect(Set([name("A.b"), name("a.B"), name("ab")]).count == 2)
        #expect(name("Receiver.EXAMPLE").description == "Receiver.EXAMPLE")
        // [ and { differ by the bit that makes letters small, and are no letters.
        #expect(name("[") != name("{"))
        #expect(name("@") != name("`"))
        #expect(name("ab") != name("abc"))
        #expect(name("a.b") != name("a\\.b"))
    }

    @Test func `a name knows what it stands below`() {
        #expect(name("mx.Receiver.example").isWithin(name("receiver.example")))
        #expect(name("receiver.example").isWithin(name("receiver.example")))
        #expect(name("receiver.example").isWithin(.root))
        #expect(!name("notreceiver.example").isWithin(name("receiver.example")))
        #expect(!name("example").isWithin(name("receiver.example")))
    }

    @Test func `names sort from the root down`() {
        let sorted = ["example", "a.example", "Z.a.example", "z.example"].map(name)
        #expect([sorted[3], sorted[1], sorted[0], sorted[2]].sorted() == sorted)
    }
}

struct AddressTests {
    @Test(arguments: [
        ("127.0.0.1", [127, 0, 0, 1]), ("255.255.255.255", [255, 255, 255, 255]), ("0.0.0.0", [0, 0, 0, 0]),
    ])
    func `an IPv4 address is read and written`(text: String, octets: [UInt8]) {
        #expect(IPv4Address(text)?.octets == octets)
        #expect(IPv4Address(text)?.description == text)
    }

    @Test(arguments: [
        "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1.2.3.", "1.2.3.+4", "", "a.b.c.d", "1.2.3.4 ",
    ])
    func `what is no IPv4 address is not taken for one`(text: String) { #expect(IPv4Address(text) == nil) }

    @Test(arguments: [
        ("00000000000000000000000000000000", "::"), ("00000000000000000000000000000001", "::1"),
        ("20010DB8000000000000000000000001", "2001:db8::1"),
        ("20010DB8000000010001000100010001", "2001:db8:0:1:1:1:1:1"),  // a single group of zeros is not shortened
        ("20010000000000010000000000000001", "2001:0:0:1::1"),  // the longest run
        ("20010DB8000000000001000000000001", "2001:db8::1:0:0:1"),  // of two equal runs the first
        ("FE800000000000000000000000000000", "fe80::"),
    ])
    func `an IPv6 address is written short`(digits: String, text: String) {
        #expect(IPv6Address(octets: octets(digits))?.description == text)
        #expect(IPv6Address(octets: octets(digits))?.octets == octets(digits))
    }

    @Test func `sixteen octets, no more and no fewer`() {
        #expect(IPv6Address(octets: Array(repeating: 0, count: 15)) == nil)
        #expect(IPv6Address(octets: Array(repeating: 0, count: 17)) == nil)
    }
}
