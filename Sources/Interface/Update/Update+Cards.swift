import Screen
import Tracing

/// What turns the cards of the lesson.
extension State {
    /// The lesson under the cursor, and where it is; nil where it is not on the screen.
    private func lesson(in world: Environment) -> (pane: LessonPane, rect: Rect)? {
        guard let rect = Layout(of: self).lesson else { return nil }
        return (LessonPane(session.trace, about: Explained(under: self, in: world), world), rect)
    }

    /// The rest of the card, the next card, the next step that has happened; never lets anything happen.
    mutating func nextCard(in world: Environment) {
        view.playback.isRunning = false
        if let (pane, rect) = lesson(in: world), turn(pane, rect, by: rect.rows - LessonPane.head) { return }
        guard !goToStop((stopIndex ?? -1) + 1) else { return }
        view.notice =
            isAtEnd ? "this is the last card; \(key("p")) goes back, \(key("q")) quits" : "this is the last card so far"
    }

    /// Back through the card, to the card before, to the last card of the step before.
    mutating func previousCard(in world: Environment) {
        view.playback.isRunning = false
        let here = lesson(in: world)
        if let (pane, rect) = here, turn(pane, rect, by: LessonPane.head - rect.rows) { return }
        guard cursor.line != nil else { return }
        goToStop((stopIndex ?? 0) - 1)
        if let (pane, _) = lesson(in: world) { cursor.turn(to: max(0, pane.count - 1)) }
    }

    /// So many rows on in the lesson, or back, to the card beside it at either end.
    mutating func read(_ rows: Int, in world: Environment) {
        guard let (pane, rect) = lesson(in: world) else { return }
        _ = turn(pane, rect, by: rows)
    }

    /// Moves within the card, else to the one beside it. Gives whether there was anywhere to go.
    private mutating func turn(_ pane: LessonPane, _ rect: Rect, by rows: Int) -> Bool {
        let end = pane.last(ofCard: cursor.card, in: rect)
        let scrolled = min(max(0, cursor.cardScroll + rows), end)
        if scrolled != min(cursor.cardScroll, end) {
            cursor.cardScroll = scrolled
            return true
        }
        let card = min(cursor.card, max(0, pane.count - 1)) + (rows > 0 ? 1 : -1)
        guard (0..<pane.count).contains(card) else { return false }
        cursor.turn(to: card)
        if rows < 0 { cursor.cardScroll = pane.last(ofCard: card, in: rect) }
        return true
    }
}
