/// A line read in full: its value, the lexemes that tile its octets (the line ending left out), and its departures.
public struct LineReading<Value> {
    public let value: Value
    public let lexemes: [Lexeme]
    public let departures: [Departure]
}

extension LineReading: Equatable where Value: Equatable {}
extension LineReading: Sendable where Value: Sendable {}

/// A position in a line that is being read, and the lexemes laid so far.
struct LineCursor {
    let octets: [UInt8]
    /// Whether only the value is wanted, so that neither lexemes nor departures are kept.
    let valueOnly: Bool
    private(set) var position = 0
    private(set) var tiling = Tiling()
    private(set) var departures: [Departure] = []

    init(_ octets: [UInt8], valueOnly: Bool = false) { (self.octets, self.valueOnly) = (octets, valueOnly) }

    var rest: ArraySlice<UInt8> { octets[position...] }
    var isAtEnd: Bool { position >= octets.count }
    var next: UInt8? { isAtEnd ? nil : octets[position] }

    /// Lays a lexeme over the next `count` octets and gives them.
    @discardableResult
    mutating func take(_ count: Int, as kind: Lexeme.Kind) -> ArraySlice<UInt8> {
        let taken = rest.prefix(count)
        if !valueOnly { tiling.append(kind, count: taken.count) }
        position += taken.count
        return taken
    }

    /// Lays a lexeme over the octets up to the first that does not satisfy `predicate`.
    @discardableResult
    mutating func take(as kind: Lexeme.Kind, while predicate: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        take(rest.prefix(while: predicate).count, as: kind)
    }

    @discardableResult
    mutating func takeRest(as kind: Lexeme.Kind) -> ArraySlice<UInt8> { take(rest.count, as: kind) }

    /// How many octets stand before the white space that closes the line.
    var countWithoutTrailingSpace: Int { rest.count - rest.reversed().prefix(while: \.isWhiteSpace).count }

    mutating func note(_ kind: Departure.Kind, _ range: Range<Int>? = nil) {
        guard !valueOnly else { return }
        departures.append(Departure(kind, at: range ?? position..<position))
    }

    /// What a part of the line departs in; looked for only where it is wanted.
    mutating func note(_ found: @autoclosure () -> [Departure]) {
        guard !valueOnly else { return }
        departures += found()
    }

    func reading<Value>(_ value: Value) -> LineReading<Value> {
        LineReading(value: value, lexemes: tiling.lexemes, departures: departures)
    }
}
