import SMTP

/// A log whose newest entry stands first, as those who search in logs show it: Loki and Grafana, Kibana, CloudWatch.
///
/// It decides by the times alone: they never go forward, and more than once back. An entry keeps the order of its own lines.
enum NewestFirst {
    /// The fewest entries, and how many of them are looked at.
    private static let (fewest, most) = (5, 2_000)

    /// The text with its oldest entry first; nil where it is no such log.
    static func turned(_ octets: [UInt8]) -> [UInt8]? {
        var lines = TextLines(octets)
        var starts: [Int] = []
        var times: [Double] = []
        while true {
            let start = lines.position
            guard let line = lines.next() else { break }
            guard let time = time(of: line) else {
                // What stands before the first entry is none's.
                if starts.isEmpty, !line.trimmed.isEmpty { return nil }
                continue
            }
            if times.count < most {
                if let last = times.last, time > last { return nil }
                times.append(time)
            }
            starts.append(start)
        }
        return isTurned(times) ? turned(octets, starts) : nil
    }

    /// Whether the times of entries are those of such a log.
    static func isTurned(_ times: [Double]) -> Bool {
        guard times.count >= fewest else { return false }
        var steps = 0
        for (time, next) in zip(times, times.dropFirst()) {
            if next > time { return false }
            if next < time { steps += 1 }
        }
        return steps >= 3
    }

    /// The pieces that begin at these places, the last first.
    static func turned(_ octets: [UInt8], _ starts: [Int]) -> [UInt8] {
        var out = Array(octets[..<(starts.first ?? octets.count)])
        out.reserveCapacity(octets.count + 1)
        for (start, end) in zip(starts, starts.dropFirst() + [octets.count]).reversed() {
            out += octets[start..<end]
            if let last = out.last, last != 10, last != 13 { out.append(10) }
        }
        return out
    }

    private static func time(of line: ArraySlice<UInt8>) -> Double? {
        guard let first = line.first else { return nil }
        let text = "[(\"".utf8.contains(first) ? line.dropFirst() : line
        guard let (stamp, _) = TimeStamp.read(text), stamp.hasDate else { return nil }
        return stamp.seconds - Double(stamp.zone ?? 0) * 60
    }
}
