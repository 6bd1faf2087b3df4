import COpenSSL
import Cryptography
import Glibc

/// A certificate while it is made (RFC 5280 §4.1), with a new key. Its owner frees what it holds.
struct CertificateDraft {
    let certificate: OpaquePointer
    let key: OpaquePointer

    /// Valid from an hour ago, since clocks differ.
    init(commonName: String, seconds: Int) throws(TLSError) {
        ERR_clear_error()
        guard let key = cssl_make_key() else { throw .badIdentity(TLSError.lastReason()) }
        guard let certificate = X509_new() else {
            EVP_PKEY_free(key)
            throw .badIdentity(TLSError.lastReason())
        }
        self.key = key
        self.certificate = certificate
        var serial: UInt64 = .random(in: 1 ... .max >> 1)
        if serial == 0 { serial = 1 }
        // RFC 5280 §A.1: a common name has 64 characters at most.
        let name = String(commonName.prefix(64))
        guard X509_set_version(certificate, 2) == 1,
            ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1,
            X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) != nil,
            X509_gmtime_adj(X509_getm_notAfter(certificate), seconds - 3600) != nil,
            X509_set_pubkey(certificate, key) == 1,
            cssl_add_name(X509_get_subject_name(certificate), "CN", name) == 1
        else {
            free()
            throw .badIdentity(TLSError.lastReason())
        }
    }

    func free() {
        X509_free(certificate)
        EVP_PKEY_free(key)
    }

    /// The names a server's certificate is for, and that it is one.
    func add(names: [String]) throws(TLSError) {
        let written = try names.map { name throws(TLSError) in
            let (kind, value) = try Self.alternative(name)
            return "\(kind):\(value)"
        }
        if !written.isEmpty { try add(NID_subject_alt_name, written.joined(separator: ",")) }
        try add(NID_basic_constraints, "critical,CA:FALSE")
        try add(NID_ext_key_usage, "serverAuth")
    }

    /// `DNS` or `IP`, and the value; only what cannot be mistaken for more of OpenSSL's notation.
    static func alternative(_ name: String) throws(TLSError) -> (kind: String, value: String) {
        if TLSNames.isAddress(name) { return ("IP", name) }
        let isName = name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "*"), UInt8(ascii: "_")].contains($0)
        }
        guard isName, !name.isEmpty, name.utf8.count <= 253 else {
            throw .badIdentity("'\(name)' is neither a DNS name nor an address")
        }
        return ("DNS", name)
    }

    func add(_ kind: Int32, _ value: String) throws(TLSError) {
        ERR_clear_error()
        guard cssl_add_extension(certificate, certificate, kind, value) == 1 else {
            throw .badIdentity(TLSError.lastReason())
        }
    }

    func sign(by issuer: CertificateDraft) throws(TLSError) {
        ERR_clear_error()
        guard X509_set_issuer_name(certificate, X509_get_subject_name(issuer.certificate)) == 1,
            X509_sign(certificate, issuer.key, EVP_sha256()) > 0
        else { throw .badIdentity(TLSError.lastReason()) }
    }

    static func pem(_ certificate: OpaquePointer) -> [UInt8] { written { PEM_write_bio_X509($0, certificate) } }

    static func pem(key: OpaquePointer) -> [UInt8] {
        written { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
    }

    static func written(_ write: (OpaquePointer?) -> Int32) -> [UInt8] {
        let memory = BIO_new(BIO_s_mem())
        defer { BIO_free(memory) }
        guard write(memory) == 1, case let count = BIO_ctrl_pending(memory), count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
            read = max(0, Int(BIO_read(memory, buffer.baseAddress, Int32(count))))
        }
    }
}
