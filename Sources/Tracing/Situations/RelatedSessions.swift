/// What several sessions of one input tell together: THE one place where that is decided.
///
/// It is fed a few numbers for each session, as that is glanced at, and asked once in the end; both cost as much for a session however
/// many there are. It knows no lines and no octets.
public struct RelatedSessions: Sendable {
    /// How many logins fail from one address within `guessWindow` before it is guessing, where no session tells it alone: what fail2ban
    /// shuts an address out for (`maxretry`, `findtime` in its jail.conf).
    static let guessThreshold = 5
    /// In seconds.
    static let guessWindow = 600.0

    /// What is kept of one session.
    public struct Facts: Sendable {
        public var number: Int
        /// Seconds since 1970; nil where that is not known.
        let began: Double?
        /// Of whoever is the client, by its address where that is known.
        let client: Int
        let failedLogins: Int
        let hasLoggedIn: Bool
        /// Of the triplets that were asked for: client, reverse-path, forward-path.
        let attempts: [(triplet: Int, isDeferred: Bool, isTaken: Bool)]
        let mails: [MailTies.Mail]
    }

    private var sessions: [Facts] = []
    private var hasDeferrals = false

    public init() {}

    public mutating func add(_ facts: Facts) {
        hasDeferrals = hasDeferrals || facts.attempts.contains { $0.isDeferred }
        sessions.append(facts)
    }

    /// What the sessions tell together, by their numbers; nothing for most.
    public func situations() -> [Int: [Situation]] {
        guard sessions.count > 1 else { return [:] }
        var found: [Int: [Situation]] = [:]
        findGuessing(&found)
        if hasDeferrals { findAttempts(&found) }
        findWays(&found)
        return found
    }

    // MARK: Guessing

    private func findGuessing(_ found: inout [Int: [Situation]]) {
        var byClient: [Int: [Facts]] = [:]
        for facts in sessions where facts.failedLogins > 0 { byClient[facts.client, default: []].append(facts) }
        for group in byClient.values where group.count > 1 {
            let inOrder = group.inOrderOfTime
            for run in Self.runs(inOrder) {
                let first = run.first?.began, last = run.last?.began
                let told = Situation.Told.passwordGuessing(
                    failed: run.reduce(0) { $0 + $1.failedLogins },
                    seconds: first.flatMap { first in last.map { $0 - first } },
                    connections: run.count,
                    succeeded: run.contains { $0.hasLoggedIn }
                )
                let numbers = run.map(\.number).sorted()
                for facts in run { found[facts.number, default: []].append(Situation(told, sessions: numbers)) }
            }
        }
    }

    /// Sessions that go on from one to the next within the window, where enough failed in one window.
    private static func runs(_ sessions: [Facts]) -> [ArraySlice<Facts>] {
        var runs: [ArraySlice<Facts>] = []
        var (start, low, sum, isGuessing) = (0, 0, 0, false)
        func end(_ at: Int) { if isGuessing, at - start > 1 { runs.append(sessions[start..<at]) } }
        for index in sessions.indices {
            let now = sessions[index].began ?? 0
            if index > start, now - (sessions[index - 1].began ?? 0) > guessWindow {
                end(index)
                (start, low, sum, isGuessing) = (index, index, 0, false)
            }
            sum += sessions[index].failedLogins
            while now - (sessions[low].began ?? 0) > guessWindow {
                sum -= sessions[low].failedLogins
                low += 1
            }
            isGuessing = isGuessing || sum >= guessThreshold
        }
        end(sessions.count)
        return runs
    }

    // MARK: Greylisting

    private func findAttempts(_ found: inout [Int: [Situation]]) {
        var deferred: [Int: Facts] = [:]
        // Who was taken once is known, and is put off for another reason.
        var known: Set<Int> = []
        for facts in sessions.inOrderOfTime {
            if let again = facts.attempts.first(where: { deferred[$0.triplet] != nil }),
                let before = deferred[again.triplet]
            {
                let seconds = facts.began.flatMap { now in before.began.map { now - $0 } }
                let told = Situation.Told.secondAttempt(seconds: seconds, isTaken: again.isTaken)
                let numbers = [before.number, facts.number].sorted()
                found[facts.number, default: []].append(Situation(told, sessions: numbers))
            }
            for attempt in facts.attempts {
                if attempt.isTaken {
                    known.insert(attempt.triplet)
                    deferred[attempt.triplet] = nil
                } else if attempt.isDeferred, !known.contains(attempt.triplet), deferred[attempt.triplet] == nil {
                    // The first attempt counts: from there on the server lets time pass.
                    deferred[attempt.triplet] = facts
                }
            }
        }
    }

