/// What a screen asks of the stops of a trace with each key, kept as the trace grows: the answer takes no longer in a session of
/// a million lines than in one of fifty.
///
/// It decides nothing: every answer could be counted anew from the stops and the places that failed, and a test does so.
public struct StopIndex: Equatable, Sendable {
    /// How many mail transactions were begun.
    public private(set) var transactions = 0
    /// Where a step was reached that is further than all before, in order.
    private var advances: [Advance] = []
    /// The stops of each step; those of the steps inside a transaction behind the others, seven for each transaction.
    private var kept = Blocks<Kept>()
    /// Those of steps that have many stops.
    private var many: [Visits] = []
    /// Of each stop, the one before it at the same step, and whether it failed.
    private var marks = Blocks<Mark>()

    private struct Advance: Equatable, Sendable {
        let stop: Int
        let step: Step
    }

    /// Most steps of most transactions have a few stops, of which the last leads to the others. In four octets, as there may be
    /// very many.
    private struct Kept: Equatable, Sendable {
        enum Visits {
            case none
            case few(last: UInt32, count: UInt32)
            /// An index into `many`.
            case many(UInt32)
        }

        private static let many: UInt32 = 15
        /// How many there are, in four bits; above them the last of a few.
        private let bits: UInt32

        init(_ visits: Visits) {
            switch visits {
            case .none: bits = 0
            case .few(let last, let count): bits = last << 4 | count
            case .many(let index): bits = index << 4 | Self.many
            }
        }

        var visits: Visits {
            switch bits & 15 {
            case 0: .none
            case Self.many: .many(bits >> 4)
            case let count: .few(last: bits >> 4, count: count)
            }
        }
    }

    /// So many stops of a step are few.
    private static let maxFew: UInt32 = 8

    private struct Mark: Equatable, Sendable {
        /// The number of the stop shifted by one, and 1 where this one failed.
        private var bits: UInt32

        init(before: UInt32, hasFailed: Bool) { bits = before << 1 | (hasFailed ? 1 : 0) }

        var before: UInt32 { bits >> 1 }
        var hasFailed: Bool {
            get { bits & 1 == 1 }
            set { bits = bits & ~1 | (newValue ? 1 : 0) }
        }
    }

    /// Steps inside a transaction are told apart by it, the others are not.
    private static let inside = Step.mail...Step.acceptance
    private static let ownSteps = inside.upperBound.rawValue - inside.lowerBound.rawValue + 1

    /// Where in `kept` the stops of a step are.
    private static func place(of step: Step, _ transaction: Int) -> Int {
        let outside = Step.allCases.count + 1
        return inside.contains(step)
            ? outside + transaction * ownSteps + step.rawValue - inside.lowerBound.rawValue : step.rawValue
    }

    /// The stops at one step of one transaction, first to last.
    public struct Visits: Equatable, Sendable {
        /// Indices into the trace's stops.
        public fileprivate(set) var stops: [Int] = []
        /// Which of the stops failed, 1 or 0; and how many places the stops up to each are.
        private var failed = RunningCounts()
        private var newPlaces = Blocks<Int32>()
        /// The visit before each at the same place; -1 where there is none.
        private var before = Blocks<Int32>()
        private var lastVisits = LastVisits()

        public init() {}

        /// Which of the stops is the first that failed; nil when none did.
        public var firstFailure: Int? { failed.index(exceeding: 0)?.index }
        /// How many of the first `count` stops failed.
        public func failures(among count: Int) -> Int { failed.sum(ofFirst: count) }
        /// How many places the first `count` stops are.
        public func places(among count: Int) -> Int { count > 0 ? Int(newPlaces[count - 1]) : 0 }

        fileprivate mutating func append(_ stop: Int, _ place: Place, _ hasFailed: Bool) {
            let earlier = lastVisits.update(place, Int32(clamping: stops.count))
            newPlaces.append((newPlaces.last ?? 0) + (earlier < 0 ? 1 : 0))
            before.append(earlier)
            failed.append(hasFailed ? 1 : 0)
            stops.append(stop)
        }

        fileprivate mutating func mark(_ place: Place, failed hasFailed: Bool) {
            var visit = lastVisits[place]
            while visit >= 0 {
                failed.add(hasFailed ? 1 : -1, at: Int(visit))
                visit = before[Int(visit)]
            }
        }
    }

    /// The last visit of each place of a step; -1 where there is none. Places are numbered as they are reached, so those of one
    /// transaction lie in a row.
    private struct LastVisits: Equatable, Sendable {
        /// By the number of the sub-step, of one transaction each.
        private var visits = Blocks<(transaction: Int32, visit: Int32)>()
        /// Of places whose number another transaction has.
        private var others: [Place: Int32] = [:]

        static func == (one: Self, other: Self) -> Bool {
            one.others == other.others && one.visits.elementsEqual(other.visits, by: ==)
        }

        subscript(place: Place) -> Int32 {
            guard visits.indices.contains(place.substep) else { return -1 }
            let found = visits[place.substep]
            return found.transaction == Int32(clamping: place.transaction) ? found.visit : others[place] ?? -1
        }

        /// Answers the last visit before.
        mutating func update(_ place: Place, _ visit: Int32) -> Int32 {
            let (before, transaction) = (self[place], Int32(clamping: place.transaction))
            while visits.count <= place.substep { visits.append((transaction, -1)) }
            if visits[place.substep].visit < 0 { visits[place.substep].transaction = transaction }
            if visits[place.substep].transaction == transaction {
                visits[place.substep].visit = visit
            } else {
                others[place] = visit
            }
            return before
        }
    }

