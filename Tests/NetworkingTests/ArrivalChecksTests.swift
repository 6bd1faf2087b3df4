import DNS
import Foundation
import SMTP
import Synchronization
import Testing
import Tracing

@testable import Networking

/// What the recipient's server of a sandbox world finds out about a mail.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct ArrivalChecksTests {
    private static func configuration(sender: String = "ada@sender.example", author: String? = nil) throws
        -> SandboxConfiguration
    {
        try SandboxConfiguration(
            sender: sender,
            author: author,
            subject: "Grüße",
            body: Array("Köln \n\n.dot\n\n\n".utf8),
            seed: 7,
            fixedDate: MailDate(seconds: 1_795_478_400)
        )
    }

    /// The mail as the world delivers it.
    private static func delivered(_ configuration: SandboxConfiguration) async throws -> String {
        let recorder = Recorder()
        let world = try RecordedWorld(recorder, configuration)
        try await world.start()
        world.releaseAll()
        #expect(await recorder.until { !$0.outcomes.isEmpty })
        await world.stop()
        #expect(recorder.outcomes == [.delivered])
        return try #require(recorder.delivered.first)
    }

    @Test func `what the server looks up is told at the step of its 250`() async throws {
        let recorder = Recorder()
        let world = try RecordedWorld(recorder, try Self.configuration())
        try await world.start()
        world.releaseAll()
        #expect(await recorder.until { !$0.outcomes.isEmpty })
        await world.stop()
        let trace = Tracer.trace(of: recorder.events)
        let told = trace.lines.filter { $0.shownText.contains(" looks up TXT ") }
        #expect(told.allSatisfy { $0.place.step == .acceptance })
        let texts = told.map { String($0.shownText.split(separator: " TXT ")[1].prefix { $0 != ";" }) }
        #expect(
            texts == [
                "sender.example: v=spf1 ip4:127.0.0.1 ip6:::1 -all", "walk._domainkey.sender.example: v=DKIM1",
                "_dmarc.sender.example: v=DMARC1",
            ]
        )
    }

    /// The lines of the results in a delivered mail, and whether they stand where they belong.
    private static func results(_ mail: String) -> [String] {
        let lines = mail.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines[0].hasPrefix("Return-Path: "))
        #expect(lines[1] == "Authentication-Results: mx1.receiver.example;")
        let results = lines.dropFirst(2).prefix { $0.hasPrefix("\t") }
        #expect(lines[2 + results.count].hasPrefix("Received: from out."))
        return results.map { String($0.dropFirst()) }
    }

    @Test func `an honest mail passes all three`() async throws {
        let mail = try await Self.delivered(try Self.configuration())
        #expect(
            Self.results(mail) == [
                "spf=pass smtp.mailfrom=sender.example;", "dkim=pass header.d=sender.example header.s=walk;",
                "dmarc=pass header.from=sender.example",
            ]
        )
        #expect(mail.contains("\r\nDKIM-Signature: v=1; a=ed25519-sha256;\r\n\tc=relaxed/relaxed; d=sender.example;"))
    }

    @Test(arguments: [
        ("ada@sender.example", "Bob <bob@receiver.example>", "dmarc=fail header.from=receiver.example"),
        ("ada@sender.example", "The Bank <mail@bank.example>", "dmarc=temperror header.from=bank.example"),
        ("ada@sender.example", "a@sender.example, b@bank.example", "dmarc=permerror"),
        ("eve@other.example", "Ada <ada@receiver.example>", "dmarc=fail header.from=receiver.example"),
        ("eve@other.example", "Eve <eve@other.example>", "dmarc=pass header.from=other.example"),
    ])
    func `another author than the envelope's domain is found out`(
        sender: String,
        author: String,
        dmarc: String
    ) async throws {
        let results = Self.results(try await Self.delivered(try Self.configuration(sender: sender, author: author)))
        // The envelope is in order each time: only the comparison with the From field tells.
        #expect(results[0].hasPrefix("spf=pass smtp.mailfrom="))
        #expect(results[1].hasPrefix("dkim=pass header.d="))
        #expect(results.dropFirst(2) == [dmarc])
    }

    @Test func `with the null reverse-path the name of the server is checked`() async throws {
        let results = Self.results(try await Self.delivered(try Self.configuration(sender: "<>")))
        #expect(results[0] == "spf=pass smtp.helo=out.sender.example;")
    }

    // MARK: What the world itself never sends

    private static func check(
        _ content: String,
        from address: String = "127.0.0.1",
        sender: String = "ada@sender.example"
    ) async throws -> [String] {
        let server = NameServer(zones: try configuration().zones())
        let port = try await server.start(on: SandboxWorld.group)
        let checks = ArrivalChecks(
            resolver: Resolver(servers: "127.0.0.1:\(port)"),
            serverName: "mx1.receiver.example",
            clientAddress: IPAddress(text: address),
            clientName: Array("client.example".utf8),
            mail: MailObject(
                envelope: Envelope(reversePath: try ReversePath(sender), forwardPaths: []),
                content: Array(content.utf8)
            ),
            tell: { _ in }
        )
        let field = await checks.run().field
        await server.stop()
        return String(decoding: field, as: UTF8.self).split(separator: "\r\n").dropFirst().map {
            String($0.dropFirst())
        }
    }

    @Test func `a mail that was changed on the way fails`() async throws {
        let mail = try await Self.delivered(try Self.configuration())
        #expect(try await Self.check(mail)[1].hasPrefix("dkim=pass "))
        let changed = try await Self.check(mail.replacingOccurrences(of: "Köln", with: "Bonn"), from: "192.0.2.1")
        #expect(
            changed == [
                "spf=fail smtp.mailfrom=sender.example;", "dkim=fail header.d=sender.example header.s=walk;",
                "dmarc=fail header.from=sender.example",
            ]
        )
    }

    @Test func `a mail without a signature, from elsewhere, has nothing to show`() async throws {
        let forged = "From: Ada <ada@sender.example>\r\n\r\nSend money\r\n"
        #expect(
            try await Self.check(forged, sender: "eve@evil.example") == [
                "spf=temperror smtp.mailfrom=evil.example;", "dkim=none;", "dmarc=fail header.from=sender.example",
            ]
        )
        #expect(try await Self.check(forged, from: "::1").first == "spf=pass smtp.mailfrom=sender.example;")
        #expect(try await Self.check("\r\nno header\r\n").last == "dmarc=permerror")
        let unreadable = "DKIM-Signature: v=1; a=rsa-sha1\r\n" + forged
        #expect(try await Self.check(unreadable)[1] == "dkim=neutral;")
        let unknown = "From: a@none.sender.example\r\n\r\n"
        #expect(
            try await Self.check(unknown, sender: "a@none.sender.example") == [
                "spf=none smtp.mailfrom=none.sender.example;", "dkim=none;",
                "dmarc=none header.from=none.sender.example",
            ]
        )
    }

    @Test func `results that a mail brings along under the server's own name are not kept, and that is told`() throws {
        let told = Told()
        let other = "Authentication-Results: mx.other.example; spf=pass\r\n"
        let forged = "Authentication-Results: mx1.receiver.example; dmarc=pass header.from=bank.example\r\n"
        let mail = "From: a@bank.example\r\n\r\n"
        for (content, removed) in [(forged + other + mail, 1), (forged + forged + mail, 2), (other + mail, 0)] {
            let checks = ArrivalChecks(
                resolver: Resolver(servers: "127.0.0.1:9"),
                serverName: "mx1.receiver.example",
                clientAddress: nil,
                clientName: [],
                mail: MailObject(
                    envelope: Envelope(reversePath: .null, forwardPaths: []),
                    content: Array(content.utf8)
                ),
                tell: told.note
            )
            #expect(checks.contentToKeep() == Array(content.replacing(forged, with: "").utf8))
            #expect(told.take().map { $0.contains("(RFC 8601 §5)") } == (removed > 0 ? [true] : []))
        }
    }

    private final class Told: Sendable {
        private let sentences = Mutex<[String]>([])
        func note(_ sentence: String) { sentences.withLock { $0.append(sentence) } }
        func take() -> [String] {
            sentences.withLock { all in
                defer { all = [] }
                return all
            }
        }
    }

    @Test func `both domains say what is true of them, and no more`() throws {
        let zones = try Self.configuration().zones().zones
        let texts = zones.map { zone in
            zone.records.compactMap { if case .txt = $0.data { "\($0.owner)" } else { nil } }
        }
        #expect(
            texts == [
                ["receiver.example", "_dmarc.receiver.example", "_smtp._tls.receiver.example"],
                [
                    "sender.example", "out.sender.example", "walk._domainkey.sender.example", "_dmarc.sender.example",
                    "_smtp._tls.sender.example",
                ],
            ]
        )
        #expect(zones.allSatisfy { $0.records.allSatisfy { $0.type != .tlsa } }, "no server shows a certificate")
        let offersTLS = SandboxWorld.offered().contains { $0.hasPrefix("STARTTLS") }
        #expect(!offersTLS, "then TLSA has something to be true of")
    }

    // MARK: What others say

    /// A Python that has dkimpy with Ed25519, as Debian's `python3-dkim` and `python3-nacl` bring it.
    private static let python = DebianPython.importing("dkim, nacl")

    @Test(.enabled(if: python != nil, "needs python3-dkim and python3-nacl"))
    func `dkimpy verifies what the world signed, and not what was changed`() async throws {
        let configuration = try Self.configuration()
        let mail = try await Self.delivered(configuration)
        let name = try Name("walk._domainkey.sender.example")
        let record = try #require(
            try configuration.zones().zones.flatMap(\.records).compactMap { record -> String? in
                guard record.owner == name, case .txt(let strings) = record.data else { return nil }
                return String(decoding: strings.joined(), as: UTF8.self)
            }.first
        )
        let file = FileManager.default.temporaryDirectory.appending(path: "arrival-\(UUID().uuidString).eml")
        defer { try? FileManager.default.removeItem(at: file) }
        let script = """
            import dkim, sys
            keys = {b"walk._domainkey.sender.example.": sys.argv[2].encode()}
            mail = open(sys.argv[1], "rb").read()
            sys.exit(0 if dkim.verify(mail, dnsfunc=lambda name, timeout=5: keys.get(name)) else 3)
            """
        for (text, status) in [(mail, 0), (mail.replacingOccurrences(of: "Köln", with: "Bonn"), 3)] as [(String, Int32)]
        {
            try Data(text.utf8).write(to: file)
            #expect(
                try DebianPython.status(of: try #require(Self.python), ["-c", script, file.path, record]) == status
            )
        }
    }
}
