import FoundationEssentials
import Interface
import Lessons
import Tracing

/// Commands, keys and lessons that speak of a word.
struct HelpSearch {
    /// More lessons than these are only counted.
    private static let maxLessons = 12
    private let text: String
    private let wanted: [String]

    init(_ text: String) {
        self.text = text
        wanted = Self.words(of: text)
    }

    private static func words(of text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// Whether each word that is wanted begins one of those in the texts, or is one where it has a single letter.
    private func isIn(_ texts: String...) -> Bool {
        let words = texts.flatMap(Self.words)
        // A single letter would begin too many.
        return !wanted.isEmpty
            && wanted.allSatisfy { word in words.contains { word.count > 1 ? $0.hasPrefix(word) : $0 == word } }
    }

    /// Commands by their names and abstracts, options by theirs. An option of many commands stands once.
    func commands() -> [HelpPage.Row] {
        var rows: [HelpPage.Row] = []
        var seen: Set<[String]> = []
        for (path, command) in CommandDescription.all {
            if isIn(command.commandName, command.abstract ?? "") { rows.append((path, command.abstract ?? "")) }
            for option in command.options where isIn(option.label, option.abstract ?? "") {
                let abstract = option.abstract ?? ""
                if seen.insert([option.label, abstract]).inserted {
                    rows.append(("\(path) \(option.label)", abstract))
                }
            }
        }
        return rows
    }

    /// A key by itself, as it is written; or by what it does.
    func keys() -> [HelpPage.Row] {
        let rows = KeyTable.rows.filter { row in
            row.shown.split(separator: " ").contains {
                $0 == text || $0.count > 1 && $0.lowercased() == text.lowercased()
            }
                || text.count > 1 && isIn(row.words)
        }
        return rows.map { (HelpTopic.shown($0), $0.words) }
    }

    /// Lessons that a person means by the word, then those with it in their name or title.
    func lessons(_ library: LessonLibrary) -> [HelpPage.Row] {
        let meant = library.anchors(meantBy: text).filter { library.section(for: $0) != nil }
        let others = library.anchors().filter { anchor in
            !meant.contains(anchor) && isIn(anchor.path, library.section(for: anchor)?.title ?? "")
        }
        let found = meant + others
        let rows = found.prefix(Self.maxLessons).map { ($0.path, library.section(for: $0)?.title ?? "") }
        let rest = found.count - rows.count
        return rows + (rest > 0 ? [("…", "and \(rest) more; 'ehlo lessons list' names them all")] : [])
    }
}

/// A command as the parser describes it, which is also what the manual pages are made of.
struct CommandDescription: Decodable {
    struct Name: Decodable {
        let kind: String
        let name: String
    }

    struct Argument: Decodable {
        let shouldDisplay: Bool
        let names: [Name]?
        let preferredName: Name?
        let valueName: String?
        let kind: String
        let abstract: String?

        /// As a person types it: `--pace <seconds>`.
        var label: String {
            guard let name = preferredName else { return "" }
            let dashes = name.kind == "long" ? "--" : "-"
            return dashes + name.name + (kind == "option" ? " <\(valueName ?? "value")>" : "")
        }
    }

    let commandName: String
    let abstract: String?
    let arguments: [Argument]?
    let subcommands: [CommandDescription]?

    /// The options and flags that help shows.
    var options: [Argument] { (arguments ?? []).filter { $0.shouldDisplay && $0.preferredName != nil } }

    private struct Tool: Decodable { let command: CommandDescription }

    /// Every command with the words that call it, `ehlo` itself first.
    static var all: [(path: String, command: CommandDescription)] {
        let dump = Data(Ehlo._dumpHelp().utf8)
        guard let tool = try? JSONDecoder().decode(Tool.self, from: dump) else { return [] }
        return tool.command.withSubcommands(below: "")
    }

    private func withSubcommands(below path: String) -> [(path: String, command: CommandDescription)] {
        let own = path.isEmpty ? commandName : "\(path) \(commandName)"
        return [(own, self)] + (subcommands ?? []).flatMap { $0.withSubcommands(below: own) }
    }
}
