/// How often each step was visited, the steps inside a transaction once for each: every command asks, so nothing is hashed.
struct VisitCounts: Sendable {
    private static let inside = Step.mail...Step.acceptance

    /// By the number of the step.
    private var outside = [Int](repeating: 0, count: Step.allCases.count + 1)
    /// In the order of their numbers.
    private var transactions: [Transaction] = []

    private struct Transaction {
        let number: Int
        var counts = SIMD8<UInt32>()
    }

    /// How often a step was visited before; it is once more now.
    mutating func next(of step: Step, in transaction: Int) -> Int {
        guard Self.inside.contains(step) else {
            defer { outside[step.rawValue] += 1 }
            return outside[step.rawValue]
        }
        let index = index(of: transaction)
        let place = step.rawValue - Self.inside.lowerBound.rawValue
        defer { transactions[index].counts[place] &+= 1 }
        return Int(transactions[index].counts[place])
    }

    /// No step of a transaction that was begun is visited any more.
    mutating func forgetTransactions() { transactions.removeAll(keepingCapacity: true) }

    private mutating func index(of number: Int) -> Int {
        if let known = transactions.index(ascending: \.number, number) { return known }
        let index = transactions.count - transactions.reversed().prefix { $0.number > number }.count
        transactions.insert(Transaction(number: number), at: index)
        return index
    }
}
