import Notation

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
        if let parts = IPv4Text.octets(inner) { return .ipv4(parts) }
        guard let colon = inner.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return nil }
        let tag = Array(inner[..<colon])
        let content = Array(inner[(colon + 1)...])
        if tag.equalsIgnoringCase("IPv6".utf8) { return IPv6Text.groups(content, minGap: 2).map { .ipv6($0) } }
        guard tag.allSatisfy(\.isLetDigHyphen), !content.isEmpty, content.allSatisfy(\.isDcontent) else { return nil }
        return .general(tag: tag, content: content)
    }

    /// An address as a literal: `[192.0.2.1]`, `[IPv6:2001:db8::1]`.
    public static func text(of address: String) -> String {
        address.utf8.contains(UInt8(ascii: ":")) ? "[IPv6:\(address)]" : "[\(address)]"
    }

    /// The address inside a literal, without its brackets and the tag of IPv6; a text without them as it is.
    public static func address(in literal: some StringProtocol) -> String {
        let inner = literal.hasPrefix("[") && literal.hasSuffix("]") ? literal.dropFirst().dropLast() : literal[...]
        return String(inner.prefix(5).lowercased() == "ipv6:" ? inner.dropFirst(5) : inner)
    }
}
