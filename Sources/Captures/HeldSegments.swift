/// Segments that stand too early in a capture: each waits until the other octets are there that its sender must have seen or sent
/// before (RFC 9293 §3.4: what is acknowledged has been received).
struct HeldSegments {
    private struct Held {
        /// The offset that has to be reached.
        var awaited: Int
        var segment: Segment
        var number: Int
    }

    /// For each direction, those that wait for octets of it, the first to go on first.
    private var lists: [ArraySlice<Held>] = [[], []]
    private var added = 0

    /// The most that wait at a time.
    static let maxHeld = 2048

    var isEmpty: Bool { lists[0].isEmpty && lists[1].isEmpty }
    var count: Int { lists[0].count + lists[1].count }
    var isFull: Bool { count >= Self.maxHeld }
    /// When the first of them passed.
    var oldestTime: Int64? { lists.joined().map(\.segment.time).min() }

    mutating func hold(_ segment: Segment, until awaited: Int, of direction: Direction) {
        let list = lists[direction.rawValue]
        var place = list.endIndex
        while place > list.startIndex, list[place - 1].awaited > awaited { place -= 1 }
        added += 1
        lists[direction.rawValue].insert(Held(awaited: awaited, segment: segment, number: added), at: place)
    }

    /// The next one that waits for octets of a direction up to `offset`.
    mutating func next(reached offset: Int, of direction: Direction) -> Segment? {
        guard let first = lists[direction.rawValue].first, first.awaited <= offset else { return nil }
        return lists[direction.rawValue].removeFirst().segment
    }

    /// The one that came first: what it waits for will not come.
    mutating func oldest() -> Segment? {
        let numbers = lists.map { list in list.indices.min { list[$0].number < list[$1].number } }
        let direction: Int
        switch (numbers[0], numbers[1]) {
        case (let forward?, let backward?): direction = lists[0][forward].number < lists[1][backward].number ? 0 : 1
        case (.some, nil): direction = 0
        case (nil, .some): direction = 1
        case (nil, nil): return nil
        }
        return numbers[direction].map { lists[direction].remove(at: $0).segment }
    }
}
