/// The verdict while the session goes on: read with the lines as they come to be known, asked with every key at the line that
/// somebody has got to.
///
/// It decides nothing: `VerdictReading` does. A line is read once, and what was known there is kept where it changed, so that a
/// question costs the same however long the session is and however far a key goes.
public struct VerdictSoFar: Equatable, Sendable {
    private var legs = VerdictLegs(keepsTally: true)
    private var replies = ByLeg<Verdict.ReplyUnderWay>()
    private var read = 0
    /// The leg of the line before, where that was mail data.
    private var mailData: Leg?
    /// What was known from a line on, in order, where it changed.
    private var changes = Blocks<Change>()
    private var titles = [""]
    /// What is known now.
    private var known: Known?
    /// What became of the mail; nil until no more comes.
    private var whole: (verdict: Verdict, standing: Verdict.Standing)?
    /// Whether what reading on needs was left out.
    private var isToldAlone = false

    /// Much of what is known is the same from change to change, so of a title its number is kept.
    private struct Change: Sendable {
        /// How many lines tell it.
        let count: UInt32
        let title: UInt32
        let outcome: Verdict.Outcome
        let holder: Verdict.Holder
        let counts: Verdict.Counts
    }

    /// What a standing is made of: most lines change nothing of it.
    fileprivate struct Known: Equatable, Sendable {
        let outcome: Verdict.Outcome
        let holder: Verdict.Holder
        let counts: Verdict.Counts
        let decision: Verdict.Decision?
        /// Whether all recipients were asked for.
        let hasAll: Bool

        var standing: Verdict.Standing {
            let title = outcome == .none ? "" : Verdict.title(outcome, counts, decision, ofAll: hasAll)
            return Verdict.Standing(outcome, counts, holder, title: title)
        }
    }

    public init() {}

    /// What was read says nothing about the session: all are equal.
    public static func == (one: VerdictSoFar, other: VerdictSoFar) -> Bool { true }

    /// Reads the lines that it has not read yet; `isWhole` when no more come. Fewer lines than it has read are another session, and
    /// so are more behind the end.
    public mutating func read(_ lines: TraceLines, isWhole: Bool) {
        let isOther = whole != nil ? lines.count > read || !isWhole : isToldAlone && (lines.count > read || isWhole)
        if lines.count < read || isOther { self = Self() }
        while read < lines.count { take(lines.outline(of: read)) }
        guard isWhole, whole == nil else { return }
        let verdict = legs.verdict()
        whole = (verdict, Verdict.Standing(verdict))
        legs = VerdictLegs()
    }

    /// The same for whoever only asks, without what reading on would need: of very many mails that is more than what is told.
    var told: VerdictSoFar {
        var told = self
        (told.legs, told.replies, told.known, told.isToldAlone) = (VerdictLegs(), ByLeg(), nil, true)
        return told
    }

    private mutating func take(_ line: TraceLine) {
        read += 1
        legs.take(line, &replies[line.leg])
        // Behind mail data more of it tells nothing new.
        let before = mailData
        if case .mailData(let part) = line.content, part != .end { mailData = line.leg } else { mailData = nil }
        guard mailData == nil || mailData != before else { return }
        let now = legs.known
        guard now != known else { return }
        known = now
        keep(now.standing)
    }

    private mutating func keep(_ now: Verdict.Standing) {
        if let last = changes.last, standing(last) == now { return }
        if titles[titles.count - 1] != now.title, !now.title.isEmpty { titles.append(now.title) }
        changes.append(
            Change(
                count: UInt32(clamping: read),
                title: now.title.isEmpty ? 0 : UInt32(titles.count - 1),
                outcome: now.outcome,
                holder: now.holder,
                counts: now.counts
            )
        )
    }

    private func standing(_ change: Change) -> Verdict.Standing {
        Verdict.Standing(change.outcome, change.counts, change.holder, title: titles[Int(change.title)])
    }

    /// What the first `count` lines tell while more come.
    public func standing(before count: Int) -> Verdict.Standing {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].count <= count { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? standing(changes[low - 1]) : VerdictLegs().standing
    }

    /// What became of the mail; nil until no more lines come.
    public var verdict: Verdict? { whole?.verdict }
    /// The same as a standing.
    public var end: Verdict.Standing? { whole?.standing }
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

        /// As it was kept.
        init(_ outcome: Outcome, _ counts: Counts, _ holder: Holder, title: String) {
            (self.outcome, self.counts, self.holder, self.title) = (outcome, counts, holder, title)
        }
    }
}

extension VerdictLegs {
    var standing: Verdict.Standing { known.standing }

    /// What is known on the way. What failed around the words may be tried again, so that it counts at the end alone.
    fileprivate var known: VerdictSoFar.Known {
        isSubmission ? known(of: submission, isSubmission: true) : known(of: relay, isSubmission: false)
    }

    private func known(of reading: VerdictReading, isSubmission: Bool) -> VerdictSoFar.Known {
        let (decided, decision) = reading.standing
        // That its own server took it tells who holds it, and not what becomes of it.
        let outcome = decided == .accepted && isSubmission ? .none : decided
        return VerdictSoFar.Known(
            outcome: outcome,
            holder: holder,
            counts: reading.tally.counts,
            decision: decision,
            hasAll: reading.hasAllRecipients
        )
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
