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
        } else if session.conversations?.isListFirst == true {
            open(.conversations)
        }
        return []
    }

    /// Up and down: steps, lines or the lesson's text, by the pane that has the keys.
    mutating func move(_ by: Int, in world: Environment) {
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
        guard let spans = currentLine?.spansOfWire, let last = spans.last else { return }
        cursor.turn(to: 0)
        guard let span = cursor.span, let here = spans.firstIndex(of: span) else {
            cursor.span = by > 0 ? currentLine?.tellingSpan : last
            return
        }
        // Beyond either end the line as a whole is meant again.
        cursor.span = spans.indices.contains(here + by) ? spans[here + by] : nil
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
