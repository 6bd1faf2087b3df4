import CNcurses

/// The system's library behind this room.
public enum TerminalLibrary {
    /// Its name and version, as it runs: `ncurses 6.4.20221231`.
    public static var version: String { curses_version().map { String(cString: $0) } ?? "ncurses of unknown version" }
}
