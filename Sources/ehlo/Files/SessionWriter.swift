import Captures
import Curses
import Interchange
import Lessons
import Notation
import Tracing

/// A session that is to be written in some format.
struct WrittenSession {
    /// Counted from 0 within its file.
    let number: Int
    let recording: Recording
    let trace: Trace
    /// The messages in it, from the first octet to the last.
    var messages: [TracedMail] { MessageExport.messages(MessageExport.whole(trace, recording)) }
    /// Whether there is any.
    var hasMessage: Bool { !MessageExport.messages(trace).isEmpty }

    /// `title` stands for its own, when it is given; `related` is what other sessions of the file tell of it.
    init(_ recording: Recording, number: Int = 0, title: String? = nil, related: [Situation] = []) {
        var recording = recording
        if let title { recording.header.title = title }
        self.number = number
        self.recording = recording
        trace = Tracer.trace(of: recording.events).related(related)
    }

    /// A long one, of which nobody holds the events.
    init(_ long: LongRecording, title: String? = nil) throws(FileError) {
        var header = long.header
        if let title { header.title = title }
        let (trace, warnings) = try long.traced()
        number = 0
        recording = Recording(header: header, events: [], warnings: warnings)
        self.trace = trace
    }

    /// One that goes on: its trace is what was seen so far.
    init(_ recording: Recording, trace: Trace, number: Int = 0) {
        self.number = number
        self.recording = recording
        self.trace = trace
    }
}

/// Writes sessions in each of the formats. `ehlo export` and the key `s` both come here, so that they offer the same.
struct SessionWriter {
    let library: LessonLibrary
    var isASCII = false
    /// The colours of a film.
    var theme = Theme.default
    /// Whether handouts have notes for the teacher.
    var isForTeacher = false
    /// How much of each line flat text tells.
    var textStyle = WalkText.Style()
    /// Which port servers have in packets.
    var ports = CaptureWriter.Ports.standard
    /// Where the sessions come from, for warnings about them.
    var source = ""

    /// To a file that appears under its name only when it is whole. Answers the names of what was written, as several
    /// messages have a file each.
    func save(
        _ sessions: some Collection<WrittenSession>,
        as format: ExportFormat,
        to path: String,
        input: String?,
        replacing: Bool = true
    )
        throws(FileError) -> [String]
    {
        try check(sessions, as: format)
        let ending = ExportFormat.ending(of: path)
        guard format == .eml else {
            guard format.mayEnd(in: ending) else {
                throw FileError(
                    .cannotCreate,
                    "\(Escaping.message(path)): a worksheet is Markdown or a page; give a name that ends in .md or .html"
                )
            }
            try Output.write(file: path, input: input, replacing: replacing) { (output) throws(FileError) in
                try write(sessions, as: format, isPage: ExportFormat.html.endings.contains(ending), to: output)
            }
            return [path]
        }
        var warnings = SessionWarnings(about: source, sessions: sessions.count)
        let mails = sessions.flatMap { session in
            let messages = session.messages
            warnings.add(session.recording.warnings + MessageExport.warnings(messages))
            return messages
        }
        warnings.say()
        let names = mails.count == 1 ? [path] : mails.indices.map { MessageExport.name(path, number: $0 + 1) }
        for (mail, name) in zip(mails, names) {
            try Output.write(file: name, input: input, replacing: replacing) { (output) throws(FileError) in
                try output.write(octets: mail.content)
            }
        }
        return names
    }

    /// Saves one session in the format of the ending, or its mails, as a person asks for it. Answers what to tell the person.
    static func saved(
        _ session: WrittenSession,
        as path: String,
        _ settings: Settings,
        _ library: LessonLibrary,
        replacing: Bool = false
    ) throws(FileError) -> String {
        if let words = try MailKeeper.save(session, to: path, replacing: replacing) { return words }
        guard let format = ExportFormat(ofFileName: path) else {
            return "not saved: the name must end in one of \(ExportFormat.endingNames), \(MailKeeper.names)"
        }
        let writer = SessionWriter(library, settings)
        let names = try writer.save([session], as: format, to: path, input: nil, replacing: replacing)
        if let first = names.first, let last = names.last, names.count > 1 { return "saved as \(first) to \(last)" }
        return "saved as \(path)"
    }

    /// Saves several sessions in one file, in the format of its ending. Answers what to tell the person.
    static func saved(
        all sessions: [WrittenSession],
        as path: String,
        _ settings: Settings,
        _ library: LessonLibrary,
        replacing: Bool = false
    ) throws(FileError) -> String {
        guard let format = ExportFormat(ofFileName: path) else {
            return "not saved: the name must end in one of \(ExportFormat.endingNames)"
        }
        _ = try SessionWriter(library, settings).save(sessions, as: format, to: path, input: nil, replacing: replacing)
        return "\(sessions.count.counted("session")) saved as \(path)"
    }

