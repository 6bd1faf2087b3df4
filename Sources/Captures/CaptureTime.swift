/// Nanoseconds since 1970 as people read them.
public enum CaptureTime {
    /// As `2026-11-24T22:13:20Z` (RFC 3339 §5.6); the fraction is left out.
    public static func iso8601(_ time: Int64) -> String { date(time) + "T" + clock(time) + "Z" }

    /// As `2026-11-24 22:13:20.123`, in UTC.
    public static func listed(_ time: Int64) -> String {
        "\(date(time)) \(clock(time)).\(padded(floored(time, 1_000_000_000).rest / 1_000_000, 3))"
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
