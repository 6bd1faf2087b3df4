/// How long a client waits for each answer at the least, THE table (RFC 5321 §4.5.3.2).
public enum TimeLimit: String, CaseIterable, Sendable {
    case greeting, mail, rcpt, data, dataBlock, acceptance, nextCommand, other

    /// Whole seconds.
    public var seconds: Int {
        switch self {
        case .greeting: 300  // §4.5.3.2.1
        case .mail: 300  // §4.5.3.2.2
        case .rcpt: 300  // §4.5.3.2.3
        case .data: 120  // §4.5.3.2.4
        case .dataBlock: 180  // §4.5.3.2.5
        case .acceptance: 600  // §4.5.3.2.6
        case .nextCommand: 300  // §4.5.3.2.7, how long a server waits
        case .other: 300  // nothing is said for EHLO and the rest: as for MAIL
        }
    }

    /// Where it stands.
    public var spec: String {
        switch self {
        case .greeting: "RFC 5321 §4.5.3.2.1"
        case .mail: "RFC 5321 §4.5.3.2.2"
        case .rcpt: "RFC 5321 §4.5.3.2.3"
        case .data: "RFC 5321 §4.5.3.2.4"
        case .dataBlock: "RFC 5321 §4.5.3.2.5"
        case .acceptance: "RFC 5321 §4.5.3.2.6"
        case .nextCommand: "RFC 5321 §4.5.3.2.7"
        case .other: "RFC 5321 §4.5.3.2"
        }
    }

    /// How long the answer to this turn may take.
    public init(awaiting turn: CommandSequence.Turn) {
        switch turn {
        case .greeting: self = .greeting
        case .mail: self = .mail
        case .rcpt: self = .rcpt
        case .data: self = .data
        case .mailData, .lastChunk, .chunk: self = .acceptance
        case .hello, .rset, .anytime, .auth, .saslResponse, .startTLS, .handshake, .quit, .turnAround, .unknown:
            self = .other
        }
    }
}
