import SMTP
import Screen
import Tracing

/// One thing to show for some octets of a line: a character, or the placeholder of what must not be shown.
struct WireUnit: Equatable {
    let text: String
    let columns: Int
    /// Whether it stands for octets that are no text.
    let isPlaceholder: Bool
    /// The octets it stands for; empty for padding.
    let range: Range<Int>
}

/// Octets of a line made visible, unit by unit, so that a span of octets can be found on the screen. THE one escaping for
/// the terminal: nothing of a wire reaches a cell but through here.
enum WireUnits {
    /// `line` and, when asked, its ending.
    static func units(of octets: [UInt8], ending: WireLine.Ending, showsEnding: Bool, glyphs: Glyphs) -> [WireUnit] {
        var all: [WireUnit] = []
        var index = 0
        while index < octets.count {
            let (unit, length) = unit(at: index, in: octets, glyphs)
            if let unit { all.append(unit) }
            index += length
        }
        guard showsEnding, ending != .none else { return all }
        let first = octets.count
        return all + ending.octets.enumerated().map { placeholder(for: $1, at: first + $0, glyphs) }
    }

    /// The unit that begins at an octet. Marks that combine go with the character before them.
    private static func unit(at index: Int, in octets: [UInt8], _ glyphs: Glyphs) -> (WireUnit?, Int) {
        let octet = octets[index]
        if octet < 0x80 {
            guard (32...126).contains(octet) else { return (placeholder(for: octet, at: index, glyphs), 1) }
            // Spans end at signs and digits: a mark behind one of these is shown for itself, so that each span keeps its octets.
            let isLetter = (0x41...0x5A).contains(octet & 0xDF)
            let end = index + 1 + (isLetter ? combiningMarks(after: index + 1, in: octets) : 0)
            return (character(String(decoding: octets[index..<end], as: UTF8.self), index..<end), end - index)
        }
        guard let (scalar, length) = scalar(at: index, in: octets), WireText.isShown(scalar), !glyphs.isASCII else {
            return (hex(octet, at: index), 1)
        }
        // A mark with nothing to stand on would change the cell to its left.
        guard TextWidth.columns(of: scalar) > 0 else { return (hex(octet, at: index), 1) }
        let marks = combiningMarks(after: index + length, in: octets)
        let end = index + length + marks
        return (character(String(decoding: octets[index..<end], as: UTF8.self), index..<end), end - index)
    }

    private static func character(_ text: String, _ range: Range<Int>) -> WireUnit {
        let clipped = TextWidth.clipped(text)
        return WireUnit(text: clipped, columns: TextWidth.columns(of: clipped), isPlaceholder: false, range: range)
    }

    /// How many octets of marks without a width of their own follow.
    private static func combiningMarks(after index: Int, in octets: [UInt8]) -> Int {
        var end = index
        while end < octets.count, octets[end] >= 0x80, let (scalar, length) = scalar(at: end, in: octets),
            TextWidth.columns(of: scalar) == 0, WireText.isShown(scalar)
        {
            end += length
        }
        return end - index
    }

    /// The scalar that valid UTF-8 spells at an octet; nil when it does not.
    private static func scalar(at index: Int, in octets: [UInt8]) -> (Unicode.Scalar, Int)? {
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = octets[index..<min(index + 4, octets.count)].makeIterator()
        guard case .valid(let encoded) = parser.parseScalar(from: &iterator) else { return nil }
        return (Unicode.UTF8.decode(encoded), encoded.count)
    }

    /// A C0 control or DEL as its picture, `␛`, or `^[` where there are no pictures.
    private static func placeholder(for octet: UInt8, at index: Int, _ glyphs: Glyphs) -> WireUnit {
        let text: String
        if glyphs.usesControlPictures {
            text = String(UnicodeScalar(octet == 127 ? 0x2421 : 0x2400 + UInt32(octet)) ?? "?")
        } else {
            text = "^" + String(UnicodeScalar(octet ^ 0x40))
        }
        return WireUnit(text: text, columns: text.count, isPlaceholder: true, range: index..<index + 1)
    }

    private static func hex(_ octet: UInt8, at index: Int) -> WireUnit {
        let digits = String(octet, radix: 16, uppercase: true)
        let text = "\\x" + (digits.count == 1 ? "0" : "") + digits
        return WireUnit(text: text, columns: 4, isPlaceholder: true, range: index..<index + 1)
    }
}
