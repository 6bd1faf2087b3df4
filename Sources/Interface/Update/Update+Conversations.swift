import Tracing

/// Several conversations: they come, one is open, the person goes from one to another.
extension State {
    /// Conversations began or changed. The newest is opened if the person has not turned to something else.
    mutating func converse(_ changed: [Conversations.Row]) -> [Effect] {
        guard var all = conversations, !changed.isEmpty else { return [] }
        let newestBefore = all.rows.last?.number ?? 0
        for row in changed { all.take(row) }
        var effects = all.dropOldest().map { Effect.forgetConversation(number: $0) }
        conversations = all
        guard let newest = all.rows.last?.number, newest > newestBefore else { return effects }
        let isFree =
            all.open == nil || all.followsNewest && isAtFront && overlay == nil && prompt == nil && pending == nil
        if isFree {
            effects.append(.openConversation(number: newest))
        } else if overlay == nil, prompt == nil {
            notice = "conversation \(newest) has begun; o shows them all"
        }
        return effects
    }

    /// Puts a conversation into the panes, where the person left it if they were there before.
    mutating func show(_ opened: Conversations.Opened) {
        guard conversations != nil else { return }
        let here = spot
        if let open = conversations?.open { conversations?.spots[open] = here }
        conversations?.open = opened.number
        source = opened.source
        trace = opened.trace
        origin = WireText.shown(opened.origin.utf8)
        began = opened.began
        if source == .replay { title = WireText.shown(opened.title.utf8) }
        (pending, edited, isPlaying, pattern) = (opened.pending, nil, false, "")
        (line, span, choseLine, lessonScroll, isSubmissionUnfolded) = (nil, nil, false, 0, false)
        reached = source.isWatched ? trace.lines.count : 0
        let spot = conversations?.spots[opened.number]
        guard let spot, !(spot.isAtFront && source.isWatched) else {
            if source.isWatched { goToStop(stops.count - 1) }
            return
        }
        (line, span, choseLine) = (spot.line, spot.span, spot.choseLine)
        reached = max(reached, spot.reached)
    }

    private var spot: Conversations.Spot {
        Conversations.Spot(line: line, span: span, choseLine: choseLine, reached: reached, isAtFront: isAtFront)
    }

    mutating func listConversations() {
        guard let conversations, let last = conversations.rows.last?.number else {
            notice = conversations == nil ? "there is this one session and no other" : "no client has come yet"
            return
        }
        overlay = .conversations(selected: conversations.open ?? last)
    }

    /// Moves the cursor of the list by so many rows.
    mutating func selectConversation(_ number: Int, _ by: Int) {
        guard let rows = conversations?.rows, !rows.isEmpty else { return }
        // One that was dropped under the cursor gives it to the oldest there is.
        let here = conversations?.index(of: number) ?? 0
        overlay = .conversations(selected: rows[min(max(0, here + by), rows.count - 1)].number)
    }

    /// Enter in the list. Who chooses the newest follows the newest again.
    mutating func chooseConversation(_ number: Int) -> [Effect] {
        overlay = nil
        guard let all = conversations, all.index(of: number) != nil else {
            notice = "conversation \(number) was dropped; o shows those there are"
            return []
        }
        conversations?.followsNewest = number == all.rows.last?.number
        return number == all.open ? [] : [.openConversation(number: number)]
    }
}
