import ArgumentParser
import Interchange
import Lessons

/// `ehlo help`: the first page, a command's own page, a table, or whatever a word has to do with.
struct HelpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "help",
        abstract: "Find commands, keys and lessons by a word.",
        usage: "ehlo help [<word> ...]",
        discussion: "A word is a command, one of \(topics), a key, or anything that commands and lessons speak of."
    )

    private static let topics = HelpTopic.allCases.map(\.rawValue).joined(separator: ", ")

    @Argument(help: ArgumentHelp("What to look up.", valueName: "word"))
    var words: [String] = []
    @OptionGroup(title: "Common options") var common: CommonOptions

    func run() throws {
        guard let word = words.first, words != ["help"] else { return try show(HelpOverview.page) }
        if Arguments.commands.contains(word) {
            // The parser's own help knows the commands of commands.
            var help = try EhloCommands.parseAsRoot(["help"] + words)
            return try help.run()
        }
        if words.count == 1, let topic = HelpTopic(rawValue: word.lowercased()) { return try show(topic.page) }
        try search(words.joined(separator: " "))
    }

    private func search(_ text: String) throws {
        let library = try common.library(common.settings())
        let search = HelpSearch(text)
        var page = HelpPage()
        page.add("Commands", search.commands())
        page.add("Keys", search.keys())
        page.add("Lessons, to be read with 'ehlo lessons show'", search.lessons(library))
        guard !page.lines.isEmpty else {
            let near = NearestAnchors.of(text, among: Arguments.commands + library.anchors().map(\.path))
            let advice = near.isEmpty ? "" : "; spelled alike are \(near.joined(separator: ", "))"
            throw CommandError(
                .noInput,
                "no command, key or lesson speaks of '\(text)'\(advice); 'ehlo lessons list' names all lessons"
            )
        }
        try show(page)
    }

    private func show(_ page: HelpPage) throws { try page.print(isASCII: common.ascii || localeIsASCII) }
}
