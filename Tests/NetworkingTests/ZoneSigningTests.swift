import DNS
import Foundation
import Notation
import SMTP
import Testing

@testable import Networking

private func named(_ text: String) -> Name { (try? Name(text)) ?? .root }

private func decoded(_ text: String) -> [UInt8] { Base64.decode(Array(text.utf8)) ?? [] }

/// Zones that are signed, and answers that are checked (RFC 4034, RFC 4035, RFC 8080).
@Suite struct ZoneSigningTests {
    private static let noon = 1_795_478_400

    /// RFC 8080 §6.1, with erratum 4935: the algorithm and the two labels that the text left out.
    @Test(
        arguments: [
            (
                "ODIyNjAzODQ2MjgwODAxMjI2NDUxOTAyMDQxNDIyNjI=", "l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=", 3613,
                "3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b",
                "oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg=="
            ),
            (
                "DSSF3o0s0f+ElWzj9E/Osxw8hLpk55chkmx0LYN5WiY=", "zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs=", 35217,
                "401781b934e392de492ec77ae2e15d70f6575a1c0bc59c5275c04ebe80c6614c",
                "zXQ0bkYgQTEFyfLyi9QoiY6D8ZdYo4wyUhVioYZXFdT410QPRITQSqJSnzQoSm5poJ7gD7AQR0O7KuI5k2pcBg=="
            ),
        ] as [(String, String, UInt16, String, String)]
    )
    func `the examples of the RFC come out`(
        secret: String,
        publicKey: String,
        tag: UInt16,
        digest: String,
        signature: String
    ) throws {
        let key = Ed25519Key(secret: decoded(secret))
        #expect(key.publicKey == decoded(publicKey))
        let (owner, record) = (named("example.com"), DNSKEY(algorithm: 15, publicKey: key.publicKey))
        #expect(record.tag == tag)
        #expect(ZoneTrust.Anchor(record, of: owner).digest.map { $0.hex(2) }.joined() == digest)
        let mail = ResourceRecord(
            owner: owner,
            ttl: 3600,
            data: .mx(preference: 10, exchange: named("mail.example.com"))
        )
        let signed = RRSIG(
            typeCovered: .mx,
            algorithm: 15,
            labels: 2,
            originalTTL: 3600,
            expiration: 1_440_021_600,
            inception: 1_438_207_200,
            keyTag: tag,
            signer: owner
        )
        let octets = try signed.signedOctets(over: [mail])
        #expect(key.signature(of: octets) == decoded(signature))
        #expect(Ed25519Key.verifies(decoded(signature), of: octets, by: key.publicKey))
        #expect(!Ed25519Key.verifies(decoded(signature), of: octets + [0], by: key.publicKey))
        #expect(!Ed25519Key.verifies([], of: octets, by: key.publicKey))
    }

    // MARK: What the sandbox's name server answers

    private static func configuration(_ flaw: WalkSecurity.Flaw? = nil) throws -> SandboxConfiguration {
        var configuration = try SandboxConfiguration(seed: 1, fixedDate: MailDate(seconds: noon), usesTLS: true)
        configuration.flaw = flaw
        return configuration
    }

    private static func zones(_ flaw: WalkSecurity.Flaw? = nil) throws -> (Zones, WalkSecurity) {
        let configuration = try configuration(flaw)
        let security = try WalkSecurity(configuration)
        return (try configuration.zones(security), security)
    }

    private static func ask(
        _ zones: Zones,
        _ name: String,
        _ type: RecordType,
        wantsSignatures: Bool = true
    ) throws -> Message {
        let query = Message.query(
            id: 7,
            named(name),
            type,
            udpPayloadSize: 1232,
            wantsSignatures: wantsSignatures
        )
        return try #require(zones.answer(to: MessageWriter.octets(of: query)))
    }

