import Notation
import SMTP

/// A time as a log has it: some have a date, some a zone, some neither.
struct TimeStamp: Equatable {
    /// Seconds since 1970 in the log's own zone; without a date, since midnight.
    var seconds: Double
    var hasDate = false
    /// The year was not told, as in syslog.
    var lacksYear = false
    /// Minutes east of Greenwich; nil when the log does not say.
    var zone: Int?

    /// Reads a time at the start of `text` and gives how many octets it takes; nil when there is none.
    static func read(_ text: ArraySlice<UInt8>) -> (stamp: TimeStamp, length: Int)? {
        // A digit, the letter of a month or a weekday, the sign of a label: most texts that are no time begin otherwise.
        guard let first = text.first,
            (0x30...0x39).contains(first) || first == UInt8(ascii: "@") || Scan.isInitial[Int(first)]
        else {
            return nil
        }
        var scan = Scan(text)
        _ = scan.weekday()
        if let label = scan.label() { return (label, scan.position - text.startIndex) }
        guard let stamp = scan.dated() ?? scan.ofDay() else { return nil }
        return (stamp, scan.position - text.startIndex)
    }

    /// As ISO 8601, when a date with its year is known.
    var iso8601: String? {
        guard hasDate, !lacksYear, seconds.isFinite, abs(seconds) < 1e11 else { return nil }
        let time = UTCTime(seconds: Int(seconds.rounded(.down)) - (zone ?? 0) * 60).iso8601
        return zone == nil ? String(time.dropLast()) : time
    }

    // MARK: Reading

    private struct Scan {
        let text: ArraySlice<UInt8>
        var position: Int

        init(_ text: ArraySlice<UInt8>) {
            self.text = text
            position = text.startIndex
        }

        var next: UInt8? { position < text.endIndex ? text[position] : nil }

        mutating func take(_ octets: StaticString) -> Bool {
            let count = octets.utf8CodeUnitCount
            guard text.endIndex - position >= count else { return false }
            for index in 0..<count where text[position + index] != octets.utf8Start[index] { return false }
            position += count
            return true
        }

        mutating func number(_ digits: ClosedRange<Int>, _ values: ClosedRange<Int>) -> Int? {
            let start = position
            var value = 0
            while position - start < digits.upperBound, let octet = next, (0x30...0x39).contains(octet) {
                value = value * 10 + Int(octet - 0x30)
                position += 1
            }
            guard digits.contains(position - start), values.contains(value) else {
                position = start
                return nil
            }
            return value
        }

        /// Names of three letters as numbers, in capitals: every line of a log is asked for some.
        private static let months = CivilDate.months.map { packed($0.utf8) }
        private static let weekdays = CivilDate.weekdays.map { packed($0.utf8) }
        /// Whether one of them begins with an octet, in any case.
        static let isInitial = (0...255).map { octet in
            (months + weekdays).contains { $0 >> 16 == UInt32(UInt8(octet).uppercased) }
        }

        private static func packed(_ letters: some Sequence<UInt8>) -> UInt32 {
            letters.reduce(0) { $0 << 8 | UInt32($1.uppercased) }
        }

        private func word(of names: [UInt32]) -> Int? {
            guard let next, (0x41...0x5A).contains(next & 0xDF), text.endIndex - position >= 3 else { return nil }
            let letters = Self.packed(text[position..<position + 3])
            return names.firstIndex(of: letters)
        }

        /// `Tue `, `Tue, `, `Tue,`.
        mutating func weekday() -> Bool {
            guard word(of: Self.weekdays) != nil else { return false }
            let start = position
            position += 3
            let hasComma = take(",")
            if take(" ") || hasComma { return true }
            position = start
            return false
        }

        mutating func month() -> Int? {
            guard let index = word(of: Self.months) else { return nil }
            position += 3
            return index + 1
        }

        /// `@` and a label of TAI64N in hexadecimal, as multilog writes it; TAI is ten seconds ahead of UTC at its beginning.
        mutating func label() -> TimeStamp? {
            guard next == UInt8(ascii: "@") else { return nil }
            let digits = text[position...].dropFirst().prefix(24)
            guard digits.count == 24, digits.allSatisfy({ $0.hexValue != nil }) else { return nil }
            let value = { (part: ArraySlice<UInt8>) in part.reduce(UInt64(0)) { $0 << 4 | UInt64($1.hexValue ?? 0) } }
            let (seconds, nanoseconds) = (value(digits.prefix(16)), value(digits.suffix(8)))
            guard seconds >= 1 << 62, seconds < 1 << 63 else { return nil }
            position += 25
            return TimeStamp(
                seconds: Double(seconds - 1 << 62) - 10 + Double(nanoseconds) / 1e9,
                hasDate: true,
                zone: 0
            )
        }

