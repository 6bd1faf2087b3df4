public import SMTP

/// A part of the way a mail goes: to the sender's own server, through the DNS, on to the recipient's server.
public enum Leg: String, CaseIterable, Sendable {
    case submission, lookup, relay
}

/// Something that happened, when and where. It decides nothing: the state of a session can be rebuilt from its events alone.
public struct WireEvent: Equatable, Sendable {
    /// Seconds since the recording began; never negative, never less than the event before.
    public var time: Double
    public var leg: Leg
    public var kind: Kind
    /// Whether nobody saw these octets: a log tells that they must have gone by, as `to=<bob@receiver.example>, status=sent` tells of
    /// a RCPT. Such lines are marked wherever they are shown, and have no findings.
    public var isInferred: Bool

    public enum Kind: Equatable, Sendable {
        // Link
        /// A connection is being tried; to whom, as `mx1.receiver.example [127.0.0.1]:25`.
        case connect(to: String)
        /// The connection is established; to whom.
        case connected(to: String)
        /// TLS is up; what was agreed.
        case tls(TLSFacts)
        /// One side closed the connection.
        case close(by: Side)
        /// It failed: a refusal, a time limit, a reset.
        case error(Failure)
        // Lookup
        /// A DNS message as it was sent (RFC 1035 §4.1).
        case dnsQuery([UInt8])
        case dnsAnswer([UInt8])
        // Protocol
        /// Octets in one direction, as many as came together. `credentials` are ranges of them; the wire log alone says which.
        case octets(from: Side, [UInt8], credentials: [Range<Int>] = [])
        /// Octets that went by and that nobody can read; nil when nobody knows how many. They were not kept, as in a capture that
        /// lacks packets, or they were sealed by TLS and are in the `records` before.
        case gap(from: Side, octets: Int?, isSealed: Bool = false)
        /// TLS records as they were on the wire, whole ones (RFC 8446 §5.1). What was inside them, where it is known, is the
        /// `octets` event of the same side that follows at once.
        case records(from: Side, [UInt8])
        // Note
        /// A remark of the program that recorded.
        case note(String)
        /// A remark about what went wrong: what a mail server would do now, or what the program does.
        case remark(Failure)
        /// A mail as it was put into a mailbox, trace fields included.
        case delivered([UInt8])
    }

    public init(_ kind: Kind, leg: Leg, at time: Double = 0, isInferred: Bool = false) {
        self.isInferred = isInferred
        self.time = time
        self.leg = leg
        self.kind = kind
    }
}

extension WireEvent {
    /// How many octets went over a wire.
    public var octetCount: Int {
        switch kind {
        case .octets(_, let octets, _), .dnsQuery(let octets), .dnsAnswer(let octets): octets.count
        case .gap(_, let octets, _): octets ?? 0
        // Inside TLS the octets themselves are told, too.
        case .records, .connect, .connected, .tls, .close, .error, .note, .remark, .delivered: 0
        }
    }
}
