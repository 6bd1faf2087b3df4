public import SMTP
public import Tracing

/// What a person is told of a session that is held before each thing it does.
public enum LiveHold {
    /// What is about to happen.
    public struct Held: Equatable, Sendable {
        public let step: Step
        /// Which of several alike, counted from 0: the second RCPT has the ordinal 1.
        public var ordinal = 0
        /// What is about to go over the wire: a line with its CRLF, mail data with its dot, or nothing for a lookup.
        public let octets: [UInt8]
        /// Whom it goes to; for a lookup the domain that is asked for.
        public let target: String
        /// Where the session is, and what the server offers.
        public var phase = CommandSequence.Phase.connected
        public var offer = Hello()
        /// What letting it happen does, as `sends STARTTLS`, where the step does not say so; otherwise empty.
        public var promise = ""
        /// Whether the session leaves here because nobody said that the mail shall be delivered: `allow` goes on instead.
        public var leavesUndelivered = false

        public init(step: Step, ordinal: Int = 0, octets: [UInt8] = [], target: String = "") {
            self.step = step
            self.ordinal = ordinal
            self.octets = octets
            self.target = target
        }
    }

    /// A wait that is going on.
    public struct Waiting: Equatable, Sendable {
        /// What is waited for, as `the reply to MAIL`.
        public let words: String
        /// In seconds; nil for no limit.
        public let limit: Int?
        /// Where that limit comes from, as `RFC 5321 §4.5.3.2.2`; empty when it is our own.
        public let rule: String
    }

    /// What became of octets that a person typed.
    public enum Sent: Equatable, Sendable {
        /// They are on their way; whether a server must answer them.
        case sent(isAnswered: Bool)
        /// They were not sent; why, in a sentence without a full stop.
        case refused(String)
    }
}
