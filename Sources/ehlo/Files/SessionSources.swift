import Glibc
import Interchange
import Lessons

/// The files that one command reads, behind each other: their sessions count on from file to file.
///
/// A folder stands for the files in it and in its folders, by name; those whose name begins with a dot are left out.
struct SessionSources {
    struct Source: Equatable {
        /// As the person wrote it, or as it lies in the folder that was named.
        let name: String
        let path: String
    }

    let all: [Source]
    /// Whether it may be more than one, so that each session has to say whence it is.
    let areMany: Bool

    /// The most files of one folder; who has more names the folders in it.
    private static let maxFiles = 100_000

    init(_ words: [String], in lessonsRoots: [String]) throws(CommandError) {
        var found: [Source] = []
        for word in words {
            guard let files = try Self.files(in: word) else {
                found.append(Source(name: word, path: try BundledSession.resolve(word, in: lessonsRoots)))
                continue
            }
            guard !files.isEmpty else {
                throw CommandError(.noInput, "\(Escaping.message(word)): there is no file in this folder")
            }
            found += files.map { Source(name: $0, path: $0) }
        }
        all = found
        areMany = words.count > 1 || words.first != found.first?.name
    }

    /// Whether two names are of one file.
    static func isSameFile(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev
            && first.st_ino == second.st_ino
    }

    /// The files of a folder, sorted; nil for what is no folder.
    private static func files(in path: String) throws(CommandError) -> [String]? {
        var status = stat()
        guard path != "-", stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        var found: [String] = []
        var folders = [path.hasSuffix("/") && path != "/" ? String(path.dropLast()) : path]
        while let folder = folders.popLast() {
            for entry in try entries(of: folder) {
                // A link to a folder is not followed: it may lead round in circles.
                guard lstat(entry, &status) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFDIR: folders.append(entry)
                case S_IFREG: found.append(entry)
                case S_IFLNK: if stat(entry, &status) == 0, status.st_mode & S_IFMT == S_IFREG { found.append(entry) }
                default: continue
                }
            }
            guard found.count <= maxFiles else {
                throw CommandError(
                    .usage,
                    "\(Escaping.message(path)): more than \(maxFiles) files; name its folders one by one"
                )
            }
        }
        return found.sorted()
    }

    /// What a folder holds, by its whole path.
    private static func entries(of folder: String) throws(CommandError) -> [String] {
        guard let directory = opendir(folder) else {
            throw CommandError(
                .noInput,
                "\(Escaping.message(folder)): the folder cannot be read (\(String(cString: strerror(errno))))"
            )
        }
        defer { closedir(directory) }
        var entries: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { entries.append("\(folder)/\(name)") }
        }
        return entries
    }
}
