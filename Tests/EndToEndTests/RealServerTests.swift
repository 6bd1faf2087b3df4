import Foundation
import Testing

/// A session with a mail server that nobody here wrote: Debian's Postfix, on this machine.
@Suite(
    .serialized,
    .timeLimit(.minutes(15)),
    .enabled(if: Program.isRoot && Program.has("postfix"), "needs root and Debian's postfix")
)
struct RealServerTests {
    @Test func `Postfix takes a mail and delivers it with its dots right`() throws {
        let server = try Postfix()
        let folder = try Folder()
        let body = try folder.write("Hello\n.one dot\n..two dots\n.\nend\n", to: "body.txt")
        let recording = folder.path("live.ehlo")
        let live = try Program.ehlo(
            "live",
            "bob@receiver.example",
            "--server",
            "127.0.0.1:\(server.port)",
            "--from",
            "ada@sender.example",
            "--body",
            body,
            "--plain",
            "--record",
            recording,
            in: folder
        )
        #expect(live.status == 0, "\(live.errors)")
        #expect(live.output.contains("Server: 220 mx.receiver.example ESMTP Postfix"))
        var mails: [String] = []
        #expect(
            waits {
                mails = server.mails(of: "bob"); return !mails.isEmpty
            }
        )
        let mail = try #require(mails.first)
        #expect(mail.contains("Return-Path: <ada@sender.example>"))
        #expect(mail.hasSuffix("\n\nHello\n.one dot\n..two dots\n.\nend\n"), "\(mail)")

        let replayed = try Program.ehlo("replay", recording, "--plain", in: folder)
        #expect(replayed.status == 0)
        #expect(replayed.output == live.output, "a recording tells the same as the session it is of")
    }

    @Test func `Postfix refuses to relay, and the status says where`() throws {
        let server = try Postfix()
        let outcome = try Program.ehlo(
            "live",
            "eve@elsewhere.example",
            "--server",
            "127.0.0.1:\(server.port)",
            "--from",
            "ada@sender.example",
            "--plain",
            in: Folder()
        )
        #expect(outcome.status == 24, "\(outcome.errors)")
        #expect(outcome.output.contains("Server: 554 5.7.1 <eve@elsewhere.example>: Relay access denied"))
        #expect(server.mails(of: "bob").isEmpty)
    }

    @Test(
        .enabled(if: Program.has("tcpdump") && Program.has("python3"), "needs tcpdump and python3"),
        arguments: [false, true]
    )
    func `the recording holds the octets that were on the wire`(isInTLS: Bool) throws {
        let server = try Postfix()
        let folder = try Folder()
        let capture = try Capture(in: folder, ports: [server.port])
        let recording = folder.path("live.ehlo")
        let live = try Program.ehlo(
            "live",
            "bob@receiver.example",
            "carol@receiver.example",
            "--server",
            "127.0.0.1:\(server.port)",
            "--from",
            "ada@sender.example",
            isInTLS ? "--tls" : "--no-tls",
            "--plain",
            "--record",
            recording,
            in: folder
        )
        #expect(live.status == 0, "\(live.errors)")
        capture.end()
        let arguments =
            ["\(Program.tests)/Lab/wire_is_honest.py", recording, capture.path, "--port", "\(server.port)"]
            // The server may send its tickets while the client says EHLO already.
            + (isInTLS ? ["--any-order"] : [])
        let judged = try Program.run("python3", arguments, in: folder)
        #expect(judged.status == 0, "\(judged.output)\(judged.errors)")
    }

    @Test(
        .enabled(
            if: Program.has("tmux") && Program.has("tcpdump") && Program.has("python3"),
            "needs tmux, tcpdump and python3"
        )
    )
    func `at a real server only Enter sends`() throws {
        let server = try Postfix()
        let folder = try Folder()
        let capture = try Capture(in: folder, ports: [server.port])
        let screen = try TmuxScreen()
        try screen.start(
            "live bob@receiver.example --server 127.0.0.1:\(server.port) --from ada@sender.example --no-tls"
        )
        try #require(screen.shows("Enter connects"), "\(screen.text)")
        for (key, next) in [
            ("Enter", "Enter sends EHLO"), ("Enter", "Enter sends MAIL"), ("Enter", "Enter sends RCPT"),
        ] {
            try screen.press(key)
            try #require(screen.shows(next), "\(screen.text)")
        }
        let began = Date().timeIntervalSince1970
        // What a presenter's remote sends, and what would be a step in the sandbox.
        for key in ["n", "n", "NPage", "PPage", ".", "]"] { try screen.press(key) }
        usleep(300_000)
        let ended = Date().timeIntervalSince1970
        for next in ["Enter sends DATA", "Enter sends the", "Enter sends QUIT", "the server accepted the mail"] {
            try screen.press("Enter")
            try #require(screen.shows(next), "\(next):\n\(screen.text)")
        }
        capture.end()
        try screen.press("Q")
        #expect(waits { server.mails(of: "bob").count == 1 })
        let connection = try #require(try capture.connections(in: folder).last { $0.port == server.port })
        let sent = connection.segments.filter { $0.side == "client" }
        #expect(!sent.contains { (began...ended).contains($0.time) }, "\(sent)")
        #expect(sent.filter { $0.time < began }.map { $0.text.prefix(4) } == ["EHLO", "MAIL"])
        #expect(sent.first { $0.time > ended }?.text == "RCPT TO:<bob@receiver.example>\r\n")
    }
}

/// A Postfix of a test's own, on a port that is free.
final class Postfix {
    struct CannotStart: Error { let reason: String }

    let port: Int
    private let folder: Folder

    init() throws {
        folder = try Folder()
        var trouble = ""
        // A port that looks free may be taken a moment later.
        for _ in 1...5 {
            let port = Int.random(in: 20_000...30_000)
            let outcome = try Self.script("start", folder, "\(port)")
            if outcome.status == 0 {
                self.port = port
                return
            }
            trouble = outcome.errors
        }
        throw CannotStart(reason: trouble)
    }

    deinit { _ = try? Self.script("stop", folder) }

    /// The mails in somebody's mailbox.
    func mails(of name: String) -> [String] {
        let box = folder.path("server/mail/\(name)/new")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: box)) ?? []
        return files.compactMap { try? String(contentsOfFile: "\(box)/\($0)", encoding: .utf8) }
    }

    private static func script(_ action: String, _ folder: Folder, _ more: String...) throws -> Program.Outcome {
        try Program.run("bash", ["\(Program.tests)/Lab/postfix.sh", action, folder.path("server")] + more, in: folder)
    }
}
