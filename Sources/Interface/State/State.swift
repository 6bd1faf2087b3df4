public import SMTP
public import Tracing

/// Everything the person sees, as one value.
public struct State: Equatable, Sendable {
    /// Where the session comes from, which decides what *next* does.
    public enum Source: Equatable, Sendable {
        /// A recording: next shows what was recorded.
        case replay
        /// The sandbox world: next lets one step happen on the wire.
        case sandbox(finished: Bool)
        /// A real server: only Enter lets something happen.
        case live(finished: Bool)
        /// Others talk and are watched: next shows what they said. Where they are held, Enter lets them go on.
        case watched(finished: Bool)

        var isLive: Bool { if case .live = self { true } else { false } }
        var isWatched: Bool { if case .watched = self { true } else { false } }
    }

    /// The ports on 127.0.0.1 where the sandbox's servers listen.
    public struct Ports: Equatable, Sendable {
        public let dns, submission, relay: Int

        public init(dns: Int, submission: Int, relay: Int) {
            self.dns = dns
            self.submission = submission
            self.relay = relay
        }
    }

    /// What a live session will do when Enter is pressed.
    public struct Pending: Equatable, Sendable {
        public let step: Step
        /// What will go over the wire; empty for a lookup and for a connection.
        public let octets: [UInt8]
        /// Whom it goes to.
        public let target: String
        /// The address to type for the mail to be delivered, when the session leaves here without having sent it.
        public let consent: String?

        public init(step: Step, octets: [UInt8], target: String, consent: String? = nil) {
            self.step = step
            self.octets = octets
            self.target = target
            self.consent = consent
        }
    }

    /// What a live session waits for.
    public struct Waiting: Equatable, Sendable {
        public let words: String
        /// In seconds; nil for no limit.
        public let limit: Int?
        /// Where the limit comes from; empty when it is our own.
        public let rule: String

        public init(words: String, limit: Int?, rule: String) {
            self.words = words
            self.limit = limit
            self.rule = rule
        }
    }

    /// A pane that can have the keys.
    public enum Pane: Int, CaseIterable, Sendable { case steps, wire, lesson }

    /// What lies over the panes until Esc.
    public enum Overlay: Equatable, Sendable {
        /// The number of the conversation under the cursor.
        case conversations(selected: Int)
        case help(scroll: Int)
        case findings(selected: Int)
        case message(scroll: Int)
        case timeLine(scroll: Int)
        case matrix(scroll: Int)
    }

    /// A question at the bottom line; keys are text until Enter or Esc.
    public enum Prompt: Equatable, Sendable {
        case step, search, save, edit
        /// Whether the file that has the name already shall be replaced.
        case replace
        /// Any octets, for the wire.
        case raw
        /// Whether the mail shall be delivered: the address is typed.
        case consent
        /// In which program's words the session is to be copied.
        case copyAs
        /// The text of a session, in as many pastes as it takes.
        case paste
        var words: String {
            switch self {
            case .step: "Go to step: "
            case .search: "Search: "
            case .save: "Save as: "
            case .replace: "Replace it? y: "
            case .edit: "Line: "
            case .raw: "Send: "
            case .consent: "Deliver? Address: "
            case .copyAs: "Copy as \(CopyAs.names): "
            case .paste: "Paste a session: "
            }
        }
    }

    /// How times are told on the wire.
    public enum Times: Int, CaseIterable, Sendable { case sinceStart, sinceLast, clock }

    public var columns = 80
    public var rows = 24
    /// The session's name for the title bar, and its header's words about where it comes from; both escaped.
    public var title: String
    public var origin: String
    /// When it began, ISO 8601; empty when unknown.
    public var began: String
    public var source: Source
    public var trace: Trace

    /// The line under the cursor; nil on the first page, before anything was shown.
    public var line: Int?
    /// The span under the cursor; nil while the line as a whole is meant.
    public var span: Int?
    /// Whether the person moved to this line, so that its own lesson is shown and not the step's.
    public var choseLine = false
    /// How many lines have been shown so far.
    public var reached = 0
    /// Where the sandbox listens; nil before it does, and in other sessions.
    public var ports: Ports?
    /// What waits for Enter in a live session.
    public var pending: Pending?
    /// What a live session waits for, and for how many ticks it has.
    public var waiting: Waiting?
    public var ticks = 0
    /// What the server has said of a line that is not complete.
    public var growing: [UInt8] = []
    /// Where a live session is, and what its server offers: what a line typed by hand will cause depends on it.
    public var phase = CommandSequence.Phase.connected
    public var offer = Hello()
    /// Lines typed by hand or edited, the last at the end, and which of them stands at the prompt.
    public var history: [String] = []
    public var recalled: Int?
    /// Presses of next that the sandbox has not answered yet.
    public var awaited = 0

