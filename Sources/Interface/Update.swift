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

    /// Opens the line about to go for editing. A lookup, a connection and mail data are no lines.
    private mutating func editPressed() {
        guard let pending, isAtFront else {
            notice =
                source.isLive || source.isWatched
                ? "there is no line about to go" : "only in a live session is there a line to edit"
            return
        }
        guard !pending.octets.isEmpty, pending.step != .content else {
            notice = "this is no line that could be edited"
            return
        }
        ask(.edit, about: WireText.shown(edited ?? Array(pending.octets.dropLast(2))))
    }

    /// Opens a question at the bottom with a text to start from.
    mutating func ask(_ prompt: Prompt, about text: String = "") {
        (self.prompt, typed, caret, recalled) = (prompt, text, text.count, nil)
    }

    private mutating func takeEdit() {
        guard let pending else { return }
        remember(typed)
        let line = Array(typed.utf8)
        edited = line == Array(pending.octets.dropLast(2)) ? nil : line
    }

    private mutating func remember(_ line: String) {
        history.removeAll { $0 == line }
        history.append(line)
        if history.count > 100 { history.removeFirst() }
    }

    /// Brings an earlier line back to the prompt, or a later one; behind the last there is an empty one.
    private mutating func recall(_ by: Int) {
        guard prompt == .raw || prompt == .edit, !history.isEmpty else { return }
        let index = min(max(0, (recalled ?? history.count) + by), history.count)
        recalled = index
        typed = index < history.count ? history[index] : ""
        caret = typed.count
    }

    /// What the answer to the question about the delivery asks for.
    private mutating func answerConsent() -> [Effect] {
        guard let consent = pending?.consent else { return [] }
        let answer = typed.trimmingPrefix("<").lowercased()
        if answer.isEmpty {
            pending = nil
            return [.release]
        }
        guard answer == consent.lowercased() || answer == "\(consent.lowercased())>" else {
            notice = "that is not \(consent): nothing was sent; Enter asks again"
            return []
        }
        pending = nil
        return [.allowDelivery]
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

    // MARK: Prompts

    /// While a question stands at the bottom, keys are its answer.
    fileprivate mutating func answer(_ input: Input) -> [Effect] {
        switch input {
        case .typed(let character): insert(String(character))
        // Lines of a paste stay one answer: nothing of it goes before the person has seen it whole.
        case .pasted(let text) where prompt == .raw:
            let octets = Array(text.utf8)
            insert(octets.contains(10) || octets.contains(13) ? TypedOctets.write(octets.endedByCRLF) : text)
        case .pasted(let text): insert(text.filter { !$0.isNewline })
        case .upPressed: recall(-1)
        case .downPressed: recall(1)
        case .erased where typed.isEmpty: prompt = nil
        case .erased where caret > 0:
            caret -= 1
            typed.remove(at: typed.index(typed.startIndex, offsetBy: caret))
        case .erasedForward where caret < typed.count: typed.remove(at: typed.index(typed.startIndex, offsetBy: caret))
        case .leftPressed: caret = max(0, caret - 1)
        case .rightPressed: caret = min(typed.count, caret + 1)
        case .firstPressed: caret = 0
        case .lastPressed: caret = typed.count
        case .escapePressed: (prompt, typed) = (nil, "")
        case .enterPressed: return finishPrompt()
        default: break
        }
        return []
    }

    /// Puts text at the caret, so far as there is room.
    private mutating func insert(_ text: String) {
        let text = text.prefix(max(0, Self.longestAnswer - typed.count))
        typed.insert(contentsOf: text, at: typed.index(typed.startIndex, offsetBy: min(caret, typed.count)))
        caret = min(typed.count, caret + text.count)
    }

    /// The longest answer to a question, in characters.
    private static let longestAnswer = 1000

    private mutating func finishPrompt() -> [Effect] {
        defer { (prompt, typed) = (nil, "") }
        switch prompt {
        case .step:
            if let number = Int(typed) {
                goToStep(number)
            } else if !typed.isEmpty {
                notice = "a step is a number from 1 to 14"
            }
        case .search:
            pattern = typed
            guard !pattern.isEmpty else { return [] }
            if matches.isEmpty {
                notice = "nothing shown so far holds “\(pattern)”"
                pattern = ""
            } else {
                goToMatch(after: (line ?? -1) - 1, forward: true)
            }
        case .save: return typed.isEmpty ? [] : [.save(path: typed)]
        case .edit: takeEdit()
        case .raw:
            guard !typed.isEmpty else { return [] }
            remember(typed)
            goToStop(stops.count - 1)
            return [.sendByHand(TypedOctets.read(typed))]
        case .consent: return answerConsent()
        case .copyAs:
            guard let form = CopyAs(typing: typed) else {
                notice = typed.isEmpty ? "" : "'\(typed)' is none of \(CopyAs.names)"
                return []
            }
            return [.copy(form.text(of: trace))]
        case nil: break
        }
        return []
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
        default: break
        }
        return []
    }
}

extension Double {
    /// `¼×` is written 0.25×, whole speeds without a point.
    var formattedSpeed: String { self == rounded() ? "\(Int(self))×" : "\(self)×" }
}

extension [UInt8] {
    /// With the line ends of a terminal's paste as SMTP has them.
    fileprivate var endedByCRLF: [UInt8] { DotStuffing.lines(of: self).flatMap { $0 + [13, 10] } }
}
