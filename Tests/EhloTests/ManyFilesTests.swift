import Foundation
import Testing

@testable import ehlo

@Suite struct ManyFilesTests {
    private func objects(_ output: String) throws -> [[String: Any]] {
        try output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    private func sessions(_ output: String) throws -> [(number: Int, source: String)] {
        try objects(output).filter { $0["kind"] as? String == "session" }
            .map { (try #require($0["session"] as? Int), try #require($0["source"] as? String)) }
    }

    /// A folder of two recordings, a transcript of two sessions in a folder of its own, and a file that is nothing.
    private func withFiles(_ body: (String) throws -> Void) throws {
        try Program.withFolder { folder in
            let files = FileManager.default
            try files.createDirectory(atPath: folder + "/in/deep", withIntermediateDirectories: true)
            try files.copyItem(atPath: Program.seed, toPath: folder + "/in/b.ehlo")
            try files.copyItem(atPath: Program.seed, toPath: folder + "/in/a.ehlo")
            let two = ["a", "b"].map {
                "S: 220 mx.example\nC: EHLO \($0).example\nS: 250 mx.example\nC: QUIT\nS: 221 bye\n"
            }
            try two.joined(separator: "\n").write(
                toFile: folder + "/in/deep/log.txt",
                atomically: true,
                encoding: .utf8
            )
            try "hidden".write(toFile: folder + "/in/.hidden", atomically: true, encoding: .utf8)
            try body(folder)
        }
    }

    @Test func `sessions count on from file to file and each names its own`() throws {
        try withFiles { folder in
            let run = try Program.run(["export", folder + "/in", "--format", "json"])
            #expect(run.status == 0, "\(run.errors)")
            let found = try sessions(run.output)
            #expect(found.map(\.number) == Array(found.indices) && found.count >= 3)
            #expect(found.prefix(2).map(\.source) == [folder + "/in/a.ehlo", folder + "/in/b.ehlo"])
            #expect(found.dropFirst(2).allSatisfy { $0.source == folder + "/in/deep/log.txt" })
            // The lines of each session bear its number.
            var current = -1
            for object in try objects(run.output) {
                if object["kind"] != nil { current += 1 }
                #expect(object["session"] as? Int == current)
            }
        }
    }

    @Test func `what cannot be read is told of, and the rest is written`() throws {
        try withFiles { folder in
            try "no mail at all".write(toFile: folder + "/in/c.txt", atomically: true, encoding: .utf8)
            let run = try Program.run([
                "export", folder + "/in/a.ehlo", folder + "/in/c.txt", folder + "/gone", "seed", "--format", "json",
            ])
            #expect(run.status == 65)
            #expect(try sessions(run.output).map(\.number) == [0, 1])
            #expect(run.messages.count == 3 && run.errors.contains("2 of 4 files could not be read"), "\(run.errors)")
        }
    }

    @Test func `one of all sessions is taken by its number, and some by a filter`() throws {
        try withFiles { folder in
            let one = try Program.run(["export", "seed", folder + "/in/deep", "--format", "json", "--session", "1"])
            #expect(try sessions(one.output).map(\.number) == [1] && one.status == 0)
            #expect(try Program.run(["export", "seed", "seed", "--format", "json", "--session", "2"]).status == 64)
            let none = try Program.run([
                "export", folder + "/in", "--format", "json", "--filter", "nobody@nowhere.example",
            ])
            #expect(none.status == 66 && none.output.isEmpty)
        }
    }

    @Test func `formats with room for one session and a file that is read are refused`() throws {
        try withFiles { folder in
            #expect(try Program.run(["export", "seed", "seed", "--format", "html"]).status == 64)
            #expect(
                try Program.run(["export", "seed", folder + "/in/a.ehlo", "-o", folder + "/in/a.ehlo"]).status == 64
            )
            let before = try Data(contentsOf: URL(fileURLWithPath: Program.seed))
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/in/a.ehlo")) == before)
        }
    }

    @Test func `many files make one recording that opens again`() throws {
        try withFiles { folder in
            #expect(try Program.run(["export", folder + "/in", "-o", folder + "/all.ehlo"]).status == 0)
            let list = try Program.run(["replay", folder + "/all.ehlo", "--list"])
            #expect(list.output.split(separator: "\n").count >= 3, "\(list.output)")
        }
    }

    @Test func `the schema is JSON and needs no file`() throws {
        let run = try Program.run(["export", "--schema"])
        #expect(run.status == 0 && run.output.hasPrefix("{"))
        #expect(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) is [String: Any])
        #expect(try Program.run(["export", "--format", "json"]).status == 64)
    }
}

@Suite struct DemandTests {
    private static let refused =
        "S: 220 mx.example ESMTP\nC: EHLO a.example\nS: 250 mx.example\nC: MAIL FROM:<a@a.example>\nS: 250 ok\n"
        + "C: RCPT TO:<b@b.example>\nS: 550 5.1.1 no such user\nC: QUIT\nS: 221 bye\n"

    private func run(_ command: [String], _ words: [String]) throws -> Program.Run {
        try Program.withFolder { folder in
            try Self.refused.write(toFile: folder + "/t.txt", atomically: true, encoding: .utf8)
            return try Program.run(command + [folder + "/t.txt"] + words)
        }
    }

    @Test(arguments: [["replay", "--plain"], ["replay", "--list"], ["export", "--format", "json"]])
    func `a session is held against what is asked of it`(_ command: [String]) throws {
        for (words, status) in [
            (["--fail-on", "refused"], 65), (["--fail-on", "deferred"], 0), (["--fail-on", "deferred,refused"], 65),
            (["--expect", "550@RCPT"], 0), (["--expect", "550@MAIL"], 65), (["--expect", "5yz@rcpt"], 0),
            (["--expect", "5.1.1@RCPT"], 0), (["--expect", "5.1.2@RCPT"], 65), (["--expect", "220@banner"], 0),
            (["--expect", "550@RCPT", "--expect", "250@DOT"], 65),
            (["--expect", "250@EHLO", "--fail-on", "refused"], 65),
            (["--expect", "6yz"], 64), (["--expect", "550@LUNCH"], 64), (["--fail-on", "late"], 64),
        ] {
            let run = try run(command, words)
            #expect(run.status == status, "\(command) \(words): \(run.errors)")
        }
    }

    @Test func `what was shown is shown all the same, and a line says why`() throws {
        let run = try run(["replay", "--list"], ["--fail-on", "refused"])
        #expect(run.output.hasPrefix("0\t"))
        #expect(run.errors.contains("session 0: refused 550 RCPT 5.1.1"), "\(run.errors)")
    }

    private static let bounce = """
        This is the mail system at host mail.sender.example.

        <bob@receiver.example>: host mx.receiver.example[192.0.2.25] said: 550 5.1.1
            <bob@receiver.example>: Recipient address rejected: User unknown (in reply to RCPT TO command)

        """

    @Test(arguments: [
        (["--fail-on", "refused"], 65), (["--fail-on", "deferred"], 0), (["--expect", "550@RCPT"], 0),
        (["--expect", "5.1.1"], 0), (["--expect", "554@DOT"], 65), (["--expect", "550@MAIL"], 65),
        (["--fail-on", ""], 64), (["--expect", ","], 64),
    ]) func `so is a text that is no dialogue and tells what became of a mail`(words: [String], status: Int) throws {
        try Program.withFolder { folder in
            try Self.bounce.write(toFile: folder + "/b.txt", atomically: true, encoding: .utf8)
            let run = try Program.run(["replay", folder + "/b.txt", "--plain"] + words)
            #expect(run.status == status, "\(words): \(run.errors)")
        }
    }

    @Test func `findings count by how much they matter`() throws {
        #expect(try Program.run(["replay", "seed", "--plain", "--fail-on", "warning"]).status == 65)
    }
}
