import Curses
import Interface
import Lessons

/// What a person can set once and for all, THE table. The raw value is the key in the file of settings.
enum Setting: String, CaseIterable {
    case theme, pace, lessons, language

    /// The variable of the environment that sets it.
    var variable: String {
        switch self {
        case .theme: "EHLO_THEME"
        case .pace: "EHLO_PACE"
        case .lessons: "EHLO_LESSONS"
        case .language: "EHLO_LANG"
        }
    }

    /// The option of the command line that sets it.
    var option: String {
        switch self {
        case .theme: "--theme"
        case .pace: "--pace"
        case .lessons: "--lessons"
        case .language: "--lang"
        }
    }

    /// What is wrong with a value, and what may stand there; nil when nothing is.
    func complaint(about value: String) -> String? {
        switch self {
        case .theme:
            let names = Theme.allCases.map(\.rawValue).joined(separator: ", ")
            return Theme(rawValue: value) == nil ? "there is no theme '\(value)'; take one of \(names)" : nil
        case .pace:
            let isPace = Double(value).map { Settings.paces.contains($0) } ?? false
            return isPace ? nil : "'\(value)' is no pace; it takes seconds from 0 to 3600"
        case .lessons: return value.isEmpty ? "the name of a folder is missing" : nil
        case .language: return value.isEmpty ? "the name of a language is missing, as en" : nil
        }
    }
}

/// What is set and by whom: the command line counts before the environment, that before the file, that before the default.
struct SettingChoice {
    /// Who said it.
    enum Source: Equatable {
        case option(String), variable(String), file(path: String, line: Int)
        /// Nobody did.
        case usual

        /// As a message begins with it, and as `ehlo config` names it.
        var words: String {
            switch self {
            case .option(let name), .variable(let name): name
            case .file(let path, let line): "\(path):\(line)"
            case .usual: "default"
            }
        }
    }

    /// What each was set to. A setting that nobody spoke of is missing.
    private(set) var values: [Setting: (value: String, source: Source)] = [:]
    /// Where the file is, or would be.
    let path: String?
    /// Which key means what, and the lines of the file that say so, by name.
    let bindings: KeyBindings
    let linesOfKeys: [String: Int]

    /// `options` are those that were given. A value that cannot be used is an error, unless something else beats it.
    init(options: [Setting: String], _ variables: (String) -> String?) throws {
        let file = try SettingsFile(variables: variables)
        path = file.path
        bindings = try file.bindings()
        linesOfKeys = Dictionary(
            file.keys.map { (String($0.key.dropFirst(SettingsFile.keysName.count + 1)), $0.line) },
            uniquingKeysWith: { $1 }
        )
        for setting in Setting.allCases {
            let variable = variables(setting.variable) ?? ""
            if let option = options[setting] {
                values[setting] = (option, .option(setting.option))
            } else if !variable.isEmpty {
                values[setting] = (variable, .variable(setting.variable))
            } else if let entry = file.entries[setting] {
                values[setting] = (entry.value, .file(path: file.path ?? "", line: entry.line))
            }
            guard let (value, source) = values[setting], let complaint = setting.complaint(about: value) else {
                continue
            }
            let key = if case .file = source { " \(setting.rawValue):" } else { "" }
            let code: ExitCode = if case .file = source { .wrongData } else { .usage }
            throw CommandError(code, "\(source.words):\(key) \(complaint)")
        }
    }

    func value(_ setting: Setting) -> String? { values[setting]?.value }
    func source(_ setting: Setting) -> Source { values[setting]?.source ?? .usual }
}
