/// How the keys of records are made of the secrets in a key log: the pseudorandom function of TLS 1.2 (RFC 5246 §5, §6.3), and
/// HKDF as TLS 1.3 uses it (RFC 8446 §7.1, §7.3; RFC 5869 §2.3).
enum KeySchedule {
    /// Both sides' keys of TLS 1.2. The suites that are read here need no keys of their own for a MAC.
    static func keys(
        _ suite: SealedSuite,
        master: [UInt8],
        clientRandom: [UInt8],
        serverRandom: [UInt8]
    ) -> (client: RecordKeys, server: RecordKeys) {
        let (key, iv) = (suite.cipher.keyCount, suite.cipher.fixedCount)
        let seed = Array("key expansion".utf8) + serverRandom + clientRandom
        let block = pseudorandom(suite.digest, master, seed, count: 2 * (key + iv))
        func part(_ from: Int, _ count: Int) -> [UInt8] { Array(block[from..<from + count]) }
        return (
            RecordKeys(key: part(0, key), iv: part(2 * key, iv)),
            RecordKeys(key: part(key, key), iv: part(2 * key + iv, iv))
        )
    }

    /// P_hash (RFC 5246 §5).
    static func pseudorandom(_ digest: Digest, _ secret: [UInt8], _ seed: [UInt8], count: Int) -> [UInt8] {
        var output: [UInt8] = []
        var a = seed
        while output.count < count {
            a = digest.hmac(secret, a)
            output += digest.hmac(secret, a + seed)
        }
        return Array(output.prefix(count))
    }

    /// One side's keys of TLS 1.3 (RFC 8446 §7.3).
    static func keys(_ suite: SealedSuite, secret: [UInt8]) -> RecordKeys {
        RecordKeys(
            key: expand(suite.digest, secret, "key", count: suite.cipher.keyCount),
            iv: expand(suite.digest, secret, "iv", count: SealedSuite.Cipher.nonceCount)
        )
    }

    /// The secret that follows one behind a KeyUpdate (RFC 8446 §7.2).
    static func updated(_ suite: SealedSuite, secret: [UInt8]) -> [UInt8] {
        expand(suite.digest, secret, "traffic upd", count: suite.digest.count)
    }

    /// HKDF-Expand-Label without a context (RFC 8446 §7.1).
    static func expand(_ digest: Digest, _ secret: [UInt8], _ label: String, count: Int) -> [UInt8] {
        let name = Array("tls13 \(label)".utf8)
        let info = [UInt8(count >> 8), UInt8(count & 0xFF), UInt8(name.count)] + name + [0]
        var output: [UInt8] = []
        var block: [UInt8] = []
        var number: UInt8 = 1
        while output.count < count {
            block = digest.hmac(secret, block + info + [number])
            output += block
            number += 1
        }
        return Array(output.prefix(count))
    }
}

/// What the records of one side are sealed with.
struct RecordKeys: Equatable {
    let key: [UInt8]
    let iv: [UInt8]
}
