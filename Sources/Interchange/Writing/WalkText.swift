public import Lessons
import SMTP
public import Tracing

/// The walk as lines of text, one stop after another: what `--plain` prints and `--format txt` writes.
///
/// A line of the wire always stands behind our own indent, time and `C:`, `S:` or `--`, and never holds a line end, so it
/// cannot look like a line of ours. The same trace always gives the same lines.
public struct WalkText {
    /// What a line is, for whoever shows it in colour.
    public enum Role: Sendable { case title, heading, subheading, client, server, note, detail, finding, lesson }

    public struct Line: Equatable, Sendable {
        public let role: Role
        public let text: String

        /// Whoever wrote the text, it is one line that does nothing to a terminal.
        public init(_ role: Role, _ text: String) {
            self.role = role
            self.text = Escaping.message(text)
        }

        public static let blank = Line(.detail, "")
    }

    /// The widest a line of ours gets; lines of the wire stay in one piece.
    public static let columns = 76
    /// Where the octets of a wire line begin, and what is said about them.
    static let indent = String(repeating: " ", count: 13)

    let library: LessonLibrary?
    /// Whether only the amount of mail data is told.
    public var suppressesData = false
    /// Whether a line has the time since the one before, and not since the beginning.
    public var showsLapse = false
    private var placesShown: Set<Place> = []
    var anchorsShown: Set<LessonAnchor> = []
    /// Whether the end explains what failed once more, for whoever waited for it.
    public var explainsFailure = false

    /// Without a library the lessons are left out.
    public init(library: LessonLibrary?) { self.library = library }

    // MARK: Opening

    /// What the session is.
    public func opening(title: String, source: String = "", began: String = "") -> [Line] {
        var lines = [Line(.title, Escaping.message(title))]
        if !source.isEmpty { lines += wrapped("source: " + Escaping.message(source), .detail, indent: "") }
        if !began.isEmpty { lines.append(Line(.detail, "began: " + Escaping.message(began))) }
        lines += wrapped(
            "C: the client says, S: the server says, -- what happens around it; times in seconds",
            .detail,
            indent: ""
        )
        return lines
    }

    // MARK: Stops

    /// The heading of a stop, its lines from `first` on, and the lesson's first paragraph the first time there is reason for it.
    public mutating func stop(_ index: Int, of trace: Trace, fromLine first: Int = 0) -> [Line] {
        var lines: [Line] = []
        stop(index, of: trace, fromLine: first) { lines += $0 }
        return lines
    }

    /// The same a few lines at a time, so that not all of a long stop is held at once.
    public mutating func stop<Failure: Error>(
        _ index: Int,
        of trace: Trace,
        fromLine first: Int = 0,
        _ body: ([Line]) throws(Failure) -> Void
    ) throws(Failure) {
        var stop = trace.stops[index]
        if first > stop.lines.lowerBound {
            stop = Trace.Stop(place: stop.place, lines: first..<max(first, stop.lines.upperBound))
        }
        // A sub-step may come before its step: the connection of step 1 is there before the greeting.
        let step = Place(stop.place.step, transaction: stop.place.transaction)
        if stop.place.substep > 0, !placesShown.contains(Self.key(step)) {
            try body([.blank] + heading(Trace.Stop(place: step, lines: stop.lines), of: trace))
            if anchorsShown.insert(.step(step.step)).inserted { try body(lesson(.step(step.step), stop, of: trace)) }
        }
        try body([.blank] + heading(stop, of: trace) + [.blank])
        try eachWire(stop, of: trace, body)
        let anchor = Self.anchor(of: stop, in: trace)
        if anchorsShown.insert(anchor).inserted { try body(lesson(anchor, stop, of: trace)) }
    }

    /// The lines of a stop from `first` on, without a heading: more of what was printed last.
    public mutating func more(_ index: Int, of trace: Trace, fromLine first: Int) -> [Line] {
        let stop = trace.stops[index]
        return wire(
            Trace.Stop(place: stop.place, lines: max(first, stop.lines.lowerBound)..<stop.lines.upperBound),
            of: trace
        )
    }

