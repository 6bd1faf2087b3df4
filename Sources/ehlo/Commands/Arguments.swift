/// The words of the command line before they are parsed.
enum Arguments {
    /// The subcommands.
    static let commands = [
        "replay", "watch", "live", "sandbox", "tap", "explain", "export", "lessons", "config", "help",
    ]

    /// Options that every command knows, so that they may stand before the command as well as behind it.
    private static let flags = ["--plain", "--ascii", "--no-input"]
    private static let withValue = ["--lessons", "--lang", "--theme", "--color"]

    /// The commands of a command.
    private static func inner(_ command: String) -> [String]? {
        command == "lessons" ? ["list", "show", "check"] : nil
    }

    /// The words as the parser reads them, and whether they began with a session and no command.
    struct Spelled: Equatable {
        var words: [String]
        /// The session of `ehlo seed`, which is short for `ehlo replay seed`.
        var session: String?
    }

    /// The words with common options put behind the subcommand, and with `replay` before a first word that is none.
    static func spelled(_ words: [String]) -> Spelled {
        let moved = commonOptionsLast(words)
        let count = commonOptionsCount(moved)
        guard moved.count > count, !commands.contains(moved[count]), !isOption(moved[count]) else {
            return Spelled(words: moved)
        }
        let rest = Array(moved[(count + 1)...])
        let options = Array(moved[..<count])
        return Spelled(words: ["replay", moved[count]] + placed(options, behind: rest), session: moved[count])
    }

    /// A single hyphen is standard input.
    private static func isOption(_ word: String) -> Bool { word.hasPrefix("-") && word != "-" }

    /// The same words with common options that stand before a subcommand put behind it.
    static func commonOptionsLast(_ words: [String]) -> [String] {
        var command: [String] = []
        var moved: [String] = []
        var rest = words[...]
        while let word = rest.first {
            let awaited = command.last.map { inner($0) ?? [] } ?? commands
            if awaited.contains(word) {
                command.append(word)
                rest = rest.dropFirst()
                guard inner(word) == nil else { continue }
                return command + placed(moved, behind: Array(rest))
            }
            let length = commonOptionLength(word)
            guard length > 0, rest.count >= length else { return words }
            moved += rest.prefix(length)
            rest = rest.dropFirst(length)
        }
        return words
    }

    /// How many words a common option takes with its value; 0 for any other word.
    private static func commonOptionLength(_ word: String) -> Int {
        let hasItsValue = flags.contains(word) || withValue.contains { word.hasPrefix("\($0)=") }
        return hasItsValue ? 1 : withValue.contains(word) ? 2 : 0
    }

    /// How many of the first words are common options and their values.
    private static func commonOptionsCount(_ words: [String]) -> Int {
        var count = 0
        while count < words.count, case let length = commonOptionLength(words[count]), length > 0 { count += length }
        return min(count, words.count)
    }

    /// Behind the other words, but not behind a `--`, after which nothing is an option.
    private static func placed(_ options: [String], behind words: [String]) -> [String] {
        let end = words.firstIndex(of: "--") ?? words.count
        return words[..<end] + options + words[end...]
    }
}
