import SMTP
import Tracing

/// Which step a turn belongs to that waits to be released.
extension LiveHold.Held {
    /// What a client's turn waits for.
    init(sending turn: CommandSequence.Turn, _ ordinal: Int) {
        let step: Step =
            switch turn {
            case .hello: .ehlo
            case .mail: .mail
            case .rcpt: .rcpt
            case .data: .data
            case .mailData, .chunk, .lastChunk: .content
            case .startTLS, .handshake: .ehloReply
            case .greeting, .rset, .anytime, .auth, .saslResponse, .quit, .turnAround, .unknown: .quit
            }
        self.init(step: step, ordinal: ordinal)
        switch turn {
        case .startTLS: promise = "sends STARTTLS"
        case .handshake: promise = "agrees on TLS"
        default: break
        }
    }

    /// The same in the sandbox world, where STARTTLS, the handshake and the second EHLO with its answer are three sub-steps of the
    /// first answer (RFC 3207 §4.2).
    init(walking turn: CommandSequence.Turn, _ ordinal: Int) {
        self.init(sending: turn, ordinal)
        switch turn {
        case .startTLS: self.ordinal = 1
        case .handshake: self.ordinal = 2
        case .hello where ordinal > 0:
            self = Self.secondHello
        default: break
        }
    }

    private static let secondHello: Self = {
        var held = Self(step: .ehloReply, ordinal: 3)
        held.promise = "sends EHLO anew"
        return held
    }()

    /// What a server's reply waits for: the 220 goes with STARTTLS, a second answer to EHLO with that, the 354 with DATA and the 221
    /// with QUIT; all else is a step of its own.
    init(replyTo turn: CommandSequence.Turn, _ ordinal: Int) {
        if turn == .hello, ordinal > 0 {
            self = Self.secondHello
            return
        }
        let step: Step =
            switch turn {
            case .greeting: .greeting
            case .hello: .ehloReply
            case .mail: .mailReply
            case .rcpt: .rcptReply
            case .data: .data
            case .mailData, .lastChunk: .acceptance
            case .chunk: .content
            case .startTLS: .ehloReply
            case .rset, .anytime, .auth, .saslResponse, .handshake, .quit, .turnAround, .unknown: .quit
            }
        self.init(step: step, ordinal: turn == .startTLS ? 1 : ordinal)
    }
}
