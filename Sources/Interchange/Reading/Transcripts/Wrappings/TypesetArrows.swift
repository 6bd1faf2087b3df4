/// Arrows whose hyphens a web page set as other dashes, so that no line breaks at them: `<‑‑` and `‑‑>` of CheckTLS, `–>` of editors.
enum TypesetArrows {
    /// The text with hyphens in its arrows; nil when there are no such.
    static func plain(_ octets: [UInt8]) -> [UInt8]? {
        guard octets.contains(0xE2) else { return nil }
        var text: [UInt8] = []
        var copied = 0
        var position = 0
        while position < octets.count {
            guard octets[position] == 0xE2, isDash(octets, position) else {
                position += 1
                continue
            }
            let start = position
            while isDash(octets, position) { position += 3 }
            let isArrow =
                start > 0 && octets[start - 1] == UInt8(ascii: "<")
                || position < octets.count && octets[position] == UInt8(ascii: ">")
            guard isArrow else { continue }
            text += octets[copied..<start] + [UInt8](repeating: UInt8(ascii: "-"), count: (position - start) / 3)
            copied = position
        }
        return copied == 0 ? nil : text + octets[copied...]
    }

    /// From the hyphen at U+2010 to the dash at U+2015.
    private static func isDash(_ octets: [UInt8], _ position: Int) -> Bool {
        position + 2 < octets.count && octets[position] == 0xE2 && octets[position + 1] == 0x80
            && (0x90...0x95).contains(octets[position + 2])
    }
}
