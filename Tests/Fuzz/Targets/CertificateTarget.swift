import COpenSSL
import Cryptography
import Tracing

/// X.509 certificates (RFC 5280): what a person is told of one can be shown, whatever stands in it.
enum CertificateTarget: FuzzTarget {
    static let name = "certificates"

    static func check(_ octets: [UInt8]) {
        octets.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            guard let certificate = d2i_X509(nil, &position, buffer.count) else { return ERR_clear_error() }
            defer { X509_free(certificate) }
            let facts = CertificateReading.facts(of: certificate)
            let words = [facts.subject, facts.issuer, facts.notBefore, facts.notAfter, facts.key, facts.signature]
            for text in words + [facts.fingerprint] + facts.names { Properties.expectEscaped(text, "a fact") }
            expect(facts.names.count <= CertificateReading.maxNames + 1, "\(facts.names.count) names")
            for wanted in ["mx.example", "192.0.2.1"] {
                if let name = CertificateReading.name(in: certificate, for: wanted) {
                    Properties.expectEscaped(name, "a name")
                }
            }
        }
    }
}
