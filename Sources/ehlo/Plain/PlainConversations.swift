import Glibc
import Interchange
import Lessons
import Networking
import Stage
import Tracing

/// Several conversations as flat text, as they happen: the steps of each as they are over, its number in front of every line
/// from the second conversation on.
final class PlainConversations {
    /// How far one that goes on was printed.
    private struct Progress {
        var walk: WalkText
        /// How many lines were printed.
        var shown = 0
        /// The stop whose heading was printed and whose lesson was not.
        var unfinished: Int?
    }

    private let printer: PlainPrinter
    private let library: LessonLibrary
    private let style: WalkText.Style
    private let walk: RunningWalk
    private let recorder: ConversationRecorder
    private var conversations: WatchedConversations
    private var progress: [Int: Progress] = [:]
    private var opened = 0
    /// How many are over.
    private(set) var ended = 0
    /// What else there is to say at the end, once nothing more comes; nil while it goes on.
    private(set) var warnings: [String]?
    /// For how many seconds nothing may happen before what is known of a step is printed although it may not be over.
    private let quiet: Double

    /// `quiet` is for how many seconds nothing may happen before what is known of a step is printed although it may go on.
    init(
        _ walk: RunningWalk,
        _ settings: Settings,
        _ library: LessonLibrary,
        files: ConversationFiles? = nil,
        source: String,
        quiet: Double = 0.25
    ) {
        self.quiet = quiet
        printer = PlainPrinter(settings)
        self.library = library
        style = settings.textStyle
        self.walk = walk
        recorder = ConversationRecorder(files)
        conversations = WatchedConversations(source: source, keepsEvents: false) { Recorder.now }
    }

    /// How many microseconds news are gathered for.
    private static let gathering: UInt32 = 5000

    /// Takes in what happened until now and prints it; blocks until something happens.
    func follow() throws {
        let isBehind = progress.contains { $1.shown < conversations[$0]?.trace.lines.count ?? 0 }
        guard walk.wait(seconds: isBehind ? quiet : nil) else {
            for id in progress.keys.sorted() { try print(id, upTo: .everything) }
            return try printer.flush()
        }
        // Nobody reads faster than this; to be woken by every octet of a busy server costs it as much as the octet.
        usleep(Self.gathering)
        let news = walk.news()
        let events = news.events
        for event in events { try take(event) }
        for trouble in recorder.write() { Message.write(trouble) }
        for id in Set(events.map(\.id)).sorted() where progress[id] != nil { try print(id, upTo: .lastStop) }
        if news.ending != nil { warnings = news.warnings }
        try printer.flush()
    }

    private func take(_ event: ConversationEvent) throws {
        conversations.take(event)
        for trouble in recorder.take(event, conversations[event.id]) { Message.write(trouble) }
        switch event.kind {
        case .opened, .told: try begin(event.id)
        case .event, .named: break
        case .closed: try end(event.id)
        case .void: try withdraw(event.id)
        }
    }

    private func begin(_ id: Int) throws {
        guard let header = conversations[id]?.header else { return }
        let isAnew = progress[id] != nil
        if isAnew { try print([.blank, WalkText.Line(.heading, Self.anew)], id) } else { opened += 1 }
        // What was explained in the first conversation is not explained again in each that follows.
        let walk = WalkText(library: opened == 1 ? library : nil, style: style)
        progress[id] = Progress(walk: walk)
        let opening =
            opened == 1
            ? walk.opening(title: header.title, source: header.source, began: header.began)
            : [.blank, WalkText.Line(.title, "Session: \(header.title)")]
        try print(opening, id)
    }

    private static let anew = "The lines that came now show the ones before in another light: from the beginning."

    private func end(_ id: Int) throws {
        try print(id, upTo: .end)
        guard let progress = progress.removeValue(forKey: id), let conversation = conversations[id] else { return }
        if conversation.isCut { try print([.blank, WalkText.Line(.heading, "The rest is too long to be shown.")], id) }
        try print(progress.walk.closing(conversation.trace), id)
        conversations.forget(id)
        ended += 1
    }

    /// What was told of a conversation was none.
    private func withdraw(_ id: Int) throws {
        guard progress.removeValue(forKey: id) != nil else { return }
        try print([.blank, WalkText.Line(.heading, "The lines that came now show that this was no session.")], id)
        conversations.forget(id)
    }

    private enum Extent { case lastStop, everything, end }

    /// Prints the lines that were not; the last stop may still grow, and waits for that.
    private func print(_ id: Int, upTo extent: Extent) throws {
        guard var progress = progress.removeValue(forKey: id), let trace = conversations[id]?.trace else { return }
        defer { self.progress[id] = progress }
        let last = trace.stops.count - 1
        let end = extent == .lastStop ? trace.stops.last?.lines.lowerBound ?? 0 : trace.lines.count
        while true {
            if let stop = progress.unfinished, stop < last || extent == .end,
                progress.shown >= trace.stops[stop].lines.upperBound
            {
                try print(progress.walk.lesson(ofStop: stop, of: trace), id)
                progress.unfinished = nil
            }
            guard progress.shown < end, let stop = trace.stop(ofLine: progress.shown) else { return }
            let isContinued = progress.unfinished == stop
            let lines = progress.walk.unfinished(stop, of: trace, fromLine: progress.shown, isContinued: isContinued)
            try print(lines, id)
            progress.unfinished = stop
            progress.shown = trace.stops[stop].lines.upperBound
        }
    }

    private func print(_ lines: [WalkText.Line], _ id: Int) throws {
        for line in lines {
            try printer.print(
                opened == 1 ? line.text : line.text.isEmpty ? "[\(id)]" : "[\(id)] \(line.text)",
                line.role
            )
        }
    }
}
