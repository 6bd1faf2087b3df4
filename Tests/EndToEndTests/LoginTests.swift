import Foundation
import Testing

/// TLS and logins with a server that nobody here wrote: Python's aiosmtpd, with the mechanisms it lacks in Python too.
@Suite(.serialized, .enabled(if: AIOServer.isThere, "needs python3 with aiosmtpd, and openssl"))
struct LoginTests {
    private static let password = "hunter2-CANARY"

    private func live(_ server: AIOServer, _ folder: Folder, _ more: String...) throws -> Program.Outcome {
        let file = try folder.write(Self.password + "\n", to: "password")
        let arguments =
            [
                "live", "bob@receiver.example", "--server", "localhost:\(server.port)", "-4", "--from",
                "ada@sender.example", "--auth-user", "ada", "--auth-password-file", file, "--plain", "--record",
                folder.path("live.ehlo"),
            ] + more
        return try Program.run(Program.path, arguments, in: folder)
    }

    /// No file of the session may hold the password: raw, in hexadecimal, or in Base64 wherever it begins.
    private func expectNoPassword(in texts: [String]) throws {
        let octets = Array(Self.password.utf8)
        let hex = octets.map { String(format: "%02x", $0) }.joined()
        var disguises = [Self.password, hex]
        for before in 0..<3 {
            let coded = Data([UInt8](repeating: 0, count: before) + octets).base64EncodedString()
            disguises.append(String(coded.dropFirst(before == 0 ? 0 : 4).dropLast(4)))
        }
        for text in texts {
            #expect(!text.isEmpty)
            for disguise in disguises { #expect(!text.contains(disguise), "\(disguise)") }
        }
    }

    @Test(
        arguments: ["SCRAM-SHA-256", "CRAM-MD5", "PLAIN", "LOGIN"],
        ["1.2", "1.3"]
    )
    func `a login goes well in TLS and leaves no password behind`(mechanism: String, version: String) throws {
        let server = try AIOServer("--starttls", "--tls-max", version, "--auth", "ada", password: Self.password)
        let folder = try Folder()
        let outcome = try live(server, folder, "--auth", mechanism)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("Client: AUTH \(mechanism)"))
        #expect(outcome.output.contains("Server: 235 "))
        #expect(outcome.output.contains("TLS \(version), TLS_"))
        #expect(server.mails(of: "bob").count == 1)
        let recording = try folder.text("live.ehlo")
        let replayed = try Program.ehlo("replay", folder.path("live.ehlo"), "--plain", in: folder)
        #expect(replayed.output == outcome.output, "a recording tells the same as the session it is of")
        let exports = try ["json", "txt", "md"].map {
            try Program.ehlo("export", folder.path("live.ehlo"), "--format", $0, in: folder).output
        }
        try expectNoPassword(in: [outcome.output, recording, replayed.output] + exports)
    }

