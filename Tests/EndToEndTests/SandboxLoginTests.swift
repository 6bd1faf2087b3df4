import Foundation
import Testing

/// Logins at the server of `ehlo sandbox`: by clients that nobody here wrote, and by our own.
@Suite(.timeLimit(.minutes(15)))
struct SandboxLoginTests {
    private static let password = "lovelace-CANARY"
    private static let token = "ya29.CANARY-token"
    private static let mail = "From: <ada@sender.example>\nSubject: Hello\n\nHello\n"

    private func sandbox(_ folder: Folder) throws -> PracticeSandbox {
        let persona = """
            title: Logins
            summary: Offers all mechanisms there are.
            explanation: For tests.
            extensions: [STARTTLS, ENHANCEDSTATUSCODES, AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256 XOAUTH2]
            requires: [auth]
            users: {ada: \(Self.password)}
            """
        let file = try folder.write(persona, to: "logins.yaml")
        return try PracticeSandbox("--persona", file, "--record", folder.path("recordings"))
    }

    /// The mail came after a login, and what was shown and recorded does not tell the secret.
    private func expectLogin(at server: PracticeSandbox, _ folder: Folder, _ mechanism: String) throws {
        let mails = try server.mails()
        #expect(mails.count == 1 && mails.first?.contains("A id ") == true, "with ESMTPA or ESMTPSA: \(mails)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("recordings"))
        #expect(names.count == 1)
        let shown = try server.folder.text("out")
        #expect(shown.contains("Client: AUTH \(mechanism)"))
        #expect(shown.contains("Server: 235 2.7.0"))
        for text in try [shown] + names.map({ try folder.text("recordings/\($0)") }) {
            for secret in [Self.password, Self.token] {
                #expect(disguises(of: secret).allSatisfy { !text.contains($0) }, "\(text)")
            }
        }
    }

    @Test(.enabled(if: Program.has("swaks"), "needs swaks"), arguments: ["PLAIN", "LOGIN", "CRAM-MD5"])
    func `swaks logs in`(mechanism: String) throws {
        let folder = try Folder()
        let server = try sandbox(folder)
        let arguments = [
            "--server", "127.0.0.1:\(server.port)", "--from", "ada@sender.example", "--to", "bob@receiver.example",
            "--auth", mechanism, "--auth-user", "ada", "--auth-password", Self.password,
        ]
        let outcome = try Program.run("swaks", arguments, in: folder)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        try expectLogin(at: server, folder, mechanism)
    }

    @Test(.enabled(if: Program.has("curl"), "needs curl"), arguments: ["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2"])
    func `curl logs in`(mechanism: String) throws {
        let folder = try Folder()
        let server = try sandbox(folder)
        let file = try folder.write(Self.mail, to: "mail")
        let arguments = [
            "--silent", "--show-error", "--crlf", "--mail-from", "ada@sender.example", "--mail-rcpt",
            "bob@receiver.example", "--upload-file", file, "--login-options", "AUTH=\(mechanism)",
            "smtp://127.0.0.1:\(server.port)/client.example",
        ]
        let login =
            mechanism == "XOAUTH2"
            ? ["--user", "ada:", "--oauth2-bearer", Self.token] : ["--user", "ada:\(Self.password)"]
        let outcome = try Program.run("curl", arguments + login, in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        try expectLogin(at: server, folder, mechanism)
    }

    @Test(.enabled(if: MSMTP.knowsSCRAM, "needs an msmtp with SCRAM-SHA-256"))
    func `msmtp logs in with SCRAM-SHA-256`() throws {
        let folder = try Folder()
        let server = try sandbox(folder)
        let arguments = [
            "--host=127.0.0.1", "--port=\(server.port)", "--from=ada@sender.example", "--tls=off",
            "--auth=scram-sha-256", "--user=ada", "--passwordeval=echo \(Self.password)", "--domain=client.example",
            "bob@receiver.example",
        ]
        let outcome = try Program.run("msmtp", arguments, input: Self.mail, in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        try expectLogin(at: server, folder, "SCRAM-SHA-256")
    }

    @Test(arguments: ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "XOAUTH2"])
    func `our own client logs in`(mechanism: String) throws {
        let folder = try Folder()
        let server = try sandbox(folder)
        let file = try folder.write(mechanism == "XOAUTH2" ? Self.token : Self.password, to: "password")
        let arguments = [
            "live", "bob@receiver.example", "--server", "127.0.0.1:\(server.port)", "--from", "ada@sender.example",
            "--auth", mechanism, "--auth-user", "ada", "--auth-password-file", file, "--plain", "--no-record",
        ]
        let outcome = try Program.run(Program.path, arguments, in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        try expectLogin(at: server, folder, mechanism)
    }

    @Test(arguments: ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"])
    func `a wrong password is refused, and not shown either`(mechanism: String) throws {
        let folder = try Folder()
        let server = try sandbox(folder)
        let file = try folder.write("wrong-CANARY", to: "password")
        let arguments = [
            "live", "bob@receiver.example", "--server", "127.0.0.1:\(server.port)", "--from", "ada@sender.example",
            "--auth", mechanism, "--auth-user", "ada", "--auth-password-file", file, "--plain", "--no-record",
        ]
        let outcome = try Program.run(Program.path, arguments, in: folder)
        #expect(outcome.status == 28, "\(outcome.errors)")
        #expect(server.child.waits() == 0)
        let shown = try server.folder.text("out")
        #expect(shown.contains("Server: 535 5.7.8"))
        for text in [shown, outcome.output, outcome.errors] {
            #expect(disguises(of: "wrong-CANARY").allSatisfy { !text.contains($0) })
        }
    }
}

/// How a secret may look in a text: as it is, in hexadecimal, and what of it is always the same in Base64, whatever stands before
/// it.
func disguises(of secret: String) -> [String] {
    let octets = Array(secret.utf8)
    let hexadecimal = octets.map { String(format: "%02x", $0) }.joined()
    return [secret, hexadecimal]
        + (0..<3).map { before in
            let coded = Data([UInt8](repeating: 0, count: before) + octets).base64EncodedString()
            // The first group and the last hold octets of their neighbours.
            return String(coded.dropFirst(before == 0 ? 0 : 4).dropLast(4))
        }
}

/// What Debian's msmtp can do.
private enum MSMTP {
    static let knowsSCRAM: Bool = {
        guard Program.has("msmtp"), let folder = try? Folder() else { return false }
        let version = try? Program.run("msmtp", ["--version"], in: folder).output
        return version?.lowercased().contains("scram-sha-256") == true
    }()
}
