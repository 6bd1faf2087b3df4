import DNS

/// What a name server knows about one domain and what lies below it.
public struct Zone: Equatable, Sendable {
    public var origin: Name
    /// Goes into negative answers, which may be kept for its `minimum` (RFC 2308 §3).
    public var startOfAuthority: StartOfAuthority
    /// Seconds for the SOA record itself.
    public var ttl: UInt32
    /// All records but the SOA; those that are not within the origin are never served.
    public var records: [ResourceRecord]

    public init(origin: Name, startOfAuthority: StartOfAuthority, ttl: UInt32 = 3600, records: [ResourceRecord]) {
        self.origin = origin
        self.startOfAuthority = startOfAuthority
        self.ttl = ttl
        self.records = records
    }

    var authority: ResourceRecord {
        ResourceRecord(owner: origin, ttl: ttl, data: .soa(startOfAuthority))
    }

    /// The SOA as a negative answer carries it: its TTL is how long the "no" may be kept.
    var negativeAuthority: ResourceRecord {
        ResourceRecord(owner: origin, ttl: min(ttl, startOfAuthority.minimum), data: .soa(startOfAuthority))
    }

    func records(of name: Name, _ type: RecordType) -> [ResourceRecord] {
        let all = (origin == name ? [authority] : []) + records.filter { $0.owner == name && name.isWithin(origin) }
        return type == .any ? all : all.filter { $0.type == type }
    }

    /// Whether the name exists: it has records, or a name below it has (RFC 8020 §2).
    func has(_ name: Name) -> Bool { origin.isWithin(name) || records.contains { $0.owner.isWithin(name) } }
}

/// The answers of an authoritative server: a pure function of the zones and the query (RFC 1034 §4.3.2).
public struct Zones: Sendable {
    public var zones: [Zone]
    /// How large an answer over UDP may be when the query allows it: what fits into nearly every path unfragmented.
    public static let udpPayloadSize: UInt16 = 1232
    /// Longer chains of aliases are followed no further.
    static let maxAliases = 8

    public init(_ zones: [Zone]) { self.zones = zones }

    /// The whole answer; nil where none is due: to junk without a header, and to what is itself an answer.
    public func answer(to octets: [UInt8]) -> Message? {
        let reading = MessageReader.read(octets)
        let query = reading.message
        guard octets.count >= 12, !query.flags.contains(.response) else { return nil }
        let wantsSignatures = query.edns?.wantsSignatures ?? false
        var answer = Message(
            id: query.id,
            flags: query.flags.intersection([.recursionDesired, .checkingDisabled]).union(.response),
            opcode: query.opcode
        )
        answer.responseCode = verdict(on: reading)
        if query.questions.count == 1 { answer.questions = query.questions }
        let opts = query.additionals.filter { $0.type == .opt }
        if let asked = query.edns, opts.count == 1 {
            // DO comes back as it came (RFC 3225 §3).
            var edns = EDNS(
                udpPayloadSize: Self.udpPayloadSize,
                flags: wantsSignatures ? EDNS.signaturesWanted : 0
            )
            if asked.version > 0, answer.responseCode == .noError {
                // BADVERS is 16: a one in the upper bits, nothing in the lower (RFC 6891 §6.1.3).
                edns.extendedResponseCode = 1
                answer.additionals = [edns.record]
                return answer
            }
            answer.additionals = [edns.record]
        }
        guard answer.responseCode == .noError, let question = answer.questions.first else { return answer }
        fill(&answer, question, wantsSignatures)
        return answer
    }

    /// The most octets that an answer to this query may have over UDP.
    public static func udpLimit(for query: Message) -> Int {
        max(MessageWriter.maxUDPOctets, min(Int(query.edns?.udpPayloadSize ?? 0), Int(udpPayloadSize)))
    }

    private func verdict(on reading: MessageReading) -> ResponseCode {
        let query = reading.message
        guard query.opcode == .query else { return .notImplemented }
        let harmless: Set<MessageReading.Departure> = [.reservedBit]
        guard reading.departures.allSatisfy(harmless.contains), query.questions.count == 1,
            query.additionals.count(where: { $0.type == .opt }) <= 1
        else { return .formatError }
        guard [.internet, .any].contains(query.questions[0].class), zone(of: query.questions[0].name) != nil else {
            return .refused
        }
        // 249...254 ask for transfers and for types that are no more.
        return (249...254).contains(query.questions[0].type.rawValue) ? .refused : .noError
    }

    /// The zone nearest to the name.
    private func zone(of name: Name) -> Zone? {
        zones.filter { name.isWithin($0.origin) }.max { $0.origin.labels.count < $1.origin.labels.count }
    }

    private func fill(_ answer: inout Message, _ question: Question, _ wantsSignatures: Bool) {
        answer.flags.insert(.authoritativeAnswer)
        var name = question.name
        var isSigned = false
        for _ in 0...Self.maxAliases {
            guard let zone = zone(of: name) else { break }
            let adds = wantsSignatures && zone.isSigned
            isSigned = isSigned || adds
            let found = zone.records(of: name, question.type)
            answer.answers += found
            if adds { answer.answers += zone.signatures(of: name, question.type) }
            let aliases = zone.records(of: name, .cname)
            if found.isEmpty, case .cname(let target)? = aliases.first?.data {
                answer.answers += aliases.prefix(1)
                if adds { answer.answers += zone.signatures(of: name, .cname) }
                name = target
                continue
            }
            if found.isEmpty {
                answer.authorities = [zone.negativeAuthority]
                answer.responseCode = zone.has(name) ? .noError : .nameError
                if adds { answer.authorities = zone.signedDenial(of: name) }
            }
            break
        }
        // Whoever checks signatures asks for the addresses anyhow: those that come along would need theirs (RFC 4035 §3.1.1).
        if !isSigned { answer.additionals = addresses(for: answer.answers) + answer.additionals }
    }

    /// The addresses of the hosts that the answers name, as far as they are known here (RFC 1035 §3.3.9, §3.3.11).
    private func addresses(for answers: [ResourceRecord]) -> [ResourceRecord] {
        var seen: Set<Name> = []
        return answers.flatMap { record -> [ResourceRecord] in
            guard let host = record.data.host, seen.insert(host).inserted, let zone = zone(of: host) else { return [] }
            return zone.records(of: host, .a) + zone.records(of: host, .aaaa)
        }
    }
}

extension ResourceRecord.Data {
    /// The host that a client will ask for next.
    fileprivate var host: Name? {
        switch self {
        case .mx(_, let host), .ns(let host): host
        case .a, .aaaa, .cname, .ptr, .soa, .txt, .tlsa, .opt, .other: nil
        }
    }
}
