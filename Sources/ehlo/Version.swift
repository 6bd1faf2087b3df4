import Curses
import Lessons
import Networking

/// The version, written here and nowhere else; `Sources/CHANGES.md` says what its parts mean.
enum Version {
    static let number = "0.2.0"

    /// What `--version` prints: the program, then the libraries it found when it started, which a report of a fault needs.
    static var text: String {
        let libraries = NetworkingLibraries.versions + [TerminalLibrary.version, MarkdownLibrary.version]
        return "ehlo \(number)\n" + libraries.joined(separator: ", ")
    }
}
