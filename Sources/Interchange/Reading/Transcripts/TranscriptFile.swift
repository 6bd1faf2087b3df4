import Captures
import Lessons
public import Tracing

/// The sessions of a text, in the order in which they begin.
///
/// There may be hundreds of thousands, so it holds where the lines of each stand; a session is put together when it is asked
/// for. Whoever wants something of each and no more of any needs not even that: the text is then read once.
public struct TranscriptFile: Sendable {
    private let text: TranscriptText
    private let plan: ReadingPlan?
    private let places: Deferred<TextPlaces>

    /// No sessions when nothing in it is a dialogue.
    public init(_ octets: [UInt8]) {
        let text = TranscriptText(octets)
        let plan = ReadingPlan(text.octets)
        (self.text, self.plan) = (text, plan)
        places = Deferred {
            guard let plan else { return TextPlaces() }
            var run = ReadingRun(text, plan)
            return run.places()
        }
    }

    /// Whether its lines read as a dialogue does.
    var isDialogue: Bool { plan != nil }

    /// Whether there is no session in it; known without reading it to its end.
    public var isEmpty: Bool {
        guard let plan else { return true }
        var run = ReadingRun(text, plan)
        return !run.findsSession()
    }

    /// How many sessions there are.
    public var count: Int { places.value.count }

    /// What a session is called in a list, as its recording is.
    func title(_ number: Int) -> String { places.value.title(number) }

    /// A session, read anew from its own lines.
    public func recording(_ number: Int) -> Recording {
        guard let plan, let recording = ReadingRun.recording(of: places.value[number], text, plan) else {
            preconditionFailure("a session that was found in a text is found again in the same lines")
        }
        return recording
    }

    /// How many sessions one processor makes something of at a time.
    private static let sessionsAtOnce = 256

    /// What `make` makes of each session, given to `body` in the order in which they begin. The text is read once, and `make` is
    /// called on other threads. It is for lists: no octets are marked as a credential, nor does the reader say what it did.
    func each<Row: Sendable, Failure: Error>(
        making make: @escaping @Sendable (Recording) -> Row,
        _ body: (Row) throws(Failure) -> Void
    ) throws(Failure) {
        guard let plan else { return }
        let listed = { @Sendable (ended: ReadingRun.Ended) -> Row? in
            var draft = ended.draft
            return draft.finishedForList().map(make)
        }
        var parts = TextParts(text.octets, plan)
        guard let first = parts.next() else { return }
        if first.isLast { return try eachInTurn(plan, making: listed, body) }
        var joined = JoinedParts(text.octets, plan, making: listed)
        var next = Optional(first)
        try Processors.pipeline(
            atOnce: 1,
            from: {
                defer { next = parts.next() }
                return next
            },
            making: { TextParts.rows(of: $0, plan, making: listed) },
            { (rows) throws(Failure) in
                joined.add(rows)
                while let row = joined.next() { try body(row) }
            }
        )
    }

    /// The same where lines of many sessions stand between each other: one thread reads, others make something of each session.
    private func eachInTurn<Row: Sendable, Failure: Error>(
        _ plan: ReadingPlan,
        making make: @escaping @Sendable (ReadingRun.Ended) -> Row?,
        _ body: (Row) throws(Failure) -> Void
    ) throws(Failure) {
        var run = ReadingRun(text, plan)
        var rows = InOrder<Row>()
        try Processors.pipeline(
            atOnce: Self.sessionsAtOnce,
            from: { run.next() },
            making: { ended in (ended.order, make(ended)) },
            { (order, row) throws(Failure) in
                rows.add(row, order: order)
                while let row = rows.next() { try body(row) }
            }
        )
    }
}

/// Things that are done in any order, given out in their own. Some turn out to be nothing.
struct InOrder<Thing> {
    private var done: [Int: Thing?] = [:]
    private var first = 0

    mutating func add(_ thing: Thing?, order: Int) { done[order] = .some(thing) }

    /// The next of the order; nil while it is not done.
    mutating func next() -> Thing? {
        while let thing = done.removeValue(forKey: first) {
            first += 1
            if let thing { return thing }
        }
        return nil
    }
}

/// Where the lines of sessions stand in a text: places that follow on each other are one.
struct TextPlaces: Sendable {
    /// Of one session after another.
    private var places: [Range<Int>] = []
    /// Which of them are a session's, sessions in the order in which they begin.
    private var sessions: [(order: Int, places: Range<Int>, title: Int)] = []
    /// What the sessions are called; most of a log are called the same.
    private var titles: [String] = []
    private var titleNumbers: [String: Int] = [:]

    var count: Int { sessions.count }
    subscript(_ number: Int) -> ArraySlice<Range<Int>> { places[sessions[number].places] }

    func title(_ number: Int) -> String { titles[sessions[number].title] }

    mutating func append(_ lines: [Range<Int>], order: Int, title: String) {
        let number = titleNumbers[title] ?? titles.count
        if number == titles.count {
            titles.append(title)
            titleNumbers[title] = number
        }
        sessions.append((order, places.count..<places.count + lines.count, number))
        places += lines
    }

    mutating func sort() { sessions.sort { $0.order < $1.order } }
}
