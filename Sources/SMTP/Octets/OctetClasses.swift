/// The classes of octets under their ABNF names (RFC 5234 appendix B.1, RFC 5321 §4.1.2, RFC 5322 §3.2.3).
extension UInt8 {
    var isDigit: Bool { (0x30...0x39).contains(self) }
    var isAlpha: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
    /// Let-dig (RFC 5321 §4.1.2).
    var isLetDig: Bool { isAlpha || isDigit }
    /// Ldh-str without its rule for the last octet (RFC 5321 §4.1.2).
    var isLetDigHyphen: Bool { isLetDig || self == UInt8(ascii: "-") }
    var isHexDigit: Bool { isDigit || (0x41...0x46).contains(self) || (0x61...0x66).contains(self) }
    /// What `hexchar` of xtext allows: upper case only (RFC 3461 §4).
    var isUpperHexDigit: Bool { isDigit || (0x41...0x46).contains(self) }
    /// atext (RFC 5322 §3.2.3); above ASCII by RFC 6531 §3.3.
    var isAtext: Bool { isLetDig || "!#$%&'*+-/=?^_`{|}~".utf8.contains(self) || self >= 0x80 }
    /// qtextSMTP (RFC 5321 §4.1.2); above ASCII by RFC 6531 §3.3.
    var isQtextSMTP: Bool { (32...126).contains(self) && self != 0x22 && self != 0x5C || self >= 0x80 }
    /// dcontent of a General-address-literal (RFC 5321 §4.1.3).
    var isDcontent: Bool { (33...90).contains(self) || (94...126).contains(self) }
    /// The octets of an esmtp-value (RFC 5321 §4.1.2); above ASCII by RFC 6531 §3.3.
    var isEsmtpValue: Bool { (33...60).contains(self) || (62...126).contains(self) || self >= 0x80 }
    /// xchar: stands for itself in xtext (RFC 3461 §4).
    var isXchar: Bool { (33...126).contains(self) && self != UInt8(ascii: "+") && self != UInt8(ascii: "=") }
    /// Space or tab.
    var isWhiteSpace: Bool { self == 32 || self == 9 }
    /// C0 controls and DEL, but for tab.
    var isControl: Bool { self < 32 && self != 9 || self == 127 }
    /// ASCII letters in upper case; all else as it is. By octet, so no locale has a say.
    @inlinable public var uppercased: UInt8 { (0x61...0x7A).contains(self) ? self - 32 : self }
    /// ASCII letters in lower case; all else as it is.
    var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self + 32 : self }
}

extension Sequence<UInt8> {
    /// Whether both are the same octets, letters of ASCII compared without case (RFC 5321 §2.4).
    @inlinable public func equalsIgnoringCase(_ other: some Sequence<UInt8>) -> Bool {
        elementsEqual(other) { $0.uppercased == $1.uppercased }
    }

    /// The octets as text for a person: ASCII and valid UTF-8 as they are, anything else as U+FFFD. Never put back on a wire.
    public var lossyText: String { String(decoding: Array(self), as: UTF8.self) }
}

extension UInt64 {
    /// A decimal number of 1 to `digits` digits; nil when it is anything else or overflows.
    public init?(decimal octets: some Collection<UInt8>, digits: ClosedRange<Int> = 1...20) {
        guard digits.contains(octets.count), octets.allSatisfy(\.isDigit) else { return nil }
        var value: UInt64 = 0
        for octet in octets {
            let (product, high) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(octet - 0x30))
            guard !high, !carry else { return nil }
            value = sum
        }
        self = value
    }
}
