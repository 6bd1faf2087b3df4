import Screen
import Tracing

/// The ladder: who says what to whom, an arrow for each turn, in the place of the list of steps where there is room. Its numbers are
/// those of the steps; the steps to come stand below what has happened.
func drawLadder(_ state: State, _ rect: Rect, _ canvas: inout Canvas, _ glyphs: Glyphs) {
    let (whole, holder) = StepRows.split(rect)
    StepRows.drawHolder(state, in: holder, on: &canvas, glyphs)
    let lanes = TimeLineOverlay.Lanes(state, columns: whole.columns, timeColumns: 0)
    lanes.drawHeads(in: whole, on: &canvas)
    let inner = whole.split(top: 1).rest
    for (row, shown) in LadderRows.placed(state, rows: inner.rows).enumerated() {
        let line =
            switch shown {
            case .arrow(let run):
                lanes.row(TimeLineOverlay.arrow(run, state), isHere: run.contains(state.cursor.line ?? -1), glyphs)
            case .coming(let step): lanes.coming(step, glyphs)
            }
        canvas.write(line, row: row, in: inner)
    }
}

/// Which lines make an arrow each, near the cursor alone: a session may have a hundred thousand, and no screen shows others.
enum LadderRows {
    /// What a row shows: an arrow for some lines, or a step that is to come.
    enum Row {
        case arrow(Range<Int>)
        case coming(Step)
    }

    /// The rows that are seen. What has happened is kept in sight before what is to come.
    static func placed(_ state: State, rows: Int) -> [Row] {
        let (before, after) = around(state, rows: rows)
        let arrows = (before + after).map(Row.arrow)
        let furthest = state.session.trace.index.furthestStep(among: state.shownStops)
        let coming = Step.allCases.filter { step in furthest.map { step > $0 } ?? true }.map(Row.coming)
        let first = max(0, min(before.count - rows * 2 / 3, arrows.count - rows))
        return Array((arrows.dropFirst(first) + coming).prefix(rows))
    }

    /// The runs up to the stop under the cursor, that one among them, and those behind it; no more than `rows` of each.
    static func around(_ state: State, rows: Int) -> (before: [Range<Int>], after: [Range<Int>]) {
        let stops = state.session.trace.stops
        let shown = state.shownStops
        guard shown > 0 else { return ([], []) }
        let here = state.cursor.line.flatMap { state.session.trace.stop(ofLine: $0) } ?? 0
        var before: [Range<Int>] = []
        var index = min(here, shown - 1)
        while index >= 0, before.count < rows {
            before = runs(of: stops[index], state) + before
            index -= 1
        }
        var after: [Range<Int>] = []
        index = here + 1
        while index < shown, after.count < rows {
            after += runs(of: stops[index], state)
            index += 1
        }
        return (before, after)
    }

    /// A stop has mail data of one side, or a few lines of each; what comes behind those few is one arrow.
    private static let maxLines = 64

    /// The lines of a stop in which one side speaks at a time.
    private static func runs(of stop: Trace.Stop, _ state: State) -> [Range<Int>] {
        let lines = state.session.trace.lines
        let end = min(stop.lines.upperBound, state.cursor.reached)
        guard stop.lines.lowerBound < end else { return [] }
        var all: [Range<Int>] = []
        var start = stop.lines.lowerBound
        for next in (start + 1..<max(start + 1, min(end, start + maxLines)))
        where lines[next].speaker != lines[start].speaker || lines[next].leg != lines[start].leg {
            all.append(start..<next)
            start = next
        }
        return all + [start..<end]
    }
}
