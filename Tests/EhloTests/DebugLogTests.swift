import Foundation
import Testing

/// The debug log tells of states, limits and ignored events, and never of a password.
@Suite struct DebugLogTests {
    private static func log(_ arguments: [String], in folder: String) throws -> (text: String, run: Program.Run) {
        let path = "\(folder)/debug.log"
        let run = try Program.run(
            arguments + ["--plain", "--debug-log", path],
            environment: ["XDG_DATA_HOME": "\(folder)/data", "XDG_STATE_HOME": "\(folder)/state"]
        )
        return (try String(contentsOfFile: path, encoding: .utf8), run)
    }

    /// Both ends of a login write one: the server of the sandbox, and the client that logs in.
    @Test(arguments: ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"])
    func `a login is in the debug log without its password`(mechanism: String) throws {
        try Program.withFolder { folder in
            try "lovelace\n".write(toFile: "\(folder)/password", atomically: false, encoding: .utf8)
            let run = try Program.shell(
                """
                cd \(folder)
                $E sandbox --persona auth-required --port 0 --plain --once --debug-log server.log >shown 2>told &
                for try in $(seq 600); do
                    port=$(sed -n 's/.*listens on [^:]*:\\([0-9]*\\).*/\\1/p' told)
                    [ -n "$port" ] && break
                    sleep 0.1
                done
                $E live bob@receiver.example --server 127.0.0.1:$port --auth \(mechanism) --auth-user ada --no-record \\
                    --auth-password-file password --auth-force-clear --plain --debug-log client.log >said
                status=$?
                wait
                exit $status
                """
            )
            #expect(run.status == 0, "\(run.errors)")
            let client = try String(contentsOfFile: "\(folder)/client.log", encoding: .utf8)
            let server = try String(contentsOfFile: "\(folder)/server.log", encoding: .utf8)
            #expect(client.contains("client 1: connected; connected -> connected awaits the answer to the connection"))
            #expect(client.contains("link 1: limit 300.0 s"))
            #expect(client.contains("send AUTH"))
            #expect(client.contains("client end 1: life connecting -> open(free)"))
            #expect(server.contains("server 1: life waiting(open) -> serving(open, ready)"))
            #expect(server.contains("server 1: dialogue connected -> greeted"))
            for text in [client, server] {
                #expect(text.contains("wire 1: relay: client, "))
                #expect(text.contains("AUTH \(mechanism)"))
                #expect(text.contains("********"))
                let masked = text.split(separator: "\n").filter { $0.contains("********") }
                #expect(masked.allSatisfy { !$0.contains("octet") }, "the length of a credential is told")
                let lower = text.lowercased()
                for form in Self.forms("lovelace") { #expect(!lower.contains(form.lowercased()), "\(form)") }
            }
        }
    }

    /// The password as it is, in hexadecimal, and in Base64 wherever it begins in a group of three.
    private static func forms(_ password: String) -> [String] {
        let octets = Array(password.utf8)
        let coded = (0..<3).map { before in
            let text = Data([UInt8](repeating: 0, count: before) + octets).base64EncodedString()
            return String(text.dropFirst(before == 0 ? 0 : 4).dropLast(4))
        }
        let plain = Data("\0ada\0\(password)".utf8).base64EncodedString()
        return coded + [password, plain, octets.map { String($0, radix: 16) }.joined()]
    }

    @Test func `every spelling of a login by hand is masked`() throws {
        for exchange in SecretLiveTests.exchanges.prefix(7) {
            try Program.withFolder { folder in
                let dialog =
                    "S: 220\nC: EHLO {{client.domain}}\nS: 250\n\(exchange)\nC: QUIT\nS: 221\n-- close\n"
                try dialog.write(toFile: "\(folder)/login.dialog", atomically: false, encoding: .utf8)
                let (text, _) = try Self.log(
                    ["live", "--dialog", "\(folder)/login.dialog", "--persona", "auth-required"],
                    in: folder
                )
                #expect(text.uppercased().contains("AUTH"), "\(exchange)")
                #expect(Secret.forms(in: text.utf8).isEmpty, "\(exchange)")
            }
        }
    }

    @Test func `a replay and the walk of the sandbox have one too`() throws {
        try Program.withFolder { folder in
            #expect(try Self.log(["replay", "login"], in: folder).text.contains("session 0 at "))
            let (text, _) = try Self.log([], in: folder)
            #expect(text.contains("client 2: connected"))
            #expect(text.contains("submission: state"))
            // It is added to, as a log is.
            #expect(text.contains("session 0 at "))
        }
    }

    @Test func `a debug log that cannot be made is said`() throws {
        let run = try Program.run(["replay", "seed", "--plain", "--debug-log", "/dev/null/x"])
        #expect(run.status == 73)
        #expect(run.errors.hasPrefix("ehlo: --debug-log: /dev/null/x cannot be made"))
        let device = try Program.run(["replay", "seed", "--plain", "--debug-log", "/dev/null"])
        #expect(device.errors.contains("no regular file"))
    }
}
