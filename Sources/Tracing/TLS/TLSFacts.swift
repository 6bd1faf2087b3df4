public import SMTP

/// What one end of a connection knows about its TLS once the handshake is over (RFC 8446 §2, RFC 5246 §7.3).
///
/// Names in it come from a certificate, so they are as untrusted as anything from the wire.
public struct TLSFacts: Hashable, Sendable, Codable {
    /// All that is known, in words, where nobody told the parts: an old recording, a log.
    public var summary: String?
    /// As `TLS 1.3`.
    public var version: String?
    /// The name of the cipher suite in the registry, as `TLS_AES_256_GCM_SHA384`.
    public var cipher: String?
    /// The group in which the keys were agreed on, as `x25519`.
    public var group: String?
    /// The server name the client asked for (RFC 6066 §3).
    public var serverName: String?
    /// The protocol chosen by ALPN (RFC 7301).
    public var applicationProtocol: String?
    /// What the server sent, its own certificate first.
    public var chain: [Certificate]
    /// Whether the certificate is for the server that was meant; nil where nobody looked.
    public var name: NameMatch?
    /// Whether the chain leads to an authority this system trusts; nil where nobody looked.
    public var trust: Trust?
    /// How the certificate stands to the TLSA records that were looked up; nil where nobody looked. Then neither its names nor an
    /// authority count, and nobody looks at them (RFC 7672 §3.1.1).
    public var association: Association?
    /// The messages of the handshake in their order, those that were encrypted included.
    public var messages: [Message]

    public init(
        version: String? = nil,
        cipher: String? = nil,
        group: String? = nil,
        serverName: String? = nil,
        applicationProtocol: String? = nil,
        chain: [Certificate] = [],
        name: NameMatch? = nil,
        trust: Trust? = nil,
        association: Association? = nil,
        messages: [Message] = []
    ) {
        self.version = version
        self.cipher = cipher
        self.group = group
        self.serverName = serverName
        self.applicationProtocol = applicationProtocol
        self.chain = chain
        self.name = name
        self.trust = trust
        self.association = association
        self.messages = messages
    }

    /// Whether the keys are those of an earlier session: the handshake was seen to its end, and the server sent neither a certificate
    /// nor a share of the key signed for it (RFC 5246 §7.3, RFC 8446 §2.2).
    public var isResumed: Bool {
        func count(_ name: String) -> Int { messages.count { $0.name == name } }
        let isWhole = count("ServerHello") > 0 && count("Finished") == 2
        return isWhole && ["Certificate", "CertificateVerify", "ServerKeyExchange"].allSatisfy { count($0) == 0 }
    }

    /// Takes what is there; nothing at all is no knowledge about TLS.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            version: try fields.decodeIfPresent(String.self, forKey: .version),
            cipher: try fields.decodeIfPresent(String.self, forKey: .cipher),
            group: try fields.decodeIfPresent(String.self, forKey: .group),
            serverName: try fields.decodeIfPresent(String.self, forKey: .serverName),
            applicationProtocol: try fields.decodeIfPresent(String.self, forKey: .applicationProtocol),
            chain: try fields.decodeIfPresent([Certificate].self, forKey: .chain) ?? [],
            name: try fields.decodeIfPresent(NameMatch.self, forKey: .name),
            trust: try fields.decodeIfPresent(Trust.self, forKey: .trust),
            association: try fields.decodeIfPresent(Association.self, forKey: .association),
            messages: try fields.decodeIfPresent([Message].self, forKey: .messages) ?? []
        )
        summary = try fields.decodeIfPresent(String.self, forKey: .summary)
        guard self != TLSFacts() else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no facts"))
        }
    }

    /// Facts that are known as a text alone.
    public init(_ summary: String) {
        self.init()
        self.summary = summary
    }

    /// A certificate, as far as a person looks at it (RFC 5280 §4.1).
    public struct Certificate: Hashable, Sendable, Codable {
        /// Distinguished names as RFC 4514 writes them.
        public var subject: String
        public var issuer: String
        /// The names it is for: `DNS:mx.example`, `IP:192.0.2.1` (RFC 5280 §4.2.1.6).
        public var names: [String]
        /// From when to when, ISO 8601 in UTC.
        public var notBefore: String
        public var notAfter: String
        /// How the time of the handshake stands to these two; nil where nobody looked.
        public var validity: Validity?
        /// As `RSA 2048`, `EC P-256`.
        public var key: String
        /// What the issuer signed with, as `sha256WithRSAEncryption`.
        public var signature: String
        /// SHA-256 of the whole certificate, in hexadecimal.
        public var fingerprint: String

        public init(
            subject: String,
            issuer: String,
            names: [String],
            notBefore: String,
            notAfter: String,
            validity: Validity? = nil,
            key: String,
            signature: String,
            fingerprint: String
        ) {
            self.subject = subject
            self.issuer = issuer
            self.names = names
            self.notBefore = notBefore
            self.notAfter = notAfter
            self.validity = validity
            self.key = key
            self.signature = signature
            self.fingerprint = fingerprint
        }
    }

    /// Whether a certificate could be used at the time somebody looked (RFC 5280 §4.1.2.5).
    public enum Validity: String, Hashable, Sendable, Codable {
        case valid, expired
        case notYetValid = "not yet valid"
    }

    /// Whether a certificate is for the name that was meant (RFC 9525 §6).
    public struct NameMatch: Hashable, Sendable, Codable {
        /// The name that was meant.
        public var wanted: String
        /// The name of the certificate that fits it; nil when none does.
        public var found: String?

        public init(wanted: String, found: String?) {
            self.wanted = wanted
            self.found = found
        }
    }

    /// What the system's authorities say of the chain (RFC 5280 §6).
    public struct Trust: Hashable, Sendable, Codable {
        public var isTrusted: Bool
        /// Why not, in words; nil when it is trusted.
        public var reason: String?
        /// Whether what is wrong is a date; nil where nobody said.
        public var isUntimely: Bool?

        public init(isTrusted: Bool, reason: String? = nil, isUntimely: Bool? = nil) {
            self.isTrusted = isTrusted
            self.reason = reason
            self.isUntimely = isUntimely
        }
    }

    /// What a TLSA record says of the server's certificate, beside what was computed of the one that it showed (RFC 6698 §2.1).
    public struct Association: Hashable, Sendable, Codable {
        /// The three numbers of the record, as `3 1 1`.
        public var kind: String
        /// What is compared, in words: `the server's public key, its SHA-256`.
        public var words: String
        /// What the record has, in hexadecimal.
        public var wanted: String
        /// The same of the certificate that was shown.
        public var found: String
        /// Whether the server is the one that the record means.
        public var fits: Bool

        public init(kind: String, words: String, wanted: String, found: String, fits: Bool) {
            self.kind = kind
            self.words = words
            self.wanted = wanted
            self.found = found
            self.fits = fits
        }
    }

    /// One message of the handshake (RFC 8446 §4).
    public struct Message: Hashable, Sendable, Codable {
        public var from: Side
        /// As `ClientHello`.
        public var name: String
        /// With its header of four.
        public var octets: Int

        public init(from: Side, name: String, octets: Int) {
            self.from = from
            self.name = name
            self.octets = octets
        }
    }
}
