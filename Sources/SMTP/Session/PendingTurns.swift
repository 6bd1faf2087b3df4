/// Turns that were taken and not answered yet, first to last, so that replies find what they answer under PIPELINING
/// (RFC 2920 §3.1). Takes no side and judges nothing.
public struct PendingTurns<Context> {
    /// One turn and whatever its owner wants back with the answer.
    public struct Entry {
        public let turn: CommandSequence.Turn
        public let verb: Verb?
        public var context: Context

        init(turn: CommandSequence.Turn, verb: Verb?, context: Context) {
            (self.turn, self.verb, self.context) = (turn, verb, context)
        }
    }

    private var all: [Entry] = []
    /// Where in `all` the turns begin that wait; moved instead of moving all that follow, as there may be thousands.
    private var head = 0

    public init() {}

    public var entries: ArraySlice<Entry> { all[head...] }
    public var isEmpty: Bool { head == all.count }
    public var count: Int { all.count - head }
    public var first: Entry? { isEmpty ? nil : all[head] }
    public var last: Entry? { isEmpty ? nil : all[all.count - 1] }

    public mutating func append(_ turn: CommandSequence.Turn, verb: Verb?, context: Context) {
        all.append(Entry(turn: turn, verb: verb, context: context))
    }

    /// Takes the turn that a reply with this code answers: the oldest, but for DATA whose 354 was never seen although the
    /// mail data went out. A 2yz cannot answer DATA, so it answers the mail data (RFC 5321 §4.1.1.4, §4.3.2). And 221 says that
    /// the channel is closed: it takes no mail, so behind QUIT it leaves mail data unanswered (RFC 5321 §4.3.2).
    public mutating func answer(code: UInt16?) -> (answered: Entry?, skipped: [Entry]) {
        guard let oldest = first else { return (nil, []) }
        if code == 221, [.mailData, .lastChunk].contains(oldest.turn) {
            let unanswered = entries.prefix { [.mailData, .lastChunk].contains($0.turn) }
            guard entries.dropFirst(unanswered.count).first?.turn == .quit else { return (removeFirst(), []) }
            let skipped = unanswered.compactMap { _ in removeFirst() }
            return (removeFirst(), skipped)
        }
        let isData = oldest.turn == .data && (code ?? 0) / 100 == 2
        guard isData, count > 1, entries[head + 1].turn == .mailData else { return (removeFirst(), []) }
        let skipped = removeFirst()
        return (removeFirst(), skipped.map { [$0] } ?? [])
    }

    /// Puts turns before all that wait: they are answered first.
    mutating func prepend(_ entries: [Entry]) { (all, head) = (entries + self.entries, 0) }

    /// Whether such a turn is among the last ones.
    func hasLately(_ turn: CommandSequence.Turn) -> Bool {
        let end = max(head, all.count - Self.maxLately)
        var index = all.count
        while index > end {
            index -= 1
            if all[index].turn == turn { return true }
        }
        return false
    }

    private static var maxLately: Int { 100 }

    /// Takes the oldest.
    public mutating func removeFirst() -> Entry? {
        // Mostly one waits.
        if all.count == 1, head == 0 { return all.removeLast() }
        guard let oldest = first else { return nil }
        head += 1
        if head == all.count {
            all.removeAll(keepingCapacity: true)
            head = 0
        } else if head * 2 > all.count {
            all.removeSubrange(..<head)
            head = 0
        }
        return oldest
    }

    /// Forgets turns that will not be answered after all.
    public mutating func remove(where isForgotten: (Entry) -> Bool) {
        (all, head) = (entries.filter { !isForgotten($0) }, 0)
    }

    /// Everything that is left, when no answer can come any more.
    public mutating func removeAll() -> [Entry] {
        defer { (all, head) = ([], 0) }
        return Array(entries)
    }
}

extension PendingTurns: Sendable where Context: Sendable {}
extension PendingTurns.Entry: Sendable where Context: Sendable {}
