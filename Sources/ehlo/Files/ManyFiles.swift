import Cryptography
import Interchange
import Tracing

/// The sessions of many files in one output, counted on from file to file; each says from which file it is.
///
/// A file that cannot be read is told of and left out; what the others hold is written all the same, and the exit status says so.
struct ManyFiles {
    private let sources: SessionSources
    private let choice: SessionChoice?
    private let filter: SessionFilter?
    private let title: String?
    private var demands: Demands
    /// How many sessions the files read so far have.
    private var count = 0
    private var unreadable = 0
    /// Takes out who the sessions are about; one for all files, so that the same people have the same names.
    var anonymizer: Anonymizer?
    /// What opens the TLS of captures.
    var keys = KeyLog()
    var pick = SessionPick(peer: nil, queueID: nil)

    init(_ sources: SessionSources, choice: SessionChoice?, filter: String?, title: String?, _ demands: Demands) {
        (self.sources, self.choice, self.title, self.demands) = (sources, choice, title, demands)
        self.filter = filter.map { SessionFilter($0) }
    }

    mutating func write(as format: ExportFormat, with writer: SessionWriter, to path: String) throws {
        guard !format.holdsOneSession, format != .eml else {
            throw CommandError(
                .usage,
                "\(format.rawValue) is made of one file at a time; json, txt, md, ehlo, swaks and pcap take many"
            )
        }
        guard path != "-" else {
            let output = Output()
            var stream = SessionStream(writer, as: format, to: output)
            try write(to: &stream)
            try output.flush()
            return try end(stream.count)
        }
        if let input = sources.all.first(where: { SessionSources.isSameFile($0.path, path) }) {
            throw CommandError(
                .usage,
                "\(Escaping.message(input.name)) is read and cannot be written at the same time; give -o another name"
            )
        }
        var written = 0
        try Output.write(file: path, input: nil) { (output) throws(FileError) in
            var stream = SessionStream(writer, as: format, to: output)
            try write(to: &stream)
            written = stream.count
            guard written > 0 else { throw FileError(.wrongData, "no session was found, so nothing was written") }
        }
        try end(written)
    }

    private mutating func write(to stream: inout SessionStream) throws(FileError) {
        for source in sources.all {
            let file: SessionFile
            do {
                file = try SessionFile.read(source.path, keys: keys) { Export.tellOfWaiting() }
            } catch {
                unreadable += 1
                Message.write("\(error)")
                continue
            }
            Message.warn(file.warnings, about: source.name)
            if let picked = file.picking(pick) {
                try write(picked, of: source, to: &stream)
                count += picked.count
            }
        }
    }

    private mutating func write(_ file: SessionFile, of source: SessionSources.Source, to stream: inout SessionStream)
        throws(FileError)
    {
        let numbers = numbers(of: file)
        var warnings = SessionWarnings(about: source.name, sessions: numbers.count)
        defer { warnings.say() }
        for number in numbers {
            var recording = file.sessions[number]
            recording.header.source = source.name
            warnings.add(recording.warnings)
            if let anonymizer { recording = anonymizer.anonymized(recording) }
            let session = WrittenSession(recording, number: count + number, title: title)
            demands.look(at: session.trace, session: session.number)
            try stream.write(session)
        }
    }

    /// Which sessions of a file are wanted, counted within it.
    private func numbers(of file: SessionFile) -> [Int] {
        var numbers = Array(0..<file.count)
        if case .one(let wanted) = choice { numbers = numbers.filter { count + $0 == wanted } }
        guard let filter, let first = numbers.first, let last = numbers.last else { return numbers }
        numbers = []
        file.eachListing(first..<last + 1) { if filter.wants($0.session) { numbers.append($0.session.number) } }
        return numbers
    }

    /// All that can be said when the last file was read.
    private func end(_ written: Int) throws(CommandError) {
        let files = sources.all.count
        if unreadable > 0 {
            let rest = written > 0 ? "what the others hold is written" : "nothing was written"
            throw CommandError(.wrongData, "\(unreadable) of \(files) files could not be read; \(rest)")
        }
        guard written == 0 else { return try demands.judge() }
        if case .one(let number) = choice {
            throw CommandError(
                .usage,
                "--session \(number): the \(files) files hold \(count) sessions, 0 to \(count - 1)"
            )
        }
        throw CommandError(.noInput, "no session of the \(files) files is like --filter; without it all are exported")
    }
}
