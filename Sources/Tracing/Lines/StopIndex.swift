/// What a screen asks of the stops of a trace with each key, kept as the trace grows: the answer takes no longer in a session of
/// a million lines than in one of fifty.
///
/// It decides nothing: every answer could be counted anew from the stops and the places that failed, and a test does so.
public struct StopIndex: Equatable, Sendable {
    /// All stops, those of step 1 that follow one another as one.
    public private(set) var folded: [Trace.Stop] = []
    /// How many mail transactions were begun.
    public private(set) var transactions = 0
    /// The furthest step of all stops up to each.
    private var furthest: [Step] = []
    private var visits: [Key: Visits] = [:]

    /// Steps inside a transaction are told apart by it, the others are not.
    private struct Key: Hashable, Sendable {
        let step: Step
        let transaction: Int

        init(_ step: Step, _ transaction: Int) {
            self.step = step
            self.transaction = (Step.mail...Step.acceptance).contains(step) ? transaction : 0
        }
    }

    /// The stops at one step of one transaction, first to last.
    public struct Visits: Equatable, Sendable {
        /// Indices into the trace's stops.
        public fileprivate(set) var stops: [Int] = []
        /// Which of the stops failed, 1 or 0; how many places the stops up to each are; and where the stops of a place stand.
        fileprivate var failed = RunningCounts()
        fileprivate var newPlaces: [Int] = []
        fileprivate var stopsOfPlace: [Place: [Int]] = [:]

        public init() {}

        /// Which of the stops is the first that failed; nil when none did.
        public var firstFailure: Int? { failed.index(exceeding: 0)?.index }
        /// How many of the first `count` stops failed.
        public func failures(among count: Int) -> Int { failed.sum(ofFirst: count) }
        /// How many places the first `count` stops are.
        public func places(among count: Int) -> Int { count > 0 ? newPlaces[count - 1] : 0 }

        fileprivate mutating func append(_ stop: Int, _ place: Place, _ hasFailed: Bool) {
            let isNew = stopsOfPlace[place] == nil
            stopsOfPlace[place, default: []].append(stops.count)
            newPlaces.append((newPlaces.last ?? 0) + (isNew ? 1 : 0))
            failed.append(hasFailed ? 1 : 0)
            stops.append(stop)
        }

        fileprivate mutating func mark(_ place: Place, failed hasFailed: Bool) {
            for visit in stopsOfPlace[place] ?? [] { failed.add(hasFailed ? 1 : -1, at: visit) }
        }
    }

    /// The stops at a step; `transaction` counts from 1 and matters inside a transaction alone.
    public func visits(of step: Step, in transaction: Int) -> Visits { visits[Key(step, transaction)] ?? Visits() }

    /// The furthest step among the first `count` stops; nil when there are none.
    public func furthestStep(among count: Int) -> Step? { count > 0 ? furthest[min(count, furthest.count) - 1] : nil }

    /// A stop was added to the others.
    mutating func append(_ stop: Trace.Stop, number: Int, hasFailed: Bool) {
        let place = stop.place
        transactions = max(transactions, place.transaction)
        furthest.append(furthest.last.map { max($0, place.step) } ?? place.step)
        visits[Key(place.step, place.transaction), default: Visits()].append(number, place, hasFailed)
        if place.step == .submission, let last = folded.indices.last, folded[last].place.step == .submission {
            let lines = folded[last].lines.lowerBound..<stop.lines.upperBound
            folded[last] = Trace.Stop(place: Place(.submission), lines: lines)
        } else {
            folded.append(stop)
        }
    }

    /// The last stop has grown by a line.
    mutating func extendLast(to line: Int) {
        guard let last = folded.indices.last else { return }
        folded[last].lines = folded[last].lines.lowerBound..<line
    }

    /// A place failed, or did not after all.
    mutating func mark(_ place: Place, failed: Bool) {
        visits[Key(place.step, place.transaction)]?.mark(place, failed: failed)
    }
}

/// How many findings the lines have, kept as they are found.
public struct FindingIndex: Equatable, Sendable {
    private var counts = RunningCounts()

    /// How many there are on the first `count` lines of the trace.
    public func count(before count: Int) -> Int { counts.sum(ofFirst: count) }

    /// Where the finding with this number stands, counted from 0 over the whole trace: its line, and which of that line's it is.
    public func position(of number: Int) -> (line: Int, among: Int)? {
        guard number >= 0, let (line, before) = counts.index(exceeding: number) else { return nil }
        return (line, number - before)
    }

    /// A line was added to the others.
    mutating func append(_ count: Int) { counts.append(count) }

    /// A line has `count` findings more, or fewer.
    mutating func add(_ count: Int, onLine line: Int) { counts.add(count, at: line) }
}
