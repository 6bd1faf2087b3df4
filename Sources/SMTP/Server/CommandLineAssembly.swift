/// A command line on its way in, a state machine: whole once its CRLF has come (RFC 5321 §2.3.8).
///
/// It decides when a line is whole, and bounds what is kept of one. It does not know what the line says. Wrong input: none.
struct CommandLineAssembly: Sendable {
    enum Progress: Equatable {
        case unfinished
        case whole([UInt8])
        /// Whole, and longer than any command may be; what it said was not kept.
        case tooLong
        /// It goes on longer than anybody has patience.
        case endless
    }

    private enum State: Sendable {
        case keeping([UInt8])
        /// Octets are counted only.
        case ignoring(Int, endsInCR: Bool)
    }

    /// Longest command line with its CRLF (RFC 5321 §4.5.3.1.4), and longest line of AUTH (RFC 4954 §4).
    static let maxCommand = 512
    static let maxAuthLine = 12_288
    /// More octets than this are not waited through.
    static let maxIgnoredLine = 10_000_000

    private var state = State.keeping([])

    /// Takes a line, or a piece of one.
    mutating func take(_ line: WireLine, bareLFEnds: Bool, isResponse: Bool) -> Progress {
        switch state {
        case .keeping(let before) where before.isEmpty && line.ending == .crlf:
            return checked(line.octets, isResponse)
        case .keeping(var octets):
            state = .keeping([])
            octets += line.octets
            // The CR may have come in the piece before.
            let isSplit = line.ending == .lf && line.octets.isEmpty && octets.last == 13
            if isSplit { octets.removeLast() }
            if isSplit || Self.isEnd(line.ending, bareLFEnds) { return checked(octets, isResponse) }
            octets += line.ending.octets
            guard octets.count > Self.maxAuthLine else {
                state = .keeping(octets)
                return .unfinished
            }
            return ignore(octets.count, endsInCR: octets.last == 13)
        case .ignoring(let count, let endsInCR):
            let isSplit = line.ending == .lf && line.octets.isEmpty && endsInCR
            let octets = count + line.octets.count
            guard isSplit || Self.isEnd(line.ending, bareLFEnds) else {
                let isCR = line.ending == .none && line.octets.last == 13
                return ignore(octets + line.ending.octets.count, endsInCR: isCR)
            }
            state = .keeping([])
            return octets > Self.maxIgnoredLine ? .endless : .tooLong
        }
    }

    private static func isEnd(_ ending: WireLine.Ending, _ bareLFEnds: Bool) -> Bool {
        ending == .crlf || ending == .lf && bareLFEnds
    }

    private func checked(_ octets: [UInt8], _ isResponse: Bool) -> Progress {
        let isAuth = isResponse || Verb(reading: octets.prefix { $0 != 32 }) == .auth
        let limit = isAuth ? Self.maxAuthLine : Self.maxCommand
        return octets.count + 2 > limit ? .tooLong : .whole(octets)
    }

    private mutating func ignore(_ count: Int, endsInCR: Bool) -> Progress {
        state = .ignoring(count, endsInCR: endsInCR)
        return count > Self.maxIgnoredLine ? .endless : .unfinished
    }
}
