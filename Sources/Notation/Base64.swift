/// Base64: the standard alphabet, padded, no line breaks (RFC 4648 §4).
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")
    /// What each octet counts as a letter of the alphabet; 0xFF for those that are none.
    private static let values = alphabet.enumerated().reduce(into: [UInt8](repeating: 0xFF, count: 256)) {
        $0[Int($1.element)] = UInt8($1.offset)
    }

    /// The text that stands for these octets.
    public static func encode(_ octets: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((octets.count + 2) / 3 * 4)
        for start in stride(from: 0, to: octets.count, by: 3) {
            let count = min(3, octets.count - start)
            let bits = (0..<count).reduce(0) { $0 << 8 | Int(octets[start + $1]) } << (8 * (3 - count))
            for place in 0..<4 {
                text.append(place <= count ? alphabet[bits >> (18 - 6 * place) & 63] : padding)
            }
        }
        return text
    }

    /// The octets meant; nil when the text is no Base64, unused bits that are not zero included.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        let pads = text.suffix(2).reversed().prefix { $0 == padding }.count
        var octets: [UInt8] = []
        octets.reserveCapacity(text.count / 4 * 3)
        var bits = 0
        for (place, letter) in text.dropLast(pads).enumerated() {
            let value = values[Int(letter)]
            guard value < 64 else { return nil }
            bits = (bits << 6 | Int(value)) & 0xFF_FFFF
            if place % 4 > 0 { octets.append(UInt8(bits >> (6 - 2 * (place % 4)) & 0xFF)) }
        }
        let unused = pads == 0 ? 0 : bits & (pads == 1 ? 0b11 : 0b1111)
        return unused == 0 ? octets : nil
    }
}
