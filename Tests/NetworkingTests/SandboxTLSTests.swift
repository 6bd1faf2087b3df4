import DNS
import Foundation
import Notation
import SMTP
import Stage
import Synchronization
import Testing
import Tracing

@testable import Networking

/// The sandbox world walked with TLS: both connections in TLS, and the recipient's server known by its signed TLSA record.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct SandboxTLSTests {
    private let recorder = Recorder()

    private func configuration(
        _ flaw: WalkSecurity.Flaw? = nil,
        sender: String = "ada@sender.example",
        recipient: String = "bob@receiver.example"
    ) throws -> SandboxConfiguration {
        var configuration = try SandboxConfiguration(
            sender: sender,
            recipients: [recipient],
            subject: "Hello",
            body: Array("One\n".utf8),
            seed: 1,
            usesTLS: true
        )
        configuration.flaw = flaw
        return configuration
    }

    private func walk(_ configuration: SandboxConfiguration) async throws {
        let world = try RecordedWorld(recorder, configuration)
        try await world.start()
        world.releaseAll()
        #expect(await recorder.until { !$0.outcomes.isEmpty })
        await world.stop()
    }

    private func facts(_ leg: Leg) throws -> TLSFacts {
        try #require(
            recorder.events.lazy.compactMap { event in
                if event.leg == leg, case .tls(let facts) = event.kind { facts } else { nil }
            }.first
        )
    }

    private var questions: [String] {
        recorder.events.compactMap { event in
            guard case .dnsQuery(let octets) = event.kind else { return nil }
            let message = MessageReader.read(octets).message
            #expect(message.edns?.wantsSignatures == true)
            return message.questions.first.map { "\($0.type) \($0.name)" }
        }
    }

    private var notes: [String] {
        recorder.events.compactMap { if case .note(let text) = $0.kind { text } else { nil } }
    }

    /// What the client said of the relay in the clear, and inside.
    private var relayed: (clear: String, inside: String) {
        var (clear, inside, isInside) = ("", "", false)
        for event in recorder.events where event.leg == .relay {
            switch event.kind {
            case .tls: isInside = true
            case .octets(.client, let octets, _):
                if isInside { inside += octets.lossyText } else { clear += octets.lossyText }
            default: break
            }
        }
        return (clear, inside)
    }

    @Test func `the mail goes in TLS all the way, and the key is the one that the DNS names`() async throws {
        try await walk(try configuration())
        #expect(recorder.outcomes == [.delivered])
        #expect(
            questions == [
                "MX receiver.example", "DNSKEY receiver.example", "A mx1.receiver.example",
                "AAAA mx1.receiver.example", "TLSA _25._tcp.mx1.receiver.example",
            ]
        )
        #expect(notes.filter { $0.hasPrefix("checked: ") }.count == 5)
        #expect(relayed.clear == "EHLO out.sender.example\r\nSTARTTLS\r\n")
        #expect(relayed.inside.hasPrefix("EHLO out.sender.example\r\nMAIL FROM:<ada@sender.example>"))

        let relay = try facts(.relay)
        let association = try #require(relay.association)
        #expect(association.fits)
        #expect(association.kind == "3 1 1")
        #expect(association.wanted == association.found)
        #expect(association.wanted.utf8.count == 64)
        // Neither names nor authorities count (RFC 7672 §3.1.1), and nobody says that they do.
        #expect(relay.name == nil && relay.trust == nil)
        #expect(relay.serverName == "mx1.receiver.example")

        let submission = try facts(.submission)
        #expect(submission.association == nil)
        #expect(submission.trust?.isTrusted == true)
        #expect(submission.name?.found == "DNS:out.sender.example")
        let mail = try #require(recorder.delivered.first)
        #expect(mail.contains("\r\n\tby mx1.receiver.example with ESMTPS id "))
        #expect(mail.contains("\r\n\tby out.sender.example with ESMTPS id "))
        #expect(mail.contains("spf=pass") && mail.contains("dkim=pass") && mail.contains("dmarc=pass"))
    }

    @Test func `what it looks like is right, and a recording of it looks the same`() async throws {
        try await walk(try configuration())
        let trace = Tracer.trace(of: recorder.events)
        #expect(Verdict(of: trace).outcome == .accepted)
        #expect(trace.lines.flatMap(\.findings).isEmpty, "\(trace.lines.flatMap(\.findings))")
        let close = try #require(recorder.events.lastIndex { if case .close = $0.kind { true } else { false } })
        #expect(!recorder.events[close...].contains { if case .records = $0.kind { true } else { false } })
        let labels = trace.stops.map(\.place).filter { $0.step == .ehloReply }.map(\.label)
        #expect(labels == ["6", "6a", "6b", "6c"])
        let texts = trace.lines.map { WireText.shown($0.octets) }
        #expect(texts.contains { $0.hasPrefix("TLSA 3 1 1 names the server's public key, its SHA-256") })
        #expect(texts.contains("the same, so it is the server that was meant"))
        let header = Recording.Header(began: "", title: "", source: "")
        let file = RecordingWriter.file(Recording(header: header, events: recorder.events))
        let read = try RecordingReader.read(Array(file.utf8))
        #expect(read.events.map(\.kind) == recorder.events.map(\.kind))
        #expect(Tracer.trace(of: read.events).lines.map(\.octets) == trace.lines.map(\.octets))
    }

    @Test func `each of the three parts that TLS adds waits for a release of its own`() async throws {
        let kept = Promises()
        let gate = StepGate(.steps, onHeld: kept.note)
        let world = try SandboxWorld(
            try configuration(),
            gate: gate,
            onEvent: recorder.note,
            onFinish: recorder.finish
        )
        try await world.start()
        var releases = 0
        while recorder.outcomes.isEmpty {
            #expect(await recorder.until { _ in kept.all.count > releases || !recorder.outcomes.isEmpty })
            guard recorder.outcomes.isEmpty else { break }
            releases += 1
            gate.release()
        }
        await world.stop()
        #expect(recorder.outcomes == [.delivered])
        let promises = kept.all
        let start = try #require(promises.firstIndex(of: "sends STARTTLS"))
        #expect(Array(promises[start...].prefix(3)) == ["sends STARTTLS", "agrees on TLS", "sends EHLO anew"])
        #expect(promises.count == 17, "\(promises)")
    }

    @Test func `sender and recipient may be neighbours, and the domain may be another`() async throws {
        try await walk(try configuration(sender: "ada@Receiver.Example", recipient: "bob@Receiver.Example"))
        #expect(recorder.outcomes == [.delivered])
        #expect(try facts(.relay).association?.fits == true)
    }

    /// RFC 7672 §2.2: then the mail waits. It never goes in the clear, and never to another.
    @Test(
        arguments: [
            (.forgottenRecord, "EHLO out.sender.example\r\nSTARTTLS\r\n", .handshake),
            (.noSTARTTLS, "EHLO out.sender.example\r\nQUIT\r\n", .ehloReply),
            (.forgedRecord, "", nil),
        ] as [(WalkSecurity.Flaw, String, FlawedPlace?)]
    )
    func `where the server is not the one that was meant, the mail stays`(
        flaw: WalkSecurity.Flaw,
        clear: String,
        place: FlawedPlace?
    ) async throws {
        try await walk(try configuration(flaw))
        guard case .notDelivered(let why)? = recorder.outcomes.first else {
            Issue.record("\(recorder.outcomes)")
            return
        }
        #expect(!why.isEmpty)
        #expect(recorder.delivered.isEmpty)
        let remarks = recorder.events.compactMap { event in
            if case .remark(let told) = event.kind { told.failure } else { nil }
        }
        #expect(remarks == [.retries])
        #expect(relayed.clear == clear)
        #expect(!relayed.inside.contains("MAIL"))
        let trace = Tracer.trace(of: recorder.events)
        // A sender that leaves because nobody offers TLS has asked for nothing; its own server holds the mail all the same.
        #expect(Verdict(of: trace).outcome == (place == .ehloReply ? .none : .deferred))
        #expect(Verdict(of: trace).holder == .sender)
        switch place {
        case .handshake:
            let association = try #require(try facts(.relay).association)
            #expect(!association.fits && association.wanted != association.found)
            #expect(why.contains("TLSA"))
        case .ehloReply: #expect(why == "STARTTLS is required and the server does not offer it")
        case nil: #expect(why.contains("the signature does not fit"), "\(why)")
        }
    }

    /// What each release was said to do.
    private final class Promises: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { kept.withLock { $0 } }
        @Sendable func note(_ held: LiveHold.Held?) {
            guard let held else { return }
            kept.withLock { $0.append(held.promise.isEmpty ? held.step.title : held.promise) }
        }
    }

    enum FlawedPlace { case handshake, ehloReply }

    // MARK: What others say

    private static let openSSL = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// OpenSSL's own program, which knows neither this program's name server nor its check.
    @Test(.enabled(if: openSSL != nil, "needs openssl"))
    func `openssl finds the key that the DNS names, and not another`() async throws {
        let world = try RecordedWorld(recorder, try configuration())
        let ports = try await world.start()
        let resolver = Resolver(servers: "127.0.0.1:\(ports.dns)", timeLimit: .seconds(60))
        let answer = try await resolver.answer(try Name("_25._tcp.mx2.receiver.example"), .tlsa)
        guard case .tlsa(let record)? = answer.reading?.message.answers.first?.data else {
            throw SandboxError.noRecipient
        }
        let digest = record.associationData.map { $0.hex(2) }.joined()
        let other = String(digest.reversed())
        for (digest, verdict) in [(digest, "Verification: OK"), (other, "no matching DANE TLSA records")] {
            let said = try Self.said(
                try #require(Self.openSSL),
                [
                    "s_client", "-connect", "127.0.0.1:\(ports.relay)", "-starttls", "smtp",
                    "-dane_tlsa_domain", "mx2.receiver.example", "-dane_tlsa_rrdata", "3 1 1 \(digest)",
                ]
            )
            #expect(said.contains(verdict), "\(said)")
        }
        await world.stop()
    }

    private static func said(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let output = Pipe()
        (process.standardInput, process.standardOutput, process.standardError) = (FileHandle.nullDevice, output, output)
        try process.run()
        let octets = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: octets, as: UTF8.self)
    }
}
