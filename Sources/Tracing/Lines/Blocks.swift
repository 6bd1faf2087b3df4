/// Many elements in order, in blocks: adding one moves none of those before, and of those that somebody else holds as well it
/// copies one block.
///
/// For what grows with each line of a session. A short one is a single array.
public struct Blocks<Element: Sendable>: RandomAccessCollection, Sendable {
    /// How many elements a block has.
    static var size: Int { 4096 }

    private var first: [Element] = []
    private var rest: [[Element]] = []

    init() {}

    public var startIndex: Int { 0 }
    public var endIndex: Int { rest.isEmpty ? first.count : rest.count * Self.size + rest[rest.count - 1].count }

    public internal(set) subscript(index: Int) -> Element {
        // Looked at and changed in its place: an element may be large, and hold arrays. Inlined, since what is not puts its own
        // frame on the heap for each look.
        @inline(__always) _read {
            if index < Self.size {
                yield first[index]
            } else {
                yield rest[index / Self.size - 1][index % Self.size]
            }
        }
        @inline(__always) _modify {
            if index < Self.size {
                yield &first[index]
            } else {
                yield &rest[index / Self.size - 1][index % Self.size]
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
