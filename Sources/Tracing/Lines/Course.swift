/// What a session says more than once, as the name that the client gives with each EHLO: every value, and the line from which on it
/// counts.
///
/// What can be asked of a value stands with what asks it: a type that demands it of every value has each demand looked up at the start.
public struct Course<Value> {
    fileprivate struct Entry {
        let line: Int
        let value: Value
    }

    private var entries: [Entry] = []

    public init() {}

    /// From this line on another value counts; lines come in order.
    mutating func set(_ value: Value, from line: Int) where Value: Equatable {
        if entries.last?.value != value { entries.append(Entry(line: line, value: value)) }
    }

    /// What counts at a line; before the first value the first one, since that is the next to come. Nil without any.
    public func value(at line: Int) -> Value? {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].line <= line { low = middle + 1 } else { high = middle }
        }
        return entries.isEmpty ? nil : entries[max(0, low - 1)].value
    }
}

extension Course: Sendable where Value: Sendable {}
extension Course.Entry: Sendable where Value: Sendable {}
extension Course: Equatable where Value: Equatable {}
extension Course.Entry: Equatable where Value: Equatable {}
