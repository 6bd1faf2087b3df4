import Notation
import Testing

struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"), ("\0ada\0secret", "AGFkYQBzZWNyZXQ="), ("\u{FF}\u{3FF}", "w7/Pvw=="),
    ])
    func `Base64 both ways, as RFC 4648 §10 has it`(plain: String, coded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == Array(coded.utf8))
        #expect(Base64.decode(Array(coded.utf8)) == Array(plain.utf8))
    }

    @Test func `every octet survives Base64`() {
        let all = Array(UInt8.min...UInt8.max)
        for count in 0...all.count {
            let octets = Array(all.suffix(count))
            #expect(Base64.decode(Base64.encode(octets)) == octets)
        }
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "====", "A===", "Zh==", "Zm9=", "Z===", "Zm 9v", "Zm9v\n", "Zm9-", "=Zm9",
        "Zg==Zg==",
    ])
    func `what is no Base64 is none`(text: String) { #expect(Base64.decode(Array(text.utf8)) == nil) }
}
