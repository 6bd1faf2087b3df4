/// Numbers that mostly follow one another, as those of the lines of a reply do: then two are kept, however many there are.
public struct NumberRun: RandomAccessCollection, Equatable, Sendable, ExpressibleByArrayLiteral {
    private enum Kept: Equatable, Sendable {
        case run(first: UInt32, count: UInt32)
        /// They do not follow one another.
        case others([Int])
    }

    private var kept = Kept.run(first: 0, count: 0)

    public init(arrayLiteral numbers: Int...) { for number in numbers { append(number) } }

    public var startIndex: Int { 0 }
    public var endIndex: Int {
        switch kept {
        case .run(_, let count): Int(count)
        case .others(let numbers): numbers.count
        }
    }

    public subscript(index: Int) -> Int {
        switch kept {
        case .run(let first, let count):
            precondition(index >= 0 && index < count, "no number \(index) among \(count)")
            return Int(first) + index
        case .others(let numbers): return numbers[index]
        }
    }

    mutating func append(_ number: Int) {
        switch kept {
        case .run(let first, let count):
            guard let exact = UInt32(exactly: number), count == 0 || exact == first &+ count else {
                return kept = .others(self + [number])
            }
            kept = .run(first: count == 0 ? exact : first, count: count + 1)
        case .others(var numbers):
            // Given away while it is changed, so that it is not copied.
            kept = .run(first: 0, count: 0)
            numbers.append(number)
            kept = .others(numbers)
        }
    }
}
