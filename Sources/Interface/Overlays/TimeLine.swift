import SMTP
import Screen
import Tracing

/// The time line: a lane for each party, an arrow for each thing that went from one to the other, its time at the right.
func drawTimeLine(_ state: State, at scroll: Int, in rect: Rect, on canvas: inout Canvas, in world: Environment) {
    canvas.frame(rect, title: "Time line", focused: true, glyphs: world.glyphs)
    TimeLineOverlay.draw(state, scroll, in: rect.inset(), on: &canvas, world.glyphs)
}

enum TimeLineOverlay {
    /// Rows at the top that do not scroll: the heads of the lanes.
    static let headRows = 2
    /// Below this many columns there are no lanes, but a list.
    private static let narrowest = 60

    fileprivate static func draw(
        _ state: State,
        _ scroll: Int,
        in inner: Rect,
        on canvas: inout Canvas,
        _ glyphs: Glyphs
    ) {
        let lanes = Lanes(state, columns: inner.columns)
        guard inner.columns >= narrowest else {
            let runs = Runs(state)
            let first = min(scroll, max(0, runs.count - inner.rows))
            for (row, run) in runs.dropFirst(first).prefix(inner.rows).enumerated() {
                canvas.write(listed(arrow(run, state), inner.columns, state, glyphs), row: row, in: inner)
            }
            return
        }
        lanes.drawHeads(in: inner, on: &canvas)
        canvas.write(lanes.empty(glyphs), row: 1, in: inner)
        let runs = Runs(state)
        let first = min(scroll, max(0, runs.count - (inner.rows - headRows)))
        for (row, run) in runs.dropFirst(first).prefix(inner.rows - headRows).enumerated() {
            let line = lanes.row(arrow(run, state), isHere: run.contains(state.cursor.line ?? -1), glyphs)
            canvas.write(line, row: row + headRows, in: inner)
        }
    }

    /// How many first rows there are from which the last one is seen, in a frame of this size.
    static func places(_ state: State, in rect: Rect, in world: Environment) -> Int {
        let inner = rect.inset()
        return Runs(state).count - (inner.rows - (inner.columns >= narrowest ? headRows : 0)) + 1
    }

    /// Where lanes have no room: who, which way, what.
    private static func listed(_ arrow: Arrow, _ columns: Int, _ state: State, _ glyphs: Glyphs) -> StyledLine {
        let isHere = arrow.lines.contains(state.cursor.line ?? -1)
        let (who, role): (String, Role) =
            arrow.isLink
            ? (" \(glyphs.bullet) ", .link)
            : arrow.leg == .lookup
                ? (arrow.speaker == .client ? "D\(glyphs.arrowRight) " : "D\(glyphs.arrowLeft) ", .lookup)
                : arrow.speaker == .client ? ("C\(glyphs.arrowRight) ", .client) : ("S\(glyphs.arrowLeft) ", .server)
        var line = StyledLine("+\(arrow.time.thousandths) ", .dim)
        line.append(who + arrow.label, arrow.failure ?? role, emphasis: isHere ? [.bold, .reverse] : [])
        return Wrap.cut(line, columns: columns, glyphs: glyphs)
    }

    /// Something that went from one party to another: lines of one speaker at one stop.
    struct Arrow {
        let leg: Leg
        let speaker: TraceLine.Speaker
        let isLink: Bool
        let lines: Range<Int>
        /// What was said, and the same in a word or two.
        let label, short: String
        let time: Double
        /// How it is marked where it went wrong: a reply by its class, as on the wire; nil where it went well.
        let failure: Role?
    }

    /// The lines of each arrow among those shown. A session may have as many as lines, and those in sight alone are looked at.
    private struct Runs: RandomAccessCollection {
        private let turns: TurnIndex
        private let reached: Int
        let endIndex: Int
        var startIndex: Int { 0 }

        init(_ state: State) {
            (turns, reached) = (state.session.trace.turnIndex, state.cursor.reached)
            endIndex = turns.count(before: reached)
        }

        subscript(number: Int) -> Range<Int> {
            let lines = turns.lines(of: number)
            return lines.lowerBound..<Swift.min(lines.upperBound, reached)
        }
    }

