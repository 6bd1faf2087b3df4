import Screen
import Tracing

/// Two sessions in two columns, and below them both lines of the selected row in full.
///
/// ```
///   020                                    │ 137
///   C▶ RCPT TO:<bob@receiver.example>      │   C▶ RCPT TO:<bob@receiver.example>
/// * ↻ S◀ 450 4.2.0 greylisted              │ ✔ S◀ 250 2.1.5 Ok
/// >                                        │   C▶ DATA
/// ─────────────────────────────────────────────────────────────────────────────
/// ```
func drawComparison(_ state: State, at row: Int, in rect: Rect, on canvas: inout Canvas, in world: Environment) {
    guard let shown = state.session.comparison else { return }
    let glyphs = world.glyphs
    let comparison = shown.sessions
    let count = comparison.differences.count
    canvas.frame(
        rect,
        title: "Compared",
        titleRight: count == 0 ? "no differences but names and ids" : "\(count.grouped) lines differ",
        focused: true,
        glyphs: glyphs
    )
    let inner = rect.inset()
    let (head, list, lower) = ComparisonOverlay.split(inner)
    let columns = ComparisonColumns(inner.columns)
    canvas.write(columns.heading(shown, glyphs), in: head)
    // Only what is seen is made into a line.
    drawList(comparison.rows.count, selected: row, in: list, on: &canvas, glyphs) { index in
        columns.line(comparison.rows[index], comparison, glyphs)
    }
    let (rule, detail) = lower.split(top: 1)
    canvas.fill(rule, with: glyphs.light.horizontal, .frame)
    guard comparison.rows.indices.contains(row) else { return }
    drawBoth(comparison.rows[row], shown, in: detail, on: &canvas, glyphs)
}

/// What the list of the rows does at keys.
enum ComparisonOverlay {
    /// The names, the rows, and the selected one in full.
    fileprivate static func split(_ inner: Rect) -> (head: Rect, list: Rect, lower: Rect) {
        let (upper, lower) = inner.split(bottom: min(8, max(3, inner.rows / 3)))
        let (head, list) = upper.split(top: 1)
        return (head, list, lower)
    }

    static func place(_ state: State, at row: Int, in rect: Rect, _ world: Environment) -> ListPlace? {
        ListPlace(rect: split(rect.inset()).list, selected: row, count: rows(state, rect, world))
    }

    /// The first difference.
    static func start(_ state: State) -> Int { state.session.comparison?.sessions.differences.first ?? 0 }

    static func rows(_ state: State, _: Rect, _: Environment) -> Int {
        state.session.comparison?.sessions.rows.count ?? 0
    }
}

extension State {
    /// In a comparison, the next row whose sides differ, round to the first.
    mutating func goToDifference(_ row: Int) -> [Effect] {
        guard let all = session.comparison?.sessions.differences, let first = all.first else {
            view.notice = "the two differ in names and ids alone"
            return []
        }
        let next = all.placeOfFirst(from: row + 1)
        view.overlay = Overlay.Open(.comparison, at: next < all.count ? all[next] : first)
        return []
    }

    /// In a list, marks the session under the cursor; with another one marked, asks for both side by side.
    mutating func compareSelected() -> [Effect] {
        guard let number = session.list?.selected?.number else { return [] }
        guard let marked = session.list?.marked else {
            session.list?.marked = number
            view.notice = "session \(number) is marked: d on another one compares them"
            return []
        }
        guard marked != number else {
            session.list?.marked = nil
            view.notice = "session \(number) is not marked any more"
            return []
        }
        return [.compare(left: marked, right: number)]
    }
}

/// Where the columns of a comparison are: the mark, one side, a line between, the other side.
private struct ComparisonColumns {
    let side: Int

    init(_ columns: Int) { side = max(4, (columns - 5) / 2) }

    func heading(_ shown: Session.Comparison, _ glyphs: Glyphs) -> StyledLine {
        var line = StyledLine("  ")
        line.append(TextCell.left(shown.left, side, glyphs), .title, emphasis: .bold)
        line.append("\(glyphs.light.vertical) ", .frame)
        line.append(TextCell.cut(shown.right, side, glyphs), .title, emphasis: .bold)
        return line
    }

    func line(_ row: SessionComparison.Row, _ comparison: SessionComparison, _ glyphs: Glyphs) -> StyledLine {
        var line = StyledLine("\(row.mark.rawValue) ", .finding, emphasis: .bold)
        let isSame = row.mark == .same
        let left = row.left.map { cell(comparison.left.lines[$0], isSame, glyphs) } ?? StyledLine()
        line = line + left
        line.append(String(repeating: " ", count: max(0, side - left.columns)))
        line.append("\(glyphs.light.vertical) ", .frame)
        return line + (row.right.map { cell(comparison.right.lines[$0], isSame, glyphs) } ?? StyledLine())
    }

    /// What both say does not draw the eye.
    private func cell(_ line: TraceLine, _ isSame: Bool, _ glyphs: Glyphs) -> StyledLine {
        let told = Wrap.cut(toldLine(line, glyphs), columns: side - 1, glyphs: glyphs)
        return isSame ? StyledLine(told.text, .dim) : told
    }
}

/// Both lines of a row in full, each with half of the room.
private func drawBoth(
    _ row: SessionComparison.Row,
    _ shown: Session.Comparison,
    in rect: Rect,
    on canvas: inout Canvas,
    _ glyphs: Glyphs
) {
    let (upper, lower) = rect.split(top: (rect.rows + 1) / 2)
    let sides = [(row.left, shown.sessions.left, upper), (row.right, shown.sessions.right, lower)]
    for (index, trace, part) in sides {
        guard let index else { continue }
        let lines = Wrap.lines(toldLine(trace.lines[index], glyphs), columns: part.columns, hanging: 5)
        for (offset, line) in lines.prefix(part.rows).enumerated() { canvas.write(line, row: offset, in: part) }
    }
}
