import Foundation
import Testing

/// Mail programs that nobody here wrote deliver to `ehlo sandbox`.
@Suite(.timeLimit(.minutes(15)))
struct SandboxClientTests {
    private static let mail =
        "From: <ada@sender.example>\nTo: <bob@receiver.example>\nSubject: Dots\n\nHello\n.one dot\n..two dots\n.\nend\n"

    /// One mail came, octet for octet, but for header fields that a client may add.
    private func expectDelivered(_ server: PracticeSandbox) throws {
        let mails = try server.mails()
        #expect(mails.count == 1)
        let mail = try #require(mails.first)
        #expect(mail.hasPrefix("Return-Path: <ada@sender.example>\r\nReceived: from "))
        #expect(mail.hasSuffix("\r\n\r\nHello\r\n.one dot\r\n..two dots\r\n.\r\nend\r\n"), "\(mail)")
        #expect(mail.contains("\r\nSubject: Dots\r\n"))
    }

    @Test(
        .enabled(if: Program.has("swaks"), "needs swaks"),
        arguments: [[], ["--pipeline"]] + (Program.swaksHasTLS ? [["--tls"]] : [])
    )
    func `swaks delivers`(options: [String]) throws {
        let server = try PracticeSandbox("--persona", options == ["--tls"] ? "postfix" : "rfc5321")
        // swaks ends the last line itself.
        let file = try server.folder.write(String(Self.mail.dropLast()), to: "mail")
        let arguments = [
            "--server", "127.0.0.1:\(server.port)", "--from", "ada@sender.example", "--to", "bob@receiver.example",
        ]
        let outcome = try Program.run("swaks", arguments + ["--data", "@\(file)"] + options, in: server.folder)
        // Where the client failed there is no mail to wait for.
        try #require(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        try expectDelivered(server)
    }

    @Test(.enabled(if: Program.has("msmtp"), "needs msmtp")) func `msmtp delivers`() throws {
        let server = try PracticeSandbox()
        let arguments = [
            "--host=127.0.0.1", "--port=\(server.port)", "--from=ada@sender.example", "--tls=off", "--auth=off",
            "--domain=client.example",
            "bob@receiver.example",
        ]
        let outcome = try Program.run("msmtp", arguments, input: Self.mail, in: server.folder)
        try #require(outcome.status == 0, "\(outcome.errors)")
        try expectDelivered(server)
    }

    @Test(.enabled(if: Program.has("curl"), "needs curl")) func `curl delivers`() throws {
        let server = try PracticeSandbox()
        let file = try server.folder.write(Self.mail, to: "mail")
        let arguments = [
            "--silent", "--show-error", "--crlf", "--mail-from", "ada@sender.example", "--mail-rcpt",
            "bob@receiver.example",
            "--upload-file", file, "smtp://127.0.0.1:\(server.port)/client.example",
        ]
        let outcome = try Program.run("curl", arguments, in: server.folder)
        try #require(outcome.status == 0, "\(outcome.errors)")
        try expectDelivered(server)
    }

