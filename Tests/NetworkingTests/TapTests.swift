import DNS
import Dispatch
import NIOCore
import SMTP
import Synchronization
import Testing
import Tracing

@testable import Networking

/// Keeps what a tap tells.
final class TapRecorder: Sendable {
    private struct Kept {
        var events: [ConversationEvent] = []
        var held: [Int: LiveHold.Held] = [:]
    }
    private let kept = Mutex(Kept())

    var events: [ConversationEvent] { kept.withLock { $0.events } }
    func held(_ id: Int) -> LiveHold.Held? { kept.withLock { $0.held[id] } }

    @Sendable func note(_ event: ConversationEvent) { kept.withLock { $0.events.append(event) } }
    @Sendable func hold(_ id: Int, _ held: LiveHold.Held?) { kept.withLock { $0.held[id] = held } }

    func wire(_ id: Int = 1) -> [WireEvent] {
        events.compactMap { if $0.id == id, case .event(let event) = $0.kind { event } else { nil } }
    }

    /// What one side said, all of it.
    func said(_ side: Side, _ id: Int = 1) -> [UInt8] {
        wire(id).reduce(into: []) { if case .octets(side, let octets, _) = $1.kind { $0 += octets } }
    }

    /// How many octets one side said; counted without a copy of them.
    func count(_ side: Side, _ id: Int = 1) -> Int {
        kept.withLock { kept in
            kept.events.reduce(into: 0) { sum, event in
                guard event.id == id, case .event(let wire) = event.kind, case .octets(side, let octets, _) = wire.kind
                else { return }
                sum += octets.count
            }
        }
    }

    func isClosed(_ id: Int = 1) -> Bool { events.contains { $0.id == id && $0.kind == .closed } }

    /// Waits until something is so; false when it does not become so in some seconds.
    func until(_ condition: (TapRecorder) -> Bool) async -> Bool {
        for _ in 0..<20_000 {
            if condition(self) { return true }
            try? await Task.sleep(for: .milliseconds(3))
        }
        return condition(self)
    }
}

/// Something that is so from some time on.
private final class Latch: Sendable {
    private let state = Mutex(false)
    var isOpen: Bool { state.withLock { $0 } }
    func open() { state.withLock { $0 = true } }
}

/// A tap between a test and a server that plays a script.
struct TapTests {
    private let recorder = TapRecorder()

    private func tap(
        to port: Int,
        holds: Bool = false,
        intercepts: Bool = false,
        mayRead: @escaping @Sendable (Int) -> Bool = { _ in true }
    ) async throws -> (tap: Tap, port: Int) {
        let options = try Tap.Options(
            listen: "127.0.0.1:0",
            target: "127.0.0.1:\(port)",
            holds: holds,
            intercepts: intercepts
        )
        let recorder = recorder
        let tap = Tap(options, mayRead: mayRead, onHeld: recorder.hold) { recorder.note($0) }
        let address = try await tap.start()
        return (tap, try #require(address.split(separator: ":").last.flatMap { Int($0) }))
    }

    /// Everything an octet can be, several times over.
    private static let everyOctet = (0..<4).flatMap { round in (0...255).map { UInt8(($0 * 7 + round) & 255) } }

    // MARK: Octets

    @Test(arguments: [1, 3, 1024]) func `every octet arrives as it was sent, both ways`(size: Int) async throws {
        let back = Array(Self.everyOctet.reversed())
        let got = Mutex<[UInt8]>([])
        let finished = Mutex(false)
        // The first octet is none of TLS, of which the tap would make no lines.
        let server = try ScriptedPeer { peer, _ in
            for start in stride(from: 0, to: back.count, by: size) {
                peer.send(Array(back[start..<min(start + size, back.count)]))
            }
            let all = peer.everything() ?? []
            got.withLock { $0 = all }
            finished.withLock { $0 = true }
        }
        let (tap, port) = try await tap(to: server.port)
        let received = try await offPool {
            let client = try RawPeer(port: port)
            for start in stride(from: 0, to: Self.everyOctet.count, by: size) {
                client.send(Array(Self.everyOctet[start..<min(start + size, Self.everyOctet.count)]))
            }
            client.shutdownOutput()
            return client.everything()
        }
        #expect(received == back)
        #expect(await recorder.until { $0.isClosed() })
        #expect(await recorder.until { _ in got.withLock { $0 } == Self.everyOctet })
        // What is told is what went over the wire.
        #expect(recorder.said(.client) == Self.everyOctet)
        #expect(recorder.said(.server) == back)
        await tap.stop()
        withExtendedLifetime(server) {}
    }

    @Test func `a megabyte each way`() async throws {
        let million = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let got = Mutex<[UInt8]>([])
        let server = try ScriptedPeer { peer, _ in
            // Reads to the half-close of the client before it says anything.
            let all = peer.everything() ?? []
            got.withLock { $0 = all }
            for start in stride(from: 0, to: all.count, by: 10_000) {
                guard peer.send(Array(all[start..<min(start + 10_000, all.count)])) else { return }
            }
        }
        let (tap, port) = try await tap(to: server.port)
        let received = try await offPool {
            let client = try RawPeer(port: port)
            client.send(million)
            client.shutdownOutput()
            return client.everything()
        }
        #expect(received == million)
        #expect(await recorder.until { _ in got.withLock { $0 } == million })
        #expect(await recorder.until { $0.isClosed() })
        #expect(
            recorder.wire().contains { $0.kind == .note("The client says no more, and still listens (half-close)") }
        )
        #expect(recorder.wire().last?.kind == .close(by: .client))
        await tap.stop()
        withExtendedLifetime(server) {}
    }

