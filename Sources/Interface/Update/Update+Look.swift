import Tracing

/// What looks at something without moving along the session.
extension State {
    mutating func escape() -> [Effect] {
        if !view.pattern.isEmpty {
            view.pattern = ""
        } else if view.playback.isRunning {
            view.playback.isRunning = false
        } else if cursor.span != nil {
            cursor.span = nil
        } else if view.isZoomed {
            view.isZoomed = false
        } else if view.showsHex {
            view.showsHex = false
        } else if session.waiting != nil {
            return [.cancel]
        } else if session.list != nil {
            return backToList()
        }
        return []
    }

    /// Up and down: steps, lines or the lesson's text, by the pane that has the keys.
    mutating func move(_ by: Int, in world: Surroundings) {
        switch view.pane {
        case .steps:
            view.playback.isRunning = false
            let target = (stopIndex ?? -1) + (by > 0 ? 1 : -1)
            guard target < stops.count,
                target < 0 || stops[target].lines.lowerBound < cursor.reached || session.source == .replay
            else { return }
            goToStop(max(-1, target))
        case .wire:
            guard cursor.reached > 0 else { return }
            view.playback.isRunning = false
            cursor.stand(on: min(max(0, (cursor.line ?? -1) + by), cursor.reached - 1), chosen: true)
        case .lesson: read(by, in: world)
        }
    }

    mutating func moveSpan(_ by: Int) {
        guard let count = currentLine?.spans.count, count > 0 else { return }
        cursor.turn(to: 0)
        guard let span = cursor.span else {
            cursor.span = by > 0 ? currentLine?.tellingSpan : count - 1
            return
        }
        let next = span + by
        // Beyond either end the line as a whole is meant again.
        cursor.span = (0..<count).contains(next) ? next : nil
    }

    mutating func click(_ column: Int, _ row: Int) {
        let layout = Layout(of: self)
        for (pane, rect) in [(View.Pane.steps, layout.steps), (.wire, layout.wire), (.lesson, layout.lesson)] {
            if rect?.contains(column: column, row: row) == true { view.pane = pane }
        }
    }

    /// Whether there is a mail to show.
    var hasMessage: Bool { !session.trace.delivered.isEmpty || !session.trace.mails.isEmpty }

    /// The wire as text, for the clipboard.
    var sessionText: String {
        session.trace.lines.prefix(cursor.reached).map { line in
            let who = line.isWire ? line.speaker == .client ? "C: " : "S: " : "   "
            return who + line.shownText
        }.joined(separator: "\n") + "\n"
    }
}
