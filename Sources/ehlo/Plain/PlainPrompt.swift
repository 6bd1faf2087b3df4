import Interchange
import Lessons
import Interface
import Networking
import SMTP
import Tracing

/// The walk as flat text on a terminal: Enter lets the next step come, and words do what keys do in curses.
struct PlainPrompt {
    /// What stops there are, and how to get the next one where the session is live.
    enum Source {
        case recording(Trace)
        case live(FollowedWalk)

        var trace: Trace {
            switch self {
            case .recording(let trace): trace
            case .live(let run): run.trace
            }
        }
    }

    private let source: Source
    private let printer: PlainPrinter
    private let library: LessonLibrary
    private var walk: WalkText
    /// The stop that was shown last; -1 before the first.
    private var position = -1
    /// The span that was shown last, counted from 0 over all lines of the stop.
    private var span: Int?
    private var hasSaidTheEnd = false
    /// How the walk is to be printed.
    private let adjust: (inout WalkText) -> Void

    init(
        _ source: Source,
        _ opening: [WalkText.Line],
        _ settings: Settings,
        _ library: LessonLibrary,
        adjusting adjust: @escaping (inout WalkText) -> Void = { _ in }
    ) throws {
        self.adjust = adjust
        self.source = source
        self.library = library
        printer = PlainPrinter(settings)
        walk = WalkText(library: library)
        adjust(&walk)
        try printer.print(opening)
        try printer.print("")
        try printer.print("Press Enter for each step; 'help' lists the words that can be typed, 'quit' ends.")
    }

    private var trace: Trace { source.trace }

    /// Reads words until the person has had enough.
    mutating func run() throws {
        while true {
            try printer.prompt(promptText)
            guard let line = readLine() else {
                // Ctrl-D leaves the cursor behind the prompt.
                try printer.print("")
                break
            }
            guard try obey(PlainWord(line)) else { break }
        }
        try printer.flush()
    }

    private var promptText: String {
        let next: String
        switch source {
        case .live(let run) where position + 1 >= trace.stops.count:
            next = run.promise ?? "at the end"
        default:
            let stop = position + 1 < trace.stops.count ? trace.stops[position + 1] : nil
            next = stop.map { "Enter: step \($0.place.label)" } ?? "at the end"
        }
        return "[\(next)]"
    }

    /// False when the walk is to end.
    private mutating func obey(_ word: PlainWord) throws -> Bool {
        switch word {
        case .next: try next()
        case .back:
            if position > 0 { try show(position - 1) } else { try printer.print("This is the beginning.") }
        case .go(let label): try go(label)
        case .span(let number): try showSpan(number)
        case .lesson: try showLesson()
        case .findings: try printer.print(walk.findings(trace))
        case .raw(let text): try send(text)
        case .deliver(let address):
            guard case .live(let run) = source, run.isLive else { return try sayNotLive() }
            try showNews { try run.deliver(to: address) }
        case .copy(let form): try printer.output.write(form.text(of: trace))
        case .help: for line in PlainWord.list { try printer.print(line) }
        case .quit: return false
        case .unknown(let text):
            try printer.print("'\(Escaping.message(text))' is no word known here; 'help' lists them.")
        }
        return true
    }

    private mutating func next() throws {
        let known = trace.stops.count
        let linesBefore = trace.lines.count
        if position + 1 >= known, case .live(let run) = source { try run.step() }
        if position >= 0, trace.stops[position].lines.upperBound > linesBefore {
            // What happened belongs to the stop that was shown already.
            try printer.print(walk.stop(position, of: trace, fromLine: linesBefore))
        }
        guard position + 1 < trace.stops.count else { return try sayTheEnd() }
        // Of a live session everything that one press brought is shown at once.
        let last: Int
        if case .live = source, position + 1 >= known { last = trace.stops.count - 1 } else { last = position + 1 }
        while position < last { try show(position + 1) }
        if case .live(let run) = source, run.isOver, position + 1 >= trace.stops.count { try sayTheEnd() }
    }

    /// Any line for the server of a live session.
    private mutating func send(_ text: String) throws {
        guard case .live(let run) = source, run.isLive else { _ = try sayNotLive(); return }
        try showNews { try run.send(byHand: TypedOctets.read(text)) }
    }

