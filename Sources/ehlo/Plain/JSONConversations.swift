import Interchange
import Lessons
import Stage
import Tracing

/// Conversations as a stream of JSON: the objects of each as soon as it is over.
final class JSONConversations {
    private let walk: RunningWalk
    private let writer: SessionWriter
    private let output = Output()
    private var conversations: WatchedConversations

    init(_ walk: RunningWalk, _ library: LessonLibrary, source: String) {
        self.walk = walk
        writer = SessionWriter(library: library)
        conversations = WatchedConversations(source: source, keepsEvents: true) { Recorder.now }
    }

    /// Takes in what happened until now and writes what is over; blocks until something happens. False when nothing more will.
    func follow() throws -> Bool {
        _ = walk.wait()
        let news = walk.news()
        for event in news.events {
            conversations.take(event)
            guard event.kind == .closed, let over = conversations[event.id] else { continue }
            let session = WrittenSession(
                Recording(header: over.header, events: over.events),
                trace: over.trace,
                number: event.id - 1
            )
            try writer.write([session], as: .json, to: output)
            conversations.forget(event.id)
        }
        try output.flush()
        for warning in news.warnings { Message.write(warning) }
        return news.ending == nil
    }
}
