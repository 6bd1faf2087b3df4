import SMTP
import Testing
import Tracing

@testable import Networking

/// Servers that keep an unattended session busy: no reply of theirs takes longer than its limit, however it comes, and none
/// becomes larger than a limit.
@Suite(.timeLimit(.minutes(10)))
struct LiveLimitTests {
    private let recorder = Recorder()

    private func run(_ server: ScriptedPeer, timeout: Int) async throws -> LiveOutcome {
        let options = try LiveSession.Options(
            recipients: ["bob@receiver.example"],
            sender: "ada@sender.example",
            clientName: "c.example",
            server: "127.0.0.1:\(server.port)",
            timeout: timeout
        )
        let outcome = await LiveSession(options).run(onEvent: recorder.note)
        withExtendedLifetime(server) {}
        return outcome
    }

    /// What the server says before the reply that it draws out, the line of the client it waits for first, and that reply.
    enum Place: CaseIterable, Sendable {
        case greeting, hello, mail, content

        static let replies = ["220 mx", "250 mx", "250 OK", "250 OK", "354 Go"]

        var before: Int { [.greeting: 0, .hello: 1, .mail: 2, .content: 5][self] ?? 0 }
        var code: Int { self == .greeting ? 220 : 250 }
        var status: LiveOutcome.Status {
            [.greeting: .greeting, .hello: .hello, .mail: .mail, .content: .content][self] ?? .success
        }

        func leadUp(_ peer: RawPeer) {
            for reply in Self.replies.prefix(before) {
                peer.send(reply + "\r\n")
                _ = peer.line()
            }
            if self == .content { while let line = peer.line(), line != "." {} }
        }
    }

    @Test(arguments: Place.allCases, ["line", "octet"])
    func `a reply that drips is given no more time than one that does not come`(place: Place, piece: String)
        async throws
    {
        let server = try ScriptedPeer { peer, _ in
            place.leadUp(peer)
            peer.send("\(place.code)-")
            // Ten times the limit; then the reply is there, for a client that would have waited.
            for _ in 0..<200 where !peer.hears(within: 50) {
                guard peer.send(piece == "line" ? "x\r\n\(place.code)-" : "x") else { return }
            }
            peer.send("\r\n\(place.code) OK\r\n")
            _ = peer.rest()
        }
        let outcome = try await run(server, timeout: 1)
        #expect(outcome.status == place.status)
        #expect(recorder.errors.contains { $0.contains("did not answer in time") }, "\(recorder.errors)")
        #expect(recorder.said(.server).contains("x"))
    }

    @Test(arguments: ["", "250-", "250 "]) func `a line without an end is no reply`(beginning: String) async throws {
        let server = try ScriptedPeer { peer, _ in
            peer.send("220 mx\r\n")
            _ = peer.line()
            peer.send(beginning)
            while peer.send(String(repeating: "x", count: 50_000)) {}
        }
        let outcome = try await run(server, timeout: 60)
        #expect(outcome.status == .hello)
        #expect(recorder.said(.client) == "EHLO c.example\r\n", "nothing is said to whom nobody understands")
        #expect(recorder.errors.contains { $0.contains("the reply does not end") }, "\(recorder.errors)")
        #expect(recorder.said(.server).utf8.count < 1 << 20)
    }

    @Test func `a reply has so many lines at most, and so many octets`() async throws {
        for line in ["250-\r\n", "250-" + String(repeating: "x", count: 2000) + "\r\n"] {
            let recorder = Recorder()
            let server = try ScriptedPeer { peer, _ in
                peer.send("220 mx\r\n")
                _ = peer.line()
                while peer.send(String(repeating: line, count: 100)) {}
            }
            let options = try LiveSession.Options(
                recipients: ["bob@receiver.example"],
                sender: "ada@sender.example",
                server: "127.0.0.1:\(server.port)",
                timeout: 60
            )
            let outcome = await LiveSession(options).run(onEvent: recorder.note)
            #expect(outcome.status == .hello)
            #expect(recorder.errors.contains { $0.contains("the reply does not end") }, "\(recorder.errors)")
            // What came with the last octets that were looked at is told as well.
            let most = min(ReplyAssembler.maxLines * line.utf8.count, ClientEnd.maxReply)
            #expect(recorder.said(.server).utf8.count < most + (1 << 20))
            withExtendedLifetime(server) {}
        }
    }
}
