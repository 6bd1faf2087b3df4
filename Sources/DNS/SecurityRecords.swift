/// The data of a DNSKEY record: a key that a zone is signed with (RFC 4034 §2.1).
public struct DNSKEY: Hashable, Sendable {
    /// 257 for the key that a zone above points to, 256 for another one of the zone (RFC 4034 §2.1.1).
    public var flags: UInt16
    /// 3, or the record does not count (RFC 4034 §2.1.2).
    public var protocolNumber: UInt8
    public var algorithm: UInt8
    public var publicKey: [UInt8]

    /// Ed25519 (RFC 8080 §3, §4): a key of 32 octets, signatures of 64.
    public static let ed25519: UInt8 = 15

    public init(flags: UInt16 = 257, protocolNumber: UInt8 = 3, algorithm: UInt8, publicKey: [UInt8]) {
        self.flags = flags
        self.protocolNumber = protocolNumber
        self.algorithm = algorithm
        self.publicKey = publicKey
    }

    /// The data as they stand in a record.
    public init?(_ data: [UInt8]) {
        guard data.count > 4 else { return nil }
        flags = UInt16(data[0]) << 8 | UInt16(data[1])
        (protocolNumber, algorithm) = (data[2], data[3])
        publicKey = Array(data[4...])
    }

    public var octets: [UInt8] { Octets.of(flags) + [protocolNumber, algorithm] + publicKey }
    /// Whether it may sign the records of its zone (RFC 4034 §2.1.1, §2.1.2).
    public var isOfZone: Bool { flags & 0x0100 != 0 && protocolNumber == 3 }

    /// The number by which a signature names its key; not unique (RFC 4034 appendix B).
    public var tag: UInt16 {
        var sum: UInt32 = 0
        for (place, octet) in octets.enumerated() { sum &+= place % 2 == 0 ? UInt32(octet) << 8 : UInt32(octet) }
        return UInt16(truncatingIfNeeded: sum + sum >> 16)
    }

    /// What a DS record, and whoever trusts the key beforehand, has the digest of (RFC 4034 §5.1.4).
    public func digested(owner: Name) -> [UInt8] { owner.canonicalOctets + octets }
}

/// The data of an RRSIG record: a signature over all records of one name and type (RFC 4034 §3.1).
public struct RRSIG: Hashable, Sendable {
    public var typeCovered: RecordType
    public var algorithm: UInt8
    /// How many labels the name had when it was signed; fewer than it has means that it came of a wildcard (RFC 4034 §3.1.3).
    public var labels: UInt8
    public var originalTTL: UInt32
    /// From when to when it counts, in seconds since 1970, in the circle of 2³² (RFC 4034 §3.1.5).
    public var expiration, inception: UInt32
    public var keyTag: UInt16
    public var signer: Name
    public var signature: [UInt8]

    public init(
        typeCovered: RecordType,
        algorithm: UInt8,
        labels: UInt8,
        originalTTL: UInt32,
        expiration: UInt32,
        inception: UInt32,
        keyTag: UInt16,
        signer: Name,
        signature: [UInt8] = []
    ) {
        self.typeCovered = typeCovered
        self.algorithm = algorithm
        self.labels = labels
        self.originalTTL = originalTTL
        (self.expiration, self.inception) = (expiration, inception)
        self.keyTag = keyTag
        self.signer = signer
        self.signature = signature
    }

    /// The data as they stand in a record.
    public init?(_ data: [UInt8]) {
        guard data.count > 18, let (signer, count) = Name.read(uncompressed: data[18...]) else { return nil }
        func number(_ at: Int, _ count: Int) -> UInt32 { data[at..<at + count].reduce(0) { $0 << 8 | UInt32($1) } }
        self.init(
            typeCovered: RecordType(rawValue: UInt16(number(0, 2))),
            algorithm: data[2],
            labels: data[3],
            originalTTL: number(4, 4),
            expiration: number(8, 4),
            inception: number(12, 4),
            keyTag: UInt16(number(16, 2)),
            signer: signer,
            signature: Array(data[(18 + count)...])
        )
    }

