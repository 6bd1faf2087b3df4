public import Lessons
public import Tracing

/// A session as annotated flat text.
public enum TextExport {
    /// All lines in order, without line feeds.
    public static func lines(_ trace: Trace, header: Recording.Header, library: LessonLibrary?) -> [String] {
        var walk = WalkText(library: library)
        var lines = walk.opening(title: header.title, source: header.source, began: header.began)
        for index in trace.stops.indices { lines += walk.stop(index, of: trace) }
        return (lines + walk.closing(trace)).map(\.text)
    }
}
