import Notation

/// Which addresses may send mail for a domain (RFC 7208 §3).
///
///     v=spf1 ip4:192.0.2.25 -all
///
/// It evaluates what needs no further lookup: `ip4`, `ip6` and `all`.
public enum SPFRecord {
    /// How a check ended (RFC 7208 §2.6).
    public enum Result: String, Sendable {
        case none, neutral, pass, fail, softfail, temperror, permerror
    }

    /// What the records of a domain say of an address, given by its 4 or 16 octets (RFC 7208 §4.5, §4.6).
    public static func check(_ records: [[UInt8]], address: [UInt8]) -> Result {
        let own = records.filter { $0.split(separator: 32, omittingEmptySubsequences: false).first == version[...] }
        guard let record = own.first else { return .none }
        guard own.count == 1 else { return .permerror }
        for term in record.dropFirst(version.count).split(separator: 32).map(SPFTerm.init) {
            if term.isModifier { continue }
            switch match(term, address) {
            case .yes(let result): return result
            case .no: continue
            case .notEvaluated: return .temperror
            case .malformed: return .permerror
            }
        }
        return .neutral
    }

    private static let version = Array("v=spf1".utf8)

    private enum Match {
        case yes(Result), no, notEvaluated, malformed
    }

    private static func match(_ term: SPFTerm, _ address: [UInt8]) -> Match {
        let yes = Match.yes(term.qualifier.flatMap(result) ?? .pass)
        switch term.name {
        case "all": return term.value.isEmpty ? yes : .malformed
        case "ip4", "ip6":
            guard term.value.first == UInt8(ascii: ":"),
                let network = Network(term.value.dropFirst(), isVersion6: term.name == "ip6")
            else { return .malformed }
            return network.contains(address) ? yes : .no
        case "a", "mx", "ptr", "include", "exists": return .notEvaluated
        default: return .malformed
        }
    }

    /// What a qualifier in front of a mechanism says (RFC 7208 §4.6.2).
    private static func result(of qualifier: UInt8) -> Result? {
        switch qualifier {
        case UInt8(ascii: "+"): .pass
        case UInt8(ascii: "-"): .fail
        case UInt8(ascii: "~"): .softfail
        case UInt8(ascii: "?"): .neutral
        default: nil
        }
    }

    /// An address and how many of its bits count (RFC 7208 §5.6).
    private struct Network {
        let octets: [UInt8]
        let bits: Int

        init?(_ text: ArraySlice<UInt8>, isVersion6: Bool) {
            let parts = text.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
            let groups = isVersion6 ? IPv6Text.groups(parts[0]) : nil
            let octets =
                isVersion6 ? groups?.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } : IPv4Text.octets(parts[0])
            guard let octets else { return nil }
            var bits = octets.count * 8
            if parts.count == 2 {
                guard let given = UInt64(decimal: parts[1], digits: 1...3), given <= bits else { return nil }
                bits = Int(given)
            }
            (self.octets, self.bits) = (octets, bits)
        }

        func contains(_ address: [UInt8]) -> Bool {
            guard address.count == octets.count else { return false }
            return zip(zip(octets, address), 0...).allSatisfy { pair, place in
                // How many bits of this octet count.
                let counting = max(0, min(8, bits - place * 8))
                let equal = (pair.0 ^ pair.1).leadingZeroBitCount
                return equal >= counting
            }
        }
    }
}
