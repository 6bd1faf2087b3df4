import ArgumentParser
import Glibc
import Networking
import Synchronization
import Tracing

/// The option of the commands that have something to tell of their machines.
struct DebugOptions: ParsableArguments {
    @Option(
        name: .customLong("debug-log"),
        help: ArgumentHelp(
            "Add to this file what ehlo's own machines do, for a report of a fault. Credentials are masked.",
            valueName: "file"
        ),
        completion: .file()
    )
    var debugLog: String?

    /// Opens the file, and has every connection of this process written down from now on.
    func open() throws(CommandError) {
        guard let debugLog else { return }
        let file = try DebugLogFile(debugLog)
        DebugLog.open { file.write($0) }
    }

    /// Writes down a session that is only read.
    func tell(_ recording: Recording, number: Int) throws(CommandError) {
        guard let debugLog else { return }
        let file = try DebugLogFile(debugLog)
        for line in ObserverLines.lines(of: recording) { file.write("session \(number) \(WireText.shown(line.utf8))") }
    }
}

/// A file to which lines are added, by any thread.
final class DebugLogFile: Sendable {
    private let descriptor: Mutex<Int32>
    private let name: String

    init(_ path: String) throws(CommandError) {
        name = path
        let opened = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0o600)
        var status = stat()
        guard opened >= 0, fstat(opened, &status) == 0 else {
            let reason = strerror(errno).map { String(cString: $0) } ?? ""
            throw CommandError(.cannotCreate, "--debug-log: \(path) cannot be made (\(reason)); give another name")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            throw CommandError(.cannotCreate, "--debug-log: \(path) is no regular file; give another name")
        }
        descriptor = Mutex(opened)
    }

    deinit { descriptor.withLock { _ = close($0) } }

    /// Adds a line. When that fails it is said once, and nothing more is written.
    func write(_ line: String) {
        descriptor.withLock { descriptor in
            guard descriptor >= 0, let error = WholeLines.add(line + "\n", to: descriptor) else { return }
            let reason = strerror(error).map { String(cString: $0) } ?? ""
            close(descriptor)
            descriptor = -1
            Message.write("writing to \(name) failed (\(reason)), so the debug log ends here; free some space")
        }
    }
}
