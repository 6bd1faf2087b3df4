import Notation
import Testing

@testable import DNS

/// Records of DNSSEC, by the examples of its RFCs.
@Suite struct SecurityRecordsTests {
    private static func named(_ text: String) throws -> Name { try Name(text) }

    /// RFC 4034 §5.4.
    @Test func `the tag of a key is that of the RFC's example`() throws {
        let key =
            "AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw=="
        let record = DNSKEY(
            flags: 256,
            algorithm: 5,
            publicKey: try #require(Base64.decode(Array(key.utf8)))
        )
        #expect(record.tag == 60485)
        #expect(record.isOfZone)
        #expect(DNSKEY(record.octets) == record)
        #expect(!DNSKEY(flags: 0, algorithm: 5, publicKey: [1]).isOfZone)
        #expect(!DNSKEY(protocolNumber: 2, algorithm: 5, publicKey: [1]).isOfZone)
        #expect(DNSKEY([1, 1, 3, 15]) == nil)
    }

    /// RFC 4034 §4.3.
    @Test func `an NSEC record is written as in the RFC's example`() throws {
        let record = NSEC(
            next: try Self.named("host.example.com"),
            types: [.a, .mx, .rrsig, .nsec, RecordType(rawValue: 1234)]
        )
        let bits: [UInt8] = [0, 6, 0x40, 0x01, 0, 0, 0, 0x03, 0x04, 0x1B] + [UInt8](repeating: 0, count: 26) + [0x20]
        #expect(record.octets == Array("\u{4}host\u{7}example\u{3}com\u{0}".utf8) + bits)
        #expect(NSEC(record.octets) == record)
        #expect(NSEC(record.octets.dropLast()) == nil)
        #expect(
            RecordField.fields(of: .nsec, record.octets).map(\.text)
                == ["host.example.com", "A MX RRSIG NSEC TYPE1234"]
        )
    }

    @Test func `an RRSIG record is read as it was written, and not where it is too short`() throws {
        let record = RRSIG(
            typeCovered: .tlsa,
            algorithm: 15,
            labels: 5,
            originalTTL: 281,
            expiration: 0x8000_0001,
            inception: 0x7FFF_FFF0,
            keyTag: 4711,
            signer: try Self.named("receiver.example"),
            signature: [1, 2, 3]
        )
        #expect(RRSIG(record.octets) == record)
        #expect(RRSIG(Array(record.octets.prefix(18))) == nil)
        #expect(RRSIG(Array(record.octets.prefix(24))) == nil)
        #expect(RRSIG([]) == nil)
    }

    /// RFC 4034 §3.1.5, RFC 1982.
    @Test(
        arguments: [
            (100, 200, 150, true), (100, 200, 100, true), (100, 200, 200, true), (100, 200, 99, false),
            (100, 200, 201, false),
            // Over the end of 32 bits, in 2106.
            (0xFFFF_FFF0, 16, 0x1_0000_0000, true), (0xFFFF_FFF0, 16, 0x1_0000_0011, false),
        ] as [(UInt32, UInt32, Int, Bool)]
    )
    func `a signature counts between its times`(inception: UInt32, expiration: UInt32, now: Int, counts: Bool) {
        let record = RRSIG(
            typeCovered: .a,
            algorithm: 15,
            labels: 0,
            originalTTL: 0,
            expiration: expiration,
            inception: inception,
            keyTag: 0,
            signer: .root
        )
        #expect(record.counts(at: now) == counts)
    }

    /// RFC 4034 §6.2, §6.3.
    @Test func `what is signed has whole names in lower case, the records in order, and each once`() throws {
        let owner = try Self.named("EXAMPLE.com")
        let record = { (preference: UInt16, host: String) in
            ResourceRecord(
                owner: owner,
                ttl: 5,
                data: .mx(preference: preference, exchange: try Self.named(host))
            )
        }
        let signature = RRSIG(
            typeCovered: .mx,
            algorithm: 15,
            labels: 2,
            originalTTL: 3600,
            expiration: 2,
            inception: 1,
            keyTag: 3,
            signer: owner
        )
        let name = Array("\u{7}example\u{3}com\u{0}".utf8)
        let head = name + [0, 15, 0, 1, 0, 0, 0x0E, 0x10]
        let signed = try signature.signedOctets(
            over: [record(20, "B.example.com"), record(10, "mail.Example.COM"), record(20, "b.example.com")]
        )
        let fields: [UInt8] = [0, 15, 15, 2, 0, 0, 0x0E, 0x10, 0, 0, 0, 2, 0, 0, 0, 1, 0, 3]
        #expect(
            signed
                == fields + name
                + head + [0, 20, 0, 10] + Array("\u{4}mail".utf8) + name
                + head + [0, 17, 0, 20] + Array("\u{1}b".utf8) + name
        )
    }
}
