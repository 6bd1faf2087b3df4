public import Lessons
import SMTP
public import Screen
import Tracing

/// What `update` and the panes look things up in, and draw with. Changes nothing of the state.
public struct Environment: Sendable {
    public let library: LessonLibrary
    public let glyphs: Glyphs

    public init(library: LessonLibrary, glyphs: Glyphs) {
        self.library = library
        self.glyphs = glyphs
    }
}

/// The only place where the state changes. Pure: same state, same input, same result.
///
/// It decides where the cursor is and what lies on top; it does not know terminals, files or sockets: what is to be done
/// there it gives back as effects. What lies on top takes an input first; this is the table of what each means below.
public func update(_ state: inout State, _ input: Input, in world: Environment) -> [Effect] {
    defer {
        let (lines, reached) = (state.session.trace.lines, state.cursor.reached)
        state.view.matches.look(for: state.view.pattern, in: lines, before: reached)
        state.session.soFar.read(lines, isWhole: state.session.isWhole)
        state.session.look(before: reached)
        state.showListFirst()
    }
    if input.isByHand, let effects = state.takeOnTop(input, in: world) { return effects }
    switch input {
    case .nextPressed: return state.nextPressed()
    case .enterPressed: return state.enterPressed()
    case .previousPressed: state.pause { $0.goToStop(($0.stopIndex ?? 0) - 1) }
    case .nextStepPressed: return state.nextStepPressed()
    case .previousStepPressed: state.pause { $0.previousStep() }
    case .firstPressed: state.pause { $0.goToStop(-1) }
    case .lastPressed, .followPressed: state.goToEnd()
    case .goPressed: state.prompt.ask(.step)
    case .troublePressed: state.goToTrouble()
    case .editPressed: state.editPressed()
    case .revertPressed: state.session.pending?.edited = nil
    case .rawPressed: state.rawPressed()
    case .spacePressed: return state.spacePressed()
    case .fasterPressed: return state.play(at: min(16, state.view.playback.speed * 2))
    case .slowerPressed: return state.play(at: max(0.25, state.view.playback.speed / 2))
    case .timesPressed: state.view.times = state.view.times.next
    case .nextPanePressed: state.view.pane = state.view.pane.next
    case .previousPanePressed: state.view.pane = state.view.pane.previous
    case .zoomPressed: state.view.isZoomed.toggle()
    case .upPressed: state.move(-1, in: world)
    case .downPressed: state.move(1, in: world)
    case .pageUpPressed: state.move(-state.view.pageRows, in: world)
    case .pageDownPressed: state.move(state.view.pageRows, in: world)
    case .nextCardPressed: state.nextCard(in: world)
    case .previousCardPressed: state.previousCard(in: world)
    case .rightPressed: state.moveSpan(1)
    case .leftPressed: state.moveSpan(-1)
    case .searchPressed: state.prompt.ask(.search)
    case .nextMatchPressed: state.goToMatch(after: state.cursor.line ?? -1, forward: true)
    case .previousMatchPressed: state.goToMatch(after: state.cursor.line ?? 0, forward: false)
    case .hexPressed: state.hexPressed()
    case .lineEndsPressed: state.view.showsLineEnds.toggle()
    case .overlayPressed(.conversations) where state.session.list != nil: return state.backToList()
    case .overlayPressed(let overlay): state.open(overlay)
    case .blankPressed: state.view.isBlank = true
    case .copyLinePressed: return state.currentLine.map { [.copy($0.shownText)] } ?? []
    case .copySessionPressed: return [.copy(state.sessionText)]
    case .copyAsPressed: state.prompt.ask(.copyAs, about: "swaks")
    case .savePressed: state.prompt.ask(.save)
    case .pastePressed: state.pastePressed()
    case .mousePressed: return [.toggleMouse]
    case .clicked(let column, let row): state.click(column, row, in: world)
    case .escapePressed: return state.escape()
    case .quitPressed where state.session.list != nil: return state.backToList()
    case .quitPressed where state.session.conversations?.isListFirst == true: state.open(.conversations)
    case .quitPressed, .leavePressed: return [.exit]
    case .redrawPressed: return [.redraw]
    case .suspendPressed: return [.suspend]
    case .hopPressed: return state.hopPressed()
    // Where no list is, there is nothing to sort.
    case .columnBackPressed, .columnOnPressed, .reversePressed: break
    // Text, where no question stands.
    case .typed, .erased, .erasedForward, .erasedWord, .erasedRest, .erasedAll, .pasted: break
    case .traced(let trace, let finished): state.take(trace, finished: finished)
    case .read(let part): state.read(part)
    case .conversed(let rows): return state.converse(rows)
    case .conversationOpened(let opened): state.show(opened)
    case .compared(let comparison):
        state.session.comparison = comparison
        state.open(.comparison)
    case .previewed(let preview): state.session.list?.preview = preview
    case .listening(let ports): state.session.ports = ports
    case .held(let pending): state.hold(pending)
    case .promised(let words): state.session.promise = words
    case .stands(let phase, let offer): (state.session.phase, state.session.offer) = (phase, offer)
    case .awaiting(let waiting): return state.wait(for: waiting)
    case .growing(let octets): state.session.growing = octets
    case .resized(let columns, let rows): (state.view.columns, state.view.rows) = (max(0, columns), max(0, rows))
    case .timerFired(let id): return state.timerFired(id)
    case .explained(let text):
        state.session.explained = text
        state.open(.explanation)
    case .noticed(let words): state.view.notice = words
    case .nameTaken(let path): state.prompt.ask(.replace(path: path))
    }
    return []
}

extension State {
    /// What lies over the panes has the keys first: a blank screen, a question, the sessions to choose from, an overlay, the list of a file's sessions. Nil when
    /// nothing lies there, or when what does lets the input through.
    fileprivate mutating func takeOnTop(_ input: Input, in world: Environment) -> [Effect]? {
        view.notice = ""
        guard !view.isBlank else {
            // Whoever sees nothing cannot mean anything but to see again: Enter might send.
            view.isBlank = false
            return []
        }
        if prompt.question != nil { return answer(input) }
        if !session.choices.isEmpty { return choose(input) }
        if let open = view.overlay, let effects = overlaid(input, by: open, in: world) { return effects }
        return isListing ? listed(input) : nil
    }

    // MARK: The list of sessions

    /// What an input means while there is a session to be chosen; whatever else there is needs one.
    private mutating func choose(_ input: Input) -> [Effect] {
        let last = session.choices.count - 1
        switch input {
        case .downPressed, .nextPressed: cursor.choice = min(last, cursor.choice + 1)
        case .upPressed, .previousPressed: cursor.choice = max(0, cursor.choice - 1)
        case .firstPressed: cursor.choice = 0
        case .lastPressed: cursor.choice = last
        case .enterPressed, .rightPressed, .spacePressed: return [.open(choice: cursor.choice)]
        case .clicked(let column, let row):
            let rect = Layout(of: self).overlay.inset()
            let list = ListPlace(rect: rect, selected: cursor.choice, count: session.choices.count)
            guard let index = list.index(column: column, row: row) else { break }
            if index == cursor.choice { return [.open(choice: index)] }
            cursor.choice = index
        case .quitPressed, .escapePressed: return [.exit]
        case .pastePressed: pastePressed()
        default: break
        }
        return []
    }
}
