import SMTP

/// A way to write an address of another place so that a careless server takes it for one of its own. THE table.
///
///     RCPT TO:<bob%elsewhere.example@receiver.example>     the mail is for receiver.example, which shall hand it on
public enum RelayTrick: String, CaseIterable, Sendable {
    /// `user%host@here`, the percent hack.
    case percent = "user%host@"
    /// `host!user`, as UUCP wrote it.
    case bang = "host!user"
    /// `@here:user@host`, a source route (RFC 5321 appendix C).
    case sourceRoute = "@a:user@host"
    /// `user@host@here`, two at signs.
    case twoAts = "user@host@"
    /// `"user@host"@here`, an address within the quotation marks of another.
    case quoted = "\"user@host\""

    /// The trick in a path as it was sent, and where the mail would go in the end, in small letters; nil where there is none.
    static func read(_ path: [UInt8]) -> (trick: RelayTrick, target: [UInt8])? {
        var inner = path[...]
        if inner.first == UInt8(ascii: "<"), inner.last == UInt8(ascii: ">") { inner = inner.dropFirst().dropLast() }
        guard inner.count <= maxOctets, inner.withUnsafeBufferPointer(mayStand) else { return nil }
        var trick: RelayTrick?
        if inner.first == at, let colon = inner.firstIndex(of: UInt8(ascii: ":")) {
            (trick, inner) = (.sourceRoute, inner[(colon + 1)...])
        }
        let (local, domain) = divided(inner)
        guard let inside = carried(local, isWhole: domain.isEmpty) else {
            guard let trick, !local.isEmpty, !domain.isEmpty else { return nil }
            return (trick, (local + [at] + domain).map(\.lowercased))
        }
        return (inside.trick, inside.target.map(\.lowercased))
    }

    /// Whether there is anything in an address that others have not: most are passed over by this look.
    static func mayStand(in path: UnsafeBufferPointer<UInt8>) -> Bool {
        var signs = 0
        for octet in path {
            switch octet {
            case at: signs += 1
            case UInt8(ascii: "%"), UInt8(ascii: "!"): return true
            default: break
            }
        }
        return signs > 1 || path.first == quote || path.first == UInt8(ascii: "<") && path.dropFirst().first == quote
    }

    private static let quote = UInt8(ascii: "\"")

    private static let at = UInt8(ascii: "@")
    /// No path is longer (RFC 5321 §4.5.3.1.3); some more, since a test may be careless.
    private static let maxOctets = 512

    /// What stands before the last at sign that is outside of quotation marks, and behind it.
    private static func divided(_ address: ArraySlice<UInt8>) -> (local: [UInt8], domain: [UInt8]) {
        var (isQuoted, last): (Bool, Int?) = (false, nil)
        for index in address.indices {
            if address[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
            if address[index] == at, !isQuoted { last = index }
        }
        guard let last else { return (Array(address), []) }
        return (Array(address[..<last]), Array(address[(last + 1)...]))
    }

    /// The address that a local part carries in it. `isWhole`: there is no domain behind it.
    private static func carried(_ local: [UInt8], isWhole: Bool) -> (trick: RelayTrick, target: [UInt8])? {
        let isQuoted = local.count > 2 && local.first == UInt8(ascii: "\"") && local.last == UInt8(ascii: "\"")
        let text = isQuoted ? Array(local.dropFirst().dropLast()) : local
        if let sign = text.lastIndex(of: at), isDomain(text[(sign + 1)...]), sign > 0 {
            return (isQuoted ? .quoted : .twoAts, text)
        }
        if let sign = text.lastIndex(of: UInt8(ascii: "%")), isDomain(text[(sign + 1)...]), sign > 0 {
            return (.percent, Array(text[..<sign]) + [at] + text[(sign + 1)...])
        }
        if let sign = text.firstIndex(of: UInt8(ascii: "!")), isDomain(text[..<sign]), sign + 1 < text.count {
            return (.bang, Array(text[(sign + 1)...]) + [at] + text[..<sign])
        }
        return nil
    }

    /// A name with a dot in it, or an address literal: what is no domain carries no mail anywhere, as the `%` of `50%off@`.
    private static func isDomain(_ octets: ArraySlice<UInt8>) -> Bool {
        if octets.first == UInt8(ascii: "["), octets.last == UInt8(ascii: "]") { return octets.count > 3 }
        let labels = octets.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.count > 1 && labels.last?.contains(where: \.isLetter) == true
            && labels.allSatisfy {
                !$0.isEmpty && $0.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") }
            }
    }
}

extension UInt8 {
    fileprivate var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
    fileprivate var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
}
