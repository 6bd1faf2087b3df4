import Glibc
import Networking
import Tracing

/// Takes in, on the main thread, what a running world or session reports, and traces it.
final class LiveFollower<Outcome: Sendable> {
    let feed = LiveFeed<Outcome>()
    private(set) var tracer: Tracer
    private(set) var outcome: Outcome?
    /// What was reported last, without its events.
    private var told: LiveHold.Waiting?
    private(set) var news = LiveFeed<Outcome>.News()
    /// Hears every event before it is traced.
    private let record: (WireEvent) throws -> Void

    init(showsSecrets: Bool = false, record: @escaping (WireEvent) throws -> Void = { _ in }) {
        tracer = Tracer(showsSecrets: showsSecrets)
        self.record = record
    }

    var trace: Trace { tracer.trace }

    /// How long something is waited for before a person is told, in seconds.
    static var patience: Double { 2 }

    /// Waits for something new; false when there will be nothing more. A person is told what takes long.
    func next() throws -> Bool {
        guard outcome == nil else { return false }
        while !feed.sleep(seconds: Self.patience) {
            // Only to a person: a script that reads the messages must not see how busy the machine was.
            guard isatty(2) == 1, let awaited = feed.awaited, awaited != told else { continue }
            told = awaited
            Message.write(awaited.sentence)
        }
        return try take()
    }

    /// As `next`, but comes back after some seconds even when nothing is new.
    func next(within seconds: Double) throws -> Bool {
        guard outcome == nil, feed.sleep(seconds: seconds) else { return false }
        return try take()
    }

    private func take() throws -> Bool {
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

extension LiveHold.Waiting {
    /// `waiting for 354, up to 2:00 (RFC 5321 §4.5.3.2.4); Ctrl-C ends`.
    fileprivate var sentence: String {
        let time = limit.map { ", up to \($0 / 60):" + ($0 % 60 < 10 ? "0" : "") + "\($0 % 60)" } ?? ""
        return "waiting for \(words)\(time)\(rule.isEmpty ? "" : " (\(rule))"); Ctrl-C ends"
    }
}
