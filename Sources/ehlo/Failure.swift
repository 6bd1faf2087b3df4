import Glibc
import Interchange

/// Why a command ends without having done its work: the exit status, and a sentence that says what to do next.
struct Failure: Error, Equatable {
    let code: ExitCode
    let sentence: String

    init(_ code: ExitCode, _ sentence: String) {
        self.code = code
        self.sentence = sentence
    }
}

/// The exit status of a command that has said all there is to say.
struct ExitStatus: Error {
    let status: Int32
}

/// Messages on standard error: one line each, under the name of the program.
enum Message {
    /// Whatever the text holds, it stays one line.
    static func write(_ sentence: String) {
        let line = "ehlo: \(Escaping.message(sentence))\n"
        var octets = Array((localeIsASCII ? Escaping.ascii(line) : line).utf8)[...]
        while !octets.isEmpty {
            let count = octets.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
            // A standard error that is gone cannot be told so.
            guard count > 0 else { return }
            octets = octets.dropFirst(count)
        }
    }

    /// What was found wrong in a file that can still be used, the first few.
    static func warn(_ warnings: [String], about name: String) {
        let most = 5
        for warning in warnings.prefix(most) { write("\(name): \(warning)") }
        if warnings.count > most { write("\(name): \(warnings.count - most) more lines were left out") }
    }
}
