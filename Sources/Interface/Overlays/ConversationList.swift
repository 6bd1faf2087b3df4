import SMTP
import Screen
import Tracing

/// The conversations to go to, one a row, and before the first a page that says where clients should come.
///
/// ```
///    no  client             from ➔ to                   where it stands     octets    ⚑
///     1  127.0.0.1:41532    ada@a.example ➔ bob@b.ex…   1 mail accepted      1,204    2
/// ▶   2  127.0.0.1:41540    ada@a.example ➔ eve@b.ex…   550 at step 10         611    0
///     3* 127.0.0.1:41544    …                           step 6                 204    0
/// ```
func drawConversations(_ state: State, at number: Int, in rect: Rect, on canvas: inout Canvas, in world: Environment) {
    guard let all = state.session.conversations else { return }
    let shown = all.shown
    let here = all.index(of: number).flatMap { shown.firstIndex(of: $0) } ?? 0
    let some = all.filter.isEmpty ? "" : " of \(all.rows.count)"
    canvas.frame(
        rect,
        title: "Conversations",
        titleRight: shown.isEmpty ? "none\(some)" : "\(here + 1)/\(shown.count)\(some)",
        focused: true,
        glyphs: world.glyphs
    )
    let prompt = state.prompt.question == .filter ? state.prompt : nil
    ConversationList.draw(all, shown, here, prompt, in: rect.inset(), on: &canvas, world.glyphs)
}

enum ConversationList {
    /// Where the columns are. What there is no room for is left out.
    private struct Columns {
        let peer, parties, standing, octets, findings: Int

        init(_ columns: Int) {
            let isWide = columns >= 72
            standing = columns >= 100 ? 26 : 19
            peer = isWide ? columns >= 100 ? 24 : 16 : 0
            octets = isWide ? 10 : 0
            findings = isWide ? 4 : 0
            parties = max(4, columns - 8 - peer - standing - octets - findings)
        }
    }

    private static func split(_ inner: Rect) -> (head: Rect, list: Rect, foot: Rect) {
        let (head, rest) = inner.split(top: 1)
        let (list, foot) = rest.split(bottom: 1)
        return (head, list, foot)
    }

    static func place(_ state: State, at number: Int, in rect: Rect, _: Environment) -> ListPlace? {
        guard let all = state.session.conversations else { return nil }
        let shown = all.shown
        let here = all.index(of: number).flatMap { shown.firstIndex(of: $0) } ?? 0
        return ListPlace(rect: split(rect.inset()).list, selected: here, count: shown.count)
    }

    /// What is said where there is no list.
    static func missing(_ state: State) -> String? {
        guard let conversations = state.session.conversations else { return "there is this one session and no other" }
        return conversations.rows.isEmpty ? "no client has come yet" : nil
    }

    /// The number of the one that is open, else of the newest.
    static func start(_ state: State) -> Int {
        state.session.conversations.flatMap { $0.open ?? $0.rows.last?.number } ?? 0
    }

    /// The number of the conversation so many rows on.
    static func moved(_ state: State, at number: Int, by rows: Int, in _: Rect, in _: Environment) -> Int {
        state.session.conversations?.number(rows, from: number) ?? number
    }

    fileprivate static func draw(
        _ all: Conversations,
        _ shown: [Int],
        _ here: Int,
        _ prompt: Prompt?,
        in inner: Rect,
        on canvas: inout Canvas,
        _ glyphs: Glyphs
    ) {
        let columns = Columns(inner.columns)
        let (head, list, foot) = split(inner)
        canvas.write(heading(columns, glyphs), in: head)
        drawFoot(all, prompt, in: foot, on: &canvas, glyphs)
        drawList(shown.count, selected: here, in: list, on: &canvas, glyphs) { index in
            line(all.rows[shown[index]], all, columns, glyphs)
        }
        guard shown.isEmpty else { return }
        canvas.write("  No conversation is like this. Esc clears the filter.", .plain, in: list)
    }

