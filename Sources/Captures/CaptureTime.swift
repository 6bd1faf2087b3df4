/// Nanoseconds since 1970 as people read them.
public enum CaptureTime {
    /// As `2026-11-24T22:13:20Z` (RFC 3339 §5.6); the fraction is left out.
    public static func iso8601(_ time: Int64) -> String { date(time) + "T" + clock(time) + "Z" }

    /// As `2026-11-24 22:13:20.123`, in UTC.
    public static func listed(_ time: Int64) -> String {
        "\(date(time)) \(clock(time)).\(padded(floored(time, 1_000_000_000).rest / 1_000_000, 3))"
    }

    /// Reads what `iso8601` writes, with or without a fraction, in UTC; nil for anything else.
    public static func nanoseconds(_ text: String) -> Int64? {
        let octets = Array(text.utf8)
        guard octets.count >= 20, octets.last == UInt8(ascii: "Z"), octets[10] == UInt8(ascii: "T") else { return nil }
        let places = [0..<4, 5..<7, 8..<10, 11..<13, 14..<16, 17..<19]
        let numbers = places.compactMap { Int64(String(decoding: octets[$0], as: UTF8.self)) }
        guard numbers.count == 6, (1...12).contains(numbers[1]), (1...31).contains(numbers[2]), numbers[0] >= 0 else {
            return nil
        }
        let year = numbers[0] - (numbers[1] <= 2 ? 1 : 0)
        let (era, ofEra) = floored(year, 400)
        let month = (numbers[1] + 9) % 12
        let dayOfYear = (153 * month + 2) / 5 + numbers[2] - 1
        let days = era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + dayOfYear - 719_468
        let seconds = days * 86_400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5]
        let fraction = octets[19] == UInt8(ascii: ".") ? octets[20...].dropLast().prefix(9) : []
        let digits = String(decoding: fraction, as: UTF8.self)
        let rest = Int64(digits + String(repeating: "0", count: 9 - digits.count)) ?? 0
        return seconds > 9_000_000_000 ? nil : seconds * 1_000_000_000 + rest
    }

    private static func clock(_ time: Int64) -> String {
        let seconds = floored(floored(time, 1_000_000_000).whole, 86_400).rest
        return "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    }

    /// The day of the Gregorian calendar, counted in years that begin in March so that leap days come last.
    private static func date(_ time: Int64) -> String {
        let days = floored(floored(time, 1_000_000_000).whole, 86_400).whole + 719_468
        let (era, day) = floored(days, 146_097)
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        let civil = month < 10 ? month + 3 : month - 9
        return "\(padded(year + era * 400 + (civil <= 2 ? 1 : 0), 4))-\(padded(civil, 2))"
            + "-\(padded(dayOfYear - (153 * month + 2) / 5 + 1, 2))"
    }

    private static func floored(_ number: Int64, _ divisor: Int64) -> (whole: Int64, rest: Int64) {
        let rest = number % divisor
        return rest < 0 ? (number / divisor - 1, rest + divisor) : (number / divisor, rest)
    }

    private static func padded(_ number: Int64, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
