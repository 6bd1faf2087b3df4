import Notation
import Synchronization
import Testing

@testable import Networking
@testable import SMTP

/// AUTH on the server's side, with the examples of the RFCs and with our own client.
@Suite struct ServerLoginTests {
    private static let all = "AUTH " + Mechanism.spoken.map(\.name).joined(separator: " ")

    /// A server that has been greeted, whose random values are these, one after the other.
    private static func server(
        _ users: [String: String] = ["user": "pencil"],
        offering offer: String = all,
        random: [String] = ["1896.697170952", "salt-of-a-test"]
    ) -> ServerDialogue {
        var policy = ServerDialogue.Policy(domain: "mx.example", offered: [offer, "ENHANCEDSTATUSCODES"])
        policy.users = users
        var server = ServerDialogue(policy)
        let next = Mutex(random[...])
        var digests = SASLDigests.openSSL
        digests.nonce = { next.withLock { Array(($0.popFirst() ?? "").utf8) } }
        server.digests = digests
        _ = server.connected()
        _ = server.received(WireLine(Array("EHLO c.example".utf8)))
        return server
    }

    /// What is answered to a line.
    private static func ask(_ server: inout ServerDialogue, _ line: String) -> String {
        for case .reply(let lines, _) in server.received(WireLine(Array(line.utf8))) {
            return lines.last?.octets.lossyText ?? ""
        }
        return ""
    }

    private static func coded(_ text: String) -> String { Base64.encode(Array(text.utf8)).lossyText }

    private static func decoded(_ reply: String) -> String {
        Base64.decode(Array(reply.dropFirst(4).utf8))?.lossyText ?? "no Base64: \(reply)"
    }

    // MARK: The RFCs' own examples

    @Test func `SCRAM-SHA-256 as RFC 7677 §3 has it`() throws {
        var policy = ServerDialogue.Policy(
            domain: "mx.example",
            offered: ["AUTH SCRAM-SHA-256", "ENHANCEDSTATUSCODES"]
        )
        policy.users = ["user": "pencil"]
        var server = ServerDialogue(policy)
        let salt = try #require(Base64.decode(Array("W22ZaJ0SNY7soEsUEjb6gQ==".utf8)))
        let random = Mutex([Array("%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0".utf8), salt][...])
        var digests = SASLDigests.openSSL
        digests.nonce = { random.withLock { $0.popFirst() ?? [] } }
        server.digests = digests
        _ = server.connected()
        _ = server.received(WireLine(Array("EHLO c.example".utf8)))
        let first = Self.ask(&server, "AUTH SCRAM-SHA-256 " + Self.coded("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"))
        #expect(
            Self.decoded(first)
                == "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        )
        let final =
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        let second = Self.ask(&server, Self.coded(final))
        #expect(Self.decoded(second) == "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
        #expect(Self.ask(&server, "") == "235 2.7.0 Authentication successful")
        #expect(server.transport == "ESMTPA")
    }

