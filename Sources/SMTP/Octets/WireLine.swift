/// One line as it was on the wire: its octets and how it ended (RFC 5321 §2.3.8).
public struct WireLine: Hashable, Sendable {
    /// How a line ended. Only CRLF is a line end to SMTP; the others are kept because they were sent.
    public enum Ending: String, CaseIterable, Sendable {
        /// Carriage return and line feed, as it should be.
        case crlf = "CRLF"
        /// A line feed alone, which RFC 5321 §2.3.8 forbids.
        case lf = "LF"
        /// No end: the stream stopped here, or the line is longer than the framer holds and goes on in the next piece.
        case none = "nothing"

        /// The octets of the ending: CR LF, LF, or none.
        public var octets: [UInt8] {
            switch self {
            case .crlf: [13, 10]
            case .lf: [10]
            case .none: []
            }
        }
    }

    /// Without the ending. May hold bare CR, NUL, anything.
    public let octets: [UInt8]
    public let ending: Ending

    public init(_ octets: [UInt8], ending: Ending = .crlf) {
        self.octets = octets
        self.ending = ending
    }

    public init(_ text: String) { self.init(Array(text.utf8)) }

    /// The line and its ending.
    public var onTheWire: [UInt8] { octets + ending.octets }
    /// How many octets it took on the wire, the ending included.
    public var count: Int { octets.count + ending.octets.count }

    /// What is wrong with any line, whatever it says: its ending, control octets, hidden characters.
    public var departures: [Departure] {
        var found: [Departure] = []
        if ending == .lf { found.append(Departure(.bareLF, at: octets.count..<octets.count + 1)) }
        if ending == .none { found.append(Departure(.unfinishedLine)) }
        // Nearly every line holds nothing that deserves a closer look.
        guard !octets.allSatisfy({ (32...126).contains($0) }) else { return found }
        if let at = octets.firstIndex(of: 13) { found.append(Departure(.bareCR, at: at..<at + 1)) }
        if let at = octets.firstIndex(where: { $0.isControl && $0 != 13 }) {
            found.append(Departure(.controlOctet, at: at..<at + 1))
        }
        if octets.contains(where: { $0 >= 0x80 }) { found += Self.unicodeDepartures(in: octets) }
        return found
    }

    /// Octets above ASCII: not UTF-8, text that turns its direction, or characters nobody sees.
    private static func unicodeDepartures(in octets: [UInt8]) -> [Departure] {
        guard let text = String(validating: octets, as: UTF8.self) else { return [Departure(.invalidUTF8)] }
        var found: [Departure] = []
        if text.unicodeScalars.contains(where: \.isBidiControl) { found.append(Departure(.bidiControl)) }
        if text.unicodeScalars.contains(where: \.isInvisible) { found.append(Departure(.invisibleCharacter)) }
        return found
    }
}

extension Unicode.Scalar {
    /// Turns the direction of the text that follows (Unicode Standard Annex 9).
    public var isBidiControl: Bool {
        switch value {
        case 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C: true
        default: false
        }
    }

    /// Takes part in a text but shows nothing: zero-width characters, tags, variation selectors, C1 controls.
    public var isInvisible: Bool {
        switch value {
        case 0x80...0x9F, 0xAD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x200B...0x200D, 0x2028,
            0x2029,
            0x2060...0x2065, 0x206A...0x206F, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9...0xFFFB,
            0xE0000...0xE0FFF:
            true
        default: false
        }
    }
}
