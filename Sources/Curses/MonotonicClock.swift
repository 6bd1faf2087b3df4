import Glibc

/// The clock that runs on evenly, whatever is done to the time of day: for pauses and deadlines of the screen.
public enum MonotonicClock {
    public static var seconds: Double {
        let time = now
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    static var milliseconds: Int {
        let time = now
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    private static var now: timespec {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time
    }
}
