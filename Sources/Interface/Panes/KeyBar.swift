import Screen
import Tracing

/// The bottom row: what the next key does here, and at its right end the key that shows all keys. A prompt or a notice take its
/// place while they last.
func drawKeys(_ state: State, in rect: Rect, on canvas: inout Canvas, _ glyphs: Glyphs) {
    canvas.fill(rect, with: " ", .dim)
    // A filter is typed above the list, so that the keys of the list stay in sight.
    if let prompt = state.prompt.question, prompt != .filter {
        var words = prompt.words
        if prompt == .consent, let consent = state.session.pending?.consent, rect.columns >= 60 {
            words = "Type \(WireText.shown(consent.utf8)) to deliver it: "
        }
        if case .replace(let path) = prompt, rect.columns >= 60 {
            let name = WireText.shown(path.utf8)
            words = "\(Wrap.cut(StyledLine(name), columns: 30, glyphs: glyphs).text) is there already. y replaces it: "
        }
        var line = StyledLine(" \(words)", .key, emphasis: .bold)
        let before = state.prompt.typed.prefix(state.prompt.caret)
        let under = state.prompt.typed.dropFirst(state.prompt.caret).prefix(1)
        // A long answer is moved so that the caret stays in sight.
        let wide =
            switch prompt {
            case .consent: "  or nothing: RSET, QUIT"
            case .replace: "  Esc keeps it"
            default: "   Enter does it, Esc leaves"
            }
        let hint = rect.columns >= 60 ? wide : "  Esc leaves"
        let room = max(8, rect.columns - line.columns - hint.count - 2)
        line.append(String(before.suffix(room)))
        line.append(under.isEmpty ? " " : String(under), .plain, emphasis: .reverse)
        line.append(String(state.prompt.typed.dropFirst(state.prompt.caret + 1)))
        line.append(hint, .dim)
        canvas.write(Wrap.cut(line, columns: rect.columns, glyphs: glyphs), in: rect)
        return
    }
    if !state.view.notice.isEmpty {
        canvas.write(
            Wrap.cut(StyledLine(" \(state.view.notice)", .heading), columns: rect.columns, glyphs: glyphs),
            in: rect
        )
        return
    }
    let allKeys = state.session.choices.isEmpty ? allKeysHint(state.view.bindings) : StyledLine()
    canvas.write(allKeys, column: rect.columns - allKeys.columns, in: rect)
    var line = StyledLine(" ")
    for hint in hints(state, glyphs) {
        let addition = hint.line(state.view.bindings, glyphs)
        guard line.columns + addition.columns <= rect.columns - allKeys.columns + 1 else { continue }
        line = line + addition
    }
    canvas.write(line, in: rect)
}

/// Stands at the right end at every size. In the list of sessions, which the program begins with, it means nothing.
private func allKeysHint(_ bindings: KeyBindings) -> StyledLine {
    var line = StyledLine(" ")
    line.append(bindings.written(Overlay.help.row.letter), .key, emphasis: .bold)
    line.append(" keys ", .dim)
    return line
}

/// A key and what it does here.
private struct Hint {
    /// What the key is for, where that has to be said before it.
    var subject = ""
    let key: String
    let words: String

    init(_ hint: (key: String, words: String)) { (key, words) = hint }

    init(subject: String, _ key: String, _ words: String) {
        (self.subject, self.key, self.words) = (subject, key, words)
    }

    func line(_ bindings: KeyBindings, _ glyphs: Glyphs) -> StyledLine {
        let key = glyphs.isASCII ? bindings.written(key).spelledArrows : bindings.written(key)
        return StyledLine([
            StyledRun(subject, .dim), StyledRun(key, .key, emphasis: .bold), StyledRun(" \(words)  ", .dim),
        ])
    }
}

/// Keys and what they do here, the most useful first; what does not fit is left out from the end.
private func hints(_ state: State, _ glyphs: Glyphs) -> [Hint] {
    if !state.session.choices.isEmpty { return [("Enter", "opens"), ("↑↓", "choose"), ("q", "quits")].map(Hint.init) }
    if state.prompt.question == .filter, !state.isListing {
        return [("Enter", "keeps the filter"), ("Esc", "clears it"), ("↑↓", "choose")].map(Hint.init)
    }
    if let open = state.view.overlay { return open.overlay.row.hints.map(Hint.init) }
    if let list = state.session.list, list.isShown {
        return list.hints(isTyping: state.prompt.question == .filter).map(Hint.init)
    }
    if !state.view.pattern.isEmpty {
        return [
            ("n", "next match"), ("N", "previous"), ("Esc", "ends"),
            ("\(state.matches.count)", "lines with “\(state.view.pattern)”"),
        ].map(Hint.init)
    }
    let folded = state.foldedSubsteps
    let opens = Hint(subject: "\(folded) sub-step\(folded == 1 ? "" : "s"): ", "Enter", "walks them")
    return (folded > 0 ? [opens] : []) + walkingHints(state, glyphs).map(Hint.init)
}

