public import Networking
public import Tracing

/// What happened in a running walk since somebody last asked.
public struct News: Sendable {
    /// What happened, in order. What happens in the program's own walk is told as conversation `RunningWalk.own`.
    public internal(set) var events: [ConversationEvent] = []
    /// What waits to be released, by conversation, where that changed; nil inside where nothing waits any more.
    public internal(set) var held: [Int: LiveHold.Held?] = [:]
    /// What the network is waited for, where that changed; nil inside where it is waited for nothing.
    public internal(set) var waiting: LiveHold.Waiting??
    /// What became of the octets that were sent by hand last.
    public internal(set) var sent: LiveHold.Sent?
    /// Where the sandbox world listens, once it does.
    public internal(set) var ports: SandboxWorld.Ports?
    /// A recording as far as it was read; nil where nothing is read.
    public internal(set) var traced: TracedSoFar?
    /// What of a recording could not be used.
    public internal(set) var warnings: [String] = []
    /// How it ended; nil while it goes on.
    public internal(set) var ending: Ending?
    /// How many of the events were taken already.
    private var taken = 0

    public init() {}

    public var isEmpty: Bool {
        events.isEmpty && held.isEmpty && waiting == nil && sent == nil && ports == nil && traced == nil
            && warnings.isEmpty && ending == nil
    }

    /// The first of what happened; the rest stays here, and so does whatever is true only after it.
    public mutating func takeFirst(_ count: Int) -> News {
        guard events.count - taken > count else {
            defer { self = News() }
            events.removeFirst(taken)
            return self
        }
        var first = News()
        first.events = Array(events[taken..<taken + count])
        taken += count
        return first
    }

    /// Puts what came later behind what is here.
    public mutating func append(_ later: News) {
        // What was taken is removed only once it is the greater part, so that no event is moved often.
        if taken > events.count / 2 {
            events.removeFirst(taken)
            taken = 0
        }
        events += later.events
        held.merge(later.held) { $1 }
        waiting = later.waiting ?? waiting
        sent = later.sent ?? sent
        ports = later.ports ?? ports
        traced = later.traced ?? traced
        warnings += later.warnings
        ending = later.ending ?? ending
    }
}

/// How a walk of the program's own ended.
public enum Ending: Equatable, Sendable {
    case sandbox(SandboxOutcome)
    case live(LiveOutcome)
    /// All of a recording was read.
    case read
    /// It could not begin; why, in a sentence without a full stop.
    case notStarted(String)
}