    @Test func `who asks for signatures gets one over each set, and DO back`() throws {
        let (zones, security) = try Self.zones()
        for (name, type) in [
            ("receiver.example", .mx), ("receiver.example", .dnskey), ("receiver.example", .soa),
            ("receiver.example", .txt), ("mx1.receiver.example", .a), ("_25._tcp.alt2.receiver.example", .tlsa),
            ("_dmarc.receiver.example", .txt), ("MX1.Receiver.EXAMPLE", .nsec),
        ] as [(String, RecordType)] {
            let answer = try Self.ask(zones, name, type)
            let signatures = answer.answers.compactMap { record -> RRSIG? in
                if case .other(.rrsig, let data) = record.data { RRSIG(data) } else { nil }
            }
            #expect(signatures.map(\.typeCovered) == [type], "\(name)")
            #expect(answer.answers.count >= 2)
            #expect(Set(answer.answers.map(\.ttl)).count == 1, "a signature is kept as long as what it signs")
            #expect(signatures.allSatisfy { $0.keyTag == security.signer.record.tag })
            #expect(answer.edns?.wantsSignatures == true)
            #expect(answer.additionals.count == 1, "addresses that come along would have to be signed as well")
        }
        let association = try Self.ask(zones, "_25._tcp.mx1.receiver.example", .tlsa).answers.first?.data
        #expect(association == .tlsa(security.association))
    }

