/// Which hosts may take mail for a domain, in the order in which they are to be tried (RFC 5321 §5.1).
///
/// A pure function of the answers of DNS; it looks nothing up. A candidate whose addresses nobody has looked up yet has none.
public struct ExchangerChoice: Equatable, Sendable {
    /// A host to be tried.
    public struct Candidate: Equatable, Sendable {
        /// The lower, the earlier. 0 for the domain itself when it has no MX records.
        public var preference: UInt16
        public var exchange: Name
        /// In the order in which they came; nil when nobody has asked for them yet.
        public var addresses: [IPAddress]?

        public init(preference: UInt16, exchange: Name, addresses: [IPAddress]? = nil) {
            self.preference = preference
            self.exchange = exchange
            self.addresses = addresses
        }
    }

    public enum Outcome: Equatable, Sendable {
        /// Never empty.
        case exchangers([Candidate])
        /// No MX records: the domain's own address counts as its exchanger.
        case implicit(Candidate)
        /// The domain takes no mail and says so (RFC 7505 §3).
        case nullMX
        /// Neither MX records nor an address.
        case noAddress
        case noSuchDomain
        case lookupFailed(ResponseCode)
        /// There are MX records, and none can be used: an error, and no reason to try the domain's address.
        case noneUsable
        /// Nothing is left of the list once we ourselves are taken out: the mail would come back to us.
        case onlyOurselves
        case aliasLoop
    }

    /// What a person should know about the records.
    public enum Remark: Hashable, Sendable {
        case truncatedAnswer
        case followedAlias(Name, to: Name)
        /// A record that belongs to a name nobody asked for.
        case foreignOwner(Name)
        case unreadableRecord
        case duplicate(Name)
        /// An exchange must be a name, not an address (RFC 1035 §3.3.9).
        case exchangeIsAddress(Name)
        /// An exchange must have addresses itself (RFC 2181 §10.3).
        case exchangeIsAlias(Name, to: Name)
        case exchangeHasNoAddress(Name)
        /// A null MX must stand alone (RFC 7505 §3).
        case nullMXAmongOthers
        case nullMXPreference(UInt16)
        /// These exchangers are ourselves, or less preferred than ourselves.
        case discardedForOurselves([Name])
    }

    public var outcome: Outcome
    public var remarks: [Remark]
    /// The MX records that were considered, sorted by preference, before anything was discarded or shuffled.
    public var records: [Candidate]
    /// What the name server says about why it has no answer (RFC 8914).
    public var extendedErrors: [ExtendedError]

    /// What may be tried, in order; empty where the outcome is an error.
    public var candidates: [Candidate] {
        switch outcome {
        case .exchangers(let candidates): candidates
        case .implicit(let candidate): [candidate]
        case .nullMX, .noAddress, .noSuchDomain, .lookupFailed, .noneUsable, .onlyOurselves, .aliasLoop: []
        }
    }

    /// Chooses from an answer to an MX question for `domain`.
    ///
    /// `addresses` and `aliases` are what further lookups found, an empty list meaning that there are none; they go
    /// before what the answer brings along. Exchangers of equal preference are shuffled with `generator`.
    public init(
        for domain: Name,
        answer: Message,
        addresses: [Name: [IPAddress]] = [:],
        aliases: [Name: Name] = [:],
        ownName: Name? = nil,
        using generator: inout some RandomNumberGenerator
    ) {
        var draft = Draft(domain: domain, answer: answer, addresses: addresses, aliases: aliases)
        outcome = draft.outcome(ownName: ownName, using: &generator)
        remarks = draft.remarks
        records = draft.records
        extendedErrors = answer.extendedErrors
    }
}

extension ExchangerChoice.Outcome: CustomStringConvertible {
    public var description: String {
        switch self {
        case .exchangers(let candidates) where candidates.count == 1: "one exchanger to try"
        case .exchangers(let candidates): "\(candidates.count) exchangers to try, lowest preference first"
        case .implicit(let candidate):
            "no MX records: \(candidate.exchange) itself counts as the exchanger, preference 0"
        case .nullMX: "a null MX: the domain says that it takes no mail"
        case .noAddress: "the domain has neither MX records nor an address"
        case .noSuchDomain: "the domain does not exist"
        case .lookupFailed(let code): "the name server answered \(code): whether the domain has exchangers is not known"
        case .noneUsable: "the domain has MX records, and none of them can be used"
        case .onlyOurselves: "we are the domain's best exchanger: sending the mail on would send it to ourselves"
        case .aliasLoop: "the domain is an alias that leads in a circle"
        }
    }
}

extension ExchangerChoice.Remark: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncatedAnswer: "the answer is cut short (TC): there may be more exchangers"
        case .followedAlias(let name, let target): "\(name) is an alias; the records of \(target) count"
        case .foreignOwner(let name): "the answer has an MX record of \(name), which nobody asked for"
        case .unreadableRecord: "an MX record could not be read"
        case .duplicate(let name): "\(name) is listed more than once"
        case .exchangeIsAddress(let name): "the exchange \(name) is an address, and an MX record must give a name"
        case .exchangeIsAlias(let name, let target):
            "the exchange \(name) is an alias of \(target), which MX does not allow"
        case .exchangeHasNoAddress(let name): "the exchange \(name) has no address"
        case .nullMXAmongOthers: "a null MX stands beside other MX records, where it has no meaning"
        case .nullMXPreference(let preference): "the null MX has preference \(preference) and should have 0"
        case .discardedForOurselves(let names):
            "taken out because we are on the list: \(names.map(\.description).joined(separator: ", "))"
        }
    }
}
