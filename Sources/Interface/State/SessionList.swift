public import Tracing

/// The sessions of a file that holds several: the list that a person starts from and comes back to.
///
/// A key that moves, looks or opens does nothing for all sessions: what it needs is counted when the list is made, filtered or
/// sorted.
public struct SessionList: Equatable, Sendable {
    /// The lines that tell of a session what became of it, and the verdict's words.
    public struct Preview: Equatable, Sendable {
        public let number: Int
        let lines: [TraceLine]
        /// What became of it in a sentence, and what comes next.
        let sentences: [String]

        public init(number: Int, _ trace: Trace) {
            self.number = number
            let verdict = Verdict(of: trace)
            lines = verdict.tellingLines(in: trace).map { trace.lines[$0] }
            let words = verdict.words(in: trace)
            // What comes next stands behind the words that decided.
            let quote = verdict.decision?.lines.last.map { Verdict.Words.quote(WireText.shown(trace.lines[$0].octets)) }
            let decided = quote.flatMap { words.firstIndex(of: $0) } ?? 0
            let next = words[decided...].first { if case .next = $0 { true } else { false } }
            let situations = Situation.all(in: trace).map(\.sentence)
            sentences = situations + words.prefix(1).map(\.text) + (next.map { [$0.text] } ?? [])
        }

        /// Of a session that cannot be looked at in passing, why.
        public init(number: Int, instead sentence: String) {
            (self.number, lines, sentences) = (number, [], [sentence])
        }
    }

    /// What is said of all sessions together.
    struct Totals: Equatable, Sendable {
        /// From when to when they began: `19:46–19:52`; empty where that is not known.
        let period: String
        /// How many there are of each outcome.
        let counts: [Verdict.Outcome: Int]
        /// The digits of the highest number.
        let digits: Int
    }

    /// The file; escaped.
    public let name: String
    /// In the order of the file.
    public let rows: [ListedSession]
    let totals: Totals
    /// What is shown of them.
    private(set) var order: SessionOrder
    /// What was typed to choose among them; empty for all.
    private(set) var filter = ""
    /// The column they are sorted by.
    private(set) var column = SessionOrder.Column.time
    /// Whether it is what the screen shows; else the session is that was opened.
    public internal(set) var isShown = true
    /// The place under the cursor, in the order that is shown.
    private(set) var at = 0
    /// The row that a person went to, which the cursor comes back to when a filter shows it again.
    private var anchor = 0
    /// The number of the session that is open; nil before the first was.
    public internal(set) var open: Int?
    /// The number of the session that another one is to be compared with.
    var marked: Int?
    /// What is known of the session under the cursor; nil until it was looked at.
    var preview: Preview?
    /// What the filter looks through; nil until something was filtered.
    private var texts: SessionTexts?
    /// All rows by a column, as often as they were sorted by it.
    private var sorted: [SessionOrder.Column: [Int]] = [:]
    /// Where the person was in sessions that are not open now.
    var cursors: [Int: Cursor] = [:]

    public init(name: String, _ rows: [ListedSession]) {
        self.name = WireText.shown(name.utf8)
        self.rows = rows
        totals = Totals(rows)
        order = SessionOrder(Array(rows.indices), of: rows, isReversed: false)
    }

    /// The session at a place of the list.
    func session(at place: Int) -> ListedSession { rows[order[place]] }

    /// The session under the cursor; nil where nothing is shown.
    var selected: ListedSession? { at < order.count ? session(at: at) : nil }

    // MARK: Moving and choosing

    /// Goes to a place of the list, or as near as there is one.
    mutating func go(to place: Int) {
        at = min(max(0, place), max(0, order.count - 1))
        if order.count > 0 { anchor = order[at] }
    }

    /// Goes to a session; gives false where the filter hides it.
    @discardableResult
    mutating func go(toSession number: Int) -> Bool {
        guard let first = rows.first?.number, let place = order.place(of: number - first) else { return false }
        go(to: place)
        return true
    }

