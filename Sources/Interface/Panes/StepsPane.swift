import SMTP
import Screen
import Tracing

/// The left pane: the fourteen steps with who acts, a mark each, the code that came, or what they took, and the sub-steps of the one
/// under way and of those with trouble.
func drawSteps(_ state: State, _ rect: Rect, _ canvas: inout Canvas, _ glyphs: Glyphs) {
    let (inner, holder) = StepRows.split(rect)
    StepRows.drawHolder(state, in: holder, on: &canvas, glyphs)
    let (rows, count) = StepRows.placed(state, in: inner, glyphs)
    let footer = inner.rows > count + 2 ? StepRows.footer(state, glyphs) : []
    for (offset, row) in rows.enumerated() {
        let place = Rect(column: inner.column, row: inner.row + offset, columns: inner.columns, rows: 1)
        canvas.write(row.left, in: place)
        let right = row.right.columns
        if right > 0, row.left.columns + right <= inner.columns {
            canvas.write(row.right, column: inner.columns - right, in: place)
        }
        if row.isCurrent { canvas.restyle(place, role: .cursor, adding: [.bold, .reverse]) }
    }
    for (offset, line) in footer.enumerated() {
        canvas.write(line, column: 1, row: inner.rows - footer.count + offset, in: inner)
    }
}

/// The rows of the steps pane.
enum StepRows {
    struct Row {
        let left: StyledLine
        /// The code that came, or what it took, and how many sub-steps are folded in.
        let right: StyledLine
        let isCurrent: Bool
        /// The step that it is, and the first line of its first stop; none for a heading, and where it has not been.
        var step: Step?
        var line: Int?
    }

    /// Where the steps are, and below them who holds the mail.
    static func split(_ rect: Rect) -> (steps: Rect, holder: Rect) {
        let whole = rect.split(right: 1).rest
        let (steps, holder) = whole.split(bottom: whole.rows >= rowsWithHolder ? 2 : 0)
        return (steps, holder)
    }

    /// The rows that are seen, the current one among them, and how many there are in all.
    static func placed(_ state: State, in rect: Rect, _ glyphs: Glyphs) -> (rows: [Row], count: Int) {
        let rows = rows(state, columns: rect.columns, glyphs, around: rect.rows)
        let current = rows.firstIndex { $0.isCurrent } ?? 0
        let first = max(0, min(current - rect.rows * 2 / 3, rows.count - rect.rows))
        return (Array(rows.dropFirst(first).prefix(rect.rows)), rows.count)
    }

    /// The rows of all steps. Of the sub-steps no more than `room` before the one under the cursor and `room` behind it: a
    /// session may have a hundred thousand, and no screen shows others.
    static func rows(_ state: State, columns: Int, _ glyphs: Glyphs, around room: Int) -> [Row] {
        let transaction = state.place?.transaction ?? 0
        let trace = state.session.trace
        let furthest = trace.index.furthestStep(among: state.shownStops)
        var rows: [Row] = []
        for step in Step.allCases {
            if columns > 40, let heading = heading(above: step, transaction) {
                rows.append(Row(left: StyledLine(" \(heading)", .heading), right: StyledLine(), isCurrent: false))
            }
            let visits = trace.visits(of: step, in: max(1, transaction))
            // A session may go past a step without taking it, as BDAT does with DATA.
            let isPassed = furthest.map { step < $0 } ?? false
            rows.append(row(step, visits, isPassed: isPassed, state, columns, glyphs))
            rows += subSteps(of: step, visits, state, room).map { subRow($0, state, columns, glyphs) }
        }
        return rows
    }

    /// The sub-steps that are seen: those around the cursor, and elsewhere a few where trouble begins.
    private static func subSteps(of step: Step, _ visits: StopIndex.Visits, _ state: State, _ room: Int) -> [Int] {
        if step == state.place?.step, step != .submission || state.cursor.isSubmissionUnfolded {
            return near(visits.stops, state, room)
        }
        let shown = visits.stops[..<first(in: visits.stops, from: state.shownStops)]
        let isAmongRecipients = step == .rcptReply
        guard step != .submission, visits.places(among: shown.count) > 1,
            let trouble = visits.firstFailure, trouble < shown.count
        else { return [] }
        let stops = state.session.trace.stops
        return shown[max(0, trouble - 1)...].prefix(Self.maxOfTrouble).filter {
            stops[$0].place.substep > 0 || isAmongRecipients
        }
    }

