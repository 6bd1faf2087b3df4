import Foundation
import Testing

/// Where a password may not be seen while a session logs in, and where not afterwards: in no process's command line, no output, no
/// recording and no export.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct SecretTests {
    private static let password = "hunter2-CANARY"
    private static let formats = [
        "json", "txt", "ehlo", "md", "html", "svg", "cast", "worksheet", "swaks", "eml", "pcap",
    ]

    /// Where the password comes from.
    enum Origin: Sendable { case file, variable }

    struct Case: Sendable {
        let mechanism: String
        let origin: Origin
        let isInTLS: Bool
    }

    /// A server that takes its time for the answer to AUTH, so that there is time to look.
    private func server(_ row: Case, _ folder: Folder) throws -> PracticeSandbox {
        let persona = """
            title: Logins
            summary: Is slow to answer AUTH.
            explanation: For tests.
            extensions: [ENHANCEDSTATUSCODES, \(row.isInTLS ? "STARTTLS, " : "")AUTH \(row.mechanism)]
            users: {ada: \(Self.password)}
            delays: {AUTH: 1.5}
            """
        return try PracticeSandbox("--persona", try folder.write(persona, to: "slow.yaml"))
    }

    /// Starts the session as a person would: the password stands in a file, or in a variable that a script sets.
    private func start(_ row: Case, at port: String, _ folder: Folder) throws -> Child {
        let login: [String]
        var variable = ""
        switch row.origin {
        case .file: login = ["--auth-password-file", try folder.write(Self.password + "\n", to: "password")]
        case .variable:
            login = []
            variable = "export EHLO_PASSWORD='\(Self.password)'\n"
        }
        let words =
            [
                Program.path, "live", "bob@receiver.example", "--server", "127.0.0.1:\(port)", "--from",
                "ada@sender.example", "--plain", "--record", folder.path("live.ehlo"), "--auth-user", "ada", "--auth",
                row.mechanism,
            ] + login + (row.isInTLS ? ["--tls"] : ["--auth-force-clear"])
        let script = try folder.write(variable + "exec '" + words.joined(separator: "' '") + "'\n", to: "script")
        for name in ["out", "err"] { _ = try folder.write("", to: name) }
        return try Child("sh", [script], files: ["/dev/null", folder.path("out"), folder.path("err")])
    }

    /// The command lines of all processes, with NUL between the words.
    private func commandLines() -> [[UInt8]] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.filter { Int($0) != nil }.compactMap { id in
            // A process may end meanwhile.
            FileManager.default.contents(atPath: "/proc/\(id)/cmdline").map { Array($0) }
        }
    }

    private func expectNoSecret(in octets: some Collection<UInt8>, _ place: String) {
        let data = Data(octets)
        for disguise in disguises(of: Self.password) {
            #expect(data.range(of: Data(disguise.utf8)) == nil, "\(place) holds \(disguise)")
        }
    }

    @Test(arguments: [
        Case(mechanism: "PLAIN", origin: .file, isInTLS: true),
        Case(mechanism: "PLAIN", origin: .variable, isInTLS: false),
        Case(mechanism: "LOGIN", origin: .file, isInTLS: false),
        Case(mechanism: "LOGIN", origin: .variable, isInTLS: true),
        Case(mechanism: "CRAM-MD5", origin: .variable, isInTLS: false),
        Case(mechanism: "SCRAM-SHA-256", origin: .file, isInTLS: false),
        Case(mechanism: "XOAUTH2", origin: .file, isInTLS: false),
    ])
    func `a password is nowhere to be seen`(row: Case) throws {
        let folder = try Folder()
        let server = try server(row, folder)
        let live = try start(row, at: server.port, folder)
        // The client has said AUTH and waits.
        let hasAsked = try waits {
            try FileManager.default.fileExists(atPath: folder.path("live.ehlo"))
                && folder.text("live.ehlo").contains("AUTH \(row.mechanism)\(row.mechanism == "LOGIN" ? "\\r" : "")")
        }
        #expect(hasAsked)
        let lines = commandLines()
        let own = Data(folder.path("live.ehlo").utf8)
        #expect(lines.contains { Data($0).range(of: own) != nil }, "the session's own process was looked at")
        for line in lines { expectNoSecret(in: line, "a command line") }

        let status = live.waits()
        let errors = try folder.text("err")
        #expect(status == 0, "\(errors)")
        #expect(server.child.waits() == 0)
        let shown = try folder.text("out")
        #expect(shown.contains("Server: 235 "))
        for name in ["out", "err", "live.ehlo"] { expectNoSecret(in: try folder.text(name).utf8, name) }
        expectNoSecret(in: try server.folder.text("out").utf8, "what the sandbox shows")
        for format in Self.formats {
            let path = folder.path("export.\(format)")
            let target = format == "worksheet" ? path + ".html" : path
            let outcome = try Program.ehlo(
                "export",
                folder.path("live.ehlo"),
                "--format",
                format,
                "--output",
                target,
                in: folder
            )
            #expect(outcome.status == 0, "\(format): \(outcome.errors)")
            let octets = try #require(FileManager.default.contents(atPath: target), "\(format)")
            #expect(!octets.isEmpty)
            expectNoSecret(in: octets, format)
        }
    }

    @Test func `the search finds what it searches for`() throws {
        let files = Array(repeating: "/dev/null", count: 3)
        let script = try Child("sh", ["-c", "while :; do sleep 1; done", "not-a-secret-of-\(getpid())"], files: files)
        defer { script.send(signal: SIGKILL) }
        let wanted = Data("not-a-secret-of-\(getpid())".utf8)
        #expect(waits { commandLines().contains { Data($0).range(of: wanted) != nil } })
        let coded = Data("\0ada\0\(Self.password)".utf8).base64EncodedString()
        #expect(disguises(of: Self.password).contains { coded.contains($0) })
    }
}
