import Tracing

/// What happens outside: more of the session came, it waits for something, a timer fired.
extension State {
    mutating func take(_ trace: Trace, finished: Bool) {
        let isFollowing = isAtFront
        let before = session.trace.lines.count
        session.trace = trace
        let hasGrown = trace.lines.count > before
        switch session.source {
        case .replay: break
        case .sandbox(let wasFinished):
            takeStep(
                finished: finished,
                wasFinished,
                hasGrown,
                follows: cursor.line == nil ? session.awaited > 0 : isFollowing
            )
        case .live, .watched:
            session.source = session.source.isLive ? .live(finished: finished) : .watched(finished: finished)
            cursor.reached = trace.lines.count
            if hasGrown, isFollowing { goToStop(stops.count - 1) }
        }
    }

    /// So much of a recording was read; with all of it, how it is to be walked is known.
    mutating func read(_ part: TracedSoFar) {
        (session.trace, session.soFar, session.portion) = (part.trace, part.verdict, part.portion)
        session.situationsAhead = part.situations
        if part.portion == nil, cursor.line == nil { cursor.isSubmissionUnfolded = session.isSubmissionAlone }
    }

    /// What the sandbox did for a press of next.
    private mutating func takeStep(finished: Bool, _ wasFinished: Bool, _ hasGrown: Bool, follows: Bool) {
        session.source = .sandbox(finished: finished)
        cursor.reached = session.trace.lines.count
        if hasGrown {
            session.awaited = max(0, session.awaited - 1)
            if follows { goToStop(stops.count - 1) }
        }
        // Behind the last step comes what the walk was for, the mail as it lies in the mailbox: at once for those who asked early.
        if finished, !wasFinished, follows, session.awaited > 0, !session.trace.delivered.isEmpty, view.overlay == nil {
            open(.message)
        }
        if finished { session.awaited = 0 }
    }

    /// Something waits for Enter, or nothing any more.
    mutating func hold(_ pending: Session.Pending?) {
        session.pending = pending
        // A question about what no longer stands there is void; one for any line at all is not.
        if prompt.question == .edit || prompt.question == .consent { prompt.close() }
    }

    // MARK: Time

    /// How many ticks a second has.
    static let ticksPerSecond = 4

    /// Starts the clock of what is waited for.
    mutating func wait(for waiting: Session.Waiting?) -> [Effect] {
        session.waiting = waiting
        return tickOn()
    }

    private mutating func tickOn() -> [Effect] {
        session.waiting == nil ? [] : startTimer(seconds: 1 / Double(Self.ticksPerSecond))
    }

    /// Starts a timer; one that still counts is called off by it.
    private mutating func startTimer(seconds: Double) -> [Effect] {
        view.timer += 1
        return [.startTimer(seconds: seconds, id: view.timer)]
    }

    mutating func timerFired(_ id: Int) -> [Effect] {
        guard id == view.timer else { return [] }
        if session.source.isLive, session.waiting != nil {
            session.waiting?.ticks += 1
            return tickOn()
        }
        guard view.playback.isRunning else { return [] }
        return goToStop((stopIndex ?? -1) + 1) ? playOn() : stopPlaying()
    }

    // MARK: Playing

    /// Starts the timer for the stop after this one, by the recorded pause: shortened to the idle limit, but not below the
    /// pace, since real sessions are over before a person has read a word.
    mutating func playOn() -> [Effect] {
        let next = (stopIndex ?? -1) + 1
        guard stops.indices.contains(next) else { return stopPlaying() }
        let from = cursor.line.map { session.trace.lines[$0].time } ?? 0
        let pause = max(0, session.trace.lines[stops[next].lines.lowerBound].time - from)
        let stay = max(view.playback.pace, min(pause, view.playback.idleLimit))
        return startTimer(seconds: max(0.05, stay / view.playback.speed))
    }

    private mutating func stopPlaying() -> [Effect] {
        view.playback.isRunning = false
        return []
    }

    /// Changes the speed; a replay that plays goes on at the new one.
    mutating func play(at speed: Double) -> [Effect] {
        view.playback.speed = speed
        view.notice = "speed \(speed.formattedSpeed)"
        return view.playback.isRunning ? playOn() : []
    }

    mutating func spacePressed() -> [Effect] {
        guard session.source == .replay else {
            view.notice = "nothing plays by itself here: \(key("n")) lets the next step happen"
            return []
        }
        view.playback.isRunning.toggle()
        guard view.playback.isRunning else { return [] }
        if isAtEnd, stopIndex == stops.count - 1 { goToStop(-1) }
        return playOn()
    }
}

extension Double {
    /// `¼×` is written 0.25×, whole speeds without a point.
    var formattedSpeed: String { self == rounded() ? "\(Int(self))×" : "\(self)×" }
}
