/// Names that were said, each once, as numbers: whether one was there before and how many there are is all that is asked of them.
struct HashedNames: Sendable {
    /// Most sessions name a few, which are sooner gone through than hashed.
    private var few: [Int] = []
    private var many: Set<Int> = []
    private static let fewest = 8
    /// More are not told apart.
    private static let maxNames = 10_000

    var count: Int { few.count + many.count }
    var isEmpty: Bool { few.isEmpty }

    func contains(_ name: Int) -> Bool { few.contains(name) || !many.isEmpty && many.contains(name) }

    /// Whether it is new.
    @discardableResult
    mutating func insert(_ name: Int) -> Bool {
        guard !few.contains(name), count < Self.maxNames else { return false }
        guard few.count == Self.fewest else {
            few.append(name)
            return true
        }
        return many.insert(name).inserted
    }

    /// The number of a path or a name: without angle brackets, in small letters.
    static func number(_ octets: [UInt8]) -> Int { octets.withUnsafeBufferPointer { number($0) } }

    static func number(_ octets: UnsafeBufferPointer<UInt8>) -> Int {
        var inner = octets[...]
        if inner.first == UInt8(ascii: "<"), inner.last == UInt8(ascii: ">") { inner = inner.dropFirst().dropLast() }
        var hasher = Hasher()
        if inner.contains(where: { (0x41...0x5A).contains($0) }) {
            inner.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }.withUnsafeBytes { hasher.combine(bytes: $0) }
        } else {
            hasher.combine(bytes: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: inner)))
        }
        return hasher.finalize()
    }
}
