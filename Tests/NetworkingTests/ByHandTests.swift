import SMTP
import Stage
import Synchronization
import Testing
import Tracing

@testable import Networking

/// Lines that a person sends by hand in the middle of a live session, against a server that keeps to the order of commands.
@Suite struct ByHandTests {
    @Test func `after a reset by hand the walk begins the mail anew`() async throws {
        let walk = try Walk()
        try await walk.release("EHLO", "MAIL")
        try await walk.byHand("RSET", thenHolds: "MAIL FROM:<ada@sender.example>")
        try await walk.release("MAIL", "RCPT", "DATA", "From", "QUIT")
        #expect(await walk.outcome == .completed(accepted: 1))
        #expect(walk.said.contains("RSET\r\nMAIL FROM:"))
    }

    @Test func `a recipient given by hand counts, and the planned one is not asked for twice`() async throws {
        let walk = try Walk()
        try await walk.release("EHLO", "MAIL")
        try await walk.byHand("rcpt to:<carol@receiver.example>", thenHolds: "RCPT TO:<bob@receiver.example>")
        try await walk.byHand("RCPT TO:<bob@receiver.example>", thenHolds: "DATA")
        try await walk.release("DATA", "From", "QUIT")
        #expect(await walk.outcome == .completed(accepted: 1))
    }

    @Test func `a command out of order changes nothing but what is seen`() async throws {
        let walk = try Walk()
        try await walk.holds("EHLO")
        try await walk.byHand("RCPT TO:<x@y.example>", thenHolds: "EHLO")
        try await walk.byHand("nonsense \u{7F}", thenHolds: "EHLO")
        try await walk.byHand("VRFY bob", thenHolds: "EHLO")
        #expect(walk.heard.contains("503") && walk.heard.contains("500"))
        try await walk.release("EHLO", "MAIL", "RCPT", "DATA", "From", "QUIT")
        #expect(await walk.outcome == .completed(accepted: 1))
    }

    @Test func `mail data by hand is the mail`() async throws {
        let walk = try Walk()
        try await walk.release("EHLO", "MAIL", "RCPT")
        try await walk.byHand("DATA", thenHolds: "From: <ada@sender.example>")
        try await walk.byHand("Subject: by hand\r\n\r\nHello\r\n.", thenHolds: "QUIT")
        try await walk.release("QUIT")
        #expect(await walk.outcome == .completed(accepted: 1))
        #expect(walk.said.hasSuffix("DATA\r\nSubject: by hand\r\n\r\nHello\r\n.\r\nQUIT\r\n"))
    }

    @Test func `QUIT by hand ends the session`() async throws {
        let walk = try Walk()
        try await walk.release("EHLO", "MAIL")
        walk.hand.send(Array("QUIT\r\n".utf8))
        #expect(await walk.outcome == .completed(accepted: 0))
        #expect(walk.recorder.events.contains { $0.kind == .close(by: .server) })
    }

    @Test func `several commands in one go are answered one by one`() async throws {
        let walk = try Walk()
        try await walk.release("EHLO")
        try await walk.byHand("MAIL FROM:<>\r\nRCPT TO:<a@b.example>\r\nNOOP", thenHolds: "RCPT TO:<bob@")
        try await walk.release("RCPT", "DATA", "From", "QUIT")
        #expect(await walk.outcome == .completed(accepted: 1))
    }

    @Test func `what needs no answer leaves what is held as it is`() async throws {
        let walk = try Walk()
        try await walk.holds("EHLO")
        walk.hand.send(Array("NO".utf8))
        #expect(await walk.until { $0.sent == .sent(isAnswered: false) })
        // The rest of the line comes by hand too; now there is an answer.
        try await walk.byHand("OP", thenHolds: "EHLO")
        #expect(walk.said == "NOOP\r\n")
    }

    @Test func `an unknown end of a line does not stop the walk`() async throws {
        let walk = try Walk()
        try await walk.holds("EHLO")
        walk.hand.send(Array("NOOP\n".utf8))
        #expect(await walk.until { $0.sent == .sent(isAnswered: false) })
        // This server takes it for a line, and says so.
        #expect(await walk.until { $0.heard.contains("250 ok") && $0.held != nil })
        try await walk.release("EHLO", "MAIL", "RCPT", "DATA", "From", "QUIT")
        #expect(await walk.outcome == .completed(accepted: 1))
    }

