import SMTP
import Screen
import Tracing

extension State {
    /// Whether there is something under way below what has happened.
    var hasFront: Bool {
        session.isLiveAndOpen || session.pending != nil
    }
}

/// The two rows below the wire of a live session: what will go at the next Enter, what is typed and what it will cause, or
/// what is waited for and for how long.
func drawFront(_ state: State, in rect: Rect, on canvas: inout Canvas, _ glyphs: Glyphs) {
    canvas.write(String(repeating: String(glyphs.light.horizontal), count: rect.columns), .frame, in: rect)
    let (above, line) = front(state, glyphs)
    if let above {
        canvas.write(Wrap.cut(above, columns: rect.columns - 2, glyphs: glyphs), column: 1, row: 0, in: rect)
    }
    if let line { canvas.write(Wrap.cut(line, columns: rect.columns, glyphs: glyphs), row: 1, in: rect) }
}

/// What stands on the rule, and below it.
private func front(_ state: State, _ glyphs: Glyphs) -> (above: StyledLine?, line: StyledLine?) {
    switch state.prompt.question {
    case .raw where !state.prompt.typed.isEmpty: return typed(TypedOctets.read(state.prompt.typed), state, glyphs)
    case .edit: return typed(Array(state.prompt.typed.utf8) + [13, 10], state, glyphs)
    default: break
    }
    if let pending = state.session.pending { return held(pending, state, glyphs) }
    guard let waiting = state.session.waiting else { return (nil, nil) }
    let growing = WireText.shown(state.session.growing)
    let rule = waiting.rule.isEmpty ? nil : StyledLine(" limit: \(waiting.rule.asciified(glyphs)) ", .dim)
    let above =
        growing.isEmpty ? rule : StyledLine(" S\(glyphs.arrowLeft) \(growing)\(glyphs.ellipsis) ", .server)
    return (above, StyledLine(" \(waiting.shown(glyphs))", .now))
}

/// The line under way at a prompt as it will go, with its line end, and what it will cause.
private func typed(_ octets: [UInt8], _ state: State, _ glyphs: Glyphs) -> (StyledLine?, StyledLine?) {
    let forecast = Forecast.words(octets, at: state.session.phase, offer: state.session.offer).map {
        StyledLine(" \(glyphs.flag) \($0) ", .finding)
    }
    var line = StyledLine(" C\(glyphs.arrowRight) ", .client, emphasis: .bold)
    let isCRLF = octets.suffix(2) == [13, 10]
    let isLF = !isCRLF && octets.last == 10
    line.append(WireText.shown(octets.dropLast(isCRLF ? 2 : isLF ? 1 : 0)), .client)
    line.append(isCRLF ? " CR LF" : isLF ? " LF" : " no line end", .control)
    return (forecast, line)
}

private func held(_ pending: Session.Pending, _ state: State, _ glyphs: Glyphs) -> (StyledLine?, StyledLine?) {
    var line = StyledLine(" Enter ", .key, emphasis: [.bold, .reverse])
    guard let edited = pending.edited else {
        line.append(" \(pending.words)", .tocome, emphasis: .bold)
        let above = pending.consent.map {
            StyledLine(" nothing is delivered unless you type \(WireText.shown($0.utf8)) at Enter ", .finding)
        }
        return (above, line)
    }
    line.append(" \(WireText.shown(edited))", .plain, emphasis: .bold)
    line.append("  edited, ", .dim)
    line.append("V", .key, emphasis: .bold)
    line.append(" takes it back", .dim)
    return (typed(edited + [13, 10], state, glyphs).0, line)
}

extension Session.Waiting {
    /// `⠹ waiting for 354, 0:03 of 2:00`.
    func shown(_ glyphs: Glyphs) -> String {
        let spinner = glyphs.spinner
        let passed = Self.clock(ticks / State.ticksPerSecond)
        let time = limit.map { "\(passed) of \(Self.clock($0))" } ?? passed
        return "\(spinner[ticks % spinner.count]) waiting for \(words), \(time)"
    }

    private static func clock(_ seconds: Int) -> String {
        "\(seconds / 60):" + (seconds % 60 < 10 ? "0" : "") + "\(seconds % 60)"
    }
}

extension Session.Pending {
    /// What Enter will do: `MAIL FROM:<ada@sender.example>`, `connect to …`.
    var words: String {
        switch step {
        case .exchangerLookup: "ask DNS for the MX of \(WireText.shown(target.utf8))"
        case .connection: "connect to \(WireText.shown(target.utf8))"
        case .content: "send the mail data, \(octets.count.grouped) octets with the closing dot"
        default: WireText.shown(octets.dropLast(octets.suffix(2) == [13, 10] ? 2 : 0))
        }
    }
}
