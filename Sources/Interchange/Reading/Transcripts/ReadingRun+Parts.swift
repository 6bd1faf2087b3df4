import SMTP

extension ReadingRun {
    /// Whether the next line ends the session before it and begins one as it would at the beginning of a text: a reading that begins
    /// with that line goes on as this one does.
    func beginsAnew() -> Bool {
        let isAlone = drafts.count == 1 && current.isEmpty && preface.isEmpty && mailData.isAsNew(at: lines.position)
        guard isAlone, !plan.isFenced, !plan.isDoubled else { return false }
        var behind = lines
        guard let raw = behind.next() else { return false }
        let told = read(raw)
        guard told.session.isEmpty, plan.echoes?.hold(told.item, in: raw) != true else { return false }
        if let voice = Voice(told.item, in: told.line, of: told.session), let lastVoice, voice.echoes(lastVoice) {
            return false
        }
        let item = greeting(in: told, [], before: behind) ?? told.item
        let anew = ReadingRun(behind, plan)
        guard item == anew.greeting(in: told, [], before: behind) ?? told.item else { return false }
        switch item {
        case .said, .cut, .turn, .wrote, .leftOut, .link: return isWithAnother(told.peer, []) || beginsAnother(item, [])
        case .remark, .either, .goesOn, .wraps, .unsent, .again: return false
        }
    }
}

/// A long text in parts that are read side by side, each as if it were a text of its own.
///
/// It decides where to cut: at lines at which one session ends and another begins, as a reading tells that begins some sessions before.
/// That is a guess, and whoever has read a part says whether it was right; nothing is read otherwise than in one go. A text whose
/// sessions stand between each other has no such place, and is one part.
struct TextParts {
    struct Part: Sendable {
        let text: [UInt8]
        /// Where its lines stand in the text.
        let place: Range<Int>
        /// How many octets are known behind it, for what the lines behind one tell.
        let ahead: Int
        /// Whether no line stands behind it.
        var isLast: Bool { place.upperBound == text.count }
    }

    private let text: [UInt8]
    private let plan: ReadingPlan
    private var position = 0
    /// Whether sessions stand between each other.
    private var isMixed: Bool

    /// How long a part is, in octets. So far as a fourth of it is looked for a place to cut, and at what stands behind a part.
    private let size: Int

    init(_ text: [UInt8], _ plan: ReadingPlan, size: Int = 1 << 18) {
        (self.text, self.plan, self.size) = (text, plan, size)
        isMixed = plan.isFenced || plan.isDoubled
    }

    mutating func next() -> Part? {
        guard position < text.count else { return nil }
        var end = text.count
        var sought = position + size
        while !isMixed, sought < text.count - size / 2 {
            if let found = cut(behind: sought) {
                end = found
                break
            }
            sought += size
        }
        defer { position = end }
        return Part(text: text, place: position..<end, ahead: size / 4)
    }

    /// Where the second session begins behind some octets of the text; the first may be the rest of one.
    private mutating func cut(behind octets: Int) -> Int? {
        let until = octets + size / 4
        guard let end = text[octets..<until].firstIndex(of: 10) else { return nil }
        var run = ReadingRun(TextLines(text, from: end + 1), plan)
        var isSecond = false
        while run.lines.position < until {
            if run.beginsAnew() {
                if isSecond { return run.lines.position }
                isSecond = true
            }
            guard run.takeLine() else { return nil }
            isMixed = isMixed || !run.current.isEmpty
        }
        return nil
    }

    /// What was made of the sessions of a part.
    struct Rows<Row: Sendable>: Sendable {
        let part: Part
        /// Each with how many of the part began before it.
        fileprivate(set) var rows: [(order: Int, row: Row?)] = []
        /// How many began in it.
        fileprivate(set) var begun = 0
        /// Whether the next part begins anew, and nothing in this one hung on lines so far behind it that they were not known.
        fileprivate(set) var isWhole = true
    }

    /// Reads a part, on whichever thread, in a copy of its own: threads that count references to the same octets wait for each other.
    static func rows<Row: Sendable>(
        of part: Part,
        _ plan: ReadingPlan,
        making make: (ReadingRun.Ended) -> Row?
    ) -> Rows<Row> {
        let end = part.place.upperBound
        let known = part.text[..<min(end + part.ahead, part.text.count)]
        let last = part.isLast ? end : known[end...].lastIndex(of: 10).map { $0 + 1 } ?? end
        let edge = last < part.text.count ? TextEdge() : nil
        let start = part.place.lowerBound
        var run = ReadingRun(TextLines(Array(part.text[start..<last]), from: start, origin: start, edge: edge), plan)
        var rows = Rows<Row>(part: part)
        while run.lines.position < end, run.takeLine() {
            while let ended = run.nextEnded() { rows.rows.append((ended.order, make(ended))) }
        }
        rows.isWhole = part.isLast || run.lines.position == end && run.beginsAnew()
        run.end()
        while let ended = run.nextEnded() { rows.rows.append((ended.order, make(ended))) }
        rows.begun = run.begun
        rows.isWhole = rows.isWhole && edge?.isMet != true
        return rows
    }
}

/// The rows of one part after another, as if the text had been read in one go.
///
/// Where a part was not to be read by itself, it is read again here, and what follows with it until a part begins anew.
struct JoinedParts<Row: Sendable> {
    private let text: [UInt8]
    private let plan: ReadingPlan
    private let make: (ReadingRun.Ended) -> Row?
    private var rows = InOrder<Row>()
    /// How many sessions began in the parts that are done.
    private var begun = 0
    /// The reading of parts that are not whole.
    private var run: ReadingRun?

    init(_ text: [UInt8], _ plan: ReadingPlan, making make: @escaping (ReadingRun.Ended) -> Row?) {
        (self.text, self.plan, self.make) = (text, plan, make)
    }

    /// The next row of the order; nil while it is not there.
    mutating func next() -> Row? { rows.next() }

    mutating func add(_ read: TextParts.Rows<Row>) {
        guard run != nil || !read.isWhole else {
            for (order, row) in read.rows { rows.add(row, order: begun + order) }
            begun += read.begun
            return
        }
        var run = run ?? ReadingRun(TextLines(text, from: read.part.place.lowerBound), plan)
        self.run = nil
        while run.lines.position < read.part.place.upperBound, run.takeLine() { take(&run) }
        guard read.part.isLast || run.beginsAnew() else { return self.run = run }
        run.end()
        take(&run)
        begun += run.begun
    }

    private mutating func take(_ run: inout ReadingRun) {
        while let ended = run.nextEnded() { rows.add(make(ended), order: begun + ended.order) }
    }
}