    /// The stops at a step; `transaction` counts from 1 and matters inside a transaction alone. `placeOf` tells where a stop is.
    func visits(of step: Step, in transaction: Int, placeOf: (Int) -> Place) -> Visits {
        let slot = Self.place(of: step, transaction)
        guard kept.indices.contains(slot) else { return Visits() }
        switch kept[slot].visits {
        case .none: return Visits()
        case .few(let last, let count): return visits(before: last, count: Int(count), placeOf)
        case .many(let index): return many[Int(index)]
        }
    }

    /// A few stops as visits, the first first.
    private func visits(before last: UInt32, count: Int, _ placeOf: (Int) -> Place) -> Visits {
        var visits = Visits()
        for stop in chain(from: last, count: count).reversed() {
            visits.append(stop, placeOf(stop), marks[stop].hasFailed)
        }
        return visits
    }

    /// A few stops of a step, the last first.
    private func chain(from last: UInt32, count: Int) -> [Int] {
        var stop = last
        return (0..<count).map { _ in
            defer { stop = marks[Int(stop)].before }
            return Int(stop)
        }
    }

    /// The furthest step among the first `count` stops; nil when there are none.
    public func furthestStep(among count: Int) -> Step? { advances.last { $0.stop < count }?.step }

    /// A stop is added to the others. Where its step has more than a few already nothing is done, and it says false.
    mutating func appendToFew(at place: Place, number: Int, hasFailed: Bool) -> Bool {
        let slot = Self.place(of: place.step, place.transaction)
        while kept.count <= slot { kept.append(Kept(.none)) }
        switch kept[slot].visits {
        case .none:
            kept[slot] = Kept(.few(last: UInt32(number), count: 1))
            append(at: place, number, Mark(before: 0, hasFailed: hasFailed))
        case .few(let last, let count) where count < Self.maxFew:
            kept[slot] = Kept(.few(last: UInt32(number), count: count + 1))
            append(at: place, number, Mark(before: last, hasFailed: hasFailed))
        case .few, .many: return false
        }
        return true
    }

    /// Adds a stop of such a step; `placeOf` tells where an earlier stop is.
    mutating func appendToMany(at place: Place, number: Int, hasFailed: Bool, placeOf: (Int) -> Place) {
        let slot = Self.place(of: place.step, place.transaction)
        switch kept[slot].visits {
        case .many(let index): many[Int(index)].append(number, place, hasFailed)
        case .few(let last, let count):
            var visits = visits(before: last, count: Int(count), placeOf)
            visits.append(number, place, hasFailed)
            kept[slot] = Kept(.many(UInt32(many.count)))
            many.append(visits)
        case .none: break
        }
        append(at: place, number, Mark(before: 0, hasFailed: hasFailed))
    }

    private mutating func append(at place: Place, _ number: Int, _ mark: Mark) {
        transactions = max(transactions, place.transaction)
        if advances.last.map({ $0.step < place.step }) ?? true {
            advances.append(Advance(stop: number, step: place.step))
        }
        marks.append(mark)
    }

    /// A place failed, or did not after all.
    mutating func mark(_ place: Place, failed: Bool, placeOf: (Int) -> Place) {
        let slot = Self.place(of: place.step, place.transaction)
        guard kept.indices.contains(slot) else { return }
        switch kept[slot].visits {
        case .none: break
        case .many(let index): many[Int(index)].mark(place, failed: failed)
        case .few(let last, let count):
            for stop in chain(from: last, count: Int(count)) where placeOf(stop) == place {
                marks[stop].hasFailed = failed
            }
        }
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

/// Where one side begins to speak at a stop, kept as the trace grows: an arrow of a time line each.
public struct TurnIndex: Equatable, Sendable {
    /// The first lines.
    private var starts = LineStarts()
    private var last: (speaker: TraceLine.Speaker, leg: Leg)?
    private var end = 0

    public static func == (one: TurnIndex, other: TurnIndex) -> Bool {
        one.starts == other.starts && one.end == other.end
    }

    /// How many begin among the first `count` lines of the trace.
    public func count(before count: Int) -> Int { starts.count(before: count) }

    /// The lines of one, counted from 0.
    public func lines(of number: Int) -> Range<Int> {
        starts[number]..<(number + 1 < starts.count ? starts[number + 1] : end)
    }

    /// A line was added to the others.
    mutating func append(_ line: TraceLine, isNewStop: Bool) {
        let isOther = last.map { $0 != (line.speaker, line.leg) } ?? true
        if isNewStop || isOther { starts.append(line.index) }
        (last, end) = ((line.speaker, line.leg), line.index + 1)
    }
}

/// Which mail is the last of each transaction, kept as mails begin: each key asks for the one under the cursor, several times.
struct MailIndex: Equatable, Sendable {
    /// By leg, and there by the number of the transaction; -1 where it has none.
    private var lastMails = ByLeg<[Int32]>()

    /// The number of the last mail of a transaction; nil where it has none.
    func last(of transaction: Int, on leg: Leg) -> Int? {
        guard let mails = lastMails[leg], mails.indices.contains(transaction), mails[transaction] >= 0 else {
            return nil
        }
        return Int(mails[transaction])
    }

    /// A mail was added to the others.
    mutating func append(_ mail: Int, of transaction: Int, on leg: Leg) {
        lastMails.change(leg, orBegin: []) { mails in
            while mails.count <= transaction { mails.append(-1) }
            mails[transaction] = Int32(clamping: mail)
        }
    }
}
