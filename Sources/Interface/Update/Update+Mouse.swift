import Screen
import Tracing

/// What a click does: it goes to what is under it, and a second one on a row of a list opens that. It never lets anything happen
/// on a wire.
extension State {
    /// A click on the panes: to the step, the line, the span or the tab.
    mutating func click(_ column: Int, _ row: Int, in world: Environment) {
        view.playback.isRunning = false
        let layout = Layout(of: self)
        let isIn = { (rect: Rect?) in rect?.contains(column: column, row: row) ?? false }
        if let tabs = layout.tabs, isIn(tabs) {
            view.pane = View.Pane.at(column - tabs.column) ?? view.pane
        } else if let rect = layout.steps, isIn(rect) {
            view.pane = .steps
            layout.hasLadder ? clickLadder(row, in: rect) : clickSteps(row, in: rect, world.glyphs)
        } else if let rect = layout.wire, isIn(rect) {
            view.pane = .wire
            clickWire(column, row, in: rect, world.glyphs)
        } else if isIn(layout.lesson) || isIn(layout.summary) {
            view.pane = .lesson
        }
    }

    private mutating func clickSteps(_ row: Int, in rect: Rect, _ glyphs: Glyphs) {
        let inner = StepRows.split(rect).steps
        let rows = StepRows.placed(self, in: inner, glyphs).rows
        guard rows.indices.contains(row - inner.row), let step = rows[row - inner.row].step else { return }
        if let line = rows[row - inner.row].line { goToStop(ofLine: line) } else { goToStep(step.number) }
    }

    private mutating func clickLadder(_ row: Int, in rect: Rect) {
        let inner = StepRows.split(rect).steps.split(top: 1).rest
        let rows = LadderRows.placed(self, rows: inner.rows)
        guard rows.indices.contains(row - inner.row) else { return }
        switch rows[row - inner.row] {
        case .arrow(let run): goToStop(ofLine: run.lowerBound)
        case .coming(let step): goToStep(step.number)
        }
    }

    /// A line as a whole first; on the current one the span that is under the pointer.
    private mutating func clickWire(_ column: Int, _ row: Int, in rect: Rect, _ glyphs: Glyphs) {
        guard cursor.reached > 0, !view.showsHex else { return }
        let inner = WireRows.split(rect, self).transcript
        let rows = WireRows(self, columns: inner.columns, glyphs: glyphs).placed(rows: inner.rows)
        guard rows.indices.contains(row - inner.row) else { return }
        let shown = rows[row - inner.row]
        guard shown.line == cursor.line else { return cursor.stand(on: shown.line, chosen: true) }
        guard let octet = shown.octet(at: column - inner.column) else { return }
        let spans = currentLine?.spans ?? []
        cursor.span = currentLine?.spansOfWire.first { spans[$0].range.contains(octet) }
        cursor.turn(to: 0)
    }

    private mutating func goToStop(ofLine line: Int) {
        if let index = stopIndex(ofLine: line) { goToStop(index) }
    }

    /// A click in a list that lies over the panes.
    mutating func click(_ open: Overlay.Open, _ column: Int, _ row: Int, in world: Environment) -> [Effect] {
        let rect = Layout(of: self).overlay
        guard let list = open.overlay.row.list?(self, open.at, rect, world),
            let index = list.index(column: column, row: row)
        else { return [] }
        guard index == list.selected else {
            let at = open.overlay.row.move(self, open.at, index - list.selected, rect, world)
            view.overlay = Overlay.Open(open.overlay, at: at)
            return []
        }
        return open.overlay.row.own.first { $0.input == .enterPressed }?.act(&self, open.at) ?? []
    }
}

/// A list as it is drawn: where, which of how many is selected.
struct ListPlace {
    let rect: Rect
    let selected, count: Int

    /// What is drawn at a place of the screen.
    func index(column: Int, row: Int) -> Int? {
        guard rect.contains(column: column, row: row) else { return nil }
        let index = firstListed(selected, of: count, in: rect) + row - rect.row
        return index < count ? index : nil
    }
}

extension WireRows.Row {
    /// The octet of the line under a column; nil where there is none.
    fileprivate func octet(at column: Int) -> Int? {
        var start = indent
        for unit in units {
            if (start..<start + unit.columns).contains(column) {
                return unit.range.isEmpty ? nil : unit.range.lowerBound
            }
            start += unit.columns
        }
        return nil
    }
}
