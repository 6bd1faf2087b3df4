import Foundation
import Testing

@testable import ehlo

/// Bad input of every kind: one line on standard error that says what to do, the right exit status, nothing on standard output.
@Suite struct CommandLineTests {
    @Test func `a message about many sessions is said once, with their number`() {
        var warnings = SessionWarnings(about: "a.log", sessions: 500_000)
        for number in 0..<1000 {
            warnings.add(["inferred: its line ends"] + (number == 7 ? ["\(number) alone"] : []))
        }
        #expect(warnings.take() == ["inferred: its line ends (in 1000 sessions)", "7 alone"])
        #expect(warnings.take() == [])
        for number in 0..<1000 { warnings.add(["different \(number)"]) }
        #expect(warnings.take().count == 50)
    }

    @Test func `a message about what has no name does not begin with one`() {
        let found = (1...7).map { "fault \($0)" }
        #expect(Message.sentences(of: found, about: "a.log").first == "a.log: fault 1")
        let nameless = Message.sentences(of: found, about: "")
        #expect(nameless.first == "fault 1" && nameless.last == "2 more lines were left out")
    }

    @Test(arguments: [["replay", "--plain", "--session", "all"], ["export", "--format", "txt"]])
    func `a log of many sessions says once what was inferred of each`(words: [String]) throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).txt")
        defer { try? FileManager.default.removeItem(at: file) }
        let session = "220 mx.example ESMTP\nEHLO a.example\n250 mx.example\nQUIT\n221 bye\n"
        try String(repeating: session, count: 20).write(to: file, atomically: true, encoding: .utf8)
        let run = try Program.run([words[0], file.path] + words.dropFirst())
        #expect(run.status == 0)
        #expect(run.messages.count { $0.contains("inferred") } == 1)
        #expect(run.messages.contains { $0.hasSuffix("(in 20 sessions)") })
    }

    @Test(
        arguments: [
            (["replay", "nosuchsession"], 66, "seed"),  // names the sessions there are
            (["replay", "./absent.ehlo"], 66, "absent.ehlo"),
            (["replay", "/"], 66, "directory"),
            (["replay", "/dev/zero"], 66, "device"),
            (["replay", "/proc/self/exe"], 65, "no recording"),
            (["replay", "seed", "--lessons", "/absent"], 66, "--lessons"),
            (["--lessons", "/absent", "replay", "seed"], 66, "--lessons"),
            (["--plain", "--lessons", "/absent"], 66, "--lessons"),
            (["replay", "seed", "--session", "1"], 64, "--session"),
            (["replay", "seed", "--speed", "99"], 64, "--speed"),
            (["sandbox", "--listen", "0.0.0.0:2525"], 64, "--allow-remote-clients"),
            (["sandbox", "--listen", "127.0.0.1:0", "--port", "1"], 64, "--port"),
            (["sandbox", "--listen", "127.0.0.1"], 64, "HOST:PORT"),
            (["sandbox", "--allow-remote-clients"], 64, "--listen"),
            (["seed", "--pace", "-1"], 64, "--pace"), (["seed", "--pace", "3601"], 64, "--pace"),
            (["replay", "seed", "--from", "a@b.example"], 64, "--from"),  // no option of that command
            (["--from", "a@b.example", "replay", "seed"], 64, "replay"),
            // A word alone is a session, and where it is nothing the line says what there is.
            (["nosuchcommand"], 66, "the commands are replay, watch, live"),
            (["nosuchcommand"], 66, "seed"),
            (["liev", "bob@b.example", "--server", "h"], 66, "no command, session or file 'liev'"),
            (["--plain", "nosuchcommand"], 66, "commands"),
            (["./absent"], 66, "./absent"),
            (["seed", "--from", "a@b.example"], 64, "ehlo replay --help"),
            (["--from", "a@b.example", "seed"], 64, "seed"),
            (["seed", "--session", "1"], 64, "--session 1"),
            (["--nosuchoption"], 64, "--help"),
            (["--theme", "nosuch"], 64, "default"),
            (["--color", "sometimes"], 64, "--color"),
            (["--from", "no mailbox"], 64, "--from"),
            (["--to", "bob"], 64, "--to"),
            (["--body", "/absent"], 66, "absent"),
            (["export", "seed"], 64, "--format"),
            (["export", "seed", "--format", "html", "--teacher"], 64, "--format md"),
            (["export", "seed", "--format", "worksheet", "-o", "/tmp/x.svg"], 73, ".html"),
            (["export", "seed", "--format", "doc"], 64, "json"),
            (["export", "seed", "-o", "/absent/x.json"], 73, "mkdir"),
            (["export", "seed", "--format", "json", "-o", "/"], 73, "directory"),
            (["export", "nosuch", "--format", "json"], 66, "seed"),
            (["lessons", "show", "nosuch/nosuch"], 66, "lessons list"),
            (["lessons", "show"], 64, "anchor"),
            (["live"], 64, "recipient"),
            (["live", "a@b.example", "--quit-after", "lunch"], 64, "--quit-after"),
            (["live", "a@b.example", "--server", "h:99999"], 64, "port"),
            (["live", "a@b.example", "--header", "no colon"], 64, "--header"),
            (["live", "a@b.example", "-4", "-6"], 64, "-4"),
        ] as [([String], Int32, String)]
    )
    func `one line says what to do`(arguments: [String], status: Int32, says: String) throws {
        let run = try Program.run(arguments)
        #expect(run.status == status, "\(run.errors)")
        #expect(run.output.isEmpty)
        #expect(run.messages.count == 1, "\(run.errors)")
        #expect(run.errors.hasPrefix("ehlo: ") && run.errors.contains(says), "\(run.errors)")
    }

    @Test(arguments: [
        ("seed", "replay seed"), ("seed --list", "replay seed --list"), ("--plain seed", "replay seed"),
        ("--session 0 seed", "replay seed"), ("seed --session 0 --ascii", "replay seed --ascii"),
        ("$EHLO_LESSONS/sessions/seed.ehlo", "replay $EHLO_LESSONS/sessions/seed.ehlo"),
        ("- < $EHLO_LESSONS/sessions/seed.ehlo", "replay - < $EHLO_LESSONS/sessions/seed.ehlo"),
        ("seed --help", "replay --help"),
    ])
    func `a session alone is replayed`(alone: String, whole: String) throws {
        let run = try Program.shell("$E \(alone)")
        let replay = try Program.shell("$E \(whole)")
        #expect(run.status == 0 && !run.output.isEmpty, "\(run.errors)")
        #expect(run.output == replay.output)
    }

    @Test func `the name of a command wins, and with a folder before it it is a file`() throws {
        let run = try Program.shell(
            "cd $(mktemp -d) && cp $EHLO_LESSONS/sessions/seed.ehlo lessons && $E lessons && $E ./lessons --list"
        )
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("SUBCOMMANDS") && run.output.contains("0\t"))
    }

    @Test(arguments: ["--from", "--to", "--subject"], ["a\r\nRCPT TO:<x@y.example>", "a\nb", "a\rb"])
    func `a line end in an option is refused before anything starts`(option: String, value: String) throws {
        let run = try Program.run(["--plain", option, value])
        #expect(run.status == 64 && run.output.isEmpty && run.messages.count == 1)
        #expect(run.errors.hasPrefix("ehlo: \(option): "))
    }

    @Test(arguments: ["--helo", "--ehlo", "--header", "--from", "--subject"])
    func `a line end in an option of live is refused`(option: String) throws {
        let run = try Program.run(["live", "bob@receiver.example", "--server", "127.0.0.1:1", option, "a: b\nRSET"])
        #expect(run.status == 64 && run.output.isEmpty && run.messages.count == 1)
        #expect(run.errors.contains("line feed"))
    }

    @Test(
        arguments: [
            ("", 65, "empty"), ("hello\n", 65, "no SMTP dialogue"),
            ("\u{0}\u{1}\u{2}", 65, "no recording"), ("{\"ehlo\":9}\n", 65, "version 9"),
            ("{\"ehlo\":1}\n", 65, "no event"),
        ] as [(String, Int32, String)]
    )
    func `a file that is no recording is refused`(content: String, status: Int32, says: String) throws {
        try Program.withFolder { folder in
            let path = folder + "/x.ehlo"
            try Data(content.utf8).write(to: URL(fileURLWithPath: path))
            let run = try Program.run(["replay", path])
            #expect(run.status == status && run.output.isEmpty && run.messages.count == 1)
            #expect(run.errors.contains(says), "\(run.errors)")
        }
    }

    @Test func `a torn last line is said and the rest is shown`() throws {
        try Program.withFolder { folder in
            let path = folder + "/torn.ehlo"
            let whole = try Data(contentsOf: URL(fileURLWithPath: Program.seed))
            try whole.dropLast(8).write(to: URL(fileURLWithPath: path))
            let run = try Program.run(["replay", path])
            #expect(run.status == 0)
            #expect(run.messages.count == 1 && run.errors.contains("torn"))
            #expect(run.output.contains("\nStep 13 of 14. "))
        }
    }

    // MARK: Standard output

    @Test(arguments: ["--plain", "replay seed", "export seed --format json", "lessons list", "--help", "replay --list"])
    func `a full device is status 74 and one line`(words: String) throws {
        let run = try Program.shell("$E \(words) > /dev/full")
        #expect(run.status == 74, "\(run.errors)")
        #expect(run.messages.count == 1 && run.errors.contains("no space"))
    }

    @Test(arguments: ["--plain", "replay seed", "export seed --format json"])
    func `a reader that went away ends it without a word`(words: String) throws {
        // The pipe is closed before the program begins.
        let run = try Program.shell("exec 3> >(:); sleep 0.2; $E \(words) >&3")
        #expect(run.status == 74)
        #expect(run.errors.isEmpty)
    }

    @Test func `a closed standard output is not mistaken for a file`() throws {
        let run = try Program.shell("$E export seed --format json >&-")
        #expect(run.status == 74 && run.messages.count == 1)
    }

    @Test func `help and version are no errors`() throws {
        for words in [
            ["--help"], ["replay", "--help"], ["help", "live"], ["help", "exit"], ["--version"], ["lessons"],
        ] {
            let run = try Program.run(words)
            #expect(run.status == 0 && run.errors.isEmpty && !run.output.isEmpty, "\(words)")
        }
    }
}
