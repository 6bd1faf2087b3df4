import ArgumentParser
import Interface

/// What `ehlo help` has a page for beside the commands, THE table. The raw value is the word that asks for it.
enum HelpTopic: String, CaseIterable {
    case exit, keys, options, completion

    var page: HelpPage {
        var page = HelpPage()
        switch self {
        case .exit:
            page.add("Exit status", ExitCode.allCases.map { ("\($0.rawValue)", $0.meaning) })
        case .keys:
            let rows = KeyTable.rows.map { ($0.group, (HelpTopic.shown($0), $0.words)) }
            let width = rows.map(\.1.0.count).max() ?? 0
            for group in KeyTable.Group.allCases {
                page.add(group.rawValue, rows.filter { $0.0 == group }.map(\.1), atLeast: width)
            }
        case .options:
            for line in Ehlo.helpMessage(columns: 80).split(separator: "\n", omittingEmptySubsequences: false) {
                page.add(String(line))
            }
        case .completion:
            page.add("Tab completes commands, options and their values once the shell has this script.")
            page.add("The Debian package brings it along; without the package:")
            for (shell, file) in Self.scripts {
                page.add()
                page.add("  ehlo --generate-completion-script \(shell) > \(file)")
            }
        }
        return page
    }

    /// Where each shell looks for the scripts of a person. Of zsh that is any folder of `$fpath`.
    private static let scripts = [
        ("bash", "~/.local/share/bash-completion/completions/ehlo"), ("zsh", "~/.zfunc/_ehlo"),
        ("fish", "~/.config/fish/completions/ehlo.fish"),
    ]

    /// The keys of a row with one blank between them.
    static func shown(_ row: KeyTable.Row) -> String { row.shown.split(separator: " ").joined(separator: " ") }
}
