import SMTP
import Tracing

extension [Range<Int>] {
    /// Adds the place of a line.
    fileprivate mutating func add(_ place: Range<Int>) {
        if let last, last.upperBound == place.lowerBound {
            self[count - 1] = last.lowerBound..<place.upperBound
        } else {
            append(place)
        }
    }
}

/// One reading of a text from beginning to end.
struct ReadingRun {
    let plan: ReadingPlan
    private(set) var lines: TextLines
    private var isInFence = false
    private(set) var drafts: [[UInt8]: Entry] = [:]
    /// The one of them that got the last line: the next line is nearly always its own.
    private var latest: Entry?
    private var latestKey: [UInt8] = []
    private(set) var mailData = UnmarkedMailData()
    /// How many sessions have begun.
    private(set) var begun = 0
    private var ended: [Ended] = []
    /// The sessions that got lines since somebody asked; known where somebody will ask.
    private var touched: Set<[UInt8]> = []
    private var tellsTouched = false
    /// Words before any session, and where they stand.
    private(set) var preface = RemarkGroup()
    private var prefacePlaces: [Range<Int>] = []
    /// Where the line under way stands.
    private var place = 0..<0
    /// The session of the line before, which a line without marks goes on with.
    private(set) var current: [UInt8] = []
    private(set) var lastVoice: Voice?
    private var previous: (line: ArraySlice<UInt8>, process: [UInt8]?)?

    /// A session under way: one object, since every line looks it up and changes it.
    final class Entry {
        fileprivate(set) var draft: SessionDraft
        let order: Int
        fileprivate(set) var places: [Range<Int>]
        fileprivate(set) var isLeft = false
        /// Whom it is with, as the log's lines have it.
        fileprivate(set) var peer: [UInt8] = []

        fileprivate init(_ draft: SessionDraft, order: Int, places: [Range<Int>]) {
            (self.draft, self.order, self.places) = (draft, order, places)
        }

        /// Whether somebody has spoken.
        var hasLines: Bool { draft.lineCount > 0 }
        var isInMailData: Bool { draft.isInMailData }
    }

    /// A session of which no more lines come. Nobody may have spoken in it.
    struct Ended: Sendable {
        let draft: SessionDraft
        /// How many began before it.
        let order: Int
        let places: [Range<Int>]
        /// Whether the log says that nobody speaks any more.
        let isLeft: Bool
        /// Whether nobody speaks in it any more, as far as the log tells.
        var isOver: Bool { isLeft || draft.isEnded }

        fileprivate init(_ entry: Entry) {
            (draft, order, places, isLeft) = (entry.draft, entry.order, entry.places, entry.isLeft)
        }
    }

    /// The most sessions that are open at a time; with more the log's own numbers for them are of no use.
    private static let maxOpen = 10_000
    /// So many sessions that began last may get a line more, as that they were left.
    private static let recent = 1_000
    /// With so many open it is looked for some that are over.
    private var roomEnds = 2 * ReadingRun.recent

    init(_ text: TranscriptText, _ plan: ReadingPlan) { self.init(TextLines(text.octets), plan) }

    /// A reading that begins with these lines.
    init(_ lines: TextLines, _ plan: ReadingPlan) { (self.lines, self.plan) = (lines, plan) }

    // MARK: Lines that come one by one

    /// A reading of lines that are handed over as they come.
    init(_ plan: ReadingPlan) {
        self.init(TranscriptText([]), plan)
        tellsTouched = true
    }

    /// Takes a line that came, without its end.
    mutating func hand(over line: ArraySlice<UInt8>) { take(line) }

    /// Takes all lines of the text, and leaves the sessions open that may go on behind it.
    mutating func takeAll() {
        tellsTouched = true
        while takeLine() {}
    }

    /// The sessions that got lines since a pause, in the order in which they began, and whether more may come of each. Without a
    /// pause only those that are due.
    mutating func takeTouched(isPause: Bool, where isDue: (_ order: Int, _ lines: Int) -> Bool = { _, _ in true })
        -> [(session: Ended, isOpen: Bool)]
    {
        let open = touched.compactMap { drafts[$0] }.filter { isPause || isDue($0.order, $0.draft.lineCount) }
        let taken = ended.map { ($0, false) } + open.map { (Ended($0), true) }
        ended = []
        // What is held back until the pause is told then.
        if isPause { touched = [] }
        return taken.sorted { $0.0.order < $1.0.order }
    }

    /// Lets sessions go: what comes of their processes is no longer part of them.
    mutating func letGo(_ orders: Set<Int>) {
        for key in drafts.compactMap({ orders.contains($0.value.order) ? $0.key : nil }) {
            _ = remove(key)
        }
    }

    /// Ends all sessions, since no more lines come.
    mutating func end() { for key in Array(drafts.keys) { finish(key) } }

