import COpenSSL
import SMTP

extension Ed25519Key {
    /// What a signer of mail needs. The hash of the mail is what is signed (RFC 8463 §3).
    var signing: DKIMSigner.Key {
        DKIMSigner.Key(algorithm: .ed25519SHA256, sha256: SASLDigests.openSSL.sha256) { octets in
            signature(of: SASLDigests.openSSL.sha256(octets))
        }
    }
}

extension DKIMVerifier {
    /// With OpenSSL.
    static let openSSL = DKIMVerifier(sha256: SASLDigests.openSSL.sha256) { algorithm, publicKey, signature, octets in
        switch algorithm {
        case .ed25519SHA256:
            return Ed25519Key.verifies(signature, of: SASLDigests.openSSL.sha256(octets), by: publicKey)
        case .rsaSHA256:
            guard let key = rsaKey(publicKey) else { return false }
            defer { EVP_PKEY_free(key) }
            return SignatureCheck.holds(signature, over: octets, key, digest: EVP_sha256())
        }
    }

    /// RSA keys stand in a record with their kind (RFC 6376 §3.6.1); below 1024 bits none counts (RFC 8301 §3.2).
    private static func rsaKey(_ octets: PublicKey) -> OpaquePointer? {
        let key = octets.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            return d2i_PUBKEY(nil, &start, buffer.count)
        }
        if EVP_PKEY_is_a(key, "RSA") == 1, EVP_PKEY_get_bits(key) >= 1024 { return key }
        EVP_PKEY_free(key)
        ERR_clear_error()
        return nil
    }
}
