/// A user and a secret, on their way to a server. No description ever shows the secret.
public struct Credentials: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    public let user: [UInt8]
    let secret: [UInt8]

    /// A user name and password as typed; neither may be empty or hold NUL, which separates them in PLAIN (RFC 4616 §2).
    public init(user: String, password: String) throws(CredentialsError) {
        self.user = Array(user.utf8)
        secret = Array(password.utf8)
        guard !self.user.isEmpty else { throw .noUser }
        guard !secret.isEmpty else { throw .noPassword }
        guard !self.user.contains(0), !secret.contains(0) else { throw .holdsNUL }
    }

    public var description: String { "\(user.lossyText), •••" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["user": user.lossyText]) }
}

/// Why a user and a password cannot be sent.
public enum CredentialsError: Error, Hashable, CustomStringConvertible {
    case noUser, noPassword, holdsNUL

    public var description: String {
        switch self {
        case .noUser: "there is no user name"
        case .noPassword: "there is no password"
        case .holdsNUL: "a user name or password cannot hold a NUL"
        }
    }
}

/// Arithmetic that SASL needs and this module does not have: whoever has a library hands it in.
public struct SASLDigests: Sendable {
    /// HMAC with MD5 over a message (RFC 2104): key, message.
    public var hmacMD5: @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8]
    public var hmacSHA256: @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8]
    public var sha256: @Sendable (_ message: [UInt8]) -> [UInt8]
    /// PBKDF2 with HMAC-SHA-256 and 32 octets of result (RFC 8018 §5.2).
    public var stretched: @Sendable (_ password: [UInt8], _ salt: [UInt8], _ iterations: Int) -> [UInt8]
    /// Printable ASCII without a comma that nobody can guess (RFC 5802 §5.1).
    public var nonce: @Sendable () -> [UInt8]

    public init(
        hmacMD5: @escaping @Sendable ([UInt8], [UInt8]) -> [UInt8],
        hmacSHA256: @escaping @Sendable ([UInt8], [UInt8]) -> [UInt8],
        sha256: @escaping @Sendable ([UInt8]) -> [UInt8],
        stretched: @escaping @Sendable ([UInt8], [UInt8], Int) -> [UInt8],
        nonce: @escaping @Sendable () -> [UInt8]
    ) {
        self.hmacMD5 = hmacMD5
        self.hmacSHA256 = hmacSHA256
        self.sha256 = sha256
        self.stretched = stretched
        self.nonce = nonce
    }
}

extension [UInt8] {
    /// Two small hexadecimal digits an octet.
    var hexadecimal: [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}
