import SMTP
import Screen
import Tracing

/// The raw transcript: every line with its direction by letter, arrow and colour, a reply with the sign and the colour of
/// its class in the margin; the current line marked, its span underlined with its name.
func drawWire(_ state: State, in rect: Rect, on canvas: inout Canvas, _ glyphs: Glyphs) {
    let (inner, front) = WireRows.split(rect, state)
    if let front { drawFront(state, in: front, on: &canvas, glyphs) }
    guard state.cursor.line != nil || state.cursor.reached > 0 else {
        return drawWelcome(state, in: inner, on: &canvas, glyphs)
    }
    if state.view.showsHex, let line = state.currentLine { return drawHex(state, line, in: inner, on: &canvas, glyphs) }
    let rows = WireRows(state, columns: inner.columns, glyphs: glyphs).window(rows: inner.rows)
    for (offset, row) in rows.enumerated() { canvas.write(row, row: offset, in: inner) }
}

/// The first page: what this is and what to press.
private func drawWelcome(_ state: State, in rect: Rect, on canvas: inout Canvas, _ glyphs: Glyphs) {
    var text: [StyledLine] = []
    switch state.session.source {
    case .sandbox:
        let servers =
            state.session.ports.map {
                "the sender's (port \($0.submission)), the recipient's (port \($0.relay)), and one for DNS (port \($0.dns))"
            } ?? "the sender's, the recipient's, and one for DNS"
        text = [
            StyledLine("A real mail is about to be sent in this machine.", .heading, emphasis: .bold),
            StyledLine(""),
            StyledLine("Three servers wait on 127.0.0.1: \(servers). Nothing is sent until you say so."),
        ]
    case .live:
        text = [
            StyledLine("A session with a real server, one line at a time.", .heading, emphasis: .bold), StyledLine(""),
            StyledLine(
                "What is about to be sent stands below. Only Enter sends it; \(state.key("n")) shows it, and moves in what has happened."
            ),
        ]
    case .watched:
        return drawInvitation(state, in: rect, on: &canvas)
    case .replay:
        text = [StyledLine(state.session.title, .heading, emphasis: .bold), StyledLine("")]
        if !state.session.origin.isEmpty { text.append(StyledLine(state.session.origin)) }
    }
    var press = StyledLine("Press ")
    press.append(state.session.source.isLive ? "Enter" : "n", .key, emphasis: .bold)
    press.append(
        state.session.source == .replay
            ? " to take the first of fourteen steps."
            : state.session.source.isLive ? " to do what stands below." : " to let the first of fourteen steps happen."
    )
    // What to press is seen however little room there is.
    let body = text.flatMap { Wrap.lines($0, columns: rect.columns - 2) }
    let pressRows = Wrap.lines(press, columns: rect.columns - 2).count
    var shown = Array(body.prefix(max(1, rect.rows - 1 - pressRows)))
    if shown.count < body.count, let last = shown.popLast() {
        // The line and what would follow, so that the cut always has something to cut.
        let following = body[(shown.count + 1)...].map(\.text).filter { !$0.isEmpty }.joined(separator: " ")
        let rest = StyledLine(" " + following + String(repeating: " ", count: rect.columns))
        shown.append(Wrap.cut(last + rest, columns: rect.columns - 2, glyphs: glyphs))
    }
    let lines = shown + [StyledLine("")] + Wrap.lines(press, columns: rect.columns - 2)
    for (row, line) in lines.enumerated() { canvas.write(line, column: 1, row: row, in: rect) }
}

/// The rows of the transcript around the cursor.
struct WireRows {
    let state: State
    let columns: Int
    let glyphs: Glyphs
    let exchangerColumns: [Int]
    /// The lines of the stop under the cursor.
    private let stop: Range<Int>?
    private let span: WireSpan?
    private let pattern: SearchPattern
    private var timeColumns: Int { columns >= 60 ? 10 : 0 }

    /// A line longer than this many rows is cut, with a count of what is left out.
    static let maxRowsOfLine = 6

    /// Where the transcript is, and below it what is under way. A rule at its right is not touched.
    static func split(_ rect: Rect, _ state: State) -> (transcript: Rect, front: Rect?) {
        let inner = rect.right < state.view.columns ? rect.split(right: 1).rest : rect
        guard state.hasFront, inner.rows > 4 else { return (inner, nil) }
        let (rest, below) = inner.split(bottom: 2)
        return (rest, below)
    }

    init(_ state: State, columns: Int, glyphs: Glyphs) {
        self.state = state
        self.columns = columns
        self.glyphs = glyphs
        exchangerColumns = Self.columnsOfExchangers(state.session.trace, within: columns - 7)
        let stops = state.stops
        stop = state.stopIndex.map { stops[$0].lines }
        span = state.currentSpan
        pattern = SearchPattern(state.view.pattern)
    }

