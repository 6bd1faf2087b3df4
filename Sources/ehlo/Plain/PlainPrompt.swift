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
        case recording(Recording, Trace)
        case live(FollowedWalk)

        var trace: Trace {
            switch self {
            case .recording(_, let trace): trace
            case .live(let run): run.trace
            }
        }
    }

    let source: Source
    let printer: PlainPrinter
    let library: LessonLibrary
    let settings: Settings
    /// What the session is called.
    let header: Recording.Header
    var walk: WalkText
    /// The stop that was shown last; -1 before the first.
    var position = -1
    /// The span that was shown last, counted from 0 over all lines of the stop.
    var span: Int?
    /// The card of a lesson that was shown last, counted from 0.
    var card: Int?
    /// What was looked for last.
    var pattern: String?
    private var hasSaidTheEnd = false
    /// A row for each session of the file.
    let listing: () -> [String]

    init(
        _ source: Source,
        _ header: Recording.Header,
        _ settings: Settings,
        _ library: LessonLibrary,
        listing: @escaping () -> [String] = { [] },
        adjusting adjust: (inout WalkText) -> Void = { _ in }
    ) throws {
        self.listing = listing
        self.source = source
        self.header = header
        self.settings = settings
        self.library = library
        printer = PlainPrinter(settings)
        walk = WalkText(library: library, style: settings.textStyle)
        adjust(&walk)
        try printer.print(walk.opening(title: header.title, source: header.source, began: header.began))
        try printer.print("")
        try say("Press Enter for each step. The word help lists the words that can be typed, quit ends.")
    }

    var trace: Trace { source.trace }

    /// Prints a sentence in lines of the usual width.
    func say(_ sentence: String, _ role: WalkText.Role = .detail) throws {
        for line in SpokenText.wrapped(Escaping.message(sentence), columns: WalkText.columns) {
            try printer.print(line, role)
        }
    }

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
            if position > 0 { try show(position - 1) } else { try say("This is the beginning.") }
        case .go(let label): try go(label)
        case .span(let number): try showSpan(number)
        case .spans(let isOn): try change("parts", isOn) { $0.showsSpans = isOn }
        case .times(let isOn): try change("times", isOn) { $0.showsTimes = isOn }
        case .lesson: try showLesson()
        case .card: try showCard()
        case .trouble: try showTrouble()
        case .find(let text): try find(text)
        case .end: try showEnd()
        case .where: try sayWhere()
        case .message: try showMessage()
        case .hex: try showOctets()
        case .hosts: try showHosts()
        case .timeline: try showTimeline()
        case .sessions: try showSessions()
        case .save(let name): try save(name)
        case .findings: try printer.print(walk.findings(trace))
        case .raw(let text): try send(text)
        case .deliver(let address):
            guard case .live(let run) = source, run.isLive else { return try sayNotLive() }
            try showNews { try run.deliver(to: address) }
        case .copy(let form): try printer.output.write(form.text(of: trace))
        case .help: for line in PlainWord.list { try say(line) }
        case .quit: return false
        case .unknown(let text):
            try say("'\(Escaping.message(text))' is no word known here; help lists them.")
        }
        return true
    }

    mutating func next() throws {
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
        try say("Only in a session of 'ehlo live' is there a server to send to.")
        return true
    }

    /// Does something that may bring new lines and shows those; or says why it was not done.
    private mutating func showNews(_ body: () throws -> String?) throws {
        let linesBefore = trace.lines.count
        if let why = try body() { return try say("\(Escaping.message(why)).") }
        if position >= 0, trace.stops[position].lines.upperBound > linesBefore {
            try printer.print(walk.stop(position, of: trace, fromLine: linesBefore))
        }
        while position + 1 < trace.stops.count { try show(position + 1) }
        if case .live(let run) = source, run.isOver { try sayTheEnd() }
    }

    /// Tells from now on how much of each line is wanted.
    private mutating func change(_ what: String, _ isOn: Bool, _ change: (inout WalkText.Style) -> Void) throws {
        change(&walk.style)
        try say(isOn ? "The \(what) of each line are told from now on." : "Lines are told without their \(what).")
    }

    mutating func sayTheEnd() throws {
        guard !hasSaidTheEnd else { return try say("This is the end; quit leaves.") }
        hasSaidTheEnd = true
        try printer.print(walk.closing(trace))
    }

    mutating func show(_ index: Int) throws {
        position = index
        (span, card) = (nil, nil)
        try printer.print(walk.stop(index, of: trace))
    }

    private mutating func go(_ label: String) throws {
        // Step 1 of a live session is sub-steps only.
        let exact = trace.stops.firstIndex { $0.place.label == label }
        guard let index = exact ?? trace.stops.firstIndex(where: { String($0.place.step.number) == label }) else {
            let what = trace.stops.isEmpty ? "nothing has happened yet" : "there are \(labels)"
            return try say("There is no step '\(Escaping.message(label))' here; \(what).")
        }
        try showAnew(index)
    }

    /// Shows a stop that a person goes to: its lesson is wanted again.
    mutating func showAnew(_ index: Int) throws {
        walk.jump(to: trace.stops[index])
        try show(index)
    }

    private var labels: String {
        var seen: [String] = []
        for stop in trace.stops where !seen.contains(stop.place.label) { seen.append(stop.place.label) }
        return seen.count > 20 ? "\(seen.prefix(20).joined(separator: " ")) …" : seen.joined(separator: " ")
    }
}
