import Tracing

/// Takes in, on the main thread, what a running world or session reports, and traces it.
final class LiveFollower<Outcome: Sendable> {
    let feed = LiveFeed<Outcome>()
    private(set) var tracer = Tracer()
    private(set) var outcome: Outcome?
    /// What was reported last, without its events.
    private(set) var news = LiveFeed<Outcome>.News()
    /// Hears every event before it is traced.
    private let record: (WireEvent) throws -> Void

    init(record: @escaping (WireEvent) throws -> Void = { _ in }) { self.record = record }

    var trace: Trace { tracer.trace }

    /// Waits for something new; false when there will be nothing more.
    func next() throws -> Bool {
        guard outcome == nil else { return false }
        feed.sleep()
        news = feed.news()
        for event in news.events {
            try record(event)
            tracer.consume(event)
        }
        news.events = []
        outcome = news.outcome
        if outcome != nil { tracer.finish() }
        return true
    }
}
