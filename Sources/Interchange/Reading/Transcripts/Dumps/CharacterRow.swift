import SMTP

/// A row of `od -c`: an offset, then a cell of four places for each octet, `0000000   2   2   0       m   x  \r  \n`.
enum CharacterRow {
    static func octets(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        let offset = line.prefix { $0.hexValue != nil }
        var rest = line[offset.endIndex...]
        guard (6...7).contains(offset.count), rest.count >= 4, rest.count <= 64, rest.count % 4 == 0 else { return nil }
        var octets: [UInt8] = []
        while !rest.isEmpty {
            guard let octet = octet(rest.prefix(4)) else { return nil }
            octets.append(octet)
            rest = rest.dropFirst(4)
        }
        return octets
    }

    /// `   m`, `  \r`, ` 303`, and four blanks for one.
    private static func octet(_ cell: ArraySlice<UInt8>) -> UInt8? {
        guard cell.first == 32, let sign = cell.last else { return nil }
        let text = cell.drop { $0 == 32 }
        switch text.count {
        case 0, 1: return sign
        case 2 where text.first == UInt8(ascii: "\\"):
            return [0x6E: 10, 0x72: 13, 0x74: 9, 0x30: 0, 0x61: 7, 0x62: 8, 0x66: 12, 0x76: 11][sign]
        case 3: return UInt8(text.text, radix: 8)
        default: return nil
        }
    }

    static func read(_ octets: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var lines = TextLines(octets)
        while let line = lines.next() { text += Self.octets(line) ?? [] }
        return text
    }
}
