import SMTP
import Testing

@testable import Networking

struct LiveOptionsTests {
    @Test(
        arguments: [
            ("mx.example", "mx.example", nil),
            ("mx.example:2525", "mx.example", 2525),
            ("192.0.2.1:25", "192.0.2.1", 25),
            ("[2001:db8::1]", "2001:db8::1", nil),
            ("[2001:db8::1]:25", "2001:db8::1", 25),
            ("2001:db8::1", "2001:db8::1", nil),  // without brackets the colons are the address's own
        ] as [(String, String, Int?)]
    )
    func `a server is a host and perhaps a port`(text: String, host: String, port: Int?) throws {
        let server = try LiveSession.Server(text)
        #expect(server.host == host)
        #expect(server.port == port)
    }

    @Test(arguments: ["", ":25", "mx.example:", "mx.example:0", "mx.example:65536", "mx.example:smtp", "[::1]25"])
    func `what is no server is refused`(text: String) {
        #expect(throws: LiveError.self) { try LiveSession.Server(text) }
    }

    @Test func `a line break in any option is refused before anything is sent`() {
        #expect(throws: LiveError.self) {
            try LiveSession.Options(recipients: ["bob@r.example\r\nDATA"], sender: "ada@s.example")
        }
        #expect(throws: LiveError.self) {
            try LiveSession.Options(recipients: ["bob@r.example"], sender: "ada@s.example\nRSET")
        }
        #expect(throws: LiveError.self) {
            try LiveSession.Options(recipients: ["bob@r.example"], sender: "ada@s.example", clientName: "a\r\nRSET")
        }
    }

    @Test func `a client's name with a U-label goes as its A-label`() throws {
        let options = try LiveSession.Options(
            recipients: ["bob@r.example"],
            sender: "ada@s.example",
            clientName: "müller.example"
        )
        #expect(options.clientName == "xn--mller-kva.example" && options.givenClientName == "müller.example")
        let plain = try LiveSession.Options(recipients: ["bob@r.example"], sender: "<>", clientName: "c.example")
        #expect(plain.clientName == "c.example" && plain.givenClientName == nil)
    }

    @Test func `without a server the recipients must have one domain`() {
        #expect(throws: LiveError.severalDomains) {
            try LiveSession.Options(recipients: ["a@b.example", "a@c.example"], sender: "x@y.example")
        }
        #expect(throws: LiveError.noDomain) { try LiveSession.Options(recipients: ["postmaster"], sender: "<>") }
        #expect(throws: Never.self) {
            try LiveSession.Options(recipients: ["a@b.example", "a@c.example"], sender: "<>", server: "127.0.0.1")
        }
    }
}
