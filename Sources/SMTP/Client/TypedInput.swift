/// Octets that a person sends by hand, read as the server will read them, so that its replies find what they answer.
///
/// It decides which replies are to come for octets sent at this place of the session. It does not know what the server
/// makes of a bare LF: such a line is given as one that may or may not be answered. Wrong input: none; whatever a person
/// types is sent.
public struct TypedInput: Sendable {
    /// What a reply will be about.
    public enum Part: Equatable, Sendable {
        case command(Command)
        /// The line with the dot that ends mail data.
        case mailDataEnd
    }

    /// One thing that is answered.
    public struct Expected: Equatable, Sendable {
        public let part: Part
        /// Whether a server must answer it: its line ends with CRLF.
        public let isSure: Bool
        public let turn: CommandSequence.Turn
    }

    private var framer = LineFramer()
    private var chunk: UInt64 = 0
    /// Whether the line before ended with CRLF, as the one before the closing dot must.
    private var isAfterCRLF = true

    public init() {}

    /// What is on the wire of a line that has no end yet.
    public var unfinished: [UInt8] { framer.unfinished }

    /// Takes octets that go on the wire while the session is at `sequence`; gives what will be answered, in order.
    public mutating func append(_ octets: [UInt8], at sequence: CommandSequence) -> [Expected] {
        framer.append(octets)
        var sequence = sequence
        var expected: [Expected] = []
        while true {
            if chunk > 0 {
                guard let piece = framer.nextLine(within: chunk) else { return expected }
                chunk -= min(chunk, UInt64(piece.count))
                continue
            }
            guard let line = framer.nextLine() else { return expected }
            let isSure = line.ending == .crlf && (sequence.phase != .mailData || isAfterCRLF)
            isAfterCRLF = line.ending == .crlf
            switch sequence.phase {
            case .mailData:
                guard line.octets == [46] else { continue }
                expected.append(Expected(part: .mailDataEnd, isSure: isSure, turn: .mailData))
                // What only some servers take for the end is not the end here.
                if isSure { sequence.follow(.mailData, code: 250) }
            default:
                let command = Command.read(line.octets).value
                let turn = sequence.phase == .authenticating ? .saslResponse : command.turn
                expected.append(Expected(part: .command(command), isSure: isSure, turn: turn))
                if case .chunk(let size?, _) = command.argument { chunk = size }
                sequence.follow(turn, code: turn == .data ? 354 : turn == .auth ? 334 : 250)
            }
        }
    }

    /// The next octets begin a line of their own.
    public mutating func reset() { self = TypedInput() }

    /// Whether these octets could make a server begin to take a mail, were it to end lines at any CR or LF: with DATA or
    /// BDAT, and with any octets at all while it takes mail data.
    public func leadsToDelivery(_ octets: [UInt8], at phase: CommandSequence.Phase) -> Bool {
        if [.mailData, .chunks].contains(phase) { return true }
        let all = Array(framer.unread) + octets
        return all.split(whereSeparator: { $0 == 13 || $0 == 10 || $0 == 0 }).contains { line in
            let turn = Command.read(Array(line)).value.turn
            return [.data, .chunk, .lastChunk, .turnAround].contains(turn)
        }
    }
}

/// What a person types at the raw prompt, and the octets it stands for.
public enum TypedOctets {
    /// Reads `\r`, `\n`, `\t`, `\0`, `\\`, `\xHH`; everything else is itself in UTF-8. A line that is typed without a line
    /// end gets CRLF; `\c` at its end leaves that out.
    public static func read(_ text: String) -> [UInt8] {
        var octets: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "\\"), let next = rest.first else {
                octets.append(octet)
                continue
            }
            switch next {
            case UInt8(ascii: "r"): octets.append(13)
            case UInt8(ascii: "n"): octets.append(10)
            case UInt8(ascii: "t"): octets.append(9)
            case UInt8(ascii: "0"): octets.append(0)
            case UInt8(ascii: "\\"): octets.append(octet)
            case UInt8(ascii: "c") where rest.count == 1: return octets
            case UInt8(ascii: "x"):
                let digits = rest.dropFirst().prefix(2)
                guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else {
                    octets.append(octet)
                    continue
                }
                octets.append(value)
                rest = rest.dropFirst(2)
            default:
                // No escape that is known: the backslash is meant.
                octets.append(octet)
                continue
            }
            rest = rest.dropFirst()
        }
        return octets.last == 10 ? octets : octets + [13, 10]
    }

    /// The text that stands for these octets, its closing CRLF left out.
    public static func write(_ octets: [UInt8]) -> String {
        let hasCRLF = octets.suffix(2) == [13, 10]
        var text = ""
        for scalar in String(decoding: hasCRLF ? octets.dropLast(2) : octets[...], as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 13: text += "\\r"
            case 10: text += "\\n"
            case 9: text += "\\t"
            case 0: text += "\\0"
            case 92: text += "\\\\"
            case 1..<32, 127: text += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return hasCRLF || octets.last == 10 ? text : text + "\\c"
    }
}

/// What a line a person is about to send will cause, said before it goes.
public enum Forecast {
    /// In a few words; nil when nothing special is to be expected. `phase` is where the session is.
    public static func words(_ octets: [UInt8], at phase: CommandSequence.Phase, offer: Hello) -> String? {
        var framer = LineFramer()
        framer.append(octets)
        let lines = framer.lines()
        guard let line = lines.first else { return "no line end: the server waits for the rest" }
        if phase == .mailData {
            return lines.contains { $0.octets == [46] }
                ? "the dot ends the mail data: it is delivered" : "becomes a line of the mail"
        }
        if lines.count > 1 || framer.finish() != nil {
            return "\(lines.count) lines at once: a server without PIPELINING may object"
        }
        if line.ending == .lf { return "a bare LF: many servers wait for a CR LF, some answer all the same" }
        let command = Command.read(line.octets)
        return words(command, at: phase, offer: offer)
    }

    private static func words(_ reading: LineReading<Command>, at phase: CommandSequence.Phase, offer: Hello) -> String?
    {
        let command = reading.value
        if phase == .authenticating { return "a response to the challenge" }
        guard let verb = command.verb else { return "a verb nobody knows: expect 500" }
        guard CommandSequence(at: phase).allows(command.turn) else {
            return "\(command.name) \(reason(command.turn, phase)): expect 503"
        }
        if let keyword = verb.neededKeyword, !offer.offers(keyword) {
            return "\(command.name) was not offered: expect 500 or 502"
        }
        if verb.isObsolete { return "\(command.name) is of 1982: expect 502" }
        if !reading.departures.isEmpty { return "not in the grammar of \(command.name): expect 501" }
        switch command.turn {
        case .hello where phase == .reversePath || phase == .forwardPaths: return "ends the mail under way, like RSET"
        case .rset where phase != .greeted && phase != .identified: return "the server forgets the mail under way"
        case .data, .chunk, .lastChunk: return "then what is sent is mail"
        case .quit: return "ends the session"
        default: return nil
        }
    }

    private static func reason(_ turn: CommandSequence.Turn, _ phase: CommandSequence.Phase) -> String {
        switch (turn, phase) {
        case (.mail, .reversePath), (.mail, .forwardPaths): "inside a mail transaction"
        case (.mail, _): "before EHLO"
        case (.rcpt, _): "before MAIL"
        case (.data, .chunks): "after BDAT"
        case (.data, _), (.chunk, _), (.lastChunk, _): "before RCPT"
        case (.auth, .reversePath), (.auth, .forwardPaths): "inside a mail transaction"
        default: "out of sequence"
        }
    }
}
