import ArgumentParser
import Captures
import Curses
import Glibc
import Interchange
import Lessons
import Tracing

/// `ehlo export`: a recorded session in another format.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a recorded session in another format.",
        discussion: """
            The formats:
            \(ExportFormat.allCases.map { "  \($0.rawValue.padded(to: 10)) \($0.words)" }.joined(separator: "\n"))

            The output appears under its name only when it is whole, and the same session always gives the same file.
            """
    )

    @Argument(
        help: ArgumentHelp("A bundled session by its name, a file, or - for standard input.", valueName: "session")
    )
    var session: String
    @Option(
        help: ArgumentHelp(
            "One of the formats; told by the ending of the output when it is not given.",
            valueName: "format"
        )
    )
    var format: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file; - is standard output.", valueName: "file"))
    var output = "-"
    @Option(
        name: .customLong("session"),
        help: ArgumentHelp(
            "Only this session of the file, counted from 0; all is what is taken else.",
            valueName: "n|all"
        )
    )
    var number: SessionChoice?
    @Option(help: ArgumentHelp("Only sessions like this, in the words of 'ehlo replay --filter'.", valueName: "words"))
    var filter: String?
    @Option(help: ArgumentHelp("What the session is called in the output.", valueName: "words"))
    var title: String?
    @Option(
        help: ArgumentHelp(
            "With pcap and pcapng: standard gives each server the port of its service, as-recorded the one it had.",
            valueName: "standard|as-recorded"
        )
    )
    var ports: String?
    @Flag(help: "With md: notes for the teacher under each step.")
    var teacher = false
    @OptionGroup(title: "Common options") var common: CommonOptions

    func run() throws {
        if let title { try OptionText.check(title, "--title") }
        let format = try chosenFormat()
        let settings = try common.settings()
        let library = try common.library(settings)
        let path = try BundledSession.resolve(session, in: settings.lessonsRoots)
        let file = try SessionFile.read(path) { Message.write("waiting for what comes through the pipe; Ctrl-C ends") }
        let chosen = try SessionChoice.sessions(of: file, number, filter)
        Message.warn(file.warnings, about: session)
        let writer = SessionWriter(
            library: library,
            isASCII: settings.isASCII,
            theme: Theme(rawValue: settings.theme) ?? .default,
            isForTeacher: teacher,
            ports: try chosenPorts(format),
            source: session
        )
        // One after the other: a capture may hold thousands.
        let sessions = chosen.lazy.map { [title] in WrittenSession(file.sessions[$0], number: $0, title: title) }
        if format == .cast, let stops = sessions.first?.trace.stops.count, stops > CastExport.maxScreens {
            Message.write("the film shows the first \(CastExport.maxScreens) of \(stops) steps; txt and html show all")
        }
        guard output != "-" else {
            let standard = Output()
            try writer.write(sessions, as: format, to: standard)
            return try standard.flush()
        }
        let names = try writer.save(sessions, as: format, to: output, input: path == "-" ? nil : path)
        if names.count > 1, let first = names.first, let last = names.last {
            Message.write("wrote \(names.count) messages, \(first) to \(last)")
        }
    }

    private func chosenPorts(_ format: ExportFormat) throws(CommandError) -> CaptureWriter.Ports {
        guard let ports else { return .standard }
        guard format == .pcap || format == .pcapng else {
            throw CommandError(.usage, "--ports goes with --format pcap or pcapng, not with \(format.rawValue)")
        }
        guard let chosen = CaptureWriter.Ports(rawValue: ports) else {
            let all = CaptureWriter.Ports.allCases.map(\.rawValue).joined(separator: " or ")
            throw CommandError(.usage, "--ports: it is \(all), not '\(ports)'")
        }
        return chosen
    }

    private func chosenFormat() throws(CommandError) -> ExportFormat {
        let chosen: ExportFormat
        if let format {
            guard let named = ExportFormat(rawValue: format.lowercased()) else {
                throw CommandError(
                    .usage,
                    "--format: there is no format '\(format)'; take one of \(ExportFormat.names)"
                )
            }
            chosen = named
        } else {
            guard output != "-", let named = ExportFormat(ofFileName: output) else {
                throw CommandError(
                    .usage,
                    "the format is not known; say it with --format, one of \(ExportFormat.names)"
                )
            }
            chosen = named
        }
        guard !teacher || chosen == .md else {
            throw CommandError(.usage, "--teacher goes with --format md, not with \(chosen.rawValue)")
        }
        guard output != "-" || chosen != .eml || isatty(1) == 0 else {
            throw CommandError(
                .usage,
                "eml has the octets as they were, which is not for a terminal; give a file with -o"
            )
        }
        return chosen
    }
}

extension String {
    fileprivate func padded(to columns: Int) -> String { self + String(repeating: " ", count: max(0, columns - count)) }
}
