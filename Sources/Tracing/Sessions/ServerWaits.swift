import SMTP

/// How long a server lets its client wait, by the times of the events: THE rule for live sessions, recordings, captures and logs.
///
/// A wait is the silence of both sides before octets of the server, while a reply is owed: behind the last octet of the client,
/// behind the connection where the greeting is owed, or within a reply that pauses. What a person or a client takes to go on is
/// no wait. Where a time was inferred, or octets are lost, nothing is known. It decides no more than the length.
struct ServerWaits: Equatable, Sendable {
    /// From how many seconds on a wait deserves a remark.
    static let remarkable = 3
    /// The same behind mail data, which a server may look through before it answers (RFC 5321 §4.5.3.2.6).
    static let remarkableCheck = 15

    /// When something happened last on the connection; nil where nobody knows.
    private var last: Double?
    /// The longest silence before the server's octets, since its last line.
    private var silence = 0.0

    mutating func happens(_ event: WireEvent) {
        switch event.kind {
        // Until the connection stands it is the network that is waited for.
        case .connect, .gap: self = ServerWaits()
        case .connected, .tls, .records, .octets(from: .client, _, _): last = event.isInferred ? nil : event.time
        case .octets(from: .server, _, _):
            if let last, !event.isInferred { silence = max(silence, Self.seconds(from: last, to: event.time)) }
            last = event.isInferred ? nil : event.time
        case .close, .error, .dnsQuery, .dnsAnswer, .note, .remark, .delivered: break
        }
    }

    /// A line of the server is there: the finding about the wait for it, where that was long.
    mutating func take(_ turn: CommandSequence.Turn?) -> Departure? {
        defer { silence = 0 }
        guard let turn else { return nil }
        let least =
            switch turn {
            case .mailData, .chunk, .lastChunk: Self.remarkableCheck
            default: Self.remarkable
            }
        // More than a day is a clock that was set.
        guard silence >= Double(least), silence < 86_400 else { return nil }
        return Departure(turn == .greeting ? .greetingDelayed : .replyDelayed, difference: Int(silence))
    }

    /// Two times of a clock that counts whole seconds are up to one second nearer than they look.
    private static func seconds(from start: Double, to end: Double) -> Double {
        let isCoarse = start == start.rounded() && end == end.rounded()
        return end - start - (isCoarse ? 1 : 0)
    }
}
