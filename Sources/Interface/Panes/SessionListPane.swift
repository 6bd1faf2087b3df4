import SMTP
import Screen
import Tracing

/// Where the parts of the list of sessions are. Depends on the size of the screen alone, so that nothing jumps.
///
/// ```
/// title   how many of what
/// / filter              < > sort: time
///   no  time      from      to      server      outcome
///  020  19:47:14  …
/// ▸137  19:50:32  …
/// ─────────────────────────────────────
///  C▶ the lines that tell
/// ✘ S◀
///  and the verdict's words
/// keys
/// ```
struct SessionListLayout {
    let title, filter, head, list, rule, preview, keys: Rect

    init(of state: State) {
        let screen = Rect(column: 0, row: 0, columns: state.view.columns, rows: state.view.rows)
        let (title, below) = screen.split(top: 1)
        let (body, keys) = below.split(bottom: 1)
        // On a small screen a filter stands in the place of the heading.
        let (filter, under) = body.split(top: 1)
        let (head, rest) = screen.rows < 16 ? (filter, under) : under.split(top: 1)
        let (list, lower) = rest.split(bottom: screen.rows < 20 ? 4 : min(12, 3 + screen.rows / 6))
        let (rule, preview) = lower.split(top: 1)
        (self.title, self.filter, self.head, self.list) = (title, filter, head, list)
        (self.rule, self.preview, self.keys) = (rule, preview, keys)
    }
}

/// The list of the sessions of a file, with what tells most of the one under the cursor.
func drawSessionList(_ state: State, on canvas: inout Canvas, _ glyphs: Glyphs) {
    guard let list = state.session.list else { return }
    let layout = SessionListLayout(of: state)
    drawListTitle(state, in: layout.title, on: &canvas, glyphs)
    let columns = SessionColumns(layout.list.columns, list)
    canvas.write(columns.heading(glyphs), in: layout.head)
    // Only what is seen is made into a line.
    drawList(list.order.count, selected: list.at, in: layout.list, on: &canvas, glyphs) { place in
        columns.line(list.session(at: place), list, isSelected: place == list.at, glyphs)
    }
    if list.order.count == 0 {
        canvas.write(
            Wrap.lines("  No session is like this. Esc clears the filter.", columns: layout.list.columns)[0],
            in: layout.list
        )
    }
    let isTyping = state.prompt.question == .filter
    if layout.filter != layout.head || isTyping || !list.filter.isEmpty {
        let prompt = isTyping ? state.prompt : nil
        let isReversed = list.order.isReversed
        drawFilter(list.filter, sort: list.column.words, isReversed, prompt, in: layout.filter, on: &canvas, glyphs)
    }
    canvas.fill(layout.rule, with: glyphs.light.horizontal, .frame)
    if let preview = list.preview, preview.number == list.selected?.number {
        drawPreview(preview, in: layout.preview, on: &canvas, glyphs)
    }
}

/// The filter as it is typed, and at the right what the list is sorted by.
func drawFilter(
    _ filter: String,
    sort: String,
    _ isReversed: Bool,
    _ prompt: Prompt?,
    in rect: Rect,
    on canvas: inout Canvas,
    _ glyphs: Glyphs
) {
    canvas.fill(rect)
    let right = "< > sort: \(sort)\(isReversed ? ", turned round" : "") "
    let rightColumns = rect.columns >= 72 ? TextWidth.columns(of: right) : 0
    if rightColumns > 0 { canvas.write(right, .dim, column: rect.columns - rightColumns, in: rect) }
    var line = StyledLine(" / ", .key, emphasis: .bold)
    if let prompt {
        let (before, rest) = (prompt.typed.prefix(prompt.caret), prompt.typed.dropFirst(prompt.caret))
        line.append(String(before.suffix(max(8, rect.columns - rightColumns - 8))))
        line.append(rest.isEmpty ? " " : String(rest.prefix(1)), .plain, emphasis: .reverse)
        line.append(String(rest.dropFirst()))
    } else {
        line.append(filter.isEmpty ? "filter" : filter, filter.isEmpty ? .dim : .plain)
    }
    canvas.write(Wrap.cut(line, columns: rect.columns - rightColumns - 1, glyphs: glyphs), in: rect)
}

