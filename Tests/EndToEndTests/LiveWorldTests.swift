import Foundation
import Testing

/// Live sessions with a name server and mail servers that nobody here wrote.
@Suite(.serialized)
struct LiveWorldTests {
    private static let hasNames = Program.has("nsd") && Program.has("smtp-sink")

    /// A domain of the Lab's name server, the exit status, and what must be on standard output or standard error.
    private static let cases: [(domain: String, status: Int32, says: [String])] = [
        ("equal.lab.example", 0, ["Client: QUIT"]),
        ("null.lab.example", 69, ["a null MX", "does not try again"]),
        ("implicit.lab.example", 0, ["connected to implicit.lab.example [127.0.0.1]"]),
        (
            "refuses.lab.example", 0,
            ["nobody.lab.example [127.0.0.9]", "the connection was refused", "connected to mx1.lab.example"]
        ),
        ("v6.lab.example", 2, ["six.lab.example [::1]", "keeps the mail in its queue"]),
        ("many.lab.example", 0, ["connected to mx1.lab.example", "a-rather-long-name-of-an-exchanger-300"]),
        ("nothing.lab.example", 2, ["has neither MX records nor an address"]),
        ("public.lab.example", 69, ["which is of a private network", "--allow-private"]),
        ("absent.lab.example", 2, ["the domain does not exist", "does not try again"]),
        ("broken.example", 69, ["SERVFAIL", "keeps the mail in its queue"]),
    ]

    @Test(.enabled(if: hasNames, "needs Debian's nsd and postfix"))
    func `every kind of domain is led where RFC 5321 §5.1 says`() throws {
        let folder = try Folder()
        let names = try LabServer("nsd.sh", in: folder)
        let sink = try LabServer("smtp_sink.sh", in: folder)
        #expect(!Self.cases.isEmpty)
        for (domain, status, says) in Self.cases {
            let run = try Program.ehlo(
                "live",
                "bob@\(domain)",
                "--dns",
                "127.0.0.1:\(names.port)",
                "--port",
                "\(sink.port)",
                "--plain",
                "--no-record",
                "--timeout",
                "20",
                in: folder
            )
            #expect(run.status == status, "\(domain): \(run.errors)")
            for words in says {
                #expect(run.output.contains(words) || run.errors.contains(words), "\(domain) does not say \(words)")
            }
        }
    }

    @Test(.enabled(if: hasNames, "needs Debian's nsd and postfix"))
    func `every exchanger is visited, and nobody gets mail data`() throws {
        let folder = try Folder()
        let names = try LabServer("nsd.sh", in: folder)
        let sink = try LabServer("smtp_sink.sh", in: folder)
        let run = try Program.ehlo(
            "live",
            "bob@refuses.lab.example",
            "--dns",
            "127.0.0.1:\(names.port)",
            "--port",
            "\(sink.port)",
            "--plain",
            "--no-record",
            "--every-mx",
            in: folder
        )
        #expect(run.status == 2, "\(run.errors)")
        #expect(!run.output.contains("Client: DATA"))
        // A sentence a host, in the order in which they were tried.
        let hosts = run.lines.filter { $0.contains(", TCP ") }
        #expect(hosts.count >= 2, "\(run.output)")
        #expect(hosts.first?.hasPrefix("nobody.lab.example [127.0.0.9]") == true)
        #expect(hosts.first?.contains("refused") == true)
        #expect(hosts.dropFirst().first?.hasPrefix("mx1.lab.example [127.0.0.1]") == true)
        #expect(hosts.dropFirst().first?.contains("RCPT 250") == true)
    }

    @Test(.enabled(if: Program.hasAiosmtpd, "needs python3-aiosmtpd"), arguments: [[], ["--pipeline"]])
    func `aiosmtpd takes a mail and its dots are right`(options: [String]) throws {
        let folder = try Folder()
        let maildir = folder.path("maildir")
        let server = try Aiosmtpd(maildir, in: folder)
        let body = try folder.write("Hello\n.one dot\n..two dots\n.\nend\n", to: "body.txt")
        let recording = folder.path("live.ehlo")
        let words =
            [
                "live", "bob@receiver.example", "--server", "127.0.0.1:\(server.port)", "--from", "ada@sender.example",
                "--body", body, "--plain", "--record", recording,
            ] + options
        var live = try Program.run(Program.path, words, in: folder)
        for _ in 0..<100 where live.status == 2 {
            // It may not listen yet.
            usleep(100_000)
            try FileManager.default.removeItem(atPath: recording)
            live = try Program.run(Program.path, words, in: folder)
        }
        #expect(live.status == 0, "\(live.errors)")
        let box = "\(maildir)/bob/new"
        let files = try FileManager.default.contentsOfDirectory(atPath: box)
        let mail = try String(contentsOfFile: "\(box)/\(try #require(files.first))", encoding: .utf8)
        #expect(mail.replacing("\r\n", with: "\n").hasSuffix("\n\nHello\n.one dot\n..two dots\n.\nend\n"), "\(mail)")
        let replayed = try Program.ehlo("replay", recording, "--plain", in: folder)
        #expect(replayed.output == live.output)
    }

    /// A recipient that a shell would make something of, were it not quoted.
    private static let recipient = "\"it's $HOME; `id` & |%s\"@receiver.example"

