public import SMTP

/// Makes events: of all octets it says which are a credential, whoever produced them. It neither times nor stores them.
///
/// It owns one observer a leg. Captures, pastes, the tap, the sandbox, the live client and the reader of recordings emit
/// through it, so nobody else decides what a secret is. Wrong input: none; events may come in any order.
public struct WireLog: Sendable {
    private var readers = ByLeg<SessionReader>()

    public init() {}

    /// The observer of a leg, as it stands behind the last event.
    public func reader(of leg: Leg) -> SessionReader { readers[leg] ?? SessionReader() }

    /// The event of what happened, the credentials in it marked.
    public mutating func event(_ kind: WireEvent.Kind, leg: Leg, at time: Double = 0, isInferred: Bool = false)
        -> WireEvent
    {
        var event = WireEvent(kind, leg: leg, at: time, isInferred: isInferred)
        mark(&event)
        return event
    }

    /// The same of an event that is there already: it is marked in its place, since a recording may have millions.
    mutating func mark(_ event: inout WireEvent) {
        switch event.kind {
        // What a program says of its trouble may quote what it sent, and what it sent before.
        case .note(let text): event.kind = .note(masked(text, event.leg))
        case .error(let failure): event.kind = .error(failure.saying(masked(failure.words, event.leg)))
        case .remark(let failure): event.kind = .remark(failure.saying(masked(failure.words, event.leg)))
        default: readers.change(event.leg, orBegin: SessionReader()) { reader in Self.follow(&event.kind, &reader) }
        }
    }

    /// Words as they may be shown: nobody knows what they are made of, and any connection of the session may have shown it.
    private func masked(_ words: String, _ leg: Leg) -> String {
        let isChallenged = readers[leg]?.isChallenged ?? false
        return CredentialsInText.masked(
            words,
            behind: Leg.allCases.compactMap { readers[$0] },
            isChallenged: isChallenged
        )
    }

    private static func follow(_ kind: inout WireEvent.Kind, _ reader: inout SessionReader) {
        switch kind {
        case .octets(let side, let octets, let marks):
            let found = reader.credentials(in: octets, from: side)
            if !found.isEmpty { kind = .octets(from: side, octets, credentials: found + marks) }
        case .connect, .connected:
            // A new connection of the same leg: whatever was agreed in the one before no longer counts, but a secret stays one.
            if !reader.isUntouched { reader = SessionReader(behind: reader) }
            reader.connected()
        case .tls: reader.secured()
        case .gap(let side, let count, _):
            _ = reader.finish(side, isCut: true)
            reader.gap(count, from: side)
        case .note, .error, .remark, .records, .close, .dnsQuery, .dnsAnswer, .delivered: break
        }
    }
}
