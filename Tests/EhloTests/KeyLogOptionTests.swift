import Foundation
import Testing

/// `--keylog`: whatever file it names, what is said of it is true and names that file.
@Suite struct KeyLogOptionTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../CapturesTests/Fixtures/TLS").standardizedFileURL.path
    private static let capture = "\(folder)/curl13.pcap"

    @Test(.timeLimit(.minutes(1))) func `a packed key log is unpacked`() throws {
        try Program.withFolder { folder in
            let run = try Program.shell(
                "gzip -c \(Self.folder)/curl13.keys >\(folder)/k.gz && $E replay \(Self.capture) --plain --keylog \(folder)/k.gz"
            )
            #expect(run.status == 0)
            #expect(run.errors == "")
            #expect(run.output.contains("Client: MAIL FROM:<"))
        }
    }

    @Test(.timeLimit(.minutes(1))) func `what could not be read of a key log names the key log`() throws {
        try Program.withFolder { folder in
            let run = try Program.shell(
                "(cat \(Self.folder)/curl13.keys; echo no secret) >\(folder)/k; $E replay \(Self.capture) --plain --keylog \(folder)/k"
            )
            #expect(run.messages == ["ehlo: \(folder)/k: 1 line of the key log left out: no secret in NSS's form"])
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["replay -", "replay \(capture)", "export --format txt -"])
    func `a key log that is not there is said before anything is shown`(command: String) throws {
        let run = try Program.shell(
            "printf '220 mx ESMTP\\r\\nEHLO a\\r\\n250 mx\\r\\n' | $E \(command) --keylog nosuch"
        )
        #expect(run.status == 66)
        #expect(run.output == "")
        #expect(run.messages.count == 1 && run.errors.contains("nosuch: no such file"))
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["replay - --plain", "export --format txt -"])
    func `standard input cannot be both the session and the key log`(command: String) throws {
        let run = try Program.shell("$E \(command) --keylog - <\(Self.capture)")
        #expect(run.status == 64)
        #expect(run.messages.count == 1 && run.errors.contains("not both"))
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["--keylog", "--debug-log"])
    func `no file is made that is called by the dash`(option: String) throws {
        try Program.withFolder { folder in
            let run = try Program.shell("cd \(folder) && $E live a@b.example --plain --no-record \(option) -; ls")
            #expect(run.output == "")
            #expect(run.errors.contains("\(option): "))
        }
    }

    @Test(.timeLimit(.minutes(1))) func `what is added begins a line of its own`() throws {
        try Program.withFolder { folder in
            let run = try Program.shell(
                "cd \(folder); printf 'an older line' >log; $E replay \(Program.seed) --plain --debug-log log >shown; head -n 1 log"
            )
            #expect(run.output == "an older line\n")
        }
    }
}
