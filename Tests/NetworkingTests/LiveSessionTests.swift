import DNS
import Glibc
import SMTP
import Testing
import Tracing

@testable import Networking

/// The unattended client against servers that do, at each step, what servers should not.
@Suite(.timeLimit(.minutes(10)))
struct LiveSessionTests {
    private let recorder = Recorder()

    /// What a well-behaved server says, in order: greeting, EHLO, MAIL, RCPT, DATA, dot, QUIT.
    private static let replies = [
        "220 mx.test.example ESMTP", "250-mx.test.example\r\n250 SIZE 1000000", "250 2.1.0 OK", "250 2.1.5 OK",
        "354 Go",
        "250 2.0.0 Taken", "221 2.0.0 Bye",
    ]

    /// What a server does in place of one of these.
    enum Fault: Sendable {
        case says(String)
        case closes, resets, stalls
        /// The reply comes after a while.
        case hesitates
    }

    /// Plays the seven replies; at number `step` the fault comes in place of the reply.
    private static func play(_ peer: RawPeer, fault: Fault?, at step: Int) {
        for (number, reply) in replies.enumerated() {
            // A client whose DATA was refused says QUIT where the dot would be.
            if number == 5 {
                while let line = peer.line(), line != ".", line != "QUIT" {}
            } else if number > 0, peer.line() == nil {
                return
            }
            guard number == step, let fault else {
                peer.send(reply + "\r\n")
                continue
            }
            switch fault {
            case .says(let other): peer.send(other + "\r\n")
            case .hesitates:
                sleep(4)
                peer.send(reply + "\r\n")
            case .closes: return
            case .resets: return peer.reset()
            case .stalls: _ = peer.rest()
            }
        }
    }

    private func options(
        _ port: Int,
        recipients: [String] = ["bob@receiver.example"],
        quitAfter: ClientDialogue.StopPoint? = nil,
        timeout: Int? = 5
    ) throws -> LiveSession.Options {
        try LiveSession.Options(
            recipients: recipients,
            sender: "ada@sender.example",
            clientName: "c.example",
            server: "127.0.0.1:\(port)",
            quitAfter: quitAfter,
            timeout: timeout
        )
    }

    private func run(_ fault: Fault?, at step: Int, timeout: Int = 5) async throws -> LiveOutcome {
        let server = try ScriptedPeer { peer, _ in Self.play(peer, fault: fault, at: step) }
        let outcome = await LiveSession(try options(server.port, timeout: timeout)).run(onEvent: recorder.note)
        withExtendedLifetime(server) {}
        return outcome
    }

    @Test func `a good server takes the mail`() async throws {
        let outcome = try await run(nil, at: 0)
        #expect(outcome == .completed(accepted: 1))
        #expect(outcome.status == .success)
        let said = recorder.said(.client)
        #expect(said.hasPrefix("EHLO c.example\r\nMAIL FROM:<ada@sender.example> SIZE="))
        #expect(said.hasSuffix("\r\n.\r\nQUIT\r\n"))
        #expect(recorder.errors == [])
        // After QUIT it is the server that closes (RFC 5321 §3.8), and the client lets it.
        #expect(recorder.events.last?.kind == .close(by: .server))
        let times = recorder.events.map(\.time)
        #expect(times == times.sorted())
    }

