import COpenSSL

/// Why TLS did not come about, or broke (RFC 8446 §6).
public enum TLSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The other end sent a fatal alert: its number and name.
    case alert(UInt8, String)
    /// We found something we cannot go on with, and said so with an alert; what OpenSSL calls it.
    case protocolError(String)
    /// What came instead of TLS is no TLS.
    case notTLS
    case timedOut(seconds: Int)
    /// The connection was closed before the handshake was over.
    case closedInHandshake
    /// The connection ended without close_notify, so nobody knows whether something is missing (RFC 8446 §6.1).
    case truncated
    case tooManyOctets(Int)
    /// The certificate was to be verified and cannot be; why.
    case notVerified(String)
    /// A key or certificate of ours cannot be used; what OpenSSL says.
    case badIdentity(String)
    case broken(String)

    public var description: String {
        switch self {
        case .alert(let number, let name): "the other end broke TLS off with the alert \(name) (\(number))"
        case .protocolError(let reason): "TLS is impossible: \(reason)"
        case .notTLS: "what came instead of a TLS record is no TLS"
        case .timedOut(let seconds): "the TLS handshake took longer than \(seconds) s"
        case .closedInHandshake: "the other end closed the connection in the middle of the TLS handshake"
        case .truncated: "the connection ended without TLS's close_notify: something may be missing"
        case .tooManyOctets(let count): "the TLS handshake did not end after \(count) octets"
        case .notVerified(let reason): "the certificate cannot be verified: \(reason)"
        case .badIdentity(let reason): "the certificate or key cannot be used: \(reason)"
        case .broken(let reason): reason
        }
    }

    /// What OpenSSL says went wrong last; empties its queue, so that the next failure is not taken for this one.
    static func lastReason() -> String {
        var reason = "OpenSSL gives no reason"
        while case let error = ERR_get_error(), error != 0 {
            if let text = cssl_reason(error) { reason = String(cString: text) }
        }
        return reason
    }
}