    @Test func `CRAM-MD5 as RFC 2195 §2 has it, but for the name of the server`() {
        var server = Self.server(["tim": "tanstaaftanstaaf"])
        let challenge = Self.decoded(Self.ask(&server, "AUTH CRAM-MD5"))
        #expect(challenge == "<1896.697170952@mx.example>")
        let digest = SASLDigests.openSSL.hmacMD5(Array("tanstaaftanstaaf".utf8), Array(challenge.utf8)).hexadecimal
        #expect(Self.ask(&server, Self.coded("tim \(digest.lossyText)")).hasPrefix("235 "))

        // The very example: its challenge, and its response.
        let example = SASLDigests.openSSL.hmacMD5(
            Array("tanstaaftanstaaf".utf8),
            Array("<1896.697170952@postoffice.reston.mci.net>".utf8)
        )
        #expect(example.hexadecimal.lossyText == "b913a602c7eda7a495b4e6e7334d3890")
        var original = ServerDialogue.Policy(domain: "postoffice.reston.mci.net", offered: ["AUTH CRAM-MD5"])
        original.users = ["tim": "tanstaaftanstaaf"]
        var digests = SASLDigests.openSSL
        digests.nonce = { Array("1896.697170952".utf8) }
        var told = ServerDialogue(original)
        told.digests = digests
        _ = told.connected()
        _ = told.received(WireLine(Array("EHLO c.example".utf8)))
        #expect(
            Self.ask(&told, "AUTH CRAM-MD5")
                == "334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+"
        )
        #expect(Self.ask(&told, "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw").hasPrefix("235 "))
    }

    // MARK: What is refused

    @Test(
        arguments: [
            ("user 00000000000000000000000000000000", "535"), ("nobody 00000000000000000000000000000000", "535"),
            ("user", "501"), ("user ", "501"), ("user 0123", "501"), (" 00000000000000000000000000000000", "501"),
            ("", "501"),
        ]
    )
    func `a response of CRAM-MD5 that is not right is refused`(response: String, code: String) {
        var server = Self.server()
        #expect(Self.ask(&server, "AUTH CRAM-MD5").hasPrefix("334 "))
        #expect(Self.ask(&server, Self.coded(response)).hasPrefix(code), "\(response)")
        #expect(Self.ask(&server, "MAIL FROM:<>").hasPrefix("250"), "the exchange is over")
        #expect(server.transport == "ESMTP")
    }

    @Test func `in CRAM-MD5 the server begins`() {
        var server = Self.server()
        #expect(Self.ask(&server, "AUTH CRAM-MD5 " + Self.coded("user x")).hasPrefix("501 "))
        #expect(Self.ask(&server, "NOOP").hasPrefix("250"))
    }

    @Test(arguments: [
        "", "n,,", "n,,n=user", "n,,r=abc", "p=tls-unique,,n=user,r=abc", "n,a=other,n=user,r=abc", "x,,n=user,r=abc",
        "n,,n=,r=abc", "n,,n=a=b,r=abc", "n,,n=a=2,r=abc", "n,,n=user,r=", "n,,m=x,n=user,r=abc", "n,,n=user,r=a b",
        "n,,n=user,r=" + String(repeating: "a", count: 200),
    ])
    func `a first message of SCRAM that is not right is refused`(first: String) {
        var server = Self.server()
        #expect(Self.ask(&server, "AUTH SCRAM-SHA-256").hasPrefix("334 "))
        #expect(Self.ask(&server, Self.coded(first)).hasPrefix("501 "), "\(first)")
        #expect(Self.ask(&server, "NOOP").hasPrefix("250"))
    }

    @Test(
        arguments: [
            ("c=biws,r=abcN,p=AAAA", "535"), ("c=biws,r=abcN,p=", "535"), ("c=biws,r=abcX,p=AAAA", "501"),
            ("c=eSws,r=abcN,p=AAAA", "501"), ("c=biws,r=abcN", "501"), ("r=abcN,p=AAAA", "501"), ("", "501"),
            ("c=biws,r=abcN,p=!", "501"), ("c=biws,p=AAAA,r=abcN", "501"),
        ]
    )
    func `a last message of SCRAM that is not right is refused`(final: String, code: String) {
        for user in ["user", "nobody"] {
            var server = Self.server(random: ["N", "salt"])
            let first = Self.ask(&server, "AUTH SCRAM-SHA-256 " + Self.coded("n,,n=\(user),r=abc"))
            #expect(Self.decoded(first) == "r=abcN,s=\(Self.coded("salt")),i=4096", "nobody is told who has a mailbox")
            #expect(Self.ask(&server, Self.coded(final)).hasPrefix(code), "\(final)")
            #expect(server.transport == "ESMTP")
        }
    }

    @Test(
        arguments: [
            ("user=user\u{1}auth=Bearer ya29.x\u{1}\u{1}", "235"),
            ("user=nobody\u{1}auth=Bearer ya29\u{1}\u{1}", "334"),
            ("user=user\u{1}auth=Bearer \u{1}\u{1}", "501"), ("user=user\u{1}auth=Basic ya29\u{1}\u{1}", "501"),
            ("user=\u{1}auth=Bearer ya29\u{1}\u{1}", "501"), ("user=user\u{1}auth=Bearer ya29\u{1}", "501"),
            ("user=user\u{1}auth=Bearer ya 29\u{1}\u{1}", "501"), ("", "501"),
        ]
    )
    func `a token is taken when it is one and the user is known`(response: String, code: String) {
        var server = Self.server()
        #expect(Self.ask(&server, "AUTH XOAUTH2").hasPrefix("334 "))
        let reply = Self.ask(&server, Self.coded(response))
        #expect(reply.hasPrefix(code), "\(response)")
        guard code == "334" else { return }
        #expect(Self.decoded(reply) == #"{"status":"400","schemes":"Bearer"}"#)
        #expect(Self.ask(&server, "") == "535 5.7.8 Authentication credentials invalid")
    }

    @Test(arguments: Mechanism.spoken)
    func `any exchange can be called off, and only what is offered begins`(mechanism: Mechanism) {
        var server = Self.server()
        #expect(Self.ask(&server, "AUTH \(mechanism.name)").hasPrefix("334 "))
        #expect(Self.ask(&server, "*").hasPrefix("501 "))
        #expect(Self.ask(&server, "NOOP").hasPrefix("250"))
        var other = Self.server(offering: "AUTH OTHER")
        #expect(Self.ask(&other, "AUTH \(mechanism.name)").hasPrefix("504 "))
    }

    @Test func `without randomness there is no mechanism that needs it`() {
        var server = Self.server(random: [])
        #expect(Self.ask(&server, "AUTH CRAM-MD5").hasPrefix("504 "))
        #expect(Self.ask(&server, "AUTH SCRAM-SHA-256 " + Self.coded("n,,n=user,r=abc")).hasPrefix("501 "))
        server.digests = nil
        #expect(Self.ask(&server, "AUTH SCRAM-SHA-256").hasPrefix("504 "))
    }

    // MARK: Our client against our server

    @Test(
        arguments: Mechanism.spoken,
        [("a,b=c", "pen cil ü", true), ("a,b=c", "other", false), ("nobody", "pen cil ü", false)]
    )
    func `our client logs in at our server`(
        mechanism: Mechanism,
        login: (user: String, password: String, isRight: Bool)
    ) throws {
        var server = Self.server(["a,b=c": "pen cil ü"], random: ["n1", "s1"])
        // A token is no password: any will do that has no space in it.
        let isToken = mechanism.sends == .token
        let secret = isToken ? "ya29.token" : login.password
        let credentials = try Credentials(user: login.user, password: secret)
        var client = ClientSASL(mechanism, credentials, .openSSL)
        var reply = Self.ask(&server, client.start().octets.lossyText)
        for _ in 0..<4 where reply.hasPrefix("334 ") {
            let response = client.challenged(Array(reply.dropFirst(4).utf8))
            reply = Self.ask(&server, response.octets.lossyText)
        }
        let isRight = isToken ? login.user != "nobody" : login.isRight
        #expect(reply.hasPrefix(isRight ? "235 " : "535 "), "\(reply)")
        if isRight { #expect(client.accepted() == nil, "the server has proved itself where it can") }
    }
}
