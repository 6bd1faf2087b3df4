/// Base64 as SASL responses wear it: the standard alphabet, padded, no line breaks (RFC 4648 §4).
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    public static func encode(_ octets: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        for start in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[start..<min(start + 3, octets.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                text.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : padding)
            }
        }
        return text
    }

    /// The octets meant; nil when the text is no Base64, unused bits that are not zero included.
    public static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        let pads = text.reversed().prefix { $0 == padding }.count
        guard pads <= 2 else { return nil }
        var octets: [UInt8] = []
        var bits = 0
        for (place, letter) in text.dropLast(pads).enumerated() {
            guard let value = alphabet.firstIndex(of: letter) else { return nil }
            bits = (bits << 6 | value) & 0xFF_FFFF
            if place % 4 > 0 { octets.append(UInt8(bits >> (6 - 2 * (place % 4)) & 0xFF)) }
        }
        let unused = pads == 0 ? 0 : bits & (pads == 1 ? 0b11 : 0b1111)
        return unused == 0 ? octets : nil
    }
}