    @Test func `a line without a whole end is one with the next, to the server and in the trace`() async throws {
        let walk = try Walk(serve: { peer in
            peer.send("220 mx.test.example\r\n")
            // Takes CR LF alone for the end of a line.
            while let line = peer.wholeLine() {
                let reply = line.contains("\n") ? "500 what?" : line == "QUIT" ? "221 bye" : "250 ok"
                peer.send("\(reply)\r\n")
            }
        })
        try await walk.release("EHLO")
        try await walk.holds("MAIL")
        walk.hand.send(Array("NOOP\n".utf8))
        #expect(await walk.until { $0.sent == .sent(isAnswered: false) })
        try await walk.release("MAIL", "QUIT")
        _ = await walk.outcome
        let trace = Tracer.trace(of: walk.recorder.events)
        let answered = trace.lines.filter { $0.replyCode != nil }.map { "\($0.place.label) \($0.replyCode ?? 0)" }
        #expect(answered == ["4 220", "6 250", "8 500", "14 221"])
        #expect(trace.lines.contains { $0.octets.starts(with: Array(LinkFailure.unfinishedLine.words.utf8)) })
    }

    @Test func `a line by hand that is answered with 421 ends the session`() async throws {
        let walk = try Walk(serve: { peer in
            peer.send("220 mx.test.example\r\n")
            _ = peer.line()
            peer.send("250 mx.test.example\r\n")
            _ = peer.line()
            // It says that it leaves, and does not.
            peer.send("421 going down\r\n")
            _ = peer.rest()
        })
        try await walk.release("EHLO")
        try await walk.holds("MAIL")
        walk.hand.send(Array("NOOP\r\n".utf8))
        #expect(await walk.until { walk in walk.recorder.events.contains { $0.kind == .close(by: .client) } })
    }

    @Test func `an exchange that was begun by hand can be called off`() async throws {
        let walk = try Walk()
        try await walk.release("EHLO")
        try await walk.byHand("AUTH LOGIN", thenHolds: "*\r\n")
        try await walk.byHand("c2VjcmV0", thenHolds: "MAIL")
        let secrets = walk.recorder.events.compactMap { event -> [Range<Int>]? in
            if case .octets(.client, let octets, let ranges) = event.kind, octets.starts(with: Array("c2Vj".utf8)) {
                return ranges
            }
            return nil
        }
        #expect(secrets == [[0..<8]])
    }

    @Test(
        arguments: [
            ("AUTH PLAIN c2VjcmV0\r\n", ["c2VjcmV0"]), ("NOOP\r\nauth  login c2VjcmV0\r\nNOOP\r\n", ["c2VjcmV0"]),
            ("AUTH PLAIN a b\r\n", ["a b"]), ("AUTH LOGIN\r\n", []), ("NOOP AUTH PLAIN\r\n", []),
        ] as [(String, [String])]
    )
    func `a credential typed by hand is marked where it is sent`(text: String, secrets: [String]) async throws {
        let walk = try Walk()
        try await walk.release("EHLO")
        try await walk.holds("MAIL")
        walk.hand.send(Array(text.utf8))
        #expect(await walk.until { $0.said.contains(text) })
        let marked = walk.recorder.events.flatMap { event -> [String] in
            guard case .octets(.client, let octets, let ranges) = event.kind else { return [] }
            return ranges.map { String(decoding: octets[$0], as: UTF8.self) }
        }
        #expect(marked == secrets)
    }

    // MARK: Nothing is delivered by accident

    @Test func `beyond this machine it leaves after RCPT`() async throws {
        let walk = try Walk(isElsewhere: true)
        try await walk.release("EHLO", "MAIL", "RCPT")
        try await walk.holds("RSET")
        #expect(walk.held?.leavesUndelivered == true)
        try await walk.release("RSET", "QUIT")
        #expect(await walk.outcome == .heldBack)
        #expect(!walk.said.contains("DATA"))
    }

    @Test(
        arguments: [
            "DATA", "data", "BDAT 4 LAST\r\nabcd", "NOOP\r\nDATA", "NOOP\rDATA\r", "\u{0}DATA", "NOOP\nDATA\n", "TURN",
        ]
    )
    func `beyond this machine nothing by hand leads to a delivery`(text: String) async throws {
        let walk = try Walk(isElsewhere: true)
        try await walk.release("EHLO", "MAIL", "RCPT")
        try await walk.holds("RSET")
        walk.hand.send(Array("\(text)\r\n".utf8))
        #expect(await walk.until { if case .refused = $0.sent { true } else { false } })
        // Not in two pieces either.
        walk.hand.send(Array("DA".utf8))
        #expect(await walk.until { $0.sent == .sent(isAnswered: false) })
        walk.hand.send(Array("TA\r\n".utf8))
        #expect(await walk.until { if case .refused = $0.sent { true } else { false } })
        #expect(!walk.said.contains("DATA") && !walk.said.contains("BDAT"))
    }

