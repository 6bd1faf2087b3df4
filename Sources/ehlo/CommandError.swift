import Glibc
import Interchange

/// Why a command ends without having done its work: the exit status, and a sentence that says what to do next.
struct CommandError: Error, Equatable {
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
        for sentence in sentences(of: warnings, about: name) { write(sentence) }
    }

    /// The first few, and how many more there are; each begins with the name of what it is about, where that has one.
    static func sentences(of warnings: [String], about name: String) -> [String] {
        let maxLines = 5
        let more =
            warnings.count > maxLines ? ["\(warnings.count - maxLines) more lines were left out"] : []
        return (warnings.prefix(maxLines) + more).map { name.isEmpty ? $0 : "\(name): \($0)" }
    }
}

/// What was found wrong in the sessions of one file, said once they have all been read: each sentence once, with the number of
/// sessions it is about. A file of a single session is told about at once.
struct SessionWarnings {
    private let name: String
    private let isSingle: Bool
    private var counts: [String: Int] = [:]
    /// In the order in which they came.
    private var sentences: [String] = []

    /// The most different sentences; a log of many sessions has a few.
    private static let maxSentences = 50

    /// `name` is the file's, escaped; `count` says how many sessions are going to be read.
    init(about name: String, sessions count: Int) {
        self.name = name
        isSingle = count == 1
    }

    mutating func add(_ warnings: [String]) {
        guard !isSingle else { return Message.warn(warnings, about: name) }
        for warning in warnings {
            if counts[warning] == nil {
                guard sentences.count < Self.maxSentences else { continue }
                sentences.append(warning)
            }
            counts[warning, default: 0] += 1
        }
    }

    /// What there is to say; nothing is left to be said after it.
    mutating func take() -> [String] {
        defer { (counts, sentences) = ([:], []) }
        return sentences.map { sentence in
            let count = counts[sentence] ?? 1
            return count == 1 ? sentence : "\(sentence) (in \(count) sessions)"
        }
    }

    mutating func say() { for sentence in take() { Message.write(name.isEmpty ? sentence : "\(name): \(sentence)") } }
}
