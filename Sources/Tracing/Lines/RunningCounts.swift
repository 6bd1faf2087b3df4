/// Numbers in a row whose running totals are asked for while some of them still change: a Fenwick tree, so that each question and
/// each change takes as many steps as the row's length has binary digits.
struct RunningCounts: Equatable, Sendable {
    /// Element `n`, counted from 1, holds the sum of the last `n & -n` numbers up to the n-th.
    private var tree = Blocks<Int32>()

    var count: Int { tree.count }

    mutating func append(_ number: Int) {
        let position = tree.count + 1
        var sum = Int32(clamping: number)
        // The parts of what this element covers are there already.
        var part = position - 1
        while part > position - position & -position {
            sum += tree[part - 1]
            part -= part & -part
        }
        tree.append(sum)
    }

    /// Changes the number at `index`, counted from 0.
    mutating func add(_ change: Int, at index: Int) {
        var position = index + 1
        while position <= tree.count {
            tree[position - 1] += Int32(clamping: change)
            position += position & -position
        }
    }

    /// The sum of the first `count` numbers.
    func sum(ofFirst count: Int) -> Int {
        var position = min(count, tree.count)
        var sum = 0
        while position > 0 {
            sum += Int(tree[position - 1])
            position -= position & -position
        }
        return sum
    }

    /// Whose number makes the sum greater than `total`, and what the sum is before it. The numbers must not be negative.
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