    @Test(.timeLimit(.minutes(1)), arguments: [0, 2])
    func `a reply that takes seconds is a finding, and another is not`(step: Int) async throws {
        let outcome = try await run(.hesitates, at: step, timeout: 60)
        #expect(outcome == .completed(accepted: 1))
        let found = Tracer.trace(of: recorder.events).lines.flatMap(\.findings).map(\.kind)
        #expect(
            found.filter { $0 == .greetingDelayed || $0 == .replyDelayed } == [
                step == 0 ? .greetingDelayed : .replyDelayed
            ]
        )
    }

    /// Where a session ends that goes wrong at each reply.
    private static let statuses: [(Int, LiveOutcome.Status)] = [
        (0, .greeting), (1, .hello), (2, .mail), (3, .noRecipient), (4, .data), (5, .content), (6, .success),
    ]

    @Test(arguments: Self.statuses)
    func `a refusal is one at its step`(step: Int, status: LiveOutcome.Status) async throws {
        let outcome = try await run(.says("554 5.0.0 No"), at: step)
        #expect(outcome.status == status)
        // A refused client still leaves politely.
        #expect(recorder.said(.client).hasSuffix("QUIT\r\n"))
    }

    @Test(arguments: 0..<7)
    func `a server that closes has closed early`(step: Int) async throws {
        let outcome = try await run(.closes, at: step)
        // Behind the acceptance nothing takes the mail back.
        #expect(outcome.status == (step == 6 ? .success : .closedEarly))
        #expect(recorder.events.contains { $0.kind == .close(by: .server) } || !recorder.errors.isEmpty)
    }

    @Test(arguments: 0..<7)
    func `a reset is an error in words`(step: Int) async throws {
        let outcome = try await run(.resets, at: step)
        // A reset that comes at once may come before the client knows that it is connected.
        #expect(outcome.status == (step == 6 ? .success : .closedEarly) || step == 0 && outcome.status == .connection)
        #expect(!recorder.errors.isEmpty || recorder.events.contains { $0.kind == .close(by: .server) })
    }

    @Test(arguments: Self.statuses)
    func `a server that says nothing is left when the limit is over`(step: Int, status: LiveOutcome.Status) async throws
    {
        let outcome = try await run(.stalls, at: step, timeout: 1)
        #expect(outcome.status == status)
        #expect(recorder.errors.contains { $0.contains("RFC 5321 §4.5.3.2") })
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request", "* OK IMAP4rev1", "SSH-2.0-OpenSSH_9.2", "\u{16}\u{3}\u{1}", ""])
    func `what is no SMTP server is not talked to as if it were`(greeting: String) async throws {
        let outcome = try await run(.says(greeting), at: 0)
        #expect(outcome.status == .greeting)
        #expect(recorder.said(.client) == "")
    }

    @Test func `a reply that never ends is cut off`() async throws {
        let server = try ScriptedPeer { peer, _ in
            peer.send("220 mx.test.example\r\n")
            _ = peer.line()
            while peer.send(String(repeating: "250-X\r\n", count: 5000)) {}
        }
        let outcome = await LiveSession(try options(server.port)).run(onEvent: recorder.note)
        #expect(outcome.status == .hello)
        #expect(recorder.said(.server).utf8.count < 4 << 20)
        withExtendedLifetime(server) {}
    }

    @Test func `a server that does not close after QUIT is left`() async throws {
        let server = try ScriptedPeer { peer, _ in
            Self.play(peer, fault: nil, at: 0)
            _ = peer.rest()
        }
        let outcome = await LiveSession(try options(server.port)).run(onEvent: recorder.note)
        #expect(outcome == .completed(accepted: 1))
        #expect(recorder.events.last?.kind == .close(by: .client))
        #expect(recorder.errors == [])
        withExtendedLifetime(server) {}
    }

    @Test func `nobody there is number 2`() async throws {
        // A port that was just given back: nobody listens on it.
        let port = try ScriptedPeer { _, _ in }.port
        let outcome = await LiveSession(try options(port)).run(onEvent: recorder.note)
        #expect(outcome.status == .connection)
        #expect(recorder.errors.count == 1)
    }

    @Test func `some recipients refused, the mail goes to the others`() async throws {
        let server = try ScriptedPeer { peer, _ in
            for reply in ["220 a.example", "250 a.example", "250 OK", "550 5.1.1 Who?", "250 OK", "354 Go"] {
                peer.send(reply + "\r\n")
                if peer.line() == nil { return }
            }
            while let line = peer.line(), line != "." {}
            for reply in ["250 OK", "221 Bye"] {
                peer.send(reply + "\r\n")
                _ = peer.line()
            }
        }
        let options = try options(server.port, recipients: ["nobody@r.example", "bob@r.example"])
        let outcome = await LiveSession(options).run(onEvent: recorder.note)
        #expect(outcome == .completed(accepted: 1))
        withExtendedLifetime(server) {}
    }

    @Test func `it stops where it is told to`() async throws {
        let server = try ScriptedPeer { peer, _ in
            for reply in ["220 a.example", "250 a.example", "250 OK", "250 OK", "250 reset", "221 Bye"] {
                peer.send(reply + "\r\n")
                if peer.line() == nil { return }
            }
        }
        let outcome = await LiveSession(try options(server.port, quitAfter: .rcpt)).run(onEvent: recorder.note)
        #expect(outcome == .completed(accepted: 0))
        #expect(recorder.said(.client).hasSuffix("RCPT TO:<bob@receiver.example>\r\nRSET\r\nQUIT\r\n"))
        withExtendedLifetime(server) {}
    }

    @Test func `cancelling ends it at once`() async throws {
        let server = try ScriptedPeer { peer, _ in _ = peer.rest() }
        let (session, recorder) = (LiveSession(try options(server.port, timeout: nil)), recorder)
        let task = Task { await session.run(onEvent: recorder.note) }
        #expect(await recorder.until { $0.events.count >= 2 })
        task.cancel()
        // Without a limit of its own the session would wait five minutes for a greeting, and say that none came.
        #expect(await task.value == .cancelled)
        #expect(recorder.errors == [])
        #expect(await recorder.until { _ in connections(at: server.port) == 0 })
    }
}

/// Where a session goes: exchangers in order, the next one when one is not there.
@Suite(.timeLimit(.minutes(10)))
struct LiveLookupTests {
    private let recorder = Recorder()

