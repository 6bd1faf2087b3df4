/// How many of the recipients asked for so far have which fate, counted as the replies come: what a screen shows with each key
/// costs the same in a session of a hundred thousand recipients as in one of three.
///
/// It decides nothing: the recipients of a reading that ended here, counted one by one, come to the same, and a test does so. Who
/// was tried on several connections counts once, by the rule of `VerdictReading.onceEach`.
struct RecipientTally: Sendable {
    /// A recipient of a mail, whichever connection it is tried on.
    struct Key: Hashable { let reversePath: [UInt8]?, address: [UInt8] }

    private(set) var counts = Verdict.Counts()
    /// What came of each recipient on the connection where it was tried, of those that were tried on one.
    private var single: [Key: Try] = [:]
    /// What came of the others on each connection, in the order of the connections.
    private var several: [Key: [Try]] = [:]

    private struct Try {
        let connection: Int
        var counts = Verdict.Counts()

        /// Which of several tries counts, as `Verdict.Outcome.rank` has it.
        var rank: Int { counts.accepted > 0 ? 3 : counts.refused > 0 ? 1 : 0 }
    }

    /// Counts a recipient in or out, as it stands. Whoever is named in a mail that was refused was asked for by nobody.
    mutating func count(_ change: Int, _ recipient: Verdict.Recipient, of mail: Verdict.Transaction?) {
        guard mail?.decision == nil else { return }
        let key = Key(reversePath: mail?.reversePath, address: recipient.address)
        let outcome = recipient.countedOutcome
        if several.isEmpty || several[key] == nil {
            var own = single[key] ?? Try(connection: recipient.connection)
            if own.connection == recipient.connection {
                counts.add(change, outcome)
                own.counts.add(change, outcome)
                single[key] = own.counts.asked == 0 ? nil : own
                return
            }
        }
        countAmongSeveral(change, recipient.connection, outcome, key)
    }

    /// The same of a recipient that was tried on several connections.
    private mutating func countAmongSeveral(_ change: Int, _ connection: Int, _ outcome: Verdict.Outcome?, _ key: Key) {
        var own = several[key] ?? single[key].map { [$0] } ?? []
        let before = Self.contribution(of: own)
        let index = own.lastIndex { $0.connection == connection } ?? own.count
        if index == own.count { own.append(Try(connection: connection)) }
        own[index].counts.add(change, outcome)
        own.removeAll { $0.counts.asked == 0 }
        let after = Self.contribution(of: own)
        single[key] = own.count == 1 ? own[0] : nil
        several[key] = own.count > 1 ? own : nil
        counts.add(1, after)
        counts.add(-1, before)
    }

    /// All that was accepted, and what was not on the connection that counts.
    private static func contribution(of tries: [Try]) -> Verdict.Counts {
        guard var told = tries.max(by: { ($0.rank, $0.connection) < ($1.rank, $1.connection) })?.counts else {
            return Verdict.Counts()
        }
        let accepted = tries.reduce(0) { $0 + $1.counts.accepted }
        told.add(accepted - told.accepted, .accepted)
        return told
    }
}

extension Verdict.Recipient {
    /// What it counts as; nil while it is not decided.
    var countedOutcome: Verdict.Outcome? { decision != nil && !isOpen ? outcome : nil }
}

extension Verdict {
    /// How many recipients were asked for, and what became of them as far as that is decided.
    public struct Counts: Equatable, Sendable {
        /// In the order of what is below. They are kept for each change of a session, so they are kept small.
        private var numbers = SIMD4<Int32>()

        public var asked: Int { Int(numbers[0]) }
        public var accepted: Int { Int(numbers[1]) }
        public var deferred: Int { Int(numbers[2]) }
        public var refused: Int { Int(numbers[3]) }

        /// What is not decided by a reply counts as asked for alone.
        mutating func add(_ number: Int, _ outcome: Outcome?) {
            let number = Int32(clamping: number)
            numbers[0] += number
            switch outcome {
            case .accepted: numbers[1] += number
            case .deferred: numbers[2] += number
            case .refused: numbers[3] += number
            case .unknown, .untried, .mixed, Outcome.none?, nil: break
            }
        }

        /// `other` so many times.
        fileprivate mutating func add(_ times: Int32, _ other: Counts) { numbers &+= times &* other.numbers }
    }

    /// The recipients counted one by one.
    var counts: Counts {
        recipients.reduce(into: Counts()) { $0.add(1, $1.decision == nil ? nil : $1.outcome) }
    }
}
