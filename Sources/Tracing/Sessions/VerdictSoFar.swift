/// The verdict while the session goes on: fed line by line as far as somebody has seen it, asked with every key.
///
/// It decides nothing: `VerdictReading` does. A question costs the same however long the session is, and a line is read once.
public struct VerdictSoFar: Equatable, Sendable {
    private var legs = VerdictLegs(keepsTally: true)
    private var replies: [Leg: Verdict.ReplyUnderWay] = [:]
    private var read = 0
    /// What became of the mail, once no more comes.
    public private(set) var verdict: Verdict?
    /// What is known now.
    public private(set) var standing = Verdict.Standing(VerdictLegs())

    public init() {}

    /// What was read says nothing about the session: all are equal.
    public static func == (one: VerdictSoFar, other: VerdictSoFar) -> Bool { true }

    /// Reads the lines before `end` that it has not read yet. Fewer than it has read are another session, or its beginning.
    public mutating func look(at lines: TraceLines, before end: Int, isOver: Bool) {
        let end = min(end, lines.count)
        if end < read { self = Self() }
        guard end > read || isOver != (verdict != nil) else { return }
        for line in lines[read..<end] { legs.take(line, &replies[line.leg]) }
        read = end
        var finished = legs
        verdict = isOver ? finished.verdict() : nil
        standing = verdict.map(Verdict.Standing.init) ?? Verdict.Standing(legs)
    }
}

extension Verdict {
    /// What is known of a verdict at a moment: what became of the recipients so far, and who holds the mail.
    public struct Standing: Equatable, Sendable {
        /// `none` while nothing is decided.
        public let outcome: Outcome
        public let counts: Counts
        public let holder: Holder
        /// In a word or two, as `1 of 3 refused`; empty while nothing is decided.
        public let title: String

        /// At the end.
        init(_ verdict: Verdict) {
            (outcome, counts, holder) = (verdict.outcome, verdict.counts, verdict.holder)
            title = verdict.title
        }

        /// On the way. What failed around the words may be tried again, so that it counts at the end alone.
        init(_ legs: VerdictLegs) {
            let reading = legs.furthest
            counts = reading.tally.counts
            holder = legs.holder
            let (decided, decision) = reading.standing
            // That its own server took it tells who holds it, and not what becomes of it.
            outcome = decided == .accepted && legs.isSubmission ? .none : decided
            title = outcome == .none ? "" : Verdict.title(outcome, counts, decision, ofAll: reading.hasAllRecipients)
        }
    }
}

extension VerdictReading {
    /// What is decided now, and by which reply, where it is one.
    fileprivate var standing: (Verdict.Outcome, Verdict.Decision?) {
        if let decision = transactions.last?.decision { return (.init(code: decision.code) ?? .refused, decision) }
        let counts = tally.counts
        switch counts.asked {
        case 0: return refusal.flatMap { isFinal($0) ? (.init(code: $0.code) ?? .refused, $0) : nil } ?? (.none, nil)
        case counts.accepted: return (.accepted, nil)
        case counts.refused: return (.refused, lastRefusal)
        case counts.deferred: return (.deferred, lastRefusal)
        default: return (counts.refused + counts.deferred > 0 ? .mixed : .none, nil)
        }
    }

    /// Whether nothing is tried again on this connection after a refusal that is about no recipient.
    private func isFinal(_ refusal: Verdict.Decision) -> Bool {
        refusal.turn == .greeting || refusal.turn == nil || hasEnded
    }
}
