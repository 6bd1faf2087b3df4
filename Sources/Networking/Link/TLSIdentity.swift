import COpenSSL
import Cryptography
import DNS
import Glibc

/// A certificate with its key and what stands above it: what a TLS server proves itself with.
///
/// Read from PEM, or made in memory; whoever wants it in a file writes the PEM himself, with mode 0600.
public final class TLSIdentity: @unchecked Sendable {
    // OpenSSL counts references to these itself and nobody changes them, so threads may share them.
    private let certificate: OpaquePointer
    private let key: OpaquePointer
    private let chain: [OpaquePointer]

    private init(certificate: OpaquePointer, key: OpaquePointer, chain: [OpaquePointer]) {
        self.certificate = certificate
        self.key = key
        self.chain = chain
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
        for certificate in chain { X509_free(certificate) }
    }

    /// The server's certificate first, then those above it; and the key, without a passphrase.
    public convenience init(pemCertificates: [UInt8], pemKey: [UInt8]) throws(TLSError) {
        var all = try Self.certificates(pemCertificates)
        guard !all.isEmpty else { throw .badIdentity("there is no certificate in it") }
        ERR_clear_error()
        let key = Self.withMemory(pemKey) { memory in
            // Without this callback OpenSSL would ask for a passphrase at the terminal.
            PEM_read_bio_PrivateKey(memory, nil, { _, _, _, _ in 0 }, nil)
        }
        guard let key else {
            for certificate in all { X509_free(certificate) }
            throw .badIdentity("there is no readable key in it (\(TLSError.lastReason()))")
        }
        let certificate = all.removeFirst()
        self.init(certificate: certificate, key: key, chain: all)
        guard X509_check_private_key(certificate, key) == 1 else {
            throw .badIdentity("the key is not the one of the certificate")
        }
    }

    /// A new certificate that vouches for itself, for DNS names and addresses.
    public static func selfSigned(names: [String], days: Int = 30) throws(TLSError) -> TLSIdentity {
        let draft = try CertificateDraft(commonName: names.first ?? "localhost", seconds: days * 86_400)
        do throws(TLSError) {
            try draft.add(names: names)
            try draft.sign(by: draft)
        } catch {
            draft.free()
            throw error
        }
        return TLSIdentity(certificate: draft.certificate, key: draft.key, chain: [])
    }

    /// The certificates in PEM, the own one first.
    public var pemCertificates: [UInt8] {
        ([certificate] + chain).flatMap { certificate in
            CertificateDraft.pem(certificate)
        }
    }

    /// The key in PEM. A secret: a file with it is for its owner alone.
    public var pemKey: [UInt8] {
        CertificateDraft.pem(key: key)
    }

    /// The TLSA record that is true of this identity, however often its certificate is made anew with the same key
    /// (RFC 7672 §3.1.1).
    var association: TLSA {
        TLSA(
            certificateUsage: 3,
            selector: 1,
            matchingType: 1,
            associationData: Digest.sha256.hash(CertificateReading.publicKeyInfo(of: certificate))
        )
    }

    func install(in context: OpaquePointer) throws(TLSError) {
        ERR_clear_error()
        guard SSL_CTX_use_certificate(context, certificate) == 1, SSL_CTX_use_PrivateKey(context, key) == 1,
            chain.allSatisfy({ cssl_add_chain(context, $0) == 1 })
        else { throw .badIdentity(TLSError.lastReason()) }
    }

    /// Adds certificates in PEM to those that are trusted.
    static func trust(_ pem: [UInt8], in context: OpaquePointer) throws(TLSError) {
        guard !pem.isEmpty else { return }
        let all = try certificates(pem)
        guard !all.isEmpty else { throw .badIdentity("there is no certificate of an authority in it") }
        let store = SSL_CTX_get_cert_store(context)
        for certificate in all {
            X509_STORE_add_cert(store, certificate)
            X509_free(certificate)
        }
    }

    /// All certificates of a PEM text.
    private static func certificates(_ pem: [UInt8]) throws(TLSError) -> [OpaquePointer] {
        ERR_clear_error()
        defer { ERR_clear_error() }
        return withMemory(pem) { memory in
            var found: [OpaquePointer] = []
            while found.count < 200, let certificate = PEM_read_bio_X509(memory, nil, nil, nil) {
                found.append(certificate)
            }
            return found
        }
    }

    private static func withMemory<Result>(_ octets: [UInt8], _ body: (OpaquePointer?) -> Result) -> Result {
        octets.withUnsafeBytes { buffer in
            let memory = BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count))
            defer { BIO_free(memory) }
            return body(memory)
        }
    }
}

/// A certificate authority of our own for a short while: what a tap signs its certificates with.
///
/// It lives a day at most and vouches only for the names it was made for (RFC 5280 §4.2.1.10).
public final class TLSAuthority: @unchecked Sendable {
    // As in `TLSIdentity`.
    private let draft: CertificateDraft
    private let hours: Int

    /// `names` are the DNS names and addresses its certificates may be for; none for any.
    public init(commonName: String, names: [String] = [], hours: Int = 24) throws(TLSError) {
        self.hours = max(1, min(hours, 24))
        draft = try CertificateDraft(commonName: commonName, seconds: self.hours * 3600)
        try draft.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
        try draft.add(NID_key_usage, "critical,keyCertSign,cRLSign")
        let permitted = try names.map { name throws(TLSError) in
            let (kind, value) = try CertificateDraft.alternative(name)
            // An address stands with its mask in a constraint.
            return kind == "IP"
                ? "permitted;IP:\(value)/\(value.contains(":") ? "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" : "255.255.255.255")"
                : "permitted;DNS:\(value)"
        }
        if !permitted.isEmpty { try draft.add(NID_name_constraints, "critical," + permitted.joined(separator: ",")) }
        try draft.sign(by: draft)
    }

    deinit {
        X509_free(draft.certificate)
        EVP_PKEY_free(draft.key)
    }

    /// A certificate for these names that this authority vouches for, valid as long as the authority.
    public func issue(names: [String]) throws(TLSError) -> TLSIdentity {
        let leaf = try CertificateDraft(commonName: names.first ?? "localhost", seconds: hours * 3600)
        do throws(TLSError) {
            try leaf.add(names: names)
            try leaf.sign(by: draft)
        } catch {
            leaf.free()
            throw error
        }
        defer { leaf.free() }
        return try TLSIdentity(
            pemCertificates: CertificateDraft.pem(leaf.certificate) + pemCertificate,
            pemKey: CertificateDraft.pem(key: leaf.key)
        )
    }

    /// What a client has to trust, in PEM.
    public var pemCertificate: [UInt8] { CertificateDraft.pem(draft.certificate) }
    /// The key in PEM. A secret: a file with it is for its owner alone, and better there is none.
    public var pemKey: [UInt8] { CertificateDraft.pem(key: draft.key) }
}
