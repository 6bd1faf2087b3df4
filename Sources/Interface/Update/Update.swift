public import Lessons
import SMTP
public import Screen
import Tracing

/// What `update` and the panes look things up in, and draw with. Changes nothing of the state.
public struct Surroundings: Sendable {
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
/// there it gives back as effects.
public func update(_ state: inout State, _ input: Input, in world: Surroundings) -> [Effect] {
    switch input {
    case .traced(let trace, let finished): return state.take(trace, finished: finished)
    case .conversed(let rows): return state.converse(rows)
    case .conversationOpened(let opened):
        state.show(opened)
        return []
    case .listening(let ports):
        state.ports = ports
        return []
    case .held(let pending):
        state.pending = pending
        state.edited = nil
        // A question about what no longer stands there is void; one for any line at all is not.
        if [.edit, .consent].contains(state.prompt) { (state.prompt, state.typed) = (nil, "") }
        return []
    case .stands(let phase, let offer):
        (state.phase, state.offer) = (phase, offer)
        return []
    case .awaiting(let waiting):
        (state.waiting, state.ticks) = (waiting, 0)
        return state.tickOn()
    case .growing(let octets):
        state.growing = octets
        return []
    case .resized(let columns, let rows):
        (state.columns, state.rows) = (max(0, columns), max(0, rows))
        return []
    case .timerFired(let id): return state.timerFired(id)
    case .noticed(let words):
        state.notice = words
        return []
    case .nameTaken(let path):
        state.taken = path
        state.ask(.replace)
        return []
    case .leavePressed: return [.exit]
    case .redrawPressed: return [.redraw]
    case .suspendPressed: return [.suspend]
    default: break
    }
    state.notice = ""
    if state.isBlank {
        // Whoever sees nothing cannot mean anything but to see again: Enter might send.
        state.isBlank = false
        return []
    }
    if state.prompt != nil { return state.answer(input) }
    if !state.choices.isEmpty { return state.choose(input) }
    if state.overlay != nil, let effects = state.overlaid(input, in: world) { return effects }
    return state.walk(input) ?? state.look(input, in: world)
}

extension State {
    // MARK: From outside

    fileprivate mutating func take(_ trace: Trace, finished: Bool) -> [Effect] {
        let isFollowing = isAtFront
        let follows = line == nil ? awaited > 0 : isFollowing
        let before = self.trace.lines.count
        self.trace = trace
        if case .sandbox(let wasFinished) = source {
            source = .sandbox(finished: finished)
            reached = trace.lines.count
            if trace.lines.count > before {
                awaited = max(0, awaited - 1)
                if follows { goToStop(stops.count - 1) }
            }
            // The walk ends with what it was for: the mail as it lies in the mailbox.
            if finished, !wasFinished, follows, !trace.delivered.isEmpty, overlay == nil {
                overlay = .message(scroll: 0)
            }
            if finished { awaited = 0 }
        }
        if case .watched = source { source = .watched(finished: finished) }
        if case .live = source { source = .live(finished: finished) }
        if source.isLive || source.isWatched {
            reached = trace.lines.count
            if trace.lines.count > before, isFollowing { goToStop(stops.count - 1) }
        }
        return []
    }

    /// How many ticks a second has.
    static let ticksOfSecond = 4

    /// Starts the clock of what is waited for.
    fileprivate mutating func tickOn() -> [Effect] {
        guard waiting != nil else { return [] }
        timer += 1
        return [.startTimer(seconds: 1 / Double(Self.ticksOfSecond), id: timer)]
    }

    fileprivate mutating func timerFired(_ id: Int) -> [Effect] {
        if source.isLive, waiting != nil, id == timer {
            ticks += 1
            return tickOn()
        }
        guard isPlaying, id == timer else { return [] }
        guard goToStop((stopIndex ?? -1) + 1) else {
            isPlaying = false
            return []
        }
        return playOn()
    }

