/// What came of reading octets that somebody else wrote: a value, if any could be made out, and the departures.
///
/// Reading never throws: an observer shows a broken line as faithfully as a good one.
public struct Reading<Value> {
    public var value: Value
    public var departures: [Departure]

    public init(_ value: Value, departures: [Departure] = []) {
        self.value = value
        self.departures = departures
    }
}

extension Reading: Equatable where Value: Equatable {}
extension Reading: Sendable where Value: Sendable {}
