import Foundation
import Testing

@testable import ehlo

/// `ehlo live` and its options, without a server.
@Suite struct LiveCommandTests {
    @Test(
        arguments: [
            "--from", "--helo", "--server", "--dns", "--subject", "--header", "--title", "--source", "--xclient",
            "--to",
        ],
        ["a@b.example\r\nRCPT TO:<x@y.example>", "a\nb", "a\rb", "a\u{0}b"]
    )
    func `no option can smuggle a line`(option: String, value: String) throws {
        // A NUL ends a word of a command line, so it comes in otherwise: not at all.
        guard !value.utf8.contains(0) else { return }
        let words = ["live", "bob@receiver.example", "--plain", "--no-record", option, value]
        let run = try Program.run(words + (option == "--server" ? [] : ["--server", "127.0.0.1:1"]))
        #expect(run.status == 64, "\(run.status) \(run.errors)")
        #expect(run.output.isEmpty && run.messages.count == 1, "\(run.errors)")
    }

    @Test(
        arguments: [
            (["live", "a@b.example", "--protocol", "uucp"], 64, "--protocol"),
            (["live", "a@b.example", "--quit-after", "rcpt", "--drop-after", "mail"], 64, "--drop-after"),
            (["live", "a@b.example", "--record", "x", "--no-record"], 64, "--no-record"),
            (["live", "a@b.example", "--dialog", "nosuch"], 66, "null-sender"),
            (["live", "a@b.example", "--persona", "rfc5321"], 64, "--dialog"),
            (["live", "a@b.example", "--every-mx", "--server", "h"], 64, "--every-mx"),
            (["live", "a@b.example", "--every-mx", "--send"], 64, "--every-mx"),
            (
                ["live", "a@b.example,b@b.example,c@b.example", "-t", "d@b.example,e@b.example,f@b.example"], 64,
                "6 recipients"
            ),
            (["live", "@/absent"], 66, "absent"),
            (["live", "a@b.example", "--xclient", "ADDR=1", "--protocol", "smtp"], 64, "XCLIENT"),
        ] as [([String], Int32, String)]
    )
    func `one line says what to do`(arguments: [String], status: Int32, says: String) throws {
        let run = try Program.run(arguments)
        #expect(run.status == status, "\(run.errors)")
        #expect(run.output.isEmpty && run.messages.count == 1, "\(run.errors)")
        #expect(run.errors.contains(says), "\(run.errors)")
    }

    @Test func `every bundled dialog goes as it says against the sandbox`() throws {
        let names = DialogFile.names(in: [Program.lessons])
        #expect(names.count >= 12)
        for name in names {
            let run = try Program.run(["live", "--dialog", name, "--plain", "--no-record"])
            #expect(run.status == 0, "\(name): \(run.errors)")
            #expect(run.output.contains("Client: QUIT"), "\(name)")
        }
    }

    @Test func `an answer that is not as a dialog expects is said`() throws {
        try Program.withFolder { folder in
            let file = "\(folder)/x.dialog"
            try Data("# title: x\nS: 220\nC: EHLO {{client.domain}}\nS: 5yz\nC: QUIT\nS: 221\n".utf8)
                .write(to: URL(fileURLWithPath: file))
            let run = try Program.run(["live", "--dialog", file, "--plain", "--no-record"])
            #expect(run.status == 65 && run.output.contains("Note: expected 5yz, and this came instead"))
        }
    }

    // MARK: Recording

    /// Where nobody listens: the session is short, and is recorded all the same.
    private static let nobody = ["live", "bob@receiver.example", "--server", "127.0.0.1:1", "--plain"]

    @Test func `a session is kept where XDG says, for its owner alone, and replayed by its name`() throws {
        try Program.withFolder { folder in
            let environment = ["XDG_DATA_HOME": folder]
            #expect(try Program.run(Self.nobody, environment: environment).status == 2)
            let recordings = "\(folder)/ehlo/recordings"
            let names = try FileManager.default.contentsOfDirectory(atPath: recordings)
            #expect(names.count == 1 && names[0].hasSuffix("-bob@receiver.example.ehlo"))
            for (path, mode) in [("ehlo", 0o700), ("ehlo/recordings", 0o700), ("ehlo/recordings/\(names[0])", 0o600)] {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)")
                #expect(attributes[.posixPermissions] as? Int == mode, "\(path)")
            }
            let list = try Program.run(["replay", "--list"], environment: environment)
            #expect(list.output.contains(names[0].dropLast(5)))
            let replayed = try Program.run(["replay", String(names[0].dropLast(5))], environment: environment)
            #expect(replayed.status == 0 && replayed.output.contains("nobody listens"))
            // None of it with --no-record.
            _ = try Program.run(Self.nobody + ["--no-record"], environment: environment)
            #expect(try FileManager.default.contentsOfDirectory(atPath: recordings).count == 1)
        }
    }

    @Test func `without a place the session is not recorded, which is said, and goes on`() throws {
        try Program.withFolder { folder in
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/ehlo", withDestinationPath: "/tmp")
            let places: [([String: String], String)] = [
                ([:], "XDG_DATA_HOME nor HOME"), (["XDG_DATA_HOME": "relative"], "no absolute path"),
                (["HOME": "relative"], "XDG_DATA_HOME nor HOME"), (["HOME": "/absent/home"], "/absent"),
                (["XDG_DATA_HOME": folder], "symbolic link"), (["XDG_DATA_HOME": "/proc"], "/proc/ehlo"),
            ]
            for (environment, says) in places {
                let run = try Program.run(Self.nobody, environment: environment)
                #expect(run.status == 2 && run.output.contains("nobody listens"))
                #expect(run.errors.contains("not recorded") && run.errors.contains(says), "\(run.errors)")
            }
        }
    }

    @Test func `a full disk is said at once, and the session goes on`() throws {
        try Program.withFolder { folder in
            let run = try Program.shell(
                "ulimit -f 0; XDG_DATA_HOME='\(folder)' $E live bob@receiver.example --server 127.0.0.1:1 --plain | cat"
            )
            #expect(run.output.contains("nobody listens"))
            #expect(run.errors.contains("not recorded") || run.errors.contains("so what follows is not recorded"))
        }
    }
}
