import Glibc
import Lessons

/// The octets of a file that a person named: whole, bounded, and never of something that would not end.
public enum FileOctets {
    /// The most that is read of one file.
    public static let maxOctets = 256 << 20

    /// Reads a regular file, a pipe, or with `-` standard input.
    ///
    /// `onWait` is called once when a pipe has had nothing to say for a second.
    public static func read(
        _ path: String,
        most: Int = maxOctets,
        onWait: () -> Void = {}
    ) throws(FileError) -> [UInt8] {
        if path == "-" { return try read(0, "standard input", most, onWait) }
        let name = Escaping.message(path)
        guard !path.isEmpty else {
            throw FileError(.noInput, "a file name is empty; name a file, or - for standard input")
        }
        guard !path.utf8.contains(0) else { throw FileError(.noInput, "\(name): a file name cannot hold a NUL") }
        // Without O_NONBLOCK the opening of a pipe would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw unopened(name, errno) }
        defer { close(descriptor) }
        return try read(descriptor, name, most, onWait)
    }

    private static func unopened(_ name: String, _ error: Int32) -> FileError {
        switch error {
        case ENOENT, ENOTDIR:
            FileError(.noInput, "\(name): no such file; check the name with 'ls'")
        case EACCES, EPERM:
            FileError(.noInput, "\(name): it may not be read; check its permissions with 'ls -l'")
        case ENAMETOOLONG: FileError(.noInput, "\(name): the name is too long; check it")
        case ELOOP: FileError(.noInput, "\(name): its symbolic links lead in a circle; name the file itself")
        case ENXIO, ENODEV: FileError(.noInput, "\(name): this is a socket or a device; name a recording's file")
        default: FileError(.noInput, "\(name): it cannot be opened (\(reason(error))); check it with 'ls -l'")
        }
    }

    private static func read(
        _ descriptor: Int32,
        _ name: String,
        _ most: Int,
        _ onWait: () -> Void
    ) throws(FileError) -> [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw FileError(.noInput, "\(name): it cannot be read (\(reason(errno))); name a recording's file")
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            guard status.st_size <= most else { throw tooLong(name, most) }
        case S_IFDIR: throw FileError(.noInput, "\(name): this is a directory; name one file in it")
        case S_IFIFO, S_IFSOCK: break
        // What a person types or pastes ends with Ctrl-D.
        case S_IFCHR where isatty(descriptor) == 1 && descriptor == 0: break
        case S_IFCHR where isatty(descriptor) == 1:
            throw FileError(
                .noInput,
                "\(name): this is a terminal; name a recording's file, or send one through a pipe"
            )
        default: throw FileError(.noInput, "\(name): this is a device; name a recording's file")
        }
        return try readToEnd(descriptor, name, most, onWait)
    }

    private static func readToEnd(
        _ descriptor: Int32,
        _ name: String,
        _ most: Int,
        _ onWait: () -> Void
    ) throws(FileError) -> [UInt8] {
        var octets: [UInt8] = []
        // Of a file it is known how long it is, so that it need not be moved while it is read.
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
            octets.reserveCapacity(min(Int(status.st_size), most))
        }
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        var patience: Int32 = 1000
        while true {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&waiting, 1, patience) == 0 {
                onWait()
                patience = -1
                continue
            }
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count == 0 { return octets }
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                throw brokeOff(name, reason(errno))
            }
            octets += piece[..<count]
            guard octets.count <= most else { throw tooLong(name, most) }
        }
    }

    /// What is said of a file that is longer than `most`.
    public static func tooLong(_ name: String, _ most: Int) -> FileError {
        FileError(
            .wrongData,
            "\(name): it is longer than \(SessionValues.readable(octets: UInt64(most))), the most that is read; cut it into parts"
        )
    }

    static func brokeOff(_ name: String, _ reason: String) -> FileError {
        FileError(.inputOutput, "\(name): reading broke off (\(reason)); try a copy of the file")
    }

    /// What the system calls an error.
    static func reason(_ error: Int32) -> String { strerror(error).map { String(cString: $0) } ?? "error \(error)" }
}
