/// An address in brackets where a domain may stand: `[192.0.2.1]`, `[IPv6:2001:db8::1]` (RFC 5321 §4.1.3).
public enum AddressLiteral: Hashable, Sendable {
    /// Four octets, first to last.
    case ipv4([UInt8])
    /// Eight groups of 16 bits.
    case ipv6([UInt16])
    /// A tag that IANA may register one day, and its content.
    case general(tag: [UInt8], content: [UInt8])

    /// The literal these octets spell, brackets included; nil when they spell none.
    public static func read(_ octets: [UInt8]) -> AddressLiteral? {
        guard octets.count > 2, octets.first == UInt8(ascii: "["), octets.last == UInt8(ascii: "]") else { return nil }
        let inner = Array(octets.dropFirst().dropLast())
        if let parts = ipv4Octets(inner) { return .ipv4(parts) }
        guard let colon = inner.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return nil }
        let tag = Array(inner[..<colon])
        let content = Array(inner[(colon + 1)...])
        if tag.equalsIgnoringCase("IPv6".utf8) { return ipv6Groups(content).map { .ipv6($0) } }
        guard tag.allSatisfy(\.isLetDigHyphen), !content.isEmpty, content.allSatisfy(\.isDcontent) else { return nil }
        return .general(tag: tag, content: content)
    }

    /// `192.0.2.1` as four octets; nil for anything else, a number over 255 or of more than three digits included.
    static func ipv4Octets(_ text: [UInt8]) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let numbers = parts.compactMap { UInt64(decimal: $0, digits: 1...3).flatMap { UInt8(exactly: $0) } }
        return parts.count == 4 && numbers.count == 4 ? numbers : nil
    }

    /// The groups of an IPv6 address, `::` filled in, an IPv4 tail understood.
    ///
    /// By RFC 5321 §4.1.3 `::` stands for two groups at least; by RFC 4291 §2.2 one is enough.
    static func ipv6Groups(_ text: [UInt8], fewestInGap: Int = 2) -> [UInt16]? {
        let colon = UInt8(ascii: ":")
        let gaps = text.indices.dropLast().filter { text[$0] == colon && text[$0 + 1] == colon }
        guard gaps.count <= 1 else { return nil }
        guard let gap = gaps.first else {
            return groups(text[...], mayEndInIPv4: true).flatMap { $0.count == 8 ? $0 : nil }
        }
        guard let head = groups(text[..<gap]), let tail = groups(text[(gap + 2)...], mayEndInIPv4: true) else {
            return nil
        }
        let missing = 8 - head.count - tail.count
        return missing >= fewestInGap ? head + Array(repeating: 0, count: missing) + tail : nil
    }

    /// Eight groups in the short form of RFC 5952 §4: no leading zeros, the longest run of two or more zero groups as `::`.
    static func ipv6Text(_ groups: [UInt16]) -> String {
        var gap = 0..<0
        var at = 0
        while at < groups.count {
            let end = groups[at...].firstIndex { $0 != 0 } ?? groups.count
            if end - at > max(1, gap.count) { gap = at..<end }
            at = max(end, at + 1)
        }
        let text = { (groups: ArraySlice<UInt16>) in groups.map { String($0, radix: 16) }.joined(separator: ":") }
        return gap.isEmpty
            ? text(groups[...]) : text(groups[..<gap.lowerBound]) + "::" + text(groups[gap.upperBound...])
    }

    private static func groups(_ text: ArraySlice<UInt8>, mayEndInIPv4: Bool = false) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var all: [UInt16] = []
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if mayEndInIPv4, index == parts.count - 1, let four = ipv4Octets(Array(part)) {
                all += [UInt16(four[0]) << 8 | UInt16(four[1]), UInt16(four[2]) << 8 | UInt16(four[3])]
                continue
            }
            guard (1...4).contains(part.count), part.allSatisfy(\.isHexDigit),
                let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
            else { return nil }
            all.append(group)
        }
        return all
    }
}
