public import Lessons
public import Tracing

/// A session as annotated flat text.
public enum TextExport {
    /// All lines in order, without line feeds.
    public static func lines(
        _ trace: Trace,
        header: Recording.Header,
        library: LessonLibrary?,
        style: WalkText.Style = WalkText.Style()
    ) -> [String] {
        var lines: [String] = []
        eachLine(trace, header: header, library: library, style: style) { lines.append($0) }
        return lines
    }

    /// The same one after the other: a recording may be so hostile that its text has many times its length.
    public static func eachLine<Failure: Error>(
        _ trace: Trace,
        header: Recording.Header,
        library: LessonLibrary?,
        style: WalkText.Style = WalkText.Style(),
        _ body: (String) throws(Failure) -> Void
    ) throws(Failure) {
        func each(_ lines: [WalkText.Line]) throws(Failure) { for line in lines { try body(line.text) } }
        var walk = WalkText(library: library, style: style)
        try each(walk.opening(title: header.title, source: header.source, began: header.began))
        for index in trace.stops.indices { try walk.stop(index, of: trace, each) }
        try walk.closing(trace, each)
    }
}
