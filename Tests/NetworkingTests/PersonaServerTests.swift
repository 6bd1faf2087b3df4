import NIOCore
import SMTP
import Synchronization
import Testing
import Tracing

@testable import Networking

/// What a sandbox server tells.
private final class Listened: Sendable {
    private struct Kept {
        var events: [ConversationEvent] = []
        var mails: [SandboxServer.Mail] = []
        var octets: [Int: Int] = [:]
    }
    private let kept = Mutex(Kept())

    var events: [ConversationEvent] { kept.withLock { $0.events } }
    var mails: [SandboxServer.Mail] { kept.withLock { $0.mails } }

    @Sendable func note(_ event: ConversationEvent) {
        kept.withLock { kept in
            kept.events.append(event)
            if case .event(let wire) = event.kind { kept.octets[event.id, default: 0] += wire.octetCount }
        }
    }
    @Sendable func take(_ mail: SandboxServer.Mail) { kept.withLock { $0.mails.append(mail) } }

    /// How many octets went over the wire in a conversation.
    func octets(_ id: Int) -> Int { kept.withLock { $0.octets[id] ?? 0 } }

    func wire(_ id: Int) -> [WireEvent] {
        events.compactMap { if $0.id == id, case .event(let event) = $0.kind { event } else { nil } }
    }

    /// What one side said in a conversation, its credentials masked as the recorder masks them.
    func said(_ side: Side, _ id: Int = 1) -> String {
        var text: [UInt8] = []
        for event in wire(id) {
            guard case .octets(side, let octets, let secrets) = event.kind else { continue }
            for (index, octet) in octets.enumerated() where !secrets.contains(where: { $0.contains(index) }) {
                text.append(octet)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    var closed: [Int] { events.compactMap { $0.kind == .closed ? $0.id : nil } }

    func until(_ condition: (Listened) -> Bool) async -> Bool {
        for _ in 0..<20_000 {
            if condition(self) { return true }
            try? await Task.sleep(for: .milliseconds(3))
        }
        return condition(self)
    }
}

/// The server behind `ehlo sandbox`: clients of every kind at once, and what is told of them.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct PersonaServerTests {
    private let listened = Listened()

    private func visit(
        _ change: (inout Persona, inout SandboxServer.Limits) -> Void = { _, _ in },
        _ client: @escaping @Sendable (_ port: Int) throws -> Void
    ) async throws {
        var persona = Persona(
            name: "plain",
            title: "T",
            summary: "S",
            explanation: "E",
            policy: ServerDialogue.Policy(domain: "mx.example")
        )
        var limits = SandboxServer.Limits()
        change(&persona, &limits)
        let listened = listened
        let server = SandboxServer(persona, limits: limits, onEvent: listened.note, onMail: listened.take)
        let addresses = try await server.start(port: 0)
        let port = try #require(addresses.first.flatMap { Int($0.split(separator: ":").last ?? "") })
        #expect(
            addresses.allSatisfy { $0 == "127.0.0.1:\(port)" || $0 == "[::1]:\(port)" },
            "loopback and nothing else"
        )
        try await offPool { try client(port) }
        let opened = listened.events.count { $0.kind == .opened }
        #expect(await listened.until { $0.closed.count >= opened })
        await server.stop()
    }

    @Test func `a client that never reads its replies, and is not followed, is held up, and others are served`()
        async throws
    {
        let persona = Persona(
            name: "plain",
            title: "T",
            summary: "S",
            explanation: "E",
            policy: ServerDialogue.Policy(domain: "mx.example")
        )
        let listened = listened
        let room = 1 << 20
        let server = SandboxServer(
            persona,
            mayRead: { listened.octets($0) < room },
            onEvent: listened.note,
            onMail: listened.take
        )
        let port = try #require(
            try await server.start(port: 0).first.flatMap { Int($0.split(separator: ":").last ?? "") }
        )
        let (sent, most) = try await offPool {
            let flooding = try RawPeer(port: port)
            let commands = Array(String(repeating: "VRFY somebody\r\n", count: 4000).utf8)
            let most = 96 << 20
            var sent = 0
            while sent < most {
                let count = flooding.sendSome(commands)
                if count <= 0 { break }
                sent += count
            }
            let other = try RawPeer(port: port)
            #expect(other.reply()?.hasPrefix("220 ") == true)
            #expect(other.ask("QUIT")?.hasPrefix("221 ") == true)
            return (sent, most)
        }
        #expect(sent < most, "the server took in all it was given, though nobody read its replies")
        #expect(listened.octets(1) < 4 * room)
        await server.stop()
    }

