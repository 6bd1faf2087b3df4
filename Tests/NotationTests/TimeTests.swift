import Notation
import Testing

struct TimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-11-24T22:13:20Z", 1_795_558_400), ("2000-02-29T23:59:59Z", 951_868_799),
        ("1969-12-31T23:59:59Z", -1), ("2106-02-07T06:28:15Z", 4_294_967_295),
        ("1600-02-29T12:00:00Z", -11_670_955_200),
        ("0000-01-01T00:00:00Z", -62_167_219_200), ("9999-12-31T23:59:59Z", 253_402_300_799),
    ])
    func `times are told and read`(text: String, seconds: Int) {
        #expect(UTCTime(seconds: seconds).iso8601 == text)
        #expect(UTCTime(iso8601: text) == UTCTime(seconds: seconds))
    }

    @Test(arguments: [(253_402_300_800, "10000-01-01T00:00:00Z"), (-62_167_219_201, "-0001-12-31T23:59:59Z")])
    func `years beyond four digits are told as they are`(seconds: Int, text: String) {
        #expect(UTCTime(seconds: seconds).iso8601 == text)
    }

    @Test(arguments: [
        ("2026-11-24T23:13:20+01:00", 1_795_558_400_000_000_000),
        ("2026-11-24t16:43:20.5-05:30", 1_795_558_400_500_000_000),
        ("2026-11-24T22:13:20.123456789z", 1_795_558_400_123_456_789),
        ("2026-11-24T22:13:20.1234567891Z", 1_795_558_400_123_456_789),
    ])
    func `fractions and offsets are read`(text: String, nanoseconds: Int64) {
        #expect(UTCTime(iso8601: text)?.nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        "", "x", "2026-11-24", "2026-13-24T22:13:20Z", "2026-11-24T22:13:20", "abcd-ef-ghTij:kl:mnZ",
        "2026-11-24T22:13:20.Z", "2026-11-24T22:13:20+0100", "2026-11-24T24:00:00Z", "2026-11-24 22:13:20Z",
        "2026/11/24T22:13:20Z", "2026-11-24T22-13-20Z", "2026-11-24T22:13:20Z ", "+026-11-24T22:13:20Z",
    ])
    func `what is no time is none`(text: String) { #expect(UTCTime(iso8601: text) == nil) }

    @Test func `a time before 1970 has its fraction behind the second`() {
        #expect(UTCTime(nanoseconds: -1_500_000_000).listed == "1969-12-31 23:59:58.500")
        #expect(UTCTime(nanoseconds: -1).nanoseconds == -1)
        #expect(UTCTime(iso8601: "9999-12-31T23:59:59Z")?.nanoseconds == nil)
    }

    @Test func `every day of four centuries comes back, one weekday behind the other`() {
        for days in -5...146_100 {
            let date = CivilDate(daysSince1970: days)
            #expect(date.daysSince1970 == days)
            let next = CivilDate(daysSince1970: days + 1)
            let isNext =
                next.day == date.day + 1 && next.month == date.month && next.year == date.year
                || next.day == 1 && (28...31).contains(date.day) && next.month == date.month % 12 + 1
            #expect(isNext, "\(next.iso8601) does not follow \(date.iso8601)")
        }
        #expect(CivilDate(year: 2026, month: 11, day: 26).weekday == "Thu")
        #expect(CivilDate(year: 1969, month: 12, day: 31).weekday == "Wed")
    }
}