    /// The conversations there are, one of which is open; nil where a session stands alone.
    public var conversations: Conversations?

    public var pane = Pane.wire
    public var isZoomed = false
    public var lessonScroll = 0
    /// Whether the sub-steps of step 1 are shown one by one.
    public var isSubmissionUnfolded = false
    public var showsHex = false
    public var showsLineEnds = false
    public var times = Times.sinceStart
    public var isBlank = false

    public var isPlaying = false
    /// Times the recorded speed.
    public var speed = 1.0
    /// The longest pause of a replay in seconds.
    public var idleLimit = 2.0
    /// Tells a timer that still counts from one that was called off.
    public var timer = 0

    public var overlay: Overlay?
    public var prompt: Prompt?
    /// The name of a file that is there already, while the question stands whether to replace it.
    public var taken = ""
    /// What was pasted so far at the prompt for it.
    public var pasted = ""
    public var typed = ""
    /// Where in `typed` the next character goes, counted in characters.
    public var caret = 0
    /// The line that will go in the place of what is pending, without its CRLF; nil while it was not edited.
    public var edited: [UInt8]?
    /// What is searched for; empty when nothing is.
    public var pattern = ""
    /// One line about what just happened, shown until the next key.
    public var notice = ""
    /// Sessions to choose from; empty when one is open.
    public var choices: [Choice] = []
    public var chosen = 0

    /// A row of the list of sessions.
    public struct Choice: Equatable, Sendable {
        public let name: String
        public let title: String
        public init(name: String, title: String) {
            self.name = name
            self.title = title
        }
    }

    public init(title: String, origin: String = "", began: String = "", source: Source, trace: Trace = Trace()) {
        self.title = WireText.shown(title.utf8)
        self.origin = WireText.shown(origin.utf8)
        self.began = began
        self.source = source
        self.trace = trace
    }

    /// The stops that *next* and *back* go through: step 1 counts as one while it is folded.
    public var stops: [Trace.Stop] {
        let isFolding = trace.stops.indices.dropFirst().contains {
            trace.stops[$0].place.step == .submission && trace.stops[$0 - 1].place.step == .submission
        }
        guard isFolding, !isSubmissionUnfolded else { return trace.stops }
        var all: [Trace.Stop] = []
        for stop in trace.stops {
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
        guard let line else { return nil }
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
        guard let line, trace.lines.indices.contains(line) else { return nil }
        return isSubmissionUnfolded || trace.lines[line].place.step != .submission
            ? trace.lines[line].place : Place(.submission)
    }

    /// Whether the cursor is where the session has got to, so that Enter may send.
    public var isAtFront: Bool { stops.isEmpty || stopIndex == stops.count - 1 }

    /// The line under the cursor.
    public var currentLine: TraceLine? { line.flatMap { trace.lines.indices.contains($0) ? trace.lines[$0] : nil } }
    /// The span under the cursor.
    public var currentSpan: WireSpan? {
        guard let span, let spans = currentLine?.spans, spans.indices.contains(span) else { return nil }
        return spans[span]
    }

    /// Whether the walk is at its end: everything was shown and nothing more will come.
    public var isAtEnd: Bool {
        switch source {
        case .replay: reached >= trace.lines.count
        case .sandbox(let finished), .live(let finished), .watched(let finished):
            finished && reached >= trace.lines.count
        }
    }

    /// The lines that hold the search pattern, among those shown.
    public var matches: [Int] {
        guard !pattern.isEmpty else { return [] }
        let wanted = SearchPattern(pattern)
        return trace.lines.indices.prefix(reached).filter { wanted.isIn(trace.lines[$0].octets) }
    }

    /// The findings among the lines shown, in order.
    public var findings: [(line: Int, finding: Finding)] {
        trace.lines.indices.prefix(reached).flatMap { line in trace.lines[line].findings.map { (line, $0) } }
    }

    /// How many findings there are among the lines shown.
    public var findingCount: Int {
        trace.lines.indices.prefix(reached).reduce(0) { $0 + trace.lines[$1].findings.count }
    }

    /// What explains the place of the cursor.
    public var anchor: LessonAnchor {
        if let overlay, case .findings(let selected) = overlay, findings.indices.contains(selected) {
            return findings[selected].finding.anchor
        }
        guard let line = currentLine, let place else { return LessonAnchor("background/this-program") }
        if let span = currentSpan { return span.anchor }
        if !choseLine, place.substep == 0 { return .step(place.step) }
        // The handshake as a whole before its parts.
        if !choseLine, line.isTLS { return LessonAnchor("tls/handshake") }
        return line.spans.first { $0.kind != .separator && $0.kind != .leadingSpace }?.anchor ?? .step(place.step)
    }
}