/// `ehlo  many.pcap   200 sessions 19:46–19:52      196 accepted · 3 later · 1 refused`: the name gives way before the counts do.
func drawListTitle(_ state: State, in rect: Rect, on canvas: inout Canvas, _ glyphs: Glyphs) {
    guard let list = state.session.list else { return }
    canvas.fill(rect, with: " ", .title)
    let full = counts(list, glyphs, isShort: false)
    let right = full.columns <= rect.columns * 3 / 5 ? full : counts(list, glyphs, isShort: true)
    var left = StyledLine(" ehlo ", .title, emphasis: [.bold, .reverse])
    let some = list.filter.isEmpty ? "" : "\(list.order.count.grouped) of "
    var middle = StyledLine("   \(some)\(list.rows.count.grouped) sessions", .title)
    if rect.columns >= 72, !list.totals.period.isEmpty { middle.append(" \(list.totals.period)", .title) }
    let room = rect.columns - right.columns - left.columns - middle.columns - 1
    left = left + Wrap.cut(StyledLine("  \(list.name)", .title, emphasis: .bold), columns: max(0, room), glyphs: glyphs)
    let whole = left + middle
    canvas.write(Wrap.cut(whole, columns: max(0, rect.columns - right.columns - 1), glyphs: glyphs), in: rect)
    canvas.write(right, column: rect.columns - right.columns, in: rect)
}

/// How many there are of each outcome; on a narrow screen by their signs.
private func counts(_ list: SessionList, _ glyphs: Glyphs, isShort: Bool) -> StyledLine {
    var line = StyledLine()
    for outcome in [Verdict.Outcome.accepted, .deferred, .refused, .mixed, .unknown, .untried, .none] {
        guard !isShort || outcome.isCountedWhereNarrow else { continue }
        guard let count = list.totals.counts[outcome], count > 0 else { continue }
        let (sign, role) = outcome.mark(glyphs)
        if line.columns > 0 { line.append(isShort ? " " : " \(glyphs.separator) ", .title) }
        line.append(isShort ? "\(count.grouped)\(sign)" : "\(count.grouped) \(outcome.listed)", role, emphasis: .bold)
    }
    line.append(" ", .title)
    return line
}

extension SessionList {
    /// What the next key does in the list.
    func hints(isTyping: Bool) -> [(String, String)] {
        if isTyping {
            return [("Enter", "keeps the filter"), ("Esc", "clears it"), ("↑↓", "choose"), ("", Self.filterWords)]
        }
        let walks = selected?.isTrouble == true ? "walks it from the trouble" : "walks it"
        let trouble = order.troubles.count > 0 ? [("!", "next trouble")] : []
        let back = open.map { [("Esc", filter.isEmpty ? "back to \($0)" : "all of them")] } ?? []
        return [("Enter", walks)] + trouble + [
            ("/", "filter"), ("d", marked == nil ? "compare" : "compare with \(marked ?? 0)"), ("↑↓", "choose"),
        ] + back + [
            ("s", "save"), ("q", "quit"), ("< >", "sort"), ("r", "turn round"),
        ]
    }

    /// What can be typed, for who does not know.
    private static let filterWords = "refused later accepted tls from: to: server: 550 5.1.1"
}

extension SessionOrder.Column {
    var words: String {
        switch self {
        case .time: "time"
        case .from: "from"
        case .to: "to"
        case .server: "server"
        case .outcome: "outcome"
        }
    }
}

extension Verdict.Outcome {
    /// The word of a list, and of its filter.
    var listed: String {
        switch self {
        case .accepted, .refused, .mixed, .unknown: rawValue
        case .deferred: "later"
        case .untried, .none: "no mail"
        }
    }

    fileprivate var isCountedWhereNarrow: Bool { ![.untried, .none].contains(self) }
}

extension ListedSession {
    /// What became of it, in the row of a list: `550 RCPT 5.1.1`.
    var words: String { told.isEmpty ? outcome.listed : told }

    /// The sign and the meaning of that. What cannot be known, and what nobody asked for, is no trouble.
    func mark(_ glyphs: Glyphs) -> (sign: Character, role: Role) {
        isTrouble || outcome == .accepted ? outcome.mark(glyphs) : (glyphs.skipped, .dim)
    }
}

/// Where the columns of the list are. What there is no room for is left out: the server first, then who writes, then the time.
struct SessionColumns {
    private let number, time, from, to, server, outcome: Int

