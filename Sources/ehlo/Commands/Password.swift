import Glibc
import Interchange

/// Where a password comes from: a file, the variable `EHLO_PASSWORD`, or the keyboard without an echo; never an argument, which
/// everybody on the machine could read.
enum Password {
    static let variable = "EHLO_PASSWORD"

    /// `mayAsk` says whether a person is there to be asked.
    static func find(file: String?, of user: String, mayAsk: Bool) throws -> String {
        let found: String
        if let file {
            let octets = try FileOctets.read(file, most: 64 << 10)
            found = String(decoding: octets.prefix { $0 != 10 && $0 != 13 }, as: UTF8.self)
        } else if let value = getenv(variable) {
            found = String(cString: value)
        } else if mayAsk, isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 {
            found = try ask(user)
        } else {
            throw CommandError(
                .usage,
                "--auth-user: there is no password; put it into \(variable), or a file and name it with --auth-password-file"
            )
        }
        guard !found.isEmpty else { throw CommandError(.usage, "--auth-user: the password is empty") }
        try OptionText.check(found, "the password")
        return found
    }

    /// Asks on standard error. Signals are characters meanwhile, so that the echo is never left off.
    private static func ask(_ user: String) throws(CommandError) -> String {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { throw CommandError(.usage, "the terminal cannot be asked") }
        var quiet = before
        quiet.c_lflag &= ~tcflag_t(ECHO | ISIG)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            say("\n")
        }
        say("Password of \(Escaping.message(user)): ")
        var line: [UInt8] = []
        var octet: UInt8 = 0
        while line.count < 4096, read(STDIN_FILENO, &octet, 1) == 1, octet != 10, octet != 13 {
            // ^C and ^\ are those who have thought better of it.
            if octet == 3 || octet == 28 { throw CommandError(.usage, "no password was given") }
            line.append(octet)
        }
        return String(decoding: line, as: UTF8.self)
    }

    private static func say(_ text: String) {
        let octets = Array(text.utf8)
        _ = octets.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
