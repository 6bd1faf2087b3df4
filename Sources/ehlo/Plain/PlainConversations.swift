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

    init(
        _ walk: RunningWalk,
        _ settings: Settings,
        _ library: LessonLibrary,
        files: ConversationFiles?,
        source: String
    ) {
        printer = PlainPrinter(settings)
        self.library = library
        style = settings.textStyle
        self.walk = walk
        recorder = ConversationRecorder(files)
        conversations = WatchedConversations(source: source, keepsEvents: false) { Recorder.now }
    }

    /// For how many seconds nothing may happen before what is known of a step is printed although it may not be over.
    private static let quiet = 0.25

    /// How many microseconds news are gathered for.
    private static let gathering: UInt32 = 5000

    /// Takes in what happened until now and prints it; blocks until something happens.
    func follow() throws {
        let isBehind = progress.contains { $1.shown < conversations[$0]?.trace.lines.count ?? 0 }
        guard walk.wait(seconds: isBehind ? Self.quiet : nil) else {
            for id in progress.keys.sorted() { try print(id, upTo: .everything) }
            return try printer.flush()
        }
        // Nobody reads faster than this; to be woken by every octet of a busy server costs it as much as the octet.
        usleep(Self.gathering)
        let events = walk.news().events
        for event in events { try take(event) }
        for trouble in recorder.write() { Message.write(trouble) }
        for id in Set(events.map(\.id)).sorted() where progress[id] != nil { try print(id, upTo: .lastStop) }
        try printer.flush()
    }

    private func take(_ event: ConversationEvent) throws {
        conversations.take(event)
        for trouble in recorder.take(event, conversations[event.id]) { Message.write(trouble) }
        switch event.kind {
        case .opened: try begin(event.id)
        case .event: break
        case .closed: try end(event.id)
        }
    }

    private func begin(_ id: Int) throws {
        guard let header = conversations[id]?.header else { return }
        opened += 1
        // What was explained in the first conversation is not explained again in each that follows.
        let walk = WalkText(library: opened == 1 ? library : nil, style: style)
        progress[id] = Progress(walk: walk)
        let opening =
            opened == 1
            ? walk.opening(title: header.title, source: header.source, began: header.began)
            : [.blank, WalkText.Line(.title, "Session: \(header.title)")]
        try print(opening, id)
    }

    private func end(_ id: Int) throws {
        try print(id, upTo: .everything)
        guard let progress = progress.removeValue(forKey: id), let conversation = conversations[id] else { return }
        if conversation.isCut { try print([.blank, WalkText.Line(.heading, "The rest is too long to be shown.")], id) }
        try print(progress.walk.closing(conversation.trace), id)
        conversations.forget(id)
        ended += 1
    }

    private enum Extent { case lastStop, everything }

    /// Prints the lines that were not; the last stop may still grow, and waits for that.
    private func print(_ id: Int, upTo extent: Extent) throws {
        guard var progress = progress.removeValue(forKey: id), let trace = conversations[id]?.trace else { return }
        defer { self.progress[id] = progress }
        let end = extent == .everything ? trace.lines.count : trace.stops.last?.lines.lowerBound ?? 0
        while progress.shown < end, let stop = trace.stop(ofLine: progress.shown) {
            try print(progress.walk.stop(stop, of: trace, fromLine: progress.shown), id)
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