    /// A row, the line that it shows, and where the octets of that stand in it.
    struct Row {
        let text: StyledLine
        let line: Int
        var indent = 0
        var units: [WireUnit] = []
    }

    /// As many rows as fit.
    func window(rows: Int) -> [StyledLine] { placed(rows: rows).map(\.text) }

    /// As many rows as fit, the current line kept near two thirds of the height.
    func placed(rows: Int) -> [Row] {
        let shown = state.cursor.reached
        let cursor = min(state.cursor.line ?? 0, max(0, shown - 1))
        // Where there is little room a span is underlined once, so that its name is seen.
        let whole = self.rows(ofLine: cursor)
        let current = whole.count <= rows ? whole : self.rows(ofLine: cursor, underlinesAll: false)
        // The rest of the stop under the cursor should be seen too.
        let stopEnd = min(shown, stop?.upperBound ?? shown)
        var after: [Row] = []
        var next = cursor + 1
        let roomAfter = max(rows / 3, rows - current.count - 1)
        while next < shown, after.count < roomAfter, next < stopEnd || after.count < rows / 3 {
            after += self.rows(ofLine: next)
            next += 1
        }
        after = Array(after.prefix(max(0, rows - current.count)))
        var before: [Row] = []
        var previous = cursor - 1
        while previous >= 0, before.count < rows - current.count - after.count {
            before = self.rows(ofLine: previous) + before
            previous -= 1
        }
        before = Array(before.suffix(max(0, rows - current.count - after.count)))
        while next < shown, before.count + current.count + after.count < rows {
            after += self.rows(ofLine: next)
            next += 1
        }
        return Array((before + current + after).prefix(rows))
    }

    /// The rows of one line: perhaps a heading above it, the line wrapped, and below the current one its span's name.
    private func rows(ofLine index: Int, underlinesAll: Bool = true) -> [Row] {
        guard state.session.trace.lines.indices.contains(index) else { return [] }
        let line = state.session.trace.lines[index]
        var rows: [Row] = []
        let add = { (text: StyledLine) in rows.append(Row(text: text, line: index)) }
        if let heading = heading(above: line) { add(heading) }
        if startsTable(index) { add(tableHead) }
        let isCurrent = index == state.cursor.line
        let isMatch = pattern.isIn(line.octets)
        let prefix = prefix(of: line, isCurrent: isCurrent)
        let units = units(of: line, isCurrent: isCurrent)
        let indent = TextWidth.columns(of: prefix.text)
        let room = max(8, columns - indent - timeColumns - (line.findings.isEmpty ? 0 : 2))
        // The last fields of a TLS line may have no words.
        let count = line.isTLS ? units.last?.range.upperBound ?? 0 : line.octets.count
        let (pieces, leftOut) = wrapped(units, octets: count, room, atWords: !line.isWire || line.isTLS)
        let lastOfSpan = isCurrent ? pieces.lastIndex { covered($0) > 0 } : nil
        for (number, piece) in pieces.enumerated() {
            var row =
                number == 0
                ? prefix : StyledLine(String(repeating: " ", count: indent - 2) + "\(glyphs.wrapMark) ", .dim)
            for unit in piece {
                row.append(
                    unit.text,
                    role(of: unit, in: line, isCurrent, isMatch: isMatch),
                    emphasis: emphasis(of: unit, isCurrent)
                )
            }
            if number == 0 { decorate(&row, line) }
            rows.append(Row(text: row, line: index, indent: indent, units: piece))
            guard isCurrent, underlinesAll || number == lastOfSpan,
                let below = underline(piece, number == lastOfSpan, line, indent)
            else { continue }
            add(below)
        }
        if leftOut > 0 {
            let margin = String(repeating: " ", count: indent)
            add(StyledLine("\(margin)\(glyphs.ellipsis) \(leftOut.grouped) octets more", .dim))
        }
        if isCurrent, lastOfSpan == nil { add(caption(line, indent)) }
        if isCurrent, underlinesAll, state.showsOctets { octetRows(line, indent: indent).forEach(add) }
        return rows
    }

    /// The flag of a finding and, on wide panes, the time at the right.
    private func decorate(_ row: inout StyledLine, _ line: TraceLine) {
        if !line.findings.isEmpty {
            row.append(" ")
            row.append(String(glyphs.flag), .finding, emphasis: .bold)
        }
        if isChosen(line) {
            let mark = " \(glyphs.arrowLeft) chosen"
            let fits = row.columns + TextWidth.columns(of: mark) <= columns
            row.append(fits ? mark : " \(glyphs.arrowLeft)", .done, emphasis: .bold)
        }
        guard columns >= 44 else { return }
        let time = timeText(line)
        let gap = columns - row.columns - TextWidth.columns(of: time)
        if gap > 0 { row.append(String(repeating: " ", count: gap)); row.append(time, .dim) }
    }

