import DNS
import Notation
import SMTP

/// Checks the signatures of what a name server answers (RFC 4035 §5).
///
/// It trusts the key of one zone, which it knows by its digest beforehand, as others know that of the root: a *trust anchor*
/// (RFC 4033 §2). All that it is asked to check has to be signed with that key, and with Ed25519 (RFC 8080).
actor ZoneTrust {
    /// What is known of a zone beforehand.
    struct Anchor {
        var zone: Name
        /// The SHA-256 that a DS record of the zone above would have (RFC 4034 §5.1.4).
        var digest: [UInt8]

        init(_ key: DNSKEY, of zone: Name) {
            self.zone = zone
            digest = SASLDigests.openSSL.sha256(key.digested(owner: zone))
        }
    }

    private let anchor: Anchor
    private let resolver: Resolver
    /// Seconds since 1970.
    private let now: @Sendable () -> Int
    private let observe: @Sendable (Resolver.Packet) -> Void
    /// Hears of each check that an answer has stood, in words for a person.
    private let tell: @Sendable (String) -> Void
    private var keys: [DNSKEY]?

    init(
        _ anchor: Anchor,
        resolver: Resolver,
        now: @escaping @Sendable () -> Int,
        observe: @escaping @Sendable (Resolver.Packet) -> Void,
        tell: @escaping @Sendable (String) -> Void
    ) {
        self.anchor = anchor
        self.resolver = resolver
        self.now = now
        self.observe = observe
        self.tell = tell
    }

    /// Why what came is not to be believed, in words; nil when it is, and where nothing came.
    func check(_ lookup: Resolver.Lookup) async -> String? {
        guard let message = lookup.reading?.message else { return nil }
        if let trouble = await fetchKeys() { return trouble }
        let question = lookup.question
        let isThere = !message.answers.isEmpty
        var told: [String] = []
        let sets = Self.sets(of: isThere ? message.answers : message.authorities)
        for set in sets {
            let what = "\(set.type) \(set.owner)"
            switch verdict(on: set) {
            case .holds(let tag): told.append("\(what), by key \(tag)")
            case .fails(let why): return "\(what): \(why)"
            }
        }
        let isAbout = sets.contains {
            $0.owner == question.name && ($0.type == question.type || $0.type == .cname)
        }
        guard isThere ? isAbout : Self.proves(message, hasNo: question) else {
            return isThere
                ? "nothing of it is about \(question.type) \(question.name)"
                : "nothing signed says that there is no \(question.type) \(question.name)"
        }
        // What is signed and about another host may have been added by whoever meddles; no alias is followed here.
        if isThere, let added = sets.first(where: { $0.owner != question.name }) {
            return "\(added.type) \(added.owner) is in it, which nobody asked for"
        }
        let denial = isThere ? "" : ": there is no \(question.type)"
        tell("checked: the signature holds over \(told.joined(separator: ", and over "))\(denial)")
        return nil
    }

    // MARK: Keys

    /// Asks for the zone's keys, once. They are its own if one of them is the one known beforehand, and has signed them all
    /// (RFC 4035 §5.2).
    private func fetchKeys() async -> String? {
        guard keys == nil else { return nil }
        let lookup = await resolver.lookup(anchor.zone, .dnskey, observe: observe)
        guard let message = lookup.reading?.message else {
            return "the zone's keys cannot be had: \(lookup.failure ?? .noServer)"
        }
        let sets = Self.sets(of: message.answers)
        guard let set = sets.first(where: { $0.owner == anchor.zone && $0.type == .dnskey }) else {
            return "\(anchor.zone) has no DNSKEY"
        }
        let all = set.records.compactMap { record -> DNSKEY? in
            if case .other(_, let data) = record.data { DNSKEY(data) } else { nil }
        }
        let known = all.filter { Anchor($0, of: anchor.zone).digest == anchor.digest }
        guard let key = known.first else { return "no DNSKEY of \(anchor.zone) is the one that is trusted" }
        if case .fails(let why) = Self.verdict(on: set, keys: known, zone: anchor.zone, at: now()) {
            return "the keys of \(anchor.zone) are not signed with the one that is trusted: \(why)"
        }
        keys = all
        let digest = anchor.digest.map { $0.hex(2) }.joined()
        tell("checked: key \(key.tag) of \(anchor.zone) is the one known beforehand, by its SHA-256 \(digest)")
        tell(
            "In this world no zone above vouches for that key; the Internet has DS records for it, from the root down"
        )
        return nil
    }

    // MARK: Sets of records

    /// All records of one name and type, with what signs them.
    private struct RecordSet {
        var owner: Name
        var type: RecordType
        var records: [ResourceRecord] = []
        var signatures: [RRSIG] = []
    }

    private enum Verdict {
        case holds(tag: UInt16)
        case fails(String)
    }

    private static func sets(of records: [ResourceRecord]) -> [RecordSet] {
        var sets: [RecordSet] = []
        for record in records where record.type != .rrsig {
            if let index = sets.firstIndex(where: { $0.owner == record.owner && $0.type == record.type }) {
                sets[index].records.append(record)
            } else {
                sets.append(RecordSet(owner: record.owner, type: record.type, records: [record]))
            }
        }
        for case (let owner, .other(.rrsig, let data)) in records.map({ ($0.owner, $0.data) }) {
            guard let signature = RRSIG(data),
                let index = sets.firstIndex(where: { $0.owner == owner && $0.type == signature.typeCovered })
            else { continue }
            sets[index].signatures.append(signature)
        }
        return sets
    }

    private func verdict(on set: RecordSet) -> Verdict {
        Self.verdict(on: set, keys: keys ?? [], zone: anchor.zone, at: now())
    }

    /// One signature that holds is enough (RFC 4035 §5.3).
    private static func verdict(on set: RecordSet, keys: [DNSKEY], zone: Name, at time: Int) -> Verdict {
        var why = "there is no signature"
        for signature in set.signatures {
            guard signature.signer == zone, set.owner.isWithin(zone) else {
                why = "\(signature.signer) has signed it, and not \(zone)"
                continue
            }
            guard signature.counts(at: time) else {
                why = "the signature counts at another time"
                continue
            }
            // What came of a wildcard would need a proof besides (RFC 4035 §5.3.4); none is used here.
            guard signature.labels == UInt8(set.owner.labels.count), signature.algorithm == DNSKEY.ed25519 else {
                why = "the signature is of a kind that is not used here"
                continue
            }
            let octets = (try? signature.signedOctets(over: set.records)) ?? []
            let candidates = keys.filter {
                $0.tag == signature.keyTag && $0.algorithm == signature.algorithm && $0.isOfZone
            }
            if candidates.contains(where: {
                Ed25519Key.verifies(signature.signature, of: octets, by: $0.publicKey)
            }) {
                return .holds(tag: signature.keyTag)
            }
            why =
                candidates.isEmpty
                ? "its key \(signature.keyTag) is none of the zone's" : "the signature does not fit the records"
        }
        return .fails(why)
    }

    /// Whether a record of the answer says that the name exists and has nothing of this type (RFC 4035 §5.4).
    private static func proves(_ message: Message, hasNo question: Question) -> Bool {
        message.authorities.contains { record in
            guard record.owner == question.name, case .other(.nsec, let data) = record.data, let proof = NSEC(data)
            else {
                return false
            }
            return !proof.types.contains(question.type) && !proof.types.contains(.cname)
        }
    }
}
