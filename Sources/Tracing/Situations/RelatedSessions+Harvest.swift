import SMTP

/// A search for names that is dealt out over connections: each asks for a few recipients, is told that they are not there, and brings no
/// mail.
extension RelatedSessions {
    /// How many names that are not there one client asks for within `guessWindow`, over how many connections, before it is a search. One
    /// connection alone is told of from `HarvestTally.refusedThreshold` on; who comes again and again for the next few hides from that.
    static let harvestThreshold = 10
    static let harvestConnections = 3

    /// What of one session may be part of a search.
    struct Search: Sendable {
        /// The numbers of recipients that the server did not know.
        let unknown: [Int]
        /// How many it knew, and got no mail for.
        let found: Int
        /// Mail was sent, or announced.
        let meansMail: Bool
        /// One or two names from the null reverse-path: a server that checks whether a sender is there asks so, of as many senders as are
        /// forged.
        let mayBeCallout: Bool

        /// The most names that are told apart in one session.
        private static let maxNames = 100

        init(_ verdict: Verdict, meansMail: Bool) {
            self.meansMail = meansMail
            unknown = verdict.recipients.prefix(Self.maxNames).compactMap { recipient in
                guard let decision = recipient.decision, decision.turn == .rcpt,
                    HarvestTally.tellsUnknown(decision.code, decision.status)
                else { return nil }
                return HashedNames.number(recipient.address)
            }
            found = verdict.recipients.count { $0.outcome == .untried }
            mayBeCallout =
                verdict.recipients.count <= 2 && verdict.transactions.allSatisfy { $0.reversePath?.isEmpty == true }
        }
    }

    /// From one address each, which sent no mail.
    func findHarvests(_ found: inout [Int: [Situation]]) {
        var byClient: [Int: [Facts]] = [:]
        for facts in sessions where facts.isClientKnown && (facts.search.meansMail || !facts.search.unknown.isEmpty) {
            byClient[facts.client, default: []].append(facts)
        }
        for group in byClient.values where group.count >= Self.harvestConnections {
            guard !group.contains(where: \.search.meansMail) else { continue }
            let asking = group.filter { !$0.search.mayBeCallout }.inOrderOfTime
            var start = 0
            for index in asking.indices {
                let isLast = index + 1 == asking.count
                let gap = isLast ? 0 : (asking[index + 1].began ?? 0) - (asking[index].began ?? 0)
                guard isLast || gap > Self.guessWindow else { continue }
                Self.tellHarvest(asking[start...index], &found)
                start = index + 1
            }
        }
    }

    private static func tellHarvest(_ run: ArraySlice<Facts>, _ found: inout [Int: [Situation]]) {
        guard run.count >= harvestConnections else { return }
        let names = Set(run.flatMap(\.search.unknown))
        guard names.count >= harvestThreshold else { return }
        let known = run.reduce(0) { $0 + $1.search.found }
        let told = Situation.Told.addressHarvest(
            verbs: [.rcpt],
            names: names.count + known,
            found: known,
            connections: run.count
        )
        let numbers = run.map(\.number).sorted()
        for facts in run { found[facts.number, default: []].append(Situation(told, sessions: numbers)) }
    }
}
