import Foundation
import Testing

@testable import ehlo

@Suite struct PlainTests {
    /// The numbers of the steps as they come.
    private func steps(_ output: String) -> [Int] {
        output.split(separator: "\n").filter { $0.hasPrefix("Step ") && $0.contains(" of 14") }.compactMap {
            Int($0.dropFirst(5).prefix { $0.isNumber })
        }
    }

    @Test func `the sandbox walks all fourteen steps and delivers`() throws {
        let run = try Program.run(["--plain"])
        #expect(run.status == 0 && run.errors.isEmpty)
        #expect(steps(run.output) == Array(1...14))
        #expect(run.output.contains("Client: MAIL FROM:<ada@sender.example>"))
        #expect(run.output.contains(", chosen"))
        #expect(
            run.output.contains("Message: Return-Path: <ada@sender.example>")
                && run.output.contains("Message: Received: from")
                && run.output.contains("Message: Authentication-Results: mx1.receiver.example;")
        )
        #expect(!run.output.contains("\u{1B}"))
    }

    @Test func `with TLS it walks them too, and holds the key against the record`() throws {
        let run = try Program.run(["--tls", "--plain"])
        #expect(run.status == 0 && run.errors.isEmpty)
        let output = run.output.split(separator: "\n").map(String.init)
        let numbers = output.compactMap {
            $0.hasPrefix("Step ") ? $0.dropFirst(5).prefix { $0 != " " && $0 != "." } : nil
        }
        #expect(numbers.filter { $0.hasPrefix("6") } == ["6", "6a", "6b", "6c"])
        let record = try #require(
            output.first { $0.hasPrefix("Answer: TLSA _25._tcp.mx1.receiver.example 281 3 1 1 ") }
        )
        let digest = try #require(record.split(separator: " ").last)
        #expect(output.count { $0 == "Note: \(digest)" } == 2, "what the record has, and what the key has")
        #expect(output.contains { $0.hasPrefix("Answer: RRSIG _25._tcp.mx1.receiver.example 281 TLSA 15 5 281 ") })
        #expect(output.contains { $0.hasPrefix("No findings: ") })
        // A replay has no world to walk.
        #expect(try Program.run(["seed", "--tls"]).status == 64)
    }

    @Test func `the mail is the one that was asked for`() throws {
        try Program.withFolder { folder in
            let body = folder + "/body"
            try Data("one\n.two\n".utf8).write(to: URL(fileURLWithPath: body))
            let run = try Program.run([
                "--from", "eve@a.example", "--to", "joe@b.example", "--to", "jim@b.example", "--subject", "Hi",
                "--body", body,
            ])
            #expect(run.status == 0)
            #expect(
                run.output.contains("Client: MAIL FROM:<eve@a.example>")
                    && run.output.contains("Client: RCPT TO:<jim@b.example>")
            )
            #expect(
                run.output.contains("Client: Subject: Hi\n") && run.output.contains("Client: ..two\n")
                    && run.output.contains("Message: .two\n")
            )
        }
    }

    @Test func `a replay shows the post's findings`() throws {
        let run = try Program.run(["replay", "seed"])
        #expect(run.status == 0 && run.errors.isEmpty)
        #expect(steps(run.output) == Array(1...14))
        for id in ["missing-angle-brackets", "space-after-colon", "leading-space", "trailing-space"] {
            #expect(run.output.contains(id))
        }
        #expect(run.output.contains("Lesson step/7:"))
    }

    @Test func `a file, its name and standard input are one`() throws {
        let byName = try Program.run(["replay", "seed"]).output
        #expect(try Program.run(["replay", Program.seed]).output == byName)
        #expect(try Program.shell("$E replay - < '\(Program.seed)'").output == byName)
        #expect(try Program.shell("cat '\(Program.seed)' | $E replay -").output == byName)
    }

    @Test func `the list is one line a session and nothing else`() throws {
        let folder = Program.lessons + "/sessions"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".ehlo") }
            .sorted()
        for words in [["replay"], ["replay", "--list"], ["--plain", "replay", "--list"]] {
            let run = try Program.run(words)
            #expect(run.status == 0 && run.errors.isEmpty)
            #expect(run.output.split(separator: "\n").map { $0.prefix { $0 != " " } + ".ehlo" } == files)
        }
        #expect(
            try Program.run(["replay", "one-refused", "--list", "--plain"]).output
                == "0\t2026-11-24T00:06:23Z\tout.sender.example\tmx.receiver.example [127.0.0.1]:2601\t<ada@sender.example>\t"
                + "<bob@receiver.example>,<nosuch@receiver.example>,<carol@receiver.example>\tmixed 2 of 3 accepted, 550 RCPT 5.1.1\n"
        )
    }

    @Test func `ASCII is kept to where the locale is ASCII or it is asked for`() throws {
        let byLocale = try Program.run(["replay", "seed"], environment: ["LC_ALL": "C"])
        #expect(byLocale.output.utf8.allSatisfy { $0 < 0x80 } && byLocale.output.contains("RFC 5321 section "))
        #expect(try Program.run(["replay", "seed", "--ascii"]).output == byLocale.output)
    }

    @Test func `colour is there when it is asked for`() throws {
        #expect(try Program.run(["replay", "seed", "--color", "always"]).output.contains("\u{1B}[1m"))
        #expect(
            try !Program.run(["replay", "seed"], environment: ["NO_COLOR": "1", "CLICOLOR_FORCE": "1"]).output.contains(
                "\u{1B}"
            )
        )
        #expect(try Program.run(["replay", "seed"], environment: ["CLICOLOR_FORCE": "1"]).output.contains("\u{1B}[1m"))
    }

    @Test func `exports are whole, and a recording comes back as it was`() throws {
        try Program.withFolder { folder in
            let json = try Program.run(["export", "seed", "--format", "json"])
            #expect(json.status == 0 && json.output.hasSuffix("}\n"))
            #expect(try Program.run(["export", "seed", "-o", folder + "/x.json"]).status == 0)
            #expect(try String(contentsOfFile: folder + "/x.json", encoding: .utf8) == json.output)
            #expect(try Program.run(["export", "seed", "-o", folder + "/x.ehlo"]).status == 0)
            #expect(try Program.run(["export", folder + "/x.ehlo", "--format", "json"]).output == json.output)
            let refused = try Program.run(["export", folder + "/x.ehlo", "-o", folder + "/x.ehlo"])
            #expect(refused.status == 73 && refused.messages.count == 1)
            #expect(
                try Program.run(["export", "seed", "--format", "txt"]).output == Program.run(["replay", "seed"]).output
            )
        }
    }

    @Test func `the coverage of the registries is whole, or says what is missing and fails`() throws {
        let whole = try Program.run(["lessons", "check", "--coverage"])
        #expect(whole.status == 0 && whole.output.hasSuffix("  100.0 %  all tables\n"), "\(whole.output)")
        #expect(!whole.output.contains("missing"))
        let root = FileManager.default.temporaryDirectory.appending(path: "ehlo-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let folder = root.appending(path: "registries")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("title: Ours\nsource: us\ndate: today\n\ncommand/MAIL a\ncommand/XNEW b\ncommand/XNEW2 c\n".utf8)
            .write(to: folder.appending(path: "99-ours.txt"))
        try FileManager.default.createDirectory(at: root.appending(path: "en"), withIntermediateDirectories: true)
        let lacking = try Program.run(["lessons", "check", "--coverage", "--lessons", root.path])
        #expect(lacking.status == 65)
        #expect(lacking.output.contains("   1 of    3   33.3 %  Ours\n"), "\(lacking.output)")
        #expect(lacking.output.contains("    missing  command/XNEW  b: falls back to command/unknown\n"))
    }

    @Test func `lessons are listed and shown`() throws {
        let list = try Program.run(["lessons", "list"])
        #expect(list.status == 0 && list.output.hasPrefix("step/1 "))
        let show = try Program.run(["lessons", "show", "step/7"])
        #expect(show.status == 0 && show.errors.isEmpty && show.output.contains("RFC 5321 §"))
        // A file is shown with the parts that have an anchor of their own, and a part alone.
        let file = try Program.run(["lessons", "show", "reply/550"]).output
        let part = try Program.run(["lessons", "show", "reply/550@RCPT"]).output
        #expect(file.contains("\nAfter RCPT (reply/550@RCPT)\n\n") && file.contains("(reply/550@VRFY)"))
        #expect(!part.contains("reply/550@") && part.count < file.count)
        let nearest = try Program.run(["lessons", "show", "reply/299"])
        #expect(nearest.status == 0 && nearest.messages.count == 1 && nearest.errors.contains("reply/2yz"))
    }

    @Test(arguments: [
        ("CHUNKING", "extension/CHUNKING"), ("550", "reply/550"), ("550@rcpt", "reply/550@RCPT"),
        ("5.7.1", "status/5.7.1"), ("bare-lf", "finding/bare-lf"), ("7", "step/7"), ("command/mail", "command/MAIL"),
    ])
    func `a word finds the lesson that it means`(word: String, anchor: String) throws {
        let run = try Program.run(["lessons", "show", word, "--exact"])
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect(try run.output == Program.run(["lessons", "show", anchor]).output)
    }

    @Test(arguments: [
        (["SIZE"], 64, "'SIZE' may be extension/SIZE or parameter/SIZE; name one of them"),
        (["299", "--exact"], 66, "no lesson explains 'reply/299' itself, only reply/2yz"),
        (["reply/299", "--exact"], 66, "only reply/2yz"), (["nosuchword"], 66, "no lesson explains 'nosuchword'"),
    ])
    func `a word that is several lessons or none says what there is`(words: [String], status: Int32, says: String)
        throws
    {
        let run = try Program.run(["lessons", "show"] + words)
        #expect(run.status == status && run.output.isEmpty && run.messages.count == 1)
        #expect(run.errors.contains(says), "\(run.errors)")
    }

    @Test func `a recording of live is refused where something is`() throws {
        try Program.withFolder { folder in
            let path = folder + "/r.ehlo"
            let words = ["live", "bob@receiver.example", "--server", "127.0.0.1:1", "--record", path]
            let first = try Program.run(words)
            #expect(first.status == 2 && first.messages.count == 1)
            #expect(try Program.run(["replay", path]).status == 0)
            #expect(try Program.run(words).status == 73)
        }
    }
}