    private func sayNotLive() throws -> Bool {
        try printer.print("Only in a session of 'ehlo live' is there a server to send to.")
        return true
    }

    /// Does something that may bring new lines and shows those; or says why it was not done.
    private mutating func showNews(_ body: () throws -> String?) throws {
        let linesBefore = trace.lines.count
        if let why = try body() { return try printer.print("\(Escaping.message(why)).") }
        if position >= 0, trace.stops[position].lines.upperBound > linesBefore {
            try printer.print(walk.stop(position, of: trace, fromLine: linesBefore))
        }
        while position + 1 < trace.stops.count { try show(position + 1) }
        if case .live(let run) = source, run.isOver { try sayTheEnd() }
    }

    private mutating func sayTheEnd() throws {
        guard !hasSaidTheEnd else { return try printer.print("This is the end; 'quit' leaves.") }
        hasSaidTheEnd = true
        try printer.print(walk.closing(trace))
    }

    private mutating func show(_ index: Int) throws {
        position = index
        span = nil
        try printer.print(walk.stop(index, of: trace))
    }

    private mutating func go(_ label: String) throws {
        // Step 1 of a live session is sub-steps only.
        let exact = trace.stops.firstIndex { $0.place.label == label }
        guard let index = exact ?? trace.stops.firstIndex(where: { String($0.place.step.number) == label }) else {
            let what = trace.stops.isEmpty ? "nothing has happened yet" : "there are \(labels)"
            return try printer.print("There is no step '\(Escaping.message(label))' here; \(what).")
        }
        // The lesson is wanted again where a person goes back to a step.
        walk = WalkText(library: library)
        adjust(&walk)
        try show(index)
    }

    private var labels: String {
        var seen: [String] = []
        for stop in trace.stops where !seen.contains(stop.place.label) { seen.append(stop.place.label) }
        return seen.count > 20 ? "\(seen.prefix(20).joined(separator: " ")) …" : seen.joined(separator: " ")
    }

    // MARK: Spans and lessons

    /// The spans of all lines of the stop.
    private var spans: [(line: TraceLine, span: WireSpan)] {
        guard trace.stops.indices.contains(position) else { return [] }
        return trace.lines[trace.stops[position].lines].filter { $0.speaker != .note }.flatMap { line in
            line.spans.map { (line, $0) }
        }
    }

    private mutating func showSpan(_ number: Int?) throws {
        let spans = spans
        guard !spans.isEmpty else { return try printer.print("This step has no line of the wire.") }
        let index = number.map { $0 - 1 } ?? (span.map { $0 + 1 } ?? 0)
        guard spans.indices.contains(index) else {
            if number == nil { span = nil }
            return try printer.print(
                "This step has the spans 1 to \(spans.count)\(number == nil ? "; that was the last one" : "")."
            )
        }
        span = index
        let (line, found) = spans[index]
        let whole = line.octets + line.ending.octets
        let text = WireText.shown(whole[found.range.clamped(to: 0..<whole.count)])
        try printer.print(
            "span \(index + 1) of \(spans.count): \(found.name) \"\(text)\"",
            line.speaker == .client ? .client : .server
        )
        guard let section = library.section(for: found.anchor) else { return }
        let blocks = section.filled(with: SessionValues.Context(trace, line: line, span: found))
        try printer.print("  Lesson \(section.anchor): \(section.title)")
        for row in PlainText.lines(blocks.opening, columns: WalkText.columns - 2) {
            try printer.print("  \(row)", .lesson)
        }
    }

    /// The whole text about the span that was shown last, else about the step.
    private func showLesson() throws {
        guard trace.stops.indices.contains(position) else {
            return try printer.print("Press Enter first: the walk has not begun.")
        }
        var context = SessionValues.Context(trace, line: trace.lines[trace.stops[position].lines].first)
        var anchor = WalkText.anchor(of: trace.stops[position], in: trace)
        if let span, spans.indices.contains(span) {
            context = SessionValues.Context(trace, line: spans[span].line, span: spans[span].span)
            anchor = spans[span].span.anchor
        }
        guard let section = library.section(for: anchor) else { return try printer.print("No lesson explains this.") }
        for row in LessonText.lines(section, context) { try printer.print(row, .lesson) }
    }
}
