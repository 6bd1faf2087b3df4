import COpenSSL
import DNS
import Glibc
import Notation
import SMTP
public import Tracing

/// Names for SNI and certificates.
public enum TLSNames {
    /// RFC 6066 §3: a DNS name of letters, no address, no dot at its end.
    public static func maySNI(_ name: String) -> Bool {
        Domain.isDomain(Array(name.utf8)) && !isAddress(name) && !name.hasSuffix(".") && name.utf8.count <= 253
    }

    public static func isAddress(_ name: String) -> Bool {
        guard let address = a2i_IPADDRESS(name) else { return false }
        ASN1_OCTET_STRING_free(address)
        return true
    }
}

/// Reads the parts of a certificate that a person looks at. Its content is untrusted.
public enum CertificateReading {
    /// The most names that are kept of one certificate.
    public static let maxNames = 100

    /// The parts of it, and how it stands to a time, in seconds since 1970; nil is now.
    public static func facts(of certificate: OpaquePointer, at time: Int? = nil) -> TLSFacts.Certificate {
        TLSFacts.Certificate(
            subject: name(X509_get_subject_name(certificate)),
            issuer: name(X509_get_issuer_name(certificate)),
            names: names(of: certificate),
            notBefore: text(of: X509_get0_notBefore(certificate)),
            notAfter: text(of: X509_get0_notAfter(certificate)),
            validity: validity(of: certificate, at: time),
            key: key(of: certificate),
            signature: OBJ_nid2sn(X509_get_signature_nid(certificate)).map { String(cString: $0) } ?? "unknown",
            fingerprint: fingerprint(of: certificate)
        )
    }

    /// What a server's chain in DER says, its own certificate first, and whether that is for the name a client asked for.
    static func facts(
        ofChain chain: [[UInt8]],
        wanted: String?,
        at time: Int
    ) -> (chain: [TLSFacts.Certificate], name: TLSFacts.NameMatch?) {
        var facts: [TLSFacts.Certificate] = []
        var name: TLSFacts.NameMatch?
        for octets in chain {
            octets.withUnsafeBufferPointer { buffer in
                var position = buffer.baseAddress
                guard let certificate = d2i_X509(nil, &position, buffer.count) else { return ERR_clear_error() }
                defer { X509_free(certificate) }
                if facts.isEmpty, let wanted, TLSNames.maySNI(wanted) {
                    name = .init(wanted: wanted, found: self.name(in: certificate, for: wanted))
                }
                facts.append(self.facts(of: certificate, at: time))
            }
        }
        return (facts, name)
    }

    /// The name of the certificate that fits `wanted`; nil when none does.
    public static func name(in certificate: OpaquePointer, for wanted: String) -> String? {
        if TLSNames.isAddress(wanted) {
            return X509_check_ip_asc(certificate, wanted, 0) == 1 ? "IP:\(wanted)" : nil
        }
        var found: UnsafeMutablePointer<CChar>?
        guard
            X509_check_host(
                certificate,
                wanted,
                wanted.utf8.count,
                // A name in the subject alone identifies nobody (RFC 9525 §2).
                UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT),
                &found
            ) == 1
        else { return nil }
        defer { CRYPTO_free(found, #file, #line) }
        return "DNS:" + (found.map { WireText.shown(Array(String(cString: $0).utf8)) } ?? wanted)
    }

    private static func validity(of certificate: OpaquePointer, at time: Int?) -> TLSFacts.Validity {
        var time = time_t(time ?? Int(Glibc.time(nil)))
        if X509_cmp_time(X509_get0_notBefore(certificate), &time) > 0 { return .notYetValid }
        return X509_cmp_time(X509_get0_notAfter(certificate), &time) < 0 ? .expired : .valid
    }

    private static func names(of certificate: OpaquePointer) -> [String] {
        guard let all = cssl_alternative_names(certificate) else { return [] }
        defer { cssl_free_names(all) }
        let kinds: [Int32: String] = [1: "email", 2: "DNS", 6: "URI", 7: "IP"]
        let count = cssl_name_count(all)
        var found = (0..<min(count, Int32(maxNames))).compactMap { index -> String? in
            guard let name = cssl_name(all, index) else { return nil }
            let tag = cssl_name_tag(name)
            var length: Int32 = 0
            guard let kind = kinds[tag], let start = cssl_name_octets(name, &length) else { return "another name" }
            let octets = Array(UnsafeBufferPointer(start: start, count: Int(length)))
            return "\(kind):" + (tag == 7 ? address(octets) : WireText.shown(octets))
        }
        if count > Int32(maxNames) { found.append("and \(Int(count) - maxNames) more") }
        return found
    }

    private static func address(_ octets: [UInt8]) -> String {
        if octets.count == 4 { return IPv4Text.text(octets) }
        return IPv6Address(octets: octets)?.description ?? WireText.shown(octets)
    }

    /// RFC 4514, everything but printable ASCII escaped.
    private static func name(_ name: OpaquePointer?) -> String {
        guard let name else { return "" }
        return text { _ = X509_NAME_print_ex($0, name, 0, cssl_name_flags()) }
    }

    private static func text(_ write: (OpaquePointer) -> Void) -> String {
        guard let memory = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(memory) }
        write(memory)
        let count = min(BIO_ctrl_pending(memory), 4096)
        guard count > 0 else { return "" }
        let octets = [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
            read = max(0, Int(BIO_read(memory, buffer.baseAddress, Int32(count))))
        }
        return WireText.shown(octets)
    }

    /// ISO 8601 in UTC.
    private static func text(of time: UnsafePointer<ASN1_TIME>?) -> String {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return "no time" }
        let date = CivilDate(year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday))
        return "\(date.iso8601)T\(parts.tm_hour.decimal(2)):\(parts.tm_min.decimal(2)):\(parts.tm_sec.decimal(2))Z"
    }

    private static func key(of certificate: OpaquePointer) -> String {
        guard let key = X509_get0_pubkey(certificate) else { return "a key of an unknown kind" }
        let kind = EVP_PKEY_get0_type_name(key).map { String(cString: $0) } ?? "unknown"
        return "\(kind) \(EVP_PKEY_get_bits(key))"
    }

    /// The public key with its kind, in DER: what a TLSA record with the selector 1 is about (RFC 6698 §2.1.2).
    public static func publicKeyInfo(of certificate: OpaquePointer) -> [UInt8] {
        der { i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), $0) }
    }

    /// The whole of it in DER.
    public static func octets(of certificate: OpaquePointer) -> [UInt8] { der { i2d_X509(certificate, $0) } }

    private static func der(_ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8] {
        let count = Int(write(nil))
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            var position = buffer.baseAddress
            length = Int(write(&position))
        }
    }

    private static func fingerprint(of certificate: OpaquePointer) -> String {
        var count: UInt32 = 0
        let digest = [UInt8](unsafeUninitializedCapacity: 64) { buffer, length in
            length = X509_digest(certificate, EVP_sha256(), buffer.baseAddress, &count) == 1 ? Int(count) : 0
        }
        return digest.map { $0.hex(2) }.joined()
    }
}
