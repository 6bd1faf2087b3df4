import Foundation
import Glibc

/// A shell in a terminal that nobody sees: tmux draws what a person would see, so the screen can be read as text.
final class TmuxScreen {
    struct CannotStart: Error {}

    private let folder: Folder
    private let server = "ehlo-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"

    init(columns: Int = 80, rows: Int = 24) throws {
        folder = try Folder()
        // No status line: the program gets the whole window.
        let settings = "set -g status off\nset -g default-terminal tmux-256color\nset -s escape-time 0\n"
        let file = try folder.write(settings, to: "tmux.conf")
        let shell = "env PS1='ready> ' bash --norc --noprofile"
        _ = try tmux(["-u", "-f", file, "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", shell])
        guard waits({ text.contains("ready>") }) else { throw CannotStart() }
    }

    deinit { _ = try? tmux(["kill-server"]) }

    /// Starts the program under test in the shell.
    func start(_ arguments: String = "") throws {
        try type("\(Program.path) \(arguments)")
        try press("Enter")
    }

    /// Presses a key, by tmux's name for it.
    func press(_ key: String) throws { _ = try tmux(["send-keys", key]) }

    /// Types text as it is.
    func type(_ text: String) throws { _ = try tmux(["send-keys", "-l", text]) }

    func resize(columns: Int, rows: Int) throws {
        _ = try tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
    }

    /// What the screen shows now, without the blanks at the ends of lines.
    var text: String { (try? tmux(["capture-pane", "-p"])) ?? "" }

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The line of the wire on which the cursor stands, without frames.
    var cursorLine: String {
        guard let line = lines.first(where: { $0.contains("▸") }), let place = line.firstIndex(of: "▸") else {
            return ""
        }
        return String(line[place...].dropFirst().prefix { $0 != "┃" && $0 != "│" })
    }

    /// False when the text has not come after some seconds.
    func shows(_ text: String) -> Bool { waits { self.text.contains(text) } }

    /// Whether the shell has the terminal again: the normal screen, a cursor that is seen, and lines that are edited.
    func isGivenBack() throws -> Bool {
        let flags = try tmux(["display-message", "-p", "#{alternate_on} #{cursor_flag} #{mouse_any_flag}"])
        guard flags.hasPrefix("0 1 0") else { return false }
        try type("stty -a | grep -cw -e icanon; echo mark")
        try press("Enter")
        return waits { text.contains("\n1\nmark") }
    }

    /// The process the shell started last, once it is there.
    func child() throws -> pid_t? {
        let shell = try tmux(["display-message", "-p", "#{pane_pid}"]).trimmingCharacters(in: .whitespacesAndNewlines)
        let path = "/proc/\(shell)/task/\(shell)/children"
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: " ").last.flatMap { pid_t($0) }
    }

    private func tmux(_ arguments: [String]) throws -> String {
        try Program.run("tmux", ["-L", server] + arguments, in: folder).output
    }
}
