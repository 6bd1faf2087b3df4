/// The clock that runs on evenly, whatever is done to the time of day: for pauses and deadlines.
public enum MonotonicClock {
    private static let start = ContinuousClock.now

    /// Seconds since this program first asked.
    public static var seconds: Double {
        let passed = start.duration(to: .now).components
        return Double(passed.seconds) + Double(passed.attoseconds) / 1e18
    }

    /// The same in milliseconds.
    public static var milliseconds: Int { Int(seconds * 1000) }
}
