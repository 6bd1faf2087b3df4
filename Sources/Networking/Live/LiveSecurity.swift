public import SMTP

/// How a live session is to be protected, and with what it logs in.
public struct LiveSecurity: Sendable {
    public var use: ClientDialogue.TLSUse
    /// Ends the session when the certificate is not for the server or leads to no authority that is trusted.
    public var mustVerify: Bool
    /// Asked for with SNI and looked for in the certificate, in the place of the server's own name.
    public var serverName: String?
    public var minimum: TLSSetup.Version
    public var maximum: TLSSetup.Version?
    /// Certificates in PEM that are trusted beside the system's.
    public var authorities: [UInt8]
    public var credentials: Credentials?
    /// Nil for the best mechanism that both sides have.
    public var mechanism: Mechanism?
    /// Whether user and password may cross a line without TLS.
    public var mayAuthenticateInClear: Bool
    /// Whether a person sees credentials as they are, and not the mask in their place.
    public var showsSecrets: Bool
    /// Is told the secrets of TLS, a line of NSS's key log each; nothing else ever has them.
    public var onSecret: (@Sendable (String) -> Void)?
    /// Whether the server is the sender's own provider: then the session is step 1 (RFC 6409).
    public var isSubmission = false

    public init(
        use: ClientDialogue.TLSUse = .ifOffered,
        mustVerify: Bool = false,
        serverName: String? = nil,
        minimum: TLSSetup.Version = .tls1_2,
        maximum: TLSSetup.Version? = nil,
        authorities: [UInt8] = [],
        credentials: Credentials? = nil,
        mechanism: Mechanism? = nil,
        showsSecrets: Bool = false,
        mayAuthenticateInClear: Bool = false
    ) {
        self.use = use
        self.mustVerify = mustVerify
        self.serverName = serverName
        self.minimum = minimum
        self.maximum = maximum
        self.authorities = authorities
        self.credentials = credentials
        self.mechanism = mechanism
        self.showsSecrets = showsSecrets
        self.mayAuthenticateInClear = mayAuthenticateInClear
    }

    /// Port 465 means TLS from the first octet (RFC 8314 §3.3).
    func use(at port: Int) -> ClientDialogue.TLSUse { use != .never && port == 465 ? .onConnect : use }

    func apply(to plan: inout ClientDialogue.Plan, port: Int) {
        plan.tls = use(at: port)
        plan.credentials = credentials
        plan.mechanism = mechanism
        plan.digests = .openSSL
        plan.mayAuthenticateInClear = mayAuthenticateInClear
    }

    /// TLS with a host that is called so.
    func setup(for host: String, timeout: Int?) -> TLSSetup {
        let name = serverName ?? host
        return TLSSetup(
            .client(serverName: name),
            minimum: minimum,
            maximum: maximum,
            authorities: authorities,
            mustVerify: mustVerify,
            seconds: min(10, timeout ?? 10),
            onSecret: onSecret
        )
    }
}
