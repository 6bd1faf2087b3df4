public import Tracing

/// What a reply answers, THE table: the name it has in an anchor, and the step at which the answer stands.
public enum AnsweredTurn: String, CaseIterable, Sendable {
    case connect = "CONNECT"
    case ehlo = "EHLO"
    case startTLS = "STARTTLS"
    case auth = "AUTH"
    case mail = "MAIL"
    case rcpt = "RCPT"
    case data = "DATA"
    /// The end of the mail data, which has the anchors of DATA.
    case dot = "."
    case vrfy = "VRFY"
    case expn = "EXPN"
    case rset = "RSET"
    case quit = "QUIT"

    /// As behind the `@` of an anchor.
    public var name: String { self == .dot ? "DATA" : rawValue }

    /// Whether it asks for a name and is about no mail (RFC 5321 §3.5).
    var isQuestion: Bool { self == .vrfy || self == .expn }

    public var step: Step {
        switch self {
        case .connect: .greeting
        case .ehlo, .startTLS, .auth: .ehloReply
        case .mail: .mailReply
        case .rcpt, .vrfy, .expn: .rcptReply
        case .data: .data
        case .dot: .acceptance
        case .rset: .mailReply
        case .quit: .quit
        }
    }

    /// What a program calls it: `RCPT TO`, `end of DATA`, `MAIL FROM:<a@b>`, `HELO`, `DATA command`.
    init?(named words: some StringProtocol) {
        let upper = words.uppercased().replacing("-", with: " ")
        if upper.has("END OF DATA") || upper.has("END OF MESSAGE") || upper.hasPrefix("DATA CONTENT") {
            self = .dot
            return
        }
        // Exim says of a command that it was sent together with others.
        let words = upper.split { !$0.isLetter }.drop { $0 == "PIPELINED" }
        guard let first = words.first, let known = Self.names[String(first)]
        else { return nil }
        self = known
    }

    private static let names: [String: AnsweredTurn] = [
        "CONNECT": .connect, "GREETING": .connect, "BANNER": .connect, "RELAY": .connect,
        "EHLO": .ehlo, "HELO": .ehlo, "LHLO": .ehlo,
        "STARTTLS": .startTLS, "AUTH": .auth, "MAIL": .mail, "RCPT": .rcpt, "DATA": .data, "BDAT": .dot, "DOT": .dot,
        "VRFY": .vrfy, "EXPN": .expn, "RSET": .rset, "QUIT": .quit,
    ]
}
