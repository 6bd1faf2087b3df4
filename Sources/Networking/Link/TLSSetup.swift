import DNS
public import SMTP
import Tracing

/// What one end of a TLS connection is set up with.
public struct TLSSetup: Sendable {
    public enum Role: Sendable {
        /// The name is asked for with SNI (RFC 6066 §3) and looked for in the certificate. An address is only looked for.
        case client(serverName: String?)
        case server(TLSIdentity)
    }

    /// Versions with their numbers on the wire (RFC 8446 §4.2.1).
    public enum Version: Int32, CaseIterable, Comparable, Sendable {
        case tls1_0 = 0x0301
        case tls1_1 = 0x0302
        case tls1_2 = 0x0303
        case tls1_3 = 0x0304

        /// As `1.2`.
        public var name: String {
            switch self {
            case .tls1_0: "1.0"
            case .tls1_1: "1.1"
            case .tls1_2: "1.2"
            case .tls1_3: "1.3"
            }
        }

        public static func < (left: Version, right: Version) -> Bool { left.rawValue < right.rawValue }
    }

    public var role: Role
    /// Below TLS 1.2, which RFC 8996 wants nobody to use, OpenSSL's demands on keys and hashes are given up too.
    public var minimum: Version
    public var maximum: Version?
    /// The name that the certificate must have, where it is not the one asked for.
    public var expectedName: String?
    /// Certificates of authorities in PEM that are trusted beside those of the system.
    public var authorities: [UInt8]
    /// The certificate must be for the name and lead to a trusted authority; otherwise the verdict is told and all goes on.
    public var mustVerify: Bool
    /// The signed TLSA records of a client's server. Where some of them can be used one has to fit, and nothing else counts
    /// (RFC 7672 §2.2, §3.1).
    var associations: [TLSA] = []
    /// How long the handshake may take, in seconds.
    public var seconds: Int
    /// Is told each secret of the connection as a line of NSS's key log, without its end.
    public var onSecret: (@Sendable (String) -> Void)?

    public init(
        _ role: Role,
        minimum: Version = .tls1_2,
        maximum: Version? = nil,
        expectedName: String? = nil,
        authorities: [UInt8] = [],
        mustVerify: Bool = false,
        seconds: Int = 10,
        onSecret: (@Sendable (String) -> Void)? = nil
    ) {
        self.role = role
        self.minimum = minimum
        self.maximum = maximum
        self.expectedName = expectedName
        self.authorities = authorities
        self.mustVerify = mustVerify
        self.seconds = seconds
        self.onSecret = onSecret
    }

    /// The side we are.
    public var side: Side {
        switch role {
        case .client: .client
        case .server: .server
        }
    }
}
