import Foundation
import Testing

/// Live sessions with the TLS of `openssl s_server`, and with certificates that `openssl` made: good ones and others.
@Suite(
    .serialized,
    .timeLimit(.minutes(15)),
    .enabled(if: Program.has("openssl") && Program.has("python3"), "needs openssl and python3")
)
struct CertificateTests {
    /// What is wrong with a certificate, and what has to be said of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// Whether it is for the server and trusted, once its authority is.
        let isGood: Bool
        /// What the trace says, with the authority trusted.
        let says: [String]
        /// What it must not say.
        var keepsQuiet: [String] = []
        var testDescription: String { name }
    }

    private static let cases = [
        Case(
            name: "good",
            isGood: true,
            says: ["the certificate is for localhost: DNS:localhost fits", "trusted by this system"],
            keepsQuiet: ["not trusted", "certificate-", ": expired", "not valid yet"]
        ),
        Case(
            name: "expired",
            isGood: false,
            says: [
                "Z: expired\n", "certificate-outside-validity", "DNS:localhost fits",
                "not trusted by this system: certificate has expired",
            ]
        ),
        Case(
            name: "early",
            isGood: false,
            says: [
                "Z: not yet valid\n", "certificate-outside-validity", "DNS:localhost fits",
                "not trusted by this system: certificate is not yet valid",
            ]
        ),
        Case(
            name: "no-names",
            isGood: false,
            says: [
                "CN=localhost", "no name of the certificate fits localhost: it has none but its subject",
                "certificate-for-another-name", "trusted by this system",
            ],
            keepsQuiet: ["not trusted", " fits\n"]
        ),
        Case(
            name: "other",
            isGood: false,
            says: [
                "for DNS:mx.receiver.example", "no name of the certificate fits localhost\n",
                "certificate-for-another-name", "trusted by this system",
            ],
            keepsQuiet: ["not trusted"]
        ),
        Case(
            name: "self-signed",
            isGood: false,
            says: ["issued by itself", "DNS:localhost fits", "not trusted by this system: self-signed certificate\n"]
        ),
        Case(
            name: "large",
            isGood: true,
            says: ["and 89 more", "the certificate is for localhost: DNS:localhost fits", "trusted by this system"],
            keepsQuiet: ["not trusted", "CN=localhost fits"]
        ),
    ]

    private func live(_ server: TLSServer, _ folder: Folder, _ more: [String]) throws -> Program.Outcome {
        let arguments =
            [
                "live", "bob@receiver.example", "--server", "localhost:\(server.port)", "-4", "--from",
                "ada@sender.example", "--plain", "--record", folder.path("live.ehlo"),
            ] + more
        return try Program.run(Program.path, arguments, in: folder)
    }

    @Test(arguments: cases)
    func `a certificate is judged aright, and the mail goes on all the same`(row: Case) throws {
        let server = try TLSServer(certificate: row.name)
        let folder = try Folder()
        let outcome = try live(server, folder, ["--tls-ca-path", server.authority])
        #expect(outcome.status == 0, "\(outcome.errors)")
        for words in row.says { #expect(outcome.output.contains(words), "\(words)\n\(outcome.output)") }
        for words in row.keepsQuiet { #expect(!outcome.output.contains(words), "\(words)\n\(outcome.output)") }
        #expect(server.mails == ["tls-1"])
        let replayed = try Program.ehlo("replay", folder.path("live.ehlo"), "--plain", in: folder)
        #expect(replayed.output == outcome.output, "a recording tells the same as the session it is of")
    }

    @Test(arguments: cases)
    func `who must verify goes on with a good one alone`(row: Case) throws {
        let server = try TLSServer(certificate: row.name)
        let outcome = try live(server, Folder(), ["--tls-ca-path", server.authority, "--tls-verify"])
        #expect(outcome.status == (row.isGood ? 0 : 29), "\(outcome.errors)")
        #expect(outcome.output.contains("Client: MAIL") == row.isGood)
        #expect(server.mails == (row.isGood ? ["tls-1"] : []))
        for words in row.says { #expect(outcome.output.contains(words), "\(words)\n\(outcome.output)") }
    }

    @Test func `an authority nobody knows is not trusted`() throws {
        let server = try TLSServer(certificate: "good")
        let outcome = try live(server, Folder(), [])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("not trusted by this system: unable to get local issuer certificate"))
        #expect(server.mails == ["tls-1"])
        let verified = try live(server, Folder(), ["--tls-verify"])
        #expect(verified.status == 29, "\(verified.errors)")
    }

    @Test(arguments: ["1.0", "1.1"])
    func `a server with old TLS alone gets the mail in the clear, or in old TLS`(version: String) throws {
        let option = version == "1.0" ? "-tls1" : "-tls1_1"
        let server = try TLSServer(certificate: "good", option, "-cipher", "ALL:@SECLEVEL=0")
        let inClear = try live(server, Folder(), [])
        #expect(inClear.status == 0, "\(inClear.errors)")
        #expect(inClear.output.contains("TLS was tried and failed, and is not required here"))
        #expect(inClear.output.components(separatedBy: "connecting to localhost").count == 3, "\(inClear.output)")
        #expect(server.mails == ["clear-1"])

        let required = try live(server, Folder(), ["--tls"])
        #expect(required.status == 29, "\(required.errors)")
        #expect(!required.output.contains("Client: MAIL"))
        #expect(server.mails == ["clear-1"])

        let old = try live(server, Folder(), ["--tls", "--tls-min", version])
        #expect(old.status == 0, "\(old.errors)")
        #expect(old.output.contains("TLS \(version), TLS_"))
        #expect(old.output.contains("old-tls-version"))
        #expect(server.mails == ["clear-1", "tls-1"])
    }

    @Test func `no cipher suite in common is no reason to say a password in the clear`() throws {
        let server = try TLSServer(certificate: "good", "-tls1_2", "-cipher", "NULL:@SECLEVEL=0")
        let folder = try Folder()
        let password = try folder.write("hunter2-CANARY", to: "password")
        let login = ["--auth-user", "ada", "--auth-password-file", password, "--auth-force-clear"]
        let outcome = try live(server, folder, login)
        #expect(outcome.status == 29, "\(outcome.errors)")
        #expect(!outcome.output.contains("Client: AUTH"))
        #expect(outcome.output.contains("handshake_failure") || outcome.output.contains("handshake failure"))
        #expect(server.mails == [])
    }
}

/// A mail server whose TLS is `openssl s_server`.
private final class TLSServer {
    /// Certificates for all tests of this run.
    private static let certificates: Result<Folder, any Error> = Result {
        let folder = try Folder()
        try FileManager.default.createDirectory(atPath: folder.path("all"), withIntermediateDirectories: true)
        let script = "\(Program.tests)/Lab/certificates.sh"
        let outcome = try Program.run("bash", [script, folder.path("all")], in: folder)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return folder
    }

    let port: Int
    let authority: String
    private let folder: Folder
    private let process: Child

    init(certificate: String, _ options: String...) throws {
        let folder = try Folder()
        self.folder = folder
        let all = try Self.certificates.get()
        authority = all.path("all/authority.pem")
        try FileManager.default.createDirectory(atPath: folder.path("mails"), withIntermediateDirectories: true)
        let (out, log) = (try folder.write("", to: "out"), try folder.write("", to: "log"))
        process = try Child(
            "python3",
            ["\(Program.tests)/Lab/s_server.py", folder.path("mails")]
                + ["-cert", all.path("all/\(certificate).pem"), "-key", all.path("all/\(certificate).key")] + options,
            files: ["/dev/null", out, log]
        )
        let isThere = try waits {
            if try folder.text("log").contains("s_server does not start") { return true }
            return try folder.text("out").hasSuffix("\n")
        }
        try #require(isThere, "\((try? folder.text("log")) ?? "")")
        port = try #require(Int(try folder.text("out").dropLast()))
    }

    deinit {
        process.send(signal: SIGTERM)
        process.waits()
    }

    /// The names of the mails that came, each of which tells how it came.
    var mails: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path("mails"))) ?? []
        return names.filter { $0 != "s_server" }.sorted()
    }
}
