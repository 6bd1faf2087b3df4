import Foundation
import Glibc
import Testing

/// Clients that nobody here wrote deliver through `ehlo tap` to a server that nobody here wrote.
@Suite(
    .serialized,
    .timeLimit(.minutes(15)),
    .enabled(if: Program.isRoot && Program.has("smtp-sink"), "needs root and smtp-sink of Debian's postfix")
)
struct TapTests {
    private static let text = "Hello\n.one dot\n..two dots\n.\nend"

    /// What a client is started with to send a mail to a port.
    enum Client: String, CaseIterable, Sendable {
        case swaks, msmtp, curl, python3
        case source = "smtp-source"

        func send(to port: Int, in folder: Folder) throws -> Program.Outcome {
            let mail =
                "From: ada@sender.example\nTo: bob@receiver.example\nSubject: by \(rawValue)\n\n\(TapTests.text)\n"
            switch self {
            case .swaks:
                let file = try folder.write(mail, to: "mail.txt")
                return try Program.run(
                    "swaks",
                    [
                        "--server", "127.0.0.1:\(port)", "--from", "ada@sender.example", "--to", "bob@receiver.example",
                        "--data", "@\(file)",
                    ],
                    in: folder
                )
            case .msmtp:
                return try Program.run(
                    "msmtp",
                    [
                        "--file=/dev/null", "--host=127.0.0.1", "--port=\(port)", "--auth=off", "--tls=off",
                        "--from=ada@sender.example", "bob@receiver.example",
                    ],
                    input: mail,
                    in: folder
                )
            case .curl:
                let file = try folder.write(mail.replacingOccurrences(of: "\n", with: "\r\n"), to: "mail.eml")
                return try Program.run(
                    "curl",
                    [
                        "--silent", "--show-error", "smtp://127.0.0.1:\(port)", "--mail-from", "ada@sender.example",
                        "--mail-rcpt", "bob@receiver.example", "--upload-file", file,
                    ],
                    in: folder
                )
            case .python3:
                let file = try folder.write(mail, to: "mail.txt")
                let script = """
                    import smtplib
                    with smtplib.SMTP("127.0.0.1", \(port)) as client:
                        client.sendmail("ada@sender.example", ["bob@receiver.example"], open("\(file)").read())
                    """
                return try Program.run("python3", ["-c", script], in: folder)
            case .source:
                return try Program.run(
                    "smtp-source",
                    [
                        "-f", "ada@sender.example", "-t", "bob@receiver.example", "-S", "by smtp-source",
                        "127.0.0.1:\(port)",
                    ],
                    in: folder
                )
            }
        }
    }

