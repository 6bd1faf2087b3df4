import Notation
import Testing

struct AddressTextTests {
    /// The examples of RFC 5952 §4 and RFC 4291 §2.2.
    @Test(arguments: [
        ("2001:0db8::0001", "2001:db8::1"), ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:DB8::A", "2001:db8::a"), ("::", "::"), ("::1", "::1"),
        ("1::", "1::"), ("::ffff:192.0.2.1", "::ffff:c000:201"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
    ])
    func `an address of IPv6 has one short form`(text: String, short: String) throws {
        #expect(IPv6Text.text(try #require(IPv6Text.groups(text.utf8))) == short)
    }

    @Test(arguments: [
        "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "::1%1",
        "1:2:3:4:5:6:7:8::",
        "192.0.2.1", "::192.0.2", "192.0.2.1::", "+1::",
    ])
    func `what is no address of IPv6 is none`(text: String) { #expect(IPv6Text.groups(text.utf8) == nil) }

    @Test func `a gap of one group is none where two are wanted`() {
        #expect(IPv6Text.groups("1:2:3:4:5:6:7::".utf8, minGap: 2) == nil)
        #expect(IPv6Text.groups("1:2:3:4:5:6::".utf8, minGap: 2) != nil)
    }

    @Test(arguments: [
        ("192.0.2.1", [192, 0, 2, 1]), ("10.9.99.100", [10, 9, 99, 100]), ("0.0.0.0", [0, 0, 0, 0]),
        ("255.255.255.255", [255, 255, 255, 255]),
    ])
    func `an address of IPv4 is four octets`(text: String, octets: [UInt8]) {
        #expect(IPv4Text.octets(text.utf8) == octets)
        #expect(IPv4Text.text(octets) == text)
        #expect(IPv4Text.text(octets.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }) == text)
    }

    @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.0004", "1..2.3", "1.2.3.x", "1.2.3.+4"])
    func `what is no address of IPv4 is none`(text: String) { #expect(IPv4Text.octets(text.utf8) == nil) }

    @Test func `zeros in front are refused where they might be octal`() {
        #expect(IPv4Text.octets("192.000.002.010".utf8) == [192, 0, 2, 10])
        #expect(IPv4Text.octets("192.0.2.010".utf8, allowsZeros: false) == nil)
        #expect(IPv4Text.octets("192.0.2.0".utf8, allowsZeros: false) == [192, 0, 2, 0])
    }
}
