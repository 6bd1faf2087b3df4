import Glibc

/// An open file, closed when nobody reads it any more.
final class OpenFile: Sendable {
    let descriptor: Int32
    /// How long it was when it was opened, in octets.
    let count: Int

    /// A regular file; nil for anything else. A pipe is not even opened: whoever writes to it would be lost when it is closed.
    init?(_ path: String) {
        var kind = stat()
        guard !path.isEmpty, path != "-", !path.utf8.contains(0), stat(path, &kind) == 0,
            kind.st_mode & S_IFMT == S_IFREG
        else { return nil }
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        var status = stat()
        guard descriptor >= 0 else { return nil }
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        count = Int(status.st_size)
    }

    deinit { close(descriptor) }
}

/// The octets of a file from its start, a piece at a time. Each piece is whole lines, but the last may end without a line feed.
struct LinePieces: IteratorProtocol, Sendable {
    private let file: OpenFile
    /// How many octets are read at a time; a longer line is a longer piece.
    private let size: Int
    /// Where in the file the next octets are.
    private(set) var position = 0
    /// The beginning of a line whose end was not read yet.
    private var rest: [UInt8] = []
    /// What the system says where reading broke off.
    private(set) var failure: String?

    init(_ file: OpenFile, size: Int) { (self.file, self.size) = (file, size) }

    mutating func next() -> [UInt8]? {
        while let read = readOn() {
            guard let end = read.lastIndex(of: 10) else {
                rest += read
                continue
            }
            let piece = rest + read[...end]
            rest = Array(read[(end + 1)...])
            return piece
        }
        defer { rest = [] }
        return rest.isEmpty ? nil : rest
    }

    /// The octets that come next; nil behind the last that there were when the file was opened.
    private mutating func readOn() -> [UInt8]? {
        let wanted = min(size, file.count - position)
        guard wanted > 0, failure == nil else { return nil }
        var problem: Int32 = 0
        let octets = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            var got = 0
            repeat {
                got = pread(file.descriptor, buffer.baseAddress, wanted, off_t(position))
            } while got < 0 && errno == EINTR
            if got < 0 { problem = errno }
            count = max(0, got)
        }
        if problem != 0 { failure = FileOctets.reason(problem) }
        position += octets.count
        return octets.isEmpty ? nil : octets
    }
}
