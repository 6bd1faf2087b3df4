import Glibc
import Interchange
import Tracing

/// A recorded session that comes with the lessons, in their folder `sessions`.
struct BundledSession: Sendable, Equatable {
    /// The name of its file without the ending, as `seed`.
    let name: String
    let path: String
    /// What it says about itself.
    let title: String

    /// Reads it whole.
    func load() throws(FileError) -> SessionFile { try SessionFile.read(path) }

    /// All of a folder of lessons, by name; those that cannot be read say so in their title.
    static func all(in lessonsRoot: String) -> [BundledSession] {
        names(in: lessonsRoot).map { name in
            let path = path(of: name, in: lessonsRoot)
            let title = (try? SessionFile.read(path))?.sessions.first?.header.title ?? "cannot be read"
            return BundledSession(name: name, path: path, title: title)
        }
    }

    /// Those a person recorded, the newest first; `most` of them.
    static func recorded(_ folder: DataFolder = DataFolder(), most: Int = 200) -> [BundledSession] {
        folder.recordings().prefix(most).map { name, path in
            let title = (try? SessionFile.read(path))?.sessions.first?.header.title ?? "cannot be read"
            return BundledSession(name: name, path: path, title: title)
        }
    }

    static func names(in lessonsRoot: String) -> [String] {
        guard let folder = opendir("\(lessonsRoot)/sessions") else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".ehlo"), !name.hasPrefix(".") { names.append(String(name.dropLast(5))) }
        }
        return names.sorted()
    }

    private static func path(of name: String, in lessonsRoot: String) -> String {
        "\(lessonsRoot)/sessions/\(name).ehlo"
    }

    /// The file that a person means: a bundled session by its name, else a file. The word might have been one of `commands`
    /// as well, which are named where it is nothing.
    static func resolve(
        _ word: String,
        in lessonsRoot: String,
        besides commands: [String] = []
    ) throws(CommandError) -> String {
        if word == "-" { return word }
        let names = names(in: lessonsRoot)
        if names.contains(word) { return path(of: word, in: lessonsRoot) }
        if !word.contains("/"), let own = DataFolder().recordings().first(where: { $0.name == word }) {
            return own.path
        }
        var status = stat()
        guard !word.contains("/"), !word.hasSuffix(".ehlo"), stat(word, &status) != 0 else { return word }
        let kinds = commands.isEmpty ? "session or file" : "command, session or file"
        let spoken = commands.isEmpty ? "" : "the commands are \(commands.joined(separator: ", ")); "
        guard !names.isEmpty else {
            throw CommandError(
                .noInput,
                "there is no \(kinds) '\(word)'; \(spoken)there are no bundled sessions in \(lessonsRoot)/sessions; check --lessons"
            )
        }
        throw CommandError(
            .noInput,
            "there is no \(kinds) '\(word)'; \(spoken)the bundled sessions are \(names.joined(separator: ", "))"
        )
    }

    /// One line a session: the name, and its title in a column of its own.
    static func list(_ sessions: [BundledSession]) -> [String] {
        let width = sessions.map(\.name.count).max() ?? 0
        return sessions.map { session in
            let gap = String(repeating: " ", count: width - session.name.count + 2)
            return Escaping.message(session.name + gap + session.title)
        }
    }
}
