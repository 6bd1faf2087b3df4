import Lessons
import SMTP
public import Tracing

extension WalkText {
    /// The lines of a stop with what is said under each; the records of an MX answer as a table.
    mutating func wire(_ stop: Trace.Stop, of trace: Trace) -> [Line] {
        var lines: [Line] = []
        eachWire(stop, of: trace) { lines += $0 }
        return lines
    }

    /// The same, what belongs to one line of the wire at a time.
    mutating func eachWire<Failure: Error>(
        _ stop: Trace.Stop,
        of trace: Trace,
        _ body: ([Line]) throws(Failure) -> Void
    ) throws(Failure) {
        var table: [TraceLine] = []
        var data = (lines: 0, octets: 0)
        for line in trace.lines[stop.lines] {
            if case .record(let record) = line.content, case .exchanger = record.kind {
                table.append(line)
                continue
            }
            try body(exchangers(table, of: trace))
            table = []
            if suppressesData, case .mailData = line.content, line.octets != [46] {
                data = (data.lines + 1, data.octets + line.octets.count + line.ending.octets.count)
                continue
            }
            if data.lines > 0 {
                let amount = "(\(data.lines) lines of mail data, \(data.octets) octets)"
                try body([Line(.client, "\(Self.indent)C: \(amount)")])
            }
            data = (0, 0)
            let before = line.index > 0 ? trace.lines[line.index - 1].time : 0
            try body(wire(line, time: showsLapse ? line.time - before : line.time))
            let told = trouble(of: line, in: trace)
            if !told.isEmpty { try body(told) }
        }
        try body(exchangers(table, of: trace))
    }

    /// One line of the trace, its spans and its findings.
    public func wire(_ line: TraceLine) -> [Line] { wire(line, time: line.time) }

    private func wire(_ line: TraceLine, time: Double) -> [Line] {
        let (role, mark): (Role, String) =
            switch line.speaker {
            case .client: (.client, "C:")
            case .server: (.server, "S:")
            case .note: (.note, "--")
            }
        let text = line.shownText
        var lines = [
            Line(
                role,
                "\(showsLapse ? Self.lapse(time) : Self.clock(time))  \(mark)" + (text.isEmpty ? "" : " \(text)")
            )
        ]
        // A field of TLS says in words what its octets are.
        if line.speaker != .note, !line.isTLS { lines += packed(spans(line)) }
        for finding in line.findings { lines += self.finding(finding) }
        return lines
    }

    /// What explains the trouble of a line. Under a refusal or a failure stands the first lesson, with its text the first time, and
    /// the next two by name; a finding is explained once.
    private mutating func trouble(of line: TraceLine, in trace: Trace) -> [Line] {
        guard line.isTrouble, let library else { return [] }
        let rule = FirstLesson(library)
        let outcome = rule.outcome(of: line, in: trace).prefix(3)
        let found = rule.findings(of: line, besides: anchorsShown)
        let findings = found.filter { !anchorsShown.contains($0.section.anchor) }
        var lines: [Line] = []
        for (index, told) in (outcome + findings).enumerated() {
            lines.append(Line(.lesson, "\(Self.indent)Lesson \(told.anchor): \(told.section.title)"))
            let hasText = index == 0 || index >= outcome.count
            guard hasText, anchorsShown.insert(told.section.anchor).inserted else { continue }
            let opening = told.section.opening(with: SessionValues.Context(trace, line: line))
            lines += PlainText.lines(opening, columns: Self.columns - Self.indent.count).map {
                Line(.lesson, Self.indent + $0)
            }
        }
        return lines
    }

    private func finding(_ finding: Finding) -> [Line] {
        wrapped("finding: \(Self.sentence(finding))", .finding, indent: Self.indent)
    }

    /// As `verb "MAIL FROM"`, `colon ":"`, `reverse-path "<a@b>"`, `line end CRLF`.
    private func spans(_ line: TraceLine) -> [String] {
        let whole = line.octets + line.ending.octets
        return line.spans.compactMap { span in
            let octets = whole[span.range.clamped(to: 0..<whole.count)]
            if span.kind == .lineEnd { return "line end \(line.ending.rawValue)" }
            // Between the words of a lookup line stand spaces of ours.
            if !line.isWire, span.kind == .separator { return nil }
            if octets.allSatisfy({ $0 == 32 }) {
                return octets.count == 1 ? span.name : "\(span.name), \(octets.count) octets"
            }
            return "\(Escaping.message(span.name)) \"\(Self.cut(octets))\""
        }
    }

