import Notation
import SMTP
import Testing
import Tracing

@testable import Networking

/// The unattended client against servers that do with STARTTLS and AUTH what they should, and what they should not.
@Suite struct LiveTLSTests {
    let recorder = Recorder()

    /// TLS as a server on a blocking socket.
    final class Inside {
        private let peer: RawPeer
        private let engine: TLSEngine
        private var unread: [UInt8] = []

        /// Nil when the handshake does not come about.
        init?(_ peer: RawPeer, _ identity: TLSIdentity) {
            guard let engine = try? TLSEngine(TLSSetup(.server(identity))) else { return nil }
            self.peer = peer
            self.engine = engine
            while true {
                let progress = engine.handshake()
                peer.send(engine.takeRecords())
                switch progress {
                case .done: return
                case .failed: return nil
                case .goesOn:
                    guard let octets = peer.next() else { return nil }
                    engine.feed(octets)
                }
            }
        }

        func send(_ text: String) {
            _ = engine.write(Array(text.utf8))
            peer.send(engine.takeRecords())
        }

        func line() -> String? {
            while true {
                if let feed = unread.firstIndex(of: 10) {
                    defer { unread.removeSubrange(...feed) }
                    return String(decoding: unread[..<feed].filter { $0 != 13 }, as: UTF8.self)
                }
                if case .octets(let octets) = engine.read() {
                    unread += octets
                    continue
                }
                guard let octets = peer.next() else { return nil }
                engine.feed(octets)
            }
        }

        func close() {
            engine.close()
            peer.send(engine.takeRecords())
        }
    }

    static let identity = try? TLSIdentity.selfSigned(names: ["localhost"])

    func run(
        _ security: LiveSecurity = LiveSecurity(),
        timeout: Int = 10,
        dialog: DialogScript? = nil,
        _ script: @escaping @Sendable (RawPeer) -> Void
    ) async throws -> LiveOutcome {
        try await run(security, timeout: timeout, dialog: dialog) { peer, _ in script(peer) }
    }

    /// `script` is told the number of the connection, from 0.
    func run(
        _ security: LiveSecurity = LiveSecurity(),
        timeout: Int = 10,
        dialog: DialogScript? = nil,
        _ script: @escaping @Sendable (RawPeer, Int) -> Void
    ) async throws -> LiveOutcome {
        let server = try ScriptedPeer(script)
        var style = LiveSession.Style()
        style.dialog = dialog
        let options = try LiveSession.Options(
            recipients: ["bob@receiver.example"],
            sender: "ada@sender.example",
            clientName: "c.example",
            server: "localhost:\(server.port)",
            timeout: timeout,
            addressFamily: .v4,
            style: style,
            security: security
        )
        let outcome = await LiveSession(options).run(onEvent: recorder.note)
        withExtendedLifetime(server) {}
        return outcome
    }

    /// Greeting, EHLO, STARTTLS; what stands behind the 220 goes out with it.
    static func begin(_ peer: RawPeer, behind: String = "", offer: String = "STARTTLS") -> Bool {
        peer.send("220 mx.example ESMTP\r\n")
        guard peer.line() == "EHLO c.example" else { return false }
        peer.send("250-mx.example\r\n250 \(offer)\r\n")
        guard peer.line() == "STARTTLS" else { return false }
        return peer.send("220 Go ahead\r\n" + behind)
    }

    private static func takeMail(_ inside: Inside, hello: String = "250 mx.example") {
        _ = inside.line()
        inside.send(hello + "\r\n")
        for reply in ["250 OK", "250 OK", "354 Go"] {
            guard inside.line() != nil else { return }
            inside.send(reply + "\r\n")
        }
        while let line = inside.line(), line != "." {}
        inside.send("250 Taken\r\n")
        _ = inside.line()
        inside.send("221 Bye\r\n")
        inside.close()
    }

    var tls: [TLSFacts] {
        recorder.events.compactMap { if case .tls(let facts) = $0.kind { facts } else { nil } }
    }

    @Test func `a session goes into TLS, and both views of it are told`() async throws {
        let outcome = try await run { peer in
            guard Self.begin(peer), let identity = Self.identity, let inside = Inside(peer, identity) else { return }
            Self.takeMail(inside)
        }
        #expect(outcome == .completed(accepted: 1))
        #expect(tls.first?.name?.found == "DNS:localhost")
        #expect(recorder.said(.client).contains("STARTTLS\r\nEHLO c.example\r\nMAIL FROM:"))
        // Each line that went inside follows the record that carried it.
        let kinds = recorder.events.map(\.kind)
        let secured = kinds.firstIndex { if case .tls = $0 { true } else { false } } ?? 0
        for (index, kind) in kinds.enumerated() where index > secured {
            guard case .octets(let side, let clear, _) = kind else { continue }
            guard case .records(side, let records) = kinds[index - 1] else {
                return #expect(Bool(false), "no record before \(clear)")
            }
            #expect(records.first == 23 && records.count > clear.count)
        }
        #expect(recorder.errors == [])
    }

