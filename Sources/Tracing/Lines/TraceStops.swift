/// The stops of a trace in the order they happened, each made when somebody asks for it: of each only where it begins is kept.
public struct TraceStops: RandomAccessCollection, Equatable, Sendable {
    let lines: TraceLines
    /// The first line of each, in order.
    let starts: LineStarts
    /// Whether the stops of step 1 that follow one another are one.
    let isFolded: Bool

    public var startIndex: Int { 0 }
    public var endIndex: Int { starts.count }

    public subscript(index: Int) -> Trace.Stop {
        let start = starts[index]
        let place = lines.place(of: start)
        let end = index + 1 < starts.count ? starts[index + 1] : lines.count
        let isFold = isFolded && place.step == .submission
        return Trace.Stop(place: isFold ? Place(.submission) : place, lines: start..<end)
    }

    public static func == (one: TraceStops, other: TraceStops) -> Bool { one.elementsEqual(other) }
}
