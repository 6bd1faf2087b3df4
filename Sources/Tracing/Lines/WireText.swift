import SMTP

/// Octets made visible: THE way from a wire to a text that a person reads.
public enum WireText {
    /// The octets as text that shows and does nothing: printable ASCII and printable UTF-8 as they are, each other octet as `\xHH`.
    ///
    /// Other octets are those of controls, of characters that turn the direction of text or cannot be seen, of private or
    /// unassigned ones (nobody knows how wide they are), and whatever is not UTF-8.
    @inlinable public static func shown(_ octets: some Sequence<UInt8>) -> String { shown(Array(octets)) }

    public static func shown(_ octets: [UInt8]) -> String { shown(octets[...]) }

    /// Nearly every text is fit to be seen, and looking takes a fraction of writing it anew.
    public static func shown(_ text: String) -> String { isShown(text) ? text : shown(text.utf8) }

    public static func shown(_ octets: ArraySlice<UInt8>) -> String {
        // Most is printable ASCII, which stands as it is.
        if octets.allSatisfy({ (32...126).contains($0) }) { return String(decoding: octets, as: UTF8.self) }
        var text = ""
        text.reserveCapacity(octets.count)
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = octets.makeIterator()
        var position = octets.startIndex
        while true {
            let length: Int
            switch parser.parseScalar(from: &iterator) {
            case .emptyInput: return text
            case .valid(let encoded):
                let scalar = Unicode.UTF8.decode(encoded)
                length = encoded.count
                if isShown(scalar) {
                    text.unicodeScalars.append(scalar)
                } else {
                    escape(octets[position..<position + length], into: &text)
                }
            case .error(let count):
                length = count
                escape(octets[position..<position + length], into: &text)
            }
            position += length
        }
    }

    /// The octets as hexadecimal pairs, for what is no text: `16 03 01`.
    public static func hexPairs(_ octets: some Sequence<UInt8>) -> String {
        octets.map { $0.hex(2) }.joined(separator: " ")
    }

    /// Whether all of a text may stand on a screen as it is.
    public static func isShown(_ text: String) -> Bool {
        var text = text
        if text.withUTF8(isCommon) { return true }
        for scalar in text.unicodeScalars where !isShown(scalar) { return false }
        return true
    }

    /// Whether octets of UTF-8 are printable ASCII and what `isShown` knows of without its category: told by the octets, since
    /// nearly every line of ours has such a sign in it.
    private static func isCommon(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var at = 0
        while at < text.count {
            switch text[at] {
            case 32...126: at += 1
            // U+00A0 to U+02FF without the soft hyphen.
            case 0xC2 where at + 1 < text.count && text[at + 1] >= 0xA0 && text[at + 1] != 0xAD: at += 2
            case 0xC3...0xCB: at += 2
            // U+2010 to U+2027 and U+2500 to U+27BF.
            case 0xE2 where at + 2 < text.count && text[at + 1] == 0x80 && (0x90...0xA7).contains(text[at + 2]): at += 3
            case 0xE2 where at + 1 < text.count && (0x94...0x9E).contains(text[at + 1]): at += 3
            default: return false
            }
        }
        return true
    }

    /// Whether a character may stand on a screen as it is.
    public static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E: return true
        case 0x00...0x1F, 0x7F...0x9F: return false
        // Latin letters, dashes and quotes, arrows, lines and dingbats: all assigned, all seen. To look up the category of
        // each takes longer than to draw it.
        case 0xA0...0xAC, 0xAE...0x2FF, 0x2010...0x2027, 0x2190...0x23FF, 0x2500...0x27BF: return true
        default: break
        }
        if scalar.isBidiControl || scalar.isInvisible { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }

    private static let hexDigits = Array("0123456789ABCDEF".unicodeScalars)

    private static func escape(_ octets: ArraySlice<UInt8>, into text: inout String) {
        for octet in octets {
            text += "\\x"
            text.unicodeScalars.append(hexDigits[Int(octet >> 4)])
            text.unicodeScalars.append(hexDigits[Int(octet & 15)])
        }
    }
}
