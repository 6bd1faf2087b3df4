import Glibc

/// When the screen is drawn again: at once after whatever a person did or waits for, and once a second while a recording is being
/// read behind it, since drawing is no help to reading.
struct RedrawPace {
    /// The longest that what was read stays unseen, in seconds.
    static let interval = 1.0

    private enum Standing { case current, stale, pressing }
    private var standing = Standing.pressing
    private var last = 0.0

    /// Something happened; what is not pressing can wait for its second.
    mutating func happened(isPressing: Bool) {
        standing = isPressing || standing == .pressing ? .pressing : .stale
    }

    /// Whether to draw now; whoever asks then draws.
    mutating func draws(at now: Double) -> Bool {
        switch standing {
        case .current: return false
        case .stale where now < last + Self.interval: return false
        case .stale, .pressing:
            (standing, last) = (.current, now)
            return true
        }
    }

    /// When what is stale has to be drawn; nil when nothing is.
    var due: Double? { standing == .stale ? last + Self.interval : nil }
}

/// Seconds of the monotonic clock.
func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
