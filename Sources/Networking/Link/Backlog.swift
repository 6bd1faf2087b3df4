import Synchronization
import Tracing

/// Counts the octets of events that were reported and not yet processed, so that no conversation is read faster than it can be
/// followed.
///
/// Each conversation has its own limit: one that floods is paused, and the others go on. Used from the thread that reports and
/// from the one that processes.
final class Backlog: Sendable {
    /// How many octets of one conversation may wait.
    static let maxOctets = 1 << 20
    /// How many octets of all conversations together; beyond that each may have no more than `minOctets`.
    static let maxInAll = 64 << 20
    static let minOctets = 64 << 10

    private struct Waiting {
        var octets: [Int: Int] = [:]
        var inAll = 0
        /// The conversations that are paused.
        var heldUp: Set<Int> = []

        func hasRoom(_ id: Int) -> Bool {
            let own = octets[id] ?? 0
            return own < Backlog.minOctets || own < Backlog.maxOctets && inAll < Backlog.maxInAll
        }
    }

    private let waiting = Mutex(Waiting())

    func tell(_ event: ConversationEvent) {
        let weight = Self.weight(event)
        guard weight > 0 else { return }
        waiting.withLock {
            $0.octets[event.id, default: 0] += weight
            $0.inAll += weight
        }
    }

    /// Whether more of a conversation may be read; otherwise `take` says when it may again.
    func hasRoom(_ id: Int) -> Bool {
        waiting.withLock {
            if $0.hasRoom(id) { return true }
            $0.heldUp.insert(id)
            return false
        }
    }

    /// Marks an event as processed; gives the conversations that may be read again.
    func take(_ event: ConversationEvent) -> [Int] {
        let weight = Self.weight(event)
        guard weight > 0 else { return [] }
        return waiting.withLock { waiting in
            let wasFull = waiting.inAll >= Self.maxInAll
            waiting.inAll -= weight
            let rest = (waiting.octets[event.id] ?? 0) - weight
            waiting.octets[event.id] = rest > 0 ? rest : nil
            guard !waiting.heldUp.isEmpty else { return [] }
            let isFull = waiting.inAll >= Self.maxInAll
            let freed = (wasFull && !isFull ? waiting.heldUp : waiting.heldUp.intersection([event.id]))
                .filter(waiting.hasRoom)
            waiting.heldUp.subtract(freed)
            return Array(freed)
        }
    }

    /// About how much memory it takes.
    private static func weight(_ event: ConversationEvent) -> Int {
        guard case .event(let event) = event.kind else { return 0 }
        return switch event.kind {
        case .octets(_, let octets, _), .records(_, let octets), .delivered(let octets): 256 + octets.count
        default: 256
        }
    }
}