    @Test(arguments: Client.allCases) func `a mail arrives through the tap and is recorded`(client: Client) throws {
        guard Program.has(client.rawValue) else {
            return print("skipped: \(client.rawValue) is not installed")
        }
        let sink = try Sink()
        let folder = try Folder()
        let tap = try RunningTap(to: sink.port, in: folder)
        let outcome = try client.send(to: tap.port, in: folder)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(waits { tap.output.contains("Step 14") && tap.output.contains("connection closed") }, "\(tap.output)")
        let mail = try #require(sink.mails.first)
        #expect(mail.contains("by \(client.rawValue)"), "\(mail)")
        if client != .source { #expect(mail.contains("\n" + Self.text + "\n"), "\(mail)") }
        // The recording tells the same.
        let recording = try #require(tap.recordings.first)
        var status = stat()
        #expect(stat(recording, &status) == 0 && status.st_mode & 0o777 == 0o600)
        let replayed = try Program.ehlo("replay", recording, "--plain", in: folder)
        #expect(replayed.status == 0, "\(replayed.errors)")
        #expect(replayed.output.lowercased().contains("client: mail from:<ada@sender.example>"))
        #expect(replayed.output.contains("Step 13"))
    }

    /// More than is held of what waits to be shown.
    @Test(.enabled(if: Program.has("python3"), "needs python3"))
    func `a mail of 5 MB is told to its end as it goes by`() throws {
        let (sink, folder) = (try Sink(), try Folder())
        let tap = try RunningTap(to: sink.port, in: folder)
        let script = """
            import smtplib
            mail = "Subject: long\\n\\n" + ("x" * 898 + "\\n") * 5600
            with smtplib.SMTP("127.0.0.1", \(tap.port)) as client:
                client.sendmail("ada@sender.example", ["bob@receiver.example"], mail)
            """
        #expect(try Program.run("python3", ["-c", script], in: folder).status == 0)
        #expect(waits { tap.output.contains("Step 14") && tap.output.contains("connection closed") })
        #expect(tap.output.contains("Step 13"))
        // 5600 lines of 900 octets, the header and the empty line, and the dot.
        #expect(tap.output.contains("5040020 octets"), "\(tap.output.suffix(2000))")
        #expect(!tap.output.contains("data-not-ended") && !tap.output.contains("too long to be shown"))
    }

    @Test(
        .enabled(if: Program.has("python3") && Program.has("openssl"), "needs python3 and openssl"),
        arguments: [false, true]
    )
    func `inside TLS the tap sees what is said when it holds both ends, and nothing when it does not`(holds: Bool)
        throws
    {
        let folder = try Folder()
        let server = try TLSServer(in: folder)
        let tap = try RunningTap(to: server.port, in: folder, more: holds ? ["--tls-intercept"] : [])
        let authority = holds ? try folder.tapAuthority() : server.certificate
        let script = """
            import smtplib, ssl
            with smtplib.SMTP("127.0.0.1", \(tap.port), local_hostname="client.example") as client:
                context = ssl.create_default_context(cafile="\(authority)")
                context.check_hostname = \(holds ? "True" : "False")
                client.starttls(context=context)
                client.login("canaryuser", "hunter2CANARY")
                client.sendmail("ada@a.example", ["bob@b.example"], "Subject: inside\\n\\nHello\\n")
            """
        let outcome = try Program.run("python3", ["-c", script], in: folder)
        #expect(outcome.status == 0, "\(outcome.errors) \(server.said)")
        #expect(waits { tap.output.contains("connection closed") }, "\(tap.output)")
        #expect(server.said.contains("Subject: inside"), "\(server.said)")
        #expect(tap.output.contains("Client: mail FROM:<ada@a.example>") == holds, "\(tap.output)")
        #expect(tap.output.contains("Client: Subject: inside") == holds)
        let all = try tap.output + tap.recordings.map { try String(contentsOfFile: $0, encoding: .utf8) }.joined()
        for secret in [
            "hunter2CANARY", Data("hunter2CANARY".utf8).base64EncodedString(),
            Data("\0canaryuser\0hunter2CANARY".utf8).base64EncodedString(),
        ] {
            #expect(!all.contains(secret.prefix { $0 != "=" }))
        }
        guard holds else { return }
        var status = stat()
        #expect(stat(authority, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(try String(contentsOfFile: authority, encoding: .utf8).contains("PRIVATE KEY") == false)
        #expect(tap.errors.contains("to remove it, delete the file"))
        #expect(tap.errors.contains("the server's own certificate is not checked, which --tls-verify asks for"))
    }

    @Test(.enabled(if: Program.has("swaks"), "needs swaks"), arguments: ["PLAIN", "LOGIN"])
    func `a password is nowhere in what is shown and recorded`(mechanism: String) throws {
        let sink = try Sink()
        let folder = try Folder()
        let tap = try RunningTap(to: sink.port, in: folder)
        let (user, password) = ("canaryuser", "hunter2CANARY")
        _ = try Program.run(
            "swaks",
            [
                "--server", "127.0.0.1:\(tap.port)", "--to", "bob@receiver.example", "--auth", mechanism,
                "--auth-user", user, "--auth-password", password,
            ],
            in: folder
        )
        #expect(waits { tap.output.contains("connection closed") }, "\(tap.output)")
        let all =
            try tap.output + tap.errors
            + tap.recordings.map { try String(contentsOfFile: $0, encoding: .utf8) }.joined()
        #expect(all.contains("AUTH \(mechanism)"))
        let encoded = [user, password, "\0\(user)\0\(password)"].map { Data($0.utf8).base64EncodedString() }
        for secret in [password] + encoded {
            // Padding depends on what stands behind it.
            #expect(!all.contains(secret.prefix { $0 != "=" }), "\(secret)")
        }
    }

    @Test(.enabled(if: Program.has("tmux") && Program.has("smtp-source"), "needs tmux and smtp-source"))
    func `conversations open in the panes as they come, and the list goes from one to another`() throws {
        let sink = try Sink()
        let folder = try Folder()
        let port = Int.random(in: 20_000...30_000)
        let screen = try TmuxScreen()
        try screen.start("tap --listen 127.0.0.1:\(port) --to 127.0.0.1:\(sink.port)")
        try #require(screen.shows("Waiting for a client at 127.0.0.1:\(port)"), "\(screen.text)")
        for recipient in ["bob", "eve"] {
            _ = try Program.run(
                "smtp-source",
                ["-f", "ada@a.example", "-t", "\(recipient)@b.example", "127.0.0.1:\(port)"],
                in: folder
            )
        }
        try #require(screen.shows("conversation 2 of 2"), "\(screen.text)")
        #expect(screen.shows("➔ eve"), "\(screen.text)")
        try screen.press("o")
        try #require(screen.shows("outcome"), "\(screen.text)")
        #expect(screen.text.contains("➔ bob@b"), "\(screen.text)")
        try screen.press("Up")
        try screen.press("Enter")
        #expect(screen.shows("conversation 1 of 2"), "\(screen.text)")
        try screen.press("Q")
        #expect(try screen.isGivenBack())
    }

    @Test(.enabled(if: Program.has("tmux") && Program.has("python3"), "needs tmux and python3"))
    func `a held line goes with Enter and not before`() throws {
        let sink = try Sink()
        let folder = try Folder()
        let port = Int.random(in: 20_000...30_000)
        let screen = try TmuxScreen()
        try screen.start("tap --listen 127.0.0.1:\(port) --to 127.0.0.1:\(sink.port) --hold")
        try #require(screen.shows("Waiting for a client"), "\(screen.text)")
        let names = ["in", "out", "err"].map { folder.path($0) }
        for name in names { try "".write(toFile: name, atomically: false, encoding: .utf8) }
        let script = """
            import smtplib
            with smtplib.SMTP("127.0.0.1", \(port), local_hostname="client.example") as client:
                client.sendmail("ada@a.example", ["bob@b.example"], "Subject: held\\n\\nHello\\n")
            """
        let client = try Child("python3", ["-c", script], files: names)
        try #require(screen.shows("Enter  ehlo client.example"), "\(screen.text)")
        try screen.press("n")
        usleep(200_000)
        #expect(screen.text.contains("Enter  ehlo client.example"), "\(screen.text)")
        try screen.press("Enter")
        try #require(screen.shows("Enter  mail FROM:<ada@a.example>"), "\(screen.text)")
        // Another sender than the client's.
        try screen.press("e")
        for _ in 0..<10 { try screen.press("BSpace") }
        try screen.type("b.example>")
        try screen.press("Enter")
        try #require(screen.shows("edited"), "\(screen.text)")
        try screen.press("Enter")
        for next in ["Enter  rcpt TO:<bob@b.example>", "Enter  data", "Enter  QUIT"] {
            try #require(screen.shows(next), "\(next)\n\(screen.text)")
            try screen.press("Enter")
        }
        #expect(client.waits() == 0)
        let mail = try #require(sink.mails.first)
        #expect(mail.contains("<ada@b.example>") && mail.contains("Hello"), "\(mail)")
        try screen.press("Q")
    }

    @Test(.enabled(if: Program.has("python3"), "needs python3"), arguments: [("refused,deferred", 0), ("accepted", 2)])
    func `each conversation gets a line in the log, and only recordings that are wanted stay`(only: String, kept: Int)
        throws
    {
        let sink = try Sink()
        let folder = try Folder()
        let log = folder.path("tap.log")
        try "before\n".write(toFile: log, atomically: true, encoding: .utf8)
        let tap = try RunningTap(to: sink.port, in: folder, more: ["--log", log, "--only", only])
        for _ in 1...2 {
            let outcome = try Client.python3.send(to: tap.port, in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        let lines = {
            ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").split(separator: "\n").map {
                $0.split(separator: "\t", omittingEmptySubsequences: false)
            }
        }
        #expect(waits { lines().count == 3 }, "\(lines())")
        #expect(lines().first == ["before"])
        for line in lines().dropFirst() {
            #expect(
                line.count == 8 && line[4...6] == ["<ada@sender.example>", "<bob@receiver.example>", "accepted"],
                "\(line)"
            )
            #expect(line[2].hasPrefix("127.0.0.1:") && line[3].hasSuffix(":\(sink.port)"), "\(line)")
        }
        #expect(tap.recordings.count == kept)
    }

    @Test func `what cannot be is said in one line`() throws {
        let folder = try Folder()
        let sink = try Sink()
        for (arguments, status, words) in [
            (["--listen", "127.0.0.1:\(sink.port)", "--to", "127.0.0.1:9"], 69, "another program listens"),
            (["--listen", "127.0.0.1:2525", "--to", "127.0.0.1:2525"], 64, "the tap itself"),
            (["--listen", "0.0.0.0:2525", "--to", "127.0.0.1:25"], 64, "--allow-remote-clients"),
            (
                ["--listen", "192.0.2.1:2525", "--to", "127.0.0.1:25", "--allow-remote-clients"], 69,
                "no address of this machine"
            ),
            (["--listen", "2525", "--to", "127.0.0.1:25"], 64, "HOST:PORT"),
            (["--listen", "127.0.0.1:0", "--to", "nosuchhost.invalid:25"], 64, "has no address"),
            (["--listen", "127.0.0.1:0", "--to", "127.0.0.1:25", "--record", "/dev/null/x.ehlo"], 73, "--record"),
            (["--listen", "127.0.0.1:0", "--to", "127.0.0.1:25", "--hold"], 64, "--plain"),
            (["--listen", "127.0.0.1:0", "--to", "127.0.0.1:25", "--only", "refused"], 64, "--record"),
            (["--listen", "127.0.0.1:0", "--to", "127.0.0.1:25", "--log", "/dev/null/x"], 73, "--log"),
        ] as [([String], Int32, String)] {
            let outcome = try Program.run(Program.path, ["tap", "--plain"] + arguments, in: folder)
            #expect(outcome.status == status, "\(arguments) \(outcome.errors)")
            #expect(
                outcome.errors.hasPrefix("ehlo: ") && outcome.errors.contains(words),
                "\(arguments) \(outcome.errors)"
            )
            #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
        }
    }
}

