import ArgumentParser
import Curses
import Interchange
import Lessons

enum ColourOption: String, CaseIterable, ExpressibleByArgument { case auto, always, never }

/// The options that every command knows.
struct CommonOptions: ParsableArguments {
    @Flag(help: "Flat text: no curses, nothing that moves. Also when the output is no terminal.")
    var plain = false
    @Flag(help: "In flat text: tell the parts of each line under it.")
    var spans = false
    @Flag(help: "In flat text: begin each line of the wire with its time.")
    var times = false
    @Option(
        help: ArgumentHelp("Lay the lessons of this folder over ehlo's own, file by file.", valueName: "dir"),
        completion: .directory
    )
    var lessons: String?
    @Option(help: ArgumentHelp("The language of the lessons, as en.", valueName: "language"))
    var lang: String?
    @Option(
        help: ArgumentHelp(
            "The colours: \(Theme.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "name"
        ),
        completion: .list(Theme.allCases.map(\.rawValue))
    )
    var theme: String?
    @Flag(help: "Draw with ASCII alone.")
    var ascii = false
    @Option(help: ArgumentHelp("Use colour: auto, always, never.", valueName: "when"))
    var color = ColourOption.auto
    @Flag(help: "Never ask anything.")
    var noInput = false

    /// Everything decided; `environment` is the process's own but in tests.
    func settings(_ environment: Environment = .ofProcess()) throws -> Settings {
        let choice = try choice(environment)
        let isPlain = plain || !environment.outputIsTerminal || environment.isDumb
        return Settings(
            theme: choice.value(.theme) ?? Theme.default.rawValue,
            isASCII: ascii || !localeIsUTF8(),
            usesColour: environment.usesColour(color),
            isPlain: isPlain || noInput,
            mayAsk: environment.inputIsTerminal && environment.outputIsTerminal && !noInput,
            lessonsRoots: try lessonsRoots(choice),
            language: choice.value(.language) ?? environment.language,
            textStyle: WalkText.Style(showsSpans: spans, showsTimes: times),
            pace: choice.value(.pace).flatMap(Double.init) ?? Settings.usualPace,
            bindings: choice.bindings
        )
    }

    /// What was set, and by whom.
    func choice(_ environment: Environment) throws -> SettingChoice {
        var options: [Setting: String] = [:]
        options[.theme] = theme
        options[.lessons] = lessons
        options[.language] = lang
        return try SettingChoice(options: options, environment.variables)
    }

    /// The person's own folder lies over the lessons that come with the program.
    private func lessonsRoots(_ choice: SettingChoice) throws(CommandError) -> [String] {
        // The variable stands for the lessons that come with the program, wherever they are.
        let isBeside = choice.source(.lessons) == .variable(Setting.lessons.variable)
        let own = isBeside ? nil : choice.value(.lessons).map { HomePath.expanded($0) }
        let roots = [own, LessonLibrary.standardRoot()].compactMap(\.self)
        guard !roots.isEmpty else {
            throw CommandError(
                .noInput,
                "the lessons that come with ehlo are not beside it; name their folder with --lessons DIR"
            )
        }
        return roots
    }

    /// The lessons in the language asked for; `showsSteps` says that those of the steps will be shown.
    func library(_ settings: Settings, showsSteps: Bool = true) throws -> LessonLibrary {
        let library: LessonLibrary
        do {
            library = try LessonLibrary(roots: settings.lessonsRoots, language: settings.language)
        } catch {
            throw CommandError(
                .noInput,
                "\(error); name a folder of lessons with --lessons DIR, or leave that out for ehlo's own"
            )
        }
        if let lang, !library.language.hasPrefix(lang.prefix(2).lowercased()) {
            Message.write("--lang: there are no lessons in '\(lang)', so they are shown in '\(library.language)'")
        }
        if settings.isPlain, showsSteps { library.readAhead() }
        return library
    }
}

/// Whether messages have to keep to ASCII because the locale of the person does.
let localeIsASCII = !localeIsUTF8()
