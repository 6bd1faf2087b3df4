extension BinaryInteger {
    /// The number in decimal, with zeros in front up to so many digits: `7.decimal(2)` is `07`.
    public func decimal(_ digits: Int) -> String { String(magnitude).padded(digits, isNegative: self < 0) }

    /// The number in hexadecimal, with zeros in front up to so many digits: `10.hex(2)` is `0a`.
    public func hex(_ digits: Int, uppercase: Bool = false) -> String {
        String(magnitude, radix: 16, uppercase: uppercase).padded(digits, isNegative: self < 0)
    }

    /// So many of something: `1 octet`, `2 octets`.
    public func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }

    /// Division that rounds down, so that what lies before zero comes out right.
    public func floored(_ divisor: Self) -> (whole: Self, rest: Self) {
        let (whole, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (whole - 1, rest + divisor) : (whole, rest)
    }
}

extension String {
    fileprivate func padded(_ digits: Int, isNegative: Bool) -> String {
        guard isNegative || utf8.count < digits else { return self }
        return (isNegative ? "-" : "") + String(repeating: "0", count: Swift.max(0, digits - utf8.count)) + self
    }
}

extension UInt8 {
    /// What the octet counts as a hexadecimal digit; nil for all others.
    public var hexValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
        }
    }
}
