import Glibc
import Interchange
import Lessons

/// The file in which a person keeps settings: `$XDG_CONFIG_HOME/ehlo/config.yaml`, by default
/// `~/.config/ehlo/config.yaml` (XDG Base Directory Specification).
struct SettingsFile {
    /// Its name; nil when nothing says where a person's settings are.
    let path: String?
    /// What it says.
    private(set) var entries: [Setting: PlainYAML.Entry] = [:]

    /// Reads it where it is there. Without a file no YAML is read, which would cost the start some milliseconds.
    init(variables: (String) -> String?) throws {
        path = Self.path(variables)
        guard let path, access(path, F_OK) == 0 else { return }
        try read(try FileOctets.read(path, most: PlainYAML.maxOctets + 1), path)
    }

    private static func path(_ variables: (String) -> String?) -> String? {
        if let given = variables("XDG_CONFIG_HOME"), given.hasPrefix("/") { return "\(given)/ehlo/config.yaml" }
        guard let home = variables("HOME"), home.hasPrefix("/") else { return nil }
        return "\(home)/.config/ehlo/config.yaml"
    }

    private mutating func read(_ octets: [UInt8], _ path: String) throws(CommandError) {
        let (found, problems) = PlainYAML.entries(octets, kind: "a file of settings")
        if let problem = problems.first {
            throw Self.wrong(path, problem.line, problem.message)
        }
        for entry in found {
            guard let setting = Setting(rawValue: entry.key) else {
                let names = Setting.allCases.map(\.rawValue).joined(separator: ", ")
                throw Self.wrong(path, entry.line, "unknown key '\(entry.key)'; the keys are \(names)")
            }
            entries[setting] = entry
        }
    }

    private static func wrong(_ path: String, _ line: Int?, _ message: String) -> CommandError {
        CommandError(.wrongData, "\(path):\(line.map { "\($0):" } ?? "") \(message)")
    }
}