    /// Starts the timer for the stop after this one, by the recorded pause, shortened to the idle limit.
    mutating func playOn() -> [Effect] {
        let next = (stopIndex ?? -1) + 1
        guard stops.indices.contains(next) else {
            isPlaying = false
            return []
        }
        let from = line.map { trace.lines[$0].time } ?? 0
        let pause = max(0, trace.lines[stops[next].lines.lowerBound].time - from)
        timer += 1
        return [.startTimer(seconds: max(0.05, min(pause, idleLimit) / speed), id: timer)]
    }

    // MARK: Walking

    /// What moves along the session; nil when the input is about something else.
    fileprivate mutating func walk(_ input: Input) -> [Effect]? {
        switch input {
        case .nextPressed: return nextPressed()
        case .enterPressed:
            if source.isLive || source.isWatched && pending != nil && isAtFront { return sendPressed() }
            guard pane == .steps, place?.step == .submission else { return nextPressed() }
            toggleSubmission()
        case .previousPressed: pause { $0.goToStop(($0.stopIndex ?? 0) - 1) }
        case .nextStepPressed: return nextStepPressed()
        case .previousStepPressed: pause { $0.previousStep() }
        case .firstPressed: pause { $0.goToStop(-1) }
        case .lastPressed, .followPressed: pause { $0.goToStop($0.lastShownStop) }
        case .goPressed: ask(.step)
        case .editPressed: editPressed()
        case .revertPressed: edited = nil
        case .rawPressed:
            if case .live(finished: false) = source {
                ask(.raw)
            } else {
                notice = source.isLive ? "the session is over" : "only a live session has a server to send to"
            }
        case .spacePressed: return spacePressed()
        case .fasterPressed: speed = min(16, speed * 2)
        case .slowerPressed: speed = max(0.25, speed / 2)
        case .timesPressed: times = Times(rawValue: (times.rawValue + 1) % Times.allCases.count) ?? .sinceStart
        default: return nil
        }
        if input == .fasterPressed || input == .slowerPressed {
            notice = "speed \(speed.formattedSpeed)"
            return isPlaying ? playOn() : []
        }
        return []
    }

    private mutating func pause(_ move: (inout State) -> Void) {
        isPlaying = false
        move(&self)
    }

    /// In a replay every stop, also one not shown yet; in the sandbox the last that happened.
    private var lastShownStop: Int { stops.count - 1 }

    private mutating func nextPressed() -> [Effect] {
        isPlaying = false
        if goToStop((stopIndex ?? -1) + 1) { return [] }
        guard case .sandbox(let finished) = source else {
            if source.isWatched {
                notice =
                    pending.map { "\($0.words) waits: Enter lets it pass, e edits it" }
                    ?? (isAtEnd
                        ? "this conversation is over; p goes back, o shows the others"
                        : "this is all that was said so far")
            } else if case .live = source {
                notice =
                    pending.map { "\($0.words): Enter does it, n only shows it" }
                    ?? (isAtEnd
                        ? "the session is over; p goes back, s saves it, q quits"
                        : "waiting for the server; Enter sends when it is our turn")
            } else {
                notice = "this is the end of the recording; p goes back, q quits"
            }
            return []
        }
        guard !finished else {
            overlay = trace.delivered.isEmpty ? nil : .message(scroll: 0)
            return []
        }
        awaited += 1
        return [.release]
    }

    /// Enter in a live session: the only key that sends, and only what stands there to be seen.
    private mutating func sendPressed() -> [Effect] {
        guard isAtFront else {
            goToStop(stops.count - 1)
            notice = pending == nil ? "" : "this is where the session is: Enter once more sends"
            return []
        }
        guard let pending else {
            notice = isAtEnd ? "the session is over; p goes back, s saves it, q quits" : "waiting for the server"
            return []
        }
        if pending.consent != nil, edited == nil {
            ask(.consent)
            return []
        }
        defer { (self.pending, edited) = (nil, nil) }
        guard let edited else { return [.release] }
        // Another command than the one whose turn it is goes beside it: the walk finds its place by the answer.
        let turns = [Array(pending.octets.dropLast(2)), edited].map { Command.read($0).value.turn }
        return [turns[0] == turns[1] ? .send(edited + [13, 10]) : .sendByHand(edited + [13, 10])]
    }

