import Tracing

/// Several conversations: they come, one is open, the person goes from one to another.
extension State {
    /// Conversations began or changed. The newest is opened if the person has not turned to something else.
    mutating func converse(_ changed: [Conversations.Row]) -> [Effect] {
        guard !changed.isEmpty, var all = session.conversations else { return [] }
        // There are a thousand rows: they are changed where they stand and not in a copy.
        session.conversations = nil
        let newestBefore = all.rows.last?.number ?? 0
        for row in changed { all.take(row) }
        var effects = all.dropOldest().map { Effect.forgetConversation(number: $0) }
        session.conversations = all
        guard !all.isListFirst else { return effects }
        guard let newest = all.rows.last?.number, newest > newestBefore else { return effects }
        let isUncovered = view.overlay == nil && prompt.question == nil
        if all.open == nil || all.followsNewest && isAtFront && isUncovered && session.pending == nil {
            effects.append(.openConversation(number: newest))
        } else if isUncovered {
            view.notice = "conversation \(newest) has begun; \(key("o")) shows them all"
        }
        return effects
    }

    /// Where the list comes first, and none of them was opened, there is nothing else to show.
    mutating func showListFirst() {
        guard let all = session.conversations, all.isListFirst, all.open == nil, let first = all.rows.first,
            view.overlay == nil, prompt.question == nil
        else { return }
        view.overlay = Overlay.Open(.conversations, at: first.number)
    }

    /// What is saved from a list that comes first: all that it shows, in the order in which they began. Nil where one is open.
    public var numbersToSave: [Int]? {
        guard let all = session.conversations, all.isListFirst, view.overlay?.overlay == .conversations else {
            return nil
        }
        return all.shown.map { all.rows[$0].number }.sorted()
    }

    /// Leaves the list, which is all there is where it comes first.
    mutating func quitConversations() -> [Effect] {
        if session.conversations?.isListFirst == true { return [.exit] }
        view.overlay = nil
        return []
    }

    /// Puts a conversation into the panes, where the person left it if they were there before.
    mutating func show(_ opened: Conversations.Opened) {
        guard session.list == nil else { return showListed(opened) }
        guard var all = session.conversations else { return }
        all.leave(at: Conversations.Spot(cursor: cursor, isAtFront: isAtFront), for: opened.number)
        session.conversations = all
        session.open(opened)
        // The list is left when there is something to show in its place.
        if all.isListFirst, view.overlay?.overlay == .conversations { view.overlay = nil }
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
        let shown = all.shown
        let here = all.index(of: number).flatMap { shown.firstIndex(of: $0) } ?? 0
        let order = shown.dropFirst(here + 1) + shown.prefix(here + 1)
        if let row = order.first(where: { all.rows[$0].listed.isTrouble }) {
            view.overlay = Overlay.Open(.conversations, at: all.rows[row].number)
        } else {
            view.notice = "no trouble in any of them"
        }
        return []
    }

    // MARK: Which the list shows

    mutating func askConversationFilter() -> [Effect] {
        prompt.ask(.filter, about: session.conversations?.filter ?? "")
        return []
    }

    /// What is typed filters at once; Enter keeps the filter, Esc clears it, and one can move in the list meanwhile.
    mutating func answerConversationFilter(_ input: Input) {
        switch input {
        case .upPressed: selectConversation(by: -1)
        case .downPressed: selectConversation(by: 1)
        case .enterPressed: prompt.close()
        case .escapePressed: showConversations(filter: "")
        case .erased where prompt.typed.isEmpty: showConversations(filter: "")
        default:
            edit(input)
            session.conversations?.filter = prompt.typed
            selectConversation(by: 0)
        }
    }

    private mutating func showConversations(filter: String) {
        prompt.close()
        session.conversations?.filter = filter
        selectConversation(by: 0)
    }

    private mutating func selectConversation(by rows: Int) {
        guard let open = view.overlay, open.overlay == .conversations, let all = session.conversations else { return }
        view.overlay = Overlay.Open(.conversations, at: all.number(rows, from: open.at))
    }

    mutating func sortConversations(_ columns: Int, _: Int) -> [Effect] {
        if let column = session.conversations?.column { session.conversations?.column = column.moved(by: columns) }
        return []
    }

    mutating func turnConversations() -> [Effect] {
        session.conversations?.isReversed.toggle()
        return []
    }

    /// Esc shows all of them again, and then leaves the list.
    mutating func leaveConversations() -> [Effect] {
        if session.conversations?.filter.isEmpty == false { showConversations(filter: "") } else { view.overlay = nil }
        return []
    }

    /// Enter in the list. Who chooses the newest follows the newest again.
    mutating func chooseConversation(_ number: Int) -> [Effect] {
        guard session.conversations?.shown.isEmpty != true else { return [] }
        view.overlay = nil
        guard let all = session.conversations, !all.rows.isEmpty else { return [] }
        // Where that one was dropped meanwhile, the list shows the first as chosen, and that is what is meant.
        let number = all.number(0, from: number)
        session.conversations?.followsNewest = number == all.rows.last?.number
        return number == all.open ? [] : [.openConversation(number: number)]
    }
}
