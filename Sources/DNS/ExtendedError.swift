/// What a name server says about what went wrong, beside its response code (RFC 8914 §2).
public struct ExtendedError: Hashable, Sendable {
    /// The code of the option in OPT (RFC 8914 §2).
    static let optionCode: UInt16 = 15

    public let code: UInt16
    /// Words of the server for a person, octets as they came.
    public let text: [UInt8]

    /// Nil unless the option is one and has its two octets of code.
    public init?(_ option: EDNS.Option) {
        guard option.code == Self.optionCode, option.octets.count >= 2 else { return nil }
        code = UInt16(option.octets[0]) << 8 | UInt16(option.octets[1])
        // Some servers end the text with a NUL, which is no part of it.
        text = Array(option.octets.dropFirst(2).prefix { $0 != 0 })
    }

    private static let names: [UInt16: String] = [
        0: "other error", 1: "unsupported DNSKEY algorithm", 2: "unsupported DS digest type", 3: "stale answer",
        4: "forged answer", 5: "DNSSEC indeterminate", 6: "DNSSEC bogus", 7: "signature expired",
        8: "signature not yet valid", 9: "DNSKEY missing", 10: "RRSIGs missing", 11: "no zone key bit set",
        12: "NSEC missing", 13: "cached error", 14: "not ready", 15: "blocked", 16: "censored", 17: "filtered",
        18: "prohibited", 19: "stale NXDOMAIN answer", 20: "not authoritative", 21: "not supported",
        22: "no reachable authority", 23: "network error", 24: "invalid data",
    ]
    /// What the code means (RFC 8914 §4).
    public var name: String { Self.names[code] ?? "not in RFC 8914" }
}

extension ExtendedError: CustomStringConvertible {
    /// As `22, no reachable authority: at delegation example.`, whatever the server's words hold.
    public var description: String {
        text.isEmpty ? "\(code), \(name)" : "\(code), \(name): \(String(decoding: text.prefix(400), as: UTF8.self))"
    }
}

extension Message {
    /// What the server says about what went wrong, in the order in which it says it.
    public var extendedErrors: [ExtendedError] { edns?.options.compactMap(ExtendedError.init) ?? [] }
}