    @Test func `the strongest mechanism is taken when nobody says which`() throws {
        let server = try AIOServer("--starttls", "--auth", "ada", password: Self.password)
        let outcome = try live(server, Folder())
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("Client: AUTH SCRAM-SHA-256 ********"))
    }

    @Test func `a wrong password is number 28`() throws {
        let server = try AIOServer("--starttls", "--auth", "ada", password: "another one")
        let outcome = try live(server, Folder())
        #expect(outcome.status == 28, "\(outcome.errors)")
        #expect(server.mails(of: "bob").isEmpty)
    }

    @Test(arguments: ["wrong-signature", "no-signature"])
    func `a server that does not know the password is left`(fault: String) throws {
        let server = try AIOServer("--starttls", "--auth", "ada", "--auth-fault", fault, password: Self.password)
        let outcome = try live(server, Folder(), "--auth", "scram-sha-256")
        #expect(outcome.status == 28, "\(outcome.errors)")
        #expect(server.mails(of: "bob").isEmpty)
    }

    @Test func `a password stays here without TLS, unless that is meant`() throws {
        let server = try AIOServer("--auth-in-clear", "--auth", "ada", password: Self.password)
        let kept = try live(server, Folder())
        #expect(kept.status == 28)
        #expect(!kept.output.contains("Client: AUTH"))
        let forced = try live(server, Folder(), "--auth-force-clear", "--auth", "plain")
        #expect(forced.status == 0, "\(forced.errors)")
        #expect(forced.output.contains("credential-in-clear"))
        try expectNoPassword(in: [forced.output])
    }

    @Test func `secrets are shown to who asks for them`() throws {
        let server = try AIOServer("--starttls", "--auth", "ada", password: Self.password)
        let folder = try Folder()
        let outcome = try live(server, folder, "--auth", "plain", "--show-secrets")
        let response = Data("\0ada\0\(Self.password)".utf8).base64EncodedString()
        #expect(outcome.output.contains("Client: AUTH PLAIN \(response)"))
        #expect(try folder.text("live.ehlo").contains(response))
    }

    @Test func `a submission is step 1, and wants a certificate that can be verified`() throws {
        let server = try AIOServer("--starttls", "--auth", "ada", password: Self.password)
        let folder = try Folder()
        let file = try folder.write(Self.password, to: "password")
        let words = [
            "live", "bob@receiver.example", "--submit", "127.0.0.1:\(server.port)", "--from", "ada@sender.example",
            "--auth-user", "ada", "--auth-password-file", file, "--plain", "--no-record",
        ]
        let refused = try Program.run(Program.path, words, in: folder)
        #expect(refused.status == 29, "\(refused.errors)")
        #expect(!refused.output.contains("Client: AUTH"))
        let trusted = words + ["--tls-ca-path", server.certificate, "--tls-sni", "mx.receiver.example"]
        let outcome = try Program.run(Program.path, trusted, in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("trusted by this system"))
        #expect(outcome.output.contains("out of sight"))
        #expect(!outcome.output.contains("Step 5"))
        #expect(server.mails(of: "bob").count == 1)
    }

    @Test func `TLS from the first octet comes under step 3`() throws {
        let server = try AIOServer("--tls-on-connect", "--auth", "ada", password: Self.password)
        let outcome = try live(server, Folder(), "--tls-on-connect")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let handshake = try #require(outcome.output.range(of: "Step 3a. Client and server agree on TLS."))
        let greeting = try #require(outcome.output.range(of: "Step 4"))
        #expect(handshake.lowerBound < greeting.lowerBound)
    }
}

/// An aiosmtpd of a test's own, on a port that is free.
private final class AIOServer {
    static let isThere: Bool = {
        guard Program.has("python3"), Program.has("openssl"), let folder = try? Folder() else { return false }
        return (try? Program.run("python3", ["-c", "import aiosmtpd"], in: folder).status) == 0
    }()

    let port: Int
    let certificate: String
    private let folder: Folder
    private let process: Child

    init(_ arguments: String..., password: String) throws {
        let folder = try Folder()
        self.folder = folder
        certificate = folder.path("cert.pem")
        _ = try Program.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder.path("key.pem"), "-out", certificate,
                "-days", "3", "-subj", "/CN=mx.receiver.example", "-addext", "subjectAltName=DNS:mx.receiver.example",
            ],
            in: folder
        )
        let options = ["--maildir", folder.path("mail"), "--certificate", certificate, "--key", folder.path("key.pem")]
        // It wants to be told its port, and one that is free now may be taken in a moment.
        var started: (port: Int, process: Child)?
        for _ in 0..<6 where started == nil {
            started = try Self.start(options + arguments, password, in: folder)
        }
        (port, process) = try #require(started, "\((try? folder.text("log")) ?? "")")
    }

    /// Nil when it does not come up on the port that was chosen for it.
    private static func start(_ options: [String], _ password: String, in folder: Folder) throws
        -> (port: Int, process: Child)?
    {
        let port = Int.random(in: 20_001...29_999)
        let words =
            ["LAB_PASSWORD=\(password)", "python3", "\(Program.tests)/Lab/aiosmtpd_server.py", "\(port)"] + options
        let log = try folder.write("", to: "log")
        let process = try Child("env", words, files: ["/dev/null", log, log])
        let isOver = try waits {
            if try folder.text("log").contains("Traceback") { return true }
            return try Program.run("bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(port)"], in: folder).status == 0
        }
        let hasFailed = try folder.text("log").contains("Traceback")
        return isOver && !hasFailed ? (port, process) : nil
    }

    /// The mails in somebody's mailbox.
    func mails(of name: String) -> [String] {
        let box = folder.path("mail/\(name)/new")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: box)) ?? []
        return files.compactMap { try? String(contentsOfFile: "\(box)/\($0)", encoding: .utf8) }
    }
}
