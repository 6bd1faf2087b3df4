/// Many elements in order, in blocks: adding one moves none of those before, and of those that somebody else holds as well it
/// copies one block.
///
/// For what grows with each line of a session. A short one is a single array.
struct Blocks<Element: Sendable>: RandomAccessCollection, Sendable {
    /// How many elements a block has.
    static var size: Int { 4096 }

    private var first: [Element] = []
    private var rest: [[Element]] = []

    init() {}

    var startIndex: Int { 0 }
    var endIndex: Int { rest.isEmpty ? first.count : rest.count * Self.size + rest[rest.count - 1].count }

    subscript(index: Int) -> Element {
        get { index < Self.size ? first[index] : rest[index / Self.size - 1][index % Self.size] }
        set {
            if index < Self.size {
                first[index] = newValue
            } else {
                rest[index / Self.size - 1][index % Self.size] = newValue
            }
        }
    }

    mutating func append(_ element: Element) {
        guard first.count == Self.size else { return first.append(element) }
        if rest.last.map({ $0.count == Self.size }) ?? true {
            var block: [Element] = []
            block.reserveCapacity(Self.size)
            rest.append(block)
        }
        rest[rest.count - 1].append(element)
    }
}

extension Blocks: Equatable where Element: Equatable {}