private func walkingHints(_ state: State, _ glyphs: Glyphs) -> [(String, String)] {
    var hints: [(String, String)] = [nextHint(state, glyphs)]
    if state.session.list != nil || state.session.conversations?.isListFirst == true { hints.append(("Esc", "list")) }
    if let others = state.session.conversations?.others { hints.append((Overlay.conversations.row.letter, others)) }
    if state.session.source.isLive || state.session.source.isWatched, state.isAtFront,
        state.session.pending?.octets.isEmpty == false
    {
        hints.append(("e", "edits it"))
        if state.session.source.isLive { hints.append((":", "any line")) }
    }
    if state.cursor.line != nil { hints.append(("p", "back")) }
    if state.cursor.line != nil {
        hints.append(("→", state.cursor.span == nil ? "what are these octets?" : "next span"))
    }
    if state.cursor.line != nil { hints.append(("PgDn", "card")) }
    if state.session.trace.troubleIndex.line(after: nil) != nil { hints.append(("!", "trouble")) }
    hints.append(("Tab", state.view.pane.next.name.lowercased()))
    if state.session.source == .replay { hints.append(("Space", state.view.playback.isRunning ? "pauses" : "plays")) }
    if state.findingCount > 0 { hints.append((Overlay.findings.row.letter, "findings")) }
    if state.hasMessage { hints.append((Overlay.message.row.letter, "message")) }
    if state.session.list == nil { hints.append(("q", "quit")) }
    return hints + [
        (Overlay.timeLine.row.letter, "time line"), ("x", "hex"),
    ]
}

/// The key that goes on, and what it does: in a live session at its front that is Enter alone.
private func nextHint(_ state: State, _ glyphs: Glyphs) -> (String, String) {
    if state.session.source.isWatched, state.isAtFront, let pending = state.session.pending {
        return ("Enter", pending.step == .content ? "passes the mail on" : "passes it on")
    }
    if state.session.source.isWatched, state.session.trace.lines.isEmpty {
        return (glyphs.ellipsis, "waiting for a client")
    }
    guard case .live(let finished) = state.session.source, state.isAtFront else { return ("n", nextWords(state)) }
    if let pending = state.session.pending {
        if pending.consent != nil { return ("Enter", "asks whether to deliver") }
        if !pending.promise.isEmpty { return ("Enter", pending.promise) }
        return ("Enter", pending.isReset ? "sends RSET" : pending.step.promise)
    }
    if state.session.waiting != nil { return ("Esc", "cancels") }
    return ("s", finished ? "saves the session" : "saves; waiting for the server")
}

/// What `n` does now: `sends MAIL FROM`.
private func nextWords(_ state: State) -> String {
    let next = (state.stopIndex ?? -1) + 1
    if state.stops.indices.contains(next) {
        let place = state.stops[next].place
        return place.substep == 0 ? "\(place.label) \(place.step.shortTitle)" : "step \(place.label)"
    }
    guard case .sandbox(let finished) = state.session.source else {
        return state.isAtEnd
            ? "the end" : state.session.source.isWatched || state.session.portion != nil ? "waits for more" : "next"
    }
    if finished { return "the delivered mail" }
    if state.session.awaited > 0 { return "waiting for the wire" }
    if !state.session.promise.isEmpty { return state.session.promise }
    guard let step = state.place?.step.next ?? (state.cursor.line == nil ? .submission : nil) else {
        return "lets it end"
    }
    // After a recipient's answer the next recipient may come.
    return state.place?.step == .rcptReply ? "lets the sender go on" : step.promise
}

extension Step {
    /// What letting this step happen does, for the key bar: who acts, and what goes over the wire.
    var promise: String {
        switch self {
        case .submission: "hands the mail to its own server"
        case .exchangerLookup: "asks DNS for the MX"
        case .connection: "connects"
        case .greeting: "lets the server greet"
        case .ehlo: "sends EHLO"
        case .mail: "sends MAIL FROM"
        case .rcpt: "sends RCPT TO"
        case .data: "sends DATA"
        case .content: "sends the mail and the dot"
        case .ehloReply, .mailReply, .rcptReply, .acceptance: "lets the server answer"
        case .quit: "sends QUIT"
        }
    }
}

extension Session.Pending {
    /// Whether it takes the transaction back, on the way to QUIT.
    var isReset: Bool { octets.starts(with: Array("RSET".utf8)) }
}
