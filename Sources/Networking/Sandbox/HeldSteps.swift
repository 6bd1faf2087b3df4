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
            case .greeting, .rset, .anytime, .auth, .saslResponse, .startTLS, .handshake, .quit, .turnAround, .unknown:
                .quit
            }
        self.init(step: step, ordinal: ordinal)
    }

    /// What a server's reply waits for: the 354 goes with DATA and the 221 with QUIT, all else is a step of its own.
    init(replyTo turn: CommandSequence.Turn, _ ordinal: Int) {
        let step: Step =
            switch turn {
            case .greeting: .greeting
            case .hello: .ehloReply
            case .mail: .mailReply
            case .rcpt: .rcptReply
            case .data: .data
            case .mailData, .lastChunk: .acceptance
            case .chunk: .content
            case .rset, .anytime, .auth, .saslResponse, .startTLS, .handshake, .quit, .turnAround, .unknown: .quit
            }
        self.init(step: step, ordinal: ordinal)
    }
}
