extension ExchangerChoice {
    /// The choice while it is being made: facts in, remarks gathered on the way.
    struct Draft {
        let domain: Name
        let answer: Message
        private var addresses: [Name: [IPAddress]] = [:]
        private var aliases: [Name: Name] = [:]
        var remarks: [Remark] = []
        var records: [Candidate] = []

        init(domain: Name, answer: Message, addresses: [Name: [IPAddress]], aliases: [Name: Name]) {
            self.domain = domain
            self.answer = answer
            for record in answer.answers + answer.additionals {
                switch record.data {
                case .a(let address): self.addresses[record.owner, default: []].append(.v4(address))
                case .aaaa(let address): self.addresses[record.owner, default: []].append(.v6(address))
                case .cname(let target): self.aliases[record.owner] = target
                case .mx, .ns, .ptr, .soa, .txt, .tlsa, .opt, .other: break
                }
            }
            self.addresses.merge(addresses) { _, told in told }
            self.aliases.merge(aliases) { _, told in told }
        }

        mutating func outcome(ownName: Name?, using generator: inout some RandomNumberGenerator) -> Outcome {
            if answer.flags.contains(.truncated) { remarks.append(.truncatedAnswer) }
            switch answer.extendedResponseCode {
            case .noError: break
            case .nameError: return .noSuchDomain
            case let code: return .lookupFailed(code)
            }
            guard let owner = followedAliases() else { return .aliasLoop }
            let unreadable = gather(owner)
            guard !records.isEmpty || unreadable else { return implicit(owner, ownName) }
            if !records.isEmpty, records.allSatisfy(\.exchange.isRoot) { return nullMX() }
            let usable = records.filter { isUsable($0) }
            guard !usable.isEmpty else { return .noneUsable }
            let left = withoutOurselves(usable, ownName)
            guard !left.isEmpty else { return .onlyOurselves }
            return .exchangers(shuffled(left, using: &generator))
        }

        /// The name at the end of the domain's aliases; nil when they lead in a circle.
        private mutating func followedAliases() -> Name? {
            var owner = domain
            var seen: Set = [domain]
            while let target = aliases[owner] {
                remarks.append(.followedAlias(owner, to: target))
                guard seen.insert(target).inserted else { return nil }
                owner = target
            }
            return owner
        }

        /// Takes the MX records of `owner`, the lowest preference first.
        ///
        /// Returns whether some exist that could not be read.
        private mutating func gather(_ owner: Name) -> Bool {
            var unreadable = false
            for record in answer.answers where record.type == .mx && record.class == .internet {
                guard record.owner == owner else {
                    remarks.append(.foreignOwner(record.owner))
                    continue
                }
                guard case .mx(let preference, let exchange) = record.data else {
                    unreadable = true
                    remarks.append(.unreadableRecord)
                    continue
                }
                records.append(
                    Candidate(preference: preference, exchange: exchange, addresses: knownAddresses(of: exchange))
                )
            }
            // A stable order, so that what is shown and what is shuffled depends on the answer alone.
            records = records.enumerated()
                .sorted { ($0.element.preference, $0.offset) < ($1.element.preference, $1.offset) }.map(\.element)
            var seen: Set<Name> = []
            for record in records where !seen.insert(record.exchange).inserted {
                remarks.append(.duplicate(record.exchange))
            }
            return unreadable
        }

        /// The addresses of a host, also where it is an alias; nil when nothing is known.
        private func knownAddresses(of host: Name) -> [IPAddress]? {
            var seen: Set = [host]
            var host = host
            while addresses[host] == nil, let target = aliases[host], seen.insert(target).inserted { host = target }
            return addresses[host]
        }

        private func implicit(_ owner: Name, _ ownName: Name?) -> Outcome {
            guard owner != ownName else { return .onlyOurselves }
            let known = knownAddresses(of: owner)
            guard known != [] else { return .noAddress }
            return .implicit(Candidate(preference: 0, exchange: owner, addresses: known))
        }

        private mutating func nullMX() -> Outcome {
            for record in records where record.preference != 0 { remarks.append(.nullMXPreference(record.preference)) }
            return .nullMX
        }

        private mutating func isUsable(_ candidate: Candidate) -> Bool {
            let exchange = candidate.exchange
            if exchange.isRoot {
                remarks.append(.nullMXAmongOthers)
                return false
            }
            if IPv4Address(exchange.description) != nil {
                remarks.append(.exchangeIsAddress(exchange))
                return false
            }
            if let target = aliases[exchange] { remarks.append(.exchangeIsAlias(exchange, to: target)) }
            if candidate.addresses == [] {
                remarks.append(.exchangeHasNoAddress(exchange))
                return false
            }
            return true
        }

        /// Removes ourselves and every exchanger that is not preferred to us, so that mail cannot loop (RFC 5321 §5.1).
        private mutating func withoutOurselves(_ usable: [Candidate], _ ownName: Name?) -> [Candidate] {
            guard let ownName, let own = records.first(where: { $0.exchange == ownName }) else { return usable }
            let left = usable.filter { $0.preference < own.preference }
            remarks.append(
                .discardedForOurselves(usable.filter { $0.preference >= own.preference }.map(\.exchange))
            )
            return left
        }

        private func shuffled(_ sorted: [Candidate], using generator: inout some RandomNumberGenerator) -> [Candidate] {
            var seen: Set<Name> = []
            let once = sorted.filter { seen.insert($0.exchange).inserted }
            return Set(once.map(\.preference)).sorted().flatMap { preference in
                var equals = once.filter { $0.preference == preference }
                equals.shuffleReproducibly(using: &generator)
                return equals
            }
        }
    }
}