    static func arrow(_ run: Range<Int>, _ state: State) -> Arrow {
        let line = state.session.trace.lines[run.lowerBound]
        let text = line.isTLS ? line.shownText : WireText.shown(line.octets.prefix(200))
        let isContent = if case .mailData(let part) = line.content { part == .header || part.isOfBody } else { false }
        let words = isContent ? "mail data, \(run.count) lines" : run.count > 1 ? "\(text) (+\(run.count - 1))" : text
        return Arrow(
            leg: line.leg,
            speaker: line.speaker,
            isLink: line.speaker == .note,
            lines: run,
            label: "\(line.place.label) \(words)",
            short: "\(line.place.label) \(state.session.trace.shortName(of: line, lines: run.count))",
            time: state.session.trace.lines[run.upperBound - 1].time,
            failure: state.session.trace.failed.contains(line.place) ? failure(of: line) : nil
        )
    }

    private static func failure(of line: TraceLine) -> Role {
        switch line.severity {
        case .transientFailure?, .permanentFailure?: line.severity?.role ?? .failed
        case .positive?, .intermediate?, nil: .failed
        }
    }

    /// The lanes and where they stand.
    struct Lanes {
        let names: [String]
        let columns: [Int]
        private let width: Int
        private let hasSubmission: Bool
        /// The columns at the right that tell the time.
        private let timeColumns: Int
        /// With fewer columns the lanes move apart as far as they can, so that an arrow has room for a word.
        private static let narrow = 40

        init(_ state: State, columns width: Int, timeColumns: Int = 9) {
            (self.width, self.timeColumns) = (width, timeColumns)
            let trace = state.session.trace
            let own = trace.visits(of: .submission, in: 0).stops
            hasSubmission = own.contains {
                trace.stops[$0].lines.contains { trace.lines[$0].leg == .submission && trace.lines[$0].isWire }
            }
            let usable = width - timeColumns
            let server =
                state.session.trace.facts.serverDomain.map { WireText.shown($0.prefix(40)) } ?? "recipient's server"
            let lookups = trace.visits(of: .exchangerLookup, in: 0).stops
            let hasLookup = lookups.contains { trace.stops[$0].lines.contains { trace.lines[$0].leg == .lookup } }
            let isNarrow = usable < Self.narrow
            let (first, last) = (isNarrow ? 1 : 3, usable - (isNarrow ? 2 : 4) - (hasLookup ? 4 : 0))
            if hasSubmission {
                columns = [first, usable * 42 / 100, last] + (hasLookup ? [usable - 2] : [])
                names =
                    ["client", "own server", Self.fitting(server, columns[2] - columns[1] - 8)]
                    + (hasLookup ? ["DNS"] : [])
            } else {
                columns = [first, last] + (hasLookup ? [usable - 2] : [])
                names = ["sender", Self.fitting(server, columns[1] - columns[0] - 8)] + (hasLookup ? ["DNS"] : [])
            }
        }

        /// The names above the lanes.
        func drawHeads(in rect: Rect, on canvas: inout Canvas) {
            for (index, name) in names.enumerated() {
                let width = TextWidth.columns(of: name)
                // The head of the last lane but one ends at its lane, so that the next has room.
                let isCrowded = index == names.count - 2 && names.last == "DNS"
                let wanted = isCrowded ? columns[index] - width + 2 : columns[index] - width / 2
                let column = max(0, min(wanted, rect.columns - width))
                canvas.write(name, .title, emphasis: .bold, column: column, in: rect)
            }
        }

        /// A row for a step that has not begun.
        func coming(_ step: Step, _ glyphs: Glyphs) -> StyledLine {
            let lanes = base(glyphs).map { $0 == " " ? " " : glyphs.tocome }
            let from = (columns.first ?? 0) + 3
            let words = " \(step.number) \(step.shortTitle) "
            let end = min(lanes.count, from + words.count)
            let shown = String(words.prefix(max(0, end - from)))
            return StyledLine(String(lanes[..<min(from, lanes.count)]) + shown + String(lanes[max(0, end)...]), .tocome)
        }