    /// Only the heading, as a list of what was walked shows it.
    public static func title(of stop: Trace.Stop, in trace: Trace) -> String {
        let place = stop.place
        let name =
            place.substep == 0
            ? StepTitle(place.step, trace.answer(at: stop), port: trace.facts.serverPort).full : what(stop, in: trace)
        let transaction = stop.place.transaction > 1 ? " · transaction \(stop.place.transaction)" : ""
        return "\(name)\(transaction)"
    }

    /// What comes before the first transaction counts as part of it.
    private static func key(_ place: Place) -> Place {
        Place(place.step, substep: place.substep, transaction: max(1, place.transaction))
    }

    private mutating func heading(_ stop: Trace.Stop, of trace: Trace) -> [Line] {
        let isFirst = placesShown.insert(Self.key(stop.place)).inserted
        let more = (isFirst ? "" : " (continued)") + (trace.failed.contains(stop.place) ? " · failed" : "")
        let title = Self.title(of: stop, in: trace) + more
        let isStep = stop.place.substep == 0
        return [Line(isStep ? .heading : .subheading, (isStep ? "Step " : "  ") + "\(stop.place.label) · \(title)")]
    }

    /// What a sub-step is about, told by its first line.
    private static func what(_ stop: Trace.Stop, in trace: Trace) -> String {
        guard let line = trace.lines[stop.lines].first(where: { $0.speaker != .note }) ?? trace.lines[stop.lines].first
        else { return "" }
        switch line.content {
        case .command: return line.verbName.map { WireText.shown($0.utf8.prefix(40)) } ?? "an empty line"
        case .reply(let context):
            return context.turn == .greeting ? "greeting" : context.verb.map { "reply to \($0.rawValue)" } ?? "reply"
        case .mailData: return "mail data"
        case .saslResponse: return "AUTH"
        case .chunk: return "BDAT chunk"
        case .tls: return "TLS handshake"
        case .opaque: return "inside TLS"
        case .record: return "DNS"
        case .event(let anchor): return anchor == LessonAnchor("tls/handshake") ? "TLS handshake" : "connection"
        }
    }

    /// The lesson of a stop: its step's, or for a sub-step that of what it is about.
    public static func anchor(of stop: Trace.Stop, in trace: Trace) -> LessonAnchor {
        let line = trace.lines[stop.lines].first { $0.speaker != .note } ?? trace.lines[stop.lines].first
        guard stop.place.substep > 0, let line else { return .step(stop.place.step) }
        switch line.content {
        case .command, .saslResponse, .opaque:
            return line.spans.first { $0.kind != .leadingSpace }?.anchor ?? .step(stop.place.step)
        case .event(let anchor): return anchor
        case .tls: return LessonAnchor("tls/handshake")
        case .reply, .mailData, .chunk, .record: return .step(stop.place.step)
        }
    }

    private func lesson(_ anchor: LessonAnchor, _ stop: Trace.Stop, of trace: Trace) -> [Line] {
        guard let section = library?.section(for: anchor) else { return [] }
        let opening = section.opening(with: SessionValues.Context(trace, line: trace.lines[stop.lines].first))
        return [.blank, Line(.lesson, "  Lesson \(section.anchor): \(section.title)")]
            + PlainText.lines(opening, columns: Self.columns - 2).map { Line(.lesson, "  \($0)") }
    }

    static func sentence(_ finding: Finding) -> String {
        "\(finding.message), \(finding.spec) (\(finding.severity.rawValue) \(finding.id))"
    }

    /// Words of ours in lines of the usual width, later ones two columns further in.
    func wrapped(_ text: String, _ role: Role, indent: String) -> [Line] {
        PlainText.lines([.text(text)], columns: Self.columns - indent.count - 2).enumerated().map {
            Line(role, indent + ($0 == 0 ? "" : "  ") + $1)
        }
    }
}
