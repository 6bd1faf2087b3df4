/// The first lines of parts that follow one another, in order: two octets each, as there may be as many as there are lines.
struct LineStarts: RandomAccessCollection, Equatable, Sendable {
    /// So many lines make a page; of each start its place in its page is kept.
    private static let page = 1 << 16

    private var places = Blocks<UInt16>()
    /// How many starts lie before each page but the first.
    private var pages: [UInt32] = []

    var startIndex: Int { 0 }
    var endIndex: Int { places.count }

    subscript(index: Int) -> Int {
        var (low, high) = (0, pages.count)
        while low < high {
            let middle = (low + high) / 2
            if Int(pages[middle]) <= index { low = middle + 1 } else { high = middle }
        }
        return low * Self.page + Int(places[index])
    }

    /// Adds a line behind the last.
    mutating func append(_ line: Int) {
        while pages.count < line / Self.page { pages.append(UInt32(places.count)) }
        places.append(UInt16(line % Self.page))
    }

    /// How many lie before a line.
    func count(before line: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < line { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
