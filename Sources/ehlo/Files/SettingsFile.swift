import Glibc
import Interchange
import Interface
import Lessons

/// The file in which a person keeps settings: `$XDG_CONFIG_HOME/ehlo/config.yaml`, by default
/// `~/.config/ehlo/config.yaml` (XDG Base Directory Specification).
struct SettingsFile {
    /// Its name; nil when nothing says where a person's settings are.
    let path: String?
    /// What it says.
    private(set) var entries: [Setting: PlainYAML.Entry] = [:]
    /// Which keys shall mean what: each by the name of what it does, in the order of the file.
    private(set) var keys: [PlainYAML.Entry] = []

    /// The key under which the others stand.
    static let keysName = "keys"

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
        let (found, problems) = PlainYAML.entries(octets, kind: "a file of settings", groups: [Self.keysName])
        if let problem = problems.first {
            throw Self.wrong(path, problem.line, problem.message)
        }
        for entry in found {
            if entry.key.hasPrefix("\(Self.keysName).") {
                keys.append(entry)
                continue
            }
            guard entry.key != Self.keysName else {
                throw Self.wrong(
                    path,
                    entry.line,
                    "\(entry.key): names stand below it, each with its keys, as 'next: n'"
                )
            }
            guard let setting = Setting(rawValue: entry.key) else {
                let names = (Setting.allCases.map(\.rawValue) + [Self.keysName]).joined(separator: ", ")
                throw Self.wrong(path, entry.line, "unknown key '\(entry.key)'; the keys are \(names)")
            }
            entries[setting] = entry
        }
    }

    /// What the keys mean with those of the file.
    func bindings() throws(CommandError) -> KeyBindings {
        guard let path, !keys.isEmpty else { return .usual }
        let wanted = keys.map { (name: String($0.key.dropFirst(Self.keysName.count + 1)), keys: $0.value) }
        do throws(KeyBindings.BindingError) {
            return try KeyBindings(wanted)
        } catch {
            let line = keys.last { $0.key == "\(Self.keysName).\(error.name)" }?.line
            throw Self.wrong(path, line, "\(Self.keysName): \(error.name): \(error.message)")
        }
    }

    private static func wrong(_ path: String, _ line: Int?, _ message: String) -> CommandError {
        CommandError(.wrongData, "\(path):\(line.map { "\($0):" } ?? "") \(message)")
    }
}