    @Test(
        .enabled(if: Program.has("tmux"), "needs tmux, and swaks, curl, openssl and telnet"),
        arguments: [
            ("swaks", []), ("curl", []), ("openssl", ["--persona", "postfix"]), ("telnet", []),
            ("swaks", ["--tls-on-connect"]), ("curl", ["--tls-on-connect"]), ("openssl", ["--tls-on-connect"]),
        ] as [(String, [String])]
    )
    func `a session copied as a command does the same again`(form: String, server: [String]) throws {
        let isThere = form == "swaks" && !server.isEmpty ? Program.swaksHasTLS : Program.has(form)
        guard isThere else { return print("skipped: \(form) is not installed, or not with TLS") }
        let folder = try Folder()
        let sandbox = try Sandbox(server, in: folder)
        let body = try folder.write("It's $HOME and `id`;\n.a dot\n\n\\n and %DATE\nend\n", to: "body.txt")
        let screen = try TmuxScreen(columns: 200, rows: 50)
        let recipients = try folder.write(Self.recipient + "\n", to: "recipients.txt")
        let tls = server.contains("--tls-on-connect") ? "--tls-on-connect" : ""
        try screen.start(
            "live --to @\(recipients) --server 127.0.0.1:\(sandbox.port) --from ada@sender.example --body \(body) --plain --no-record \(tls)"
        )
        let startTLS = server == ["--persona", "postfix"] ? ["STARTTLS", "EHLO"] : []
        for promise in ["connect to", "EHLO"] + startTLS + ["MAIL", "RCPT", "DATA", "send the mail", "QUIT"] {
            try #require(screen.shows("[Enter: \(promise)"), "\(screen.text)")
            try screen.press("Enter")
        }
        try #require(screen.shows("[at the end]"), "\(screen.text)")
        try screen.type("copy \(form)")
        try screen.press("Enter")
        try #require(waits { screen.text.contains("printf '%s\\") }, "\(screen.text)")
        // What the terminal wrapped is put together again.
        let lines = screen.lines.drop { !$0.hasPrefix("printf") && !$0.hasPrefix("(sleep 1") }
        let text = lines.prefix { !$0.hasPrefix("[at the end]") }.joined()
        // curl asks for a certificate that holds, which a sandbox has not.
        let command = tls.isEmpty ? text : text.replacing("| curl ", with: "| curl --insecure ")
        let run = try Program.run("bash", ["-c", command], in: folder)
        // telnet does not like it when the other side closes.
        #expect(run.status == 0 || form == "telnet", "\(text)\n\(run.output)\(run.errors)")
        #expect(waits { sandbox.mails == 2 }, "\(sandbox.output)")
        #expect(sandbox.output.components(separatedBy: "Client: RCPT TO:<\(Self.recipient)>").count == 3)
    }
}

extension Program {
    /// Whether Debian's python3-aiosmtpd is there.
    static let hasAiosmtpd: Bool = {
        guard has("python3"), let folder = try? Folder() else { return false }
        return (try? run("python3", ["-c", "import aiosmtpd"], in: folder).status) == 0
    }()
}

/// A server of the Lab that is started and stopped by its script.
private final class LabServer {
    struct CannotStart: Error { let reason: String }

    let port: Int
    private let script: String
    private let folder: Folder

    init(_ script: String, in folder: Folder) throws {
        self.script = script
        self.folder = folder
        var trouble = ""
        for _ in 1...5 {
            let port = Int.random(in: 20_000...30_000)
            let words = ["\(Program.tests)/Lab/\(script)", "start", folder.path(script), "\(port)"]
            let outcome = try Program.run("bash", words, in: folder)
            if outcome.status == 0 {
                self.port = port
                return
            }
            trouble = outcome.errors
        }
        throw CannotStart(reason: trouble)
    }

    deinit {
        _ = try? Program.run("bash", ["\(Program.tests)/Lab/\(script)", "stop", folder.path(script)], in: folder)
    }
}

/// Debian's aiosmtpd, with mailboxes.
private final class Aiosmtpd {
    let port = Int.random(in: 20_000...30_000)
    private let child: Child

    init(_ maildir: String, in folder: Folder) throws {
        let files = ["/dev/null", folder.path("aiosmtpd.out"), folder.path("aiosmtpd.err")]
        for file in files.dropFirst() { try "".write(toFile: file, atomically: false, encoding: .utf8) }
        child = try Child(
            "python3",
            ["\(Program.tests)/Lab/aiosmtpd_server.py", "\(port)", "--maildir", maildir],
            files: files
        )
    }

    deinit { child.send(signal: SIGTERM) }
}

/// The program's own sandbox server, as plain text.
private final class Sandbox {
    let port = Int.random(in: 20_000...30_000)
    private let child: Child
    private let file: String

    init(_ options: [String], in folder: Folder) throws {
        file = folder.path("sandbox.out")
        let files = ["/dev/null", file, folder.path("sandbox.err")]
        for file in files.dropFirst() { try "".write(toFile: file, atomically: false, encoding: .utf8) }
        child = try Child(Program.path, ["sandbox", "--port", "\(port)", "--plain"] + options, files: files)
        let port = port
        _ = waits { (try? Program.run("bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(port)"], in: folder).status) == 0 }
    }

    deinit { child.send(signal: SIGTERM) }

    var output: String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }
    /// How many mails it took whose lines were those of the first.
    var mails: Int { output.components(separatedBy: "Client: It's $HOME and `id`;\n").count - 1 }
}
