import DNS

/// Signs a zone with one key (RFC 4035 §2): adds the key, at each name what exists there and which name is the next, and a
/// signature over all records of one name and type.
struct ZoneSigner {
    let key: Ed25519Key
    /// From when to when the signatures count, in seconds since 1970.
    let times: ClosedRange<Int>

    /// What the zone says of the key.
    var record: DNSKEY { DNSKEY(algorithm: DNSKEY.ed25519, publicKey: key.publicKey) }

    private struct Group: Hashable {
        var owner: Name
        var type: RecordType
    }

    func signed(_ zone: Zone) throws(MessageWritingError) -> Zone {
        var signed = zone
        signed.records.append(
            ResourceRecord(owner: zone.origin, ttl: zone.ttl, data: .other(.dnskey, record.octets))
        )
        signed.records += chain(of: signed)
        var order: [Group] = []
        var groups: [Group: [ResourceRecord]] = [:]
        for record in [zone.authority] + signed.records {
            let group = Group(owner: record.owner, type: record.type)
            if groups[group] == nil { order.append(group) }
            groups[group, default: []].append(record)
        }
        for group in order { signed.records.append(try signature(over: groups[group] ?? [], in: zone)) }
        return signed
    }

    /// An NSEC record at each name, the last one leading back to the first (RFC 4034 §4.1.1).
    private func chain(of zone: Zone) -> [ResourceRecord] {
        var types: [Name: Set<RecordType>] = [zone.origin: [.soa]]
        for record in zone.records { types[record.owner, default: []].insert(record.type) }
        let names = types.keys.sorted()
        return names.enumerated().map { number, name in
            let next = names[(number + 1) % names.count]
            let record = NSEC(next: next, types: (types[name] ?? []).union([.nsec, .rrsig]))
            return ResourceRecord(
                owner: name,
                ttl: zone.negativeAuthority.ttl,
                data: .other(.nsec, record.octets)
            )
        }
    }

    private func signature(
        over records: [ResourceRecord],
        in zone: Zone
    ) throws(MessageWritingError) -> ResourceRecord {
        let first = records[0]
        var signature = RRSIG(
            typeCovered: first.type,
            algorithm: DNSKEY.ed25519,
            labels: UInt8(first.owner.labels.count),
            originalTTL: first.ttl,
            expiration: UInt32(truncatingIfNeeded: times.upperBound),
            inception: UInt32(truncatingIfNeeded: times.lowerBound),
            keyTag: record.tag,
            signer: zone.origin
        )
        signature.signature = key.signature(of: try signature.signedOctets(over: records))
        return ResourceRecord(owner: first.owner, ttl: first.ttl, data: .other(.rrsig, signature.octets))
    }
}

/// What a zone that is signed has besides; the records of DNSSEC stand among its others (RFC 4035 §3.1).
extension Zone {
    var isSigned: Bool { records.contains { $0.owner == origin && $0.type == .dnskey } }

    /// The signatures over the records of this name and type.
    func signatures(of name: Name, _ type: RecordType) -> [ResourceRecord] {
        records(of: name, .rrsig).filter { record in
            guard case .other(_, let data) = record.data else { return false }
            return RRSIG(data)?.typeCovered == type
        }
    }

    /// What an answer that says no carries: the SOA, and that nothing is there, both signed (RFC 4035 §3.1.3).
    func signedDenial(of name: Name) -> [ResourceRecord] {
        var proofs = nextName(beside: name)
        if !has(name) {
            // Nor would a wildcard have answered in its place (RFC 4035 §3.1.3.2).
            let wildcard = closest(to: name).flatMap { try? Name(labels: [Array("*".utf8)] + $0.labels) }
            for proof in wildcard.map(nextName(beside:)) ?? [] where !proofs.contains(proof) { proofs.append(proof) }
        }
        var signatures = self.signatures(of: origin, .soa)
        for index in signatures.indices { signatures[index].ttl = negativeAuthority.ttl }
        return [negativeAuthority] + signatures + proofs
    }

    /// The record that names what comes after this name, or would come, with its signature.
    private func nextName(beside name: Name) -> [ResourceRecord] {
        let owners = records.filter { $0.type == .nsec && !(name < $0.owner) }
        guard let record = owners.max(by: { $0.owner < $1.owner }) else { return [] }
        return [record] + signatures(of: record.owner, .nsec)
    }

    /// The nearest name above that exists.
    private func closest(to name: Name) -> Name? {
        var labels = name.labels
        while labels.count > origin.labels.count {
            labels.removeFirst()
            if let above = try? Name(labels: labels), has(above) { return above }
        }
        return nil
    }
}
