import Glibc
import Interchange
import Lessons
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
    static func all(in lessonsRoots: [String]) -> [BundledSession] {
        names(in: lessonsRoots).map { name in
            let path = path(of: name, in: lessonsRoots)
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

    static func names(in lessonsRoots: [String]) -> [String] {
        let names = LessonFolder(lessonsRoots)?.list("sessions") ?? []
        return names.filter { $0.hasSuffix(".ehlo") }.map { String($0.dropLast(5)) }
    }

    static func path(of name: String, in lessonsRoots: [String]) -> String {
        LessonFolder(lessonsRoots)?.path(of: "sessions/\(name).ehlo") ?? "sessions/\(name).ehlo"
    }

    /// The file that a person means: a bundled session by its name, else a file. The word might have been one of `commands`
    /// as well, which are named where it is nothing.
    static func resolve(
        _ word: String,
        in lessonsRoots: [String],
        besides commands: [String] = []
    ) throws(CommandError) -> String {
        if word == "-" { return word }
        let names = names(in: lessonsRoots)
        if names.contains(word) { return path(of: word, in: lessonsRoots) }
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
                "there is no \(kinds) '\(word)'; \(spoken)there are no bundled sessions in \(lessonsRoots.joined(separator: ", ")); check --lessons"
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
