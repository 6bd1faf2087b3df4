import Glibc

/// A point in time as header fields write it (RFC 5322 §3.3).
///
/// Spelled out, because the system's own formatting follows the language of the user.
public struct MailDate: Hashable, Sendable, CustomStringConvertible {
    /// Seconds since the beginning of 1970, UTC.
    public let seconds: Int
    /// Minutes east of UTC in which it is written.
    public let zone: Int

    public init(seconds: Int, zone: Int = 0) {
        self.seconds = seconds
        self.zone = zone
    }

    /// The wall clock now, in the zone of this machine.
    public static func now() -> MailDate {
        var seconds = time(nil)
        var local = tm()
        localtime_r(&seconds, &local)
        return MailDate(seconds: seconds, zone: local.tm_gmtoff / 60)
    }

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// As `Mon, 23 Nov 2026 23:21:15 +0100`.
    public var description: String {
        var shifted = time_t(seconds + zone * 60)
        var parts = tm()
        gmtime_r(&shifted, &parts)
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { Self.twoDigits(Int($0)) }.joined(separator: ":")
        let date = "\(parts.tm_mday) \(Self.months[Int(parts.tm_mon)]) \(parts.tm_year + 1900)"
        let offset = Self.twoDigits(abs(zone) / 60) + Self.twoDigits(abs(zone) % 60)
        return "\(Self.days[Int(parts.tm_wday)]), \(date) \(clock) \(zone < 0 ? "-" : "+")\(offset)"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