    /// Sends a mail to the point where its content is due.
    private static func opened(_ port: Int) throws -> RawPeer {
        let client = try RawPeer(port: port)
        #expect(client.reply()?.hasPrefix("220 ") == true)
        for command in ["EHLO c.example", "MAIL FROM:<a@c.example>", "RCPT TO:<bob@mx.example>"] {
            #expect(client.ask(command)?.hasPrefix("250 ") == true)
        }
        #expect(client.ask("DATA")?.hasPrefix("354 ") == true)
        return client
    }

    @Test func `each conversation is told from its beginning to its end, and each mail once`() async throws {
        try await visit { port in
            let clients = try [Self.opened(port), Self.opened(port)]
            for (number, client) in clients.enumerated() {
                #expect(client.ask("mail \(number)\r\n.")?.hasPrefix("250 ") == true)
            }
            for client in clients { #expect(client.ask("QUIT")?.hasPrefix("221 ") == true) }
        }
        for id in [1, 2] {
            let events = listened.events.filter { $0.id == id }
            #expect(events.first?.kind == .opened)
            #expect(events.last?.kind == .closed)
            #expect(events.count { $0.kind == .opened || $0.kind == .closed } == 2)
            #expect(Set(events.map(\.peer)).count == 1)
            let times = listened.wire(id).map(\.time)
            #expect(times == times.sorted())
            let trace = Tracer.trace(of: listened.wire(id))
            #expect(Set(trace.lines.flatMap(\.findings).map(\.id)) == ["no-header"])
            #expect(trace.delivered.count == 1)
        }
        #expect(listened.mails.map(\.conversation) == [1, 2])
        #expect(listened.mails.map(\.fate) == [.accepted, .accepted])
        for (number, mail) in listened.mails.enumerated() {
            let text = String(decoding: mail.content, as: UTF8.self)
            #expect(
                text.hasPrefix(
                    "Return-Path: <a@c.example>\r\nReceived: from c.example ([127.0.0.1])\r\n\tby mx.example with ESMTP id "
                )
            )
            #expect(text.hasSuffix("\r\nmail \(number)\r\n"))
        }
    }

    @Test func `half a mail is kept with the reason`() async throws {
        try await visit { port in
            let client = try Self.opened(port)
            client.send("Subject: never\r\n\r\nhalf")
            client.shutdownOutput()
            #expect(client.rest() == [], "no word about half a mail")
        }
        #expect(listened.mails.count == 1)
        let mail = try #require(listened.mails.first)
        #expect(mail.fate == .notAccepted(why: "the client closed the connection"))
        #expect(mail.content == Array("Subject: never\r\n\r\n".utf8))
        #expect(mail.envelope.forwardPaths.count == 1)
    }

