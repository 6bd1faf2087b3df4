import Foundation
import Testing

@testable import ehlo

/// The file of settings, and what beats it.
@Suite struct SettingsTests {
    /// Runs the program with this file of settings; `$D` is a folder of the test.
    private func run(_ words: [String], file: String?, _ environment: [String: String] = [:]) throws -> Program.Run {
        try Program.withFolder { folder in
            if let file {
                let own = folder + "/ehlo"
                try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
                try file.replacing("$D", with: folder).write(
                    toFile: own + "/config.yaml",
                    atomically: true,
                    encoding: .utf8
                )
            }
            return try Program.run(words, environment: ["XDG_CONFIG_HOME": folder].merging(environment) { $1 })
        }
    }

    @Test(
        arguments: [
            (nil, [:], [], "theme: default", "# default"),
            ("theme: dark\n", [:], [], "theme: dark", "config.yaml:1"),
            ("# mine\n\ntheme: dark\n", [:], [], "theme: dark", "config.yaml:3"),
            ("theme: dark\n", ["EHLO_THEME": "light"], [], "theme: light", "# EHLO_THEME"),
            ("theme: dark\n", ["EHLO_THEME": ""], [], "theme: dark", "config.yaml:1"),
            ("theme: dark\n", ["EHLO_THEME": "light"], ["--theme", "mono"], "theme: mono", "# --theme"),
            ("pace: 0.5\n", [:], [], "pace: 0.5", "config.yaml:1"), (nil, [:], [], "pace: 2 ", "# default"),
            (nil, ["LANG": "de_AT.UTF-8"], [], "language: \"en\"", "# default"),
            (nil, ["EHLO_PACE": "7"], [], "pace: 7", "# EHLO_PACE"),
            ("language: de\n", [:], [], "language: \"de\"", "config.yaml:1"),
            ("language: de\n", ["EHLO_LANG": "fr"], [], "language: \"fr\"", "# EHLO_LANG"),
            ("language: de\n", [:], ["--lang", "en"], "language: \"en\"", "# --lang"),
            ("# nothing\n", [:], [], "theme: default", "# default"), ("", [:], [], "theme: default", "# default"),
        ] as [(String?, [String: String], [String], String, String)]
    )
    func `who decides about a setting`(
        file: String?,
        variables: [String: String],
        options: [String],
        setting: String,
        source: String
    ) throws {
        let run = try run(["config"] + options, file: file, variables)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        let line = try #require(run.output.split(separator: "\n").first { $0.hasPrefix(setting) }, "\(run.output)")
        #expect(line.hasSuffix(source), "\(line)")
    }

    @Test(arguments: [
        (
            "theme: dark\nthme: light\n",
            "config.yaml:2: unknown key 'thme'; the keys are theme, pace, lessons, language"
        ),
        ("theme: dusk\n", "config.yaml:1: theme: there is no theme 'dusk'; take one of default"),
        ("\npace: fast\n", "config.yaml:2: pace: 'fast' is no pace"), ("pace: -1\n", "config.yaml:1: pace:"),
        ("theme: dark\ntheme: light\n", "config.yaml:1: the file has 'theme' twice"),
        ("theme: [dark]\n", "config.yaml:1: theme: this is one text"), ("- a\n", "config.yaml:1: this is no list"),
        ("theme: !!binary dark\n", "config.yaml:1: tags"), ("theme: &a dark\n", "config.yaml:1: anchors"),
        ("theme: \"\n", "config.yaml:"), ("keys: n\n", "config.yaml:1: keys: names stand below it"),
        ("pace: 1\nkeys:\n  next: m\n", "config.yaml:3: keys: next: m is the key of 'message' already"),
        ("keys:\n  next: F5\n\n  hex: F5\n", "config.yaml:4: keys: hex: F5 is the key of 'next' already"),
        ("keys:\n  nxt: F5\n", "config.yaml:2: keys: nxt: there is nothing of that name"),
        ("keys:\n  next: [n, F5]\n", "config.yaml:2: keys.next: this is one text"),
    ])
    func `a mistake in the file is said with its line`(file: String, says: String) throws {
        let run = try run(["config"], file: file)
        #expect(run.status == 65 && run.output.isEmpty && run.messages.count == 1)
        #expect(run.errors.contains(says), "\(run.errors)")
        // It stands in the way of every command, and so nothing is done otherwise than was set.
        #expect(try self.run(["seed"], file: file).status == 65)
    }

    @Test func `keys are printed with who chose them`() throws {
        let run = try run(["config"], file: "keys:\n  next: \"n F5\"\n")
        #expect(run.status == 0, "\(run.errors)")
        let next = run.output.split(separator: "\n").first { $0.hasPrefix("  next: ") }
        #expect(next?.hasPrefix("  next: \"n F5\"  # ") == true && next?.hasSuffix("config.yaml:2") == true)
        #expect(run.output.contains("  help: \"? F1\"  # default"))
        #expect(!run.output.contains("  enter: "))
    }

    @Test func `a value that is beaten may be wrong`() throws {
        #expect(try run(["config", "--theme", "mono"], file: "theme: dusk\n").status == 0)
        let run = try run(["config"], file: nil, ["EHLO_THEME": "dusk"])
        #expect(run.status == 64 && run.errors.contains("EHLO_THEME: there is no theme 'dusk'"))
    }

    @Test func `what is printed may stand in the file`() throws {
        let printed = try run(["config", "--theme", "mono", "--lang", "de"], file: "pace: 3\n").output
        let again = try run(["config"], file: printed)
        #expect(again.status == 0, "\(again.errors)")
        for value in ["theme: mono", "pace: 3", "language: \"de\""] { #expect(again.output.contains(value)) }
    }
}