    /// How many sub-steps are seen where the cursor is not.
    private static let maxOfTrouble = 3

    /// On wide screens the steps stand in three groups.
    private static func heading(above step: Step, _ transaction: Int) -> String? {
        switch step {
        case .submission: "Sender's side"
        case .greeting: "Recipient's side"
        case .mail: transaction > 1 ? "Mail transaction \(transaction)" : "Mail transaction"
        case .quit: "The end"
        default: nil
        }
    }

    /// The visits of sub-steps around the cursor.
    private static func near(_ visits: [Int], _ state: State, _ room: Int) -> [Int] {
        let stops = state.session.trace.stops
        let current = state.cursor.line.flatMap { state.session.trace.stop(ofLine: $0) } ?? 0
        // On the step itself its sub-steps are seen from the first on.
        let here = state.place?.substep == 0 ? 0 : first(in: visits, from: current)
        let isSub = { (visit: Int) in stops[visit].place.substep > 0 }
        let before = visits[..<here].reversed().lazy.filter(isSub).prefix(room).reversed()
        return Array(before) + visits[here...].lazy.filter(isSub).prefix(room + 1)
    }

    /// Where in `visits`, which rise, those from `stop` on begin.
    private static func first(in visits: [Int], from stop: Int) -> Int {
        var (low, high) = (0, visits.count)
        while low < high {
            let middle = (low + high) / 2
            if visits[middle] < stop { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func row(
        _ step: Step,
        _ visits: StopIndex.Visits,
        isPassed: Bool,
        _ state: State,
        _ columns: Int,
        _ glyphs: Glyphs
    ) -> Row {
        let shown = first(in: visits.stops, from: state.shownStops)
        let isHere = state.place?.step == step
        let isCurrent =
            isHere && (state.place?.substep == 0 || step == .submission && !state.cursor.isSubmissionUnfolded)
        let failures = visits.failures(among: shown)
        let isPast = shown > 0 || isPassed
        let answer = state.session.trace.answer(to: visits, among: shown)
        let severity = answer.code.flatMap(Reply.Severity.init(ofCode:))
        let (mark, role): (Character, Role) =
            failures > 0 && severity == .transientFailure
            ? (glyphs.transientFailure, .transientFailure)
            : failures > 0 && failures == shown
                ? (glyphs.failed, .failed)
                // Some recipients were refused and some were not.
                : failures > 0
                    ? (glyphs.mixed, .finding)
                    : isHere
                        ? (glyphs.now, .now)
                        : shown == 0 && isPast
                            ? (glyphs.skipped, .tocome)
                            : isPast
                                ? (glyphs.done, .done)
                                : (glyphs.tocome, .tocome)
        let number = step.number < 10 ? " \(step.number)" : "\(step.number)"
        let title = Self.title(of: step, answer, state, columns, glyphs)
        var left = StyledLine("\(mark) \(number) ", role)
        left.append(title, role)
        let subs = state.substeps(among: shown, of: visits)
        var right = StyledLine()
        if subs > 0, !(isHere && (step != .submission || state.cursor.isSubmissionUnfolded)) {
            right.append("+\(subs)", .dim)
        }
        if state.view.times == .sinceStart {
            if let code = answer.code { right.append(" \(code)", severity?.role ?? .plain) }
        } else if let time = duration(of: visits.stops[..<shown], state) {
            right.append(" \(shortTime(time))", .dim)
        }
        return Row(
            left: Wrap.cut(left, columns: columns - max(4, right.columns), glyphs: glyphs),
            right: right,
            isCurrent: isCurrent,
            step: step,
            line: visits.stops.first.map { state.session.trace.stops[$0].lines.lowerBound }
        )
    }

    /// A whole title where there is room for it, else who acts and a short one, else the short one alone.
    private static func title(
        of step: Step,
        _ answer: StepAnswer,
        _ state: State,
        _ columns: Int,
        _ glyphs: Glyphs
    ) -> String {
        guard columns >= 32 else { return step.shortTitle }
        let title = StepTitle(step, answer, port: state.session.trace.facts.usedPort)
        return (columns >= 48 ? title.full : title.medium).replacing("➔", with: glyphs.arrow)
    }

    private static func subRow(_ visit: Int, _ state: State, _ columns: Int, _ glyphs: Glyphs) -> Row {
        let trace = state.session.trace
        let stop = trace.stops[visit]
        let isShown = stop.lines.lowerBound < state.cursor.reached
        let line = stop.lines.first { trace.lines[$0].isWire } ?? stop.lines.lowerBound
        let first = trace.lines[line]
        let failed = isShown && trace.failed.contains(stop.place)
        let severity = isShown ? first.severity : nil
        let name = isShown ? Self.name(of: first, trace, columns) : nil
        let words = isShown ? name ?? WireText.shown(first.octets.prefix(60)) : trace.neutralName(of: first)
        let sign = severity.map { String($0.sign(glyphs)) } ?? " "
        var left = StyledLine("  \(sign) ", severity?.role ?? .dim)
        left.append("\(stop.place.label) \(words)", failed ? .failed : isShown ? .dim : .tocome)
        // A reply says its code itself, where its words stand in the place of a name.
        let code = name == nil ? nil : first.replyCode
        return Row(
            left: Wrap.cut(left, columns: columns - (code == nil ? 1 : 4), glyphs: glyphs),
            right: StyledLine(code.map { " \($0)" } ?? "", severity?.role ?? .plain),
            isCurrent: state.cursor.line.map(stop.lines.contains) ?? false,
            step: stop.place.step,
            line: stop.lines.lowerBound
        )
    }

    /// What a sub-step is called; nil where there is room for its line, which says more.
    private static func name(of line: TraceLine, _ trace: Trace, _ columns: Int) -> String? {
        if let recipient = trace.recipient(of: line) { return recipient }
        if case .mailData = line.content { return trace.shortName(of: line) }
        let said = TextWidth.columns(of: WireText.shown(line.octets.prefix(60)))
        return line.isTLS || said + 10 > columns ? trace.heading(of: line) : nil
    }

    /// From the line before a step to its last line: the time its octets took to come.
    private static func duration(of visits: ArraySlice<Int>, _ state: State) -> Double? {
        guard let first = visits.first, let last = visits.last else { return nil }
        let lines = state.session.trace.stops[first].lines.lowerBound..<state.session.trace.stops[last].lines.upperBound
        guard visits.count == last - first + 1, state.session.trace.lines.indices.contains(lines.upperBound - 1) else {
            return nil
        }
        let start =
            lines.lowerBound == 0
            ? state.session.trace.lines[0].time : state.session.trace.lines[lines.lowerBound - 1].time
        return max(0, state.session.trace.lines[lines.upperBound - 1].time - start)
    }

    /// From so many rows on the last two tell who holds the mail, at every step, so that nothing jumps.
    static let rowsWithHolder = 9

    /// `2 of 3 have it now`, `held by: receiver`: who holds the mail at this moment of the walk.
    static func drawHolder(_ state: State, in rect: Rect, on canvas: inout Canvas, _ glyphs: Glyphs) {
        let holder = HolderWords(state)
        if let share = state.soFar.standing.share {
            let line = Wrap.cut(StyledLine(share, holder.role), columns: rect.columns - 1, glyphs: glyphs)
            canvas.write(line, column: 1, in: rect)
        }
        canvas.write(holder.fitting(rect.columns - 1), holder.role, emphasis: .bold, column: 1, row: 1, in: rect)
    }

    /// What stands below the steps: the transaction and the findings.
    static func footer(_ state: State, _ glyphs: Glyphs) -> [StyledLine] {
        var lines: [StyledLine] = []
        if state.session.trace.transactions > 1, let transaction = state.place?.transaction, transaction > 0 {
            lines.append(StyledLine("transaction \(transaction) of \(state.session.trace.transactions)", .dim))
        }
        let count = state.findingCount
        if count > 0 {
            var line = StyledLine("\(glyphs.flag) \(count) finding\(count == 1 ? "" : "s")", .finding)
            line.append("  ")
            line.append(Overlay.findings.row.letter, .key, emphasis: .bold)
            lines.append(line)
        }
        return lines
    }
}

/// `9ms`, `1.2s`, `3m`: at most five columns.
func shortTime(_ seconds: Double) -> String {
    switch seconds {
    case ..<0.0005: "0ms"
    case ..<0.9995: "\(Int((seconds * 1000).rounded()))ms"
    case ..<9.95: "\((seconds * 10).rounded() / 10)s"
    case ..<600: "\(Int(seconds.rounded()))s"
    default: "\(Int(min(seconds / 60, 99_999)))m"
    }
}
