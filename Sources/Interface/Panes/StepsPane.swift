import Screen
import Tracing

/// The left pane: the fourteen steps with who acts, a mark each, what they took, and the sub-steps of the one under way.
func drawSteps(_ state: State, in rect: Rect, on canvas: inout Canvas, _ glyphs: Glyphs) {
    canvas.frame(rect, title: "Steps", focused: state.view.pane == .steps, glyphs: glyphs)
    let inner = rect.inset()
    let rows = StepRows.rows(state, columns: inner.columns, glyphs)
    let current = rows.firstIndex { $0.isCurrent } ?? 0
    let footer = inner.rows > rows.count + 2 ? StepRows.footer(state, glyphs) : []
    let first = max(0, min(current - inner.rows * 2 / 3, rows.count - inner.rows))
    for (offset, row) in rows.dropFirst(first).prefix(inner.rows).enumerated() {
        let place = Rect(column: inner.column, row: inner.row + offset, columns: inner.columns, rows: 1)
        canvas.write(row.left, in: place)
        let right = TextWidth.columns(of: row.right)
        if right > 0, row.left.columns + right < inner.columns {
            canvas.write(row.right, .dim, column: inner.columns - right, in: place)
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
        /// What it took, or how many sub-steps are folded in.
        let right: String
        let isCurrent: Bool
    }

    static func rows(_ state: State, columns: Int, _ glyphs: Glyphs) -> [Row] {
        let transaction = state.place?.transaction ?? 0
        let visitsOfSteps = visits(in: transaction, state)
        let furthest = state.session.trace.stops.filter { $0.lines.lowerBound < state.cursor.reached }.map(\.place.step)
            .max()
        var rows: [Row] = []
        for step in Step.allCases {
            if columns > 40, let heading = heading(above: step, transaction) {
                rows.append(Row(left: StyledLine(" \(heading)", .heading), right: "", isCurrent: false))
            }
            let visits = visitsOfSteps[step, default: []]
            // A session may go past a step without taking it, as BDAT does with DATA.
            let isPassed = furthest.map { step < $0 } ?? false
            rows.append(row(step, visits, isPassed: isPassed, state, columns, glyphs))
            guard step == state.place?.step, step != .submission || state.cursor.isSubmissionUnfolded else { continue }
            rows += visits.filter { state.session.trace.stops[$0].place.substep > 0 }.map {
                subRow($0, state, columns, glyphs)
            }
        }
        return rows
    }

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

    /// The stops at each step in this transaction, as indices into the trace's stops; steps outside a transaction count always.
    private static func visits(in transaction: Int, _ state: State) -> [Step: [Int]] {
        var visits: [Step: [Int]] = [:]
        for (index, stop) in state.session.trace.stops.enumerated() {
            let isInTransaction = (.mail ... .acceptance).contains(stop.place.step)
            guard !isInTransaction || stop.place.transaction == max(1, transaction) else { continue }
            visits[stop.place.step, default: []].append(index)
        }
        return visits
    }

    private static func row(
        _ step: Step,
        _ visits: [Int],
        isPassed: Bool,
        _ state: State,
        _ columns: Int,
        _ glyphs: Glyphs
    ) -> Row {
        let shown = visits.filter { state.session.trace.stops[$0].lines.lowerBound < state.cursor.reached }
        let isHere = state.place?.step == step
        let isCurrent =
            isHere && (state.place?.substep == 0 || step == .submission && !state.cursor.isSubmissionUnfolded)
        let failures = shown.filter { state.session.trace.failed.contains(state.session.trace.stops[$0].place) }.count
        let isPast = !shown.isEmpty || isPassed
        let (mark, role): (Character, Role) =
            failures > 0 && failures == shown.count
            ? (glyphs.failed, .failed)
            // Some recipients were refused and some were not.
            : failures > 0
                ? (glyphs.flag, .finding)
                : isHere
                    ? (glyphs.now, .now)
                    : shown.isEmpty && isPast
                        ? (glyphs.skipped, .tocome)
                        : isPast
                            ? (glyphs.done, .done)
                            : (glyphs.tocome, .tocome)
        let number = step.number < 10 ? " \(step.number)" : "\(step.number)"
        let title = Self.title(of: step, columns, glyphs)
        var left = StyledLine("\(mark) \(number) ", role)
        left.append(title, role)
        let subs = Set(shown.map { state.session.trace.stops[$0].place }).count - 1
        let time = duration(of: shown, state).map(shortTime) ?? ""
        let folded =
            subs > 0 && !(isHere && (step != .submission || state.cursor.isSubmissionUnfolded)) ? "+\(subs) " : ""
        let right = folded + time
        return Row(
            left: Wrap.cut(left, columns: columns - max(5, right.count), glyphs: glyphs),
            right: right,
            isCurrent: isCurrent
        )
    }

    /// The post's title where there is room for it, else who acts and a short one, else the short one alone.
    private static func title(of step: Step, _ columns: Int, _ glyphs: Glyphs) -> String {
        if columns >= 48 { return step.title.replacing("➔", with: glyphs.arrow) }
        guard columns >= 32 else { return step.shortTitle }
        return "\(step.actor == .sender ? "sender" : "recipient") \(glyphs.arrow) \(step.shortTitle)"
    }

    private static func subRow(_ visit: Int, _ state: State, _ columns: Int, _ glyphs: Glyphs) -> Row {
        let stop = state.session.trace.stops[visit]
        let isShown = stop.lines.lowerBound < state.cursor.reached
        let line = stop.lines.first { state.session.trace.lines[$0].isWire } ?? stop.lines.lowerBound
        let first = state.session.trace.lines[line]
        let words = !isShown ? "" : first.isTLS ? "TLS handshake" : WireText.shown(first.octets.prefix(60))
        let failed = isShown && state.session.trace.failed.contains(stop.place)
        let left = StyledLine("    \(stop.place.label) \(words)", failed ? .failed : isShown ? .dim : .tocome)
        return Row(
            left: Wrap.cut(left, columns: columns - 1, glyphs: glyphs),
            right: "",
            isCurrent: state.cursor.line.map(stop.lines.contains) ?? false
        )
    }

    /// From the line before a step to its last line: the time its octets took to come.
    private static func duration(of visits: [Int], _ state: State) -> Double? {
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
