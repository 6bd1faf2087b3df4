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
    ).readAlone

    @Argument(
        help: ArgumentHelp(
            "A bundled session by its name, a file, a folder of files, or - for standard input; of several the sessions are counted on.",
            valueName: "session"
        ),
        completion: Offers.sessions
    )
    var sessions: [String] = []
    @Option(
        help: ArgumentHelp(
            "One of the formats; told by the ending of the output when it is not given.",
            valueName: "format"
        ),
        completion: .list(ExportFormat.allCases.map(\.rawValue))
    )
    var format: String?
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write to this file; - is standard output.", valueName: "file"),
        completion: .file()
    )
    var output = "-"
    @Option(
        name: .customLong("session"),
        help: ArgumentHelp(
            "Only this session of the file, counted from 0; all is what is taken else.",
            valueName: "n|all"
        ),
        completion: .list(["all"])
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
    @Flag(help: "Give people, hosts, addresses and queue ids other names, and blank what the mails say.")
    var anonymize = false
    @Flag(help: "Print the JSON Schema of --format json, and nothing else.")
    var schema = false
    @OptionGroup var reading: FileOptions
    @OptionGroup var asked: DemandOptions
    @OptionGroup(title: "Common options") var common: CommonOptions

    func validate() throws {
        if sessions.isEmpty, !schema { throw ValidationError("name a session, a file or a folder to export") }
    }

    func run() throws {
        if schema { return try printSchema() }
        if let title { try OptionText.check(title, "--title") }
        let format = try chosenFormat()
        let demands = try asked.demands()
        let settings = try common.settings()
        let library = try common.library(settings)
        let sources = try SessionSources(sessions, in: settings.lessonsRoots)
        let writer = SessionWriter(
            library: library,
            isASCII: settings.isASCII,
            theme: Theme(rawValue: settings.theme) ?? .default,
            isForTeacher: teacher,
            textStyle: settings.textStyle,
            ports: try chosenPorts(format),
            source: sources.all[0].name
        )
        guard sources.areMany else { return try write(sources.all[0], as: format, with: writer, demands) }
        var files = ManyFiles(sources, choice: number, filter: filter, title: title, demands)
        (files.keys, files.pick) = (try reading.keys(for: sources.all.map(\.path)), reading.pick)
        if anonymize { files.anonymizer = Anonymizer() }
        try files.write(as: format, with: writer, to: output)
    }

    /// The sessions of one file.
    private func write(
        _ source: SessionSources.Source,
        as format: ExportFormat,
        with writer: SessionWriter,
        _ demands: Demands
    ) throws {
        let keys = try reading.keys(for: [source.path])
        if keys.isEmpty, let long = long(source, format, demands) {
            return try put([try WrittenSession(long, title: title)], of: source, as: format, with: writer, demands)
        }
        let file = try reading.picked(SessionFile.read(source.path, keys: keys) { Self.tellOfWaiting() })
        let chosen = try SessionChoice.sessions(of: file, number, filter)
        Message.warn(file.warnings, about: source.name)
        // One after the other: a capture may hold thousands.
        // To ask reads the whole file.
        let related = format.tellsOfOtherSessions ? file.related : [:]
        let anonymizer = anonymize ? Anonymizer() : nil
        let sessions = chosen.lazy.map { [title] number in
            let recording = file.sessions[number]
            return WrittenSession(
                anonymizer?.anonymized(recording) ?? recording,
                number: number,
                title: title,
                related: related[number] ?? []
            )
        }
        try put(sessions, of: source, as: format, with: writer, demands)
    }

    /// A recording whose events nobody has to hold: JSON is made of its trace, and nothing more is asked of it.
    private func long(
        _ source: SessionSources.Source,
        _ format: ExportFormat,
        _ demands: Demands
    ) -> LongRecording? {
        let isAskedAlone = number == nil && filter == nil && !anonymize && reading.pick.wantsAll && demands.isEmpty
        guard format == .json, isAskedAlone else { return nil }
        return LongRecording(source.path)
    }

    private func put(
        _ sessions: some Collection<WrittenSession>,
        of source: SessionSources.Source,
        as format: ExportFormat,
        with writer: SessionWriter,
        _ demands: Demands
    ) throws {
        if format == .cast, let stops = sessions.first?.trace.stops.count, stops > CastExport.maxScreens {
            Message.write("the film shows the first \(CastExport.maxScreens) of \(stops) steps; txt and html show all")
        }
        guard output != "-" else {
            let standard = Output()
            try writer.write(sessions, as: format, to: standard)
            try standard.flush()
            return try Self.judge(demands, sessions)
        }
        let input = source.path == "-" ? nil : source.path
        let names = try writer.save(sessions, as: format, to: output, input: input)
        if names.count > 1, let first = names.first, let last = names.last {
            Message.write("wrote \(names.count) messages, \(first) to \(last)")
        }
        try Self.judge(demands, sessions)
    }

    private static func judge(_ demands: Demands, _ sessions: some Sequence<WrittenSession>) throws(CommandError) {
        guard !demands.isEmpty else { return }
        var demands = demands
        for session in sessions { demands.look(at: session.trace, session: session.number) }
        try demands.judge()
    }

    static func tellOfWaiting() { Message.write("waiting for what comes through the pipe; Ctrl-C ends") }

    private func printSchema() throws(FileError) {
        let standard = Output()
        try standard.write(JSONSchema.text)
        try standard.flush()
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
