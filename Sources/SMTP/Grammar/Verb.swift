/// The command verbs, THE table: every verb of the field once, with the shape of its argument and where it is defined.
///
/// Verbs are matched without regard to case (RFC 5321 §2.4). A verb that is not here is kept as it came.
public enum Verb: String, CaseIterable, Sendable {
    case helo = "HELO"
    case ehlo = "EHLO"
    case lhlo = "LHLO"
    case mail = "MAIL"
    case rcpt = "RCPT"
    case data = "DATA"
    case bdat = "BDAT"
    case rset = "RSET"
    case vrfy = "VRFY"
    case expn = "EXPN"
    case help = "HELP"
    case noop = "NOOP"
    case quit = "QUIT"
    case startTLS = "STARTTLS"
    case auth = "AUTH"
    case etrn = "ETRN"
    case turn = "TURN"
    case atrn = "ATRN"
    case send = "SEND"
    case soml = "SOML"
    case saml = "SAML"
    case xclient = "XCLIENT"
    case xforward = "XFORWARD"

    /// What follows the verb.
    public enum Shape: Sendable {
        /// Nothing at all.
        case nothing
        /// A domain or an address literal (RFC 5321 §4.1.1.1).
        case domain
        /// `FROM:` and a reverse-path, then parameters (RFC 5321 §4.1.1.2).
        case reversePath
        /// `TO:` and a forward-path, then parameters (RFC 5321 §4.1.1.3).
        case forwardPath
        /// A string, which may be left out.
        case optionalText
        /// A string, which may not be left out.
        case text
        /// A SASL mechanism and perhaps an initial response (RFC 4954 §4).
        case mechanism
        /// A number of octets and perhaps `LAST` (RFC 3030 §2).
        case chunk
        /// `NAME=value` attributes in xtext (Postfix XCLIENT_README, XFORWARD_README).
        case attributes
    }

    /// A row of the table.
    struct Row {
        let shape: Shape
        let spec: String
        /// The EHLO keyword that must have been offered; nil for what every server has.
        var needs: String?
        var obsolete = false
    }

    var row: Row {
        switch self {
        case .helo: Row(shape: .domain, spec: "RFC 5321 §4.1.1.1")
        case .ehlo: Row(shape: .domain, spec: "RFC 5321 §4.1.1.1")
        case .lhlo: Row(shape: .domain, spec: "RFC 2033 §4.1")
        case .mail: Row(shape: .reversePath, spec: "RFC 5321 §4.1.1.2")
        case .rcpt: Row(shape: .forwardPath, spec: "RFC 5321 §4.1.1.3")
        case .data: Row(shape: .nothing, spec: "RFC 5321 §4.1.1.4")
        case .bdat: Row(shape: .chunk, spec: "RFC 3030 §2", needs: "CHUNKING")
        case .rset: Row(shape: .nothing, spec: "RFC 5321 §4.1.1.5")
        case .vrfy: Row(shape: .text, spec: "RFC 5321 §4.1.1.6")
        case .expn: Row(shape: .text, spec: "RFC 5321 §4.1.1.7")
        case .help: Row(shape: .optionalText, spec: "RFC 5321 §4.1.1.8")
        case .noop: Row(shape: .optionalText, spec: "RFC 5321 §4.1.1.9")
        case .quit: Row(shape: .nothing, spec: "RFC 5321 §4.1.1.10")
        case .startTLS: Row(shape: .nothing, spec: "RFC 3207 §4", needs: "STARTTLS")
        case .auth: Row(shape: .mechanism, spec: "RFC 4954 §4", needs: "AUTH")
        case .etrn: Row(shape: .text, spec: "RFC 1985 §5", needs: "ETRN")
        case .turn: Row(shape: .nothing, spec: "RFC 821 §3.8", obsolete: true)
        case .atrn: Row(shape: .optionalText, spec: "RFC 2645 §5.2", needs: "ATRN")
        case .send: Row(shape: .reversePath, spec: "RFC 821 §3.4", obsolete: true)
        case .soml: Row(shape: .reversePath, spec: "RFC 821 §3.4", obsolete: true)
        case .saml: Row(shape: .reversePath, spec: "RFC 821 §3.4", obsolete: true)
        case .xclient: Row(shape: .attributes, spec: "Postfix XCLIENT_README", needs: "XCLIENT")
        case .xforward: Row(shape: .attributes, spec: "Postfix XFORWARD_README", needs: "XFORWARD")
        }
    }

    /// What follows the verb.
    public var shape: Shape { row.shape }
    /// How it is written, as `MAIL FROM:<address>`.
    var syntax: String {
        switch shape {
        case .nothing: rawValue
        case .domain: "\(rawValue) hostname"
        case .reversePath: "\(rawValue) FROM:<address>"
        case .forwardPath: "\(rawValue) TO:<address>"
        case .optionalText: "\(rawValue) [string]"
        case .text: "\(rawValue) string"
        case .mechanism: "\(rawValue) mechanism"
        case .chunk: "\(rawValue) count [LAST]"
        case .attributes: "\(rawValue) attribute=value..."
        }
    }
    /// Where it is defined, as `RFC 5321 §4.1.1.2`.
    public var spec: String { row.spec }
    /// The EHLO keyword a server must have offered before this verb may be used; nil when none is needed.
    public var neededKeyword: String? { row.needs }
    /// Whether today's RFCs have given it up (RFC 5321 appendix F).
    public var isObsolete: Bool { row.obsolete }
    /// The verb's octets, in upper case.
    public var octets: [UInt8] { Array(rawValue.utf8) }

    /// Each verb by its letters in upper case, packed into a number: every line of every session is asked.
    private static let byLetters = allCases.map { (letters: letters(of: $0.rawValue.utf8) ?? 0, verb: $0) }

    /// Up to eight octets as a number, letters in upper case; nil for none and for more, which no verb has.
    private static func letters(of octets: some Sequence<UInt8>) -> UInt64? {
        var (packed, count): (UInt64, Int) = (0, 0)
        for octet in octets {
            guard count < 8 else { return nil }
            packed = packed << 8 | UInt64(octet.uppercased)
            count += 1
        }
        return count == 0 ? nil : packed
    }

    /// The verb these octets spell, in any case; nil for one that is not in the table. What most ask with is no generic type.
    public init?(reading octets: ArraySlice<UInt8>) {
        guard let letters = Self.letters(of: octets), let row = Self.byLetters.first(where: { $0.letters == letters })
        else { return nil }
        self = row.verb
    }

    /// The same of any octets.
    public init?(reading octets: some Sequence<UInt8>) {
        guard let letters = Self.letters(of: octets), let row = Self.byLetters.first(where: { $0.letters == letters })
        else { return nil }
        self = row.verb
    }
}
