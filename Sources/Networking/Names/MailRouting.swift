import DNS
import Tracing

/// Finds out by DNS where a mail for a domain goes (RFC 5321 §5.1). Tells every packet that it sends and receives.
struct MailRouting: Sendable {
    var resolver: Resolver
    /// The kinds of address to ask for, in the order in which they are tried.
    var families: [RecordType]
    var observe: @Sendable (Resolver.Packet) -> Void

    /// Checks the signatures of all that is answered; nil where answers are taken as they come.
    var trust: ZoneTrust?

    /// The exchangers of a domain in the order in which they are to be tried.
    func choice(for domain: Name, seed: UInt64) async -> Result<ExchangerChoice, LookupError> {
        let lookup = await lookup(domain, .mx)
        guard let reading = lookup.reading else { return .failure(lookup.failure ?? .noServer) }
        if let failure = lookup.failure, isForbidden(failure) { return .failure(failure) }
        var generator = SplitMix64(seed: seed)
        let choice = ExchangerChoice(for: domain, answer: reading.message, using: &generator)
        // That there are no records can only be learnt from an answer that is whole and can be read.
        if let failure = lookup.failure, [.truncated, .malformed, .unreadable].contains(failure), choice.hasNoExchangers
        {
            return .failure(failure)
        }
        return .success(choice)
    }

    /// The addresses of a host, asked for whatever an earlier answer brought along; empty when it is known that there are none.
    func addresses(of host: Name) async -> Result<[IPAddress], LookupError> {
        var found: [IPAddress] = []
        var failure: LookupError?
        for family in families {
            let lookup = await lookup(host, family)
            if let own = lookup.failure {
                if isForbidden(own) { return .failure(own) }
                if own.disposition == .temporary { failure = failure ?? own }
            }
            for record in lookup.reading?.message.answers ?? [] {
                switch record.data {
                case .a(let address) where family == .a: found.append(.v4(address))
                case .aaaa(let address) where family == .aaaa: found.append(.v6(address))
                default: break
                }
            }
        }
        if found.isEmpty, let failure { return .failure(failure) }
        return .success(found)
    }

    /// The TLSA records of a host's server on port 25; empty when it is known that there are none (RFC 7672 §2.2).
    func associations(of host: Name) async -> Result<[TLSA], LookupError> {
        guard let owner = try? Name("_25._tcp.\(host)") else { return .success([]) }
        let lookup = await lookup(owner, .tlsa)
        if let failure = lookup.failure { return failure.disposition == .permanent ? .success([]) : .failure(failure) }
        let records = lookup.reading?.message.answers ?? []
        return .success(records.compactMap { if case .tlsa(let association) = $0.data { association } else { nil } })
    }

    private func lookup(_ name: Name, _ type: RecordType) async -> Resolver.Lookup {
        var lookup = await resolver.lookup(name, type, observe: observe)
        // Where no answer came, or none that says anything, there is nothing to check.
        guard let trust, [nil, .nameError, .noData].contains(lookup.failure) else { return lookup }
        if let why = await trust.check(lookup) { lookup.failure = .bogus(why) }
        return lookup
    }

    /// Where answers are checked, nothing is taken of one that was not.
    private func isForbidden(_ failure: LookupError) -> Bool { trust != nil && failure.disposition == .temporary }
}

extension ExchangerChoice {
    /// Whether the answer had no exchanger in it.
    fileprivate var hasNoExchangers: Bool { if case .exchangers = outcome { false } else { true } }
}

extension IPAddress {
    /// What an address is that no host of the public network has; nil for one that it may have (RFC 6890).
    var scope: String? {
        switch self {
        case .v4(let address):
            let octets = address.octets
            switch (octets[0], octets[1]) {
            case (127, _): return "this machine itself"
            case (10, _), (192, 168), (172, 16...31): return "of a private network"
            case (100, 64...127): return "of a provider's inner network"
            case (169, 254): return "of the local link alone"
            case (0, _): return "no host at all"
            case (224..., _): return "no single host"
            default: return nil
            }
        case .v6(let address):
            if address == .loopback { return "this machine itself" }
            if case .v4 = unmapped { return unmapped.scope }
            let octets = address.octets
            if octets.allSatisfy({ $0 == 0 }) { return "no host at all" }
            switch octets[0] {
            case 0xFC, 0xFD: return "of a private network"
            case 0xFE where octets[1] & 0xC0 == 0x80: return "of the local link alone"
            case 0xFF: return "no single host"
            default: return nil
            }
        }
    }

    /// The address itself; of an IPv4-mapped one, as `::ffff:127.0.0.1`, the IPv4 address that it is (RFC 4291 §2.5.5.2).
    var unmapped: IPAddress {
        guard case .v6(let address) = self else { return self }
        let octets = address.octets
        guard octets.prefix(10).allSatisfy({ $0 == 0 }), octets[10] == 0xFF, octets[11] == 0xFF else { return self }
        return .v4(IPv4Address(octets[12], octets[13], octets[14], octets[15]))
    }

    /// Whether it stays on this machine: 127.0.0.0/8 or ::1 (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3).
    var isLoopback: Bool {
        switch unmapped {
        case .v4(let address): address.octets.first == 127
        case .v6(let address): address == .loopback
        }
    }
}

extension Resolver.Packet {
    /// What a recording keeps of it.
    var event: WireEvent.Kind { kind == .query ? .dnsQuery(octets) : .dnsAnswer(octets) }
}
