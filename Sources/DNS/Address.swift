/// An IPv4 address, four octets (RFC 1035 §3.4.1).
public struct IPv4Address: Hashable, Sendable, CustomStringConvertible {
    /// The address as one number, the first octet the highest.
    public let value: UInt32

    public init(value: UInt32) { self.value = value }
    public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
        value = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
    }

    /// Reads four decimal numbers with dots between them, no leading zeros (RFC 5321 §4.1.3).
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), part.count == 1 || part.first != "0",
                let octet = UInt8(part)
            else { return nil }
            value = value << 8 | UInt32(octet)
        }
        self.value = value
    }

    public var octets: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
    public var description: String {
        "\(value >> 24).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
    }
}

/// An IPv6 address, sixteen octets (RFC 3596 §2.2).
public struct IPv6Address: Hashable, Sendable, CustomStringConvertible {
    /// Eight groups of 16 bits.
    public let groups: [UInt16]

    /// Nil unless there are sixteen octets.
    public init?(octets: [UInt8]) {
        guard octets.count == 16 else { return nil }
        groups = (0..<8).map { UInt16(octets[2 * $0]) << 8 | UInt16(octets[2 * $0 + 1]) }
    }

    public static let loopback = IPv6Address(groups: [0, 0, 0, 0, 0, 0, 0, 1])
    private init(groups: [UInt16]) { self.groups = groups }

    public var octets: [UInt8] { groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } }

    /// The short form of RFC 5952 §4: no leading zeros, the longest run of two or more zero groups as `::`.
    public var description: String {
        var best = 0..<0
        var at = 0
        while at < 8 {
            let end = groups[at...].firstIndex { $0 != 0 } ?? 8
            if end - at > max(1, best.count) { best = at..<end }
            at = max(end, at + 1)
        }
        let text = { (range: Range<Int>) in self.groups[range].map { String($0, radix: 16) }.joined(separator: ":") }
        return best.isEmpty ? text(0..<8) : text(0..<best.lowerBound) + "::" + text(best.upperBound..<8)
    }
}

/// Where a host can be reached.
public enum IPAddress: Hashable, Sendable, CustomStringConvertible {
    case v4(IPv4Address), v6(IPv6Address)

    public var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }
}
