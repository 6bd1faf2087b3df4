import COpenSSL
import Cryptography
import DNS
import Notation
import Tracing

/// Compares a server's certificate with TLSA records (RFC 6698 §2.1, RFC 7672 §3.1). OpenSSL decides; what it compared is computed
/// here once more, to be shown.
struct TLSAssociations {
    /// Those that OpenSSL can use.
    private var usable: [TLSA] = []

    /// Gives a client's connection the records; the name is that of the host they stand under.
    /// Throws where OpenSSL takes none at all: then nothing may be sent, as if none had fitted.
    init(_ records: [TLSA], for name: String?, in context: OpaquePointer, _ ssl: OpaquePointer) throws(TLSError) {
        guard !records.isEmpty else { return }
        guard SSL_CTX_dane_enable(context) > 0, SSL_dane_enable(ssl, name) > 0 else {
            throw .broken("the TLSA records cannot be used: \(TLSError.lastReason())")
        }
        // Where a record names the server's own key no name in the certificate counts (RFC 7672 §3.1.1).
        SSL_dane_set_flags(ssl, UInt(DANE_FLAG_NO_DANE_EE_NAMECHECKS))
        // The others ask for public authorities, which is not for mail between servers (RFC 7672 §3.1.3).
        for record in records where [2, 3].contains(record.certificateUsage) {
            let done = SSL_dane_tlsa_add(
                ssl,
                record.certificateUsage,
                record.selector,
                record.matchingType,
                record.associationData,
                record.associationData.count
            )
            if done > 0 { usable.append(record) }
        }
        ERR_clear_error()
    }

    var isEmpty: Bool { usable.isEmpty }

    /// What was compared with what, once the handshake is over: the record that fits, otherwise the first. Nil where there is none.
    /// `chain` is what the server showed, its own certificate first; a record of usage 2 may mean any of them (RFC 6698 §2.1.1).
    func comparison(_ ssl: OpaquePointer, with chain: [OpaquePointer]) -> TLSFacts.Association? {
        guard let own = chain.first, let first = usable.first else { return nil }
        func fitting(_ record: TLSA) -> OpaquePointer? {
            let meant = record.certificateUsage == 2 ? chain[...] : chain.prefix(1)
            return meant.first { Self.data(like: record, of: $0) == record.associationData }
        }
        let record = usable.first { fitting($0) != nil } ?? first
        let certificate = fitting(record) ?? own
        return TLSFacts.Association(
            kind: "\(record.certificateUsage) \(record.selector) \(record.matchingType)",
            words: Self.words(of: record),
            wanted: record.associationData.hex,
            found: Self.data(like: record, of: certificate).hex,
            fits: SSL_get_verify_result(ssl) == Int(X509_V_OK)
        )
    }

    private static func data(like record: TLSA, of certificate: OpaquePointer) -> [UInt8] {
        let selected =
            record.selector == 1
            ? CertificateReading.publicKeyInfo(of: certificate) : CertificateReading.octets(of: certificate)
        switch record.matchingType {
        case 1: return Digest.sha256.hash(selected)
        case 2: return Digest.sha512.hash(selected)
        default: return selected
        }
    }

    private static func words(of record: TLSA) -> String {
        let what = record.selector == 1 ? "public key" : "certificate"
        let whose = "\(record.certificateUsage == 2 ? "an authority's" : "the server's") \(what)"
        switch record.matchingType {
        case 1: return "\(whose), its SHA-256"
        case 2: return "\(whose), its SHA-512"
        default: return whose
        }
    }
}

extension [UInt8] {
    fileprivate var hex: String { map { $0.hex(2) }.joined() }
}
