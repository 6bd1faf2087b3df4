import Notation

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
    /// From how many addresses logins fail at one server, or for one user, within the window before it is guessing that is shared
    /// out. A person who has a new password has old ones in two or three devices.
    static let spreadThreshold = 5

    /// What is kept of one session.
    public struct Facts: Sendable {
        public var number: Int
        /// Seconds since 1970; nil where that is not known.
        let began: Double?
        /// Of whoever is the client, by its address where that is known.
        let client: Int
        /// Whether that is known.
        let isClientKnown: Bool
        let server: Int
        /// The users for whom a login failed, where they could be read.
        let users: [Int]
        let failedLogins: Int
        let hasLoggedIn: Bool
        /// Of the triplets that were asked for: client, reverse-path, forward-path.
        let attempts: [(triplet: Int, isDeferred: Bool, isTaken: Bool)]
        let mails: [MailTies.Mail]
        let search: Search
    }

    private(set) var sessions: [Facts] = []
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
        let told = findGuessing(&found)
        findSpreadGuessing(&found, besides: told)
        findHarvests(&found)
        if hasDeferrals { findAttempts(&found) }
        findWays(&found)
        return found
    }

    // MARK: Guessing

    /// From one address each; gives the sessions that are told.
    private func findGuessing(_ found: inout [Int: [Situation]]) -> Set<Int> {
        var told: Set<Int> = []
        var byClient: [Int: [Facts]] = [:]
        for facts in sessions where facts.failedLogins > 0 { byClient[facts.client, default: []].append(facts) }
        for group in byClient.values where group.count > 1 {
            let inOrder = group.inOrderOfTime
            for run in Self.runs(inOrder) {
                Self.tell(run, nil, &found)
                told.formUnion(run.map(\.number))
            }
        }
        return told
    }

    /// From many addresses, each of which fails too seldom to be told alone: against one server, or for one user.
    ///
    /// Who logs in from an address in the end knows a password. Of a server to which as many addresses log in as fail, nothing is
    /// told: many people mistype at the same time where there are many people.
    private func findSpreadGuessing(_ found: inout [Int: [Situation]], besides told: Set<Int>) {
        let known = Set(sessions.lazy.filter(\.hasLoggedIn).map(\.client))
        let failing = sessions.filter {
            $0.failedLogins > 0 && $0.isClientKnown && !known.contains($0.client) && !told.contains($0.number)
        }
        guard failing.count >= Self.spreadThreshold else { return }
        var spread: Set<Int> = []
        var byUser: [Int: [Facts]] = [:]
        for facts in failing { for user in facts.users { byUser[user, default: []].append(facts) } }
        for (_, group) in byUser.sorted(by: { $0.value[0].number < $1.value[0].number }) {
            for run in Self.runs(group.inOrderOfTime, isSpread: true) where spread.isDisjoint(with: run.map(\.number)) {
                Self.tell(run, Situation.Spread(addresses: run.addresses, isOneUser: true), &found)
                spread.formUnion(run.map(\.number))
            }
        }
        let rest = failing.filter { !spread.contains($0.number) }
        for (server, group) in Dictionary(grouping: rest, by: \.server) {
            let loggedIn = Set(sessions.lazy.filter { $0.server == server && $0.hasLoggedIn }.map(\.client)).count
            for run in Self.runs(group.inOrderOfTime, isSpread: true) where run.addresses > loggedIn {
                Self.tell(run, Situation.Spread(addresses: run.addresses, isOneUser: false), &found)
            }
        }
    }

    private static func tell(_ run: ArraySlice<Facts>, _ spread: Situation.Spread?, _ found: inout [Int: [Situation]]) {
        let first = run.first?.began, last = run.last?.began
        let told = Situation.Told.passwordGuessing(
            failed: run.reduce(0) { $0 + $1.failedLogins },
            seconds: first.flatMap { first in last.map { $0 - first } },
            connections: run.count,
            succeeded: run.contains { $0.hasLoggedIn },
            spread: spread
        )
        let numbers = run.map(\.number).sorted()
        for facts in run { found[facts.number, default: []].append(Situation(told, sessions: numbers)) }
    }

    /// Sessions that go on from one to the next within the window, where enough failed in one window: logins, or from so many
    /// addresses.
    private static func runs(_ sessions: [Facts], isSpread: Bool = false) -> [ArraySlice<Facts>] {
        var runs: [ArraySlice<Facts>] = []
        var (start, low, sum, isGuessing) = (0, 0, 0, false)
        // How many sessions of each address the window holds.
        var held: [Int: Int] = [:]
        func end(_ at: Int) { if isGuessing, at - start > 1 { runs.append(sessions[start..<at]) } }
        for index in sessions.indices {
            let now = sessions[index].began ?? 0
            if index > start, now - (sessions[index - 1].began ?? 0) > guessWindow {
                end(index)
                (start, low, sum, isGuessing, held) = (index, index, 0, false, [:])
            }
            held[sessions[index].client, default: 0] += 1
            sum += sessions[index].failedLogins
            while now - (sessions[low].began ?? 0) > guessWindow {
                sum -= sessions[low].failedLogins
                let count = held[sessions[low].client] ?? 0
                held[sessions[low].client] = count > 1 ? count - 1 : nil
                low += 1
            }
            isGuessing = isGuessing || (isSpread ? held.count >= spreadThreshold : sum >= guessThreshold)
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
                let before = deferred[again.triplet],
                case let seconds = facts.began.flatMap({ now in before.began.map { now - $0 } }),
                !AttemptTally.isNextExchanger(isOther: facts.server != before.server, after: seconds)
            {
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

    /// Seconds since 1970 of a beginning in ISO 8601. A log without a zone tells how far its sessions lie apart, which is all that is
    /// asked.
    public static func seconds(began: String) -> Double? {
        (UTCTime(iso8601: began) ?? UTCTime(iso8601: began + "Z")).map {
            Double($0.seconds) + Double($0.nanosecond) / 1e9
        }
    }

    /// `client` is whoever spoke, as a list shows it, `began` in seconds since 1970.
    public init(
        number: Int,
        began: Double?,
        client: String?,
        server: String? = nil,
        _ glance: borrowing SessionGlance,
        _ verdict: Verdict
    ) {
        self.number = number
        self.began = began
        let who = client.map { EndpointName($0).number } ?? 0
        self.client = who
        isClientKnown = client.map { !$0.utf8.elementsEqual("–".utf8) } ?? false
        self.server = server.map { EndpointName($0).number } ?? 0
        users = glance.failedUsers
        (failedLogins, hasLoggedIn) = glance.failedLogins
        mails = glance.mails
        let recipients = verdict.recipients.prefix(RelatedSessions.Search.maxNames)
        let names = recipients.map { HashedNames.number($0.address) }
        search = RelatedSessions.Search(verdict, names, meansMail: glance.meansMail)
        attempts = zip(recipients, names).prefix(Self.maxAttempts).map { recipient, name in
            let sender = verdict.transactions.first { $0.number == recipient.transaction }?.reversePath
            let decision = recipient.decision
            var hasher = Hasher()
            hasher.combine(who)
            hasher.combine(HashedNames.number(sender ?? []))
            hasher.combine(name)
            return (
                hasher.finalize(),
                decision.map { AttemptTally.mayBeGreylisting($0.code, $0.status) } ?? false,
                recipient.outcome == .accepted
            )
        }
    }

    /// A mail to more recipients is told by the first of them.
    private static let maxAttempts = 20
}

extension ArraySlice<RelatedSessions.Facts> {
    fileprivate var addresses: Int { Set(map(\.client)).count }
}

extension [RelatedSessions.Facts] {
    /// Those whose time is not known stand where they are in the file.
    var inOrderOfTime: [RelatedSessions.Facts] {
        guard allSatisfy({ $0.began != nil }) else { return self }
        return sorted { ($0.began ?? 0, $0.number) < ($1.began ?? 0, $1.number) }
    }

    /// The way that a mail went: each server adds a Received field.
    fileprivate var inOrderOfWay: [RelatedSessions.Facts] {
        sorted { ($0.hops ?? 0, $0.began ?? 0, $0.number) < ($1.hops ?? 0, $1.began ?? 0, $1.number) }
    }
}