    /// Where the lines of each session are. What they say is read again when it is asked for.
    mutating func places() -> TextPlaces {
        var places = TextPlaces()
        while let ended = next() {
            guard ended.draft.lineCount > 0 else { continue }
            places.append(ended.places, order: ended.order, title: ended.draft.title)
        }
        places.sort()
        return places
    }

    /// Reads on until another session is over; nil when all are.
    mutating func next() -> Ended? {
        while ended.isEmpty {
            if takeLine() { continue }
            if drafts.isEmpty { return nil }
            end()
        }
        return ended.popLast()
    }

    /// The next session that is over with the lines that were read.
    mutating func nextEnded() -> Ended? { ended.popLast() }

    /// Whether there is a session at all; reads no further than that.
    mutating func findsSession() -> Bool {
        while takeLine() {
            if drafts[current].map({ $0.draft.lineCount > 0 }) ?? false { return true }
            if ended.contains(where: { $0.draft.lineCount > 0 }) { return true }
            ended = []
        }
        return drafts.values.contains { $0.draft.lineCount > 0 }
    }

    /// Takes the next line; false behind the last.
    @discardableResult
    mutating func takeLine() -> Bool {
        let start = lines.position
        guard let line = lines.next() else { return false }
        place = start..<lines.position
        take(line)
        return true
    }

    /// The session whose lines stand at `places`; nil when nobody says anything there.
    static func recording(of places: ArraySlice<Range<Int>>, _ text: TranscriptText, _ plan: ReadingPlan) -> Recording?
    {
        var run = ReadingRun(text, plan)
        for place in places {
            run.lines = TextLines(text.octets, from: place.lowerBound)
            while run.lines.position < place.upperBound, let line = run.lines.next() {
                let told = run.read(line)
                run.give(run.greeting(in: told, []) ?? told.item, told.source, to: [])
            }
        }
        return run.drafts[[]]?.draft.finish(plan.dialect, steps: text.steps)
    }

    private mutating func take(_ raw: ArraySlice<UInt8>) {
        if plan.isFenced {
            if ReadingPlan.isFence(raw) {
                isInFence.toggle()
                return
            }
            guard isInFence else { return }
        }
        let told = read(raw)
        if isEcho(told) || plan.echoes?.hold(told.item, in: raw) == true { return }
        if plan.isDoubled {
            if let before = previous, before.line.elementsEqual(told.line), before.process == told.process {
                previous = nil
                return
            }
            previous = (told.line, told.process)
        }
        var key = told.session
        // What tells no session goes on with the one before.
        if told.isMarked ? key.isEmpty && entry(current) != nil : told.process == nil { key = current }
        if isWithAnother(told.peer, key) { finish(key) }
        hand(greeting(in: told, key) ?? told.item, told.source, key)
        if !told.peer.isEmpty, let entry = entry(key), !entry.peer.elementsEqual(told.peer) {
            entry.peer = Array(told.peer)
        }
        if told.isLast { leave(key) }
    }

    /// Whether the line before told the same in other words.
    private mutating func isEcho(_ told: Told) -> Bool {
        let voice = Voice(told.item, in: told.line, of: told.session)
        defer { lastVoice = voice }
        guard let voice, let lastVoice else { return false }
        return voice.echoes(lastVoice)
    }

    /// What a line tells by itself, whatever stood before it.
    struct Told {
        var line: ArraySlice<UInt8>
        var item: Peeled.Item
        var source: SessionDraft.Source
        /// Empty when the line does not tell.
        var session: [UInt8]
        var process: [UInt8]?
        var isMarked: Bool
        var isLast = false
        var peer: ArraySlice<UInt8> = []
    }

    func read(_ raw: ArraySlice<UInt8>) -> Told {
        let front = plan.front.take(raw)
        let line = front.rest.dropIndent(plan.indent)
        var source = SessionDraft.Source(time: front.time, isFull: plan.width > 0 && raw.count == plan.width)
        source.program = front.program
        if plan.dialect.unmarked == .said {
            source.ahead = .init(endsLater: endsLater, isRefused: isRefused)
        }
        let process = front.process
        guard let peeled = plan.dialect.peel(line) else {
            let item: Peeled.Item =
                switch plan.dialect.unmarked {
                case .goesOn: .goesOn(line)
                case .said: .said(nil, line)
                }
            return Told(
                line: line,
                item: item,
                source: source,
                session: process ?? [],
                process: process,
                isMarked: false
            )
        }
        if let time = peeled.time { source.time = time }
        let session = peeled.session.isEmpty ? process ?? [] : peeled.session
        return Told(
            line: line,
            item: (plan.ends?.item(peeled.item) ?? peeled.item).withoutWordsAtDot,
            source: source,
            session: session,
            process: process,
            isMarked: true,
            isLast: peeled.isLast,
            peer: peeled.peer
        )
    }

