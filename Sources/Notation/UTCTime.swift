/// A moment in UTC: a day and the time of day. Leap seconds are not counted, as in Unix time.
public struct UTCTime: Hashable, Sendable {
    /// Seconds since 1970.
    public let seconds: Int
    /// 0..<1,000,000,000.
    public let nanosecond: Int

    public init(seconds: Int) { (self.seconds, nanosecond) = (seconds, 0) }

    /// Nanoseconds since 1970.
    public init(nanoseconds: Int64) {
        let (whole, rest) = nanoseconds.floored(1_000_000_000)
        (seconds, nanosecond) = (Int(whole), Int(rest))
    }

    public var date: CivilDate { CivilDate(daysSince1970: seconds.floored(86_400).whole) }

    /// As `22:13:20`.
    public var clock: String {
        let rest = seconds.floored(86_400).rest
        return "\((rest / 3600).decimal(2)):\((rest / 60 % 60).decimal(2)):\((rest % 60).decimal(2))"
    }

    /// As `2026-11-24T22:13:20Z` (RFC 3339 §5.6); the fraction is left out.
    public var iso8601: String {
        let date = date
        guard (0...9999).contains(date.year) else { return "\(date.iso8601)T\(clock)Z" }
        // Each row of a long list has one, so it is written digit by digit.
        let rest = seconds.floored(86_400).rest
        return String(unsafeUninitializedCapacity: 20) { octets in
            var end = 0
            func put(_ number: Int, _ digits: Int, _ sign: Unicode.Scalar) {
                var number = number
                for place in (end..<end + digits).reversed() {
                    octets[place] = 0x30 + UInt8(number % 10)
                    number /= 10
                }
                octets[end + digits] = UInt8(ascii: sign)
                end += digits + 1
            }
            put(date.year, 4, "-")
            put(date.month, 2, "-")
            put(date.day, 2, "T")
            put(rest / 3600, 2, ":")
            put(rest / 60 % 60, 2, ":")
            put(rest % 60, 2, "Z")
            return end
        }
    }

    /// The same with the fraction of the second, as `2026-11-24T22:13:20.5Z`; without one that is 0.
    public var iso8601WithFraction: String {
        guard nanosecond > 0 else { return iso8601 }
        let digits = nanosecond.decimal(9)
        let zeros = digits.reversed().prefix { $0 == "0" }.count
        return "\(iso8601.dropLast()).\(digits.dropLast(zeros))Z"
    }

    /// As `2026-11-24 22:13:20.123`.
    public var listed: String { "\(date.iso8601) \(clock).\((nanosecond / 1_000_000).decimal(3))" }

    /// Nanoseconds since 1970; nil where they do not fit a number of 64 bits, in the year 2262 and later.
    public var nanoseconds: Int64? {
        let (product, isTooLarge) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflows) = product.addingReportingOverflow(Int64(nanosecond))
        return isTooLarge || overflows ? nil : sum
    }

    /// Reads a date and time, with or without a fraction, in UTC or with an offset from it (RFC 3339 §5.6):
    /// `2026-11-24T22:13:20Z`, `2026-11-24T23:13:20.5+01:00`. Nil for anything else.
    public init?(iso8601 text: String) {
        let octets = Array(text.utf8)
        let (hyphen, colon) = (UInt8(ascii: "-"), UInt8(ascii: ":"))
        guard octets.count >= 20, octets[10] | 0x20 == UInt8(ascii: "t"), octets[4] == hyphen, octets[7] == hyphen,
            octets[13] == colon, octets[16] == colon, let year = Self.number(octets[0..<4], 0...9999),
            let month = Self.number(octets[5..<7], 1...12), let day = Self.number(octets[8..<10], 1...31),
            let hour = Self.number(octets[11..<13], 0...23), let minute = Self.number(octets[14..<16], 0...59),
            let second = Self.number(octets[17..<19], 0...60)
        else { return nil }
        var rest = octets[19...]
        var nanosecond = 0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return nil }
            rest = rest[digits.endIndex...]
            nanosecond = (0..<9).reduce(0) { value, place in
                value * 10 + (place < digits.count ? Int(digits[digits.startIndex + place] - 0x30) : 0)
            }
        }
        guard let offset = Self.offset(rest) else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        seconds = date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second - offset
        self.nanosecond = nanosecond
    }

    private static func number(_ digits: ArraySlice<UInt8>, _ values: ClosedRange<Int>) -> Int? {
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return values.contains(value) ? value : nil
    }

    /// Seconds east of UTC, from `Z` or `+01:00`.
    private static func offset(_ zone: ArraySlice<UInt8>) -> Int? {
        if zone.count == 1, zone.first.map({ $0 | 0x20 }) == UInt8(ascii: "z") { return 0 }
        let octets = Array(zone)
        guard octets.count == 6, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(octets[0]),
            octets[3] == UInt8(ascii: ":"),
            let hours = number(octets[1..<3], 0...23), let minutes = number(octets[4..<6], 0...59)
        else { return nil }
        return (hours * 3600 + minutes * 60) * (octets[0] == UInt8(ascii: "-") ? -1 : 1)
    }
}