    @Test func `replies behind the 220 are thrown away and never believed`() async throws {
        let outcome = try await run { peer in
            let forged = "250-evil.example\r\n250-AUTH PLAIN\r\n250 SIZE 1\r\n"
            guard Self.begin(peer, behind: forged), let identity = Self.identity,
                let inside = Inside(peer, identity)
            else { return }
            Self.takeMail(inside)
        }
        #expect(outcome == .completed(accepted: 1))
        let trace = Tracer.trace(of: recorder.events)
        #expect(trace.lines.flatMap(\.findings).filter { $0.id == "octets-after-starttls" }.count == 3)
        #expect(trace.facts.hello.offered.isEmpty)
        #expect(
            recorder.events.contains {
                $0.kind == .note("46 octets that came in the clear before the handshake are thrown away")
            }
        )
    }

    /// What comes in place of the handshake.
    enum Fault: Sendable, CaseIterable { case text, closes, silence, alert, resets }

    static func fail(_ peer: RawPeer, _ fault: Fault) {
        _ = peer.next()
        switch fault {
        case .text: peer.send("250 mx.example\r\n250 you are welcome\r\n")
        case .closes: return
        case .silence: break
        case .alert: peer.send([21, 3, 3, 0, 2, 2, 40])
        case .resets: return peer.reset()
        }
        _ = peer.rest()
    }

    @Test(arguments: Fault.allCases)
    func `a handshake that fails is said to, with number 29`(fault: Fault) async throws {
        let outcome = try await run(LiveSecurity(use: .required), timeout: 2) { peer in
            if Self.begin(peer) { Self.fail(peer, fault) }
        }
        #expect(outcome.status == .tls, "\(outcome)")
        #expect(recorder.errors.count == 1)
        #expect(!recorder.said(.client).contains("MAIL"))
        if fault == .alert { #expect(recorder.errors.first?.contains("(40)") == true) }
        if fault == .silence { #expect(recorder.errors.first?.contains("2 s") == true) }
    }

    @Test(arguments: ["454 4.7.0 Not now", "502 5.5.1 Not here"])
    func `a refusal of STARTTLS leaves the connection as it is`(refusal: String) async throws {
        let outcome = try await run { peer, number in
            guard number == 0 else { return }
            peer.send("220 mx.example ESMTP\r\n")
            _ = peer.line()
            peer.send("250-mx.example\r\n250 STARTTLS\r\n")
            _ = peer.line()
            peer.send(refusal + "\r\n")
            for reply in ["250 OK", "250 OK", "354 Go"] {
                guard peer.line() != nil else { return }
                peer.send(reply + "\r\n")
            }
            while let line = peer.line(), line != "." {}
            peer.send("250 Taken\r\n")
            _ = peer.line()
            peer.send("221 Bye\r\n")
        }
        #expect(outcome == .completed(accepted: 1))
        #expect(recorder.said(.client).hasPrefix("EHLO c.example\r\nSTARTTLS\r\nMAIL FROM:"))
        let trace = Tracer.trace(of: recorder.events)
        #expect(trace.lines.contains { $0.content == .event(LessonAnchor("tls/refused")) })
    }

    @Test func `TLS to a port that begins in the clear is named, and so is the way in`() async throws {
        let outcome = try await run(LiveSecurity(use: .onConnect)) { peer in
            peer.send("220 mx.example ESMTP\r\n")
            _ = peer.rest()
        }
        #expect(outcome.status == .tls)
        #expect(recorder.failures == [.clearExpected])
        #expect(recorder.said(.server) == "220 mx.example ESMTP\r\n")
        let trace = Tracer.trace(of: recorder.events)
        #expect(trace.facts.greeting.map { String(decoding: $0, as: UTF8.self) } == "mx.example ESMTP")
        #expect(trace.lines.contains { $0.findings.map(\.id) == ["tls-instead-of-command"] })
        #expect(Verdict(of: trace).failure == .clearExpected)
    }

    @Test(arguments: [true, false])
    func `a server without a word may be waiting for TLS, and that is said`(closes: Bool) async throws {
        let outcome = try await run(timeout: 1) { peer in if !closes { _ = peer.rest() } }
        #expect([.closedEarly, .greeting].contains(outcome.status))
        #expect(recorder.failures == [.noGreeting])
        #expect(recorder.errors.first?.contains("--tls-on-connect") == true)
        #expect(Verdict(of: Tracer.trace(of: recorder.events)).failure == .noGreeting)
    }

    @Test func `nothing is said after a refusal by who requires TLS`() async throws {
        let outcome = try await run(LiveSecurity(use: .required)) { peer in
            peer.send("220 mx.example ESMTP\r\n")
            _ = peer.line()
            peer.send("250-mx.example\r\n250 STARTTLS\r\n")
            _ = peer.line()
            peer.send("454 Not now\r\n")
            if peer.line() == "QUIT" { peer.send("221 Bye\r\n") }
        }
        #expect(outcome.status == .tls)
        #expect(recorder.said(.client) == "EHLO c.example\r\nSTARTTLS\r\nQUIT\r\n")
    }

    @Test func `who must verify says nothing to a server that cannot be verified`() async throws {
        let outcome = try await run(LiveSecurity(use: .required, mustVerify: true)) { peer in
            guard Self.begin(peer), let identity = Self.identity, let inside = Inside(peer, identity) else { return }
            Self.takeMail(inside)
        }
        #expect(outcome.status == .tls)
        #expect(tls.first?.trust?.isTrusted == false, "the certificate is shown all the same")
        #expect(recorder.said(.client) == "EHLO c.example\r\nSTARTTLS\r\n")
    }

    @Test func `EHLO refused inside TLS has a number of its own`() async throws {
        let outcome = try await run { peer in
            guard Self.begin(peer), let identity = Self.identity, let inside = Inside(peer, identity) else { return }
            _ = inside.line()
            inside.send("502 No\r\n")
            _ = inside.line()
            inside.send("221 Bye\r\n")
        }
        #expect(outcome.status == .helloInTLS)
    }

    @Test func `an end without close_notify is told`() async throws {
        let outcome = try await run { peer in
            guard Self.begin(peer), let identity = Self.identity, let inside = Inside(peer, identity) else { return }
            _ = inside.line()
            inside.send("250 mx.example\r\n")
            _ = inside.line()
        }
        #expect(outcome.status == .closedEarly)
        #expect(
            recorder.events.contains {
                if case .note(let text) = $0.kind { text.contains("close_notify") } else { false }
            }
        )
    }

    @Test(arguments: Mechanism.spoken)
    func `no event shows a password`(mechanism: Mechanism) async throws {
        let password = "hunter2-CANARY"
        let security = LiveSecurity(
            credentials: try Credentials(user: "ada", password: password),
            mechanism: mechanism
        )
        _ = try await run(security) { peer in
            guard Self.begin(peer), let identity = Self.identity, let inside = Inside(peer, identity) else { return }
            _ = inside.line()
            inside.send("250-mx.example\r\n250 AUTH \(mechanism.name)\r\n")
            var line = inside.line()
            while line != nil, line != "QUIT", line?.hasPrefix("MAIL") == false {
                inside.send(line == "*" ? "501 Off\r\n" : "334 PDE+\r\n")
                line = inside.line()
            }
            inside.send("221 Bye\r\n")
        }
        let file = RecordingWriter.file(
            Recording(header: .init(began: "", title: "", source: ""), events: recorder.events)
        )
        for secret in Self.disguises(of: password) { #expect(!file.contains(secret), "\(secret)") }
        #expect(file.contains("AUTH \(mechanism.name)"))
        #expect(recorder.said(.client).contains(password) == false)
        let marked = recorder.events.contains {
            if case .octets(_, _, let secrets) = $0.kind { !secrets.isEmpty } else { false }
        }
        #expect(marked)
    }

    /// The text, in hexadecimal, and what of it is always the same in Base64, whatever stands before it.
    private static func disguises(of text: String) -> [String] {
        let octets = Array(text.utf8)
        let hex = octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return [text, hex]
            + (0..<3).map { before in
                let coded = Base64.encode([UInt8](repeating: 0, count: before) + octets)
                // The first group and the last hold octets of their neighbours.
                return String(decoding: coded.dropFirst(before == 0 ? 0 : 4).dropLast(4), as: UTF8.self)
            }
    }

    @Test func `a server that asks without end is left`() async throws {
        let security = LiveSecurity(credentials: try Credentials(user: "ada", password: "x"), mechanism: .login)
        let outcome = try await run(security) { peer in
            guard Self.begin(peer), let identity = Self.identity, let inside = Inside(peer, identity) else { return }
            _ = inside.line()
            inside.send("250-mx.example\r\n250 AUTH LOGIN\r\n")
            while let line = inside.line(), line != "QUIT" { inside.send("334 \r\n") }
        }
        #expect(outcome.status == .authentication)
        #expect(recorder.said(.client).components(separatedBy: "*\r\n").count <= 9)
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [Substring] { split(separator: separator) }
}
