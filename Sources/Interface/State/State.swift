public import Tracing

/// Everything the person sees, as one value: four parts, and the questions that several of them answer together.
public struct State: Equatable, Sendable {
    public var session: Session
    public var cursor = Cursor()
    public var view = View()
    public var prompt = Prompt()

    public init(
        title: String,
        origin: String = "",
        began: String = "",
        source: Session.Source,
        trace: Trace = Trace()
    ) {
        session = Session(title: title, origin: origin, began: began, source: source, trace: trace)
    }

    /// The stops that *next* and *back* go through: step 1 counts as one while it is folded.
    public var stops: [Trace.Stop] {
        let isFolding = session.trace.stops.indices.dropFirst().contains {
            session.trace.stops[$0].place.step == .submission && session.trace.stops[$0 - 1].place.step == .submission
        }
        guard isFolding, !cursor.isSubmissionUnfolded else { return session.trace.stops }
        var all: [Trace.Stop] = []
        for stop in session.trace.stops {
            if stop.place.step == .submission, let last = all.last, last.place.step == .submission {
                let lines = last.lines.lowerBound..<stop.lines.upperBound
                all[all.count - 1] = Trace.Stop(place: Place(.submission), lines: lines)
            } else {
                all.append(stop)
            }
        }
        return all
    }

    /// The index of the stop under the cursor; nil on the first page.
    public var stopIndex: Int? {
        guard let line = cursor.line else { return nil }
        let stops = stops
        var low = 0
        var high = stops.count
        while low < high {
            let middle = (low + high) / 2
            if stops[middle].lines.upperBound <= line { low = middle + 1 } else { high = middle }
        }
        return low < stops.count && stops[low].lines.contains(line) ? low : nil
    }

    /// The place under the cursor; nil on the first page.
    public var place: Place? {
        guard let line = cursor.line, session.trace.lines.indices.contains(line) else { return nil }
        return cursor.isSubmissionUnfolded || session.trace.lines[line].place.step != .submission
            ? session.trace.lines[line].place : Place(.submission)
    }

    /// Whether the cursor is where the session has got to, so that Enter may send.
    public var isAtFront: Bool { stops.isEmpty || stopIndex == stops.count - 1 }

    /// The line under the cursor.
    public var currentLine: TraceLine? {
        cursor.line.flatMap { session.trace.lines.indices.contains($0) ? session.trace.lines[$0] : nil }
    }
    /// The span under the cursor.
    public var currentSpan: WireSpan? {
        guard let span = cursor.span, let spans = currentLine?.spans, spans.indices.contains(span) else { return nil }
        return spans[span]
    }

    /// Whether the walk is at its end: everything was shown and nothing more will come.
    public var isAtEnd: Bool {
        switch session.source {
        case .replay: cursor.reached >= session.trace.lines.count
        case .sandbox(let finished), .live(let finished), .watched(let finished):
            finished && cursor.reached >= session.trace.lines.count
        }
    }

    /// The lines that hold the search pattern, among those shown.
    public var matches: [Int] {
        guard !view.pattern.isEmpty else { return [] }
        let wanted = SearchPattern(view.pattern)
        return session.trace.lines.indices.prefix(cursor.reached).filter { wanted.isIn(session.trace.lines[$0].octets) }
    }

    /// The findings among the lines shown, in order.
    public var findings: [(line: Int, finding: Finding)] {
        session.trace.lines.indices.prefix(cursor.reached).flatMap { line in
            session.trace.lines[line].findings.map { (line, $0) }
        }
    }

    /// How many findings there are among the lines shown.
    public var findingCount: Int {
        session.trace.lines.indices.prefix(cursor.reached).reduce(0) { $0 + session.trace.lines[$1].findings.count }
    }

    /// What explains the place of the cursor.
    public var anchor: LessonAnchor {
        guard let line = currentLine, let place else { return LessonAnchor("background/this-program") }
        if let span = currentSpan { return span.anchor }
        if !cursor.choseLine, place.substep == 0 { return .step(place.step) }
        // The handshake as a whole before its parts.
        if !cursor.choseLine, line.isTLS { return LessonAnchor("tls/handshake") }
        return line.spans.first { $0.kind != .separator && $0.kind != .leadingSpace }?.anchor ?? .step(place.step)
    }
}
