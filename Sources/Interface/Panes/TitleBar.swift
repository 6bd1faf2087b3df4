import SMTP
import Screen
import Tracing

/// The top row: the program, the session, who writes to whom, and where we are.
func drawTitle(_ state: State, in rect: Rect, on canvas: inout Canvas, _ glyphs: Glyphs) {
    canvas.fill(rect, with: " ", .title)
    let mode: String
    switch state.session.source {
    case .replay:
        mode = state.view.playback.isRunning ? "playing \(state.view.playback.speed.formattedSpeed)" : "replay"
    case .sandbox, .live: mode = "live"
    case .watched(let finished): mode = finished ? "over" : "live"
    }
    let position = state.place.map { "step \($0.label)/14" } ?? "start"
    let right = "\(mode) \(glyphs.separator) \(position) "
    let rightColumns = TextWidth.columns(of: right)
    var left = StyledLine(" ehlo ", .title, emphasis: [.bold, .reverse])
    left.append("  \(state.session.title)", .title, emphasis: .bold)
    if let position = state.session.conversations?.position(isShort: rect.columns < 60) {
        left.append("  \(position)", .title)
    }
    if let parties = parties(of: state.session.trace.facts, glyphs), rect.columns >= 60 {
        left.append("   \(parties)", .title)
    }
    canvas.write(Wrap.cut(left, columns: max(0, rect.columns - rightColumns - 2), glyphs: glyphs), in: rect)
    canvas.write(right, .title, emphasis: .bold, column: rect.columns - rightColumns, in: rect)
}

/// `ada@sender.example ➔ bob@receiver.example`, once it is known.
private func parties(of facts: SessionFacts, _ glyphs: Glyphs) -> String? {
    guard let from = facts.reversePath else { return nil }
    let to = facts.forwardPaths.first.map { spoken($0) } ?? glyphs.ellipsis
    let more = facts.forwardPaths.count > 1 ? " +\(facts.forwardPaths.count - 1)" : ""
    return "\(spoken(from)) \(glyphs.arrow) \(to)\(more)"
}

/// A path as a person says it.
func spoken(_ path: Path) -> String {
    switch path {
    case .null: "<>"
    case .postmaster: "Postmaster"
    case .mailbox(let mailbox): WireText.shown(mailbox.octets)
    case .malformed(let octets): WireText.shown(octets)
    }
}

/// The row of tabs when there is room for one pane only: `[1 Steps] [2 Wire] [3 Lesson]`.
func drawTabs(_ state: State, in rect: Rect, on canvas: inout Canvas) {
    var line = StyledLine()
    for pane in View.Pane.allCases {
        let isHere = pane == state.view.pane
        line.append(
            isHere ? "[\(pane.name)]" : " \(pane.name) ",
            isHere ? .title : .dim,
            emphasis: isHere ? [.bold, .reverse] : []
        )
        line.append(" ")
    }
    canvas.write(line, in: rect)
}

extension View.Pane {
    /// As it stands on tabs and in the key bar.
    var name: String {
        switch self {
        case .steps: "Steps"
        case .wire: "Wire"
        case .lesson: "Lesson"
        }
    }
}
