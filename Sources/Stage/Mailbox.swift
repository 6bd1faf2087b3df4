import Networking
import Synchronization
import Tracing

/// The one way from the background to the thread that shows: what happened, kept until it is asked for.
///
/// It never makes anybody wait. It is bounded because whoever fills it asks `hasRoom` before reading more of a conversation,
/// reads on only when `take` says so, and because what merely changes, such as what is held, is kept as it stands last.
/// Each conversation has room of its own: one that floods is held up, and the others go on. May be used from any thread.
final class Mailbox: Sendable {
    /// So much of one conversation may wait here, in octets.
    static let maxOfOne = 1 << 20
    /// So much of all; beyond that a conversation has no more than `minOfOne`.
    static let maxOfAll = 64 << 20
    static let minOfOne = 64 << 10

    private struct Contents {
        var news = News()
        /// About how many octets of memory the events of each conversation take.
        var weights: [Int: Int] = [:]
        var weight = 0
        /// Those that were told not to read on.
        var heldUp: Set<Int> = []

        mutating func weigh(_ id: Int, _ octets: Int) {
            weights[id, default: 0] += octets
            weight += octets
        }

        func hasRoom(_ id: Int) -> Bool {
            let own = weights[id] ?? 0
            return own < Mailbox.minOfOne || own < Mailbox.maxOfOne && weight < Mailbox.maxOfAll
        }
    }

    private let contents = Mutex(Contents())
    private let onNews: @Sendable () -> Void

    /// `onNews` is called when there is something after there was nothing.
    init(onNews: @escaping @Sendable () -> Void) { self.onNews = onNews }

    func post(_ event: ConversationEvent) {
        change { contents in
            contents.news.events.append(event)
            guard case .event(let wire) = event.kind else { return }
            contents.weigh(event.id, wire.weight)
        }
    }

    /// Puts many events of the program's own walk into the news at once, and what came with them.
    func post(_ events: [ConversationEvent], weight: Int, _ change: (inout News) -> Void) {
        self.change { contents in
            contents.news.events += events
            contents.weigh(RunningWalk.own, weight)
            change(&contents.news)
        }
    }

    /// Puts something into the news that is no event.
    func post(_ change: (inout News) -> Void) { self.change { change(&$0.news) } }

    /// Whether more of a conversation may be read; where not, `take` says when it may.
    func hasRoom(_ id: Int) -> Bool {
        contents.withLock { contents in
            if contents.hasRoom(id) { return true }
            contents.heldUp.insert(id)
            return false
        }
    }

    /// The same of whatever it may be, for who reads many at a time.
    func hasRoom() -> Bool {
        contents.withLock { contents in
            if contents.weight < Self.maxOfAll { return true }
            contents.heldUp.insert(RunningWalk.own)
            return false
        }
    }

    /// Hands everything out, once, and says which conversations were held up and need not be any more.
    func take() -> (news: News, freed: [Int]) {
        contents.withLock { contents in
            defer { contents = Contents() }
            return (contents.news, contents.heldUp.sorted())
        }
    }

    private func change(_ change: (inout Contents) -> Void) {
        let wasEmpty = contents.withLock { contents in
            defer { change(&contents) }
            return contents.news.isEmpty
        }
        if wasEmpty { onNews() }
    }
}

extension WireEvent {
    /// About how many octets of memory it takes.
    var weight: Int {
        switch kind {
        case .octets(_, let octets, _), .records(_, let octets), .delivered(let octets): 256 + octets.count
        case .gap, .dnsQuery, .dnsAnswer, .connect, .connected, .tls, .close, .error, .note, .remark: 256
        }
    }
}
