/// The SASL mechanisms that are met in mail, THE table (RFC 4422 §3.1, IANA "SASL Mechanisms").
///
/// Those that are spoken here come first, the better before the others: of what both sides have, a client takes the first.
/// The rest is recognised and explained. A mechanism that is not here is kept as it came.
public enum Mechanism: String, CaseIterable, Sendable {
    /// A proof, no password, and the server proves itself too.
    case scramSHA256 = "SCRAM-SHA-256"
    /// A proof with an old hash.
    case cramMD5 = "CRAM-MD5"
    /// One response: identity, user and password.
    case plain = "PLAIN"
    /// User and password in two responses, never put into an RFC.
    case login = "LOGIN"
    /// A token in place of a password. Taken only when it is asked for by name, since a password is no token.
    case xoauth2 = "XOAUTH2"
    case digestMD5 = "DIGEST-MD5"
    case oauthBearer = "OAUTHBEARER"
    case external = "EXTERNAL"
    case anonymous = "ANONYMOUS"
    case gssapi = "GSSAPI"
    case gs2Kerberos = "GS2-KRB5"
    case spnego = "GSS-SPNEGO"
    case ntlm = "NTLM"
    case kerberosV4 = "KERBEROS_V4"
    case scramSHA1 = "SCRAM-SHA-1"
    case scramSHA1Plus = "SCRAM-SHA-1-PLUS"
    case scramSHA256Plus = "SCRAM-SHA-256-PLUS"
    case scramSHA512 = "SCRAM-SHA-512"
    case scramSHA512Plus = "SCRAM-SHA-512-PLUS"
    case gs2KerberosPlus = "GS2-KRB5-PLUS"
    case eap = "EAP-AES128"
    case eapPlus = "EAP-AES128-PLUS"
    case otp = "OTP"
    case skey = "SKEY"
    case securID = "SECURID"
    case oauth10A = "OAUTH10A"
    case openID20 = "OPENID20"
    case saml20 = "SAML20"
    /// Google's first token: a signed request, and no token that could be used again as it is.
    case xoauth = "XOAUTH"
    case yahooCookie = "XYMCOOKIE"

    /// A secret that crosses the wire as it is, in nothing but Base64.
    public enum Secret: Sendable { case password, token }

    /// What the table says of one mechanism.
    private struct Row {
        var begins: Side
        var sends: Secret?
        /// Where it is defined.
        var spec: String
        var isSpoken = false
        /// Whether it computes, so that a library has to be there.
        var needsDigests = false
    }

    private var row: Row {
        switch self {
        case .scramSHA256: Row(begins: .client, spec: "RFC 7677 §3", isSpoken: true, needsDigests: true)
        case .cramMD5: Row(begins: .server, spec: "RFC 2195 §2", isSpoken: true, needsDigests: true)
        case .plain: Row(begins: .client, sends: .password, spec: "RFC 4616 §2", isSpoken: true)
        case .login: Row(begins: .server, sends: .password, spec: "draft-murchison-sasl-login", isSpoken: true)
        case .xoauth2: Row(begins: .client, sends: .token, spec: "Google", isSpoken: true)
        case .digestMD5: Row(begins: .server, spec: "RFC 2831 §2")
        case .oauthBearer: Row(begins: .client, sends: .token, spec: "RFC 7628 §3")
        case .external: Row(begins: .client, spec: "RFC 4422 §A")
        case .anonymous: Row(begins: .client, spec: "RFC 4505 §2")
        case .gssapi: Row(begins: .client, spec: "RFC 4752 §3")
        case .gs2Kerberos: Row(begins: .client, spec: "RFC 5801 §3")
        case .spnego: Row(begins: .client, spec: "Microsoft")
        case .ntlm: Row(begins: .client, spec: "Microsoft")
        case .kerberosV4: Row(begins: .server, spec: "RFC 2222 §7.1")
        case .scramSHA1: Row(begins: .client, spec: "RFC 5802 §3")
        case .scramSHA1Plus: Row(begins: .client, spec: "RFC 5802 §6")
        case .scramSHA256Plus: Row(begins: .client, spec: "RFC 7677 §3")
        case .scramSHA512: Row(begins: .client, spec: "draft-melnikov-scram-sha-512")
        case .scramSHA512Plus: Row(begins: .client, spec: "draft-melnikov-scram-sha-512")
        case .gs2KerberosPlus: Row(begins: .client, spec: "RFC 5801 §15")
        case .eap: Row(begins: .client, spec: "RFC 7055 §7.5")
        case .eapPlus: Row(begins: .client, spec: "RFC 7055 §7.5")
        case .otp: Row(begins: .client, spec: "RFC 2444 §3")
        case .skey: Row(begins: .client, spec: "RFC 2222 §7.3")
        case .securID: Row(begins: .client, sends: .token, spec: "RFC 2808 §3")
        case .oauth10A: Row(begins: .client, spec: "RFC 7628 §3")
        case .openID20: Row(begins: .client, spec: "RFC 6616 §3")
        case .saml20: Row(begins: .client, spec: "RFC 6595 §3")
        case .xoauth: Row(begins: .client, spec: "Google")
        case .yahooCookie: Row(begins: .client, sends: .token, spec: "Yahoo")
        }
    }

    /// As it stands behind AUTH, in upper case.
    public var name: String { rawValue }
    /// Who speaks first: the client with an initial response, or the server with a challenge (RFC 4422 §5).
    public var begins: Side { row.begins }
    /// The secret that crosses the wire as it is, so that only a protected line is fit for it; nil where a proof goes instead.
    public var sends: Secret? { row.sends }
    /// Where it is defined.
    public var spec: String { row.spec }
    /// Whether client and server can speak it here.
    public var isSpoken: Bool { row.isSpoken }
    /// Whether it needs `SASLDigests`.
    var needsDigests: Bool { row.needsDigests }

    /// Those that client and server speak, the better first.
    public static let spoken = allCases.filter(\.isSpoken)
    /// Their names, as a person reads them.
    public static let spokenNames = spoken.map(\.name).joined(separator: ", ")

    /// The mechanism of this name, in upper or lower case (RFC 4422 §3.1); nil when it is not in the table.
    public init?(named name: some Collection<UInt8>) {
        guard let found = Self.allCases.first(where: { name.equalsIgnoringCase($0.name.utf8) }) else { return nil }
        self = found
    }

    /// Whether the name of one begins with these octets, as while it is still on its way.
    static func begins(with octets: some Collection<UInt8>) -> Bool {
        allCases.contains { $0.name.utf8.prefix(octets.count).equalsIgnoringCase(octets) }
    }
}
