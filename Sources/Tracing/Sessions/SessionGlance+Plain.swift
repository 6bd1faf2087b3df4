import SMTP

/// Lines that are looked at where they stand, without a copy: nearly all lines of nearly all sessions. What they tell is what
/// `note` makes of an utterance.
extension GlanceConnection {
    /// Takes as much of what a side said as can be taken so; gives the rest.
    mutating func passPlain(
        _ octets: UnsafeBufferPointer<UInt8>,
        _ side: Side,
        _ told: inout GlanceTold
    ) -> UnsafeBufferPointer<UInt8> {
        var rest = octets
        while !rest.isEmpty {
            let count: Int
            if side == .client, reader.mode == .mailData {
                count = passPlainMailData(of: rest)
                guard count > 0 else { return rest }
            } else {
                guard let line = reader.takePlainLine(rest, from: side) else { return rest }
                note(line.kind, UnsafeBufferPointer(rebasing: rest[..<line.count]), &told)
                count = line.count + 2
            }
            rest = UnsafeBufferPointer(rebasing: rest[count...])
        }
        return rest
    }

    /// How many octets are lines of mail data that tell nothing. A header is looked at on the way.
    private mutating func passPlainMailData(of octets: UnsafeBufferPointer<UInt8>) -> Int {
        guard !situations.isLookingAtContent else { return 0 }
        let count = reader.passPlainMailData(of: octets)
        if count > 0, var header = situations.takeHeader() {
            header.readPlain(UnsafeBufferPointer(rebasing: octets[..<count]))
            situations.giveBack(header)
        }
        return count
    }

    private mutating func note(
        _ kind: SessionReader.PlainLine.Kind,
        _ line: UnsafeBufferPointer<UInt8>,
        _ told: inout GlanceTold
    ) {
        switch kind {
        case .command(let asked):
            told.legs.with(leg) { $0.spoke(.client, at: nil) }
            situations.asked(
                asked.turn,
                line,
                isLF: false,
                id: asked.id.map { base + $0 },
                at: SituationReading.Place()
            )
            command(asked, line, &told)
        case .reply(let answer):
            told.legs.with(leg) { $0.spoke(.server, at: nil) }
            situations.answered(answer, line, base: base)
            replied(answer, line, &told)
        }
    }
}

/// What a glance wants to know of a line, read where it stands when it is written as nearly all are.
enum GlancedLine {
    /// The name that EHLO and its like give; nil where they give none.
    static func clientName(_ line: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        if line.count > 5, line[4] == 32, line[5] > 32, line[..<4].allSatisfy({ $0 > 32 }) {
            return Array(line[5...].prefix { $0 != 32 && $0 != 9 })
        }
        guard case .domain(let name) = Command(reading: Array(line)).argument else { return nil }
        return name
    }

    /// The name in a greeting.
    static func serverName(_ line: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let isPlain = line.count > 4 && line[0] > 32 && line[3] == 32 && !(0x30...0x39).contains(line[4])
        guard !isPlain else { return Array(line[4...].prefix { $0 != 32 && $0 != 9 }) }
        return Array(ReplyLine(reading: Array(line)).text.prefix { $0 != 32 && $0 != 9 })
    }

    /// The address of MAIL or RCPT without angle brackets; nil where there is none.
    static func address(_ line: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        if let (range, _) = Command.plainAddress(line) { return Array(line[range]) }
        return Command.path(of: Array(line))?.withoutBrackets
    }

    /// What stands from the first angle bracket to the last one that closes, or behind the colon.
    static func path(_ line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        if let start = line.firstIndex(of: UInt8(ascii: "<")), let end = line.lastIndex(of: UInt8(ascii: ">")),
            start < end
        {
            return UnsafeBufferPointer(rebasing: line[start...end])
        }
        return UnsafeBufferPointer(rebasing: line.drop { $0 != UInt8(ascii: ":") }.dropFirst().drop { $0 == 32 })
    }
}