    public var octets: [UInt8] { unsigned + signature }

    private var unsigned: [UInt8] {
        Octets.of(typeCovered.rawValue) + [algorithm, labels] + Octets.of(originalTTL) + Octets.of(expiration)
            + Octets.of(inception) + Octets.of(keyTag) + signer.canonicalOctets
    }

    /// What is signed: this without the signature, then each record in canonical form, in order, each once
    /// (RFC 4034 §3.1.8.1, §6.2, §6.3). All the records have one owner and one type.
    public func signedOctets(over records: [ResourceRecord]) throws(MessageWritingError) -> [UInt8] {
        var octets = unsigned
        var all: Set<[UInt8]> = []
        for record in records { all.insert(try MessageWriter.canonicalData(of: record)) }
        guard let first = records.first else { return octets }
        let head = first.owner.canonicalOctets + Octets.of(typeCovered.rawValue) + Octets.of(first.class.rawValue)
        for data in all.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard let count = UInt16(exactly: data.count) else {
                throw .dataTooLong(typeCovered, octets: data.count)
            }
            octets += head + Octets.of(originalTTL) + Octets.of(count) + data
        }
        return octets
    }

    /// Whether it counts at this time, in seconds since 1970.
    public func counts(at seconds: Int) -> Bool {
        let now = UInt32(truncatingIfNeeded: seconds)
        return Int32(bitPattern: now &- inception) >= 0 && Int32(bitPattern: expiration &- now) >= 0
    }
}

/// The data of an NSEC record: the next name of the zone, and the types that this one has (RFC 4034 §4.1).
public struct NSEC: Hashable, Sendable {
    public var next: Name
    public var types: Set<RecordType>

    public init(next: Name, types: Set<RecordType>) {
        self.next = next
        self.types = types
    }

    /// The data as they stand in a record.
    public init?(_ data: [UInt8]) {
        guard let (next, count) = Name.read(uncompressed: data[...]),
            let types = TypeBitmap.read(data.dropFirst(count))
        else { return nil }
        self.init(next: next, types: Set(types))
    }

    /// The name keeps its letters: it is no longer written in lower case (RFC 6840 §5.1).
    public var octets: [UInt8] { next.octets + TypeBitmap.octets(of: types) }
}

/// Which types a name has, a bit each (RFC 4034 §4.1.2).
enum TypeBitmap {
    static func octets(of types: Set<RecordType>) -> [UInt8] {
        let windows = Dictionary(grouping: types) { $0.rawValue >> 8 }
        return windows.sorted { $0.key < $1.key }.flatMap { window, types -> [UInt8] in
            var bits = [UInt8](repeating: 0, count: 32)
            for type in types {
                let place = Int(type.rawValue & 0xFF)
                bits[place / 8] |= 0x80 >> UInt8(place % 8)
            }
            let count = (bits.lastIndex { $0 != 0 } ?? 0) + 1
            return [UInt8(window), UInt8(count)] + bits.prefix(count)
        }
    }

    /// Nil where the octets are none.
    static func read(_ data: ArraySlice<UInt8>) -> [RecordType]? {
        var types: [RecordType] = []
        var rest = data
        while let window = rest.popFirst() {
            guard let count = rest.popFirst().map(Int.init), (1...32).contains(count), rest.count >= count else {
                return nil
            }
            for (place, octet) in rest.prefix(count).enumerated() {
                for bit in 0..<8 where octet & (0x80 >> UInt8(bit)) != 0 {
                    types.append(RecordType(rawValue: UInt16(window) << 8 | UInt16(place * 8 + bit)))
                }
            }
            rest = rest.dropFirst(count)
        }
        return types
    }
}

/// Numbers as they stand on the wire, the upper octet first.
private enum Octets {
    static func of(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
    static func of(_ number: UInt32) -> [UInt8] { of(UInt16(number >> 16)) + of(UInt16(number & 0xFFFF)) }
}
