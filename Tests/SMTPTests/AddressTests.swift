import Testing

@testable import SMTP

@Suite struct DomainTests {
    static let label63 = String(repeating: "l", count: 63)

    @Test(arguments: [
        "a", "a.example", "A1.B2", "a-b.example", "1.2.3.4", "x--y", "caf\u{E9}.example", label63 + ".example",
        String(repeating: "d.", count: 127) + "d",
    ])
    func `labels of letters, digits and inner hyphens are a domain`(name: String) {
        #expect(Domain.isDomain(Array(name.utf8)))
        #expect(Domain.isFullyQualified(Array(name.utf8)) == name.contains("."))
    }

    @Test(arguments: [
        "", ".", "a.", ".a", "a..b", "-a", "a-", "a.-b", "a.b-", "a_b", "a b", "a\0b", "[192.0.2.1]", "a@b",
        label63 + "l",
        String(repeating: "d.", count: 127) + "dd",
    ])
    func `anything else is none`(name: String) {
        #expect(!Domain.isDomain(Array(name.utf8)))
        #expect(!Domain.isFullyQualified(Array(name.utf8)))
    }
}

@Suite struct AddressLiteralTests {
    @Test(arguments: [
        ("[192.0.2.1]", AddressLiteral.ipv4([192, 0, 2, 1])), ("[0.0.0.0]", .ipv4([0, 0, 0, 0])),
        ("[255.255.255.255]", .ipv4([255, 255, 255, 255])), ("[192.000.002.001]", .ipv4([192, 0, 2, 1])),
        ("[IPv6:2001:db8::1]", .ipv6([0x2001, 0xDB8, 0, 0, 0, 0, 0, 1])),
        ("[ipv6:::]", .ipv6([0, 0, 0, 0, 0, 0, 0, 0])),
        ("[IPv6:::1]", .ipv6([0, 0, 0, 0, 0, 0, 0, 1])), ("[IPv6:1::]", .ipv6([1, 0, 0, 0, 0, 0, 0, 0])),
        ("[IPv6:1:2:3:4:5:6:7:8]", .ipv6([1, 2, 3, 4, 5, 6, 7, 8])),
        ("[IPv6:1:2:3:4:5:6::]", .ipv6([1, 2, 3, 4, 5, 6, 0, 0])),
        ("[IPv6:::ffff:192.0.2.1]", .ipv6([0, 0, 0, 0, 0, 0xFFFF, 0xC000, 0x0201])),
        ("[IPv6:1:2:3:4:5:6:192.0.2.1]", .ipv6([1, 2, 3, 4, 5, 6, 0xC000, 0x0201])),
        ("[IPv6:ABCD::abcd]", .ipv6([0xABCD, 0, 0, 0, 0, 0, 0, 0xABCD])),
        ("[x:y]", .general(tag: [120], content: [121])),
        ("[x-tag:content!]", .general(tag: Array("x-tag".utf8), content: Array("content!".utf8))),
    ])
    func `an address in brackets is read`(text: String, literal: AddressLiteral) {
        #expect(AddressLiteral.read(Array(text.utf8)) == literal)
    }

    @Test(arguments: [
        "", "[]", "[", "192.0.2.1", "[192.0.2.1", "192.0.2.1]", "[192.0.2]", "[192.0.2.1.1]", "[192.0.2.256]",
        "[192.0.2.0001]", "[192.0.2.]", "[192.0.2.-1]", "[192.0.2.1 ]", "[2001:db8::1]x", "[IPv6:]",
        "[IPv6:1:2:3:4:5:6:7]",
        "[IPv6:1:2:3:4:5:6:7:8:9]", "[IPv6:1::2::3]", "[IPv6:12345::]", "[IPv6::1]", "[IPv6:1:]", "[IPv6:g::]",
        "[IPv6:1:2:3:4:5:6:7:8::]", "[192.0.2.1.]", "[192..0.2.1]", "[.192.0.2.1]", "[IPv6:1:2:3:4:5:6:7:8:]",
        "[IPv6:1::2:]", "[IPv6::1:2:3:4:5:6:7:8]", "[IPv6:1:2:3:4:5:6:7::]", "[IPv6:1:2:3:4:5::192.0.2.1]",
        "[IPv6:1:2:3:4:5:6:7:192.0.2.1]", "[IPv6:192.0.2.1::]", "[IPv6::::]",
        "[IPv6:::192.0.2.256]", "[IPv6:+1::]", "[:x]", "[tag:]", "[ta g:x]", "[tag:a]b]", "[tag:a\\b]",
    ])
    func `what spells no address is none`(text: String) { #expect(AddressLiteral.read(Array(text.utf8)) == nil) }
}

@Suite struct MailboxTests {
    @Test(arguments: [
        "ada@client.example", "a.b.c@d.example", "!#$%&'*+-/=?^_`{|}~@d.example", "\"a b\"@d.example", "\"\"@d.example",
        "\"a\\\"b\"@d.example", "\"a@b\"@d.example", "ada@[192.0.2.1]", "ada@localhost", "ad\u{E1}@d.example",
        "\"ad\u{E1}\"@d.example", String(repeating: "l", count: 64) + "@d.example",
    ])
    func `a mailbox that SMTP can carry is taken as typed`(text: String) throws {
        let mailbox = try Mailbox(text)
        #expect(mailbox.octets == Array(text.utf8))
        #expect(mailbox.needsSMTPUTF8 == text.contains("\u{E1}"))
    }