    /// The session that comes behind another in the same story, as the next hop of a mail; behind the last the first. Nil where one
    /// stands alone.
    func hop(after number: Int) -> Int? {
        guard let first = rows.first?.number, rows.indices.contains(number - first) else { return nil }
        let told = rows[number - first].situations.filter { $0.sessions.count > 1 }
        guard let way = (told.first { $0.kind == .sameMail } ?? told.first)?.sessions,
            let at = way.firstIndex(of: number)
        else { return nil }
        return way[(at + 1) % way.count]
    }

    /// Shows the sessions that a filter wants; the cursor stays on its session where that is among them.
    public mutating func show(filter: String) {
        guard filter != self.filter else { return }
        self.filter = filter
        arrange()
    }

    /// Sorts by the column so many further.
    mutating func sort(byColumn columns: Int) {
        column = column.moved(by: columns)
        arrange()
    }

    mutating func reverse() {
        order = order.reversed
        go(to: order.count - 1 - at)
    }

    private mutating func arrange() {
        if sorted[column] == nil { sorted[column] = SessionOrder.sorted(rows, by: column) }
        var shown = sorted[column] ?? []
        let wanted = SessionFilter(filter)
        if !wanted.isEmpty {
            if texts == nil { texts = SessionTexts(rows) }
            var isWanted = [Bool](repeating: false, count: rows.count)
            for row in wanted.indices(in: rows, texts ?? SessionTexts(rows)) { isWanted[row] = true }
            shown.removeAll { !isWanted[$0] }
        }
        order = SessionOrder(shown, of: rows, isReversed: order.isReversed)
        at = order.place(of: anchor) ?? 0
    }

    /// The number of the session that is meant now: the one under the cursor, or the one that is open.
    public var current: Int? { isShown ? selected?.number : open }
}

extension SessionList.Totals {
    init(_ rows: [ListedSession]) {
        var counts: [Verdict.Outcome: Int] = [:]
        for row in rows { counts[row.outcome, default: 0] += 1 }
        self.counts = counts
        digits = max(3, String(rows.last?.number ?? 0).count)
        period = Self.period(rows.first, rows.last)
    }

    /// By the clock within a day, else by the days.
    private static func period(_ first: ListedSession?, _ last: ListedSession?) -> String {
        guard let first, let last, let start = first.day, let end = last.day else { return "" }
        guard start == end, let from = first.clock?.prefix(5), let to = last.clock?.prefix(5) else {
            return start == end ? "\(start)" : "\(start)–\(end)"
        }
        return from == to ? "\(from)" : "\(from)–\(to)"
    }
}

/// Which places of a list have trouble, so that the next is found without going through the list.
///
/// Whoever looks for trouble most often asks why a mail was refused, so that what was refused comes first and what will be tried
/// again comes behind it.
struct TroubleRows: Equatable, Sendable {
    private var refused: [Int] = []
    private var others: [Int] = []

    init(_ rows: some Sequence<ListedSession>) {
        for (place, row) in rows.enumerated() where row.isTrouble {
            if row.came(to: .refused) { refused.append(place) } else { others.append(place) }
        }
    }

    var count: Int { refused.count + others.count }

    /// The same in a list of so many that was turned round.
    func mirrored(in count: Int) -> TroubleRows {
        var mirrored = self
        mirrored.refused = refused.reversed().map { count - 1 - $0 }
        mirrored.others = others.reversed().map { count - 1 - $0 }
        return mirrored
    }

    /// The place of a trouble.
    func place(_ trouble: Int) -> Int {
        trouble < refused.count ? refused[trouble] : others[trouble - refused.count]
    }

    /// The trouble after the one at a place, round to the first; from a place without trouble, the first below it that was refused,
    /// else the first of all. Nil where there is none.
    func after(_ place: Int) -> Int? {
        guard count > 0 else { return nil }
        let (inRefused, inOthers) = (refused.placeOfFirst(from: place), others.placeOfFirst(from: place))
        if inRefused < refused.count, refused[inRefused] == place { return (inRefused + 1) % count }
        if inOthers < others.count, others[inOthers] == place { return (refused.count + inOthers + 1) % count }
        if !refused.isEmpty { return inRefused % refused.count }
        return inOthers % others.count
    }
}

extension [Int] {
    /// Where among numbers that rise those from one on begin.
    func placeOfFirst(from number: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
