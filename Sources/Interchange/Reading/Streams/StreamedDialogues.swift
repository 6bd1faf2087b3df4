import Tracing

/// The dialogues in a text that comes line by line.
///
/// It decides how the lines are read, and when that has to be decided anew: the first lines of a text may look like another
/// notation than all of them. A log whose notation is in the table is read a line at a time. Whatever needs the lines behind a
/// line (a session on a terminal, a web page) is read anew, as often as its length allows. It does not know what becomes of what
/// it tells.
struct StreamedDialogues {
    /// The lines as they came, as long as the whole of them may have to be read anew.
    private var collected: [UInt8] = []
    private var lines = 0
    private var plan: ReadingPlan?
    /// At how many lines a plan is made again.
    private var nextPlan = 1
    /// Lines came since the plan was made last.
    private var isStale = false
    /// The plan was made of as many lines as are looked at of a file.
    private var isSettled = false
    /// Where in the collected lines those begin in which no dialogue was sought yet.
    private var unsought = 0
    /// The reading under way, where lines are read one at a time.
    private var run: ReadingRun?
    /// At how many octets a text that is read anew is read again while its lines come without a pause.
    private var nextReading = 0
    private var steps: [String] = []
    /// What was told, by the order in which sessions begin.
    private var sessions: [Int: ToldSession] = [:]
    /// Those that are over and of which words may still come, the oldest first.
    private var lingering: [Int] = []

    /// A text of so many octets is read anew at each pause.
    private static let maxAnew = 64 << 10
    /// So many sessions that are over are still given the words that their programs write behind them.
    private static let maxLingering = 100
    /// Up to so many lines a plan is made with each; later with half as many more.
    private static let maxEager = 16

    /// Whether there is a dialogue in it.
    var isRecognised: Bool { plan != nil }

    /// Takes whole lines, each with its end.
    mutating func take(_ octets: [UInt8]) {
        isStale = true
        if !isSettled || run == nil { collected += octets }
        var more = TextLines(octets)
        while let line = more.next() {
            lines += 1
            run?.hand(over: line)
        }
        if !isSettled, plan != nil, collected.count >= ReadingPlan.block || lines >= ReadingPlan.maxSample { settle() }
    }

    /// Forgets the older half of lines in which there is no dialogue, when they are many.
    mutating func forgetOlder() {
        guard plan == nil, collected.count > ReadingPlan.block,
            let end = collected[(collected.count / 2)...].firstIndex(of: 10)
        else { return }
        collected.removeFirst(end + 1)
        unsought = max(0, unsought - end - 1)
    }

    /// What is new. At a pause all that is known is told, also what the next line might change.
    mutating func news(isPause: Bool, _ count: inout Int) -> [SessionNews] {
        if plan == nil { seek() } else if lines >= nextPlan || isPause && run == nil { replan() }
        guard let plan else { return [] }
        if run == nil {
            guard collected.count >= nextReading || isPause && collected.count <= Self.maxAnew else { return [] }
            nextReading = collected.count < Self.maxAnew ? 0 : collected.count + collected.count / 8
        }
        var reading = run ?? ReadingRun(TranscriptText(collected), plan)
        let isLineByLine = run != nil
        // Nobody else holds it while it changes.
        run = nil
        if !isLineByLine { reading.takeAll() }
        let sessions = sessions
        let touched = reading.takeTouched(isPause: isPause) { $1 >= sessions[$0]?.due ?? 0 }
        let news = touched.flatMap { told in
            // What is read anew may turn out to be otherwise as long as more comes.
            let isOver = isLineByLine && (!told.isOpen || isPause && told.session.isOver)
            return tell(told.session, plan, isOver: isOver, isPause: isPause, &count)
        }
        if isLineByLine {
            letGo(&reading)
            run = reading
        }
        return news
    }

    /// What is left to be told, once no more lines come.
    mutating func end(_ count: inout Int) -> [SessionNews] {
        isStale = lines > 0
        replan(isLast: true)
        guard let plan else { return [] }
        var last = run ?? ReadingRun(TranscriptText(collected), plan)
        if run == nil { last.takeAll() }
        last.end()
        let news = last.takeTouched(isPause: true).flatMap {
            tell($0.session, plan, isOver: true, isPause: true, &count)
        }
        return news + sessions.keys.sorted().flatMap { sessions[$0]?.withdraw() ?? [] }
    }

    // MARK: How it is read

    /// Looks for a dialogue in the lines that came: where one of them may be its, or there are half as many more.
    private mutating func seek() {
        guard isStale else { return }
        var more = TextLines(collected, from: unsought)
        unsought = collected.count
        var mayBe = lines >= nextPlan
        while !mayBe, let line = more.next() { mayBe = ReadingPlan.maySpeak(line) }
        if mayBe { replan() } else { isStale = false }
    }

    /// From here on the plan stays: of a file no more is looked at either.
    private mutating func settle() {
        replan(isLast: true)
        isSettled = true
        if run != nil { collected = [] }
    }

    private mutating func replan(isLast: Bool = false) {
        guard isStale, !isSettled else { return }
        isStale = false
        nextPlan = lines < Self.maxEager ? lines + 1 : lines + lines / 2
        let text = TranscriptText(collected)
        guard let found = ReadingPlan(text.octets) else { return }
        // A few lines have much in common. What the table knows is believed until all of them are there.
        if let plan, !plan.isLearned, found.isLearned, !isLast { return }
        let isAlike = run != nil && found.signature == plan?.signature
        plan = found
        steps = text.steps
        guard found.readsLineByLine(isLast: isLast), text.isUnchanged(from: collected) else { return run = nil }
        guard !isAlike else { return }
        var anew = ReadingRun(found)
        var all = TextLines(collected)
        while let line = all.next() { anew.hand(over: line) }
        run = anew
    }

    // MARK: What is told

    private mutating func tell(
        _ session: ReadingRun.Ended,
        _ plan: ReadingPlan,
        isOver: Bool,
        isPause: Bool,
        _ count: inout Int
    ) -> [SessionNews] {
        guard session.draft.lineCount > 0, sessions[session.order]?.isOver != true else { return [] }
        var told = sessions[session.order] ?? ToldSession(number: count)
        if sessions[session.order] == nil { count += 1 }
        defer { sessions[session.order] = told }
        told.read(lines: session.draft.lineCount)
        if isOver { lingering.append(session.order) }
        var draft = session.draft
        let recording = isOver ? draft.finish(plan.dialect, steps: steps) : draft.soFar(plan.dialect, steps: steps)
        guard let recording else { return [] }
        return isOver ? told.end(recording) : told.news(of: recording, isPause: isPause)
    }

    /// Lets sessions go that are over: all but the last ones. As long as the lines may be read anew, it is known that they were told.
    private mutating func letGo(_ reading: inout ReadingRun) {
        guard lingering.count > Self.maxLingering else { return }
        let gone = Set(lingering.dropLast(Self.maxLingering / 2))
        lingering.removeAll { gone.contains($0) }
        reading.letGo(gone)
        if isSettled { for order in gone { sessions[order] = nil } }
    }
}

extension ReadingPlan {
    /// Whether a line says what it is whatever comes behind it. What was learned from some lines may be learned otherwise from more,
    /// unless these are the last that are looked at.
    fileprivate func readsLineByLine(isLast: Bool) -> Bool {
        dialect.unmarked == .goesOn && !isFenced && !asksLinesBehind && (isLast || !isLearned)
    }
}