    /// The greeting in a line that is otherwise framed than the rest of its session, as a program's own words frame it.
    ///
    /// What answers it may stand in `lines`; nil for those that come next.
    func greeting(in told: Told, _ key: [UInt8], before lines: TextLines? = nil) -> Peeled.Item? {
        switch told.item {
        case .goesOn(let line), .remark(let line), .said(nil, let line):
            // Of several sessions it must tell which one it greets.
            guard key.isEmpty || told.process?.isEmpty == false, !hasSession(key, where: { !$0.isOver }),
                let greeting = framedGreeting(line, before: lines ?? self.lines)
            else { return nil }
            return .said(.server, greeting)
        default: return nil
        }
    }

    private mutating func hand(_ item: Peeled.Item, _ source: SessionDraft.Source, _ key: [UInt8]) {
        if beginsAnother(item, key) { finish(key) }
        if give(item, source, to: key) { current = key }
    }

    /// The log says that the session of a line is over.
    private mutating func leave(_ key: [UInt8]) {
        if let entry = entry(key), entry.hasLines { entry.isLeft = true }
    }

    /// The session under way that a key stands for.
    private func entry(_ key: [UInt8]) -> Entry? {
        if let latest, latestKey == key { return latest }
        return drafts[key]
    }

    private mutating func remove(_ key: [UInt8]) -> Entry? {
        if latestKey == key { latest = nil }
        touched.remove(key)
        return drafts.removeValue(forKey: key)
    }

    /// Gives a line to a session, which it may begin; says whether it belongs to one.
    @discardableResult
    private mutating func give(_ item: Peeled.Item, _ source: SessionDraft.Source, to key: [UInt8]) -> Bool {
        var known = entry(key)
        if known == nil {
            // Words that belong to no session are no reason to begin one.
            switch item {
            case .again, .unsent: return false
            case .remark(let words), .either(let words), .goesOn(let words):
                preface.append(words)
                prefacePlaces.add(place)
                return false
            case .wraps: return false
            case .said, .cut, .turn, .wrote, .leftOut, .link: break
            }
            makeRoom()
            var draft = SessionDraft(plan.dialect)
            draft.precede(with: preface)
            preface = RemarkGroup()
            known = Entry(draft, order: begun, places: prefacePlaces)
            drafts[key] = known
            prefacePlaces = []
            begun += 1
        }
        guard let entry = known else { return false }
        if latest !== entry { (latest, latestKey) = (entry, key) }
        let isInMailData = entry.isInMailData
        entry.draft.take(mailData.item(item, isInMailData: isInMailData, lines, plan), source)
        entry.places.add(place)
        if tellsTouched { touched.insert(key) }
        return true
    }

    /// Ends sessions in which nobody speaks any more and that began long ago, so that a log of very many takes no more memory than one
    /// of some; and all of them where too many are open. Those of lines that come one by one are ended by whoever asks for them.
    private mutating func makeRoom() {
        if !tellsTouched, drafts.count >= roomEnds {
            for (key, entry) in drafts where entry.order < begun - Self.recent && Ended(entry).isOver { finish(key) }
            roomEnds = max(Self.recent * 2, drafts.count * 2)
        }
        if drafts.count >= Self.maxOpen { end() }
    }

    func beginsAnother(_ item: Peeled.Item, _ key: [UInt8]) -> Bool {
        switch item {
        case .link(.connecting), .link(.accepted): return hasSession(key) { _ in true }
        case .link(.connected): return hasSession(key, where: \.isOver)
        case .said(_, let line), .cut(_, let line, _): return greetsAgain(line, key)
        case .turn(let command, let reply): return command.isEmpty && greetsAgain(reply, key)
        case .wrote(_, let octets): return greetsAgain(octets.prefix { $0 != 13 && $0 != 10 }, key)
        case .leftOut, .remark, .either, .goesOn, .wraps, .unsent, .again, .link: return false
        }
    }

    /// Whether the log names another connection than the one of the session under way.
    func isWithAnother(_ peer: ArraySlice<UInt8>, _ key: [UInt8]) -> Bool {
        guard !peer.isEmpty, let entry = entry(key), entry.hasLines else { return false }
        return !entry.peer.isEmpty && !entry.peer.elementsEqual(peer)
    }

    /// Whether the line greets although somebody has spoken.
    private func greetsAgain(_ line: ArraySlice<UInt8>, _ key: [UInt8]) -> Bool {
        if LineShape.isProxyHeader(line) { return hasSession(key, where: \.mayBeProxiedAgain) }
        guard LineShape.code(of: line) == 220 else { return false }
        return hasSession(key) { $0.mayBeGreetedAgain(by: line) }
    }

    /// Whether a session in which somebody has spoken is under way, and is as asked.
    private func hasSession(_ key: [UInt8], where isAsked: (SessionDraft) -> Bool) -> Bool {
        entry(key).map { $0.hasLines && isAsked($0.draft) } ?? false
    }

    private mutating func finish(_ key: [UInt8]) {
        guard let entry = remove(key) else { return }
        ended.append(Ended(entry))
    }
}
