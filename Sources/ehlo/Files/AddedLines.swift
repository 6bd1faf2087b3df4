import Glibc
import Interchange
import Synchronization

/// A file of a person's own to which lines are added, by any thread; nobody else may read one that is new.
final class AddedLines: Sendable {
    private let descriptor: Mutex<Int32>
    /// What was in the file before ends in the middle of a line.
    private let isTorn: Mutex<Bool>
    private let name: String
    private let content: String
    /// Whether others than its owner may read it, as an older file may have it.
    let mayBeReadByOthers: Bool

    /// `option` named it, and `content` says what the lines are: `the debug log`.
    init(_ path: String, for option: String, called content: String) throws(CommandError) {
        (name, self.content) = (Escaping.message(path), content)
        guard path != "-" else {
            throw CommandError(.usage, "\(option): \(content) goes into a file; name one, or ./- for one of that name")
        }
        let opened = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0o600)
        var status = stat()
        guard opened >= 0, fstat(opened, &status) == 0 else {
            let reason = strerror(errno).map { String(cString: $0) } ?? ""
            throw CommandError(.cannotCreate, "\(option): \(name) cannot be made (\(reason)); give another name")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            throw CommandError(.cannotCreate, "\(option): \(name) is no regular file; give another name")
        }
        mayBeReadByOthers = status.st_mode & 0o077 != 0
        descriptor = Mutex(opened)
        isTorn = Mutex(Self.isTorn(path, status.st_size))
    }

    deinit { descriptor.withLock { _ = close($0) } }

    /// Whether the last line of a file lacks its end; one that cannot be read is taken to have it.
    private static func isTorn(_ path: String, _ count: off_t) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var last: UInt8 = 10
        return count > 0 && pread(descriptor, &last, 1, count - 1) == 1 && last != 10
    }

    /// Adds a line. When that fails it is said once, and nothing more is written.
    func write(_ line: String) {
        descriptor.withLock { descriptor in
            let end = isTorn.withLock { isTorn -> String in
                defer { isTorn = false }
                return isTorn ? "\n" : ""
            }
            guard descriptor >= 0, let error = WholeLines.add(end + line + "\n", to: descriptor) else { return }
            let reason = strerror(error).map { String(cString: $0) } ?? ""
            close(descriptor)
            descriptor = -1
            Message.write("writing to \(name) failed (\(reason)), so \(content) ends here; free some space")
        }
    }
}
