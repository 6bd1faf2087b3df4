import COpenSSL
import Notation
public import SMTP

extension SASLDigests {
    /// With OpenSSL.
    public static let openSSL = SASLDigests(
        hmacMD5: { key, message in Digest.hmac(EVP_md5(), key, message) },
        hmacSHA256: { key, message in Digest.hmac(EVP_sha256(), key, message) },
        sha256: { message in Digest.hash(EVP_sha256(), message) },
        stretched: { password, salt, iterations in Digest.stretched(password, salt, iterations) },
        nonce: { Digest.nonce() }
    )
}

/// OpenSSL's digests over arrays.
private enum Digest {
    static func hmac(_ digest: OpaquePointer?, _ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var count: UInt32 = 0
        return [UInt8](unsafeUninitializedCapacity: 64) { buffer, length in
            let done = HMAC(digest, key, Int32(key.count), message, message.count, buffer.baseAddress, &count)
            length = done == nil ? 0 : Int(count)
        }
    }

    static func hash(_ digest: OpaquePointer?, _ message: [UInt8]) -> [UInt8] {
        var count: UInt32 = 0
        return [UInt8](unsafeUninitializedCapacity: 64) { buffer, length in
            let done = EVP_Digest(message, message.count, buffer.baseAddress, &count, digest, nil)
            length = done == 1 ? Int(count) : 0
        }
    }

    static func stretched(_ password: [UInt8], _ salt: [UInt8], _ iterations: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, length in
            let done = password.withUnsafeBytes { password in
                PKCS5_PBKDF2_HMAC(
                    password.bindMemory(to: CChar.self).baseAddress,
                    Int32(password.count),
                    salt,
                    Int32(salt.count),
                    Int32(iterations),
                    EVP_sha256(),
                    32,
                    buffer.baseAddress
                )
            }
            length = done == 1 ? 32 : 0
        }
    }

    static func nonce() -> [UInt8] {
        let random = [UInt8](unsafeUninitializedCapacity: 18) { buffer, length in
            length = RAND_bytes(buffer.baseAddress, 18) == 1 ? 18 : 0
        }
        // Without randomness there is no nonce, and the server's answer to an empty one is refused.
        return Base64.encode(random)
    }
}
