/// The words of the command line before they are parsed.
enum Arguments {
    /// The subcommands.
    static let commands = ["replay", "live", "sandbox", "tap", "export", "lessons", "help"]

    /// Options that every command knows, so that they may stand before the command as well as behind it.
    private static let flags = ["--plain", "--ascii", "--no-input"]
    private static let withValue = ["--lessons", "--lang", "--theme", "--color"]

    /// The commands of a command.
    private static let inner = ["lessons": ["list", "show", "check"]]

    /// The same words with common options that stand before a subcommand put behind it.
    static func commonOptionsLast(_ words: [String]) -> [String] {
        var command: [String] = []
        var moved: [String] = []
        var rest = words[...]
        while let word = rest.first {
            let awaited = command.last.map { inner[$0] ?? [] } ?? commands
            if awaited.contains(word) {
                command.append(word)
                rest = rest.dropFirst()
                guard inner[word] == nil else { continue }
                return command + placed(moved, behind: Array(rest))
            }
            let hasItsValue = flags.contains(word) || withValue.contains { word.hasPrefix("\($0)=") }
            let length = hasItsValue ? 1 : withValue.contains(word) ? 2 : 0
            guard length > 0, rest.count >= length else { return words }
            moved += rest.prefix(length)
            rest = rest.dropFirst(length)
        }
        return words
    }

    /// Behind the other words, but not behind a `--`, after which nothing is an option.
    private static func placed(_ options: [String], behind words: [String]) -> [String] {
        let end = words.firstIndex(of: "--") ?? words.count
        return words[..<end] + options + words[end...]
    }
}