    /// On wide panes a quiet heading where a step begins.
    private func heading(above line: TraceLine) -> StyledLine? {
        guard timeColumns > 0 else { return nil }
        let isFirst = line.index == 0 || state.session.trace.lines[line.index - 1].place != line.place
        guard isFirst else { return nil }
        let words = line.place.substep == 0 ? line.place.step.shortTitle : state.session.trace.heading(of: line)
        return StyledLine(" \(line.place.label) \(words)", .dim, emphasis: .italic)
    }

    // MARK: Direction

    private func prefix(of line: TraceLine, isCurrent: Bool) -> StyledLine {
        let pointer = isCurrent ? String(glyphs.pointer) : " "
        var prefix = StyledLine(pointer, .cursor, emphasis: .bold)
        let severity = line.severity
        prefix.append(severity.map { String($0.sign(glyphs)) } ?? " ", severity?.role ?? .plain, emphasis: .bold)
        switch (line.isWire, line.speaker) {
        case (true, .client) where line.isInferred: prefix.append("C~ ", .dim)
        case (true, .server) where line.isInferred: prefix.append("S~ ", .dim)
        case (true, .client): prefix.append("C\(glyphs.arrowRight) ", .client, emphasis: .bold)
        case (true, .server), (true, .note):
            prefix.append("S\(glyphs.arrowLeft) ", severity?.role ?? .server, emphasis: .bold)
        case (false, .client): prefix.append("D\(glyphs.arrowRight) ", .lookup, emphasis: .bold)
        case (false, .server): prefix.append("D\(glyphs.arrowLeft) ", .lookup, emphasis: .bold)
        case (false, .note): prefix.append("\(glyphs.bullet)  ", .link)
        }
        return prefix
    }

    private func role(of unit: WireUnit, in line: TraceLine, _ isCurrent: Bool, isMatch: Bool) -> Role {
        if isCurrent, let span, !unit.range.isEmpty, span.range.contains(unit.range.lowerBound) { return .span }
        if line.secrets.contains(where: { $0.contains(unit.range.lowerBound) }) { return .secret }
        if unit.isPlaceholder { return .control }
        if isMatch { return .match }
        if isCurrent { return .cursor }
        if let stop, !stop.contains(line.index) { return .dim }
        switch (line.isWire, line.speaker) {
        case (true, .client): return .client
        case (true, _): return line.severity?.role ?? .server
        case (false, .note): return .link
        case (false, _): return .lookup
        }
    }

    private func emphasis(of unit: WireUnit, _ isCurrent: Bool) -> Emphasis {
        guard isCurrent, let span, span.range.contains(unit.range.lowerBound), !unit.range.isEmpty else {
            return isCurrent ? .bold : []
        }
        return [.bold, .underline]
    }

    // MARK: Text

    private func units(of line: TraceLine, isCurrent: Bool) -> [WireUnit] {
        if case .tls(let fields) = line.content { return units(of: fields) }
        let isOnLineEnd = isCurrent && span?.kind == .lineEnd
        // A line may be megabytes long; no screen shows more than this.
        let octets = Array(line.octets.prefix(columns * (Self.maxRowsOfLine + 1)))
        let isWhole = octets.count == line.octets.count
        let units = WireUnits.units(
            of: octets,
            ending: isWhole ? line.ending : .none,
            showsEnding: state.view.showsLineEnds || isOnLineEnd,
            glyphs: glyphs
        )
        guard case .record(let record) = line.content, case .exchanger = record.kind else { return units }
        return padded(units, record)
    }

    /// What the fields say, each unit standing for the octets of its field.
    private func units(of fields: [TLSField]) -> [WireUnit] {
        var all: [WireUnit] = []
        var start = 0
        let space = WireUnit(text: " ", columns: 1, isPlaceholder: false, range: 0..<0)
        for field in fields {
            let range = start..<start + field.count
            start = range.upperBound
            guard !field.words.isEmpty, all.count < columns * (Self.maxRowsOfLine + 1) else { continue }
            if !all.isEmpty { all.append(space) }
            all += WireUnits.units(of: Array(field.words.utf8), ending: .none, showsEnding: false, glyphs: glyphs).map {
                WireUnit(text: $0.text, columns: $0.columns, isPlaceholder: $0.isPlaceholder, range: range)
            }
        }
        return all
    }

