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
        static let maxNames = 100

        /// `names` are the numbers of the first recipients.
        init(_ verdict: Verdict, _ names: [Int], meansMail: Bool) {
            self.meansMail = meansMail
            unknown = zip(verdict.recipients, names).compactMap { recipient, name in
                guard let decision = recipient.decision, decision.turn == .rcpt,
                    HarvestTally.tellsUnknown(decision.code, decision.status)
                else { return nil }
                return name
            }
            found = verdict.recipients.count { $0.outcome == .untried }
            mayBeCallout =
                verdict.recipients.count <= 2 && verdict.transactions.allSatisfy { $0.reversePath?.isEmpty == true }
        }
    }

    /// From one address each, which sent no mail.
    func findHarvests(_ found: inout [Int: [Situation]]) {
        var byClient: [Int: [Int]] = [:]
        for index in sessions.indices {
            let isAsking = sessions[index].search.meansMail || !sessions[index].search.unknown.isEmpty
            guard isAsking, sessions[index].isClientKnown else { continue }
            byClient[sessions[index].client, default: []].append(index)
        }
        for group in byClient.values where group.count >= Self.harvestConnections {
            guard !group.contains(where: { sessions[$0].search.meansMail }) else { continue }
            // Few of all that ask are a search, so what is kept of them is looked at where it stands.
            let asking = inOrderOfTime(group.filter { !sessions[$0].search.mayBeCallout })
            var start = 0
            for index in asking.indices {
                let isLast = index + 1 == asking.count
                let gap = isLast ? 0 : (sessions[asking[index + 1]].began ?? 0) - (sessions[asking[index]].began ?? 0)
                guard isLast || gap > Self.guessWindow else { continue }
                tellHarvest(asking[start...index], &found)
                start = index + 1
            }
        }
    }

    /// As `inOrderOfTime` of the sessions themselves.
    private func inOrderOfTime(_ group: [Int]) -> [Int] {
        guard group.allSatisfy({ sessions[$0].began != nil }) else { return group }
        return group.sorted {
            (sessions[$0].began ?? 0, sessions[$0].number) < (sessions[$1].began ?? 0, sessions[$1].number)
        }
    }

    private func tellHarvest(_ run: ArraySlice<Int>, _ found: inout [Int: [Situation]]) {
        guard run.count >= Self.harvestConnections else { return }
        var names: Set<Int> = []
        var known = 0
        for index in run {
            names.formUnion(sessions[index].search.unknown)
            known += sessions[index].search.found
        }
        guard names.count >= Self.harvestThreshold else { return }
        let told = Situation.Told.addressHarvest(
            verbs: [.rcpt],
            names: names.count + known,
            found: known,
            connections: run.count
        )
        let numbers = run.map { sessions[$0].number }.sorted()
        for index in run { found[sessions[index].number, default: []].append(Situation(told, sessions: numbers)) }
    }
}
