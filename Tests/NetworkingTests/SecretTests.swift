import Foundation
import SMTP
import Synchronization
import Testing
import Tracing

@testable import Networking

/// A password on its way through our own ends, in many spellings: what they tell of it is recorded, and no recording and no
/// trace may hold it, whoever sent the octets and however they came.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct SecretTests {
    static let password = "hunter2-CANARY-q9"
    static let plain = base64("\0ada\0" + password)
    static let login = base64(password)

    static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    /// What of a password is always the same, as it is and in Base64 at each of its alignments; the half of it is too much.
    static func isTold(in text: String) -> Bool {
        let octets = Array(password.utf8)
        let trunks = (0..<3).map { before in
            let coded = Data([UInt8](repeating: 0, count: before) + octets).base64EncodedString()
            return String(coded.dropFirst(before == 0 ? 0 : 4).dropLast(4))
        }
        return (trunks + [password]).contains { form in
            (0...(form.count - 10)).contains { text.contains(form.dropFirst($0).prefix(10)) }
        }
    }

    /// What the events become: a file, and lines on a screen.
    static func told(_ events: [WireEvent]) -> String {
        let header = Recording.Header(began: "", title: "", source: "")
        let file = RecordingWriter.file(Recording(header: header, events: events))
        // Octets that are no text stand as Base64 in the file, cut where they came apart.
        let read = (try? RecordingReader.read(Array(file.utf8)).events) ?? []
        let said = Side.allCases.map { side in
            read.reduce(into: "") { text, event in
                if case .octets(side, let octets, _) = event.kind { text += WireText.shown(octets) }
            }
        }
        let lines = Tracer.trace(of: events).lines.map { WireText.shown($0.octets) }
        return ([file] + said + lines).joined(separator: "\n")
    }

    private static func expectNoSecret(in events: [WireEvent]) {
        let told = told(events)
        let (isThere, isTold) = (told.uppercased().contains("AUTH"), isTold(in: told))
        #expect(isThere, "the login was recorded")
        #expect(!isTold, "the password is in the recording")
    }

    /// What a client says in one go or in several, behind EHLO; the answers are waited for between them.
    static let spellings: [[String]] = [
        ["AUTH PLAIN \(plain)\r\n"], ["auth plain \(plain)\r\n"], ["AUTH\tPLAIN \(plain)\r\n"],
        ["AUTH\tPLAIN\t\(plain)\r\n"],
        [" AUTH PLAIN \(plain)\r\n"], ["AUTH  PLAIN  \(plain)\r\n"], ["AUTH PLAIN \(plain)\n"],
        ["AUTH LOGIN \(login)\r\n"], ["AUTH \(login)\r\n"], ["AUTH PLAIN ada \(password)\r\n"],
        ["AUTH PLAIN=\(plain)\r\n"],
        ["AUTH PLAIN\r\n", "\(plain)\r\n"], ["AUTH LOGIN\r\n", "YWRh\r\n", "\(login)\r\n"],
        ["AUTH PLAIN\r\n\(plain)\r\n"], ["AUTH LOGIN\r\nYWRh\r\n\(login)\r\n"], ["AUTH BOGUS\r\n\(login)\r\n"],
        ["AUTH BOGUS\r\n", "\(login)\r\n"], ["AUTH LOGIN\r\n*\r\n\(login)\r\n"],
        ["AUTH LOGIN\r\n", "*\r\n", "\(login)\r\n"], ["AUTH\tLOGIN\r\n", "\(login)\r\n"],
        ["AUTH XOAUTH2 \(base64("user=ada\u{1}auth=Bearer \(password)\u{1}\u{1}"))\r\n"],
        ["AUTH CRAM-MD5\r\n", "\(base64("ada " + password))\r\n"],
        ["AUTH PLAIN AGFkYQB3cm9uZw==\r\n", "AUTH PLAIN \(plain)\r\n"],
        ["NOOP\r\nAUTH PLAIN \(plain)\r\nNOOP\r\n"], ["NO", "OP\r\nAU", "TH PLAIN \(plain)\r\n"],
        // Broken off.
        ["AUTH PLAIN \(plain)"], ["AUTH LOGIN\r\n", login],
    ]

    /// Says it, cut into pieces of so many octets, and hangs up.
    private static func say(_ turns: [String], to port: Int, pieces: Int) throws {
        let client = try RawPeer(port: port)
        try #require(client.reply()?.hasPrefix("220") == true)
        _ = client.ask("EHLO c.example")
        for turn in turns {
            let octets = Array(turn.utf8)
            for start in stride(from: 0, to: octets.count, by: pieces) {
                client.send(Array(octets[start..<min(start + pieces, octets.count)]))
            }
            // Not every server takes a bare LF for the end of a line.
            if turn.hasSuffix("\r\n") { _ = client.reply() }
        }
        client.shutdownOutput()
        _ = client.rest()
    }

    private static func persona() -> Persona {
        var persona = Persona(
            name: "logins",
            title: "Logins",
            summary: "Offers AUTH",
            explanation: "Offers AUTH",
            policy: ServerDialogue.Policy(domain: "mx.receiver.example")
        )
        persona.policy.offered.append("AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2")
        persona.policy.users = ["ada": password]
        return persona
    }

    @Test(arguments: spellings, [3, 1000])
    func `the sandbox's server records no password`(turns: [String], pieces: Int) async throws {
        let recorder = TapRecorder()
        let server = SandboxServer(Self.persona(), onEvent: recorder.note)
        let address = try #require(try await server.start(port: 0).first)
        let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
        try await offPool { try Self.say(turns, to: port, pieces: pieces) }
        #expect(await recorder.until { $0.isClosed() })
        await server.stop()
        Self.expectNoSecret(in: recorder.wire())
    }

    /// A server that takes every login, and refuses a mechanism that nobody knows.
    private static func serve(_ peer: RawPeer) {
        peer.send("220 mx.test.example\r\n")
        while let line = peer.line() {
            let words = line.uppercased().split { $0 == " " || $0 == "\t" }
            switch words.first {
            case "EHLO": peer.send("250-mx.test.example\r\n250 AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2\r\n")
            case "AUTH" where words.count == 2 && words[1] == "LOGIN":
                for challenge in ["VXNlcm5hbWU6", "UGFzc3dvcmQ6"] {
                    peer.send("334 \(challenge)\r\n")
                    guard let line = peer.line(), line != "*" else { break }
                }
                peer.send("535 5.7.8 No\r\n")
            case "AUTH" where words.count == 2 && words[1] != "BOGUS":
                peer.send("334 \r\n")
                _ = peer.line()
                peer.send("235 2.7.0 Ok\r\n")
            case "AUTH": peer.send(words.count == 3 ? "235 2.7.0 Ok\r\n" : "504 5.5.4 No\r\n")
            case "NOOP": peer.send("250 2.0.0 Ok\r\n")
            default: peer.send("500 5.5.2 What?\r\n")
            }
        }
    }

    @Test(arguments: spellings, [3, 1000])
    func `a tap records no password`(turns: [String], pieces: Int) async throws {
        let recorder = TapRecorder()
        let server = try ScriptedPeer { peer, _ in Self.serve(peer) }
        let options = try Tap.Options(listen: "127.0.0.1:0", target: "127.0.0.1:\(server.port)")
        let tap = Tap(options, onHeld: recorder.hold) { recorder.note($0) }
        let port = try #require(try await tap.start().split(separator: ":").last.flatMap { Int($0) })
        try await offPool { try Self.say(turns, to: port, pieces: pieces) }
        #expect(await recorder.until { $0.isClosed() })
        await tap.stop()
        Self.expectNoSecret(in: recorder.wire())
        withExtendedLifetime(server) {}
    }

    /// What a person types at once, behind EHLO.
    @Test(arguments: spellings.map { $0.joined() })
    func `what is typed by hand is recorded without a password`(text: String) async throws {
        let walk = try Walk(serve: { Self.serve($0) })
        try await walk.release("EHLO")
        try await walk.holds("MAIL")
        walk.hand.send(Array(text.utf8))
        #expect(
            await walk.until {
                $0.recorder.events.contains { event in
                    if case .octets(.client, _, _) = event.kind { event != walk.recorder.events.first } else { false }
                } && $0.sent != nil
            }
        )
        Self.expectNoSecret(in: walk.recorder.events)
    }

    @Test(arguments: [
        ["AUTH PLAIN", plain], ["AUTH LOGIN", "YWRh", login], ["AUTH PLAIN \(plain)"], ["auth\tlogin", "YWRh", login],
    ])
    func `what is typed line by line is recorded without a password`(lines: [String]) async throws {
        let walk = try Walk(serve: { Self.serve($0) })
        try await walk.release("EHLO")
        try await walk.holds("MAIL")
        for line in lines {
            let before = walk.heard.utf8.count
            walk.hand.send(Array("\(line)\r\n".utf8))
            #expect(await walk.until { $0.heard.utf8.count > before })
        }
        Self.expectNoSecret(in: walk.recorder.events)
    }

    /// What waits for Enter is shown, on the screen and at the prompt of plain text.
    @Test(arguments: [
        "AUTH PLAIN \(plain)", "auth plain \(plain)", "AUTH\tPLAIN\t\(plain)", "AUTH PLAIN\\r\\n\(plain)",
        "AUTH LOGIN\\r\\nYWRh\\r\\n\(login)", "NOOP\\r\\nAUTH PLAIN \(plain)", "AUTH BOGUS\\r\\n\(login)",
        "AUTH \(login)",
    ])
    func `what a dialog is about to send is shown without a password`(said: String) async throws {
        var style = LiveSession.Style()
        style.dialog = try DialogScript(
            "S: 220\nC: EHLO c.example\nS: 250\nC: \(said)\nS: 235\nC: QUIT\nS: 221\n-- close\n"
        )
        let walk = try Walk(style: style, serve: { Self.serve($0) })
        try await walk.release("EHLO")
        let isHeld = await walk.until { walk in
            walk.held.map { WireText.shown($0.octets).uppercased().contains("AUTH") } ?? false
        }
        #expect(isHeld)
        let isTold = Self.isTold(in: WireText.shown(walk.held?.octets ?? []))
        #expect(!isTold)
    }

    @Test func `the search finds what it searches for`() {
        for spelling in Self.spellings { #expect(Self.isTold(in: spelling.joined()), "\(spelling)") }
    }
}
