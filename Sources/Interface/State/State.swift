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
        cursor.isSubmissionUnfolded = session.isSubmissionAlone
    }

    /// The stops that *next* and *back* go through: step 1 counts as one while it is folded.
    public var stops: TraceStops {
        cursor.isSubmissionUnfolded ? session.trace.stops : session.trace.foldedStops
    }

    /// The index of the stop under the cursor; nil on the first page.
    public var stopIndex: Int? { cursor.line.flatMap { stopIndex(ofLine: $0) } }

    /// The index of the stop that a line belongs to.
    func stopIndex(ofLine line: Int) -> Int? {
        let stops = stops
        var low = 0
        var high = stops.count
        while low < high {
            let middle = (low + high) / 2
            if stops[middle].lines.upperBound <= line { low = middle + 1 } else { high = middle }
        }
        return low < stops.count && stops[low].lines.contains(line) ? low : nil
    }

    /// How many of the trace's stops have been shown, the one under way among them.
    var shownStops: Int { session.trace.stops(before: cursor.reached) }

    /// The place under the cursor; nil on the first page.
    public var place: Place? {
        guard let line = cursor.line, session.trace.lines.indices.contains(line) else { return nil }
        return cursor.isSubmissionUnfolded || session.trace.lines[line].place.step != .submission
            ? session.trace.lines[line].place : Place(.submission)
    }

    /// How many sub-steps are folded into step 1 under the cursor, as far as they were shown; none where it is open.
    var foldedSubsteps: Int {
        guard place?.step == .submission, !cursor.isSubmissionUnfolded else { return 0 }
        let visits = session.trace.visits(of: .submission, in: 0)
        return substeps(among: min(shownStops, visits.stops.count), of: visits)
    }

    /// How many sub-steps the first `count` visits of a step are. A step may begin with one, as handing in does.
    func substeps(among count: Int, of visits: StopIndex.Visits) -> Int {
        let hasOwn = visits.stops.first.map { session.trace.stops[$0].place.substep == 0 } ?? true
        return max(0, visits.places(among: count) - (hasOwn ? 1 : 0))
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
    public var isAtEnd: Bool { session.isWhole && cursor.reached >= session.trace.lines.count }

    /// What is going on, as far as it was shown; what other sessions tell of it is said at the end.
    var situations: [Situation] {
        var soFar = session.situations
        soFar.look(at: session.trace.lines, before: cursor.reached)
        return isAtEnd ? soFar.all(with: session.trace) : soFar.all
    }

    /// What became of the mail, as far as it was shown; the verdict at the end alone.
    var soFar: (standing: Verdict.Standing, verdict: Verdict?) {
        var soFar = session.soFar
        soFar.read(session.trace.lines, isWhole: session.isWhole)
        guard isAtEnd, let end = soFar.end else { return (soFar.standing(before: cursor.reached), nil) }
        return (end, soFar.verdict)
    }

    /// The lines that hold the search pattern, among those shown.
    public var matches: [Int] {
        var matches = view.matches
        matches.look(for: view.pattern, in: session.trace.lines, before: cursor.reached)
        return matches.lines
    }

    /// The findings among the lines shown, in order.
    public var findings: ShownFindings { ShownFindings(trace: session.trace, count: findingCount) }

    /// How many findings there are among the lines shown.
    public var findingCount: Int { session.trace.foundIndex.count(before: cursor.reached) }

    /// What explains the place of the cursor, where nothing went wrong.
    public var anchor: LessonAnchor {
        guard let line = currentLine, let place else { return LessonAnchor("background/this-program") }
        if let span = currentSpan { return span.anchor }
        if !cursor.choseLine, place.substep == 0 { return .step(place.step) }
        // The handshake as a whole before its parts.
        if !cursor.choseLine, line.isTLS { return LessonAnchor("tls/handshake") }
        return line.tellingSpan.map { line.spans[$0].anchor } ?? .step(place.step)
    }
}
