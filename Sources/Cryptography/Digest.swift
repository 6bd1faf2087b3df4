import COpenSSL
import Notation

/// OpenSSL's digests over arrays.
public enum Digest: Sendable {
    case md5, sha256, sha384, sha512

    /// How many octets come out.
    public var count: Int {
        switch self {
        case .md5: 16
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    private var method: OpaquePointer? {
        switch self {
        case .md5: EVP_md5()
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        }
    }

    /// RFC 2104 §2.
    public func hmac(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var count: UInt32 = 0
        return [UInt8](unsafeUninitializedCapacity: 64) { buffer, length in
            let done = HMAC(method, key, Int32(key.count), message, message.count, buffer.baseAddress, &count)
            length = done == nil ? 0 : Int(count)
        }
    }

    public func hash(_ message: [UInt8]) -> [UInt8] {
        var count: UInt32 = 0
        return [UInt8](unsafeUninitializedCapacity: 64) { buffer, length in
            let done = EVP_Digest(message, message.count, buffer.baseAddress, &count, method, nil)
            length = done == 1 ? Int(count) : 0
        }
    }

    /// PBKDF2 with SHA-256 (RFC 8018 §5.2).
    public static func stretched(_ password: [UInt8], _ salt: [UInt8], _ iterations: Int) -> [UInt8] {
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

    /// Random octets as Base64.
    public static func nonce() -> [UInt8] {
        let random = [UInt8](unsafeUninitializedCapacity: 18) { buffer, length in
            length = RAND_bytes(buffer.baseAddress, 18) == 1 ? 18 : 0
        }
        // Without randomness there is no nonce, and the server's answer to an empty one is refused.
        return Base64.encode(random)
    }
}
