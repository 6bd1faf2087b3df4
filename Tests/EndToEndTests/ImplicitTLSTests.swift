import Foundation
import Testing

/// TLS from the first octet on, as on port 465 (RFC 8314 §3.3), through a tap to Python's aiosmtpd.
@Suite(
    .timeLimit(.minutes(15)),
    .enabled(if: Program.hasAiosmtpd && Program.has("openssl"), "needs python3-aiosmtpd and openssl")
)
struct ImplicitTLSTests {
    private static let clients = ["curl"] + (Program.swaksHasTLS ? ["swaks"] : [])

    /// Sends a mail with TLS from the first octet on, and a certificate that must hold.
    private func send(_ client: String, to port: Int, trusting authority: String, in folder: Folder) throws
        -> Program.Outcome
    {
        let file = try folder.write("From: ada@sender.example\nSubject: inside\n\nHello\n.dot", to: "mail")
        let arguments =
            client == "swaks"
            ? [
                "--tls-on-connect", "--tls-verify", "--tls-ca-path", authority,
                "--server", "127.0.0.1:\(port)", "--from", "ada@sender.example", "--to", "bob@receiver.example",
                "--data", "@\(file)",
            ]
            : [
                "--silent", "--show-error", "--crlf", "--cacert", authority, "--mail-from", "ada@sender.example",
                "--mail-rcpt", "bob@receiver.example", "--upload-file", file, "smtps://localhost:\(port)", "-4",
            ]
        return try Program.run(client, arguments, in: folder)
    }

    @Test(
        .enabled(if: Program.has("curl"), "needs curl"),
        arguments: clients,
        [true, false]
    )
    func `a mail for port 465 goes through, and is seen inside only by a tap that holds both ends`(
        client: String,
        intercepts: Bool
    ) throws {
        let folder = try Folder()
        let server = try SMTPSServer()
        let tap = try RunningTap(to: server.port, in: folder, more: intercepts ? ["--tls-intercept"] : [])
        let authority = intercepts ? try folder.tapAuthority() : server.certificate
        let outcome = try send(client, to: tap.port, trusting: authority, in: folder)
        try #require(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        // A client that leaves without reading the server's last words breaks the connection off.
        let endings = ["connection closed", "broke the connection off"]
        #expect(waits { endings.contains { tap.output.contains($0) } }, "\(tap.output)")
        let mail = try #require(server.mails.first)
        #expect(mail.contains("Subject: inside") && mail.contains("\n.dot"), "\(mail)")
        #expect(tap.output.contains("Client: MAIL FROM:<ada@sender.example>") == intercepts, "\(tap.output)")
        #expect(tap.output.contains("Client: Subject: inside") == intercepts)
        #expect(tap.output.contains("Server: 220 ") == intercepts)
        // What was recorded tells the same.
        let recording = try #require(tap.recordings.first)
        let replayed = try Program.ehlo("replay", recording, "--plain", in: folder)
        #expect(replayed.status == 0, "\(replayed.errors)")
        #expect(replayed.output.contains("Client: Subject: inside") == intercepts, "\(replayed.output)")
    }

    @Test(.enabled(if: Program.has("tmux") && Program.has("curl"), "needs tmux and curl"), arguments: [true, false])
    func `where lines are held, a handshake is none`(intercepts: Bool) throws {
        let folder = try Folder()
        let server = try SMTPSServer()
        let port = Int.random(in: 20_000...30_000)
        let data = folder.path("data")
        let screen = try TmuxScreen()
        try screen.type(
            "env XDG_DATA_HOME=\(data) \(Program.path) tap --listen 127.0.0.1:\(port) --to 127.0.0.1:\(server.port) "
                + "--hold" + (intercepts ? " --tls-intercept" : "")
        )
        try screen.press("Enter")
        try #require(screen.shows("Waiting for a client"), "\(screen.text)")
        let names = ["in", "out", "err"].map { folder.path($0) }
        for name in names { try "".write(toFile: name, atomically: false, encoding: .utf8) }
        let file = try folder.write("Subject: inside\n\nHello\n", to: "mail")
        let client = try Child(
            "curl",
            [
                "--silent", "--show-error", "--crlf", "--insecure", "--mail-from", "ada@sender.example", "--mail-rcpt",
                "bob@receiver.example", "--upload-file", file, "smtps://127.0.0.1:\(port)/client.example",
            ],
            files: names
        )
        if intercepts {
            for next in ["EHLO client.example", "MAIL FROM", "RCPT TO", "DATA", "QUIT"] {
                try #require(screen.shows("Enter  \(next)"), "\(next)\n\(screen.text)")
                try screen.press("Enter")
            }
        }
        let status = client.waits()
        let errors = try folder.text("err")
        #expect(status == 0, "\(errors)\n\(screen.text)")
        #expect(server.mails.count == 1)
        try screen.press("Q")
    }
}

/// Python's aiosmtpd with TLS from the first octet on and a certificate for localhost.
private final class SMTPSServer {
    let port: Int
    let certificate: String
    private let folder: Folder
    private let process: Child

    init() throws {
        let folder = try Folder()
        self.folder = folder
        certificate = folder.path("cert.pem")
        let made = try Program.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder.path("key.pem"), "-out", certificate,
                "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            ],
            in: folder
        )
        #expect(made.status == 0, "\(made.errors)")
        let options = [
            "--tls-on-connect", "--maildir", folder.path("mail"), "--certificate", certificate, "--key",
            folder.path("key.pem"),
        ]
        var started: (port: Int, process: Child)?
        for _ in 0..<6 where started == nil { started = try Self.start(options, in: folder) }
        (port, process) = try #require(started, "\((try? folder.text("log")) ?? "")")
    }

    deinit { process.send(signal: SIGTERM) }

    /// Nil when it does not come up on the port that was chosen for it.
    private static func start(_ options: [String], in folder: Folder) throws -> (port: Int, process: Child)? {
        let port = Int.random(in: 20_001...29_999)
        let log = try folder.write("", to: "log")
        let words = ["\(Program.tests)/Lab/aiosmtpd_server.py", "\(port)"] + options
        let process = try Child("python3", words, files: ["/dev/null", log, log])
        let isOver = try waits {
            if try folder.text("log").contains("Traceback") { return true }
            return try Program.run("bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(port)"], in: folder).status == 0
        }
        let hasFailed = try folder.text("log").contains("Traceback")
        return isOver && !hasFailed ? (port, process) : nil
    }

    /// What Bob got.
    var mails: [String] {
        let box = folder.path("mail/bob/new")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: box)) ?? []
        return names.sorted().compactMap { try? String(contentsOfFile: "\(box)/\($0)", encoding: .utf8) }
    }
}
