import SMTP
import Testing
import Tracing

@testable import Networking

/// What a server says before it was asked answers nothing (RFC 5321 §4.3.1).
@Suite(.timeLimit(.minutes(10)))
struct EarlyReplyTests {
    private let recorder = Recorder()

    private func run(
        tls: ClientDialogue.TLSUse = .never,
        _ script: @escaping @Sendable (RawPeer) -> Void
    ) async throws -> LiveOutcome {
        let server = try ScriptedPeer { peer, _ in script(peer) }
        var security = LiveSecurity()
        security.use = tls
        let options = try LiveSession.Options(
            recipients: ["bob@receiver.example"],
            sender: "ada@sender.example",
            clientName: "c.example",
            server: "127.0.0.1:\(server.port)",
            timeout: 5,
            security: security
        )
        let outcome = await LiveSession(options).run(onEvent: recorder.note)
        withExtendedLifetime(server) {}
        return outcome
    }

    private static let replies = ["250 OK", "250 OK", "354 Go", "250 Taken", "221 Bye"]

    /// Answers what follows EHLO, one command after the other; gives whether the mail data was a command's worth later.
    private static func serve(_ peer: RawPeer) {
        for reply in replies {
            if reply.contains("Taken") {
                while let line = peer.line(), line != "." {}
            } else if peer.line() == nil {
                return
            }
            peer.send(reply + "\r\n")
        }
    }

    @Test func `what stands behind a refused STARTTLS answers none of the commands that follow`() async throws {
        let outcome = try await run(tls: .ifOffered) { peer in
            peer.send("220 mx.example\r\n")
            _ = peer.line()
            peer.send("250-mx.example\r\n250 STARTTLS\r\n")
            _ = peer.line()
            peer.send("454 no\r\n550 no\r\n550-no\r\n550 no\r\n554 n")
            peer.send("o\r\n")
            Self.serve(peer)
        }
        #expect(outcome == .completed(accepted: 1))
        // They are told all the same.
        #expect(recorder.said(.server).contains("550-no\r\n550 no\r\n554 no\r\n"))
    }

    @Test func `a reply that has only begun when the command goes is not the answer to it`() async throws {
        let outcome = try await run { peer in
            peer.send("220 mx.example\r\n250 m")
            _ = peer.line()
            peer.send("x\r\n250 mx.example\r\n")
            Self.serve(peer)
        }
        #expect(outcome == .completed(accepted: 1))
    }

    @Test func `a second reply to the dot is not the one to QUIT`() async throws {
        let outcome = try await run { peer in
            peer.send("220 mx.example\r\n")
            _ = peer.line()
            peer.send("250 mx.example\r\n")
            for reply in ["250 OK", "250 OK", "354 Go"] {
                _ = peer.line()
                peer.send(reply + "\r\n")
            }
            while let line = peer.line(), line != "." {}
            peer.send("250 Taken\r\n554 And not\r\n")
            _ = peer.line()
            peer.send("221 Bye\r\n")
        }
        #expect(outcome == .completed(accepted: 1))
    }

    @Test func `421 counts whenever it comes`() async throws {
        let outcome = try await run { peer in
            peer.send("220 mx.example\r\n421 4.3.2 going down\r\n")
            _ = peer.rest()
        }
        guard case .failed(.refused(at: .hello, let reply)) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(reply.code == 421)
    }
}
