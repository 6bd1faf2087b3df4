import SMTP
import Screen
import Tracing

/// The top row: the program, the session, who writes to whom, what became of it, and where we are. What tells most keeps its
/// place longest: the title of a session gives way before its parties, and both before the verdict.
func drawTitle(_ state: State, in rect: Rect, on canvas: inout Canvas, _ glyphs: Glyphs) {
    canvas.fill(rect, with: " ", .title)
    let right = outcome(state, rect.columns, glyphs)
    var left = StyledLine(" ehlo ", .title, emphasis: [.bold, .reverse])
    let position = state.session.conversations?.position(isShort: rect.columns < 60).map { "  \($0)" } ?? ""
    let room = rect.columns - left.columns - right.columns - position.count - 2
    let title = "  \(state.session.title)"
    let parties = rect.columns >= 60 ? parties(of: state.session.trace.facts, within: room - 3, glyphs) : nil
    let rest = room - (parties.map { TextWidth.columns(of: $0) + 3 } ?? 0)
    // A title of a letter or two says less than none.
    if parties == nil || rest >= min(smallestTitle, TextWidth.columns(of: title)) {
        let shown = StyledLine(title, .title, emphasis: .bold)
        left = left + Wrap.cut(shown, columns: max(0, rest), glyphs: glyphs)
    }
    left.append(position, .title)
    if let parties { left.append("   \(parties)", .title) }
    canvas.write(Wrap.cut(left, columns: max(0, rect.columns - right.columns - 1), glyphs: glyphs), in: rect)
    canvas.write(right, column: rect.columns - right.columns, in: rect)
}

private let smallestTitle = 16

/// The verdict so far, whether the session goes on by itself, and the step: `✘ 1 of 3 refused · step 10a/14`.
private func outcome(_ state: State, _ columns: Int, _ glyphs: Glyphs) -> StyledLine {
    let isNarrow = columns < 60
    let standing = state.soFar.standing
    var line = StyledLine()
    if !standing.title.isEmpty {
        let (mark, role) = standing.outcome.mark(glyphs)
        line.append("\(mark) \(standing.title) ", role, emphasis: .bold)
        line.append(isNarrow ? "" : "\(glyphs.separator) ", .title)
    }
    if let mode = mode(state), !isNarrow || standing.title.isEmpty {
        line.append("\(mode) \(glyphs.separator) ", .title, emphasis: .bold)
    }
    let place = state.place.map { isNarrow ? $0.label : "step \($0.label)/14" } ?? "start"
    line.append("\(place) ", .title, emphasis: .bold)
    return line
}

/// How the session goes on, where it does.
private func mode(_ state: State) -> String? {
    if let portion = state.session.portion { return "reading \(Int(portion * 100))%" }
    return switch state.session.source {
    case .replay: state.view.playback.isRunning ? "playing \(state.view.playback.speed.formattedSpeed)" : nil
    case .sandbox, .live: "live"
    case .watched(let finished): finished ? "over" : "live"
    }
}

/// `ada@sender.example ➔ bob@receiver.example`, once it is known; of several recipients, and where there is no room, the first
/// one's local part and how many more there are.
private func parties(of facts: SessionFacts, within room: Int, _ glyphs: Glyphs) -> String? {
    guard let from = facts.reversePath else { return nil }
    let more = facts.forwardPaths.count > 1 ? " +\(facts.forwardPaths.count - 1)" : ""
    let to = facts.forwardPaths.first
    let short = { (path: Path) in String(spoken(path).prefix { $0 != "@" }) }
    let sides: [(String, String)] = [
        (spoken(from), more.isEmpty ? to.map(spoken) ?? glyphs.ellipsis : ""),
        (spoken(from), to.map(short) ?? glyphs.ellipsis),
        (short(from), to.map(short) ?? glyphs.ellipsis),
    ]
    let told = sides.filter { !$0.1.isEmpty }.map { "\($0) \(glyphs.arrow) \($1)\(more)" }
    return told.first { TextWidth.columns(of: $0) <= room } ?? told.last
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

/// The row of tabs when there is room for one pane only, and at its right who holds the mail: ` Steps [Wire] Lesson   held by: sender`.
func drawTabs(_ state: State, in rect: Rect, on canvas: inout Canvas) {
    var line = StyledLine()
    for pane in View.Pane.allCases {
        let isHere = pane == state.view.pane
        line.append(
            isHere ? "[\(pane.name)]" : " \(pane.name) ",
            isHere ? .title : .dim,
            emphasis: isHere ? [.bold, .reverse] : []
        )
    }
    canvas.write(line, in: rect)
    let holder = HolderWords(state)
    let held = StyledLine(holder.fitting(rect.columns - line.columns - 1), holder.role, emphasis: .bold)
    canvas.write(held, column: rect.columns - held.columns, in: rect)
}

/// Who holds the mail at this moment of the walk.
struct HolderWords {
    let role: Role
    private let words: (short: String, full: String)

    init(_ state: State) {
        let holder = state.soFar.standing.holder
        words = holder.words
        role = holder == .recipient ? .positive : holder == .nobodyKnows ? .finding : .plain
    }

    /// The longer words, where there is room.
    func fitting(_ columns: Int) -> String { columns >= words.full.count ? words.full : words.short }
}

extension View.Pane {
    /// The one whose tab is at a column.
    static func at(_ column: Int) -> Self? {
        var end = 0
        return allCases.first { pane in
            end += pane.name.count + 2
            return column < end
        }
    }

    /// As it stands on tabs and in the key bar.
    var name: String {
        switch self {
        case .steps: "Steps"
        case .wire: "Wire"
        case .lesson: "Lesson"
        }
    }
}