    @Test(.enabled(if: Program.has("smtp-source"), "needs Postfix's smtp-source"))
    func `smtp-source delivers twenty mails over four connections at a time`() throws {
        let server = try PracticeSandbox(count: 20)
        let arguments = [
            "-s", "4", "-m", "20", "-f", "ada@sender.example", "-t", "bob@receiver.example", "127.0.0.1:\(server.port)",
        ]
        let outcome = try Program.run("smtp-source", arguments, in: server.folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let mails = try server.mails()
        #expect(mails.count == 20)
        #expect(mails.allSatisfy { $0.hasPrefix("Return-Path: <ada@sender.example>\r\n") })
    }

    @Test(
        .enabled(if: Program.has("curl"), "needs curl"),
        arguments: ["curl"] + (Program.swaksHasTLS ? ["swaks"] : [])
    )
    func `a client set up for port 465 delivers inside TLS`(client: String) throws {
        let server = try PracticeSandbox("--tls-on-connect")
        let file = try server.folder.write(client == "swaks" ? String(Self.mail.dropLast()) : Self.mail, to: "mail")
        let arguments =
            client == "swaks"
            ? [
                "--tls-on-connect", "--server", "127.0.0.1:\(server.port)", "--from", "ada@sender.example", "--to",
                "bob@receiver.example", "--data", "@\(file)",
            ]
            : [
                "--silent", "--show-error", "--insecure", "--crlf", "--mail-from", "ada@sender.example", "--mail-rcpt",
                "bob@receiver.example", "--upload-file", file, "smtps://127.0.0.1:\(server.port)/client.example",
            ]
        let outcome = try Program.run(client, arguments, in: server.folder)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        try expectDelivered(server)
        let shown = try server.folder.text("out")
        #expect(shown.contains("TLS 1.3") && shown.contains("with ESMTPS"), "\(shown)")
        // There is no way into TLS for who is inside.
        #expect(!shown.contains("250-STARTTLS") && !shown.contains("250 STARTTLS"))
    }

    @Test(.enabled(if: Program.has("swaks"), "needs swaks"))
    func `a server for port 465 says nothing in the clear`() throws {
        let server = try PracticeSandbox("--tls-on-connect")
        let arguments = ["--server", "127.0.0.1:\(server.port)", "--to", "bob@receiver.example", "--timeout", "1"]
        let outcome = try Program.run("swaks", arguments, in: server.folder)
        #expect(outcome.status != 0)
        #expect(try server.mails() == [])
        let shown = try server.folder.text("out")
        #expect(!shown.contains("Server: 220"))
        // What it said at last, where a handshake should be.
        #expect(shown.contains("Client: QUIT") && shown.contains("is no TLS"), "\(shown)")
    }

    @Test func `two personas side by side, differences marked`() throws {
        let outcome = try Program.ehlo(
            "sandbox",
            "--persona",
            "mailbox-full",
            "--compare",
            "lmtp",
            "--to",
            "full@receiver.example",
            in: Folder()
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.lines
        #expect(
            lines.contains {
                $0.hasPrefix("  C: RCPT TO:<full@receiver.example>")
                    && $0.hasSuffix("| C: RCPT TO:<full@receiver.example>")
            }
        )
        #expect(
            lines.contains {
                $0.hasPrefix("* S: 452 4.2.2 The mailbox is full, try again later")
                    && $0.hasSuffix("| S: 250 2.1.5 Recipient OK")
            }
        )
        #expect(lines.contains { $0.hasPrefix("> ") && $0.hasSuffix("| S: 452 4.2.2 The mailbox is full") })
        #expect(
            outcome.output.contains("lmtp: The mail was deferred at step 13")
        )
        let same = try Program.ehlo("sandbox", "--persona", "dsn", "--compare", "dsn", in: Folder())
        #expect(same.output.hasSuffix("No differences but names and ids.\n"))
    }
}

/// A `ehlo sandbox` that ends after some conversations.
struct PracticeSandbox {
    let folder: Folder
    let child: Child
    let port: String

    init(_ arguments: String..., count: Int = 1) throws {
        folder = try Folder()
        let folder = folder
        let names = ["in", "out", "err"].map { folder.path($0) }
        for name in names { try "".write(toFile: name, atomically: false, encoding: .utf8) }
        child = try Child(
            Program.path,
            ["sandbox", "--plain", "--port", "0", "--count", "\(count)", "--eml", folder.path("eml")] + arguments,
            files: names
        )
        var said = ""
        _ = try waits {
            said = try folder.text("err"); return said.contains("listens on 127.0.0.1:")
        }
        port = try String(#require(said.firstMatch(of: /127\.0\.0\.1:([0-9]+)/), "\(said)").output.1)
    }

    /// Waits for the end; the mails, in the order they came.
    func mails() throws -> [String] {
        #expect(child.waits() == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("eml")).sorted()
        return try names.map { try folder.text("eml/\($0)") }
    }
}
