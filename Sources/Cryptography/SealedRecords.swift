import SMTP

/// The sealed records of one side, opened one after another (RFC 5246 §6.2.3.3, RFC 8446 §5.2).
struct SealedRecords {
    private let suite: SealedSuite
    private let isTLS13: Bool
    private var keys: RecordKeys
    /// What the next keys are made of; TLS 1.3 alone.
    private var secret: [UInt8]
    private(set) var sequence: UInt64 = 0
    /// Whether a record could be opened with these secrets.
    private(set) var hasOpened = false

    /// How many records may be missing in front of one that is opened.
    static let maxMissing: UInt64 = 64
    /// How many KeyUpdates may be missing.
    static let maxUpdates = 1

    init(_ suite: SealedSuite, keys: RecordKeys) {
        (self.suite, self.keys, isTLS13, secret) = (suite, keys, false, [])
    }

    init(_ suite: SealedSuite, secret: [UInt8]) {
        (self.suite, self.secret, isTLS13) = (suite, secret, true)
        keys = KeySchedule.keys(suite, secret: secret)
    }

    /// What was in a whole record; nil when its proof does not hold. It counts as the next one in any case.
    mutating func open(_ record: [UInt8]) -> (type: UInt8, content: [UInt8])? {
        defer { sequence += 1 }
        return opened(record, as: sequence)
    }

    /// The same behind missing octets, where nobody knows how many records were lost with them, and whether a KeyUpdate was among
    /// them; nil when none of the next numbers fits.
    mutating func resume(_ record: [UInt8]) -> (type: UInt8, content: [UInt8])? {
        var next = self
        for generation in 0...(isTLS13 ? Self.maxUpdates : 0) {
            if generation > 0 { next.update() }
            for number in next.sequence...next.sequence + Self.maxMissing {
                guard let found = next.opened(record, as: number) else { continue }
                next.sequence = number + 1
                self = next
                return found
            }
        }
        return nil
    }

    /// A record is missing.
    mutating func skip() { sequence += 1 }

    /// Behind a KeyUpdate (RFC 8446 §4.6.3).
    mutating func update() {
        secret = KeySchedule.updated(suite, secret: secret)
        keys = KeySchedule.keys(suite, secret: secret)
        sequence = 0
    }

    /// How many octets were inside a record that could not be opened, as far as its length tells.
    func contentCount(of record: [UInt8]) -> Int {
        let around = suite.cipher.tagCount + (isTLS13 ? 1 : suite.cipher.explicitCount)
        return max(0, record.count - TLSRecord.headLength - around)
    }

    private mutating func opened(_ record: [UInt8], as number: UInt64) -> (type: UInt8, content: [UInt8])? {
        guard record.count > TLSRecord.headLength else { return nil }
        let found = isTLS13 ? opened13(record, number) : opened12(record, number)
        if found != nil { hasOpened = true }
        return found
    }

    private func opened12(_ record: [UInt8], _ number: UInt64) -> (type: UInt8, content: [UInt8])? {
        let sealed = record[TLSRecord.headLength...]
        let explicit = suite.cipher.explicitCount
        let count = sealed.count - explicit - suite.cipher.tagCount
        guard count >= 0 else { return nil }
        let nonce = explicit > 0 ? keys.iv + sealed.prefix(explicit) : Self.nonce(keys.iv, number)
        let additional = Self.octets(number) + record[..<3] + [UInt8(count >> 8), UInt8(count & 0xFF)]
        return suite.cipher.opened(sealed.dropFirst(explicit), key: keys.key, nonce: nonce, additional: additional)
            .map { (record[0], $0) }
    }

    /// The type stands at the end of what was sealed, zeros behind it as padding (RFC 8446 §5.4).
    private func opened13(_ record: [UInt8], _ number: UInt64) -> (type: UInt8, content: [UInt8])? {
        let head = Array(record[..<TLSRecord.headLength])
        let nonce = Self.nonce(keys.iv, number)
        let sealed = record[TLSRecord.headLength...]
        guard let inner = suite.cipher.opened(sealed, key: keys.key, nonce: nonce, additional: head),
            let end = inner.lastIndex(where: { $0 != 0 })
        else { return nil }
        return (inner[end], Array(inner[..<end]))
    }

    /// The number of the record over the end of the IV (RFC 8446 §5.3, RFC 7905 §2).
    private static func nonce(_ iv: [UInt8], _ number: UInt64) -> [UInt8] {
        var nonce = iv
        for (index, octet) in octets(number).enumerated() { nonce[nonce.count - 8 + index] ^= octet }
        return nonce
    }

    private static func octets(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    }
}
