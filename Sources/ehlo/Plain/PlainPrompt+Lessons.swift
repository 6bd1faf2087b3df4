import Interchange
import Lessons
import Tracing

/// The parts of a line and the lessons about them.
extension PlainPrompt {
    /// The spans of all lines of the stop.
    private var spans: [(line: TraceLine, span: WireSpan)] {
        guard trace.stops.indices.contains(position) else { return [] }
        return trace.lines[trace.stops[position].lines].filter { $0.speaker != .note }.flatMap { line in
            line.spans.map { (line, $0) }
        }
    }

    mutating func showSpan(_ number: Int?) throws {
        let spans = spans
        guard !spans.isEmpty else { return try say("This step has no line of the wire.") }
        let index = number.map { $0 - 1 } ?? (span.map { $0 + 1 } ?? 0)
        guard spans.indices.contains(index) else {
            if number == nil { span = nil }
            return try say(
                "This step has the spans 1 to \(spans.count)\(number == nil ? "; that was the last one" : "")."
            )
        }
        (span, card) = (index, nil)
        let (line, found) = spans[index]
        let whole = line.octets + line.ending.octets
        let text = WireText.shown(whole[found.range.clamped(to: 0..<whole.count)])
        try printer.print(
            "Span \(index + 1) of \(spans.count): \(found.name) \"\(text)\"",
            line.speaker == .client ? .client : .server
        )
        guard let section = library.section(for: found.anchor) else { return }
        let blocks = section.filled(with: SessionValues.Context(trace, line: line, span: found))
        try printer.print("Lesson \(section.anchor): \(section.title)", .lesson)
        for row in SpokenText.lines([.paragraph(blocks.opening)], columns: WalkText.columns) {
            try printer.print(row, .lesson)
        }
    }

    /// The lesson about the span that was shown last, else about the step: what went wrong in it first.
    private var told: (section: Section, blocks: [Block])? {
        guard trace.stops.indices.contains(position) else { return nil }
        if let span, spans.indices.contains(span), let section = library.section(for: spans[span].span.anchor) {
            let context = SessionValues.Context(trace, line: spans[span].line, span: spans[span].span)
            return (section, section.filled(with: context))
        }
        let stop = trace.stops[position]
        let first = FirstLesson(library).first(of: stop, in: trace, general: WalkText.anchor(of: stop, in: trace))
        guard let first else { return nil }
        let context = SessionValues.Context(trace, line: first.line ?? trace.lines[stop.lines].first)
        return (first.section, first.section.filled(with: context))
    }

    private var nothingTold: String {
        trace.stops.indices.contains(position)
            ? "No lesson explains this." : "Press Enter first: the walk has not begun."
    }

    /// The whole text.
    func showLesson() throws {
        guard let told else { return try say(nothingTold) }
        try printer.print("Lesson \(told.section.anchor): \(told.section.title)", .lesson)
        for row in SpokenText.lines(told.blocks, columns: WalkText.columns) { try printer.print(row, .lesson) }
        guard !told.section.spec.isEmpty else { return }
        try say("See \(told.section.spec.joined(separator: ", ")).", .lesson)
    }

    /// The next part of it, as a card of the lesson pane.
    mutating func showCard() throws {
        guard let told else { return try say(nothingTold) }
        let cards = Card.cards(of: told.blocks)
        let number = card.map { $0 + 1 } ?? 0
        guard cards.indices.contains(number) else {
            card = nil
            return try say("That was the last card of this lesson.")
        }
        card = number
        if number == 0 { try printer.print("Lesson \(told.section.anchor): \(told.section.title)", .lesson) }
        let heading = cards[number].heading
        try say("Card \(number + 1) of \(cards.count)\(heading.isEmpty ? "" : ", \(heading)").", .lesson)
        for row in SpokenText.lines(cards[number].blocks, columns: WalkText.columns) { try printer.print(row, .lesson) }
    }
}
