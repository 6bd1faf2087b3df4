import CNcurses
import CTerminalGuard
import Glibc
import Notation
import Screen

/// The terminal of the process, while curses has it. Not Sendable: it stays on the thread that made it, which should
/// be the process's first, the only one whose stack overflow can still give the terminal back.
///
/// One at a time. Knows nothing of what is drawn; the bell is never rung.
public final class Terminal {
    /// What was decided outside, from options and the environment.
    public struct Options: Sendable {
        public var theme: Theme
        public var colour: Bool
        /// Whether glyphs outside of ASCII are painted as `?`.
        public var ascii: Bool
        public var mouse: Bool

        public init(theme: Theme = .default, colour: Bool = true, ascii: Bool = false, mouse: Bool = false) {
            self.theme = theme
            self.colour = colour
            self.ascii = ascii
            self.mouse = mouse
        }
    }

    public let palette: Palette
    /// How many colours the terminal has, 0 when none are used.
    public let colours: Int
    let descriptor: Int32
    let signals: Int32
    var decoder = KeyDecoder()
    /// When the terminal last sent something, in milliseconds of the monotonic clock.
    var lastOctet = 0
    private let file: UnsafeMutablePointer<FILE>
    private let handle: OpaquePointer
    private let window: UnsafeMutablePointer<WINDOW>
    private let painter: Painter
    private var painted: Canvas?
    private var mouse: Bool
    private var isOpen = true

    /// Takes the terminal: alternate screen, raw keys, no cursor, bracketed paste.
    public init(_ options: Options = Options()) throws(TerminalError) {
        prepareLocale()
        guard let file = fopen("/dev/tty", "r+e") else { throw .noTerminal }
        let descriptor = fileno(file)
        let restore: String
        do throws(TerminalError) {
            restore = try Self.restoreOctets(descriptor)
        } catch {
            fclose(file)
            throw error
        }
        // Before newterm(), which installs handlers for signals that still have their default action.
        let signals = tg_open_signal_pipe()
        guard signals >= 0 else {
            fclose(file)
            throw .noSignalPipe
        }
        guard tg_arm(descriptor, restore, UInt(restore.utf8.count)) == 0,
            let handle = newterm(nil, file, file), let window = cn_stdscr()
        else {
            tg_disarm()
            fclose(file)
            throw .noTerminal
        }
        (self.file, self.descriptor, self.signals, self.handle, self.window) = (
            file, descriptor, signals, handle, window
        )
        tg_install_crash_handlers()
        raw()
        noecho()
        nonl()
        set_escdelay(25)
        typeahead(-1)  // paint even while keys are waiting
        leaveok(window, true)
        curs_set(0)
        var canDefault = false
        var colours = 0
        if options.colour, has_colors() {
            start_color()
            canDefault = use_default_colors() == OK
            colours = Int(cn_colors())
        }
        self.colours = colours
        palette = Palette(options.theme, colours: colours)
        painter = Painter(
            window: window,
            palette: palette,
            colours: colours,
            canDefault: canDefault,
            ascii: options.ascii
        )
        mouse = options.mouse
        resize()
        setModes(true)
    }

    deinit { close() }

    /// Gives the terminal back. A second call does nothing.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        setModes(false)
        endwin()
        delscreen(handle)
        tg_disarm()
        fclose(file)
    }

    public var columns: Int { Int(getmaxx(window)) }
    public var rows: Int { Int(getmaxy(window)) }

    /// Shows a canvas, by what differs from the last one. What does not fit is cut off.
    public func paint(_ canvas: Canvas) {
        guard isOpen else { return }
        for run in CanvasDiff.runs(from: painted, to: canvas) { painter.paint(run) }
        painted = canvas
        wnoutrefresh(window)
        doupdate()
    }

    /// Forgets what is on the screen, so that the next canvas is painted whole.
    public func redrawAll() {
        painted = nil
        werase(window)
        clearok(window, true)
    }

    /// Takes on the size that the terminal has now.
    public func resize() {
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 {
            resizeterm(Int32(min(size.ws_row, 2000)), Int32(min(size.ws_col, 2000)))
        }
        redrawAll()
    }

    /// Leaves the screen for something else that writes to the terminal, such as an editor.
    public func leave() {
        guard isOpen else { return }
        setModes(false)
        def_prog_mode()
        endwin()
        tg_disarm()
    }

    /// Comes back after `leave`.
    public func enter() {
        guard isOpen else { return }
        tg_rearm()
        reset_prog_mode()
        setModes(true)
        resize()
    }

    /// Stops the process, as ^Z does everywhere, and comes back when it is continued.
    public func suspend() {
        leave()
        tg_stop_self()
        enter()
    }

    /// Whether clicks and the wheel come as keys. While they do, text cannot be selected without Shift.
    public func setMouse(_ wanted: Bool) {
        mouse = wanted
        send(mouse ? "\u{1B}[?1000h\u{1B}[?1006h" : "\u{1B}[?1006l\u{1B}[?1000l")
    }

    /// Puts text on the clipboard of the person at the terminal (OSC 52). False, and nothing done, above 64 kB.
    @discardableResult
    public func copy(_ text: String) -> Bool {
        let octets = Array(text.utf8)
        guard isOpen, octets.count <= 65_536 else { return false }
        send("\u{1B}]52;c;\(String(decoding: Base64.encode(octets), as: UTF8.self))\u{07}")
        return true
    }

    private func setModes(_ on: Bool) {
        send(on ? "\u{1B}[?2004h" : "\u{1B}[?2004l")
        if mouse { send(on ? "\u{1B}[?1000h\u{1B}[?1006h" : "\u{1B}[?1006l\u{1B}[?1000l") }
    }

    /// Writes past curses, which must have nothing under way: only between two paintings.
    func send(_ text: String) {
        var octets = Array(text.utf8)[...]
        while !octets.isEmpty {
            let count = octets.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count <= 0 {
                guard count < 0, errno == EINTR else { return }
                continue
            }
            octets = octets.dropFirst(count)
        }
    }

    /// What puts the screen of this kind of terminal back, once it is sure that it is one to draw on.
    private static func restoreOctets(_ descriptor: Int32) throws(TerminalError) -> String {
        let name = getenv("TERM").map { String(cString: $0) } ?? ""
        var answer: Int32 = 0
        guard !name.isEmpty, setupterm(nil, descriptor, &answer) == OK else { throw .unknownTerminal(name) }
        defer { cn_forget_terminal() }
        let capability = { (capability: String) in cn_capability(capability).map { String(cString: $0) } ?? "" }
        guard !capability("cup").isEmpty else { throw .cannotPlaceCursor(name) }
        let modes = "\u{1B}[?1006l\u{1B}[?1000l\u{1B}[?2004l"
        // Delays such as `$<100>` are for tputs(), which a signal handler cannot call.
        let strings = ["sgr0", "op", "cnorm", "rmcup"].map { withoutDelay(capability($0)) }
        return modes + strings.joined() + "\r"
    }

    private static func withoutDelay(_ capability: String) -> String {
        var kept = ""
        var inDelay = false
        for character in capability {
            if character == "<", kept.last == "$" {
                kept.removeLast()
                inDelay = true
            }
            if !inDelay { kept.append(character) }
            if character == ">" { inDelay = false }
        }
        return kept
    }
}
