import Glibc

/// Where text goes: standard output, or a file that appears under its name only when it is whole.
public final class Output {
    private let descriptor: Int32
    private let name: String
    private var buffer: [UInt8] = []
    private static let maxBuffered = 1 << 16

    /// Standard output.
    public init() {
        descriptor = 1
        name = "standard output"
    }

    private init(_ descriptor: Int32, _ name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    public func write(_ text: String) throws(FileError) {
        buffer += text.utf8
        if buffer.count >= Self.maxBuffered { try flush() }
    }

    /// Octets as they are, for formats that are no text.
    public func write(octets: [UInt8]) throws(FileError) {
        buffer += octets
        if buffer.count >= Self.maxBuffered { try flush() }
    }

    /// Sends what is held back. Until then nothing may have been written.
    public func flush() throws(FileError) {
        let octets = buffer
        buffer = []
        var rest = octets[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // A terminal or pipe that somebody else made non-blocking.
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, -1)
            } else if errno != EINTR {
                throw trouble(errno)
            }
        }
    }

    private func trouble(_ error: Int32) -> FileError {
        switch error {
        case EPIPE: FileError(.readerGone, "\(name): nobody reads it any more")
        case ENOSPC, EDQUOT, EFBIG:
            FileError(
                .inputOutput,
                "\(name): no space left (\(FileOctets.reason(error))); free some and run it again"
            )
        default:
            FileError(
                .inputOutput,
                "\(name): writing failed (\(FileOctets.reason(error))); send the output elsewhere"
            )
        }
    }

    /// Writes a file under another name and gives it its own when `body` is done; after an error nothing stays.
    ///
    /// Devices and pipes are written as they are. Refuses to write over `input`, the file that is being read, and without
    /// `replacing` over any.
    public static func write(
        file path: String,
        input: String?,
        replacing: Bool = true,
        _ body: (Output) throws(FileError) -> Void
    ) throws(FileError) {
        let name = Escaping.message(path)
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw FileError(.cannotCreate, "\(name): this cannot be a file name; give another with -o")
        }
        var status = stat()
        if stat(path, &status) == 0 {
            var inputStatus = stat()
            if let input, stat(input, &inputStatus) == 0, inputStatus.st_dev == status.st_dev,
                inputStatus.st_ino == status.st_ino
            {
                throw FileError(.cannotCreate, "\(name): this is the file that is read; give another name with -o")
            }
            switch status.st_mode & S_IFMT {
            case S_IFREG: if !replacing { throw taken(name) }
            case S_IFDIR: throw FileError(.cannotCreate, "\(name): this is a directory; give a file name with -o")
            default: return try writeThrough(path, name, body)
            }
        }
        try writeAside(path, name, replacing, body)
    }

    private static func writeThrough(
        _ path: String,
        _ name: String,
        _ body: (Output) throws(FileError) -> Void
    ) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw uncreated(name, errno) }
        defer { close(descriptor) }
        let output = Output(descriptor, name)
        try body(output)
        try output.flush()
    }

    private static func writeAside(
        _ path: String,
        _ name: String,
        _ replacing: Bool,
        _ body: (Output) throws(FileError) -> Void
    ) throws(FileError) {
        // A name of its own in the same directory, so that the renaming is one step; mode 0600.
        let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        var template = Array((directory + ".ehlo-export-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw uncreated(name, errno) }
        let aside = template
        var isDone = false
        defer {
            if !isDone { unlink(aside) }
        }
        let output = Output(descriptor, name)
        do throws(FileError) {
            try body(output)
            try output.flush()
        } catch {
            close(descriptor)
            throw error
        }
        guard close(descriptor) == 0 else { throw output.trouble(errno) }
        // A link is never made over a file, not even over one that came in the meantime.
        guard (replacing ? rename(aside, path) : link(aside, path)) == 0 else {
            throw errno == EEXIST ? taken(name) : uncreated(name, errno)
        }
        isDone = replacing
    }

    private static func taken(_ name: String) -> FileError {
        FileError(.exists, "\(name): there is a file of this name already; give another name, or remove it first")
    }

    private static func uncreated(_ name: String, _ error: Int32) -> FileError {
        switch error {
        case ENOENT, ENOTDIR:
            FileError(.cannotCreate, "\(name): its directory does not exist; make it first with 'mkdir'")
        case ENOSPC, EDQUOT: FileError(.inputOutput, "\(name): no space left on the disk; free some and run it again")
        default:
            FileError(
                .cannotCreate,
                "\(name): it cannot be made (\(FileOctets.reason(error))); give another name with -o"
            )
        }
    }
}
