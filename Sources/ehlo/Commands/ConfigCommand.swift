import ArgumentParser
import Interchange
import Interface

/// `ehlo config`: the settings as they count, and who set them.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Print the settings as they count, and who set them.",
        discussion: """
            The command line counts before the environment, the environment before the file of settings, and that before \
            the default. What is printed may stand in the file: $XDG_CONFIG_HOME/ehlo/config.yaml, or else \
            ~/.config/ehlo/config.yaml.
            """
    )

    @OptionGroup(title: "Common options") var common: CommonOptions

    func run() throws {
        let settings = try common.settings()
        let choice = try common.choice(.ofProcess())
        let language = try common.library(settings).language
        let printer = PlainPrinter(settings)
        for line in Self.lines(settings, choice, language) { try printer.print(Escaping.message(line)) }
        try printer.flush()
    }

    /// A line of YAML a setting, with its source as a comment. `language` is that of the lessons, where nobody chose one.
    static func lines(_ settings: Settings, _ choice: SettingChoice, _ language: String) -> [String] {
        let path = choice.path ?? "nothing says where a file of settings would be; set HOME"
        return ["# \(path)"]
            + Setting.allCases.map { setting in
                let source = choice.source(setting)
                var settings = settings
                if source == .usual { settings.language = language }
                // The folder of the program's own lessons may move with the program, and so it is not for the file.
                let isOwn = source == .usual && setting == .lessons
                return "\(isOwn ? "# " : "")\(setting.rawValue): \(value(of: setting, settings))  # \(source.words)"
            } + ["\(SettingsFile.keysName):"] + keys(choice, path)
    }

    /// A line for each thing that keys do, but for those whose keys stay what they are.
    private static func keys(_ choice: SettingChoice, _ path: String) -> [String] {
        KeyTable.rows.filter { !$0.isFixed }.map { row in
            let source = choice.linesOfKeys[row.name].map { SettingChoice.Source.file(path: path, line: $0) }
            return "  \(row.name): \(quoted(choice.bindings.words(row)))  # \((source ?? .usual).words)"
        }
    }

    private static func value(of setting: Setting, _ settings: Settings) -> String {
        switch setting {
        case .theme: settings.theme
        case .pace: settings.pace == settings.pace.rounded() ? "\(Int(settings.pace))" : "\(settings.pace)"
        case .lessons: quoted(settings.lessonsRoots.first ?? "")
        case .language: quoted(settings.language)
        }
    }

    /// A text as YAML has it between double quotes.
    private static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}
