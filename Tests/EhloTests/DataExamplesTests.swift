import Foundation
import Testing

@testable import ehlo

/// The examples of the README that hand the data on: each is run as it stands there, and must print what stands behind it.
@Suite struct DataExamplesTests {
    private struct Example {
        let command, output: String
    }

    /// The fenced blocks of the part about data: commands, and behind most of them what they print.
    private static func examples() throws -> [Example] {
        let path = URL(fileURLWithPath: Program.lessons).deletingLastPathComponent().appendingPathComponent("README.md")
        let text = try String(contentsOf: path, encoding: .utf8)
        let part = try #require(text.components(separatedBy: "Many files, or whole folders").last)
        let blocks = try #require(part.components(separatedBy: "**In public.**").first).components(separatedBy: "```")
        let fenced = stride(from: 1, to: blocks.count, by: 2).map { blocks[$0] }
        return fenced.enumerated().compactMap { index, block in
            guard block.hasPrefix("sh\n") else { return nil }
            let next = fenced.indices.contains(index + 1) ? fenced[index + 1] : "sh"
            let output = next.hasPrefix("sh") ? "" : String(next.drop { $0 == "\n" })
            return Example(command: String(block.dropFirst(3)), output: output)
        }
    }

    private static func isInstalled(_ program: String) -> Bool {
        (try? Program.shell("command -v \(program)").status) == 0
    }

    @Test func `the examples print what the README shows`() throws {
        let examples = try Self.examples()
        #expect(examples.count == 4)
        try Program.withFolder { folder in
            try FileManager.default.createSymbolicLink(atPath: folder + "/ehlo", withDestinationPath: Program.path)
            for example in examples {
                let program = String(example.command.prefix { $0 != " " })
                guard program == "ehlo" || Self.isInstalled(program) else { continue }
                let run = try Program.shell("cd '\(folder)' && PATH=\"$PWD:$PATH\"\n" + example.command)
                #expect(run.status == 0 && run.output == example.output, "\(example.command)\(run.output)\(run.errors)")
            }
        }
    }
}