    @Test func `a person's word lets it go on`() async throws {
        let walk = try Walk(isElsewhere: true)
        try await walk.release("EHLO", "MAIL", "RCPT")
        try await walk.holds("RSET")
        walk.hand.allow()
        try await walk.release("DATA", "From", "QUIT")
        #expect(await walk.outcome == .completed(accepted: 1))
    }

    @Test func `alone it stops after RCPT`() async throws {
        let server = try ScriptedPeer { peer, _ in Walk.serve(peer) }
        let recorder = Recorder()
        let session = LiveSession(try Walk.options(server.port), waryOfLoopback: true)
        #expect(await session.run(onEvent: recorder.note) == .heldBack)
        #expect(recorder.said(.client).hasSuffix("RCPT TO:<bob@receiver.example>\r\nRSET\r\nQUIT\r\n"))
        withExtendedLifetime(server) {}
    }

    @Test(arguments: [ClientDialogue.StopPoint.rcpt, .mail])
    func `alone and pipelining it sends no DATA either`(stop: ClientDialogue.StopPoint) async throws {
        let server = try ScriptedPeer { peer, _ in Walk.serve(peer) }
        let recorder = Recorder()
        var style = LiveSession.Style()
        style.pipelines = true
        let session = LiveSession(
            try Walk.options(server.port, quitAfter: stop == .mail ? .mail : nil, style: style),
            waryOfLoopback: true
        )
        _ = await session.run(onEvent: recorder.note)
        #expect(recorder.said(.client).hasSuffix("RSET\r\nQUIT\r\n"))
        #expect(!recorder.said(.client).contains("DATA"))
        #expect(recorder.said(.client).contains("RCPT") == (stop == .rcpt))
        withExtendedLifetime(server) {}
    }

    @Test func `pipelining sends the group before the first answer`() async throws {
        let groups = Mutex<[String]>([])
        let server = try ScriptedPeer { peer, _ in
            peer.send("220 mx.test.example\r\n")
            _ = peer.line()
            peer.send("250-mx.test.example\r\n250 PIPELINING\r\n")
            // Nothing is answered before everything is there.
            let group = (1...3).compactMap { _ in peer.line() }
            groups.withLock { $0 = group }
            peer.send("250 ok\r\n250 ok\r\n354 go\r\n")
            while let line = peer.line(), line != "." {}
            peer.send("250 taken\r\n")
            _ = peer.line()
            peer.send("221 bye\r\n")
        }
        var style = LiveSession.Style()
        style.pipelines = true
        let recorder = Recorder()
        let outcome = await LiveSession(try Walk.options(server.port, style: style)).run(onEvent: recorder.note)
        #expect(outcome == .completed(accepted: 1))
        #expect(groups.withLock { $0.map { String($0.prefix(4)) } } == ["MAIL", "RCPT", "DATA"])
    }

    @Test func `what is waited for is told with its limit`() async throws {
        let server = try ScriptedPeer { peer, _ in _ = peer.rest() }
        let told = Mutex<[LiveHold.Waiting?]>([])
        let session = LiveSession(try Walk.options(server.port, timeout: nil))
        let task = Task {
            await session.run(onWaiting: { waiting in told.withLock { $0.append(waiting) } }, onEvent: { _ in })
        }
        let greeting = LiveHold.Waiting(words: "the greeting", limit: 300, rule: "RFC 5321 §4.5.3.2.1")
        for _ in 0..<2000 where !told.withLock({ $0.contains(greeting) }) {
            try await Task.sleep(for: .milliseconds(3))
        }
        #expect(told.withLock { $0.contains(greeting) })
        task.cancel()
        #expect(await task.value == .cancelled)
        withExtendedLifetime(server) {}
    }
}

/// A live session held before each line, and the server it talks to.
final class Walk: Sendable {
    private struct Seen {
        var held: LiveHold.Held?
        var sent: LiveHold.Sent?
    }

    struct NotSeen: Error, CustomStringConvertible {
        let description: String
    }

    let recorder = Recorder()
    let hold: StepGate
    let hand: HandLine
    private let seen: Box
    private let server: ScriptedPeer
    private let task: Task<LiveOutcome, Never>

    private final class Box: Sendable { let seen = Mutex(Seen()) }