    /// The items with dots between them, as many in a line as fit; none is broken, so that quoted octets stay as they are.
    private func packed(_ items: [String]) -> [Line] {
        var rows: [String] = []
        var row = ""
        var width = 0
        for item in items {
            let itemWidth = item.characters
            if !row.isEmpty, width + 3 + itemWidth <= Self.columns {
                row += " · "
                row += item
                width += 3 + itemWidth
            } else {
                if !row.isEmpty { rows.append(row + " ·") }
                row = Self.indent + (row.isEmpty ? "" : "  ") + item
                width = row.utf8.count - item.utf8.count + itemWidth
            }
        }
        if !row.isEmpty { rows.append(row) }
        return rows.map { Line(.detail, $0) }
    }

    /// The octets as text, the end of long ones left out and counted.
    private static func cut(_ octets: ArraySlice<UInt8>) -> String {
        let most = 40
        guard octets.count > most else { return WireText.shown(octets) }
        // Not within a character of UTF-8.
        var end = octets.startIndex + most - 10
        while end > octets.startIndex, octets[end] & 0xC0 == 0x80 { end -= 1 }
        return WireText.shown(octets[..<end]) + "… \(octets.endIndex - end) octets more"
    }

    /// MX records as columns, lowest preference first, the chosen one marked.
    private func exchangers(_ lines: [TraceLine], of trace: Trace) -> [Line] {
        guard let first = lines.first else { return [] }
        var rows = [["type", "preference", "exchange", "TTL", "address"]]
        for line in lines {
            guard case .record(let record) = line.content else { continue }
            let fields = record.pieces.map { WireText.shown($0.text.utf8) }
            rows.append(Array(fields.prefix(4)) + [fields.dropFirst(4).joined(separator: " ")])
        }
        let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
        var shown: [Line] = [Line(.server, "\(Self.clock(first.time))  S: \(Self.row(rows[0], widths))")]
        for (line, row) in zip(lines, rows.dropFirst()) {
            shown.append(Line(.server, Self.indent + Self.row(row, widths) + Self.mark(row[2], trace)))
            for finding in line.findings { shown += self.finding(finding) }
        }
        return shown
    }

    /// Marks the exchanger that was connected to, or while there is no connection yet the one that will be tried first.
    private static func mark(_ exchange: String, _ trace: Trace) -> String {
        if let chosen = trace.facts.chosen {
            return WireText.shown(chosen.exchange.utf8) == exchange ? "  <- chosen" : ""
        }
        let exchangers = trace.facts.exchangers.filter(\.isUsable)
        guard trace.stops.allSatisfy({ $0.place.step <= .exchangerLookup }), let first = exchangers.first,
            exchangers.dropFirst().first?.preference != first.preference,
            WireText.shown(first.exchange.utf8) == exchange
        else { return "" }
        return "  <- chosen"
    }

    private static func row(_ fields: [String], _ widths: [Int]) -> String {
        let padded = zip(fields, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(
            separator: "  "
        )
        return String(padded.reversed().drop { $0 == " " }.reversed())
    }

    /// As `+0.004`, eight columns.
    private static func lapse(_ time: Double) -> String {
        let text = "+" + String(clock(time).drop { $0 == " " })
        return String(repeating: " ", count: max(0, 8 - text.count)) + text
    }

    /// Seconds and thousandths, eight columns.
    static func clock(_ time: Double) -> String {
        let millis = UInt64(max(0, min(time, 1e12)) * 1000 + 0.0005)
        let fraction = String(millis % 1000)
        let text = "\(millis / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
        return String(repeating: " ", count: max(0, 8 - text.count)) + text
    }
}

extension String {
    /// How many characters it has; of ASCII without CR each octet is one, and need not be looked at any closer.
    fileprivate var characters: Int { utf8.allSatisfy { $0 < 0x80 && $0 != 13 } ? utf8.count : count }
}
