extension CommandSequence.Turn {
    /// What a reply answers, in the words of a sentence: "the server answered MAIL with 550". THE table of these words.
    public var words: String {
        switch self {
        case .greeting: "the connection"
        case .hello: "EHLO"
        case .mail: "MAIL"
        case .rcpt: "RCPT"
        case .data: "DATA"
        case .mailData: "the mail data"
        case .chunk, .lastChunk: "BDAT"
        case .rset: "RSET"
        case .auth, .saslResponse: "AUTH"
        case .startTLS: "STARTTLS"
        case .handshake: "the TLS handshake"
        case .quit: "QUIT"
        case .anytime, .turnAround, .unknown: "a command"
        }
    }
}
