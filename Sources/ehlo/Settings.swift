import Glibc
import Interchange
import Interface

/// What the options and the environment say about how things are shown.
struct Settings: Sendable {
    /// The name of a theme, as `default`.
    var theme: String
    /// Whether only ASCII may be drawn.
    var isASCII: Bool
    /// Whether colours may be used; false also for a person who set NO_COLOR.
    var usesColour: Bool
    /// Flat text and no curses.
    var isPlain: Bool
    /// Whether a question may be asked: both ends are a terminal and nobody forbade it.
    var mayAsk: Bool
    /// The folders of the lessons, one over the other, the uppermost first; the bundled sessions are in them too.
    var lessonsRoots: [String]
    /// A language or a locale, as `de` or `de_AT.UTF-8`.
    var language: String
    /// How much of each line flat text tells.
    var textStyle = WalkText.Style()
    /// How much faster than recorded a replay plays, 0.25...16.
    var speed = 1.0
    /// The longest pause of a replay, in seconds.
    var idleLimit = 2.0
    /// How long a replay that plays stays at each stop at least, in seconds.
    var pace = Settings.usualPace
    /// Which key means what.
    var bindings = KeyBindings.usual

    static let usualPace = 2.0
    static let paces = 0.0...3600.0
}

/// The environment, as far as it decides how things are shown. Pure, so that it can be tested.
struct Environment {
    var variables: (String) -> String?
    var inputIsTerminal: Bool
    var outputIsTerminal: Bool

    static func ofProcess() -> Environment {
        Environment(
            variables: { name in getenv(name).map { String(cString: $0) } },
            inputIsTerminal: isatty(0) == 1,
            outputIsTerminal: isatty(1) == 1
        )
    }

    /// NO_COLOR counts when it is set and not empty, then CLICOLOR_FORCE, then CLICOLOR; `--color` beats them all.
    func usesColour(_ option: ColourOption) -> Bool {
        switch option {
        case .always: return true
        case .never: return false
        case .auto: break
        }
        if let set = variables("NO_COLOR"), !set.isEmpty { return false }
        if let set = variables("CLICOLOR_FORCE"), !set.isEmpty, set != "0" { return true }
        if variables("CLICOLOR") == "0" { return false }
        return outputIsTerminal && !isDumb
    }

    /// Whether the terminal can do no more than print.
    var isDumb: Bool { ["", "dumb"].contains(variables("TERM") ?? "") }

    var language: String {
        for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
            if let set = variables(name), !set.isEmpty { return set }
        }
        return "en"
    }
}
