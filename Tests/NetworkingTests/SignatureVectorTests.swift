import Notation
import SMTP
import Testing

@testable import Networking

/// Signatures of mail, with the example of RFC 8463 appendix A: one mail, signed with RSA and with Ed25519.
struct SignatureVectorTests {
    static let mail = """
        DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
         d=football.example.com; i=@football.example.com;
         q=dns/txt; s=brisbane; t=1528637909; h=from : to :
         subject : date : message-id : from : subject : date;
         bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
         b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
         Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
        DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
         d=football.example.com; i=@football.example.com;
         q=dns/txt; s=test; t=1528637909; h=from : to : subject :
         date : message-id : from : subject : date;
         bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
         b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
         DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
         dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
        From: Joe SixPack <joe@football.example.com>
        To: Suzie Q <suzie@shopping.example.net>
        Subject: Is dinner ready?
        Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
        Message-ID: <20030712040037.46341.5F8J@football.example.com>

        Hi.

        We lost the game.  Are you hungry yet?

        Joe.


        """
    private static let keys = [
        "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"
            + "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC"
            + "DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3"
            + "Ip3G+2kryOTIKT+l/K4w3QIDAQAB",
    ]

    private static func results(_ mail: String, keys: [String] = keys) -> [DKIMVerifier.Result] {
        let content = Array(mail.utf8)
        return zip(DKIMVerifier.fields(of: content), keys).map {
            DKIMVerifier.openSSL.check($0, of: content, records: [Array($1.utf8)])
        }
    }

    @Test func `both signatures of the example are good`() {
        #expect(Self.results(Self.mail) == [.pass, .pass])
    }

    @Test(arguments: [
        ("hungry", "angry"), ("dinner", "lunch"), ("Joe SixPack", "Eve"), ("t=1528637909", "t=1528637908"),
        ("b=/gCr", "b=/gDr"), ("b=F45d", "b=F46d"),
    ])
    func `a letter that changes breaks a seal`(part: String, other: String) {
        #expect(Self.results(Self.mail.replacing(part, with: other)).contains(.fail))
    }

    @Test func `blanks that change on the way do not`() {
        let changed = Self.mail.replacing("Is dinner ready?", with: "Is \n dinner  ready? ")
            .replacing("game.  Are", with: "game. \tAre").replacing("Joe.\n", with: "Joe.\n\n\n")
        #expect(Self.results(changed) == [.pass, .pass])
    }

    @Test func `a key of another kind is none`() {
        #expect(Self.results(Self.mail, keys: Self.keys.reversed()) == [.permerror, .permerror])
        let short = "v=DKIM1; k=ed25519; p=YWJj"
        #expect(Self.results(Self.mail, keys: [short, "v=DKIM1; p=YWJj"]) == [.fail, .fail])
    }

    @Test func `a key of ours verifies what it signed`() {
        let key = Ed25519Key(from: [1])
        let signer = DKIMSigner(domain: "a.example", selector: "s", key: key.signing)
        let mail = Array("From: ada@a.example\r\nSubject:  x \r\n y\r\n\r\nHello  \r\n\r\n".utf8)
        let signed = signer.field(for: mail, at: 1) + mail
        #expect(key.publicKey.count == 32)
        #expect(Ed25519Key(from: [1]).publicKey == key.publicKey)
        #expect(Ed25519Key(from: [2]).publicKey != key.publicKey)
        for (octets, result) in [([1], DKIMVerifier.Result.pass), ([2], .fail)] as [([UInt8], DKIMVerifier.Result)] {
            let record = Array("v=DKIM1; k=ed25519; p=".utf8) + Base64.encode(Ed25519Key(from: octets).publicKey)
            let fields = DKIMVerifier.fields(of: signed)
            #expect(fields.count == 1)
            #expect(fields.map { DKIMVerifier.openSSL.check($0, of: signed, records: [record]) } == [result])
        }
    }
}
