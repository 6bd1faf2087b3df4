import Dispatch
import Glibc
import Interchange
import Lessons
import Networking
import Tracing

/// Several conversations as flat text, as they happen: the steps of each as they are over, its number in front of every line
/// from the second conversation on.
final class PlainConversations {
    /// What is known of one that goes on.
    private struct Track {
        var tracer = ConversationTrace()
        var walk: WalkText
        var file: ConversationFile?
        /// How many lines were printed.
        var shown = 0
        var unwritten: [WireEvent] = []
    }

    private let printer: PlainPrinter
    private let library: LessonLibrary
    private let files: ConversationFiles?
    private let source: String
    private var tracks: [Int: Track] = [:]
    private var opened = 0
    /// How many are over.
    private(set) var ended = 0
    private let bell = DispatchSemaphore(value: 0)
    private(set) lazy var feed = ConversationFeed { [bell] in bell.signal() }

    init(_ settings: Settings, _ library: LessonLibrary, files: ConversationFiles?, source: String) {
        printer = PlainPrinter(settings)
        self.library = library
        self.files = files
        self.source = source
    }

    /// How long nothing may happen before what is known of a step is printed although it may not be over.
    private static let quiet = DispatchTimeInterval.milliseconds(250)

    /// How many microseconds news are gathered for.
    private static let gathering: UInt32 = 5000

    /// Takes in what happened until now and prints it; blocks until something happens. Tells of each event when it was dealt with.
    func follow(onTaken: (ConversationEvent) -> Void) throws {
        let isQuiet = tracks.values.contains { $0.shown < $0.tracer.trace.lines.count }
        let deadline: DispatchTime = isQuiet ? .now() + Self.quiet : .distantFuture
        if bell.wait(timeout: deadline) == .timedOut {
            for id in tracks.keys.sorted() { try print(id, upTo: .everything) }
            return try printer.flush()
        }
        // Nobody reads faster than this; to be woken by every octet of a busy server costs it as much as the octet.
        usleep(Self.gathering)
        var touched: Set<Int> = []
        for event in feed.news().events {
            touched.insert(event.id)
            try take(event)
            onTaken(event)
        }
        for id in touched.sorted() where tracks[id] != nil {
            try record(id)
            try print(id, upTo: .lastStop)
        }
        try printer.flush()
    }

    private func take(_ event: ConversationEvent) throws {
        switch event.kind {
        case .opened:
            opened += 1
            // What was explained in the first conversation is not explained again in each that follows.
            var track = Track(walk: WalkText(library: opened == 1 ? library : nil))
            let title = "Conversation \(event.id), from \(event.peer)"
            let header = Recording.Header(began: Recorder.now, title: title, source: source)
            do throws(CommandError) {
                track.file = try files?.file(of: event.id, header)
            } catch {
                Message.write(error.sentence)
            }
            tracks[event.id] = track
            let opening =
                opened == 1
                ? track.walk.opening(title: title, source: source, began: header.began)
                : [.blank, WalkText.Line(.title, title)]
            try print(opening, event.id)
        case .event(let wire):
            follow(event.id, wire)
            if tracks[event.id]?.file != nil { tracks[event.id]?.unwritten.append(wire) }
        case .closed:
            lines -= tracks[event.id]?.tracer.trace.lines.count ?? 0
            tracks[event.id]?.tracer.finish()
            lines += tracks[event.id]?.tracer.trace.lines.count ?? 0
            try record(event.id)
            try print(event.id, upTo: .everything)
            if let track = tracks.removeValue(forKey: event.id) {
                if track.tracer.isCut {
                    try print([.blank, WalkText.Line(.heading, "The rest is too long to be shown")], event.id)
                }
                try print(track.walk.closing(track.tracer.trace), event.id)
                ended += 1
                lines -= track.tracer.trace.lines.count
            }
        }
    }

    /// The most lines that are held of all that go on. When there are more, none gets more than its share.
    private static let maxLines = 500_000
    private var lines = 0

    private func follow(_ id: Int, _ event: WireEvent) {
        let share = lines < Self.maxLines ? ConversationTrace.maxLines : Self.maxLines / max(1, tracks.count)
        let before = tracks[id]?.tracer.trace.lines.count ?? 0
        tracks[id]?.tracer.consume(event, atMost: share)
        lines += (tracks[id]?.tracer.trace.lines.count ?? 0) - before
    }

    /// Writes down what came. When that fails the conversation goes on and the person is told.
    private func record(_ id: Int) throws {
        guard let track = tracks[id], let file = track.file, !track.unwritten.isEmpty else { return }
        tracks[id]?.unwritten = []
        do throws(CommandError) {
            try file.write(track.unwritten)
        } catch {
            tracks[id]?.file = nil
            Message.write(error.sentence)
        }
    }

    private enum Extent { case lastStop, everything }

    /// Prints the lines that were not; the last stop may still grow, and waits for that.
    private func print(_ id: Int, upTo extent: Extent) throws {
        guard var track = tracks.removeValue(forKey: id) else { return }
        defer { tracks[id] = track }
        let trace = track.tracer.trace
        let end = extent == .everything ? trace.lines.count : trace.stops.last?.lines.lowerBound ?? 0
        while track.shown < end, let stop = trace.stop(ofLine: track.shown) {
            try print(track.walk.stop(stop, of: trace, fromLine: track.shown), id)
            track.shown = trace.stops[stop].lines.upperBound
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
