import ArgumentParser
import Interchange
import Lessons
import Tracing

/// `ehlo export`: a recorded session in another format.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a recorded session in another format.",
        discussion: "The output appears under its name only when it is whole."
    )

    @Argument(
        help: ArgumentHelp("A bundled session by its name, a file, or - for standard input.", valueName: "session")
    )
    var session: String
    @Option(
        help: ArgumentHelp(
            "\(ExportFormat.writtenNames); told by the ending of the output when it is not given.",
            valueName: "format"
        )
    )
    var format: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file; - is standard output.", valueName: "file"))
    var output = "-"
    @Option(
        name: .customLong("session"),
        help: ArgumentHelp("Only this session of the file, counted from 0.", valueName: "n")
    )
    var number: Int?
    @OptionGroup(title: "Common options") var common: CommonOptions

    func run() throws {
        let format = try chosenFormat()
        let settings = try common.settings()
        let library = try common.library(settings)
        let path = try BundledSession.resolve(session, in: settings.lessonsRoot)
        let file = try SessionFile.read(path) { Message.write("waiting for what comes through the pipe; Ctrl-C ends") }
        let chosen = try SessionChoice.sessions(of: file, number)
        Message.warn(file.warnings, about: session)
        let body = { (output: Output) throws(FileTrouble) in
            for number in chosen {
                let recording = file.sessions[number]
                Message.warn(recording.warnings, about: session)
                if number > chosen.lowerBound, format == .txt || format == .md { try output.write("\n") }
                try Self.write(recording, number, format, library, isASCII: settings.isASCII, to: output)
            }
        }
        guard output != "-" else {
            let standard = Output()
            try body(standard)
            return try standard.flush()
        }
        try Output.write(file: output, input: path == "-" ? nil : path, body)
    }

    private func chosenFormat() throws(Failure) -> ExportFormat {
        let chosen: ExportFormat
        if let format {
            guard let named = ExportFormat(rawValue: format.lowercased()) else {
                throw Failure(
                    .usage,
                    "--format: there is no format '\(format)'; take one of \(ExportFormat.writtenNames)"
                )
            }
            chosen = named
        } else {
            guard output != "-", let named = ExportFormat(ofFileName: output) else {
                throw Failure(
                    .usage,
                    "the format is not known; say it with --format, one of \(ExportFormat.writtenNames)"
                )
            }
            chosen = named
        }
        guard chosen.isWritten else {
            throw Failure(
                .usage,
                "--format: \(chosen.rawValue) comes with a later version; take one of \(ExportFormat.writtenNames)"
            )
        }
        return chosen
    }

    private static func write(
        _ recording: Recording,
        _ number: Int,
        _ format: ExportFormat,
        _ library: LessonLibrary,
        isASCII: Bool,
        to output: Output
    ) throws(FileTrouble) {
        switch format {
        case .json:
            var export = JSONExport(library: library)
            for line in Tracer.trace(of: recording.events).lines {
                try output.write(export.object(line, session: number))
            }
        case .txt:
            for line in TextExport.lines(Tracer.trace(of: recording.events), header: recording.header, library: library)
            {
                try output.write((isASCII ? Escaping.ascii(line) : line) + "\n")
            }
        case .ehlo: try output.write(RecordingWriter.file(recording))
        case .md:
            let trace = Tracer.trace(of: recording.events)
            try output.write(MarkdownExport.text(trace, header: recording.header, library: library))
        case .html, .svg, .cast: return
        }
    }
}