/// Postfix's smtp-sink, which keeps each mail in a file.
private final class Sink {
    struct CannotStart: Error { let reason: String }

    let port: Int
    private let folder: Folder

    init() throws {
        folder = try Folder()
        var trouble = ""
        for _ in 1...5 {
            let port = Int.random(in: 20_000...30_000)
            let box = folder.path("server/mails")
            try FileManager.default.createDirectory(atPath: box, withIntermediateDirectories: true)
            // smtp-sink gives root away before it writes.
            chmod(folder.path(""), 0o755)
            chmod(box, 0o777)
            let script = [
                "\(Program.tests)/Lab/smtp_sink.sh", "start", folder.path("server"), "\(port)", "-d", "\(box)/mail.",
            ]
            let outcome = try Program.run("bash", script, in: folder)
            if outcome.status == 0 {
                self.port = port
                return
            }
            trouble = outcome.errors
        }
        throw CannotStart(reason: trouble)
    }

    deinit {
        _ = try? Program.run("bash", ["\(Program.tests)/Lab/smtp_sink.sh", "stop", folder.path("server")], in: folder)
    }

    /// Every mail that came, with what smtp-sink writes above it.
    var mails: [String] {
        let box = folder.path("server/mails")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: box)) ?? []
        return names.sorted().compactMap { try? String(contentsOfFile: "\(box)/\($0)", encoding: .utf8) }
    }
}

