import Glibc

/// The folder of the person, as `~` at the beginning of a path that was typed into a question, where no shell has read it.
enum HomePath {
    /// `~` and `~/x` with the folder in their place; any other path as it is, and all of them where nothing says which
    /// folder that is.
    static func expanded(_ path: String, home: String? = getenv("HOME").map { String(cString: $0) }) -> String {
        guard path == "~" || path.hasPrefix("~/"), let home, home.hasPrefix("/") else { return path }
        return home + path.dropFirst()
    }
}