    init(_ columns: Int, _ list: SessionList) {
        number = list.totals.digits + 2
        time = columns >= 56 ? 10 : 0
        outcome = columns >= 132 ? 38 : columns >= 92 ? 24 : 19
        let room = max(0, columns - 1 - number - time - outcome)
        server = columns >= 92 ? room * 28 / 100 : 0
        from = columns >= 56 ? (room - server) / 2 : 0
        to = room - server - from
    }

    func heading(_ glyphs: Glyphs) -> StyledLine {
        let names = [
            TextCell.left("time", time, glyphs), TextCell.left("from", from, glyphs), TextCell.left("to", to, glyphs),
            TextCell.left("server", server, glyphs), "  outcome",
        ]
        return StyledLine(" " + TextCell.right("no", number - 2) + "  " + names.joined(), .dim)
    }

    func line(_ row: ListedSession, _ list: SessionList, isSelected: Bool, _ glyphs: Glyphs) -> StyledLine {
        var line = StyledLine(isSelected ? String(glyphs.pointer) : " ", .cursor, emphasis: .bold)
        let digits = String(row.number)
        let zeros = String(repeating: "0", count: max(0, number - 2 - digits.count))
        line.append("\(zeros)\(digits)", .title)
        line.append(row.number == list.marked ? "* " : "  ", .finding, emphasis: .bold)
        line.append(TextCell.left(row.clock.map { String($0) } ?? String(glyphs.skipped), time, glyphs), .dim)
        line.append(TextCell.left(row.from?.withoutAngles ?? String(glyphs.skipped), from, glyphs))
        line.append(TextCell.left(recipients(row, glyphs), to, glyphs))
        line.append(TextCell.left(row.server ?? String(glyphs.skipped), server, glyphs), .dim)
        let (sign, role) = row.mark(glyphs)
        line.append("\(sign) \(row.words)", role)
        if let situation = row.situations.last { line.append(" \(situation.listed)", .finding) }
        return line
    }

    /// The first recipient, and how many more there are.
    private func recipients(_ row: ListedSession, _ glyphs: Glyphs) -> String {
        guard let first = row.to.first else { return String(glyphs.skipped) }
        guard row.to.count > 1 else { return first.withoutAngles }
        let more = " +\(row.to.count - 1)"
        return TextCell.cut(first.withoutAngles, max(1, to - 1 - more.count), glyphs) + more
    }
}

extension String {
    /// A path as a person says it; the null reverse-path keeps its brackets.
    fileprivate var withoutAngles: String {
        count > 2 && hasPrefix("<") && hasSuffix(">") ? String(dropFirst().dropLast()) : self
    }
}

/// The lines that tell, and below them what they come to, of which something is seen in any case.
private func drawPreview(_ preview: SessionList.Preview, in rect: Rect, on canvas: inout Canvas, _ glyphs: Glyphs) {
    let words = preview.sentences.map { StyledLine("  \($0)") }.flatMap {
        Wrap.lines($0, columns: rect.columns, hanging: 2)
    }
    let room = max(1, rect.rows - words.count)
    // The command, and the last line of a reply, tell more than what stands between them.
    let lines = preview.lines.prefix(max(0, room - 1)) + preview.lines.dropFirst(max(0, room - 1)).suffix(1)
    let all = lines.map { Wrap.cut(toldLine($0, glyphs), columns: rect.columns, glyphs: glyphs) } + words
    for (row, line) in all.prefix(rect.rows).enumerated() { canvas.write(line, row: row, in: rect) }
}

/// A line as the wire has it: `✘ S◀ 550 5.1.1 No such user here`.
func toldLine(_ line: TraceLine, _ glyphs: Glyphs) -> StyledLine {
    let text = WireText.shown(line.octets)
    var shown = StyledLine()
    if line.speaker == .client {
        shown.append("  C\(glyphs.arrowRight) ", .client, emphasis: .bold)
        shown.append(text, .client)
    } else if line.speaker == .server {
        let role = line.severity?.role ?? .server
        shown.append("\(line.severity?.sign(glyphs) ?? " ") ", role)
        shown.append("S\(glyphs.arrowLeft) ", .server, emphasis: .bold)
        shown.append(text, role)
    } else {
        shown.append("  \(text)", line.isFailure ? .failed : .link)
    }
    return shown
}