    /// The filter where there is one, else what the star means and how many are gone.
    private static func drawFoot(
        _ all: Conversations,
        _ prompt: Prompt?,
        in foot: Rect,
        on canvas: inout Canvas,
        _ glyphs: Glyphs
    ) {
        let column = all.column == .server ? "client" : all.column.words
        guard prompt == nil, all.filter.isEmpty else {
            return drawFilter(all.filter, sort: column, all.isReversed, prompt, in: foot, on: &canvas, glyphs)
        }
        var below = StyledLine("* the newest", .dim)
        if all.dropped > 0 {
            let words = all.dropped == 1 ? "one older was dropped" : "\(all.dropped.grouped) older ones were dropped"
            below.append("; \(words)", .dim)
        }
        if all.column != .time || all.isReversed {
            below.append("; sorted by \(column)\(all.isReversed ? ", turned round" : "")", .dim)
        }
        canvas.write(Wrap.cut(below, columns: foot.columns, glyphs: glyphs), in: foot)
    }

    private static func heading(_ columns: Columns, _ glyphs: Glyphs) -> StyledLine {
        var line = StyledLine("    no  ", .dim)
        line.append(TextCell.left("client", columns.peer, glyphs), .dim)
        line.append(TextCell.left("from \(glyphs.arrow) to", columns.parties, glyphs), .dim)
        line.append(TextCell.left("outcome", columns.standing, glyphs), .dim)
        line.append(TextCell.right("octets", columns.octets), .dim)
        line.append(TextCell.right(String(glyphs.flag), columns.findings), .dim)
        return line
    }

    private static func line(_ row: Conversations.Row, _ all: Conversations, _ columns: Columns, _ glyphs: Glyphs)
        -> StyledLine
    {
        let isNewest = row.number == all.rows.last?.number
        var line = StyledLine(row.number == all.open ? "\(glyphs.pointer) " : "  ", .cursor, emphasis: .bold)
        line.append(TextCell.right(String(row.number), 4), .title, emphasis: .bold)
        line.append(isNewest && all.rows.count > 1 ? "* " : "  ", .finding)
        line.append(TextCell.left(row.peer, columns.peer, glyphs), .client)
        line.append(TextCell.left(parties(row, columns, glyphs), columns.parties, glyphs))
        let (words, role) = outcome(row, glyphs)
        line.append(TextCell.left(words, columns.standing, glyphs), role)
        line.append(TextCell.right(row.octets.grouped, columns.octets), .dim)
        line.append(TextCell.right(String(row.findings), columns.findings), .finding)
        return line
    }

    /// What became of it, by the signs and colours of every list of sessions; while it goes on, what is decided, and how far it is.
    static func outcome(_ row: Conversations.Row, _ glyphs: Glyphs) -> (String, Role) {
        switch row.standing {
        case .under(let step):
            guard row.listed.outcome != .none else {
                return ("\(glyphs.now) \(step.isEmpty ? "connecting" : "step \(step)")", .now)
            }
            let (sign, role) = row.listed.mark(glyphs)
            return ("\(sign) \(row.listed.words), step \(step)", role)
        case .held(let step): return ("\(glyphs.now) \(step.isEmpty ? "" : "step \(step), ")waits", .now)
        case .over:
            let (sign, role) = row.listed.mark(glyphs)
            return ("\(sign) \(row.listed.words)", role)
        }
    }

    /// Who writes to whom; where that is too long, each gets a fair part of the room.
    private static func parties(_ row: Conversations.Row, _ columns: Columns, _ glyphs: Glyphs) -> String {
        guard let from = row.from.map(spoken) else { return columns.peer == 0 ? row.peer : glyphs.ellipsis }
        let to = (row.to.first.map { spoken($0) } ?? glyphs.ellipsis) + (row.to.count > 1 ? " +" : "")
        let room = columns.parties - 1 - TextWidth.columns(of: " \(glyphs.arrow) ")
        let (left, right) = (TextWidth.columns(of: from), TextWidth.columns(of: to))
        let forFrom = left + right <= room ? left : max(room / 2, room - right)
        return TextCell.cut(from, forFrom, glyphs) + " \(glyphs.arrow) "
            + TextCell.cut(to, max(room - min(left, forFrom), 1), glyphs)
    }
}

/// The first page, before a client came: where it should come.
func drawInvitation(_ state: State, in rect: Rect, on canvas: inout Canvas) {
    let paragraphs = state.session.conversations?.invitation ?? []
    var lines: [StyledLine] = []
    for (index, paragraph) in paragraphs.enumerated() {
        if index > 0 { lines.append(StyledLine("")) }
        lines += Wrap.lines(
            StyledLine(paragraph, index == 0 ? .heading : .plain, emphasis: index == 0 ? .bold : []),
            columns: rect.columns - 2
        )
    }
    for (row, line) in lines.prefix(rect.rows).enumerated() { canvas.write(line, column: 1, row: row, in: rect) }
}
