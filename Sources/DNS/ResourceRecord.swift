/// One fact about a name: owner, class, how long it may be kept, data (RFC 1035 §3.2.1).
public struct ResourceRecord: Hashable, Sendable {
    public var owner: Name
    /// In an OPT record this is the UDP payload size instead (RFC 6891 §6.1.2).
    public var `class`: RecordClass
    /// Seconds this may be kept; a value above 2³¹ - 1 counts as 0 (RFC 2181 §8).
    ///
    /// In an OPT record: extended response code, version and flags.
    public var ttl: UInt32
    public var data: Data

    public init(owner: Name, class: RecordClass = .internet, ttl: UInt32, data: Data) {
        self.owner = owner
        self.class = `class`
        self.ttl = ttl
        self.data = data
    }

    /// The data, by type.
    public enum Data: Hashable, Sendable {
        case a(IPv4Address)
        case aaaa(IPv6Address)
        /// The lower the preference, the earlier the exchange is tried (RFC 1035 §3.3.9, RFC 5321 §5.1).
        case mx(preference: UInt16, exchange: Name)
        case cname(Name)
        case ns(Name)
        /// The name that an address has (RFC 1035 §3.3.12).
        case ptr(Name)
        case soa(StartOfAuthority)
        /// One or more strings of up to 255 octets each (RFC 1035 §3.3.14).
        case txt([[UInt8]])
        case tlsa(TLSA)
        case opt([EDNS.Option])
        /// A type not known here, or data of a known type that could not be read.
        case other(RecordType, [UInt8])
    }

    public var type: RecordType {
        switch data {
        case .a: .a
        case .aaaa: .aaaa
        case .mx: .mx
        case .cname: .cname
        case .ns: .ns
        case .ptr: .ptr
        case .soa: .soa
        case .txt: .txt
        case .tlsa: .tlsa
        case .opt: .opt
        case .other(let type, _): type
        }
    }

    /// Whether its data could be read. Of a type that is not known here all data can: it is octets (RFC 3597 §3).
    public var isReadable: Bool { if case .other(let type, _) = data { !Self.known.contains(type) } else { true } }

    /// The types that have data of their own, as `MessageScan.known` reads them.
    static let known: Set<RecordType> = [.a, .aaaa, .mx, .cname, .ns, .ptr, .soa, .txt, .tlsa, .opt]
}

/// The data of an SOA record: how a zone is kept (RFC 1035 §3.3.13).
///
/// `minimum` is the time for which a negative answer may be kept (RFC 2308 §4).
public struct StartOfAuthority: Hashable, Sendable {
    public var primaryServer: Name
    /// The mailbox of the person responsible, its `@` written as a dot.
    public var responsibleMailbox: Name
    public var serial: UInt32
    /// All four in seconds.
    public var refresh, retry, expire, minimum: UInt32

    public init(
        primaryServer: Name,
        responsibleMailbox: Name,
        serial: UInt32,
        refresh: UInt32 = 3600,
        retry: UInt32 = 600,
        expire: UInt32 = 86400,
        minimum: UInt32 = 60
    ) {
        self.primaryServer = primaryServer
        self.responsibleMailbox = responsibleMailbox
        self.serial = serial
        self.refresh = refresh
        self.retry = retry
        self.expire = expire
        self.minimum = minimum
    }
}

/// The data of a TLSA record: which certificate a server must show (RFC 6698 §2.1).
public struct TLSA: Hashable, Sendable {
    public var certificateUsage, selector, matchingType: UInt8
    public var associationData: [UInt8]

    public init(certificateUsage: UInt8, selector: UInt8, matchingType: UInt8, associationData: [UInt8]) {
        self.certificateUsage = certificateUsage
        self.selector = selector
        self.matchingType = matchingType
        self.associationData = associationData
    }
}

/// What an OPT record says: the extension mechanism that lets UDP answers exceed 512 octets (RFC 6891 §6.1).
public struct EDNS: Hashable, Sendable {
    /// A piece of OPT data (RFC 6891 §6.1.2).
    public struct Option: Hashable, Sendable {
        public var code: UInt16
        public var octets: [UInt8]
        public init(code: UInt16, octets: [UInt8]) { (self.code, self.octets) = (code, octets) }
    }

    /// The flag DO: whoever asks wants the records of DNSSEC, too (RFC 3225 §3).
    public static let signaturesWanted: UInt16 = 0x8000
    /// Octets of UDP payload that the sender can take.
    public var udpPayloadSize: UInt16
    /// The upper eight bits of the response code.
    public var extendedResponseCode: UInt8
    public var version: UInt8
    /// Bit 15 asks for DNSSEC records (RFC 3225 §3).
    public var flags: UInt16
    public var options: [Option]
    public var wantsSignatures: Bool { flags & Self.signaturesWanted != 0 }

    public init(
        udpPayloadSize: UInt16,
        extendedResponseCode: UInt8 = 0,
        version: UInt8 = 0,
        flags: UInt16 = 0,
        options: [Option] = []
    ) {
        self.udpPayloadSize = udpPayloadSize
        self.extendedResponseCode = extendedResponseCode
        self.version = version
        self.flags = flags
        self.options = options
    }

    /// Nil unless `record` is an OPT record that could be read.
    public init?(_ record: ResourceRecord) {
        guard case .opt(let options) = record.data else { return nil }
        self.init(
            udpPayloadSize: record.class.rawValue,
            extendedResponseCode: UInt8(record.ttl >> 24),
            version: UInt8(record.ttl >> 16 & 0xFF),
            flags: UInt16(record.ttl & 0xFFFF),
            options: options
        )
    }

    public var record: ResourceRecord {
        ResourceRecord(
            owner: .root,
            class: RecordClass(rawValue: udpPayloadSize),
            ttl: UInt32(extendedResponseCode) << 24 | UInt32(version) << 16 | UInt32(flags),
            data: .opt(options)
        )
    }
}