        /// A name that leaves its neighbours room: the whole, else the host's own label, `mx1` of `mx1.receiver.example`.
        private static func fitting(_ name: String, _ columns: Int) -> String {
            let columns = max(6, columns)
            let isName = TextWidth.columns(of: name) > columns && !name.contains(" ") && !name.hasPrefix("[")
            let shown = isName ? String(name.prefix { $0 != "." }) : name
            return Wrap.cut(StyledLine(shown), columns: columns).text
        }

        private func ends(of leg: Leg) -> (Int, Int) {
            let own = hasSubmission ? 1 : 0
            switch leg {
            case .submission: return (0, min(1, columns.count - 1))
            case .lookup: return (own, columns.count - 1)
            case .relay: return (own, own + 1)
            }
        }

        /// A row with nothing but the lanes.
        func empty(_ glyphs: Glyphs) -> StyledLine { StyledLine(String(base(glyphs)), .frame) }

        private func base(_ glyphs: Glyphs) -> [Character] {
            var row = Array(repeating: Character(" "), count: max(1, width - timeColumns))
            for column in columns where row.indices.contains(column) { row[column] = glyphs.light.vertical }
            return row
        }

        func row(_ arrow: Arrow, isHere: Bool, _ glyphs: Glyphs) -> StyledLine {
            let (from, to) = ends(of: arrow.leg)
            let (left, right) = (min(columns[from], columns[to]), max(columns[from], columns[to]))
            var row = base(glyphs)
            var line = StyledLine(String(row[..<left]), .frame)
            let room = max(0, right - left - 1)
            let role: Role =
                arrow.failure
                ?? (arrow.isLink
                    ? .link : arrow.leg == .lookup ? .lookup : arrow.speaker == .client ? .client : .server)
            let emphasis: Emphasis = isHere ? [.bold, .reverse] : []
            let dash = arrow.leg == .lookup && !arrow.isLink ? "-" : String(glyphs.light.horizontal)
            let words = arrow.short.split(separator: " ")
            let word = String(words.prefix(2).joined(separator: " "))
            let said =
                ["\(dash) \(arrow.label) ", "\(dash) \(arrow.short) ", "\(arrow.short) "]
                + ["\(dash) \(word) ", "\(word) ", word]
            let inner: StyledLine
            if arrow.isLink {
                let cut = words.count > 2 ? " \(word)\(glyphs.ellipsis)" : " \(word)"
                let label = fitting([" \(arrow.label)", " \(arrow.short)", cut], room)
                inner = padded(label, to: room, with: " ", role, emphasis, glyphs)
            } else if arrow.speaker == .client {
                inner =
                    padded(fitting(said, room - 1), to: room - 1, with: dash, role, emphasis, glyphs)
                    + StyledLine(String(glyphs.arrowRight), role, emphasis: emphasis)
            } else {
                inner =
                    StyledLine(String(glyphs.arrowLeft), role, emphasis: emphasis)
                    + padded(fitting(said, room - 1), to: room - 1, with: dash, role, emphasis, glyphs)
            }
            line.append(String(glyphs.light.vertical), .frame)
            line = line + inner
            row.removeFirst(min(row.count, left + 1 + room))
            line.append(String(row), .frame)
            return withTime(line, arrow.time)
        }

        /// The first that has room; else the last.
        private func fitting(_ texts: [String], _ columns: Int) -> String {
            texts.first { TextWidth.columns(of: $0) <= columns } ?? texts.last ?? ""
        }

        private func padded(
            _ text: String,
            to room: Int,
            with fill: String,
            _ role: Role,
            _ emphasis: Emphasis,
            _ glyphs: Glyphs
        ) -> StyledLine {
            var line = Wrap.cut(StyledLine(text, role, emphasis: emphasis), columns: max(0, room), glyphs: glyphs)
            let missing = room - line.columns
            if missing > 0 { line.append(String(repeating: fill, count: missing), role, emphasis: emphasis) }
            return line
        }

        /// The time in the last columns, which no lane uses.
        private func withTime(_ line: StyledLine, _ time: Double) -> StyledLine {
            guard timeColumns > 0 else { return line }
            let text = "+" + time.thousandths
            var line = line
            line.append(String(repeating: " ", count: max(1, width - line.columns - text.count)))
            line.append(text, .dim)
            return line
        }
    }
}
