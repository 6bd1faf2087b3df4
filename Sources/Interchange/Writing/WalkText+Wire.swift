import Lessons
import SMTP
import Tracing

/// The lines of a stop with what is said about each.
extension WalkText {
    /// What belongs to one line of the wire at a time.
    mutating func eachWire<Failure: Error>(
        _ stop: Trace.Stop,
        of trace: Trace,
        _ body: ([Line]) throws(Failure) -> Void
    ) throws(Failure) {
        var data = (lines: 0, octets: 0)
        for line in trace.lines[stop.lines] {
            if suppressesData, case .mailData = line.content, line.octets != [46] {
                data = (data.lines + 1, data.octets + line.octets.count + line.ending.octets.count)
                continue
            }
            if data.lines > 0 {
                try body([Line(.client, "Client: (\(data.lines) lines of mail data, \(data.octets) octets)")])
            }
            data = (0, 0)
            try body(wire(line, of: trace))
            let told = trouble(of: line, in: trace)
            if !told.isEmpty { try body(told) }
        }
    }

    /// One line of the trace, its spans where they are asked for, and its findings.
    private func wire(_ line: TraceLine, of trace: Trace) -> [Line] {
        let (role, label) = Self.label(line)
        // Blanks before a note put it below another in the panes.
        let shown = shown(line, of: trace)
        let text = line.speaker == .note ? SpokenPort.said(in: String(shown.drop { $0 == " " })) : shown
        var lines = [Line(role, "\(time(line, of: trace))\(label):" + (text.isEmpty ? "" : " \(text)"))]
        // A field of TLS says in words what its octets are.
        if style.showsSpans, line.speaker != .note, !line.isTLS { lines += Self.packed(Self.parts(line)) }
        for finding in line.findings { lines += self.finding(finding, "Finding") }
        return lines
    }

    /// Who says it. What goes to a name server and comes from it is no line of SMTP.
    private static func label(_ line: TraceLine) -> (Role, String) {
        switch (line.speaker, line.content) {
        case (.client, .record): (.client, "Query")
        case (.server, .record): (.server, "Answer")
        case (.client, _): (.client, line.isInferred ? "Client, inferred" : "Client")
        case (.server, _): (.server, line.isInferred ? "Server, inferred" : "Server")
        case (.note, _): (.note, "Note")
        }
    }

    private func shown(_ line: TraceLine, of trace: Trace) -> String {
        guard case .record(let record) = line.content, case .exchanger = record.kind else { return line.shownText }
        let fields = record.pieces.map { WireText.shown($0.text.utf8) }
        guard fields.count > 3 else { return line.shownText }
        let addresses = fields.dropFirst(4).joined(separator: " ")
        return "\(fields[0]) preference \(fields[1]), \(fields[2]), TTL \(fields[3])"
            + (addresses.isEmpty ? "" : ", address \(addresses)") + (Self.isChosen(fields[2], trace) ? ", chosen" : "")
    }

    /// Whether an exchanger is the one that was connected to, or while there is no connection yet the one that will be tried first.
    static func isChosen(_ exchange: String, _ trace: Trace) -> Bool {
        if let chosen = trace.facts.chosen { return WireText.shown(chosen.exchange.utf8) == exchange }
        let exchangers = trace.facts.exchangers.filter(\.isUsable)
        guard trace.stops.allSatisfy({ $0.place.step <= .exchangerLookup }), let first = exchangers.first else {
            return false
        }
        return exchangers.dropFirst().first?.preference != first.preference
            && WireText.shown(first.exchange.utf8) == exchange
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
            let hasText = index == 0 || index >= outcome.count
            guard hasText, anchorsShown.insert(told.section.anchor).inserted else {
                lines.append(Line(.lesson, "Lesson \(told.anchor): \(told.section.title)"))
                continue
            }
            lines += lesson(told.section, named: told.anchor, SessionValues.Context(trace, line: line))
        }
        return lines
    }

    /// As `Finding: no angle brackets, warning missing-angle-brackets, RFC 5321 §4.1.2.`
    func finding(_ finding: Finding, _ label: String) -> [Line] {
        spoken("\(label): \(finding.message), \(finding.severity.rawValue) \(finding.id), \(finding.spec).", .finding)
    }

    // MARK: Spans

    /// As `verb "MAIL FROM"`, `colon ":"`, `reverse-path "<a@b>"`, `line end CRLF`.
    static func parts(_ line: TraceLine) -> [String] {
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

    /// The parts with commas between them, as many in a line as fit; none is broken, so that quoted octets stay as they are.
    private static func packed(_ parts: [String]) -> [Line] {
        var rows: [String] = []
        var row = "  Parts:"
        for (index, part) in parts.enumerated() {
            let item = " " + part + (index + 1 < parts.count ? "," : ".")
            if row.count + item.count > columns, !row.isEmpty {
                rows.append(row)
                row = "   "
            }
            row += item
        }
        return (rows + [row]).map { Line(.detail, $0) }
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

    // MARK: Times

    /// What stands before the label where times are asked for: since the beginning, or since the line before.
    private func time(_ line: TraceLine, of trace: Trace) -> String {
        guard showsLapse else { return style.showsTimes ? Self.clock(line.time) + "  " : "" }
        let before = line.index > 0 ? trace.lines[line.index - 1].time : 0
        return Self.lapse(line.time - before) + "  "
    }

    /// As `+0.004`, eight columns.
    private static func lapse(_ time: Double) -> String {
        let text = "+" + String(clock(time).drop { $0 == " " })
        return String(repeating: " ", count: max(0, 8 - text.count)) + text
    }
}