    @Test func `one client too many is told 421, and one that vanishes makes room`() async throws {
        try await visit {
            $1.clients = 2
        } _: { port in
            var first: RawPeer? = try RawPeer(port: port)
            let second = try RawPeer(port: port)
            #expect(first?.reply()?.hasPrefix("220 ") == true)
            #expect(second.reply()?.hasPrefix("220 ") == true)
            let third = try RawPeer(port: port)
            #expect(third.reply()?.hasPrefix("421 4.3.2 ") == true)
            #expect(third.rest() == [])
            first?.reset()
            first = nil
            // It is asked again until there is room, since a reset takes its time.
            var taken: String?
            for _ in 0..<2000 where taken?.hasPrefix("220 ") != true {
                let next = try RawPeer(port: port)
                taken = next.reply()
                if taken?.hasPrefix("220 ") != true { RawPeer.pause() }
                if taken?.hasPrefix("220 ") == true { #expect(next.ask("QUIT")?.hasPrefix("221 ") == true) }
            }
            #expect(taken?.hasPrefix("220 ") == true)
            #expect(second.ask("QUIT")?.hasPrefix("221 ") == true)
        }
    }

    @Test(arguments: ["GET / HTTP/1.1", "POST / HTTP/1.1", "CONNECT mx.example:25 HTTP/1.1", "Host: mx.example"])
    func `a browser is sent away before it can say more`(line: String) async throws {
        try await visit { port in
            let client = try RawPeer(port: port)
            _ = client.reply()
            client.send("\(line)\r\n\r\nEHLO a.example\r\nMAIL FROM:<a@b.example>\r\n")
            #expect(client.reply()?.hasPrefix("554 ") == true)
            #expect(client.rest() == [])
        }
    }

    @Test func `a client that does not read is not read, and the others are served`() async throws {
        try await visit { port in
            let deaf = try RawPeer(port: port)
            _ = deaf.reply()
            // Until the buffers between are full and the server takes no more.
            var sent = 0
            while sent < 200, deaf.send(String(repeating: "HELP\r\n", count: 10_000)) { sent += 1 }
            #expect(sent < 200, "the server took everything and held it")
            let other = try RawPeer(port: port)
            #expect(other.reply()?.hasPrefix("220 ") == true)
            #expect(other.ask("QUIT")?.hasPrefix("221 ") == true)
            deaf.reset()
        }
    }

    @Test func `ten thousand NOOPs are answered one by one`() async throws {
        try await visit { port in
            let client = try RawPeer(port: port)
            _ = client.reply()
            for _ in 0..<10 {
                client.send(String(repeating: "NOOP\r\n", count: 1000))
                for _ in 0..<1000 { #expect(client.reply() == "250 2.0.0 OK") }
            }
            #expect(client.ask("QUIT")?.hasPrefix("221 ") == true)
        }
    }

    @Test func `who is silent for too long is told so`() async throws {
        try await visit {
            $1.idleSeconds = 1
        } _: { port in
            let client = try RawPeer(port: port)
            _ = client.reply()
            #expect(client.reply()?.hasPrefix("421 4.4.2 ") == true)
            #expect(client.rest() == [])
        }
    }

    @Test func `without PIPELINING who speaks ahead is cut off`() async throws {
        try await visit {
            $0.policy.offered = []
            $1.clients = 10
        } _: { port in
            let patient = try RawPeer(port: port)
            _ = patient.reply()
            #expect(patient.ask("EHLO c.example") == "250 mx.example greets c.example")
            #expect(patient.ask("QUIT")?.hasPrefix("221 ") == true)
            let hasty = try RawPeer(port: port)
            _ = hasty.reply()
            hasty.send("EHLO c.example\r\nMAIL FROM:<>\r\n")
            #expect(hasty.reply() == "250 mx.example greets c.example")
            #expect(hasty.reply()?.hasPrefix("554 ") == true)
            #expect(hasty.rest() == [])
        }
    }

    @Test func `a chunk may follow its command at once without PIPELINING`() async throws {
        try await visit {
            $0.policy.offered = ["CHUNKING"]
            $1.clients = 10
        } _: { port in
            let client = try RawPeer(port: port)
            _ = client.reply()
            for command in ["EHLO c.example", "MAIL FROM:<>", "RCPT TO:<bob@mx.example>"] { _ = client.ask(command) }
            client.send("BDAT 5 LAST\r\nhello")
            #expect(client.reply()?.hasPrefix("250 ") == true)
            #expect(client.ask("QUIT")?.hasPrefix("221 ") == true)
        }
    }

    // MARK: Credentials

    /// What clients say around AUTH, and what of it nobody may see.
    static let logins: [(said: String, secrets: [String])] = [
        ("AUTH PLAIN AGFkYQBsb3ZlbGFjZQ==\r\nNOOP\r\n", ["AGFkYQBsb3ZlbGFjZQ"]),
        ("auth  plain  AGFkYQBsb3ZlbGFjZQ==\r\nNOOP\r\n", ["AGFkYQBsb3ZlbGFjZQ"]),
        ("AUTH LOGIN\r\nYWRh\r\nbG92ZWxhY2U=\r\nNOOP\r\n", ["YWRh", "bG92ZWxhY2U"]),
        ("AUTH LOGIN YWRh\r\nbG92ZWxhY2U=\r\nNOOP\r\n", ["YWRh", "bG92ZWxhY2U"]),
        ("AUTH PLAIN\r\nAGFkYQBsb3ZlbGFjZQ==\r\nNOOP\r\n", ["AGFkYQBsb3ZlbGFjZQ"]),
        ("AUTH CRAM-MD5\r\nYWRh\r\nbG92ZWxhY2U=\r\nNOOP\r\n", ["YWRh", "bG92ZWxhY2U"]),
        ("AUTH LOGIN\r\n*\r\nNOOP\r\n", []),
    ]

    @Test(arguments: logins.indices)
    func `a credential is masked however its octets come`(index: Int) async throws {
        let login = Self.logins[index]
        let octets = Array(login.said.utf8)
        let cuts = Array(1..<octets.count)
        try await visit {
            $0.policy.offered = ["PIPELINING", "AUTH PLAIN LOGIN"]
            $1.clients = 1000
        } _: { port in
            for cut in [0] + cuts {
                let client = try RawPeer(port: port)
                _ = client.reply()
                _ = client.ask("EHLO c.example")
                client.send(Array(octets[..<cut]))
                // What was sent is there before the rest, since its answers are.
                let answered = octets[..<cut].count { $0 == 10 }
                for _ in 0..<answered { _ = client.reply() }
                if answered == 0 { _ = client.hears(within: 1) }
                client.send(Array(octets[cut...]) + Array("QUIT\r\n".utf8))
                _ = client.rest()
            }
        }
        for id in 1...octets.count {
            let said = listened.said(.client, id)
            #expect(said.hasSuffix("\r\nNOOP\r\nQUIT\r\n"), "\(said)")
            for secret in login.secrets {
                for length in 4...max(4, secret.utf8.count) {
                    #expect(!said.contains(secret.suffix(length)), "\(said)")
                }
            }
        }
    }

    // MARK: Greylisting

    @Test func `a stranger is known after the delay, and nobody else is`() {
        var greylist = Greylist(delay: .seconds(3))
        let start = NIODeadline.now()
        let mail = ServerDialogue.Correspondence(reversePath: Array("<a@b>".utf8), forwardPath: Array("<c@d>".utf8))
        let other = ServerDialogue.Correspondence(reversePath: Array("<x@b>".utf8), forwardPath: Array("<c@d>".utf8))
        let asked: [(String, ServerDialogue.Correspondence, NIODeadline)] = [
            ("127.0.0.1", mail, start), ("127.0.0.1", mail, start + .seconds(2)),
            // The first time counts, not the last.
            ("127.0.0.1", mail, start + .seconds(3)),
            ("127.0.0.1", other, start + .seconds(3)), ("::1", mail, start + .seconds(3)),
        ]
        #expect(asked.map { greylist.knows($0.0, $0.1, now: $0.2) } == [false, false, true, false, false])
        for number in 0..<(2 * Greylist.maxEntries) { _ = greylist.knows("\(number)", mail, now: start) }
        let isKnown = greylist.knows("127.0.0.1", other, now: start + .seconds(100))
        #expect(!isKnown, "it forgets rather than grow")
    }
}
