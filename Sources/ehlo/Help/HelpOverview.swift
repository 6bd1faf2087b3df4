import ArgumentParser

/// The first page of help: what a person may want, and with which command. It fits a terminal of 24 lines.
enum HelpOverview {
    /// Typed as they stand; each shows another side.
    private static let examples: [HelpPage.Row] = [
        ("ehlo", "a mail in a world of its own: press n"),
        ("ehlo seed", "a recorded session: a name, a file or -"),
        ("ehlo explain '550 5.7.1 Denied'", "what a reply, a bounce or a log means"),
        ("ehlo live bob@example.org", "a real server; only Enter sends"),
    ]

    static var page: HelpPage {
        var page = HelpPage()
        page.add(Ehlo.configuration.abstract)
        page.add()
        page.add(examples)
        page.add()
        page.add(rows)
        page.add()
        page.add("The options of a command: ehlo COMMAND --help; of the walk: ehlo help options")
        page.add("Look up: ehlo help exit, keys, completion or any word. The manual: man ehlo")
        return page
    }

    /// A row a command, the title of its group before the first.
    private static var rows: [HelpPage.Row] {
        let groups = EhloCommands.groups.map { group in
            let own = group.subcommands.map { ($0.configuration.commandName ?? "", $0.configuration.abstract) }
            switch group.name {
            case EhloCommands.walk: return (group.name, [("ehlo", "The sandbox world: no network, no set-up.")] + own)
            case EhloCommands.learn: return (group.name, own + [("help", HelpCommand.configuration.abstract)])
            default: return (group.name, own)
            }
        }
        let width = groups.map(\.0.count).max() ?? 0
        return groups.flatMap { title, commands in
            commands.enumerated().map { number, command in
                let head = number == 0 ? title : ""
                return (head + String(repeating: " ", count: width - head.count + 2) + command.0, command.1)
            }
        }
    }
}
