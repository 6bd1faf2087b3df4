import ArgumentParser
import Explain
import Glibc
import Interchange
import Lessons

/// `ehlo explain`: whatever somebody has in hand that is no dialogue.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what a reply, bounce, log line or error means.",
        discussion: """
            As 'ehlo explain "550 5.7.1 Unable to relay"', 'ehlo explain 5.7.26', 'ehlo explain CHUNKING', 'ehlo explain bounce.eml', \
            'journalctl -u postfix | ehlo explain -'. What is the name of a file is read as that file.
            """
    ).readAlone

    @Argument(
        help: ArgumentHelp("A text, the name of a file, or - for standard input.", valueName: "text"),
        completion: .file()
    )
    var text: [String] = []
    @Flag(help: "One JSON object a line for each thing explained.")
    var json = false
    @OptionGroup(title: "Common options") var common: CommonOptions

    func run() throws {
        let settings = try common.settings()
        let library = try common.library(settings)
        let explainer = Explainer(library)
        var found = try inputs().flatMap(explainer.explain)
        if found.contains(where: { $0.received != nil }) { found = found.map(ties().tied) }
        try ExplanationPrinter(settings, library, isJSON: json).print(found)
    }

    /// The sessions at hand that a hop may have been: those of the files beside the mail, and those that 'ehlo live' recorded.
    private func ties() -> SessionTies {
        var ties = SessionTies()
        for word in text where word != "-" && Self.isFile(word) {
            if let file = try? SessionFile.read(word) { ties.add(file, named: Escaping.message(word)) }
        }
        for recorded in BundledSession.recorded().prefix(Self.maxRecorded) {
            if let file = try? recorded.load() { ties.add(file, named: recorded.name) }
        }
        return ties
    }

    /// The most recorded sessions that are looked through.
    private static let maxRecorded = 200

    /// The octets of each file, and the other words together as one text.
    private func inputs() throws -> [[UInt8]] {
        var files: [[UInt8]] = []
        var words: [String] = []
        for word in text.isEmpty ? ["-"] : text {
            if word == "-" || Self.isFile(word) { files.append(try Self.read(word)) } else { words.append(word) }
        }
        return files + (words.isEmpty ? [] : [Array(words.joined(separator: " ").utf8)])
    }

    /// The most that is read of a file; a longer log is cut by whoever has it.
    private static let maxOctets = 64 << 20

    private static func read(_ path: String) throws -> [UInt8] {
        let isTyped = path == "-" && isatty(0) == 1
        if isTyped { Message.write("paste the text, then Ctrl-D on a line of its own") }
        let plain = try PlainOctets.read(path, most: maxOctets) {
            if !isTyped { Message.write("waiting for what comes through the pipe; Ctrl-C ends") }
        }
        for warning in plain.warnings { Message.write("\(Escaping.message(path)): \(warning)") }
        let lines = plain.octets.count { $0 == 10 }
        if lines > Explainer.maxLines {
            let name = path == "-" ? "the text" : Escaping.message(path)
            Message.write(
                "\(name) has \(lines) lines, of which the first \(Explainer.maxLines) are looked at; grep for an address or a queue id before"
            )
        }
        return plain.octets
    }

    private static func isFile(_ word: String) -> Bool {
        var status = stat()
        guard !word.utf8.contains(0), stat(word, &status) == 0 else { return false }
        return status.st_mode & S_IFMT != S_IFDIR
    }
}

/// Puts explanations on standard output.
struct ExplanationPrinter {
    private let settings: Settings
    private let library: LessonLibrary
    private let isJSON: Bool

    init(_ settings: Settings, _ library: LessonLibrary, isJSON: Bool) {
        (self.settings, self.library, self.isJSON) = (settings, library, isJSON)
    }

    /// The exit status is that of wrong data where nothing was recognised.
    func print(_ found: [Explanation]) throws {
        if isJSON {
            let output = Output()
            for explanation in found { try output.write(explanation.json) }
            try output.flush()
        } else {
            try printText(found)
        }
        guard found.contains(where: { $0.kind != .unknown }) else {
            throw ExitStatus(status: ExitCode.wrongData.rawValue)
        }
    }

    private func printText(_ found: [Explanation]) throws {
        let printer = PlainPrinter(settings)
        var text = ExplanationText(library)
        for (number, explanation) in found.enumerated() {
            if number > 0 { try printer.print("") }
            for line in text.lines(explanation) { try printer.print(line.text, line.role) }
        }
        try printer.flush()
    }
}