    /// The units in rows. Octets of a wire break where the row is full, remarks of ours between words.
    private func wrapped(_ units: [WireUnit], octets count: Int, _ room: Int, atWords: Bool) -> (
        pieces: [[WireUnit]], leftOut: Int
    ) {
        var pieces: [[WireUnit]] = [[]]
        var used = 0
        for unit in units {
            if used + unit.columns > room, used > 0 {
                guard pieces.count < Self.maxRowsOfLine else {
                    return (pieces, count - unit.range.lowerBound)
                }
                let carried = atWords ? wordUnderWay(pieces[pieces.count - 1]) : 0
                let word = Array(pieces[pieces.count - 1].suffix(carried))
                pieces[pieces.count - 1].removeLast(carried)
                pieces.append(word)
                used = word.reduce(0) { $0 + $1.columns }
            }
            pieces[pieces.count - 1].append(unit)
            used += unit.columns
        }
        // Marks without a width, or characters of several octets, may fill fewer rows than were asked for.
        return (pieces, max(0, count - (units.last?.range.upperBound ?? count)))
    }

    /// How many units at the end of a row belong to a word that goes on; 0 when the row is one word.
    private func wordUnderWay(_ row: [WireUnit]) -> Int {
        guard let blank = row.lastIndex(where: { $0.text == " " }) else { return 0 }
        return row.count - blank - 1
    }

    /// The row below the current line where no span of it is seen: what is wrong with it, or what the span is.
    private func caption(_ line: TraceLine, _ indent: Int) -> StyledLine {
        let margin = StyledLine(String(repeating: " ", count: indent))
        if let span {
            let name = StyledLine(spanName(span, of: line), .heading, emphasis: .bold)
            return Wrap.cut(margin + name, columns: columns, glyphs: glyphs)
        }
        guard let finding = line.findings.first else { return StyledLine("") }
        let words = StyledLine("\(glyphs.flag) \(finding.message)", .finding)
        return Wrap.cut(margin + words, columns: columns, glyphs: glyphs)
    }

    /// How many columns of a row the span takes.
    private func covered(_ piece: [WireUnit]) -> Int {
        guard let span else { return 0 }
        return piece.reduce(0) {
            $0 + (!$1.range.isEmpty && span.range.contains($1.range.lowerBound) ? $1.columns : 0)
        }
    }

    /// The row below a row of the span: an underline, and behind the last one the span's name; nil where the span is elsewhere.
    private func underline(_ piece: [WireUnit], _ isLast: Bool, _ line: TraceLine, _ indent: Int) -> StyledLine? {
        guard let span, case let covered = covered(piece), covered > 0 else { return nil }
        let before = piece.prefix { $0.range.upperBound <= span.range.lowerBound }.reduce(0) { $0 + $1.columns }
        var column = indent + before
        let underline = String(repeating: String(glyphs.underline), count: covered)
        guard isLast else {
            return StyledLine(String(repeating: " ", count: column)) + StyledLine(underline, .heading)
        }
        let name = " \(spanName(span, of: line))"
        let nameColumns = TextWidth.columns(of: name)
        // The name goes where there is room: behind the underline, or to its left near the right edge.
        if column + covered + nameColumns > columns, column > nameColumns + 1 {
            column -= nameColumns + 1
            let row = StyledLine(String(repeating: " ", count: column))
            return row + StyledLine("\(name.dropFirst()) ", .heading, emphasis: .bold) + StyledLine(underline, .heading)
        }
        // A span as wide as the pane gives up some of its underline: the name says more than its last columns.
        column = max(0, min(column, columns - nameColumns))
        var row = StyledLine(String(repeating: " ", count: column))
        row.append(String(underline.prefix(max(0, columns - column - nameColumns))), .heading)
        row.append(name, .heading, emphasis: .bold)
        return Wrap.cut(row, columns: columns, glyphs: glyphs)
    }

    /// `reply code · 1 of 6`, and without the number where that is too long.
    private func spanName(_ span: WireSpan, of line: TraceLine) -> String {
        let spans = line.spansOfWire
        let numbered = state.cursor.span.flatMap { spans.firstIndex(of: $0) }.map {
            "\(span.name) \(glyphs.separator) \($0 + 1) of \(spans.count)"
        }
        return numbered.flatMap { TextWidth.columns(of: $0) + 1 <= columns ? $0 : nil } ?? span.name
    }

    private func timeText(_ line: TraceLine) -> String {
        switch state.view.times {
        case .sinceStart: "+" + line.time.thousandths
        case .sinceLast:
            "Δ" + (line.index == 0 ? 0 : max(0, line.time - state.session.trace.lines[line.index - 1].time)).thousandths
        case .clock: ClockTime.text(began: state.session.began, plus: line.time) ?? "+" + line.time.thousandths
        }
    }
}
