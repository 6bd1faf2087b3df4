/// IPv6 addresses as text (RFC 4291 §2.2, RFC 5952).
public enum IPv6Text {
    /// The eight groups of an address, `::` filled in, an IPv4 tail understood; nil when the text is none.
    ///
    /// By RFC 4291 §2.2 `::` stands for one group at least; an address literal of SMTP wants two (RFC 5321 §4.1.3).
    public static func groups(_ text: some Collection<UInt8>, minGap: Int = 1) -> [UInt16]? {
        let text = Array(text)
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
        return missing >= minGap ? head + Array(repeating: 0, count: missing) + tail : nil
    }

    /// Eight groups in the short form of RFC 5952 §4: no leading zeros, the longest run of two or more zero groups as `::`.
    public static func text(_ groups: [UInt16]) -> String {
        var gap = 0..<0
        var at = 0
        while at < groups.count {
            let end = groups[at...].firstIndex { $0 != 0 } ?? groups.count
            if end - at > max(1, gap.count) { gap = at..<end }
            at = max(end, at + 1)
        }
        let text = { (groups: ArraySlice<UInt16>) in groups.map { $0.hex(1) }.joined(separator: ":") }
        return gap.isEmpty
            ? text(groups[...]) : text(groups[..<gap.lowerBound]) + "::" + text(groups[gap.upperBound...])
    }

    private static func groups(_ text: ArraySlice<UInt8>, mayEndInIPv4: Bool = false) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var all: [UInt16] = []
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if mayEndInIPv4, index == parts.count - 1, let four = IPv4Text.octets(part) {
                all += [UInt16(four[0]) << 8 | UInt16(four[1]), UInt16(four[2]) << 8 | UInt16(four[3])]
                continue
            }
            let digits = part.compactMap(\.hexValue)
            guard (1...4).contains(part.count), digits.count == part.count else { return nil }
            all.append(digits.reduce(0) { $0 << 4 | UInt16($1) })
        }
        return all
    }
}

/// IPv4 addresses as text.
public enum IPv4Text {
    /// `192.0.2.1` as four octets; nil for anything else, a number over 255 or of more than three digits included.
    ///
    /// Numbers may begin with zeros, as in an address literal of SMTP (RFC 5321 §4.1.3); with `allowsZeros` false they may
    /// not, since some programs take such a number as octal (RFC 6943 §3.1.1).
    public static func octets(_ text: some Collection<UInt8>, allowsZeros: Bool = true) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let numbers = parts.compactMap { part -> UInt8? in
            guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }),
                allowsZeros || part.count == 1 || part.first != 0x30
            else { return nil }
            return UInt8(exactly: part.reduce(0) { $0 * 10 + Int($1 - 0x30) })
        }
        return numbers.count == 4 ? numbers : nil
    }

    /// As `192.0.2.1`.
    public static func text(_ octets: some Collection<UInt8>) -> String {
        var text = ""
        for octet in octets { text += text.isEmpty ? "\(octet)" : ".\(octet)" }
        return text
    }

    /// The same of the four octets as one number, the first the highest.
    public static func text(_ address: UInt32) -> String {
        String(unsafeUninitializedCapacity: 16) { write(address, into: $0) }
    }

    /// The same with a port behind it: `192.0.2.1:25`.
    public static func text(_ address: UInt32, port: UInt16) -> String {
        String(unsafeUninitializedCapacity: 22) { octets in
            var end = write(address, into: octets)
            octets[end] = UInt8(ascii: ":")
            end += 1
            write(port, into: octets, at: &end)
            return end
        }
    }

    private static func write(_ address: UInt32, into octets: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var end = 0
        for shift in stride(from: 24, through: 0, by: -8) {
            write(UInt16(truncatingIfNeeded: address >> UInt32(shift) & 0xFF), into: octets, at: &end)
            octets[end] = UInt8(ascii: ".")
            end += 1
        }
        return end - 1
    }

    private static func write(_ number: UInt16, into octets: UnsafeMutableBufferPointer<UInt8>, at end: inout Int) {
        var power: UInt16 = 10_000
        while power > max(number, 1) { power /= 10 }
        while power > 0 {
            octets[end] = 0x30 + UInt8(number / power % 10)
            end += 1
            power /= 10
        }
    }
}