/// `ehlo tap --plain` in the background, on a port that the system picks.
final class RunningTap {
    struct CannotStart: Error { let reason: String }

    let port: Int
    private let folder: Folder
    private let records: String
    private let child: Child
    private let names: [String]

    init(to target: Int, in folder: Folder, more: [String] = []) throws {
        self.folder = folder
        let tag = UInt32.random(in: 0 ... .max)
        records = folder.path("records-\(tag)")
        try FileManager.default.createDirectory(atPath: records, withIntermediateDirectories: true)
        names = ["in", "out", "err"].map { folder.path("tap-\($0)-\(tag)") }
        for name in names { try "".write(toFile: name, atomically: false, encoding: .utf8) }
        let arguments = [
            "tap", "--listen", "127.0.0.1:0", "--to", "127.0.0.1:\(target)", "--plain", "--record", records,
        ]
        // Where the certificate of an interception goes.
        child = try Child(
            "env",
            ["XDG_DATA_HOME=\(folder.path("data"))", Program.path] + arguments + more,
            files: names
        )
        var port: Int?
        let errors = names[2]
        let isUp = waits {
            let said = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
            guard let found = said.firstRange(of: "listening on 127.0.0.1:") else { return false }
            port = Int(said[found.upperBound...].prefix { $0.isNumber })
            return port != nil
        }
        guard isUp, let port else {
            throw CannotStart(reason: (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "")
        }
        self.port = port
    }

    deinit { child.send(signal: SIGTERM) }

    var output: String { (try? String(contentsOfFile: names[1], encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOfFile: names[2], encoding: .utf8)) ?? "" }
    var recordings: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: records)) ?? []).sorted().map { "\(records)/\($0)" }
    }
}

