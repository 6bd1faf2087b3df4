import Tracing

/// The list of the sessions of a file: moving in it, opening one, coming back.
extension State {
    /// Whether the list of a file's sessions is what the screen shows.
    var isListing: Bool { session.list?.isShown == true }

    /// What an input means in the list; what is about a session that is not open means nothing.
    mutating func listed(_ input: Input) -> [Effect] {
        let page = max(1, SessionListLayout(of: self).list.rows - 1)
        switch input {
        case .downPressed, .nextPressed: select(by: 1)
        case .upPressed, .previousPressed: select(by: -1)
        case .pageDownPressed, .nextCardPressed, .spacePressed: select(by: page)
        case .pageUpPressed, .previousCardPressed: select(by: -page)
        case .firstPressed: session.list?.go(to: 0)
        case .lastPressed: session.list?.go(to: .max)
        case .searchPressed: prompt.ask(.filter, about: session.list?.filter ?? "")
        case .columnBackPressed: session.list?.sort(byColumn: -1)
        case .columnOnPressed: session.list?.sort(byColumn: 1)
        case .reversePressed: session.list?.reverse()
        case .hopPressed: selectHop()
        case .troublePressed: selectTrouble()
        case .enterPressed, .rightPressed: return openSelected()
        case .clicked(let column, let row):
            guard let list = session.list else { break }
            let place = ListPlace(rect: SessionListLayout(of: self).list, selected: list.at, count: list.order.count)
            guard let index = place.index(column: column, row: row) else { break }
            if index == list.at { return openSelected() }
            session.list?.go(to: index)
        case .overlayPressed(.conversations): leaveList()
        case .escapePressed:
            if session.list?.filter.isEmpty == false { session.list?.show(filter: "") } else { leaveList() }
        case .overlayPressed(.help): open(.help)
        case .overlayPressed(.comparison): return compareSelected()
        case .savePressed: prompt.ask(.save)
        case .pastePressed: pastePressed()
        case .mousePressed: return [.toggleMouse]
        case .blankPressed: view.isBlank = true
        case .quitPressed: return [.exit]
        default: break
        }
        return previewSelected()
    }

    /// Asks for what the list shows of the session under the cursor, where it does not show it yet.
    mutating func previewSelected() -> [Effect] {
        guard isListing, let number = session.list?.selected?.number, number != session.list?.preview?.number else {
            return []
        }
        return [.preview(number: number)]
    }

    private mutating func select(by rows: Int) {
        if let at = session.list?.at { session.list?.go(to: at + rows) }
    }

    /// The next session with trouble, and which of how many it is.
    private mutating func selectTrouble() {
        guard let list = session.list else { return }
        let troubles = list.order.troubles
        guard let next = troubles.after(list.at) else {
            view.notice = "no trouble in any of these: nothing was refused, nothing was put off"
            return
        }
        session.list?.go(to: troubles.place(next))
        view.notice = "trouble \(next + 1) of \(troubles.count); Enter walks it"
    }

    /// The next session of the same story, on the screen of the list.
    private mutating func selectHop() {
        guard let list = session.list, let number = list.selected?.number else { return }
        guard let next = list.hop(after: number) else {
            view.notice = Self.noHop
            return
        }
        if !(session.list?.go(toSession: next) ?? false) {
            view.notice = "session \(next) goes on with it; the filter hides it, Esc clears that"
        }
    }

    /// The next session of the same story, in the place of the one that is open.
    mutating func hopPressed() -> [Effect] {
        guard let list = session.list, let open = list.open, let next = list.hop(after: open) else {
            view.notice = Self.noHop
            return []
        }
        session.list?.go(toSession: next)
        return [.openConversation(number: next)]
    }

    private static let noHop = "no other session tells of the same mail"

    /// What is typed filters at once; Enter keeps the filter, Esc clears it, and one can move in the list meanwhile.
    mutating func answerFilter(_ input: Input) -> [Effect] {
        switch input {
        case .upPressed: select(by: -1)
        case .downPressed: select(by: 1)
        case .enterPressed:
            prompt.close()
            // Who keeps the filter means the session that it left under the cursor.
            select(by: 0)
        case .escapePressed: clearFilter()
        case .erased where prompt.typed.isEmpty: clearFilter()
        default:
            edit(input)
            session.list?.show(filter: prompt.typed)
        }
        return previewSelected()
    }

    private mutating func clearFilter() {
        prompt.close()
        session.list?.show(filter: "")
    }

    /// Enter: the session under the cursor, from its trouble on; where it is open already, the place where it was left.
    private mutating func openSelected() -> [Effect] {
        guard let number = session.list?.selected?.number else { return [] }
        guard number == session.list?.open else { return [.openConversation(number: number)] }
        session.list?.isShown = false
        return []
    }

    /// Puts a session of the list into the panes.
    mutating func showListed(_ opened: Conversations.Opened) {
        guard let list = session.list else { return }
        if let open = list.open { session.list?.cursors[open] = cursor }
        session.list?.open = opened.number
        session.list?.isShown = false
        session.open(opened)
        view.playback.isRunning = false
        view.pattern = ""
        cursor = Cursor()
        if let before = list.cursors[opened.number] {
            cursor = before
        } else if let line = Verdict(of: opened.trace).troubleLine {
            stand(onTrouble: line)
        }
    }

    /// Back to the session that is open, where there is one.
    private mutating func leaveList() {
        if session.list?.open == nil {
            view.notice = "Enter opens a session; \(key("q")) quits"
        } else {
            session.list?.isShown = false
        }
    }

    /// From a session back to the list that it was opened from.
    mutating func backToList() -> [Effect] {
        session.list?.isShown = true
        view.playback.isRunning = false
        view.pattern = ""
        return previewSelected()
    }
}
