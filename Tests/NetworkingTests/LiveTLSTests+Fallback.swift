import SMTP
import Testing
import Tracing

@testable import Networking

/// TLS that does not come about where it need not, and dialogs that go into TLS.
extension LiveTLSTests {
    /// Takes a mail on a connection that is to stay in the clear.
    private static func takeInClear(_ peer: RawPeer) {
        peer.send("220 mx.example ESMTP\r\n")
        _ = peer.line()
        peer.send("250-mx.example\r\n250 STARTTLS\r\n")
        for reply in ["250 OK", "250 OK", "354 Go"] {
            guard let line = peer.line(), line != "STARTTLS" else { return }
            peer.send(reply + "\r\n")
        }
        while let line = peer.line(), line != "." {}
        peer.send("250 Taken\r\n")
        _ = peer.line()
        peer.send("221 Bye\r\n")
    }

    @Test(arguments: Fault.allCases)
    func `who wants TLS only if it is to be had connects anew, in the clear`(fault: Fault) async throws {
        // Only silence has to be waited for; what comes after it may take as long.
        let outcome = try await run(timeout: fault == .silence ? 4 : 10) { peer, number in
            guard number == 0 else { return Self.takeInClear(peer) }
            if Self.begin(peer) { Self.fail(peer, fault) }
        }
        #expect(outcome == .completed(accepted: 1))
        #expect(recorder.said(.client).hasPrefix("EHLO c.example\r\nSTARTTLS\r\nEHLO c.example\r\nMAIL FROM:"))
        #expect(recorder.errors.count == 1, "that the handshake failed is said")
        let trace = Tracer.trace(of: recorder.events)
        let remark = trace.lines.firstIndex { $0.content == .event(LessonAnchor("tls/without")) }
        let connections = trace.lines.indices.filter {
            trace.lines[$0].content == .event(LessonAnchor("link/connect"))
        }
        #expect(connections.count == 2 && remark.map { connections[0] < $0 && $0 < connections[1] } == true)
    }

    @Test func `it connects anew only once`() async throws {
        let outcome = try await run { peer, number in
            guard number < 2, Self.begin(peer) else { return }
            Self.fail(peer, .closes)
        }
        #expect(outcome.status == .closedEarly, "\(outcome)")
        let said = "EHLO c.example\r\nSTARTTLS\r\nEHLO c.example\r\nMAIL FROM:<ada@sender.example>\r\n"
        #expect(recorder.said(.client) == said)
    }

    /// Who may not do without TLS.
    enum Demand: Sendable, CaseIterable { case required, verified, login, forcedLogin, submission, onConnect }

    @Test(arguments: Demand.allCases)
    func `who may not do without TLS does not connect anew`(demand: Demand) async throws {
        var security = LiveSecurity()
        switch demand {
        case .required: security.use = .required
        case .verified: security.mustVerify = true
        case .login, .forcedLogin:
            security.credentials = try Credentials(user: "ada", password: "hunter2-CANARY")
            security.mayAuthenticateInClear = demand == .forcedLogin
        case .submission: security.isSubmission = true
        case .onConnect: security.use = .onConnect
        }
        let outcome = try await run(security) { peer, number in
            guard number == 0 else { return Self.takeInClear(peer) }
            guard demand == .onConnect || Self.begin(peer) else { return }
            Self.fail(peer, .alert)
        }
        #expect(outcome.status == .tls, "\(outcome)")
        let connections = recorder.events.count { if case .connect = $0.kind { true } else { false } }
        #expect(connections == 1 && !recorder.said(.client).contains("MAIL"))
    }

    // MARK: Dialogs

    private static func dialog() throws -> DialogScript {
        try DialogScript(
            """
            S: 220
            C: EHLO {{client.domain}}
            S: 250
            C: STARTTLS
            C: HELP
            S: 220
            C: EHLO {{client.domain}}
            S: 250
            C: QUIT
            S: 221
            -- close
            """
        )
    }

    /// `keeps` is a server that did not throw away what came in the clear (CVE-2011-0411).
    @Test(arguments: [false, true])
    func `a dialog goes on inside TLS`(keeps: Bool) async throws {
        let outcome = try await run(dialog: try Self.dialog()) { peer in
            guard Self.begin(peer), peer.line() == "HELP", let identity = Self.identity,
                let inside = Inside(peer, identity)
            else { return }
            if keeps { inside.send("214 You asked for help\r\n") }
            while let line = inside.line() {
                inside.send(line == "QUIT" ? "221 Bye\r\n" : "250 mx.example\r\n")
                if line == "QUIT" { return inside.close() }
            }
        }
        #expect(outcome == .completed(accepted: 0))
        #expect(tls.count == 1)
        #expect(recorder.said(.client) == "EHLO c.example\r\nSTARTTLS\r\nHELP\r\nEHLO c.example\r\nQUIT\r\n")
        let isFoundOut = recorder.events.contains {
            $0.kind == .remark(.init(.notAsExpected, "expected 250, and this came instead"))
        }
        #expect(isFoundOut == keeps)
    }

    @Test func `a dialog begins inside TLS where TLS comes first`() async throws {
        let script = try DialogScript("S: 220\nC: QUIT\nS: 221\n-- close")
        let outcome = try await run(LiveSecurity(use: .onConnect), dialog: script) { peer in
            guard let identity = Self.identity, let inside = Inside(peer, identity) else { return }
            inside.send("220 mx.example ESMTP\r\n")
            if inside.line() == "QUIT" { inside.send("221 Bye\r\n") }
            inside.close()
        }
        #expect(outcome == .completed(accepted: 0), "\(outcome)")
        #expect(tls.count == 1 && recorder.said(.client) == "QUIT\r\n")
    }

    @Test func `a dialog whose handshake fails is over, with number 29`() async throws {
        let outcome = try await run(dialog: try Self.dialog()) { peer, number in
            guard number == 0, Self.begin(peer) else { return }
            _ = peer.line()
            Self.fail(peer, .alert)
        }
        #expect(outcome.status == .tls, "\(outcome)")
        #expect(recorder.said(.client) == "EHLO c.example\r\nSTARTTLS\r\nHELP\r\n")
    }
}
