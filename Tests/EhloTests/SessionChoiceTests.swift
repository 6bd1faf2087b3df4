import Foundation
import Testing

@testable import ehlo

/// A file with several sessions on the command line: the list first, then what was chosen.
@Suite struct SessionChoiceTests {
    private static let three = ["one", "two", "three"].map {
        "S: 220 \($0).example ESMTP\nC: MAIL FROM:<a@\($0).example>\nS: 550 5.7.1 not you\nC: QUIT\nS: 221 bye\n"
    }.joined(separator: "\n")

    private func withThree(_ body: (String) throws -> Void) throws {
        try Program.withFolder { folder in
            let path = folder + "/three.txt"
            try Data(Self.three.utf8).write(to: URL(fileURLWithPath: path))
            try body(path)
        }
    }

    @Test func `through a pipe it is the list, then a sentence that says how to see them`() throws {
        try withThree { path in
            let list = try Program.run(["replay", path, "--list"]).output
            #expect(list.split(separator: "\n").count == 3)
            for words in [[path], ["replay", path], [path, "--plain"]] {
                let run = try Program.run(words)
                #expect(run.status == 0)
                #expect(run.output == list)
                #expect(run.messages.count == 1)
                #expect(run.errors.contains("3 sessions of the file; --session N shows one of them, --session all"))
            }
            #expect(try Program.run([path, "--list"]).errors.isEmpty)
        }
    }

    @Test func `the words of the list's filter choose for the list, for flat text and for exports`() throws {
        try withThree { path in
            #expect(try Program.run([path, "--list", "--filter", "from:two"]).output.hasPrefix("1\t"))
            let listed = try Program.run([path, "--filter", "from:two from:three refused"])
            #expect(listed.output.split(separator: "\n").map(\.first) == ["1", "2"])
            #expect(listed.errors.contains("2 sessions of the file"))
            let shown = try Program.run([path, "--session", "all", "--filter", "from:two"])
            #expect(shown.output.contains("220 two.example") && !shown.output.contains("220 one.example"))
            let json = try Program.run(["export", path, "--format", "json", "--filter", "from:three"])
            #expect(json.output.split(separator: "\n").allSatisfy { $0.hasPrefix("{\"session\":2,") })
            #expect(!json.output.isEmpty)
            for words in [[path, "--list"], [path, "--session", "all"], ["export", path, "--format", "txt"]] {
                let run = try Program.run(words + ["--filter", "accepted"])
                #expect(run.status == 66 && run.messages.count == 1 && run.output.isEmpty)
                #expect(run.errors.contains("no session of the file is like --filter 'accepted'"))
            }
        }
    }

    @Test func `one of them, or all, is shown whole`() throws {
        try withThree { path in
            let one = try Program.run([path, "--session", "1"])
            #expect(one.output.contains("220 two.example") && !one.output.contains("three.example"))
            let all = try Program.run([path, "--session", "all"])
            for name in ["one", "two", "three"] { #expect(all.output.contains("220 \(name).example")) }
            let exported = try Program.run(["export", path, "--format", "txt", "--session", "all"]).output
            #expect(exported == (try Program.run(["export", path, "--format", "txt"]).output))
            let wrong = try Program.run([path, "--session", "three"])
            #expect(wrong.status == 64 && wrong.errors.contains("--session"))
        }
    }
}