        /// A date, something between, and a time of day.
        mutating func dated() -> TimeStamp? {
            let start = position
            guard let date = date() else {
                position = start
                return nil
            }
            let hasGap =
                take("T") || take(", ") || take("  ") || take(" ") || take("\t") || take(":") || take("-") || take("/")
            guard hasGap, var stamp = ofDay() else {
                position = start
                return nil
            }
            // `Nov 24 23:10:50 2026`, as asctime() has it.
            var year = date.year
            let here = position
            if year == nil {
                if take(" "), let late = number(4...4, 1970...2200) { year = late } else { position = here }
            }
            stamp.seconds += Double(
                CivilDate(year: year ?? 2000, month: date.month, day: date.day).daysSince1970 * 86_400
            )
            stamp.hasDate = true
            stamp.lacksYear = year == nil
            return stamp
        }

        private mutating func date() -> (year: Int?, month: Int, day: Int)? {
            let start = position
            // 2026-11-24, 2026/11/24, 20261124.
            if let year = number(4...4, 1970...2200) {
                let mark = next
                if take("-") || take("/") || take(".") {
                    if let month = number(1...2, 1...12), next == mark {
                        position += 1
                        if let day = number(1...2, 1...31) { return (year, month, day) }
                    }
                } else if let month = number(2...2, 1...12), let day = number(2...2, 1...31) {
                    return (year, month, day)
                }
            }
            position = start
            // Nov 24, of syslog.
            if let month = month(), take(" ") {
                _ = take(" ")
                if let day = number(1...2, 1...31) { return (nil, month, day) }
            }
            position = start
            // 24 Nov 2026, 24/Nov/2026.
            if let day = number(1...2, 1...31), take(" ") || take("/") || take("-") {
                if let month = month(), take(" ") || take("/") || take("-"), let year = number(4...4, 1970...2200) {
                    return (year, month, day)
                }
            }
            position = start
            // 11/24/2026 and 24.11.2026: the day is what cannot be a month.
            if let first = number(1...2, 1...31), take("/") || take(".") {
                if let second = number(1...2, 1...31), let mark = next, take("/") || take("."), let year = anyYear() {
                    let isDayFirst = mark == UInt8(ascii: ".") || first > 12
                    let (month, day) = isDayFirst ? (second, first) : (first, second)
                    if month <= 12 { return (year, month, day) }
                }
            }
            position = start
            // 11-24, of Android's logcat.
            if let month = number(2...2, 1...12), take("-"), let day = number(2...2, 1...31), next == 32 {
                return (nil, month, day)
            }
            position = start
            return nil
        }

        /// A year of four digits, or of two in this century.
        private mutating func anyYear() -> Int? {
            number(4...4, 1970...2200) ?? number(2...2, 0...99).map { 2000 + $0 }
        }

        /// `23:10:50`, with a fraction and a zone perhaps.
        mutating func ofDay() -> TimeStamp? {
            let start = position
            guard let hour = number(1...2, 0...23), take(":"), let minute = number(2...2, 0...59), take(":"),
                let second = number(2...2, 0...60)
            else {
                position = start
                return nil
            }
            var stamp = TimeStamp(seconds: Double(hour * 3600 + minute * 60 + second))
            let here = position
            if take(".") || take(",") || take(":") {
                var scale = 0.1
                let digits = position
                while let octet = next, (0x30...0x39).contains(octet), position - digits < 9 {
                    stamp.seconds += Double(octet - 0x30) * scale
                    scale /= 10
                    position += 1
                }
                if position == digits { position = here }
            }
            // 11:10:50 PM.
            if take(" PM") || take(" pm") {
                if hour < 12 { stamp.seconds += 43_200 }
            } else if take(" AM") || take(" am"), hour == 12 {
                stamp.seconds -= 43_200
            }
            zone(&stamp)
            return stamp
        }

        private mutating func zone(_ stamp: inout TimeStamp) {
            let start = position
            if take("Z") || take(" UTC") || take(" GMT") {
                stamp.zone = 0
                return
            }
            _ = take(" ")
            let sign = next
            if take("+") || take("-"), let hours = number(2...2, 0...14) {
                _ = take(":")
                if let minutes = number(2...2, 0...59) {
                    stamp.zone = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
                    return
                }
            }
            position = start
        }
    }
}
