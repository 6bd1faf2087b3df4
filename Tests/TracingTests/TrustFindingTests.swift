import Testing

@testable import Tracing

/// What is said of an authority, only where it is about the authority.
@Suite struct TrustFindingTests {
    private static func certificate(_ subject: String, _ issuer: String) -> TLSFacts.Certificate {
        TLSFacts.Certificate(
            subject: subject,
            issuer: issuer,
            names: ["mx.example"],
            notBefore: "2020-01-01",
            notAfter: "2021-01-01",
            key: "RSA 2048",
            signature: "sha256WithRSAEncryption",
            fingerprint: "AA"
        )
    }

    @Test(
        arguments: [
            ("CN=mx", "CN=authority", true, false), ("CN=mx", "CN=authority", false, true),
            ("CN=mx", "CN=mx", true, true), ("CN=mx", "CN=authority", nil, true),
        ] as [(String, String, Bool?, Bool)]
    )
    func `a date alone says nothing of the authority`(subject: String, issuer: String, isUntimely: Bool?, isFound: Bool)
    {
        let trust = TLSFacts.Trust(isTrusted: false, reason: "certificate has expired", isUntimely: isUntimely)
        let facts = TLSFacts(chain: [Self.certificate(subject, issuer)], trust: trust)
        let found = TLSReport.lines(of: facts).flatMap(\.departures).contains(.certificateNotTrusted)
        #expect(found == isFound)
    }

    @Test(
        arguments: [
            ("192.0.2.1:25", "192.0.2.1"), ("192.0.2.1", "192.0.2.1"), ("192.0.2.1:", "192.0.2.1"),
            ("192.0.2.1:smtp", "192.0.2.1"), ("192.0.2.1 [2001:db8::1]:25", "2001:db8::1"),
            ("192.0.2.1:25 [192.0.2.2]", "192.0.2.2"), ("[IPv6:::1]:25", "::1"), ("192.0.2.x:25", nil), (":25", nil),
            ("", nil),
            ("192.0.2.1]:25[", nil),
        ] as [(String, String?)]
    )
    func `an address stands alone, before a port or in brackets`(name: String, address: String?) {
        #expect(EndpointName(name).address == address)
    }

    @Test func `a port and an address are read from whom the connection is made to`() {
        let names = [
            "mx.example [192.0.2.1]:465", "[::1]:25", "[IPv6:2001:db8::1]:587", "127.0.0.1:2525", "mx.example:25", "mx",
            "::1",
        ]
        let read = names.map(EndpointName.init)
        #expect(read.map(\.port) == [465, 25, 587, 2525, 25, nil, nil])
        #expect(read.map(\.isLoopback) == [false, true, false, true, nil, nil, nil])
        #expect(read.map(\.beginsWithTLS) == [true, false, false, false, false, false, false])
    }
}
