import COpenSSL
import SMTP

/// An Ed25519 key that signs mail (RFC 8463), made of 32 octets without a search for primes.
struct DKIMKey: Sendable {
    private let secret: [UInt8]

    /// The key that these octets stand for, whatever they are: the same octets are the same key.
    init(from octets: [UInt8]) { secret = SASLDigests.openSSL.sha256(octets) }

    /// The public key, as the key record has it before Base64 (RFC 8463 §4.2).
    var publicKey: [UInt8] {
        withKey { key in
            [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
                var length = 32
                count = EVP_PKEY_get_raw_public_key(key, buffer.baseAddress, &length) == 1 ? length : 0
            }
        }
    }

    /// What a signer needs. The hash of the mail is what is signed (RFC 8463 §3).
    var signing: DKIMSigner.Key {
        DKIMSigner.Key(algorithm: .ed25519SHA256, sha256: SASLDigests.openSSL.sha256) { octets in
            signature(of: SASLDigests.openSSL.sha256(octets))
        }
    }

    private func signature(of message: [UInt8]) -> [UInt8] {
        withKey { key in
            let context = EVP_MD_CTX_new()
            defer { EVP_MD_CTX_free(context) }
            return [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
                var length = 64
                let done =
                    EVP_DigestSignInit(context, nil, nil, nil, key) == 1
                    && EVP_DigestSign(context, buffer.baseAddress, &length, message, message.count) == 1
                count = done ? length : 0
            }
        }
    }

    private func withKey(_ body: (OpaquePointer?) -> [UInt8]) -> [UInt8] {
        let key = EVP_PKEY_new_raw_private_key(NID_ED25519, nil, secret, secret.count)
        defer { EVP_PKEY_free(key) }
        return body(key)
    }
}

extension DKIMVerifier {
    /// With OpenSSL.
    static let openSSL = DKIMVerifier(sha256: SASLDigests.openSSL.sha256) { algorithm, publicKey, signature, octets in
        guard let key = Self.key(publicKey, algorithm) else { return false }
        let context = EVP_MD_CTX_new()
        defer {
            EVP_MD_CTX_free(context)
            EVP_PKEY_free(key)
            ERR_clear_error()
        }
        let isEd25519 = algorithm == .ed25519SHA256
        let message = isEd25519 ? SASLDigests.openSSL.sha256(octets) : octets
        return EVP_DigestVerifyInit(context, nil, isEd25519 ? nil : EVP_sha256(), nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    /// RSA keys stand in a record with their kind (RFC 6376 §3.6.1); below 1024 bits none counts (RFC 8301 §3.2).
    private static func key(_ octets: PublicKey, _ algorithm: DKIMSignature.Algorithm) -> OpaquePointer? {
        switch algorithm {
        case .ed25519SHA256: return EVP_PKEY_new_raw_public_key(NID_ED25519, nil, octets, octets.count)
        case .rsaSHA256:
            let key = octets.withUnsafeBufferPointer { buffer in
                var start = buffer.baseAddress
                return d2i_PUBKEY(nil, &start, buffer.count)
            }
            if EVP_PKEY_is_a(key, "RSA") == 1, EVP_PKEY_get_bits(key) >= 1024 { return key }
            EVP_PKEY_free(key)
            return nil
        }
    }
}
