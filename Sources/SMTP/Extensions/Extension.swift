/// The service extensions that servers offer with EHLO keywords, THE table (RFC 5321 §2.2, IANA "SMTP Service Extensions").
///
/// A keyword that is not here is kept as it came; it permits no verb and no parameter, and has a lesson where somebody wrote one.
public struct Extension: Sendable {
    /// The EHLO keyword in upper case.
    public let keyword: String
    public let name: String
    /// Where it is defined.
    public let spec: String
    /// Verbs it adds.
    public let verbs: [Verb]
    /// Parameters it adds to MAIL and RCPT, in upper case.
    public let parameters: [String]

    private init(_ keyword: String, _ name: String, _ spec: String, verbs: [Verb] = [], parameters: [String] = []) {
        self.keyword = keyword
        self.name = name
        self.spec = spec
        self.verbs = verbs
        self.parameters = parameters
    }

    /// Every row, in the order of the registry, the keywords of the wild last.
    public static let all: [Extension] = [
        Extension("SEND", "send as mail", "RFC 821 §3.4", verbs: [.send]),
        Extension("SOML", "send or mail", "RFC 821 §3.4", verbs: [.soml]),
        Extension("SAML", "send and mail", "RFC 821 §3.4", verbs: [.saml]),
        Extension("TURN", "turn the operation around", "RFC 821 §3.8", verbs: [.turn]),
        Extension("EXPN", "expand a mailing list", "RFC 5321 §4.1.1.7", verbs: [.expn]),
        Extension("HELP", "help", "RFC 5321 §4.1.1.8", verbs: [.help]),
        Extension("8BITMIME", "8-bit MIME transport", "RFC 6152 §2", parameters: ["BODY"]),
        Extension("SIZE", "message size declaration", "RFC 1870 §3", parameters: ["SIZE"]),
        Extension("VERB", "verbose", "IANA"),
        Extension("ONEX", "one message transaction only", "IANA"),
        Extension("CHUNKING", "large messages in chunks", "RFC 3030 §2", verbs: [.bdat]),
        Extension("BINARYMIME", "binary MIME", "RFC 3030 §3", parameters: ["BODY"]),
        Extension("CHECKPOINT", "checkpoint and restart", "RFC 1845 §3", parameters: ["TRANSID"]),
        Extension("DELIVERBY", "deliver by", "RFC 2852 §4", parameters: ["BY"]),
        Extension("PIPELINING", "command pipelining", "RFC 2920 §3"),
        Extension(
            "DSN",
            "delivery status notifications",
            "RFC 3461 §4",
            parameters: ["RET", "ENVID", "NOTIFY", "ORCPT"]
        ),
        Extension("ETRN", "remote queue start", "RFC 1985 §3", verbs: [.etrn]),
        Extension("ENHANCEDSTATUSCODES", "enhanced status codes", "RFC 2034 §3"),
        Extension("STARTTLS", "start TLS", "RFC 3207 §2", verbs: [.startTLS]),
        Extension("NO-SOLICITING", "no soliciting", "RFC 3865 §2", parameters: ["SOLICIT"]),
        Extension("MTRK", "message tracking", "RFC 3885 §3", parameters: ["MTRK"]),
        Extension("SUBMITTER", "responsible submitter", "RFC 4405 §2", parameters: ["SUBMITTER"]),
        Extension("ATRN", "authenticated turn", "RFC 2645 §5", verbs: [.atrn]),
        Extension("AUTH", "authentication", "RFC 4954 §3", verbs: [.auth], parameters: ["AUTH"]),
        Extension("BURL", "remote content", "RFC 4468 §3"),
        Extension(
            "FUTURERELEASE",
            "future message release",
            "RFC 4865 §4",
            parameters: ["HOLDFOR", "HOLDUNTIL"]
        ),
        Extension("CONPERM", "content conversion permission", "RFC 4141 §3", parameters: ["CONPERM"]),
        Extension("CONNEG", "content negotiation", "RFC 4141 §4", parameters: ["CONNEG"]),
        Extension("SMTPUTF8", "internationalized email", "RFC 6531 §3", parameters: ["SMTPUTF8"]),
        Extension("UTF8SMTP", "internationalized email, the experiment", "RFC 5336 §3", parameters: ["ALT-ADDRESS"]),
        Extension("VERP", "variable envelope return paths", "IANA", parameters: ["VERP"]),
        Extension("MT-PRIORITY", "message transfer priority", "RFC 6710 §3", parameters: ["MT-PRIORITY"]),
        Extension("RRVS", "require recipient valid since", "RFC 7293 §3", parameters: ["RRVS"]),
        Extension("REQUIRETLS", "require TLS", "RFC 8689 §2", parameters: ["REQUIRETLS"]),
        Extension("LIMITS", "server limits", "RFC 9422 §3"),
        Extension("VRFY", "verify", "RFC 5321 §4.1.1.6", verbs: [.vrfy]),
        Extension("XCLIENT", "client attributes from a trusted proxy", "Postfix XCLIENT_README", verbs: [.xclient]),
        Extension("XFORWARD", "client attributes for logging", "Postfix XFORWARD_README", verbs: [.xforward]),
        Extension("XVERP", "variable envelope return paths", "Postfix VERP_README", parameters: ["XVERP"]),
        Extension("PRDR", "per-recipient data responses", "draft-hall-prdr", parameters: ["PRDR"]),
        Extension("PIPECONNECT", "pipelined connection start", "Exim", parameters: []),
        Extension("X_PIPE_CONNECT", "pipelined connection start, in its older spelling", "Exim"),
        Extension("AUTH=LOGIN", "AUTH for clients of the 1990s", "before RFC 2554"),
        Extension("X-ANONYMOUSTLS", "TLS between Exchange servers", "Exchange"),
        Extension("X-EXPS", "Exchange authentication", "Exchange"),
        Extension("XEXCH50", "Exchange message properties", "Exchange"),
        Extension("XRDST", "routing domain", "Exchange"),
        Extension("XSHADOW", "shadow redundancy", "Exchange"),
        Extension("XOORG", "originator organization", "Exchange", parameters: ["XOORG"]),
        Extension("XYMCOOKIE", "a SASL mechanism of Yahoo", "Yahoo"),
    ]

    private static let byKeyword = Dictionary(uniqueKeysWithValues: all.map { ($0.keyword, $0) })
    private static let byParameter = Dictionary(
        all.flatMap { row in row.parameters.map { ($0, [row.keyword]) } },
        uniquingKeysWith: +
    )

    /// The row of a keyword in any case; nil when nobody registered it.
    public static func named(_ keyword: some Sequence<UInt8>) -> Extension? {
        byKeyword[String(decoding: keyword.map(\.uppercased), as: UTF8.self)]
    }

    /// The EHLO keywords any of which permits this parameter of MAIL or RCPT; empty for one nobody defined.
    public static func keywords(permitting parameter: String) -> [String] { byParameter[parameter] ?? [] }
}