    @Test func `who does not ask gets what the world without TLS answers, and the TLSA records`() throws {
        let (zones, _) = try Self.zones()
        let plain = try Self.configuration().zones()
        for (name, type) in [
            ("receiver.example", .mx), ("mx1.receiver.example", .a), ("mx1.receiver.example", .aaaa),
            ("nobody.receiver.example", .a), ("sender.example", .mx),
        ] as [(String, RecordType)] {
            #expect(
                try Self.ask(zones, name, type, wantsSignatures: false)
                    == Self.ask(plain, name, type, wantsSignatures: false),
                "\(name)"
            )
        }
        let owner = "_25._tcp.mx1.receiver.example"
        #expect(try Self.ask(zones, owner, .tlsa, wantsSignatures: false).answers.count == 1)
        #expect(try Self.ask(plain, owner, .tlsa).responseCode == .nameError)
        // The sender's zone is not signed: nothing in it has to be believed.
        #expect(try Self.ask(zones, "sender.example", .mx).answers.map(\.type) == [.mx])
    }

    /// RFC 4035 §3.1.3.
    @Test func `what is not there is denied with proofs`() throws {
        let (zones, _) = try Self.zones()
        let proofs = { (name: String, type: RecordType) in
            let answer = try Self.ask(zones, name, type)
            let owners = answer.authorities.filter { $0.type == .nsec }.map { "\($0.owner)" }
            let signed = answer.authorities.compactMap { record -> RecordType? in
                guard case .other(.rrsig, let data) = record.data else { return nil }
                return RRSIG(data)?.typeCovered
            }
            #expect(signed == [.soa] + owners.map { _ in .nsec }, "\(name)")
            return (answer.responseCode, owners)
        }
        #expect(try proofs("mx1.receiver.example", .aaaa) == (.noError, ["mx1.receiver.example"]))
        // The name exists because one below it does; it has no records of its own.
        #expect(try proofs("_tcp.mx1.receiver.example", .a) == (.noError, ["mx1.receiver.example"]))
        // It would stand between these two, and no wildcard stands behind the first.
        #expect(
            try proofs("nobody.receiver.example", .a)
                == (.nameError, ["_25._tcp.mx3.receiver.example", "receiver.example"])
        )
    }

    // MARK: What checks it

    /// Answers as the name server gives them, changed by somebody on the way.
    private static func verdict(
        _ name: String,
        _ type: RecordType,
        flaw: WalkSecurity.Flaw? = nil,
        at time: Int = noon,
        changed: (inout Message) -> Void = { _ in }
    ) async throws -> String? {
        let (zones, security) = try zones(flaw)
        let server = NameServer(zones: zones)
        let port = try await server.start(on: SandboxWorld.group)
        var resolver = Resolver(servers: "127.0.0.1:\(port)", timeLimit: .seconds(60))
        resolver.wantsSignatures = true
        let trust = ZoneTrust(
            .init(security.signer.record, of: named("receiver.example")),
            resolver: resolver,
            now: { time },
            observe: { _ in },
            tell: { _ in }
        )
        var lookup = await resolver.lookup(named(name), type)
        if var message = lookup.reading?.message {
            changed(&message)
            lookup.answer?.octets = try MessageWriter.octets(of: message)
        }
        let verdict = await trust.check(lookup)
        await server.stop()
        return verdict
    }

    @Test func `what the server signed stands the check`() async throws {
        for (name, type) in [
            ("receiver.example", .mx), ("mx1.receiver.example", .a), ("mx1.receiver.example", .aaaa),
            ("_25._tcp.mx1.receiver.example", .tlsa), ("Receiver.Example", .txt),
        ] as [(String, RecordType)] {
            #expect(try await Self.verdict(name, type) == nil, "\(name)")
        }
    }

    @Test func `what was changed, is out of date or says nothing does not`() async throws {
        let owner = "_25._tcp.mx1.receiver.example"
        let fits = "TLSA \(owner): the signature does not fit the records"
        #expect(try await Self.verdict(owner, .tlsa, flaw: .forgedRecord) == fits)
        #expect(
            try await Self.verdict(owner, .tlsa) { message in
                message.answers.removeAll { $0.type == .rrsig }
            } == "TLSA \(owner): there is no signature"
        )
        // A record fewer is another set.
        #expect(
            try await Self.verdict("receiver.example", .mx) { $0.answers.removeFirst() }
                == "MX receiver.example: the signature does not fit the records"
        )
        // Somebody says that there is no TLSA record, and cannot prove it.
        #expect(
            try await Self.verdict(owner, .tlsa) { $0.answers = [] }
                == "nothing signed says that there is no TLSA \(owner)"
        )
        // A signed answer to another question.
        let other = try Self.ask(Self.zones().0, "mx2.receiver.example", .a).answers
        #expect(
            try await Self.verdict("mx1.receiver.example", .aaaa) { $0.answers = other }
                == "nothing of it is about AAAA mx1.receiver.example"
        )
        // A signed answer, and behind it what is signed as well and about another host.
        let others = try Self.ask(Self.zones().0, "_25._tcp.mx2.receiver.example", .tlsa).answers
        #expect(
            try await Self.verdict(owner, .tlsa) { $0.answers += others }
                == "TLSA _25._tcp.mx2.receiver.example is in it, which nobody asked for"
        )
        for time in [Self.noon - 7200, Self.noon + 30 * 86_400] {
            #expect(
                try await Self.verdict(owner, .tlsa, at: time)
                    == "the keys of receiver.example are not signed with the one that is trusted: the signature counts at another time"
            )
        }
        #expect(
            try await Self.verdict("sender.example", .mx)
                == "MX sender.example: there is no signature",
            "what lies outside of the zone has no place here"
        )
    }

    // MARK: What others say

    /// A Python that has dnspython, as Debian's `python3-dnspython` and `python3-cryptography` bring it.
    private static let python = DebianPython.importing("dns.dnssec, cryptography.hazmat.primitives.asymmetric.ed25519")

    @Test(.enabled(if: python != nil, "needs python3-dnspython and python3-cryptography"))
    func `dnspython verifies every set of the zone, and not what was forged`() throws {
        let script = """
            import sys, dns.message, dns.dnssec, dns.rdatatype, dns.name
            now = int(sys.argv[1])
            messages = [dns.message.from_wire(bytes.fromhex(text)) for text in sys.argv[2:]]
            zone = dns.name.from_text("receiver.example.")
            sets = [s for m in messages for s in m.answer + m.authority]
            keys = {zone: next(s for s in sets if s.rdtype == dns.rdatatype.DNSKEY)}
            plain = [s for s in sets if s.rdtype != dns.rdatatype.RRSIG]
            for s in plain:
                signature = next(r for r in sets if r.rdtype == dns.rdatatype.RRSIG and r.covers == s.rdtype and r.name == s.name)
                try:
                    dns.dnssec.validate(s, signature, keys, now=now)
                except dns.dnssec.ValidationFailure:
                    sys.exit(3)
            sys.exit(0 if len(plain) >= 8 else 4)
            """
        for (flaw, status) in [(nil, 0), (.forgedRecord, 3)] as [(WalkSecurity.Flaw?, Int32)] {
            let (zones, _) = try Self.zones(flaw)
            let answers = try [
                ("receiver.example", .dnskey), ("receiver.example", .mx), ("receiver.example", .txt),
                ("mx1.receiver.example", .a), ("_25._tcp.mx1.receiver.example", .tlsa),
                ("mx1.receiver.example", .aaaa), ("nobody.receiver.example", .a),
            ].map { (name: String, type: RecordType) in
                try MessageWriter.octets(of: Self.ask(zones, name, type)).map { $0.hex(2) }.joined()
            }
            #expect(
                try DebianPython.status(of: try #require(Self.python), ["-c", script, "\(Self.noon)"] + answers)
                    == status
            )
        }
    }
}
