/// A day of the Gregorian calendar.
public struct CivilDate: Hashable, Sendable {
    public let year: Int
    /// 1...12.
    public let month: Int
    /// 1...31.
    public let day: Int

    /// The names that header fields and logs use (RFC 5322 §3.3), Sunday and January first. Never those of the person's
    /// own language.
    public static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    public static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    public init(year: Int, month: Int, day: Int) { (self.year, self.month, self.day) = (year, month, day) }

    /// The day so many days after 1970-01-01. It counts in years that begin in March, so that leap days come last.
    public init(daysSince1970 days: Int) {
        let (era, day) = (days + Self.daysBefore1970).floored(Self.daysOf400Years)
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        let number = month < 10 ? month + 3 : month - 9
        self.year = year + era * 400 + (number <= 2 ? 1 : 0)
        self.month = number
        self.day = dayOfYear - (153 * month + 2) / 5 + 1
    }

    /// How many days it is after 1970-01-01; a day that its month has not counts on into the next month.
    public var daysSince1970: Int {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).floored(400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * Self.daysOf400Years + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - Self.daysBefore1970
    }

    /// Its name as in `weekdays`; 1970-01-01 was a Thursday.
    public var weekday: String { Self.weekdays[(daysSince1970 + 4).floored(7).rest] }

    /// As `2026-11-24`.
    public var iso8601: String { "\(year.decimal(4))-\(month.decimal(2))-\(day.decimal(2))" }

    private static let daysOf400Years = 146_097
    /// From 0000-03-01 to 1970-01-01.
    private static let daysBefore1970 = 719_468
}
