import Testing

@testable import Cryptography

/// NSS's key log, whatever stands in it.
@Suite struct KeyLogTests {
    private static let random = String(repeating: "0a", count: 32)
    private static let master = String(repeating: "B7", count: 48)

    private func read(_ text: String) -> KeyLog { KeyLog(Array(text.utf8)) }
    private func secret(_ log: KeyLog, _ label: KeyLog.Label) -> [UInt8]? {
        log.connection([UInt8](repeating: 0x0A, count: 32))?[label]
    }

    @Test(arguments: ["\n", "\r\n", "\r", "\n\n\r\n"]) func `lines end in CR, LF or both`(end: String) {
        let traffic = String(repeating: "31", count: 32)
        let log = read(
            [
                "# made by hand", "CLIENT_RANDOM \(Self.random) \(Self.master)",
                "SERVER_TRAFFIC_SECRET_0 \(Self.random) \(traffic)",
            ]
            .joined(separator: end)
        )
        #expect(log.count == 1)
        #expect(log.warnings == [])
        #expect(secret(log, .master) == [UInt8](repeating: 0xB7, count: 48))
        #expect(secret(log, .serverApplication) == [UInt8](repeating: 0x31, count: 32))
        #expect(secret(log, .clientApplication) == nil)
    }

    @Test func `a byte order mark, blanks in front and remarks cost no secret`() {
        for line in ["CLIENT_RANDOM", "  CLIENT_RANDOM", "\t# a remark\n   # another\nCLIENT_RANDOM"] {
            let log = read("\u{FEFF}\(line) \(Self.random) \(Self.master)\n")
            #expect(log.count == 1)
            #expect(log.warnings == [])
        }
    }

    @Test(arguments: [
        "EXPORTER_SECRET", "EARLY_EXPORTER_SECRET", "CLIENT_EARLY_TRAFFIC_SECRET", "ECH_SECRET", "RSA",
        "CLIENT_TRAFFIC_SECRET_1", "SERVER_TRAFFIC_SECRET_N",
    ])
    func `secrets that open no record shown here are passed over`(label: String) {
        let log = read("\(label) \(Self.random) \(Self.master)\n")
        #expect(log.isEmpty)
        #expect(log.warnings == [])
    }

    @Test(arguments: [
        "CLIENT_RANDOM", "CLIENT_RANDOM 0a0b 0c", "CLIENT_RANDOM \(random) \(master) more",
        "WHATEVER \(random) \(master)",
        "CLIENT_RANDOM \(random) \(master)0", "CLIENT_RANDOM \(random) \(master)00",
        "CLIENT_RANDOM \(random)00 \(master)",
        "CLIENT_RANDOM \(random) ZZ\(master.dropFirst(2))", "client_random \(random) \(master)",
        "SERVER_TRAFFIC_SECRET_0 \(random) \(random)00", String(repeating: "x", count: 100_000), "\u{0}\u{FFFD}",
    ])
    func `what is no secret is counted and told once`(line: String) {
        let log = read("\(line)\n\(line)\nCLIENT_RANDOM \(Self.random) \(Self.master)\n")
        #expect(log.count == 1)
        #expect(log.warnings.count == 1)
        #expect(log.warnings.first?.hasPrefix("2 lines of the key log") == true)
    }

    @Test func `of a secret that comes twice the last counts`() {
        let later = String(repeating: "c1", count: 48)
        let log = read("CLIENT_RANDOM \(Self.random) \(Self.master)\nCLIENT_RANDOM \(Self.random) \(later)")
        #expect(secret(log, .master)?.first == 0xC1)
        var both = read("CLIENT_RANDOM \(Self.random) \(Self.master)")
        both.add(log)
        #expect(secret(both, .master)?.first == 0xC1)
    }

    /// The vectors of RFC 8448 §3, a simple 1-RTT handshake.
    @Test func `the keys of TLS 1.3 are those of the RFC's example`() throws {
        let secret = try #require(Self.octets("b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21"))
        let suite = try #require(SealedSuite(0x1301))
        let keys = KeySchedule.keys(suite, secret: secret)
        #expect(keys.key == Self.octets("dbfaa693d1762c5b666af5d950258d01"))
        #expect(keys.iv == Self.octets("5bd3c71b836e0b76bb73265f"))
    }

    static func octets(_ hex: String) -> [UInt8]? {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) ?? 0
        }
    }

    @Test func `one that grows without an end keeps the latest connections`() {
        var log = KeyLog(keepingLast: 3)
        let random = { (number: Int) in String(repeating: "0\(number)", count: 32) }
        let isKnown = { (log: KeyLog, number: Int) in
            log.connection([UInt8](repeating: UInt8(number), count: 32)) != nil
        }
        for round in 1...3 {
            for number in 0...9 { log.add(Array("CLIENT_RANDOM \(random(number)) \(Self.master)\n".utf8)) }
            #expect(log.count == 3, "round \(round)")
            #expect((0...9).filter { isKnown(log, $0) } == [7, 8, 9])
        }
        #expect(log.warnings == [])
    }

    @Test func `what was given counts before what a capture holds, whichever comes first`() {
        let line = { (secret: String) in Array("CLIENT_RANDOM \(Self.random) \(secret)\n".utf8) }
        let other = String(repeating: "11", count: 48)
        let right = [UInt8](repeating: 0xB7, count: 48)
        var late = KeyLog()
        late.add(line(other), from: .capture)
        late.add(line(Self.master))
        #expect(secret(late, .master) == right)
        var early = KeyLog(line(Self.master))
        early.add(line(other), from: .capture)
        #expect(secret(early, .master) == right)
        // Of one source the last counts, also behind a merge.
        var merged = KeyLog(line(other))
        merged.add(early)
        #expect(secret(merged, .master) == right)
    }
}
