import FoundationEssentials

extension Int {
    /// With a comma between thousands: `104,857,600`.
    var grouped: String {
        var digits = Array(String(magnitude))
        var index = digits.count - 3
        while index > 0 {
            digits.insert(",", at: index)
            index -= 3
        }
        return (self < 0 ? "-" : "") + String(digits)
    }
}

extension Double {
    /// Seconds with three places: `0.012`.
    var thousandths: String {
        let whole = Int((Swift.min(Swift.max(self, 0), 1e9) * 1000).rounded())
        let rest = String(whole % 1000)
        return "\(whole / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}

/// A moment of a session by the clock.
enum ClockTime {
    /// `05:59:34` in UTC; nil when the recording does not say when it began.
    static func text(began: String, plus seconds: Double) -> String? {
        guard let start = try? Date(began, strategy: .iso8601) else { return nil }
        let total = Int(start.timeIntervalSince1970 + seconds)
        let parts = [total / 3600 % 24, total / 60 % 60, total % 60]
        return parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
