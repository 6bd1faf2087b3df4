/// Domain names as SMTP writes them (RFC 5321 §4.1.2, §2.3.5).
public enum Domain {
    /// Whether the octets are a Domain: labels of letters, digits and inner hyphens, at most 63 octets each.
    /// Octets above ASCII count as letters (U-labels, RFC 6531 §3.3).
    public static func isDomain(_ octets: some Collection<UInt8>) -> Bool {
        guard !octets.isEmpty, octets.count <= 255 else { return false }
        var (length, last) = (0, UInt8(ascii: "."))
        for octet in octets {
            if octet == UInt8(ascii: ".") {
                guard isLabel(length, endingIn: last) else { return false }
                length = 0
            } else {
                guard octet.isLetDig || octet >= 0x80 || length > 0 && octet.isLetDigHyphen else { return false }
                length += 1
            }
            last = octet
        }
        return isLabel(length, endingIn: last)
    }

    private static func isLabel(_ length: Int, endingIn last: UInt8) -> Bool {
        (1...63).contains(length) && last != UInt8(ascii: "-")
    }

    /// Whether a name could be a primary host name seen from everywhere: it has a dot (RFC 5321 §2.3.5).
    public static func isFullyQualified(_ octets: some Collection<UInt8>) -> Bool {
        isDomain(octets) && octets.contains(UInt8(ascii: "."))
    }

    /// What is wrong with the name after EHLO or HELO, which lies at `range` of its line.
    static func departures(ofClientName octets: ArraySlice<UInt8>, at range: Range<Int>) -> [Departure] {
        if octets.first == UInt8(ascii: "[") {
            return AddressLiteral.read(Array(octets)) == nil ? [Departure(.malformedAddressLiteral, at: range)] : []
        }
        if octets.count > 255 { return [Departure(.domainTooLong, at: range)] }
        guard isDomain(octets) else { return [Departure(.malformedDomain, at: range)] }
        return isFullyQualified(octets) ? [] : [Departure(.domainNotFullyQualified, at: range)]
    }
}
