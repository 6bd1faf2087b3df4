/// Which octets of one direction a capture holds, as ranges of offsets; whatever lies in no range is missing.
///
/// A lookup takes logarithmic time, since there may be a hole after each of millions of segments.
struct Coverage {
    /// In order, and with a hole between any two.
    private var ranges: [Range<Int>] = []

    init(_ parts: [Range<Int>]) {
        for part in parts.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = ranges.last, part.lowerBound <= last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, part.upperBound)
            } else {
                ranges.append(part)
            }
        }
    }

    func contains(_ offset: Int) -> Bool {
        let found = first(endingBehind: offset)
        return found < ranges.count && ranges[found].contains(offset)
    }

    /// Up to where octets follow each other from `offset` on; nil when it is in a hole.
    func end(of offset: Int) -> Int? {
        let found = first(endingBehind: offset)
        return found < ranges.count && ranges[found].contains(offset) ? ranges[found].upperBound : nil
    }

    /// Where the hole that `offset` is in ends; nil when nothing comes behind it.
    func next(behind offset: Int) -> Int? {
        let found = first(endingBehind: offset)
        return found < ranges.count ? ranges[found].lowerBound : nil
    }

    private func first(endingBehind offset: Int) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
