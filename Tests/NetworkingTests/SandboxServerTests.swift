import Testing
import Tracing

@testable import Networking

/// Strangers at the servers of a world: whatever they do, the servers go on.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct SandboxServerTests {
    private let recorder = Recorder()

    /// Runs `client` against the recipient's server of a world that has not moved, then walks the world to its end.
    ///
    /// The walk shows that the servers are still whole, and that a stranger's words are no events of ours.
    private func visit(_ client: @escaping @Sendable (_ port: Int) throws -> Void) async throws {
        let world = try RecordedWorld(recorder, try SandboxConfiguration())
        let ports = try await world.start()
        try await offPool { try client(ports.relay) }
        #expect(recorder.events.isEmpty)
        world.releaseAll()
        #expect(await recorder.until { !$0.outcomes.isEmpty })
        #expect(recorder.outcomes == [.delivered])
        #expect(recorder.delivered.count == 1)
        await world.stop()
    }

    /// Takes a client to the point where mail data is due.
    private static func opened(_ port: Int) throws -> RawPeer {
        let client = try RawPeer(port: port)
        #expect(client.reply()?.hasPrefix("220 ") == true)
        #expect(client.ask("EHLO c.example")?.hasPrefix("250 ") == true)
        #expect(client.ask("MAIL FROM:<a@c.example>")?.hasPrefix("250 ") == true)
        #expect(client.ask("RCPT TO:<bob@receiver.example>")?.hasPrefix("250 ") == true)
        #expect(client.ask("DATA")?.hasPrefix("354 ") == true)
        return client
    }

    @Test(arguments: ["\n.\n", "\r\n.\n", "\n.\r\n", "\r.\r", "\r\n.\r", "\r\n\0.\r\n"])
    func `only CRLF dot CRLF ends the mail data`(falseEnd: String) async throws {
        try await visit { port in
            let client = try Self.opened(port)
            client.send(
                "Subject: x\r\n\r\nfirst" + falseEnd
                    + "MAIL FROM:<evil@c.example>\r\nRCPT TO:<bob@receiver.example>\r\n"
            )
            #expect(!client.hears(within: 50), "the server took the false end for one")
            client.send("\r\n.\r\n")
            #expect(client.reply() != nil)
            // One reply to the dot and none to what stood in the mail data.
            #expect(!client.hears(within: 50))
            #expect(client.ask("QUIT")?.hasPrefix("221 ") == true)
        }
    }

    @Test func `octet by octet is the same as all at once`() async throws {
        try await visit { port in
            let client = try RawPeer(port: port)
            let session = "EHLO c.example\r\nMAIL FROM:<a@c.example>\r\nRCPT TO:<bob@receiver.example>\r\nDATA\r\n"
            for octet in Array((session + "Subject: x\r\n\r\n..\r\n.\r\nQUIT\r\n").utf8) { client.send([octet]) }
            let codes = (0..<7).map { _ in String(client.reply()?.prefix(3) ?? "") }
            #expect(codes == ["220", "250", "250", "250", "354", "250", "221"])
            #expect(client.rest() == [])
        }
    }

    @Test func `a whole session in one packet is answered in order`() async throws {
        try await visit { port in
            let client = try RawPeer(port: port)
            client.send(
                "EHLO c.example\r\nMAIL FROM:<a@c.example>\r\nRCPT TO:<bob@receiver.example>\r\nDATA\r\n"
                    + "Subject: x\r\n\r\nText\r\n.\r\nNOOP\r\nQUIT\r\n"
            )
            client.shutdownOutput()
            let codes = (0..<8).map { _ in String(client.reply()?.prefix(3) ?? "") }
            #expect(codes == ["220", "250", "250", "250", "354", "250", "250", "221"])
        }
    }

    @Test func `half a command is no command`() async throws {
        try await visit { port in
            let client = try RawPeer(port: port)
            _ = client.reply()
            client.send("EHLO c.exam")
            #expect(!client.hears(within: 50))
            client.shutdownOutput()
            #expect(client.rest() == [], "the connection should end without a word about half a line")
        }
    }

    @Test func `a chunk may arrive in pieces, and one of nothing ends it`() async throws {
        try await visit { port in
            let client = try RawPeer(port: port)
            _ = client.reply()
            for command in ["EHLO c.example", "MAIL FROM:<a@c.example>", "RCPT TO:<bob@receiver.example>"] {
                #expect(client.ask(command)?.hasPrefix("250 ") == true)
            }
            client.send("BDAT 14\r\nSubject")
            #expect(!client.hears(within: 30))
            client.send(": x\r\n\r\n")
            // 14 octets: the last two are the first of the next line.
            #expect(client.reply()?.hasPrefix("250 ") == true)
            #expect(client.ask("BDAT 0 LAST")?.hasPrefix("250 ") == true)
            #expect(client.ask("QUIT")?.hasPrefix("221 ") == true)
        }
    }

    @Test func `a client that vanishes in the middle leaves nothing behind`() async throws {
        try await visit { port in
            for _ in 0..<20 {
                let client = try Self.opened(port)
                client.send("Subject: never\r\n")
                client.reset()
            }
        }
    }

    @Test func `two hundred clients at once are all served`() async throws {
        try await visit { port in
            let clients = try (0..<200).map { _ in try RawPeer(port: port) }
            for client in clients { #expect(client.reply()?.hasPrefix("220 ") == true) }
            for client in clients { client.send("EHLO c.example\r\nQUIT\r\n") }
            for client in clients {
                #expect(client.reply()?.hasPrefix("250 ") == true)
                #expect(client.reply()?.hasPrefix("221 ") == true)
            }
        }
    }

    @Test func `one client too many is told to come back`() async throws {
        try await visit { port in
            let clients = try (0..<Listener.maxClients).map { _ in try RawPeer(port: port) }
            for client in clients { #expect(client.reply()?.hasPrefix("220 ") == true) }
            let late = try RawPeer(port: port)
            #expect(late.reply()?.hasPrefix("421 ") == true)
            #expect(late.rest() == [])
            for client in clients { #expect(client.ask("QUIT")?.hasPrefix("221 ") == true) }
        }
    }

    @Test func `who does not read is not read either`() async throws {
        try await visit { port in
            let client = try RawPeer(port: port)
            // Each answer is many times longer than its command, so the way back is full first.
            let commands = Array(String(repeating: "EHLO c\r\n", count: 10_000).utf8)
            var pieces = 0
            while pieces < 400, client.send(commands) { pieces += 1 }
            // What the two sockets hold, and no more: the rest of 32 million octets was never taken.
            #expect(pieces < 200, "the server took \(pieces * commands.count) octets and nobody read the replies")
        }
    }

    @Test func `a line without an end does not fill the memory`() async throws {
        try await visit { port in
            let client = try RawPeer(port: port)
            _ = client.reply()
            let piece = [UInt8](repeating: 120, count: 1 << 20)
            for _ in 0..<20 { if !client.send(piece) { break } }
            let answer = client.ask("")
            #expect(answer == nil || answer?.hasPrefix("5") == true || answer?.hasPrefix("421") == true)
        }
    }
}
