import Foundation
import Testing

/// The program without a terminal: what scripts and screen readers get.
@Suite(.timeLimit(.minutes(15)))
struct PlainWalkTests {
    @Test func `the sandbox walk prints fourteen steps in order`() throws {
        let outcome = try Program.ehlo("--plain", in: Folder())
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors == "")
        let steps = outcome.lines.compactMap { $0.firstMatch(of: /^Step ([0-9]+)\b/).flatMap { Int($0.output.1) } }
        #expect(steps == Array(1...14))
        #expect(outcome.output.contains("Return-Path: <ada@sender.example>"))
        #expect(!outcome.output.contains("\u{1B}"), "nothing that moves or colours")
    }

    @Test func `the mail is the one that was asked for, dots and all`() throws {
        let folder = try Folder()
        let body = try folder.write("first\n.one dot\n..two dots\n.\nlast\n", to: "body.txt")
        let outcome = try Program.ehlo(
            "--from",
            "<>",
            "--to",
            "\"quoted one\"@receiver.example",
            "--subject",
            "Dots",
            "--body",
            body,
            in: folder
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        for line in [
            "MAIL FROM:<>", "RCPT TO:<\"quoted one\"@receiver.example>", "..one dot", "...two dots", "Subject: Dots",
        ] {
            #expect(outcome.output.contains("Client: \(line)"), "\(line)")
        }
        #expect(outcome.lines.filter { $0.hasSuffix("Client: ..") }.count == 2, "the lone dot, once on each leg")
    }

    @Test func `the seed names what departs from the RFC`() throws {
        let outcome = try Program.ehlo("replay", "seed", "--plain", in: Folder())
        #expect(outcome.status == 0)
        let findings = outcome.output.split(separator: "Findings").last.map(String.init) ?? ""
        for word in ["angle brackets", "colon", "before the first word", "before the end of the line"] {
            #expect(findings.contains(word), "\(word) is not in \(findings)")
        }
    }

    /// Every octet of every line, and the lesson of every span.
    @Test func `the export of each bundled session is covered by spans with lessons`() throws {
        let folder = try Folder()
        let listed = try Program.ehlo("replay", "--list", in: folder)
        // What a person recorded stands in the list as well.
        let names = listed.lines.compactMap { $0.split(separator: " ").first.map(String.init) }
            .filter { FileManager.default.fileExists(atPath: "\(Program.tests)/../lessons/sessions/\($0).ehlo") }
        try #require(names.contains("seed"))
        #expect(names.count >= 6)
        for name in names {
            let outcome = try Program.ehlo("export", name, "--format", "json", in: folder)
            #expect(outcome.status == 0, "\(name): \(outcome.errors)")
            let objects = try outcome.lines.filter { !$0.isEmpty }.map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
            #expect(objects.count > 10)
            #expect(objects.first?["kind"] as? String == "session")
            for object in objects where object["kind"] == nil && object["from"] as? String != "note" {
                let spans = try #require(object["spans"] as? [[String: Any]])
                var end = 0
                for span in spans {
                    #expect(span["start"] as? Int == end, "\(name): \(object)")
                    end = span["end"] as? Int ?? -1
                    #expect(span["lesson"] is String, "\(name): \(span)")
                }
                #expect(end > 0, "\(name): \(object)")
            }
        }
    }

    @Test func `README lists the exit statuses that help lists`() throws {
        let help = try Program.ehlo("help", "exit", in: Folder()).lines.dropFirst()
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        let text = try String(contentsOfFile: "\(Program.tests)/../README.md", encoding: .utf8)
        let rows = text.split(separator: "\n").compactMap { $0.wholeMatch(of: /\| `([0-9]+)` \| (.*) \|/) }
            .map { "\($0.output.1)".padding(toLength: 4, withPad: " ", startingAt: 0) + $0.output.2 }
        #expect(rows == help)
        #expect(help.count > 10)
    }

    @Test func `bad input ends in one sentence that says what to do`() throws {
        let folder = try Folder()
        let noise = try folder.write("no recording\n", to: "noise.txt")
        let torn = try folder.write(
            #"{"ehlo":1,"began":"2026-01-01T00:00:00Z","title":"torn","source":"a test"}"#
                + "\n[0.1,\"relay\",\"server\",\"220 mx.example ESMTP\\r\\n\"]\n[0.2,\"relay\",\"cli",
            to: "torn.ehlo"
        )
        let cases: [(arguments: [String], status: Int32, says: String)] = [
            (["replay", noise], 65, "noise.txt"),
            (["replay", "no-such-session"], 66, "seed"),
            (["replay", "/dev/null/file.ehlo"], 66, "/dev/null/file.ehlo"),
            (["--lessons", "/dev/null/none"], 66, "--lessons"),
            (["--theme", "no-such"], 64, "default"),
            (["--to", "no address"], 64, "--help"),
            (["live", "bob@receiver.example", "--server", "127.0.0.1:1", "--no-record"], 2, "--server"),
        ]
        for (arguments, status, says) in cases {
            let outcome = try Program.run(Program.path, arguments, in: folder)
            #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
            let sentences = outcome.errors.split(separator: "\n")
            #expect(sentences.count == 1 && outcome.errors.hasPrefix("ehlo: "), "\(arguments): \(outcome.errors)")
            #expect(outcome.errors.contains(says), "\(arguments): \(outcome.errors)")
        }
        let outcome = try Program.ehlo("replay", torn, "--plain", in: folder)
        #expect(outcome.status == 0)
        #expect(outcome.errors.hasPrefix("ehlo: "), "\(outcome.errors)")
        #expect(outcome.output.contains("220 mx.example ESMTP"))
    }
}
