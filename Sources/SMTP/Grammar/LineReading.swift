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
    private(set) var position = 0
    private(set) var tiling = Tiling()
    var departures: [Departure] = []

    init(_ octets: [UInt8]) { self.octets = octets }

    var rest: ArraySlice<UInt8> { octets[position...] }
    var isAtEnd: Bool { position >= octets.count }
    var next: UInt8? { isAtEnd ? nil : octets[position] }

    /// Lays a lexeme over the next `count` octets and gives them.
    @discardableResult
    mutating func take(_ count: Int, as kind: Lexeme.Kind) -> ArraySlice<UInt8> {
        let taken = rest.prefix(count)
        tiling.append(kind, count: taken.count)
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
        departures.append(Departure(kind, at: range ?? position..<position))
    }

    func reading<Value>(_ value: Value) -> LineReading<Value> {
        LineReading(value: value, lexemes: tiling.lexemes, departures: departures)
    }
}