    init(
        isElsewhere: Bool = false,
        style: LiveSession.Style = LiveSession.Style(),
        serve: @escaping @Sendable (RawPeer) -> Void = { Walk.serve($0) }
    ) throws {
        let box = Box()
        seen = box
        server = try ScriptedPeer { peer, _ in serve(peer) }
        let gate = StepGate(.lines) { held in box.seen.withLock { $0.held = held } }
        let hand = HandLine { sent in box.seen.withLock { $0.sent = sent } }
        (hold, self.hand) = (gate, hand)
        let session = LiveSession(try Self.options(server.port, style: style), waryOfLoopback: isElsewhere)
        let recorder = recorder
        task = Task { await session.run(gate: gate, hand: hand, onEvent: recorder.note) }
    }

    deinit { task.cancel() }

    var held: LiveHold.Held? { seen.seen.withLock { $0.held } }
    var sent: LiveHold.Sent? { seen.seen.withLock { $0.sent } }
    var said: String { recorder.said(.client) }
    var heard: String { recorder.said(.server) }
    var outcome: LiveOutcome { get async { await task.value } }

    func until(_ condition: (Walk) -> Bool) async -> Bool {
        for _ in 0..<2000 {
            if condition(self) { return true }
            try? await Task.sleep(for: .milliseconds(3))
        }
        return condition(self)
    }

    /// Waits until octets are held that begin like this; the connection is let go on the way.
    func holds(_ beginning: String) async throws {
        let isSeen = await until { walk in
            if walk.held?.step == .connection { walk.hold.release() }
            return walk.held.map { String(decoding: $0.octets, as: UTF8.self).hasPrefix(beginning) } ?? false
        }
        guard isSeen else {
            let octets = held.map { String(decoding: $0.octets, as: UTF8.self) } ?? "nothing"
            throw NotSeen(description: "\(beginning) was never held, but \(octets); heard \(heard)")
        }
    }

    /// Lets lines go one after the other, each once it is held.
    func release(_ beginnings: String...) async throws {
        for beginning in beginnings {
            try await holds(beginning)
            hold.release()
        }
    }

    /// Sends a line by hand once the session stands still, and waits for what is held when it was answered.
    func byHand(_ text: String, thenHolds beginning: String) async throws {
        guard await until({ $0.held != nil && $0.held?.step != .connection }) else {
            throw NotSeen(description: "nothing is held; heard \(heard)")
        }
        let before = said.utf8.count
        seen.seen.withLock { $0.sent = nil }
        hand.send(Array("\(text)\r\n".utf8))
        guard await until({ $0.sent != nil && $0.said.utf8.count > before }) else {
            throw NotSeen(description: "\(text) was not sent: \(String(describing: sent))")
        }
        try await holds(beginning)
    }

    static func options(
        _ port: Int,
        quitAfter: ClientDialogue.StopPoint? = nil,
        style: LiveSession.Style = LiveSession.Style(),
        timeout: Int? = 20
    ) throws -> LiveSession.Options {
        try LiveSession.Options(
            recipients: ["bob@receiver.example"],
            sender: "ada@sender.example",
            clientName: "c.example",
            server: "127.0.0.1:\(port)",
            quitAfter: quitAfter,
            timeout: timeout,
            style: style
        )
    }

    /// A server that keeps to the order of commands (RFC 5321 §4.1.4).
    static func serve(_ peer: RawPeer) {
        peer.send("220 mx.test.example\r\n")
        var hasMail = false
        var recipients = 0
        while let line = peer.line() {
            let verb = line.prefix { $0 != " " }.uppercased()
            switch verb {
            case "EHLO": peer.send("250-mx.test.example\r\n250-AUTH LOGIN\r\n250 PIPELINING\r\n")
            case "MAIL":
                peer.send(hasMail ? "503 nested\r\n" : "250 ok\r\n")
                hasMail = true
            case "RCPT":
                peer.send(hasMail ? "250 ok\r\n" : "503 no MAIL\r\n")
                if hasMail { recipients += 1 }
            case "DATA":
                guard recipients > 0 else {
                    peer.send("503 no RCPT\r\n")
                    continue
                }
                peer.send("354 go\r\n")
                while let line = peer.line(), line != "." {}
                (hasMail, recipients) = (false, 0)
                peer.send("250 taken\r\n")
            case "RSET":
                (hasMail, recipients) = (false, 0)
                peer.send("250 ok\r\n")
            case "AUTH":
                peer.send("334 VXNlcm5hbWU6\r\n")
                _ = peer.line()
                peer.send("535 no\r\n")
            case "NOOP", "VRFY": peer.send("250 ok\r\n")
            case "QUIT":
                peer.send("221 bye\r\n")
                return
            default: peer.send("500 what?\r\n")
            }
        }
    }
}
