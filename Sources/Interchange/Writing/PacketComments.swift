import SMTP
public import Tracing

/// What is to be said of the packets of a session: the step of what they hold, and its findings.
public enum PacketComments {
    /// A comment an event, by the event's number; what needs none has none.
    public static func of(_ events: [WireEvent]) -> [Int: String] {
        var tracer = Tracer()
        var lines: [(event: Int, lines: Range<Int>)] = []
        for (number, event) in events.enumerated() {
            let before = tracer.trace.lines.count
            tracer.consume(event)
            lines.append((number, before..<tracer.trace.lines.count))
        }
        tracer.finish()
        // A finding may be made of a line when a later one has come.
        let trace = tracer.trace
        return lines.reduce(into: [:]) { comments, part in
            let told = part.lines.filter { trace.lines[$0].isWire }.flatMap { words(trace.lines[$0]) }
            var seen: Set<String> = []
            let comment = told.filter { seen.insert($0).inserted }.joined(separator: "\n")
            if !comment.isEmpty { comments[part.event] = comment }
        }
    }

    private static func words(_ line: TraceLine) -> [String] {
        ["step \(line.place.label): \(line.place.step.title)"]
            + line.findings.map { "\($0.severity.rawValue) \($0.id): \($0.message) (\($0.spec))" }
    }
}
