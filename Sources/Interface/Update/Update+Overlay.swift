/// What lies over the panes: opened, moved in, closed. What is particular to one stands in its row of the table.
extension State {
    /// Lays something over the panes, or says why there is nothing to lay there.
    mutating func open(_ overlay: Overlay) {
        let row = overlay.row
        if let words = row.missing(self) {
            view.notice = words
        } else {
            view.overlay = Overlay.Open(overlay, at: row.start(self))
        }
    }

    /// What an input means to what lies there; nil when it goes on to the panes, some after closing it.
    mutating func overlaid(_ input: Input, by open: Overlay.Open, in world: Environment) -> [Effect]? {
        if let key = open.overlay.row.own.first(where: { $0.input == input }) { return key.act(&self, open.at) }
        let page = max(3, view.rows - 6)
        switch input {
        case .escapePressed, .quitPressed, .enterPressed: view.overlay = open.beneath.last
        case .upPressed: move(open, by: -1, in: world)
        case .downPressed: move(open, by: 1, in: world)
        case .pageUpPressed, .previousCardPressed: move(open, by: -page, in: world)
        case .pageDownPressed, .nextCardPressed, .spacePressed: move(open, by: page, in: world)
        case .firstPressed: move(open, by: -Self.beyondAnyEnd, in: world)
        case .lastPressed: move(open, by: Self.beyondAnyEnd, in: world)
        case .overlayPressed(open.overlay): view.overlay = open.beneath.last
        case .overlayPressed(.help): view.overlay = open.helped
        // Whoever walks on has seen enough of it.
        case .overlayPressed, .nextPressed, .previousPressed, .nextStepPressed, .previousStepPressed, .goPressed,
            .searchPressed, .troublePressed, .hopPressed:
            view.overlay = nil
            return nil
        case .copyLinePressed, .copySessionPressed, .copyAsPressed, .savePressed, .pastePressed, .mousePressed,
            .blankPressed:
            return nil
        // What is about the panes below it, which nobody sees, means nothing.
        case .editPressed, .revertPressed, .rawPressed, .fasterPressed, .slowerPressed, .timesPressed, .followPressed,
            .nextPanePressed, .previousPanePressed, .zoomPressed, .leftPressed, .rightPressed, .nextMatchPressed,
            .previousMatchPressed, .columnBackPressed, .columnOnPressed, .reversePressed, .hexPressed, .lineEndsPressed:
            break
        case .clicked(let column, let row): return click(open, column, row, in: world)
        case .typed, .erased, .erasedForward, .erasedWord, .erasedRest, .erasedAll, .pasted: break
        // What does not come by hand goes past it.
        case .leavePressed, .redrawPressed, .suspendPressed, .conversed, .conversationOpened, .previewed, .compared,
            .traced, .read,
            .listening,
            .held, .promised, .stands, .awaiting, .growing, .resized, .timerFired, .noticed, .explained, .nameTaken:
            return nil
        }
        return []
    }

    /// More rows than there can be.
    private static let beyondAnyEnd = 1 << 40

    private mutating func move(_ open: Overlay.Open, by rows: Int, in world: Environment) {
        let at = open.overlay.row.move(self, open.at, rows, Layout(of: self).overlay, world)
        view.overlay?.at = at
    }
}
