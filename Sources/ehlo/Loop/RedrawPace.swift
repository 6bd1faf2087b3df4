/// When the screen is drawn again: at once after whatever a person did or waits for, and only so often for what comes by itself and
/// a lot of it, since drawing is no help to reading.
struct RedrawPace {
    /// For how long after a drawing something may stay unseen.
    enum Urgency: Double, Comparable {
        /// A person did it, or waits for it.
        case pressing = 0
        /// It passes, and somebody watches: an eye takes in no more than twenty screens a second.
        case passing = 0.05
        /// It is read behind what is shown.
        case reading = 1

        static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
    }

    /// The most urgent of what was not drawn yet; nil when nothing is.
    private var waiting: Urgency? = .pressing
    private var last = 0.0

    /// Something happened that has to be seen.
    mutating func happened(_ urgency: Urgency) { waiting = min(urgency, waiting ?? urgency) }

    /// Whether to draw now; whoever asks then draws.
    mutating func draws(at now: Double) -> Bool {
        guard let waiting, waiting == .pressing || now >= last + waiting.rawValue else { return false }
        (self.waiting, last) = (nil, now)
        return true
    }

    /// When what waits has to be drawn; nil when nothing does.
    var due: Double? { waiting.map { last + $0.rawValue } }
}
