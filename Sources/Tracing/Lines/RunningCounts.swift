/// Numbers in a row whose running totals are asked for while some of them still change. Few of them are other than 0, and only
/// those take memory: a row of a million zeros takes some hundred kilobytes.
///
/// No number is below 0 or above what 16 bits hold: no line has more findings than octets.
struct RunningCounts: Equatable, Sendable {
    /// How many numbers lie together.
    private static let size = 128

    private(set) var count = 0
    /// The numbers, so many together; none where all of them are 0.
    private var numbers = Blocks<[UInt16]>()
    /// What they come to.
    private var totals = RunningTotals()

    mutating func append(_ number: Int) {
        if count % Self.size == 0 {
            numbers.append([])
            totals.appendZero()
        }
        count += 1
        if number != 0 { add(number, at: count - 1) }
    }

    /// Changes the number at `index`, counted from 0.
    mutating func add(_ change: Int, at index: Int) {
        let (part, place) = (index / Self.size, index % Self.size)
        if numbers[part].isEmpty { numbers[part] = [UInt16](repeating: 0, count: Self.size) }
        let before = Int(numbers[part][place])
        let now = UInt16(clamping: before + change)
        numbers[part][place] = now
        totals.add(Int(now) - before, at: part)
    }

    /// The sum of the first `count` numbers.
    func sum(ofFirst count: Int) -> Int {
        let count = min(count, self.count)
        let (part, rest) = (count / Self.size, count % Self.size)
        guard rest > 0 else { return totals.sum(ofFirst: part) }
        return numbers[part].prefix(rest).reduce(totals.sum(ofFirst: part)) { $0 + Int($1) }
    }

    /// Whose number makes the sum greater than `total`, and what the sum is before it.
    func index(exceeding total: Int) -> (index: Int, before: Int)? {
        guard let (part, before) = totals.index(exceeding: total) else { return nil }
        var sum = before
        for (place, number) in numbers[part].enumerated() {
            if sum + Int(number) > total { return (part * Self.size + place, sum) }
            sum += Int(number)
        }
        return nil
    }
}

/// A Fenwick tree: each question and each change takes as many steps as the row's length has binary digits.
private struct RunningTotals: Equatable, Sendable {
    /// Element `n`, counted from 1, holds the sum of the last `n & -n` numbers up to the n-th.
    private var tree = Blocks<Int32>()

    mutating func appendZero() {
        let position = tree.count + 1
        var sum: Int32 = 0
        // The parts of what this element covers are there already.
        var part = position - 1
        while part > position - position & -position {
            sum += tree[part - 1]
            part -= part & -part
        }
        tree.append(sum)
    }

    mutating func add(_ change: Int, at index: Int) {
        var position = index + 1
        while position <= tree.count {
            tree[position - 1] += Int32(clamping: change)
            position += position & -position
        }
    }

    func sum(ofFirst count: Int) -> Int {
        var position = min(count, tree.count)
        var sum = 0
        while position > 0 {
            sum += Int(tree[position - 1])
            position -= position & -position
        }
        return sum
    }

    func index(exceeding total: Int) -> (index: Int, before: Int)? {
        var step = 1
        while step * 2 <= tree.count { step *= 2 }
        var (position, sum) = (0, 0)
        while step > 0 {
            if position + step <= tree.count, sum + Int(tree[position + step - 1]) <= total {
                position += step
                sum += Int(tree[position - 1])
            }
            step /= 2
        }
        return position < tree.count ? (position, sum) : nil
    }
}
