import SMTP

/// Which octets of a client's are a credential, told where they are heard (RFC 4954 §4): the initial response of AUTH, every
/// line of an exchange, and what a client sends on although its AUTH was refused.
///
/// Offsets count octets of one delivery from 0; a line may have begun in the delivery before.
struct CredentialMarks {
    private var ranges: [Range<Int>] = []
    /// Where the next line begins; below 0 when it began before this delivery.
    private var offset = 0
    /// How much of a line that is not complete came before.
    private var begun = 0
    private var isNearRefusal = false

    /// A delivery begins.
    mutating func begin() {
        ranges = []
        offset = -begun
    }

    /// Octets that are no command.
    mutating func pass(_ count: Int) { offset += count }

    /// A line that was handed to the dialogue, and in which phase.
    mutating func line(_ line: WireLine, in phase: CommandSequence.Phase, _ dialogue: ServerDialogue) {
        defer { offset += line.count }
        if phase == .authenticating { return mark(0, line.octets) }
        let verb = Self.initialResponse(in: line.octets)
        if let start = verb { mark(start, line.octets) }
        let isAuth = line.octets.prefix(5).equalsIgnoringCase("AUTH ".utf8)
        if isAuth {
            isNearRefusal = dialogue.sequence.phase != .authenticating
        } else if isNearRefusal {
            let isCommand = Command.read(line.octets).value.verb != nil
            if isCommand { isNearRefusal = false } else { mark(0, line.octets) }
        }
    }

    private mutating func mark(_ start: Int, _ octets: [UInt8]) {
        // An asterisk calls the exchange off and is no secret.
        guard start < octets.count, octets[start...] != [UInt8(ascii: "*")][...] else { return }
        ranges.append(offset + start..<offset + octets.count)
    }

    /// The ranges within this delivery, those of a line whose end has not come included.
    mutating func secrets(of count: Int, unfinished: ArraySlice<UInt8>, _ dialogue: ServerDialogue) -> [Range<Int>] {
        begun = unfinished.count
        let octets = Array(unfinished.prefix(64))
        let start = count - unfinished.count
        // A CR that has come is no part of the credential but half of the line end.
        let end = unfinished.last == 13 ? count - 1 : count
        if dialogue.sequence.phase == .authenticating, start < end {
            ranges.append(start..<end)
        } else if let response = Self.initialResponse(in: octets), start + response < end {
            ranges.append(start + response..<end)
        } else if isNearRefusal, start < end, !Self.mayBecomeVerb(Array(octets.prefix(end - start))) {
            ranges.append(start..<end)
        }
        return ranges.compactMap { range in
            let clamped = range.clamped(to: 0..<count)
            return clamped.isEmpty ? nil : clamped
        }
    }

    /// Whether these few octets may be the beginning of a command.
    private static func mayBecomeVerb(_ octets: [UInt8]) -> Bool {
        octets.count <= 4 && Verb.allCases.contains { $0.rawValue.utf8.prefix(octets.count).equalsIgnoringCase(octets) }
    }

    /// Where the initial response of an AUTH command begins; nil when it has none.
    private static func initialResponse(in octets: [UInt8]) -> Int? {
        guard octets.count > 5, octets.prefix(5).equalsIgnoringCase("AUTH ".utf8) else { return nil }
        guard let mechanism = octets[5...].firstIndex(where: { $0 != 32 }),
            let space = octets[mechanism...].firstIndex(of: 32),
            let response = octets[space...].firstIndex(where: { $0 != 32 })
        else { return nil }
        return response
    }
}
