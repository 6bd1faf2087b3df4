import Glibc
import Notation

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

    /// As `Mon, 23 Nov 2026 23:21:15 +0100`.
    public var description: String {
        let local = UTCTime(seconds: seconds + zone * 60)
        let (date, sign) = (local.date, zone < 0 ? "-" : "+")
        let offset = (abs(zone) / 60).decimal(2) + (abs(zone) % 60).decimal(2)
        return
            "\(date.weekday), \(date.day) \(CivilDate.months[date.month - 1]) \(date.year.decimal(4)) \(local.clock) \(sign)\(offset)"
    }
}
