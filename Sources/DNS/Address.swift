import Notation

/// An IPv4 address, four octets (RFC 1035 §3.4.1).
public struct IPv4Address: Hashable, Sendable, CustomStringConvertible {
    /// The address as one number, the first octet the highest.
    public let value: UInt32

    public init(value: UInt32) { self.value = value }
    public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
        value = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
    }

    /// Reads four decimal numbers with dots between them. Leading zeros are refused: some programs take such numbers as octal.
    public init?(_ text: String) {
        guard let octets = IPv4Text.octets(text.utf8, allowsZeros: false) else { return nil }
        self.init(octets[0], octets[1], octets[2], octets[3])
    }

    public var octets: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
    public var description: String { IPv4Text.text(value) }
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

    /// Reads the text forms of RFC 4291 §2.2.
    public init?(text: String) {
        guard let groups = IPv6Text.groups(text.utf8) else { return nil }
        self.groups = groups
    }

    public static let loopback = IPv6Address(groups: [0, 0, 0, 0, 0, 0, 0, 1])
    private init(groups: [UInt16]) { self.groups = groups }

    public var octets: [UInt8] { groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } }

    /// The short form of RFC 5952 §4: no leading zeros, the longest run of two or more zero groups as `::`.
    public var description: String { IPv6Text.text(groups) }
}

/// Where a host can be reached.
public enum IPAddress: Hashable, Sendable, CustomStringConvertible {
    case v4(IPv4Address), v6(IPv6Address)

    /// Reads an address as text; nil for a name.
    public init?(text: String) {
        if let v4 = IPv4Address(text) {
            self = .v4(v4)
        } else if let v6 = IPv6Address(text: text) {
            self = .v6(v6)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }
}
