import Notation
import SMTP
import Testing

@testable import Networking

/// The arithmetic of logins, with the examples of the RFCs.
@Suite struct SASLVectorTests {
    private static func decoded(_ line: OutgoingLine, after prefix: String = "") -> String {
        String(decoding: Base64.decode(Array(line.octets.dropFirst(prefix.utf8.count))) ?? [], as: UTF8.self)
    }

    private static func coded(_ text: String) -> [UInt8] { Base64.encode(Array(text.utf8)) }

    /// RFC 7677 §3.
    private static let scram: SASLDigests = {
        var digests = SASLDigests.openSSL
        digests.nonce = { Array("rOprNGfwEbeRWgbNEkqO".utf8) }
        return digests
    }()

    private static let serverFirst =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"

    @Test func `SCRAM-SHA-256 as RFC 7677 §3 has it`() throws {
        var exchange = ClientSASL(.scramSHA256, try Credentials(user: "user", password: "pencil"), Self.scram)
        #expect(Self.decoded(exchange.start(), after: "AUTH SCRAM-SHA-256 ") == "n,,n=user,r=rOprNGfwEbeRWgbNEkqO")
        #expect(
            Self.decoded(exchange.challenged(Self.coded(Self.serverFirst)))
                == "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        )
        #expect(exchange.accepted() == .noProof)
        let final = Self.coded("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
        var honest = ClientSASL(.scramSHA256, try Credentials(user: "user", password: "pencil"), Self.scram)
        _ = honest.start()
        _ = honest.challenged(Self.coded(Self.serverFirst))
        #expect(honest.challenged(final).octets == [])
        #expect(honest.accepted() == nil)
        #expect(honest.meaning?.contains("pencil") == false)
    }

    @Test(arguments: [
        ("r=someoneelse,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", SASLError.foreignNonce),
        ("r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", .foreignNonce),
        ("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0", .malformedChallenge),
        ("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000000", .iterations(2_000_000_000)),
        ("r=rOprNGfwEbeRWgbNEkqOx,s=!!!!,i=4096", .malformedChallenge), ("", .malformedChallenge),
        ("m=x,r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", .malformedChallenge),
        ("e=unknown-user", .serverError("unknown-user")),
    ])
    func `a first answer that is not right calls the exchange off`(text: String, trouble: SASLError) throws {
        var exchange = ClientSASL(.scramSHA256, try Credentials(user: "user", password: "pencil"), Self.scram)
        _ = exchange.start()
        #expect(exchange.challenged(Self.coded(text)).octets == [UInt8(ascii: "*")])
        #expect(exchange.trouble == trouble)
    }

    @Test func `a wrong signature of the server is noticed`() throws {
        for final in ["v=AAAA", "v=", "x", "e=other-error", "v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="] {
            var exchange = ClientSASL(.scramSHA256, try Credentials(user: "user", password: "pencil"), Self.scram)
            _ = exchange.start()
            _ = exchange.challenged(Self.coded(Self.serverFirst))
            #expect(exchange.challenged(Self.coded(final)).octets == [UInt8(ascii: "*")], "\(final)")
            #expect(exchange.accepted() != nil)
        }
    }

    @Test func `CRAM-MD5 as RFC 2195 §2 has it`() throws {
        let credentials = try Credentials(user: "tim", password: "tanstaaftanstaaf")
        var exchange = ClientSASL(.cramMD5, credentials, .openSSL)
        #expect(exchange.start().octets == Array("AUTH CRAM-MD5".utf8))
        let challenge = Array("PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+".utf8)
        #expect(exchange.challenged(challenge).octets == Array("dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw".utf8))
        var other = ClientSASL(.cramMD5, credentials, .openSSL)
        _ = other.start()
        #expect(other.challenged(Array("no Base64".utf8)).octets == [UInt8(ascii: "*")])
        #expect(other.trouble == .notBase64)
    }

    @Test func `a user with a comma and an equals sign is spelled out in SCRAM`() throws {
        var exchange = ClientSASL(.scramSHA256, try Credentials(user: "a,b=c", password: "x"), Self.scram)
        #expect(Self.decoded(exchange.start(), after: "AUTH SCRAM-SHA-256 ").hasPrefix("n,,n=a=2Cb=3Dc,r="))
    }

    @Test func `XOAUTH2 sends the token, and an empty line for the reason`() throws {
        var exchange = ClientSASL(.xoauth2, try Credentials(user: "ada", password: "ya29"))
        #expect(Self.decoded(exchange.start(), after: "AUTH XOAUTH2 ") == "user=ada\u{1}auth=Bearer ya29\u{1}\u{1}")
        #expect(exchange.challenged(Self.coded("{}")).octets == [])
        #expect(exchange.challenged(Self.coded("{}")).octets == [UInt8(ascii: "*")])
    }

    @Test(
        arguments: [
            ("AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256 XOAUTH2", Mechanism.scramSHA256),
            ("AUTH login cram-md5 plain", .cramMD5), ("AUTH XOAUTH2", nil), ("AUTH GSSAPI NTLM LOGIN", .login),
            ("AUTH " + String(repeating: "X ", count: 60) + "PLAIN", .plain),
        ] as [(String, Mechanism?)]
    )
    func `the strongest of both sides is taken`(offer: String, mechanism: Mechanism?) {
        let lines = ["250-mx.example", "250 \(offer)"].map { ReplyLine.read(Array($0.utf8)).value }
        #expect(ClientSASL.mechanism(offeredIn: Hello(Reply(lines: lines)), hasDigests: true) == mechanism)
    }
}