    /// The first stop of a later step; in the sandbox one more step when there is none.
    private mutating func nextStepPressed() -> [Effect] {
        let here = place?.step
        let from = (stopIndex ?? -1) + 1
        guard let next = stops.indices.dropFirst(from).first(where: { stops[$0].place.step != here }) else {
            return nextPressed()
        }
        isPlaying = false
        goToStop(next)
        return []
    }

    private mutating func previousStep() {
        guard let here = stopIndex else { return }
        let step = stops[here].place.step
        guard let other = stops[..<here].lastIndex(where: { $0.place.step != step }) else { return void(goToStop(-1)) }
        let start = stops[..<(other + 1)].lastIndex { $0.place.step != stops[other].place.step }
        goToStop((start ?? -1) + 1)
    }

    private func void(_ done: Bool) {}

    private mutating func spacePressed() -> [Effect] {
        guard source == .replay else {
            notice = "nothing plays by itself here: n lets the next step happen"
            return []
        }
        isPlaying.toggle()
        if isPlaying, isAtEnd, stopIndex == stops.count - 1 { goToStop(-1) }
        return isPlaying ? playOn() : []
    }

    private mutating func toggleSubmission() {
        isSubmissionUnfolded.toggle()
        guard let line, trace.lines[line].place.step == .submission else { return }
        goToStop(stopIndex ?? 0)
    }

    /// Puts the cursor on the first line of a stop that says something; -1 is the first page. Gives whether there is such a stop.
    @discardableResult
    mutating func goToStop(_ index: Int) -> Bool {
        let stops = stops
        guard index >= 0 else {
            (line, span, choseLine, lessonScroll) = (nil, nil, false, 0)
            return true
        }
        guard stops.indices.contains(index) else { return false }
        let lines = stops[index].lines
        line = lines.first { trace.lines[$0].isWire } ?? lines.lowerBound
        (span, choseLine, lessonScroll) = (nil, false, 0)
        reached = max(reached, lines.upperBound)
        return true
    }

    mutating func goToStep(_ number: Int) {
        isPlaying = false
        guard let index = stops.firstIndex(where: { $0.place.step.number == number }) else {
            notice =
                (1...14).contains(number)
                ? "step \(number) has not happened in this session" : "there are steps 1 to 14"
            return
        }
        goToStop(index)
    }

    mutating func goToMatch(after here: Int, forward: Bool) {
        let wanted = SearchPattern(pattern)
        let lines = trace.lines
        let shown = lines.indices.prefix(reached)
        let isMatch = { (index: Int) in wanted.isIn(lines[index].octets) }
        let match =
            forward
            ? shown.first { $0 > here && isMatch($0) } ?? shown.first(where: isMatch)
            : shown.last { $0 < here && isMatch($0) } ?? shown.last(where: isMatch)
        if let match { chooseLine(match) }
    }

    mutating func chooseLine(_ index: Int) {
        (line, span, choseLine, lessonScroll) = (index, nil, true, 0)
    }

    // MARK: The list of sessions

    fileprivate mutating func choose(_ input: Input) -> [Effect] {
        switch input {
        case .downPressed, .nextPressed: chosen = min(choices.count - 1, chosen + 1)
        case .upPressed, .previousPressed: chosen = max(0, chosen - 1)
        case .firstPressed: chosen = 0
        case .lastPressed: chosen = choices.count - 1
        case .enterPressed, .rightPressed, .spacePressed: return [.open(choice: chosen)]
        case .quitPressed, .escapePressed: return [.exit]
        case .pastePressed: askForPaste()
        default: break
        }
        return []
    }
}

extension Double {
    /// `¼×` is written 0.25×, whole speeds without a point.
    var formattedSpeed: String { self == rounded() ? "\(Int(self))×" : "\(self)×" }
}
