import Testing

@testable import SMTP

/// Results that came with a mail and say that they are the receiver's own (RFC 8601 §5).
@Suite struct AuthenticationResultsTests {
    private static let server = "mx1.receiver.example"
    private static let rest =
        "From: ada@sender.example\r\n\r\nAuthentication-Results: mx1.receiver.example; spf=pass\r\n"

    @Test(arguments: [
        "Authentication-Results: mx1.receiver.example; spf=pass smtp.mailfrom=bank.example\r\n",
        "authentication-results:MX1.Receiver.Example;none\r\n",
        "Authentication-Results: mx1.receiver.example 1;\r\n\tspf=pass;\r\n dkim=pass\r\n",
        "Authentication-Results: (forged; by nobody) \"mx1.receiver.example\"; spf=pass\r\n",
        "Authentication-Results:\r\n mx1.receiver.example\r\n",
        "Authentication-Results: mx1.receiver.example; spf=pass\n",
    ])
    func `a field with the server's own name is taken out`(field: String) {
        for mail in [field + Self.rest, "Subject: a\r\n" + field + Self.rest] {
            let (content, removed) = AuthenticationResults.removingOwn(Self.server, from: Array(mail.utf8))
            #expect(String(decoding: content, as: UTF8.self) == mail.replacing(field, with: "") && removed == 1)
        }
        let twice = Array((field + field + Self.rest).utf8)
        #expect(AuthenticationResults.removingOwn(Self.server, from: twice) == (Array(Self.rest.utf8), 2))
    }

    @Test(arguments: [
        "Authentication-Results: mx.other.example; spf=pass\r\n",
        "Authentication-Results: evil.mx1.receiver.example; spf=pass\r\n",
        "Authentication-Results: mx.other.example; comment=mx1.receiver.example\r\n",
        "X-Authentication-Results: mx1.receiver.example; spf=pass\r\n",
        "Authentication-Results:\r\n", "Authentication-Results", "no field at all\r\n", "",
    ])
    func `all else stays as it is`(field: String) {
        let mail = Array((field + Self.rest).utf8)
        #expect(AuthenticationResults.removingOwn(Self.server, from: mail) == (mail, 0))
        #expect(AuthenticationResults.removingOwn(Self.server, from: Array(field.utf8)) == (Array(field.utf8), 0))
    }
}