    // MARK: One mail

    private func findWays(_ found: inout [Int: [Situation]]) {
        var groups = SessionGroups(sessions.count)
        var byID: [Int: Int] = [:]
        var byWord: [Int: Int] = [:]
        var links: Set<Int> = []
        for (index, facts) in sessions.enumerated() {
            for mail in facts.mails {
                for word in mail.taken { byWord[word] = byWord[word] ?? index }
            }
        }
        for (index, facts) in sessions.enumerated() {
            for mail in facts.mails {
                if let id = mail.messageID {
                    if let other = byID[id] { groups.join(other, index) } else { byID[id] = index }
                }
                for word in mail.received {
                    guard let other = byWord[word], other != index else { continue }
                    groups.join(other, index)
                    links.formUnion([other, index])
                }
            }
        }
        for members in groups.all {
            let way = members.map { sessions[$0] }.inOrderOfWay
            let hops = way.compactMap(\.hops)
            let isRising = hops.count == way.count && zip(hops, hops.dropFirst()).allSatisfy { $0 < $1 }
            let isOneWay = isRising || members.contains(where: links.contains)
            // In the order of the way, so that a key leads from each to the next.
            let numbers = way.map(\.number)
            for (hop, facts) in way.enumerated() {
                let told = Situation.Told.sameMail(hop: hop + 1, hops: way.count, isOneWay: isOneWay)
                found[facts.number, default: []].append(Situation(told, sessions: numbers))
            }
        }
    }
}

/// Which sessions belong together, as more and more is found that ties them.
private struct SessionGroups {
    private var parents: [Int]

    init(_ count: Int) { parents = Array(0..<count) }

    mutating func join(_ one: Int, _ other: Int) {
        let (first, second) = (root(one), root(other))
        parents[max(first, second)] = min(first, second)
    }

    private mutating func root(_ member: Int) -> Int {
        var member = member
        while parents[member] != member {
            parents[member] = parents[parents[member]]
            member = parents[member]
        }
        return member
    }

    /// Groups of two and more.
    var all: [[Int]] {
        var copy = self
        var groups: [Int: [Int]] = [:]
        for member in parents.indices where parents[member] != member {
            groups[copy.root(member), default: []].append(member)
        }
        return groups.map { [$0.key] + $0.value }
    }
}

extension RelatedSessions.Facts {
    /// How many servers the mail had been through; nil where no mail tells.
    fileprivate var hops: Int? { mails.first?.hops }

    /// `client` is whoever spoke, as a list shows it, `began` in seconds since 1970.
    public init(number: Int, began: Double?, client: String?, _ glance: borrowing SessionGlance, _ verdict: Verdict) {
        self.number = number
        self.began = began
        let who = client.map { EndpointName($0).number } ?? 0
        self.client = who
        (failedLogins, hasLoggedIn) = glance.failedLogins
        mails = glance.mails
        attempts = verdict.recipients.prefix(Self.maxAttempts).map { recipient in
            var hasher = Hasher()
            hasher.combine(who)
            let sender = verdict.transactions.first { $0.number == recipient.transaction }?.reversePath
            hasher.combine(HashedNames.number(sender ?? []))
            hasher.combine(HashedNames.number(recipient.address))
            let decision = recipient.decision
            return (
                hasher.finalize(), decision.map { AttemptTally.mayBeGreylisting($0.code, $0.status) } ?? false,
                recipient.outcome == .accepted
            )
        }
    }

    /// A mail to more recipients is told by the first of them.
    private static let maxAttempts = 20
}

extension [RelatedSessions.Facts] {
    /// Those whose time is not known stand where they are in the file.
    fileprivate var inOrderOfTime: [RelatedSessions.Facts] {
        guard allSatisfy({ $0.began != nil }) else { return self }
        return sorted { ($0.began ?? 0, $0.number) < ($1.began ?? 0, $1.number) }
    }

    /// The way that a mail went: each server adds a Received field.
    fileprivate var inOrderOfWay: [RelatedSessions.Facts] {
        sorted { ($0.hops ?? 0, $0.began ?? 0, $0.number) < ($1.hops ?? 0, $1.began ?? 0, $1.number) }
    }
}
