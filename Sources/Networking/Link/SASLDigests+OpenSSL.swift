import Cryptography
public import SMTP

extension SASLDigests {
    /// With OpenSSL.
    public static let openSSL = SASLDigests(
        hmacMD5: { key, message in Digest.md5.hmac(key, message) },
        hmacSHA256: { key, message in Digest.sha256.hmac(key, message) },
        sha256: { message in Digest.sha256.hash(message) },
        stretched: { password, salt, iterations in Digest.stretched(password, salt, iterations) },
        nonce: { Digest.nonce() }
    )
}
