import Testing

@testable import Tracing

/// The quick reader of the lines that recordings have most of, beside the general one.
@Suite struct PlainStoredEventTests {
    /// Lines that the quick reader reads.
    private static let plain = [
        #"[1,"relay","client","NOOP\r\n"]"#, #"[0,"relay","server","250 2.0.0 Ok\r\n"]"#,
        #"[0.001, "submission", "client", "a\tb\\c\"d\/e\b\f"]"#, #"[ 12.345678 , "relay" , "server" , "" ] "#,
        #"[0.1,"relay","client","]"]"#, #"[1000000000000,"relay","client","x"]"#,
        #"[0.30000000000000,"relay","client","\\"]"#,
    ]
    /// Lines that it leaves to the general one, which takes some of them and refuses others.
    private static let other = [
        #"[1,"relay","client","Grüße"]"#, #"[1,"relay","client","\u0041"]"#, #"[1e3,"relay","client","x"]"#,
        #"[1,"relay","close","client"]"#, #"[1,"relay","client",{"base64":"AAAA"}]"#, #"[01,"relay","client","x"]"#,
        #"[1.,"relay","client","x"]"#, #"[.5,"relay","client","x"]"#, #"[-1,"relay","client","x"]"#,
        #"[1,"relay","client","x"],"#, #"[1,"relay","client","x"#, #"[1,"relay","client","x\"]"#,
        #"[1,"relay","client"]"#,
        #"[1,"relays","client","x"]"#, #"[1,"relay","client""x"]"#, #"[1,"relay","client","x","y"]"#, "", "[", "[1",
        #"[1000000000001,"relay","client","x"]"#, #"[0.1234567890123456,"relay","client","x"]"#,
        "[1,\"relay\",\"client\",\"a\u{1}\"]",
        #"[1.2.3,"relay","client","x"]"#, #"[1,"lookup","client","x"]"#,
    ]

    @Test(arguments: plain) func `what it reads is what the general reader reads`(line: String) throws {
        let octets = Array(line.utf8)[...]
        let read = try #require(PlainStoredEvent.read(octets))
        #expect(try StoredEvent.readAnyJSON(octets).get() == read)
    }

    @Test(arguments: other) func `what is spelled in another way is left to the general reader`(line: String) {
        #expect(PlainStoredEvent.read(Array(line.utf8)[...]) == nil)
    }

    @Test func `a line that is damaged anywhere is read alike`() {
        for line in Self.plain.map({ Array($0.utf8) }) {
            for place in line.indices {
                for octet in [
                    UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "0"), UInt8(ascii: ","), 0, 32, 0xC3,
                ] {
                    var damaged = line
                    damaged[place] = octet
                    guard let read = PlainStoredEvent.read(damaged[...]) else { continue }
                    #expect(
                        (try? StoredEvent.readAnyJSON(damaged[...]).get()) == read,
                        "\(String(decoding: damaged, as: UTF8.self))"
                    )
                }
            }
        }
    }
}
