import SMTP
import Tracing

/// What moves along the session, and what lets something happen in it.
extension State {
    /// Moves, and plays no longer: whoever walks by hand has taken over.
    mutating func pause(_ move: (inout State) -> Void) {
        view.playback.isRunning = false
        move(&self)
    }

    mutating func nextPressed() -> [Effect] {
        view.playback.isRunning = false
        if goToStop((stopIndex ?? -1) + 1) { return [] }
        switch session.source {
        case .replay:
            if isAtEnd { open(.end) }
            view.notice = wordsAtEndOfReplay
        case .watched: view.notice = wordsAtFrontOfWatched
        case .live: view.notice = wordsAtFrontOfLive
        case .sandbox(finished: true): if !session.trace.delivered.isEmpty { open(.message) }
        case .sandbox(finished: false):
            session.awaited += 1
            return [.release]
        }
        return []
    }

    private var wordsAtEndOfReplay: String {
        session.portion.map { "still reading the recording, \(Int($0 * 100))% so far; more steps come by themselves" }
            ?? "this is the end of the recording; \(key("p")) goes back, \(key("q")) quits"
    }

    /// The last stop there is. While a recording is being read that is not its end, and the person is told.
    mutating func goToEnd() {
        pause { $0.goToStop($0.stops.count - 1) }
        if session.portion != nil { view.notice = wordsAtEndOfReplay }
    }

    private var wordsAtFrontOfWatched: String {
        if let pending = session.pending { return "\(pending.words) waits: Enter lets it pass, \(key("e")) edits it" }
        return isAtEnd
            ? "this conversation is over; \(key("p")) goes back, \(key("o")) shows the others"
            : "this is all that was said so far"
    }

    private var wordsAtFrontOfLive: String {
        if let pending = session.pending { return "\(pending.words): Enter does it, \(key("n")) only shows it" }
        return isAtEnd ? wordsAtEndOfLive : "waiting for the server; Enter sends when it is our turn"
    }

    private var wordsAtEndOfLive: String {
        "the session is over; \(key("p")) goes back, \(key("s")) saves it, \(key("q")) quits"
    }

    mutating func enterPressed() -> [Effect] {
        if session.source.isLive || session.source.isWatched && session.pending != nil && isAtFront {
            return sendPressed()
        }
        guard place?.step == .submission else { return nextPressed() }
        if foldedSubsteps > 0 {
            cursor.isSubmissionUnfolded = true
            goToStop(0)
        } else if view.pane == .steps, cursor.isSubmissionUnfolded {
            cursor.isSubmissionUnfolded = false
            goToStop(stopIndex ?? 0)
        } else {
            return nextPressed()
        }
        return []
    }

    /// Enter in a live session: the only key that sends, and only what stands there to be seen.
    private mutating func sendPressed() -> [Effect] {
        guard isAtFront else {
            goToStop(stops.count - 1)
            view.notice = session.pending == nil ? "" : "this is where the session is: Enter once more sends"
            return []
        }
        guard let pending = session.pending else {
            view.notice = isAtEnd ? wordsAtEndOfLive : "waiting for the server"
            return []
        }
        if pending.consent != nil, pending.edited == nil {
            prompt.ask(.consent)
            return []
        }
        session.pending = nil
        guard let edited = pending.edited else { return [.release] }
        // Another command than the one whose turn it is goes beside it: the walk finds its place by the answer.
        let turns = [pending.line, edited].map { Command.read($0).value.turn }
        return [turns[0] == turns[1] ? .send(edited + [13, 10]) : .sendByHand(edited + [13, 10])]
    }

    /// The first stop of a later step; in the sandbox one more step when there is none.
    mutating func nextStepPressed() -> [Effect] {
        let here = place?.step
        let from = (stopIndex ?? -1) + 1
        guard let next = stops.indices.dropFirst(from).first(where: { stops[$0].place.step != here }) else {
            return nextPressed()
        }
        pause { $0.goToStop(next) }
        return []
    }

    mutating func previousStep() {
        guard let here = stopIndex else { return }
        let step = stops[here].place.step
        guard let other = stops[..<here].lastIndex(where: { $0.place.step != step }) else {
            goToStop(-1)
            return
        }
        let start = stops[..<(other + 1)].lastIndex { $0.place.step != stops[other].place.step }
        goToStop((start ?? -1) + 1)
    }

    /// Puts the cursor on the first line of a stop that says something; -1 is the first page. Gives whether there is such a stop.
    @discardableResult
    mutating func goToStop(_ index: Int) -> Bool {
        let stops = stops
        guard index >= 0 else {
            cursor.stand(on: nil)
            return true
        }
        guard stops.indices.contains(index) else { return false }
        let lines = stops[index].lines
        cursor.stand(on: lines.first { session.trace.lines[$0].isWire } ?? lines.lowerBound)
        cursor.reached = max(cursor.reached, lines.upperBound)
        return true
    }

    mutating func goToStep(_ number: Int) {
        view.playback.isRunning = false
        guard let index = stops.firstIndex(where: { $0.place.step.number == number }) else {
            view.notice =
                !(1...14).contains(number)
                ? "there are steps 1 to 14"
                : session.portion == nil
                    ? "step \(number) has not happened in this session"
                    : "step \(number) is not in what was read so far; the rest is being read"
            return
        }
        goToStop(index)
    }

    /// The next line that tells of trouble, among all that is known of the session; from the last one round to the first.
    mutating func goToTrouble() {
        view.playback.isRunning = false
        let trace = session.trace
        guard let line = trace.troubleIndex.line(after: cursor.line) ?? trace.troubleIndex.line(after: nil) else {
            view.notice =
                session.portion == nil
                ? "no trouble here: nothing was refused, nothing failed"
                : "no trouble in what was read so far; the rest is being read"
            return
        }
        if let here = cursor.line, line <= here {
            view.notice = line == here ? "this is the only trouble" : "round to the first trouble"
        }
        stand(onTrouble: line)
    }

    /// Goes to a line that tells of trouble, with all that belongs to its stop.
    mutating func stand(onTrouble line: Int) {
        let trace = session.trace
        if trace.lines[line].place.step == .submission { cursor.isSubmissionUnfolded = true }
        cursor.stand(on: line, chosen: true)
        let stop = trace.stop(ofLine: line).map { trace.stops[$0].lines.upperBound }
        cursor.reached = max(cursor.reached, stop ?? line + 1)
    }

    mutating func goToMatch(after here: Int, forward: Bool) {
        let wanted = SearchPattern(view.pattern)
        let lines = session.trace.lines
        let shown = lines.indices.prefix(cursor.reached)
        let isMatch = { (index: Int) in wanted.isIn(lines[index].octets) }
        let match =
            forward
            ? shown.first { $0 > here && isMatch($0) } ?? shown.first(where: isMatch)
            : shown.last { $0 < here && isMatch($0) } ?? shown.last(where: isMatch)
        if let match { cursor.stand(on: match, chosen: true) }
    }
}
