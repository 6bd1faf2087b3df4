/// Wraps text in which each scalar is a character of one column, so that octets tell where words end: ASCII, Latin letters, dashes,
/// quotation marks and arrows, which is nearly all that is ever wrapped. It gives what wrapping by characters gives.
enum OctetWrapping {
    /// Nil for text with anything else in it.
    static func lines(_ text: UnsafeBufferPointer<UInt8>, columns: Int) -> [String]? {
        guard isSimple(text) else { return nil }
        var lines: [String] = []
        var rest = text[...]
        while let end = rest.firstIndex(of: 10) {
            wrap(rest[..<end], columns, into: &lines)
            rest = rest[(end + 1)...]
        }
        wrap(rest, columns, into: &lines)
        return lines
    }

    private static func isSimple(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var at = 0
        while at < text.count {
            switch text[at] {
            // CR and LF together are one character.
            case 13: return false
            // Up to U+02FF; from U+0300 on there are marks that combine with what stands before them.
            case 0..<0xCC: at += 1
            case 0xE2 where at + 2 < text.count && isSign(text[at + 1], text[at + 2]): at += 3
            default: return false
            }
        }
        return true
    }

    /// U+2010 to U+2027, dashes, quotation marks and dots; U+2190 to U+27BF, arrows, lines and dingbats.
    private static func isSign(_ second: UInt8, _ third: UInt8) -> Bool {
        second == 0x80
            ? (0x90...0xA7).contains(third) : (0x87...0x9E).contains(second) || second == 0x86 && third >= 0x90
    }

    private static func wrap(_ text: Slice<UnsafeBufferPointer<UInt8>>, _ columns: Int, into lines: inout [String]) {
        var line: [UInt8] = []
        var width = 0
        var rest = text
        while let start = rest.firstIndex(where: { $0 != 32 }) {
            let word = rest[start...].prefix { $0 != 32 }
            rest = rest[word.endIndex...]
            // Each scalar has one octet that does not go on with another.
            let wordWidth = word.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
            if !line.isEmpty, width + 1 + wordWidth > columns {
                lines.append(String(decoding: line, as: UTF8.self))
                line.removeAll(keepingCapacity: true)
                width = 0
            }
            if !line.isEmpty {
                line.append(32)
                width += 1
            }
            line += word
            width += wordWidth
        }
        lines.append(String(decoding: line, as: UTF8.self))
    }
}