    // MARK: Ends

    @Test func `a server that says no more still listens`() async throws {
        let got = Mutex<[UInt8]>([])
        let server = try ScriptedPeer { peer, _ in
            peer.send("421 bye\r\n")
            peer.shutdownOutput()
            let all = peer.everything() ?? []
            got.withLock { $0 = all }
        }
        let (tap, port) = try await tap(to: server.port)
        let received = try await offPool {
            let client = try RawPeer(port: port)
            let received = client.everything()
            client.send("and yet\r\n")
            return received
        }
        #expect(received == Array("421 bye\r\n".utf8))
        #expect(await recorder.until { $0.isClosed() })
        #expect(await recorder.until { _ in got.withLock { $0 } == Array("and yet\r\n".utf8) })
        #expect(recorder.wire().last?.kind == .close(by: .server))
        await tap.stop()
        withExtendedLifetime(server) {}
    }

    @Test(arguments: [Side.client, .server]) func `a reset is passed on as a reset`(side: Side) async throws {
        let wasReset = Mutex<Bool?>(nil)
        let server = try ScriptedPeer { peer, _ in
            peer.send("220 a.example\r\n")
            _ = peer.line()
            if side == .server { return peer.reset() }
            let was = peer.endsByReset()
            wasReset.withLock { $0 = was }
        }
        let (tap, port) = try await tap(to: server.port)
        try await offPool {
            let client = try RawPeer(port: port)
            _ = client.line()
            client.send("EHLO b.example\r\n")
            if side == .client {
                client.reset()
            } else {
                let was = client.endsByReset()
                wasReset.withLock { $0 = was }
            }
        }
        #expect(await recorder.until { $0.isClosed() && wasReset.withLock { $0 } != nil })
        #expect(await recorder.until { _ in wasReset.withLock { $0 } == true })
        #expect(recorder.wire().last?.kind == .error(.init(.reset, "the \(side.rawValue) broke the connection off")))
        await tap.stop()
        withExtendedLifetime(server) {}
    }

