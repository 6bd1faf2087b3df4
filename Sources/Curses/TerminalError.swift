/// Why there is no screen to draw on.
public enum TerminalError: Error, Equatable, CustomStringConvertible {
    /// The process has no terminal, as under cron.
    case noTerminal
    /// `TERM` is unset, or names no terminal that terminfo knows.
    case unknownTerminal(String)
    /// A terminal whose cursor cannot be placed, such as `dumb`.
    case cannotPlaceCursor(String)
    /// No descriptors are left for the pipe that brings signals.
    case noSignalPipe

    public var description: String {
        switch self {
        case .noTerminal: "there is no terminal to draw on"
        case .unknownTerminal(""): "TERM is not set, so nobody knows how to draw on this terminal"
        case .unknownTerminal(let name): "nobody here knows a terminal called '\(printable(name))' (TERM)"
        case .cannotPlaceCursor(let name): "the terminal '\(printable(name))' cannot place its cursor (TERM)"
        case .noSignalPipe: "the system gives no pipe for signals"
        }
    }

    /// TERM comes from outside: it must not write to the terminal as anything but text.
    private func printable(_ name: String) -> String {
        String(name.unicodeScalars.prefix(40).map { (0x20...0x7E).contains($0.value) ? Character($0) : "?" })
    }
}
