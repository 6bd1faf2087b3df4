/// Which connection stands between two ends, found by a number made of them: every packet asks.
///
/// It holds numbers alone; the ends stand with the connections. Whoever writes a capture does not know what the numbers are made
/// with, and so cannot make them meet.
struct FlowTable {
    private var slots: [UInt32]
    private var count = 0
    private let secrets = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
    private static let free = UInt32.max

    /// With room for so many before it grows.
    init(room: Int) {
        slots = [UInt32](repeating: Self.free, count: Self.slots(for: room))
    }

    /// Twice as many as connections, and more, so that the next free one is near.
    private static func slots(for flows: Int) -> Int {
        var count = 64
        while count < flows * 2 { count *= 2 }
        return count
    }

    func number(of ends: FlowEnds, in flows: [Flow]) -> Int? {
        let number = slots[slot(of: ends, in: flows)]
        return number == Self.free ? nil : Int(number)
    }

    /// A connection is the last one between its ends.
    mutating func add(_ number: Int, in flows: [Flow]) {
        if count * 2 >= slots.count { grow(flows) }
        let slot = slot(of: flows[number].ends, in: flows)
        if slots[slot] == Self.free { count += 1 }
        slots[slot] = UInt32(number)
    }

    private mutating func grow(_ flows: [Flow]) {
        let known = slots.filter { $0 != Self.free }
        slots = [UInt32](repeating: Self.free, count: slots.count * 2)
        for number in known { slots[slot(of: flows[Int(number)].ends, in: flows)] = number }
    }

    /// Where the number stands, or would.
    private func slot(of ends: FlowEnds, in flows: [Flow]) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: mixed(ends)) & mask
        while slots[slot] != Self.free, !flows[Int(slots[slot])].isBetween(ends) { slot = (slot + 1) & mask }
        return slot
    }

    private func mixed(_ ends: FlowEnds) -> UInt64 {
        let ports = UInt64(ends.low.port) << 16 | UInt64(ends.high.port)
        let first = Self.mixed(ends.low.address.low ^ secrets.0, ends.high.address.low ^ secrets.1)
        return Self.mixed(first ^ ends.low.address.high ^ secrets.1, ends.high.address.high ^ ports ^ secrets.0)
    }

    /// Both halves of the product, each of which depends on all of both.
    private static func mixed(_ one: UInt64, _ other: UInt64) -> UInt64 {
        let product = one.multipliedFullWidth(by: other)
        return product.high ^ product.low
    }
}

extension Flow {
    var ends: FlowEnds { FlowEnds(low: low, high: high) }

    func isBetween(_ ends: FlowEnds) -> Bool { low == ends.low && high == ends.high }
}
