import Glibc
import Interchange
import Tracing

/// Where conversations are recorded, a file each: in a folder under names of their own, or beside each other under one name; and
/// where a line about each is written when it is over.
final class ConversationFiles {
    /// A line about each.
    let log: ConversationLog?
    /// Which recordings stay when their conversation is over; nil for all.
    private let only: SessionFilter?
    /// nil where nothing is recorded.
    private let path: String?
    private let isFolder: Bool
    private let kind: String
    /// Stands in the names in a folder, so that the files of two runs do not meet.
    private let run: String
    /// The file of the first conversation, made before anything happens so that a name that cannot be used is said at once.
    private var first: ConversationFile?

    /// In a folder the names begin with `kind`.
    init(_ path: String?, kind: String = "tap", log: ConversationLog? = nil, only: SessionFilter? = nil)
        throws(CommandError)
    {
        var status = stat()
        (self.kind, self.log, self.only) = (kind, log, only)
        self.path = path
        run = Recorder.now.replacing(":", with: "").replacing("-", with: "")
        guard let path else {
            isFolder = false
            return
        }
        isFolder = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        if isFolder {
            guard access(path, W_OK | X_OK) == 0 else {
                throw CommandError(.cannotCreate, "--record: nothing can be written into \(path); give another folder")
            }
        } else {
            first = try ConversationFile(path)
        }
    }

    deinit { first?.discardIfUnused() }

    /// Whether it matters what became of a conversation.
    var asksAboutEnds: Bool { log != nil || only != nil }

    /// Whether the recording of a conversation stays.
    func wants(_ session: ListedSession) -> Bool { only?.wants(session) ?? true }

    /// The file of a conversation, with its header in it; nil where nothing is recorded.
    func file(of number: Int, _ header: Recording.Header) throws(CommandError) -> ConversationFile? {
        guard let path else { return nil }
        let file: ConversationFile
        if let made = first {
            (file, first) = (made, nil)
        } else {
            file = try ConversationFile(name(of: number, path))
        }
        try file.write(RecordingWriter.line(header))
        return file
    }

    private func name(of number: Int, _ path: String) -> String {
        guard !isFolder else {
            let digits = String(number)
            let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            return "\(path)\(path.hasSuffix("/") ? "" : "/")\(kind)-\(run)-\(getpid())-\(padded).ehlo"
        }
        return path.hasSuffix(".ehlo") ? "\(path.dropLast(5))-\(number).ehlo" : "\(path)-\(number)"
    }
}

/// A recording under way, written a batch of whole lines at a time. Nobody but its owner can read it.
final class ConversationFile {
    private let descriptor: Int32
    private let name: String
    private var isUsed = false

    /// Makes the file; one that is there already, be it a link to nowhere, is left alone.
    init(_ path: String) throws(CommandError) {
        name = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            let reason = errno == EEXIST ? "it is there already" : strerror(errno).map { String(cString: $0) } ?? ""
            throw CommandError(.cannotCreate, "--record: \(path) cannot be made (\(reason)); give another name")
        }
    }

    deinit { close(descriptor) }

    func write(_ events: [WireEvent]) throws(CommandError) {
        try write(events.reduce(into: "") { $0 += RecordingWriter.line($1) })
    }

    func write(_ lines: String) throws(CommandError) {
        isUsed = true
        guard let error = WholeLines.add(lines, to: descriptor) else { return }
        throw CommandError(
            .inputOutput,
            "--record: writing to \(name) failed (\(String(cString: strerror(error)))), so what follows is not recorded; "
                + "free some space or record elsewhere"
        )
    }

    /// An empty file would only be in the way.
    func discardIfUnused() { if !isUsed { discard() } }

    /// Nobody wants it.
    func discard() { unlink(name) }
}
