import Tracing

/// Several conversations: they come, one is open, the person goes from one to another.
extension State {
    /// Conversations began or changed. The newest is opened if the person has not turned to something else.
    mutating func converse(_ changed: [Conversations.Row]) -> [Effect] {
        guard var all = session.conversations, !changed.isEmpty else { return [] }
        let newestBefore = all.rows.last?.number ?? 0
        for row in changed { all.take(row) }
        var effects = all.dropOldest().map { Effect.forgetConversation(number: $0) }
        session.conversations = all
        guard let newest = all.rows.last?.number, newest > newestBefore else { return effects }
        let isUncovered = view.overlay == nil && prompt.question == nil
        if all.open == nil || all.followsNewest && isAtFront && isUncovered && session.pending == nil {
            effects.append(.openConversation(number: newest))
        } else if isUncovered {
            view.notice = "conversation \(newest) has begun; o shows them all"
        }
        return effects
    }

    /// Puts a conversation into the panes, where the person left it if they were there before.
    mutating func show(_ opened: Conversations.Opened) {
        guard session.list == nil else { return showListed(opened) }
        guard var all = session.conversations else { return }
        all.leave(at: Conversations.Spot(cursor: cursor, isAtFront: isAtFront), for: opened.number)
        session.conversations = all
        session.open(opened)
        view.playback.isRunning = false
        view.pattern = ""
        let isWatched = session.source.isWatched
        let shown = isWatched ? session.trace.lines.count : 0
        let spot = all.spots[opened.number]
        guard let spot, !(spot.isAtFront && isWatched) else {
            cursor = Cursor(reached: shown)
            cursor.isSubmissionUnfolded = session.isSubmissionAlone
            if isWatched { goToStop(stops.count - 1) }
            return
        }
        cursor = spot.cursor
        cursor.reached = max(shown, cursor.reached)
    }

    /// In the list, the next conversation that did not go as it should; from the last one round to the first.
    mutating func selectTrouble(_ number: Int) -> [Effect] {
        guard let all = session.conversations else { return [] }
        let here = all.index(of: number) ?? 0
        let order = all.rows.dropFirst(here + 1) + all.rows.prefix(here + 1)
        if let row = order.first(where: { $0.standing.isTrouble }) {
            view.overlay = Overlay.Open(.conversations, at: row.number)
        } else {
            view.notice = "no trouble in any of them"
        }
        return []
    }

    /// Enter in the list. Who chooses the newest follows the newest again.
    mutating func chooseConversation(_ number: Int) -> [Effect] {
        view.overlay = nil
        guard let all = session.conversations, all.index(of: number) != nil else {
            view.notice = "conversation \(number) was dropped; o shows those there are"
            return []
        }
        session.conversations?.followsNewest = number == all.rows.last?.number
        return number == all.open ? [] : [.openConversation(number: number)]
    }
}
