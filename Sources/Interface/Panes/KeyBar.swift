import Screen
import Tracing

/// The bottom row: what the next key does here. A prompt, a notice or a search take its place while they last.
func drawKeys(_ state: State, in rect: Rect, on canvas: inout Canvas, _ glyphs: Glyphs) {
    canvas.fill(rect, with: " ", .dim)
    if let prompt = state.prompt {
        var words = prompt.words
        if prompt == .consent, let consent = state.pending?.consent, rect.columns >= 60 {
            words = "Type \(WireText.shown(consent.utf8)) to deliver it: "
        }
        if prompt == .replace, rect.columns >= 60 {
            let name = WireText.shown(state.taken.utf8)
            words = "\(Wrap.cut(StyledLine(name), columns: 30, glyphs: glyphs).text) is there already. y replaces it: "
        }
        var line = StyledLine(" \(words)", .key, emphasis: .bold)
        let before = state.typed.prefix(state.caret)
        let under = state.typed.dropFirst(state.caret).prefix(1)
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
        line.append(String(state.typed.dropFirst(state.caret + 1)))
        line.append(hint, .dim)
        canvas.write(Wrap.cut(line, columns: rect.columns, glyphs: glyphs), in: rect)
        return
    }
    if !state.notice.isEmpty {
        canvas.write(
            Wrap.cut(StyledLine(" \(state.notice)", .heading), columns: rect.columns, glyphs: glyphs),
            in: rect
        )
        return
    }
    var line = StyledLine(" ")
    for (hint, words) in hints(state, glyphs) {
        let key = glyphs.isASCII ? hint.spelledArrows : hint
        let addition = StyledLine([StyledRun(key, .key, emphasis: .bold), StyledRun(" \(words)  ", .dim)])
        guard line.columns + addition.columns <= rect.columns + 2 else { continue }
        line = line + addition
    }
    canvas.write(line, in: rect)
}

/// Keys and what they do here, the most useful first; what does not fit is left out from the end.
private func hints(_ state: State, _ glyphs: Glyphs) -> [(String, String)] {
    if !state.choices.isEmpty { return [("Enter", "opens"), ("↑↓", "choose"), ("q", "quits")] }
    if let overlay = state.overlay {
        switch overlay {
        case .findings: return [("Enter", "goes to the line"), ("↑↓", "choose"), ("Esc", "closes")]
        case .conversations: return [("Enter", "opens it"), ("↑↓", "choose"), ("Esc", "stays where you were")]
        case .help, .message, .timeLine, .matrix:
            return [("Esc", "closes"), ("↑↓", "scroll"), ("PgDn", "page"), ("q", "closes")]
        }
    }
    if !state.pattern.isEmpty {
        return [
            ("n", "next match"), ("N", "previous"), ("Esc", "ends"),
            ("\(state.matches.count)", "lines with “\(state.pattern)”"),
        ]
    }
    var hints: [(String, String)] = [nextHint(state, glyphs)]
    if let others = state.conversations?.others { hints.append(("o", others)) }
    if state.source.isLive || state.source.isWatched, state.isAtFront, state.pending?.octets.isEmpty == false {
        hints.append(("e", "edits it"))
        if state.source.isLive { hints.append((":", "any line")) }
    }
    if state.line != nil { hints.append(("p", "back")) }
    if state.line != nil { hints.append(("→", state.span == nil ? "what are these octets?" : "next span")) }
    hints.append(("Tab", state.pane.next.name.lowercased()))
    if state.source == .replay { hints.append(("Space", state.isPlaying ? "pauses" : "plays")) }
    if state.findingCount > 0 { hints.append(("f", "findings")) }
    if state.hasMessage { hints.append(("m", "message")) }
    return hints + [("?", "help"), ("q", "quit"), ("t", "time line"), ("x", "hex")]
}

/// The key that goes on, and what it does: in a live session at its front that is Enter alone.
private func nextHint(_ state: State, _ glyphs: Glyphs) -> (String, String) {
    if state.source.isWatched, state.isAtFront, let pending = state.pending {
        return ("Enter", pending.step == .content ? "passes the mail on" : "passes it on")
    }
    if state.source.isWatched, state.trace.lines.isEmpty { return (glyphs.ellipsis, "waiting for a client") }
    guard case .live(let finished) = state.source, state.isAtFront else { return ("n", nextWords(state)) }
    if let pending = state.pending {
        if pending.consent != nil { return ("Enter", "asks whether to deliver") }
        return ("Enter", pending.isReset ? "sends RSET" : pending.step.promise)
    }
    if state.waiting != nil { return ("Esc", "cancels") }
    return ("s", finished ? "saves the session" : "saves; waiting for the server")
}

/// What `n` does now: `sends MAIL FROM`.
private func nextWords(_ state: State) -> String {
    let next = (state.stopIndex ?? -1) + 1
    if state.stops.indices.contains(next) {
        let place = state.stops[next].place
        return place.substep == 0 ? "\(place.label) \(place.step.shortTitle)" : "step \(place.label)"
    }
    guard case .sandbox(let finished) = state.source else {
        return state.isAtEnd ? "the end" : state.source.isWatched ? "waits for more" : "next"
    }
    if finished { return "the delivered mail" }
    if state.awaited > 0 { return "waiting for the wire" }
    guard let step = state.place?.step.next ?? (state.line == nil ? .submission : nil) else { return "lets it end" }
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

extension State.Pending {
    /// Whether it takes the transaction back, on the way to QUIT.
    var isReset: Bool { octets.starts(with: Array("RSET".utf8)) }
}

extension State.Pane {
    var next: State.Pane { State.Pane(rawValue: (rawValue + 1) % State.Pane.allCases.count) ?? .steps }
}
