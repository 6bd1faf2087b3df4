import Foundation
import Testing

@testable import ehlo

/// `ehlo replay A --compare B` as flat text.
@Suite struct CompareCommandTests {
    @Test func `two recordings stand side by side, differences marked, no line moved`() throws {
        let run = try Program.run(["replay", "postfix", "--compare", "one-refused"])
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        let lines = run.output.split(separator: "\n")
        #expect(lines[0].hasPrefix("  postfix ") && lines[0].hasSuffix("| one-refused"))
        #expect(lines.contains { $0.hasPrefix("* C: MAIL FROM:<ada@sender.example> SIZE=") })
        #expect(lines.contains { $0.hasPrefix(">  ") && $0.contains("| S: 550 5.1.1 ") })
        #expect(
            lines.contains {
                $0.hasPrefix("one-refused: The mail was accepted for 1 of 2") || $0.hasPrefix("one-refused: ")
            }
        )
        #expect(lines.last?.hasSuffix("lines differ: * in both, < > in one alone.") == true)
        let same = try Program.run(["postfix", "--compare", "postfix"])
        #expect(same.output.hasSuffix("No differences but names and ids.\n"))
    }

    @Test func `a file with several, and one that is not there, are refused in a sentence`() throws {
        try Program.withFolder { folder in
            let two = folder + "/two.txt"
            let text = "S: 220 a ESMTP\nC: QUIT\nS: 221 bye\n\nS: 220 b ESMTP\nC: QUIT\nS: 221 bye\n"
            try Data(text.utf8).write(to: URL(fileURLWithPath: two))
            let right = try Program.run(["replay", "seed", "--compare", two])
            #expect(right.status == 64 && right.errors.contains("holds 2 sessions"))
            let left = try Program.run(["replay", two, "--compare", "seed"])
            #expect(left.status == 64 && left.errors.contains("take one with --session N"))
            #expect(try Program.run(["replay", two, "--session", "1", "--compare", "seed"]).status == 0)
            #expect(try Program.run(["replay", "seed", "--compare", folder + "/none"]).status == 66)
        }
    }
}
