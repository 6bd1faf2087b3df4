import COpenSSL
import SMTP

/// An Ed25519 key (RFC 8032 §5.1), made of 32 octets without a search for primes: it signs mail (RFC 8463) and zones (RFC 8080).
struct Ed25519Key: Sendable {
    private let secret: [UInt8]

    /// The key that these octets stand for, whatever they are: the same octets are the same key.
    init(from octets: [UInt8]) { secret = SASLDigests.openSSL.sha256(octets) }

    /// The key with these 32 octets.
    init(secret: [UInt8]) { self.secret = secret }

    /// 32 octets, as the key records of DKIM and the DNSKEY record have them (RFC 8463 §4.2, RFC 8080 §3).
    var publicKey: [UInt8] {
        withKey { key in
            [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
                var length = 32
                count = EVP_PKEY_get_raw_public_key(key, buffer.baseAddress, &length) == 1 ? length : 0
            }
        }
    }

    /// 64 octets; the same message always gets the same ones.
    func signature(of message: [UInt8]) -> [UInt8] {
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

    /// Whether the owner of a public key has signed the message.
    static func verifies(_ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]) -> Bool {
        guard let key = EVP_PKEY_new_raw_public_key(NID_ED25519, nil, publicKey, publicKey.count) else {
            ERR_clear_error()
            return false
        }
        defer { EVP_PKEY_free(key) }
        return SignatureCheck.holds(signature, over: message, key, digest: nil)
    }

    private func withKey(_ body: (OpaquePointer?) -> [UInt8]) -> [UInt8] {
        let key = EVP_PKEY_new_raw_private_key(NID_ED25519, nil, secret, secret.count)
        defer { EVP_PKEY_free(key) }
        return body(key)
    }
}

/// Signatures with keys of any kind.
enum SignatureCheck {
    /// Whether the owner of the key has signed the message; the digest is nil for a kind that hashes the message itself.
    static func holds(_ signature: [UInt8], over message: [UInt8], _ key: OpaquePointer, digest: OpaquePointer?) -> Bool
    {
        let context = EVP_MD_CTX_new()
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        return EVP_DigestVerifyInit(context, nil, digest, nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}