/// A server with STARTTLS and AUTH in forty lines of Python, which prints what it hears.
private final class TLSServer {
    struct CannotStart: Error { let reason: String }

    let port: Int
    let certificate: String
    private let child: Child
    private let names: [String]

    init(in folder: Folder) throws {
        certificate = folder.path("server.pem")
        let key = folder.path("server.key")
        try Self.certify(certificate, key, in: folder)
        let script = """
            import socket, ssl, sys
            listening = socket.create_server(("127.0.0.1", 0))
            print("port", listening.getsockname()[1], flush=True)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain("\(certificate)", "\(key)")
            while True:
                connection, _ = listening.accept()
                connection.sendall(b"220 mx.test.example ESMTP\\r\\n")
                stream = connection.makefile("rb")
                data = False
                while line := stream.readline():
                    print(line, flush=True)
                    verb = line[:4].upper()
                    if data:
                        data = line != b".\\r\\n"
                        if data: continue
                        reply = b"250 2.0.0 taken"
                    elif verb == b"EHLO":
                        offer = b"AUTH PLAIN" if isinstance(connection, ssl.SSLSocket) else b"STARTTLS"
                        reply = b"250-mx.test.example\\r\\n250 " + offer
                    elif verb == b"STAR":
                        connection.sendall(b"220 2.0.0 go\\r\\n")
                        connection = context.wrap_socket(connection, server_side=True)
                        stream = connection.makefile("rb")
                        continue
                    elif verb == b"AUTH": reply = b"235 2.7.0 ok"
                    elif verb == b"DATA": data, reply = True, b"354 go"
                    elif verb == b"QUIT": reply = b"221 2.0.0 bye"
                    else: reply = b"250 2.0.0 ok"
                    connection.sendall(reply + b"\\r\\n")
                    if verb == b"QUIT": break
                stream.close()
                connection.close()
            """
        names = ["in", "out", "err"].map { folder.path("server-\($0)") }
        for name in names { try "".write(toFile: name, atomically: false, encoding: .utf8) }
        child = try Child("python3", ["-c", script], files: names)
        var port: Int?
        let output = names[1]
        let isUp = waits {
            let said = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
            port = said.hasPrefix("port ") ? Int(said.dropFirst(5).prefix { $0.isNumber }) : nil
            return port != nil && said.contains("\n")
        }
        guard isUp, let port else {
            throw CannotStart(reason: (try? String(contentsOfFile: names[2], encoding: .utf8)) ?? "")
        }
        self.port = port
    }

    /// A certificate that nobody vouches for, and its key.
    private static func certify(_ certificate: String, _ key: String, in folder: Folder) throws {
        let made = try Program.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key,
                "-out", certificate,
            ],
            in: folder
        )
        guard made.status == 0 else { throw CannotStart(reason: made.errors) }
    }

    deinit { child.send(signal: SIGKILL) }

    /// What it heard.
    var said: String { (try? String(contentsOfFile: names[1], encoding: .utf8)) ?? "" }
}
