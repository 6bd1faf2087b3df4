import Glibc
import Lessons

/// The octets of a pipe as they come, on the thread that asks for them.
public final class PipeOctets: Sendable {
    public enum Piece: Equatable, Sendable {
        case octets([UInt8])
        /// Nothing came for so long as was waited.
        case pause
        case end
    }

    private let descriptor: Int32
    /// What is written here ends the waiting.
    private let stopped: (reading: Int32, writing: Int32)

    /// Standard input where a pipe or a socket is; nil where it is anything else.
    public init?(standardInput: Void) {
        var status = stat()
        guard fstat(0, &status) == 0, [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT) else { return nil }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        descriptor = 0
        stopped = (ends[0], ends[1])
    }

    deinit {
        close(stopped.reading)
        close(stopped.writing)
    }

    /// Ends the reading from any thread, as if the writer had gone.
    public func stop() { _ = write(stopped.writing, [0], 1) }

    /// What comes next within so many milliseconds; nil for however long it takes.
    public func next(milliseconds: Int32?) throws(FileError) -> Piece {
        while true {
            var waiting = [
                pollfd(fd: stopped.reading, events: Int16(POLLIN), revents: 0),
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&waiting, 2, milliseconds ?? -1)
            if ready == 0 { return .pause }
            if waiting[0].revents != 0 { return .end }
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count > 0 { return .octets(Array(piece[..<count])) }
            if count == 0 { return .end }
            guard errno == EINTR || errno == EAGAIN else {
                throw FileOctets.brokeOff("standard input", FileOctets.reason(errno))
            }
        }
    }
}
