import ArgumentParser
import Foundation
import Interface
import Testing

@testable import ehlo

/// What `ehlo --help` and `ehlo help` say.
@Suite struct HelpTests {
    /// One by one: of a list of types the compiler makes too much.
    private static var configurations: [CommandConfiguration] {
        var all: [CommandConfiguration] = []
        for type in EhloCommands.all { all.append(type.configuration) }
        return all
    }

    @Test(arguments: [["--help"], ["-h"], ["help"], ["--plain", "--help"], ["help", "help"]])
    func `the first page fits a terminal`(words: [String]) throws {
        let run = try Program.run(words)
        let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        // One line is left for the prompt.
        #expect(run.status == 0 && (15...23).contains(lines.count))
        #expect(lines.allSatisfy { $0.count <= 80 })
        for configuration in Self.configurations {
            let (name, words) = (try #require(configuration.commandName), configuration.abstract)
            #expect(lines.contains { $0.contains("  \(name) ") && $0.hasSuffix(words) }, "\(name)")
        }
    }

    @Test func `every command is in a group, and known to the command line`() {
        let names = Self.configurations.compactMap(\.commandName)
        #expect(names.count == Self.configurations.count)
        #expect(Set(names + ["help"]) == Set(Arguments.commands))
    }

    @Test func `help has the tables whole`() throws {
        let exit = try Program.run(["help", "exit"]).output
        for code in ExitCode.allCases { #expect(exit.contains("  \(code.rawValue) ") && exit.contains(code.meaning)) }
        let keys = try Program.run(["help", "KEYS"]).output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for row in KeyTable.rows { #expect(keys.contains("\(HelpTopic.shown(row)) \(row.words)"), "\(row.shown)") }
        #expect(try Program.run(["help", "options"]).output.contains("--subject <text>"))
        for shell in CompletionShell.allCases {
            #expect(try Program.run(["help", "completion"]).output.contains("-script \(shell.rawValue) >"))
        }
    }

    @Test(arguments: [
        ("pipelining", ["ehlo live --pipeline", "extension/PIPELINING"]), ("greylisting", ["greylist"]),
        ("^D", ["a page down"]), ("shift-tab", ["previous pane"]), ("hexadecimal", ["x  the line in hexadecimal"]),
        ("550", ["reply/550"]), ("handshake", ["tls/handshake"]), ("persona", ["ehlo sandbox --persona <persona>"]),
        ("worksheet", []),
    ])
    func `a word finds commands, keys and lessons`(word: String, found: [String]) throws {
        let run = try Program.run(["help", word])
        #expect(run.status == (found.isEmpty ? 66 : 0), "\(run.errors)")
        for text in found { #expect(run.output.contains(text)) }
        #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test func `an option of every command is found once`() throws {
        let rows = HelpSearch("theme").commands()
        #expect(rows.count == 1 && rows.first?.name == "ehlo --theme <name>")
    }

    @Test func `every page of a command names ehlo`() throws {
        let inner = ["list", "show", "check"].map { ["lessons", $0] }
        for words in Arguments.commands.map({ [$0] }) + inner where words != ["help"] {
            for asked in [words + ["--help"], ["help"] + words] {
                let run = try Program.run(asked)
                #expect(run.output.contains("USAGE: ehlo \(words.joined(separator: " "))"), "\(asked): \(run.output)")
            }
        }
        #expect(try Program.run(["help", "--help"]).output.contains("USAGE: ehlo help"))
    }

    @Test func `the version comes first, and behind it the libraries'`() throws {
        let lines = try Program.run(["--version"]).output.split(separator: "\n")
        #expect(lines.first == "ehlo \(Version.number)")
        #expect(lines.count == 2)
        for library in ["OpenSSL", "c-ares", "ncurses", "cmark-gfm"] {
            let version = try Regex("\(library) [0-9]+\\.[0-9]")
            #expect(lines.last?.contains(version) == true, "\(library)")
        }
    }

    @Test func `the version stands at the top of the changes`() throws {
        let changes = try String(contentsOfFile: Program.lessons + "/../Sources/CHANGES.md", encoding: .utf8)
        let titles = changes.split(separator: "\n").filter { $0.hasPrefix("## ") }
        #expect(titles.first?.hasPrefix("## \(Version.number) ") == true)
        let readme = try String(contentsOfFile: Program.lessons + "/../README.md", encoding: .utf8)
        let named = readme.matches(of: /ehlo[_-](\d+\.\d+\.\d+)/).map { String($0.output.1) }
        #expect(named.count >= 2 && Set(named) == [Version.number])
        #expect(Version.number.wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
    }

    @Test func `the parser's scripts still have the pieces that are changed`() {
        #expect(CompletionScript.changes.count == CompletionShell.allCases.count)
        for (shell, changes) in CompletionScript.changes {
            let script = Ehlo.completionScript(for: CompletionShell(rawValue: shell) ?? .bash)
            for change in changes { #expect(script.contains(change.piece), "\(shell): \(change.piece)") }
            let completed = CompletionScript.completed(script)
            for change in changes { #expect(completed.contains(change.replacement)) }
        }
        #expect(CompletionScript.completed("complete") == "complete")
    }

    /// The description of a command as JSON, its own commands included.
    private static func arguments(of command: [String: Any]) -> [[String: Any]] {
        let inner = (command["subcommands"] as? [[String: Any]] ?? []).flatMap(arguments)
        return (command["arguments"] as? [[String: Any]] ?? []) + inner
    }

    @Test func `whatever takes a file, a folder or a name of ours is completed`() throws {
        let dump = try JSONSerialization.jsonObject(with: Data(Ehlo._dumpHelp().utf8)) as? [String: Any]
        let arguments = Self.arguments(of: try #require(dump?["command"] as? [String: Any]))
        let named = ["file", "dir", "dir or file", "session", "persona", "format", "point", "word or anchor"]
        let wanted = arguments.filter { named.contains($0["valueName"] as? String ?? "") }
        #expect(wanted.count > 30)
        for argument in wanted {
            #expect(argument["completionKind"] != nil, "\(argument["preferredName"] ?? argument)")
        }
    }

    @Test(arguments: [
        ("mail.pcap", true), ("a b.eml", true), ("Gruß.txt", true), ("$(x)", false), ("`x`", false), ("a\nb", false),
        ("'", false), ("a\\b", false), ("", false), ("a;b", false), ("a\u{1B}[m", false), ("*", false),
    ])
    func `a name that a shell would act on is not offered`(name: String, isOffered: Bool) {
        #expect(Offers.isSafe(name) == isOffered)
    }

    @Test func `files are offered as they were begun`() throws {
        try Program.withFolder { folder in
            for name in ["a.pcap", ".hidden"] { try Data().write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
            try FileManager.default.createDirectory(atPath: "\(folder)/b", withIntermediateDirectories: true)
            #expect(Offers.files("\(folder)/", marksFolders: true) == ["\(folder)/a.pcap", "\(folder)/b/"])
            #expect(Offers.files("\(folder)/x", marksFolders: false) == ["\(folder)/a.pcap", "\(folder)/b"])
            #expect(Offers.files("\(folder)/.", marksFolders: false).contains("\(folder)/.hidden"))
            #expect(Offers.files("/absent/", marksFolders: false) == [])
        }
    }
}
