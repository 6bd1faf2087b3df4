import Glibc
import Interchange
import Notation
import Tracing

/// Writes a session to a file as it happens, a whole line at a time, so that it replays up to whatever cut it off.
final class Recorder {
    private let descriptor: Int32
    private let name: String
    private let showsSecrets: Bool

    /// Makes the file. One that already holds something is left alone, and so is one that another program records to.
    init(_ path: String, _ header: Recording.Header, showsSecrets: Bool = false) throws(CommandError) {
        name = path
        self.showsSecrets = showsSecrets
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else {
            throw CommandError(.cannotCreate, "--record: \(path) cannot be made (\(Self.reason)); give another name")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw CommandError(.cannotCreate, "--record: \(path) is no regular file; give another name")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw CommandError(.cannotCreate, "--record: another program records to \(path); give another name")
        }
        guard status.st_size == 0 else {
            throw CommandError(
                .cannotCreate,
                "--record: \(path) holds something already; give another name, or remove it first"
            )
        }
        try write(RecordingWriter.line(header))
    }

    /// Makes a file of its own in the folder of recordings, which holds no secret whatever was asked for.
    init(in folder: DataFolder, _ header: Recording.Header, about text: String) throws(DataFolderError) {
        showsSecrets = false
        (descriptor, name) = try folder.create(DataFolder.name(began: header.began, about: text))
        _ = flock(descriptor, LOCK_EX | LOCK_NB)
        do { try write(RecordingWriter.line(header)) } catch {
            throw DataFolderError(reason: "\(name): \(Self.reason)")
        }
    }

    deinit { close(descriptor) }

    func write(_ event: WireEvent) throws(CommandError) {
        try write(RecordingWriter.line(event, showsSecrets: showsSecrets))
    }

    private func write(_ line: String) throws(CommandError) {
        guard let error = WholeLines.add(line, to: descriptor) else { return }
        let reason = String(cString: strerror(error))
        throw CommandError(
            .inputOutput,
            "recording to \(name) failed (\(reason)), so what follows is not recorded; free some space or --record elsewhere"
        )
    }

    private static var reason: String { strerror(errno).map { String(cString: $0) } ?? "" }

    /// The time now as ISO 8601 has it, in UTC.
    static var now: String { UTCTime(seconds: time(nil)).iso8601 }
}
