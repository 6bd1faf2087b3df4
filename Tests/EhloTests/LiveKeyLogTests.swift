import Foundation
import Testing

/// `ehlo live --keylog`: what one end wrote down opens what a listener recorded.
@Suite struct LiveKeyLogTests {
    /// A session in TLS with the sandbox, recorded, and written as the packets that a listener would have captured.
    private static let session = """
        cd %@
        $E sandbox --persona tls-required --port 0 --plain --once >shown 2>told &
        for try in $(seq 600); do
            port=$(sed -n 's/.*listens on [^:]*:\\([0-9]*\\).*/\\1/p' told)
            [ -n "$port" ] && break
            sleep 0.1
        done
        printf '# an older line\\n' >old.keys
        chmod 644 old.keys
        $E live bob@receiver.example --server 127.0.0.1:$port --record live.ehlo --plain --keylog KEYS >said || exit
        wait
        $E export live.ehlo -o live.pcap
        """

    @Test func `a capture of a live session opens with its key log`() throws {
        try Program.withFolder { folder in
            let script = Self.session.replacing("%@", with: folder).replacing("KEYS", with: "new.keys")
            let run = try Program.shell(script)
            #expect(run.status == 0, "\(run.errors)")
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/new.keys")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            // Nothing that ehlo writes by itself holds a secret.
            let keys = try String(contentsOfFile: "\(folder)/new.keys", encoding: .utf8)
            let secrets = keys.split(separator: "\n").compactMap { $0.split(separator: " ").last.map(String.init) }
            #expect(secrets.count >= 4)
            for name in ["live.ehlo", "live.pcap", "said"] {
                let octets = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
                for secret in secrets { #expect(octets.range(of: Data(secret.utf8)) == nil, "\(name)") }
            }
            let capture = "\(folder)/live.pcap"
            let shut = try Program.run(["replay", capture, "--plain"])
            #expect(!shut.output.contains("MAIL FROM:"))
            let open = try Program.run(["replay", capture, "--plain", "--keylog", "\(folder)/new.keys"])
            #expect(open.errors == "")
            #expect(open.output.contains("Client: MAIL FROM:<"))
            let live = try Program.run(["export", "\(folder)/live.ehlo", "--format", "txt"])
            let captured = try Program.run(["export", capture, "--format", "txt", "--keylog", "\(folder)/new.keys"])
            let said = Self.said(in: live.output)
            #expect(said.count > 10)
            #expect(Self.said(in: captured.output) == said)
        }
    }

    /// What both sides said in words, TLS and remarks left out.
    private static func said(in text: String) -> [String] {
        text.split(separator: "\n").map(String.init).filter { line in
            (line.hasPrefix("Client: ") || line.hasPrefix("Server: ")) && !line.contains(" record TLS ")
                && !line.contains("octets")
        }
    }

    @Test func `older lines stay, and whoever else may read them is told of`() throws {
        try Program.withFolder { folder in
            let script = Self.session.replacing("%@", with: folder).replacing("KEYS", with: "old.keys")
            let run = try Program.shell(script)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("may be read by others"))
            let keys = try String(contentsOfFile: "\(folder)/old.keys", encoding: .utf8)
            #expect(keys.hasPrefix("# an older line\n"))
            #expect(keys.contains("\nSERVER_TRAFFIC_SECRET_0 "))
        }
    }

    @Test(arguments: [
        ["live", "a@b.example", "--no-tls", "--keylog", "x"], ["live", "a@b.example", "--keylog", "/dev/null"],
    ])
    func `a key log that cannot be written is refused before the session`(arguments: [String]) throws {
        let run = try Program.run(arguments + ["--plain", "--no-record"])
        #expect(run.status == (arguments.contains("--no-tls") ? 64 : 73))
        #expect(run.errors.contains("--keylog"))
    }
}