    /// A name server with one domain whose exchangers have these addresses, the first the most preferred.
    private func nameServer(_ addresses: [IPv4Address]) async throws -> (NameServer, port: Int) {
        let origin = try Name("r.example")
        var records: [ResourceRecord] = []
        for (number, address) in addresses.enumerated() {
            let host = try Name("mx\(number).r.example")
            records.append(
                ResourceRecord(owner: origin, ttl: 60, data: .mx(preference: UInt16(number), exchange: host))
            )
            records.append(ResourceRecord(owner: host, ttl: 60, data: .a(address)))
        }
        let authority = StartOfAuthority(primaryServer: origin, responsibleMailbox: origin, serial: 1)
        let server = NameServer(zones: Zones([Zone(origin: origin, startOfAuthority: authority, records: records)]))
        return (server, try await server.start(on: SandboxWorld.group))
    }

    private func run(_ recipient: String, port: Int, dns: Int) async throws -> LiveOutcome {
        let options = try LiveSession.Options(
            recipients: [recipient],
            sender: "ada@sender.example",
            clientName: "c.example",
            port: port,
            dnsServers: "127.0.0.1:\(dns)",
            timeout: 5
        )
        return await LiveSession(options).run(onEvent: recorder.note)
    }

    @Test func `the next exchanger is tried when one refuses the connection`() async throws {
        // All of 127.0.0.0/8 is this machine, and the server listens at one address of it only.
        let server = try ScriptedPeer { peer, _ in
            for reply in ["220 a.example", "250 a.example", "550 No", "221 Bye"] {
                peer.send(reply + "\r\n")
                if peer.line() == nil { return }
            }
        }
        let (names, dns) = try await nameServer([IPv4Address(127, 0, 0, 9), IPv4Address(127, 0, 0, 1)])
        let outcome = try await run("bob@r.example", port: server.port, dns: dns)
        #expect(outcome.status == .mail)
        #expect(
            recorder.connects == [
                "mx0.r.example [127.0.0.9]:\(server.port)", "mx1.r.example [127.0.0.1]:\(server.port)",
            ]
        )
        #expect(recorder.errors.count == 1)
        await names.stop()
        withExtendedLifetime(server) {}
    }

    @Test func `a server that greets with 421 is passed over`() async throws {
        let server = try ScriptedPeer { peer, number in
            peer.send(number == 0 ? "421 a.example busy\r\n" : "554 a.example no mail here\r\n")
            if peer.line() != nil { peer.send("221 Bye\r\n") }
        }
        let (names, dns) = try await nameServer([IPv4Address(127, 0, 0, 1), IPv4Address(127, 0, 0, 1)])
        let outcome = try await run("bob@r.example", port: server.port, dns: dns)
        #expect(recorder.connects.count == 2)
        #expect(outcome.status == .greeting)
        await names.stop()
        withExtendedLifetime(server) {}
    }

    @Test func `a domain that is not there is number 2`() async throws {
        let (names, dns) = try await nameServer([])
        let outcome = try await run("bob@nowhere.r.example", port: 1, dns: dns)
        #expect(outcome.status == .connection)
        #expect(recorder.connects == [])
        #expect(recorder.errors.count == 1)
        await names.stop()
    }

    @Test func `an address literal needs no lookup`() async throws {
        let port = try ScriptedPeer { _, _ in }.port
        let outcome = try await run("bob@[127.0.0.1]", port: port, dns: 1)
        #expect(recorder.connects == ["[127.0.0.1]:\(port)"])
        #expect(outcome.status == .connection)
    }

    @Test func `mail data stays here unless it is asked for`() throws {
        let options = try LiveSession.Options(recipients: ["b@r.example"], sender: "a@s.example", server: "192.0.2.1")
        #expect(LiveSession(options).stopPoint(at: .v4(IPv4Address(192, 0, 2, 1)), port: 25) == .rcpt)
        #expect(LiveSession(options).stopPoint(at: .v4(IPv4Address(127, 0, 0, 1)), port: 25) == nil)
        var tapped = options
        tapped.portsLeadingElsewhere = [25]
        #expect(LiveSession(tapped).stopPoint(at: .v4(IPv4Address(127, 0, 0, 1)), port: 25) == .rcpt)
        #expect(LiveSession(tapped).stopPoint(at: .v4(IPv4Address(127, 0, 0, 1)), port: 26) == nil)
        let early = try LiveSession.Options(recipients: ["b@r.example"], sender: "a@s.example", quitAfter: .mail)
        #expect(LiveSession(early).stopPoint(at: .v4(IPv4Address(192, 0, 2, 1)), port: 25) == .mail)
        let sent = try LiveSession.Options(recipients: ["b@r.example"], sender: "a@s.example", send: true)
        #expect(LiveSession(sent).stopPoint(at: .v4(IPv4Address(192, 0, 2, 1)), port: 25) == nil)
    }
}
