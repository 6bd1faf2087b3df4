import Foundation
import Glibc
import Testing

/// The program beside the test bundle.
private func probe(_ arguments: String..., term: String = "xterm-256color", locale: String = "C.UTF-8") throws
    -> PTYChild
{
    let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let program = URL(fileURLWithPath: bundle).deletingLastPathComponent().appending(path: "TerminalProbe").path
    return try PTYChild(
        [program] + arguments,
        environment: ["TERM=\(term)", "LC_ALL=\(locale)", "SWIFT_BACKTRACE=enable=no", "PATH=/usr/bin:/bin"]
    )
}

/// What leaves the alternate screen, shows the cursor, and ends mouse and paste modes, on xterm.
private func isGivenBack(_ output: String) -> Bool {
    ["\u{1B}[?1049l", "\u{1B}[?25h", "\u{1B}[?1000l", "\u{1B}[?2004l"].allSatisfy { sequence in
        guard let last = output.range(of: sequence, options: .backwards) else { return false }
        return !output[last.upperBound...].contains(String(sequence.dropLast()) + (sequence.hasSuffix("l") ? "h" : "l"))
    }
}

/// Ways to go: a key typed or a signal sent, and the status that a shell sees.
@Suite(.serialized, .timeLimit(.minutes(10))) struct TerminalTests {
    @Test(
        arguments: [
            ("q", 0), ("a", 128 + SIGABRT), ("x", 128 + SIGILL), ("o", 128 + SIGSEGV), ("v", 128 + SIGSEGV),
            ("e", 3),  // exit() without closing
        ] as [(String, Int32)]
    )
    func `the terminal is given back after`(key: String, status: Int32) throws {
        let child = try probe()
        try #require(child.waits(for: "quote"))
        #expect(!child.isCooked)
        child.type(key)
        #expect(child.status() == status)
        #expect(isGivenBack(child.output))
        #expect(child.isCooked)
    }

    /// All but those that end nothing by themselves (signal(7)), KILL, and the two that are the C library's own.
    private static let endings: [Int32] = (Int32(1)...64).filter { signal in
        let others: [Int32] = [SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH, SIGKILL, 32, 33]
        return !others.contains(signal)
    }

    @Test(arguments: endings)
    func `the terminal is given back after signal`(signal: Int32) throws {
        let child = try probe()
        try #require(child.waits(for: "quote"))
        child.send(signal: signal)
        #expect(child.status() == ([SIGTERM, SIGHUP, SIGINT].contains(signal) ? 0 : 128 + signal))
        #expect(isGivenBack(child.output))
        #expect(child.isCooked)
    }

    @Test func `keys, sizes and wakes arrive, and what is drawn attacks nothing`() throws {
        let child = try probe()
        try #require(child.waits(for: "quote"))
        #expect(child.output.contains("\u{1B}[?1049h"))
        #expect(!child.output.contains("\u{1B}]0;"))
        #expect(!child.output.contains("\u{202E}"))
        #expect(child.output.contains("日本"))
        for (typed, shown) in [
            ("\u{1B}OA", "up"), ("\u{1B}[B", "down"), ("\u{1B}", "escape"), ("é", "é"), ("\u{1B}[24;80R", "unknown"),
            ("\u{1B}[<0;3;4M", "mouse"), ("\u{1B}[200~ab\u{1B}[201~", "paste"),
        ] {
            child.type(typed)
            #expect(child.waits(for: shown, seconds: 3), "\(shown)")
        }
        child.type("z")
        #expect(child.waits(for: "woken"))
        child.resize(columns: 50, rows: 12)
        #expect(child.waits(for: "50x12"))
        child.resize(columns: 1, rows: 1)
        child.resize(columns: 60, rows: 10)
        #expect(child.waits(for: "60x10"))
        child.type("q")
        #expect(child.status() == 0)
    }

    @Test func `a terminal that vanishes ends the program`() throws {
        let child = try probe()
        try #require(child.waits(for: "quote"))
        child.hangUp()
        #expect(child.status() == 0)
    }

    @Test func `a storm of sizes and keys is survived`() throws {
        let child = try probe()
        try #require(child.waits(for: "quote"))
        for step in 1...200 {
            child.resize(columns: UInt16(step * 37 % 300 + 1), rows: UInt16(step * 11 % 90 + 1))
            child.type("\u{1B}[A\u{1B}[<0;9;9Mn\u{1B}[200~\u{1B}[201~")
            _ = child.waits(for: "\u{1B}", seconds: 0.01)
        }
        child.resize(columns: 77, rows: 30)
        #expect(child.waits(for: "77x30"))
        child.type("q")
        #expect(child.status() == 0)
        #expect(isGivenBack(child.output))
    }

    @Test(arguments: [
        ("dumb", "place its cursor"), ("nobody-knows", "knows a terminal called"), ("", "TERM is not set"),
    ])
    func `a terminal that cannot be drawn on is refused`(term: String, message: String) throws {
        let child = try probe(term: term)
        #expect(child.status() == 69)
        #expect(child.output.contains(message))
        #expect(!child.output.contains("\u{1B}"))
        #expect(child.isCooked)
    }

    @Test(arguments: ["C", "no_SUCH.locale"])
    func `without UTF-8 only ASCII is written`(locale: String) throws {
        let child = try probe(locale: locale)
        try #require(child.waits(for: "quote"))
        #expect(child.output.utf8.allSatisfy { $0 < 0x80 })
        child.type("q")
        #expect(child.status() == 0)
    }

    @Test(arguments: [
        ("--no-colour", "xterm-256color"), ("mono", "xterm-256color"), ("default", "vt100"), ("dark", "vt220"),
    ])
    func `without colours none is written`(argument: String, term: String) throws {
        let child = try probe(argument, term: term)
        try #require(child.waits(for: "quote"))
        let colour = try Regex("\u{1B}\\[[0-9;]*?\\b(3[0-79]|4[0-79]|38|48)\\b[0-9;]*m")
        #expect(child.output.firstMatch(of: colour) == nil)
        child.type("q")
        #expect(child.status() == 0)
    }

    @Test(arguments: ["default", "dark", "light", "contrast"], ["xterm-256color", "linux", "tmux-256color"])
    func `with colours some are written`(theme: String, term: String) throws {
        let child = try probe(theme, term: term)
        try #require(child.waits(for: "quote"))
        #expect(child.output.firstMatch(of: try Regex("\u{1B}\\[[0-9;:]*(3[0-7]|38[;:][25])")) != nil)
        child.type("q")
        #expect(child.status() == 0)
    }
}