    /// To an output that is open, as standard output.
    func write(_ sessions: some Collection<WrittenSession>, as format: ExportFormat, to output: Output)
        throws(FileError)
    {
        try check(sessions, as: format)
        if format == .eml {
            let count = sessions.reduce(0) { $0 + MessageExport.messages($1.trace).count }
            guard count == 1 else {
                throw FileError(
                    .cannotCreate,
                    "there are \(count) messages; with -o NAME.eml each goes to a file of its own, NAME-1.eml and so on"
                )
            }
        }
        try write(sessions, as: format, isPage: false, to: output)
    }

    /// Refuses what the format cannot hold.
    private func check(_ sessions: some Collection<WrittenSession>, as format: ExportFormat) throws(FileError) {
        if format == .eml, sessions.allSatisfy({ !$0.hasMessage }) {
            throw FileError(.wrongData, "no message went over the wire here; --format txt shows what did")
        }
        guard format.holdsOneSession, sessions.count > 1 else { return }
        throw FileError(
            .wrongData,
            "\(format.rawValue) holds one session and the file has \(sessions.count); take one with --session N, counted from 0"
        )
    }

    private func write(
        _ sessions: some Collection<WrittenSession>,
        as format: ExportFormat,
        isPage: Bool,
        to output: Output
    )
        throws(FileError)
    {
        var stream = SessionStream(self, as: format, isPage: isPage, to: output)
        var warnings = SessionWarnings(about: source, sessions: sessions.count)
        defer { warnings.say() }
        for session in sessions {
            warnings.add(session.recording.warnings)
            if format == .eml { warnings.add(MessageExport.warnings(MessageExport.messages(session.trace))) }
            try stream.write(session)
        }
    }

    fileprivate func write(_ session: WrittenSession, as format: ExportFormat, isPage: Bool, to output: Output)
        throws(FileError)
    {
        let (trace, header) = (session.trace, session.recording.header)
        switch format {
        case .json:
            let export = JSONExport(library: library)
            try output.write(export.object(session.recording, trace, session: session.number))
            try export.each(of: trace, session: session.number) { (octets) throws(FileError) in
                try output.write(octets: octets)
            }
        case .txt:
            try TextExport.eachLine(trace, header: header, library: library, style: textStyle) {
                (line) throws(FileError) in
                try output.write((isASCII ? Escaping.ascii(line) : line) + "\n")
            }
        case .ehlo: try output.write(RecordingWriter.file(session.recording))
        case .md:
            try output.write(
                MarkdownExport.text(trace, header: header, library: library, forTeacher: isForTeacher)
            )
        case .html:
            try output.write(HTMLExport.text(trace, header: header, library: library, session: session.number))
        case .svg: try output.write(SVGExport.text(trace, header: header))
        case .cast:
            let export = CastExport(library: library, theme: theme, isASCII: isASCII)
            for line in export.lines(trace, header: header) { try output.write(line + "\n") }
        case .worksheet:
            let sheet = Worksheet(trace, header: header, library: library)
            try output.write(isPage ? sheet.html : sheet.markdown)
        case .swaks: try output.write(SwaksExport.text(trace))
        case .pcap, .pcapng: return
        case .eml: for mail in session.messages { try output.write(octets: mail.content) }
        }
    }
}

extension SessionWriter {
    /// As a person wants things shown.
    fileprivate init(_ library: LessonLibrary, _ settings: Settings) {
        self.init(
            library: library,
            isASCII: settings.isASCII,
            theme: Theme(rawValue: settings.theme) ?? .default,
            textStyle: settings.textStyle
        )
    }
}

/// Sessions written behind each other in one format, from one file or from many.
struct SessionStream {
    private let writer: SessionWriter
    private let format: ExportFormat
    private let isPage: Bool
    private let output: Output
    private var packets: CaptureWriter
    /// How many were written.
    private(set) var count = 0

    init(_ writer: SessionWriter, as format: ExportFormat, isPage: Bool = false, to output: Output) {
        (self.writer, self.format, self.isPage, self.output) = (writer, format, isPage, output)
        packets = CaptureWriter(format == .pcapng ? .pcapng : .pcap, ports: writer.ports)
    }

    mutating func write(_ session: WrittenSession) throws(FileError) {
        if count > 0, format.partsSessionsByEmptyLine { try output.write("\n") }
        count += 1
        switch format {
        case .pcap: packets.add(session.recording)
        case .pcapng: packets.add(session.recording, comments: PacketComments.of(session.recording.events))
        default: return try writer.write(session, as: format, isPage: isPage, to: output)
        }
        try output.write(octets: packets.take())
    }
}
