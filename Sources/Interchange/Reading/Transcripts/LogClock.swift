/// Turns the times of a log into seconds since its session began. They never run backwards, whatever the log does.
struct LogClock {
    private var first: TimeStamp?
    private var latest = 0.0
    private var days = 0.0
    /// Whether any line had a time.
    var isKnown: Bool { first != nil }
    /// Whether a time lay before the one of the line above it.
    private(set) var ranBackwards = false
    /// When it began, ISO 8601; empty when the log does not tell.
    var began: String { first?.iso8601 ?? "" }

    /// The time of a line; one without a time of its own has that of the line above it.
    mutating func time(of stamp: TimeStamp?) -> Double {
        guard let stamp else { return latest }
        guard let first else {
            first = stamp
            return 0
        }
        guard stamp.hasDate == first.hasDate else { return latest }
        var time = stamp.seconds - first.seconds + days
        if !stamp.hasDate, time < latest - 43_200 {
            // It was midnight.
            days += 86_400
            time += 86_400
        }
        guard time.isFinite, time < 1e9 else { return latest }
        if time < latest { ranBackwards = true }
        latest = max(latest, time)
        return latest
    }
}
