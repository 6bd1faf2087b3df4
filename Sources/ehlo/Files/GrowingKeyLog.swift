import Cryptography
import Dispatch
import Glibc
import Interchange
import Synchronization

/// A key log that grows while sessions pass. It is read on a queue of its own, a few times a second, so that whoever reads packets
/// never waits for a disk; from `descriptor` something can be read when there are secrets to `take`.
///
/// A file that is not there yet is waited for. One that got shorter, or another of its name, is read from its beginning. One that was
/// packed is read as a whole, and once more when its size is another.
final class GrowingKeyLog: Sendable {
    /// The file, as the queue alone sees it.
    private struct Reading {
        var descriptor: Int32 = -1
        var identity: (device: dev_t, number: ino_t) = (0, 0)
        var offset: off_t = 0
        /// It was packed, and so big; nil for one that grows.
        var packedSize: off_t?
        var isUnpacked = false
        /// The beginning of a line whose end did not come yet, and for how many looks it did not.
        var unfinished: [UInt8] = []
        var looks = 0
    }

    /// What was read and not taken.
    private struct Inbox {
        var secrets = GrowingKeyLog.nothing
        var isSignalled = false
    }

    let descriptor: Int32
    private let signal: Int32
    private let path: String
    private let reading = Mutex(Reading())
    private let inbox = Mutex(Inbox())
    private let queue = DispatchQueue(label: "key log")

    /// How often it is looked at.
    private static let interval = DispatchTimeInterval.milliseconds(200)
    /// The most octets that are read at a time, and how often at a look.
    private static let maxOctets = 1 << 20
    private static let maxReads = 256
    /// The longest beginning of a line that waits for its end; longer ones are no secrets.
    private static let maxUnfinished = 4096
    /// After so many looks a last line without an end is taken to be whole.
    private static let maxLooks = 10
    /// The most connections whose secrets wait to be taken.
    private static let maxConnections = 1 << 16
    private static var nothing: KeyLog { KeyLog(keepingLast: maxConnections) }

    /// Reads what is there already.
    init(_ path: String) throws(CommandError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw CommandError(.unavailable, "--keylog: too many files are open here; close some programs")
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (descriptor, signal, self.path) = (ends[0], ends[1], path)
        let trouble = reading.withLock { Self.open(path, &$0) }
        if let trouble, trouble != ENOENT {
            let reason = strerror(trouble).map { String(cString: $0) } ?? ""
            throw CommandError(.noInput, "--keylog: \(name) cannot be read (\(reason)); give another file")
        }
        if reading.withLock({ $0.packedSize != nil }) {
            do { Message.warn(try PlainOctets.read(path).warnings, about: name) } catch {
                throw CommandError(.wrongData, "--keylog: \(error.description)")
            }
        }
        queue.sync { look() }
        lookLater()
    }

    deinit {
        close(descriptor)
        close(signal)
        reading.withLock { if $0.descriptor >= 0 { _ = close($0.descriptor) } }
    }

    /// What it is called in a message.
    var name: String { Escaping.message(path) }
    /// Whether there is a file to read.
    var isThere: Bool { reading.withLock { $0.descriptor >= 0 } }

    /// The secrets that came since the last time.
    func take() -> KeyLog {
        var octets = [UInt8](repeating: 0, count: 16)
        return inbox.withLock { inbox in
            _ = read(descriptor, &octets, octets.count)
            defer { inbox = Inbox() }
            return inbox.secrets
        }
    }

    /// The same with all that stands in the file now, for whoever has the time.
    func takeAll() -> KeyLog {
        queue.sync {
            look()
            post(reading.withLock { Self.unfinished(of: &$0) })
        }
        return take()
    }

    // MARK: The file

    private func look() {
        for _ in 0..<Self.maxReads {
            let lines = reading.withLock { reading in
                Self.reopen(path, &reading)
                return reading.packedSize == nil ? Self.readOn(&reading) : Self.unpacked(path, &reading)
            }
            guard let lines else { return }
            post(lines)
        }
    }

    private func lookLater() {
        queue.asyncAfter(deadline: .now() + Self.interval) { [weak self] in
            self?.look()
            self?.lookLater()
        }
    }

    private func post(_ lines: [UInt8]) {
        guard !lines.isEmpty else { return }
        var secrets = Self.nothing
        secrets.add(lines)
        inbox.withLock { inbox in
            inbox.secrets.add(secrets)
            if !inbox.isSignalled { inbox.isSignalled = write(signal, "k", 1) == 1 }
        }
    }

    /// Answers why it cannot be opened.
    private static func open(_ path: String, _ reading: inout Reading) -> Int32? {
        let opened = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        var status = stat()
        guard opened >= 0, fstat(opened, &status) == 0 else { return errno }
        guard [S_IFREG, S_IFIFO].contains(status.st_mode & S_IFMT) else {
            close(opened)
            return status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL
        }
        if reading.descriptor >= 0 { close(reading.descriptor) }
        reading = Reading(descriptor: opened, identity: (status.st_dev, status.st_ino))
        var beginning = [UInt8](repeating: 0, count: 16)
        let count = status.st_mode & S_IFMT == S_IFREG ? pread(opened, &beginning, beginning.count, 0) : 0
        if count > 0, PlainOctets.arePacked(beginning.prefix(count)) { reading.packedSize = status.st_size }
        return nil
    }

    /// All lines of a file that was packed, the first time; what cannot be unpacked is as if it were not there.
    private static func unpacked(_ path: String, _ reading: inout Reading) -> [UInt8]? {
        guard !reading.isUnpacked else { return nil }
        reading.isUnpacked = true
        return try? PlainOctets.read(path).octets
    }

    /// A file that is new, or got shorter, begins anew.
    private static func reopen(_ path: String, _ reading: inout Reading) {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        let isSame = reading.identity == (status.st_dev, status.st_ino)
        let isShorter = status.st_mode & S_IFMT == S_IFREG && status.st_size < reading.offset
        let isAnother = reading.packedSize.map { $0 != status.st_size } ?? isShorter
        if reading.descriptor < 0 || !isSame || isAnother { _ = open(path, &reading) }
    }

    /// The last line, which has no end.
    private static func unfinished(of reading: inout Reading) -> [UInt8] {
        defer { reading.unfinished = [] }
        return reading.unfinished
    }

    /// Reads on; gives whole lines, or nil when nothing more is there. A last line without an end is one when nothing follows it.
    private static func readOn(_ reading: inout Reading) -> [UInt8]? {
        var waiting = pollfd(fd: reading.descriptor, events: Int16(POLLIN), revents: 0)
        guard reading.descriptor >= 0 else { return nil }
        var octets = [UInt8](repeating: 0, count: maxOctets)
        let count = poll(&waiting, 1, 0) > 0 ? read(reading.descriptor, &octets, octets.count) : 0
        guard count > 0 else {
            reading.looks += 1
            guard reading.looks > maxLooks, !reading.unfinished.isEmpty else { return nil }
            return unfinished(of: &reading)
        }
        reading.looks = 0
        reading.offset += off_t(count)
        reading.unfinished += octets.prefix(count)
        let isTooLong = reading.unfinished.count > maxUnfinished
        let end = reading.unfinished.lastIndex { $0 == 10 || $0 == 13 }.map { $0 + 1 }
        let whole = end ?? (isTooLong ? reading.unfinished.count : 0)
        defer { reading.unfinished.removeFirst(whole) }
        return Array(reading.unfinished.prefix(whole))
    }
}
