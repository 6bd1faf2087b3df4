public import Lessons
import Notation
import SMTP
public import Tracing

/// The walk as lines of text, one stop after another: what `--plain` prints and `--format txt` writes, fit to be read aloud.
///
/// Each line says whole what it says: a sentence of ours, or a label and what was on the wire. A sentence that is longer than the
/// width goes on two columns further in. A line of the wire always stands behind our own label and never holds a line end, so it
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

    /// How much of each line is told, as a person asks for it.
    public struct Style: Equatable, Sendable {
        /// Whether the parts of each line are told under it.
        public var showsSpans = false
        /// Whether each line of the wire begins with its time.
        public var showsTimes = false

        public init(showsSpans: Bool = false, showsTimes: Bool = false) {
            (self.showsSpans, self.showsTimes) = (showsSpans, showsTimes)
        }
    }

    /// The widest a line of ours gets; lines of the wire stay in one piece.
    public static let columns = 76

    let library: LessonLibrary?
    public var style: Style
    /// Whether only the amount of mail data is told.
    public var suppressesData = false
    /// Whether each line has the time since the one before, and not since the beginning.
    public var showsLapse = false
    private var placesShown: Set<Place> = []
    var anchorsShown: Set<LessonAnchor> = []
    /// Whether the end explains what failed once more, for whoever waited for it.
    public var explainsFailure = false

    /// Without a library the lessons are left out.
    public init(library: LessonLibrary?, style: Style = Style()) { (self.library, self.style) = (library, style) }

    // MARK: Opening

    /// What the session is.
    public func opening(title: String, source: String = "", began: String = "") -> [Line] {
        var lines = spoken("Session: " + Escaping.message(title), .title)
        if !source.isEmpty { lines += spoken("Source: " + Escaping.message(source), .detail) }
        if !began.isEmpty { lines += spoken("Began: " + Self.moment(began), .detail) }
        return lines
    }

    /// As `24 November 2026, 00:06:23 UTC`, without the last word where no zone is said; a text that is no time, as it stands there.
    private static func moment(_ text: String) -> String {
        let inUTC = UTCTime(iso8601: text)
        guard let time = inUTC ?? UTCTime(iso8601: text + "Z") else { return Escaping.message(text) }
        let date = time.date
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ]
        guard months.indices.contains(date.month - 1) else { return Escaping.message(text) }
        return "\(date.day) \(months[date.month - 1]) \(date.year), \(time.clock)\(inUTC == nil ? "" : " UTC")"
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
        let stop = trace.stops[index].from(line: first)
        try heading(of: stop, in: trace, body)
        try eachWire(stop, of: trace, body)
        try body(lesson(of: stop, in: trace))
    }

    /// A stop that may go on: its heading, unless that was told, and its lines from `first` on. Its lesson is told when it is over.
    public mutating func unfinished(_ index: Int, of trace: Trace, fromLine first: Int, isContinued: Bool) -> [Line] {
        var lines: [Line] = []
        let stop = trace.stops[index].from(line: first)
        if !isContinued { heading(of: stop, in: trace) { lines += $0 } }
        eachWire(stop, of: trace) { lines += $0 }
        return lines
    }

    /// What is left to be told of a stop that is over.
    public mutating func lesson(ofStop index: Int, of trace: Trace) -> [Line] {
        lesson(of: trace.stops[index], in: trace)
    }

    private mutating func heading<Failure: Error>(
        of stop: Trace.Stop,
        in trace: Trace,
        _ body: ([Line]) throws(Failure) -> Void
    ) throws(Failure) {
        // A sub-step may come before its step: the connection of step 1 is there before the greeting.
        let step = Place(stop.place.step, transaction: stop.place.transaction)
        if stop.place.substep > 0, !placesShown.contains(Self.key(step)) {
            let start = stop.lines.lowerBound
            try body([.blank] + heading(Trace.Stop(place: step, lines: start..<start), of: trace))
            if anchorsShown.insert(.step(step.step)).inserted { try body(lesson(.step(step.step), stop, of: trace)) }
        }
        try body([.blank] + heading(stop, of: trace))
    }

    private mutating func lesson(of stop: Trace.Stop, in trace: Trace) -> [Line] {
        let anchor = Self.anchor(of: stop, in: trace)
        return anchorsShown.insert(anchor).inserted ? lesson(anchor, stop, of: trace) : []
    }

    /// Begins anew at a stop that a person jumps to: its lesson is wanted again, the headings before it are not.
    public mutating func jump(to stop: Trace.Stop) {
        placesShown = [Self.key(Place(stop.place.step, transaction: stop.place.transaction))]
        if stop.place.substep == 0 { placesShown = [] }
        anchorsShown = []
    }

    /// What comes before the first transaction counts as part of it.
    private static func key(_ place: Place) -> Place {
        Place(place.step, substep: place.substep, transaction: max(1, place.transaction))
    }

    /// As `Step 10 of 14. The server refuses bob@receiver.example: 550 5.1.1.`
    private mutating func heading(_ stop: Trace.Stop, of trace: Trace) -> [Line] {
        let isFirst = placesShown.insert(Self.key(stop.place)).inserted
        let place = stop.place
        let step = place.substep == 0 ? "\(place.step.number) of \(Step.allCases.count)" : place.label
        let mail = place.transaction > 1 ? ", mail \(place.transaction)" : ""
        let again = isFirst ? "" : ", continued"
        let sentence = Escaping.message(StopSentence.text(of: stop, in: trace))
        return spoken("Step \(step)\(mail)\(again). \(sentence)", place.substep == 0 ? .heading : .subheading)
    }

    private func lesson(_ anchor: LessonAnchor, _ stop: Trace.Stop, of trace: Trace) -> [Line] {
        guard let section = library?.section(for: anchor) else { return [] }
        return [.blank]
            + lesson(section, named: section.anchor, SessionValues.Context(trace, line: trace.lines[stop.lines].first))
    }

    /// A lesson by its name and title, then its first paragraph, a sentence a line.
    func lesson(_ section: Section, named anchor: LessonAnchor, _ context: SessionValues.Context) -> [Line] {
        let words = SpokenText.lines([.paragraph(section.opening(with: context))], columns: Self.columns)
        return [Line(.lesson, "Lesson \(anchor): \(section.title)")] + words.map { Line(.lesson, $0) }
    }

    /// Words of ours in lines of the usual width, later ones two columns further in.
    func spoken(_ text: String, _ role: Role) -> [Line] {
        SpokenText.wrapped(text, columns: Self.columns).map { Line(role, $0) }
    }
}

extension Trace.Stop {
    /// The stop without its lines before `first`.
    fileprivate func from(line first: Int) -> Trace.Stop {
        first > lines.lowerBound ? Trace.Stop(place: place, lines: first..<max(first, lines.upperBound)) : self
    }
}