    @Test(arguments: [
        ("ada", MailboxError.noAtSign), ("", .noAtSign), ("@d.example", .noLocalPart),
        (".a@d.example", .localPartOutsideGrammar), ("a.@d.example", .localPartOutsideGrammar),
        ("a..b@d.example", .localPartOutsideGrammar), ("a b@d.example", .localPartOutsideGrammar),
        ("a@b@d.example", .localPartOutsideGrammar), ("a>b@d.example", .localPartOutsideGrammar),
        ("a\r\nb@d.example", .localPartOutsideGrammar), ("a\0b@d.example", .localPartOutsideGrammar),
        ("\"a@d.example", .localPartOutsideGrammar), ("\"@d.example", .localPartOutsideGrammar),
        ("\"a\\\"@d.example", .localPartOutsideGrammar), ("\"a\"b\"@d.example", .localPartOutsideGrammar),
        ("\"a\rb\"@d.example", .localPartOutsideGrammar), ("\"a\\\u{E1}\"@d.example", .localPartOutsideGrammar),
        ("\"a\"b@d.example", .localPartOutsideGrammar), ("a@", .domainOutsideGrammar),
        ("a@d..example", .domainOutsideGrammar),
        ("a@d.example> SIZE=1", .domainOutsideGrammar), ("a@d.example\r\n", .domainOutsideGrammar),
        ("a@[192.0.2]", .domainOutsideGrammar),
        (String(repeating: "l", count: 65) + "@d.example", .localPartTooLong(octets: 65)),
        ("a@" + String(repeating: "d.", count: 128), .domainTooLong(octets: 256)),
    ])
    func `a mailbox that SMTP cannot carry is refused, with the reason`(text: String, error: MailboxError) {
        #expect(throws: error) { try Mailbox(text) }
        #expect(!"\(error)".isEmpty)
    }
}

@Suite struct PathTests {
    @Test func `paths are typed by people and written with brackets`() throws {
        #expect(try ReversePath("").octets == Array("<>".utf8))
        #expect(try ReversePath("<>") == .null)
        #expect(try ReversePath("a@b.example").octets == Array("<a@b.example>".utf8))
        #expect(try ForwardPath("POSTMASTER").octets == Array("<Postmaster>".utf8))
        #expect(try ForwardPath("a@b.example").octets == Array("<a@b.example>".utf8))
        #expect(throws: MailboxError.noAtSign) { try ForwardPath("") }
        #expect(throws: MailboxError.noAtSign) { try ReversePath("postmaster") }
    }

    @Test func `departures of a path say where in the line it stands`() {
        let reading = Path.read(Array("xxa@b_c".utf8)[2...], isForward: true, start: 8)
        #expect(
            reading.departures == [
                Departure(.missingAngleBrackets, at: 8..<13), Departure(.malformedDomain, at: 8..<13),
            ]
        )
        #expect(reading.value.mailbox?.localPart == Array("a".utf8))
    }

    @Test(
        arguments: [(64, 11, []), (65, 11, [.localPartTooLong]), (1, 255, []), (1, 256, [.domainTooLong])]
            as [(Int, Int, [Departure.Kind])]
    )
    func `64 octets before the at sign and 255 behind it are none too many`(
        local: Int,
        domain: Int,
        kinds: [Departure.Kind]
    ) {
        let name = String(repeating: "d.", count: (domain - 1) / 2) + (domain % 2 == 0 ? "dd" : "d")
        #expect(name.utf8.count == domain)
        let path = Array((String(repeating: "l", count: local) + "@" + name).utf8)
        let found = Path.read(path[...], isForward: true, start: 0).departures.map(\.kind)
        #expect(found.filter { ![.missingAngleBrackets, .pathTooLong, .malformedDomain].contains($0) } == kinds)
    }

    @Test func `a bracket alone is no path`() {
        for text in ["<", "<a@b.example", "<>x"] {
            #expect(Path.read(Array(text.utf8)[...], isForward: false, start: 0).value == .malformed(Array(text.utf8)))
        }
    }

    @Test func `a path of 256 octets is none too long`() {
        let labels = String(repeating: "d.", count: 125)
        for (domain, kinds) in [(labels + "d", []), (labels + "dd", [Departure.Kind.pathTooLong])] {
            let path = Array("<a1@\(domain)>".utf8)
            #expect(path.count == 256 + kinds.count)
            #expect(Path.read(path[...], isForward: true, start: 0).departures.map(\.kind) == kinds)
        }
    }
}

@Suite struct ParameterTests {
    @Test(arguments: [
        ("", ""), ("abc", "abc"), ("a+2Bb", "a+b"), ("+00", "\0"), ("+C3+BC", "\u{FC}"), ("rfc822;x@y", "rfc822;x@y"),
    ])
    func `xtext means other octets`(text: String, meant: String) {
        #expect(Xtext.decode(Array(text.utf8)) == Array(meant.utf8))
        #expect(Xtext.encode(Array(meant.utf8)) == Array(text.utf8))
    }

    @Test(arguments: ["+", "+2", "a+", "+2b", "+G0", "a=b", "a b", "a\u{7F}", "\u{FC}", "+2B+"])
    func `what is no xtext is none`(text: String) { #expect(Xtext.decode(Array(text.utf8)) == nil) }

    @Test func `every octet survives xtext`() {
        let all = Array(UInt8.min...UInt8.max)
        #expect(Xtext.decode(Xtext.encode(all)) == all)
        #expect(Xtext.encode(all).allSatisfy { (33...126).contains($0) && $0 != 0x3D })
    }

    @Test func `a parameter is written as its keyword and value`() {
        #expect(Parameter("SIZE", "12").octets == Array("SIZE=12".utf8))
        #expect(Parameter("SMTPUTF8").octets == Array("SMTPUTF8".utf8))
        #expect(Parameter("body", "").name == "BODY")
    }
}