    @Test func `where nobody listens the client is broken off and the reason told`() async throws {
        // A port that is bound and not listened on refuses, and nobody else gets it meanwhile.
        let silent = try BoundPort()
        let (tap, port) = try await tap(to: silent.port)
        let wasReset = try await offPool { try RawPeer(port: port).endsByReset() }
        #expect(wasReset)
        #expect(await recorder.until { $0.isClosed() })
        #expect(
            recorder.wire().last?.kind
                == .error(WireEvent.Failure(.refused).of("[127.0.0.1]:\(silent.port)"))
        )
        await tap.stop()
    }

    // MARK: Back-pressure

    @Test func `a server that stops reading stops the client, and loses nothing`() async throws {
        let mayRead = Mutex(false)
        let count = Mutex(0)
        let server = try ScriptedPeer { peer, _ in
            while !mayRead.withLock({ $0 }) { RawPeer.pause() }
            let all = peer.everything()?.count ?? -1
            count.withLock { $0 = all }
        }
        let (tap, port) = try await tap(to: server.port)
        let recorder = recorder
        let sent = try await offPool {
            let client = try RawPeer(port: port)
            // Until no more is taken: the buffers of two connections are full.
            let most = 96 << 20
            let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 65_535) + [10]
            var sent = 0
            while sent < most {
                let count = client.sendSome(piece)
                if count <= 0 { break }
                sent += count
            }
            let isBounded = sent < most
            mayRead.withLock { $0 = true }
            client.shutdownOutput()
            return isBounded ? sent : -1
        }
        #expect(sent > 0, "the tap took in all it was given, though nobody read it")
        #expect(await recorder.until { _ in count.withLock { $0 } == sent })
        await tap.stop()
        withExtendedLifetime(server) {}
    }

    @Test func `where there is no room for what is told, no more is read until there is`() async throws {
        let count = Mutex(0)
        let room = 16 << 20
        let server = try ScriptedPeer { peer, _ in
            let all = peer.everything()?.count ?? -1
            count.withLock { $0 = all }
        }
        let recorder = recorder
        let isFollowed = Latch()
        let (tap, port) = try await tap(to: server.port) { _ in isFollowed.isOpen || recorder.count(.client) < room }
        let total = 24 << 20
        let sending = Task {
            try await offPool {
                let client = try RawPeer(port: port)
                var sent = 0
                let piece = [UInt8](repeating: UInt8(ascii: "y"), count: 65_536)
                var patience = 300
                while sent < total, patience > 0 {
                    let count = client.sendSome(Array(piece.prefix(total - sent)))
                    if count > 0 { sent += count } else { patience -= 1 }
                }
                client.shutdownOutput()
                return client.everything() != nil
            }
        }
        #expect(await recorder.until { $0.count(.client) >= room })
        // More than fits into the buffers of the system has not come, and does not.
        try await Task.sleep(for: .milliseconds(50))
        #expect(recorder.count(.client) < total)
        isFollowed.open()
        tap.resume([1])
        #expect(await recorder.until { _ in count.withLock { $0 } == total })
        #expect(try await sending.value)
        await tap.stop()
        withExtendedLifetime(server) {}
    }

    // MARK: Several

    @Test func `many clients at once are told apart`() async throws {
        let server = try ScriptedPeer { peer, number in
            DispatchQueue(label: "scripted server \(number)").async {
                peer.send("220 number \(number)\r\n")
                while let line = peer.line() { peer.send("250 \(line)\r\n") }
            }
        }
        let (tap, port) = try await tap(to: server.port)
        let answers = try await offPool {
            let clients = try (0..<40).map { _ in try RawPeer(port: port) }
            for (number, client) in clients.enumerated() { client.send("NOOP \(number)\r\n") }
            return clients.map { client in (client.line() ?? "", client.line() ?? "") }
        }
        for (number, answer) in answers.enumerated() {
            #expect(answer.0.hasPrefix("220 number"))
            #expect(answer.1 == "250 NOOP \(number)")
        }
        #expect(await recorder.until { recorder in (1...40).allSatisfy { recorder.isClosed($0) } })
        for id in 1...40 {
            let events = recorder.events.filter { $0.id == id }
            #expect(events.first?.kind == .opened)
            #expect(events.last?.kind == .closed)
            let times = recorder.wire(id).map(\.time)
            #expect(times == times.sorted())
        }
        await tap.stop()
        withExtendedLifetime(server) {}
    }

    // MARK: Credentials

    @Test func `a credential is passed on and masked in what is told`() async throws {
        let heard = Mutex<[String]>([])
        let server = try ScriptedPeer { peer, _ in
            peer.send("220 a.example\r\n")
            for reply in ["250 AUTH LOGIN PLAIN", "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 ok"] {
                guard let line = peer.line() else { return }
                heard.withLock { $0.append(line) }
                peer.send(reply + "\r\n")
            }
        }
        let (tap, port) = try await tap(to: server.port)
        try await offPool {
            let client = try RawPeer(port: port)
            _ = client.line()
            for line in ["EHLO b.example", "AUTH LOGIN", "YWRh", "aHVudGVyMg=="] {
                // The password octet by octet.
                for octet in Array("\(line)\r\n".utf8) { client.send([octet]) }
                _ = client.reply()
            }
        }
        #expect(await recorder.until { $0.isClosed() })
        #expect(
            await recorder.until { _ in
                heard.withLock { $0 } == ["EHLO b.example", "AUTH LOGIN", "YWRh", "aHVudGVyMg=="]
            }
        )
        let header = Recording.Header(began: "", title: "", source: "")
        let file = RecordingWriter.file(Recording(header: header, events: recorder.wire()))
        for secret in ["YWRh", "aHVudGVyMg", "Z==", "hunter2"] { #expect(!file.contains(secret)) }
        let trace = Tracer.trace(of: recorder.wire())
        #expect(trace.lines.count { $0.octets == Mask.octets } == 2)
        await tap.stop()
        withExtendedLifetime(server) {}
    }

    @Test func `what stands behind STARTTLS in one packet is passed on and found`() async throws {
        let heard = Mutex<[UInt8]>([])
        let server = try ScriptedPeer { peer, _ in
            peer.send("220 a.example\r\n")
            _ = peer.line()
            peer.send("250-a.example\r\n250 STARTTLS\r\n")
            let all = peer.everything() ?? []
            heard.withLock { $0 = all }
        }
        let (tap, port) = try await tap(to: server.port)
        try await offPool {
            let client = try RawPeer(port: port)
            _ = client.line()
            _ = client.ask("EHLO b.example")
            client.send("STARTTLS\r\nMAIL FROM:<eve@evil.example>\r\n")
        }
        #expect(await recorder.until { $0.isClosed() })
        #expect(
            await recorder.until { _ in
                heard.withLock { $0 } == Array("STARTTLS\r\nMAIL FROM:<eve@evil.example>\r\n".utf8)
            }
        )
        let findings = Tracer.trace(of: recorder.wire()).lines.flatMap(\.findings).map(\.id)
        #expect(findings.contains("octets-after-starttls"))
        await tap.stop()
        withExtendedLifetime(server) {}
    }

    // MARK: Interception

    @Test func `where the tap holds TLS, nothing that stands behind STARTTLS in the clear is passed on`() async throws {
        let heard = Mutex<[UInt8]>([])
        let server = try ScriptedPeer { peer, _ in
            peer.send("220 a.example\r\n")
            _ = peer.line()
            peer.send("250-a.example\r\n250 STARTTLS\r\n")
            // The answer has something behind it, too.
            let line = peer.line() ?? ""
            peer.send("220 go\r\n250 injected\r\n")
            let all = peer.next() ?? []
            heard.withLock { $0 = Array("\(line)\n".utf8) + all }
        }
        let (tap, port) = try await tap(to: server.port, intercepts: true)
        let received = try await offPool {
            let client = try RawPeer(port: port)
            _ = client.line()
            _ = client.ask("EHLO b.example")
            client.send("STARTTLS\r\nMAIL FROM:<eve@evil.example>\r\nAUTH PLAIN c2VjcmV0\r\n")
            return client.everything()
        }
        #expect(await recorder.until { $0.isClosed() && !heard.withLock { $0.isEmpty } })
        #expect(received == Array("220 go\r\n".utf8))
        // What the server hears next is a handshake record.
        let sent = heard.withLock { $0 }
        #expect(sent.starts(with: Array("STARTTLS\n".utf8) + [22, 3]))
        #expect(!sent.lossyText.contains("MAIL"))
        let notes = recorder.wire().compactMap { if case .note(let text) = $0.kind { text } else { nil } }
        #expect(
            notes.contains {
                $0.contains("the client sent in the clear behind STARTTLS are not passed on")
            }
        )
        #expect(
            notes.contains {
                $0.contains("the server sent in the clear behind STARTTLS are not passed on")
            }
        )
        #expect(!"\(recorder.wire())".contains("c2VjcmV0"))
        // The finding is the one that a tap gives that passes TLS on.
        let lines = Tracer.trace(of: recorder.wire()).lines.filter {
            $0.findings.contains { $0.id == "octets-after-starttls" }
        }
        #expect(lines.contains { $0.octets.starts(with: Array("MAIL FROM:<eve".utf8)) })
        #expect(lines.contains { $0.octets == Array("250 injected".utf8) })
        await tap.stop()
        withExtendedLifetime(server) {}
    }

    @Test func `what stands behind a STARTTLS that was refused is passed on`() async throws {
        let heard = Mutex<[String]>([])
        let server = try ScriptedPeer { peer, _ in
            peer.send("220 a.example\r\n")
            for reply in ["250 STARTTLS", "454 not now", "250 ok"] {
                guard let line = peer.line() else { return }
                heard.withLock { $0.append(line) }
                peer.send(reply + "\r\n")
            }
        }
        let (tap, port) = try await tap(to: server.port, intercepts: true)
        let replies = try await offPool {
            let client = try RawPeer(port: port)
            client.send("EHLO b.example\r\nSTARTTLS\r\nNOOP\r\n")
            return (0..<4).map { _ in client.line() }
        }
        #expect(replies == ["220 a.example", "250 STARTTLS", "454 not now", "250 ok"])
        #expect(await recorder.until { _ in heard.withLock { $0 } == ["EHLO b.example", "STARTTLS", "NOOP"] })
        await tap.stop()
        withExtendedLifetime(server) {}
    }

    // MARK: Holding

    @Test func `a held line goes when it is let pass, as it is or as it was edited`() async throws {
        let heard = Mutex<[String]>([])
        let server = try ScriptedPeer { peer, _ in
            peer.send("220 a.example\r\n")
            while let line = peer.line() {
                heard.withLock { $0.append(line) }
                if line == "DATA" {
                    peer.send("354 go\r\n")
                    while let data = peer.line(), data != "." { heard.withLock { $0.append("| " + data) } }
                }
                peer.send("250 ok\r\n")
            }
        }
        let (tap, port) = try await tap(to: server.port, holds: true)
        let recorder = recorder
        // All at once, as a client does that does not wait: the lines are held one by one all the same.
        let client = try await offPool {
            let client = try RawPeer(port: port)
            client.send("EHLO b.example\r\nAUTH PLAIN c2VjcmV0\r\nMAIL FROM:<ada@b.example>\r\nDATA\r\n")
            return client
        }
        #expect(await recorder.until { $0.held(1)?.octets == Array("EHLO b.example\r\n".utf8) })
        #expect(heard.withLock { $0 }.isEmpty)
        tap.release(1)
        #expect(await recorder.until { $0.held(1)?.octets == Array("AUTH PLAIN ********\r\n".utf8) })
        // The credential goes in the place of its mask.
        tap.release(1, sending: Array("AUTH LOGIN ********\r\n".utf8))
        #expect(await recorder.until { $0.held(1)?.octets == Array("MAIL FROM:<ada@b.example>\r\n".utf8) })
        // What is forecast of the line depends on where the session is.
        #expect(recorder.held(1)?.phase == .identified)
        tap.release(1, sending: Array("MAIL FROM:<eve@b.example>\r\n".utf8))
        #expect(await recorder.until { $0.held(1)?.octets == Array("DATA\r\n".utf8) })
        #expect(recorder.held(1)?.phase == .reversePath)
        tap.release(1)
        #expect(await recorder.until { $0.held(1) == nil })
        try await offPool {
            // Mail data is not held, the line behind it is.
            client.send("Subject: x\r\n\r\nAUTH PLAIN body\r\n.\r\nQUIT\r\n")
            client.shutdownOutput()
        }
        #expect(await recorder.until { $0.held(1)?.octets == Array("QUIT\r\n".utf8) })
        tap.release(1)
        #expect(await recorder.until { $0.isClosed() })
        #expect(
            heard.withLock { $0 } == [
                "EHLO b.example", "AUTH LOGIN c2VjcmV0", "MAIL FROM:<eve@b.example>", "DATA", "| Subject: x", "| ",
                "| AUTH PLAIN body", "QUIT",
            ]
        )
        #expect(
            recorder.wire().contains {
                $0.kind == .note("Edited before it was passed on; the client said: MAIL FROM:<ada@b.example>")
            }
        )
        #expect(!"\(recorder.wire().filter { if case .note = $0.kind { true } else { false } })".contains("c2VjcmV0"))
        await tap.stop()
        withExtendedLifetime((server, client)) {}
    }

    // MARK: What cannot be

    @Test func `a port that is taken is said`() async throws {
        let server = try ScriptedPeer { _, _ in }
        let options = try Tap.Options(listen: "127.0.0.1:\(server.port)", target: "127.0.0.1:9")
        let tap = Tap(options) { _ in }
        await #expect(throws: TapError.portInUse("127.0.0.1:\(server.port)")) { try await tap.start() }
        withExtendedLifetime(server) {}
    }

    @Test func `what the system refuses is said with what to do`() {
        let refused = IOError(errnoCode: 13, reason: "bind")
        #expect("\(TapError(listening: "127.0.0.1:25", refused))".contains("take a port from 1024 on"))
        let foreign = IOError(errnoCode: 99, reason: "bind")
        #expect("\(TapError(listening: "192.0.2.1:25", foreign))".contains("is no address of this machine"))
    }

    @Test func `a tap does not connect to itself`() {
        #expect(throws: TapError.loop("127.0.0.1:2525")) {
            try Tap.Options(listen: "127.0.0.1:2525", target: "127.0.0.1:2525")
        }
        #expect(throws: TapError.loop("127.0.0.1:2525")) {
            try Tap.Options(listen: "0.0.0.0:2525", target: "127.0.0.1:2525", allowsRemoteClients: true)
        }
        #expect(throws: Never.self) { try Tap.Options(listen: "127.0.0.1:2525", target: "127.0.0.2:2525") }
    }

    @Test func `an IPv4-mapped address is the IPv4 address`() throws {
        #expect(throws: TapError.loop("[::ffff:127.0.0.1]:2525")) {
            try Tap.Options(listen: "127.0.0.1:2525", target: "[::ffff:127.0.0.1]:2525")
        }
        #expect(throws: TapError.loop("127.0.0.1:2525")) {
            try Tap.Options(listen: "[::ffff:127.0.0.1]:2525", target: "127.0.0.1:2525")
        }
        let options = try Tap.Options(listen: "127.0.0.1:2525", target: "[::ffff:127.0.0.1]:25")
        #expect(options.portOfThisMachine == 25)
        let mapped = try #require(IPAddress(text: "::ffff:127.0.0.1"))
        #expect(mapped.isLoopback && mapped.unmapped == IPAddress(text: "127.0.0.1"))
        #expect(IPAddress(text: "::1")?.isLoopback == true)
        #expect(IPAddress(text: "::ffff:192.0.2.1")?.isLoopback == false)
    }

    @Test func `only loopback is listened on, unless more is asked for`() {
        #expect(throws: TapError.notLoopback("0.0.0.0:2525")) {
            try Tap.Options(listen: "0.0.0.0:2525", target: "127.0.0.1:25")
        }
        #expect(throws: Never.self) {
            try Tap.Options(listen: "0.0.0.0:2525", target: "127.0.0.1:25", allowsRemoteClients: true)
        }
    }

    @Test(
        arguments: [
            ("2525", TapError.noPort("2525")), ("127.0.0.1", .noPort("127.0.0.1")), (":25", .noPort(":25")),
            ("::1:25", .noPort("::1:25")), ("[::1]", .noPort("[::1]")), ("a\r\nb:25", .noPort("a\r\nb:25")),
            ("127.0.0.1:99999", .badPort("99999")), ("127.0.0.1:x", .badPort("x")), ("127.0.0.1:", .badPort("")),
        ]
    )
    func `what is no address is said`(text: String, error: TapError) {
        #expect(throws: error) { try Tap.Options(listen: text, target: "127.0.0.1:25") }
        #expect(throws: error) { try Tap.Options(listen: "127.0.0.1:0", target: text) }
    }

    @Test func `the system may choose where to listen, and nobody where to connect`() throws {
        #expect(try Tap.Options(listen: "127.0.0.1:0", target: "127.0.0.1:25").listen.port == 0)
        #expect(throws: TapError.badPort("0")) { try Tap.Options(listen: "127.0.0.1:0", target: "127.0.0.1:0") }
    }

    /// No host at all is this machine for whoever connects.
    @Test(
        arguments: [
            ("192.0.2.1:25", nil), ("[2001:db8::1]:25", nil), ("127.0.0.1:25", 25), ("127.1.2.3:25", 25),
            ("[::1]:25", 25),
            ("0.0.0.0:25", 25), ("[::]:25", 25), ("[::ffff:0.0.0.0]:25", 25),
        ] as [(String, Int?)]
    )
    func `a target on another machine is known for one`(target: String, port: Int?) throws {
        #expect(try Tap.Options(listen: "127.0.0.1:0", target: target).portOfThisMachine == port)
    }

    @Test func `no host at all is this machine, so a tap may be its own target by that`() {
        for listen in ["127.0.0.1:2525", "0.0.0.0:2525"] {
            #expect(throws: TapError.loop("0.0.0.0:2525")) {
                try Tap.Options(listen: listen, target: "0.0.0.0:2525", allowsRemoteClients: true)
            }
        }
    }
}
