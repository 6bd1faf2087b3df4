import Captures
import Glibc

/// A file mapped into memory, so that no more of it is held than is looked at.
enum MappedFile {
    /// The octets of a regular file; nil for anything else, and where mapping is not possible.
    static func map(_ path: String) -> CaptureOctets? {
        // A pipe is not even opened: whoever writes to it would be lost when it is closed again.
        var kind = stat()
        guard stat(path, &kind) == 0, kind.st_mode & S_IFMT == S_IFREG else { return nil }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
            return nil
        }
        let count = Int(status.st_size)
        guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            return nil
        }
        let address = UInt(bitPattern: start)
        return CaptureOctets(
            UnsafeRawBufferPointer(start: start, count: count),
            onRest: { madvise(UnsafeMutableRawPointer(bitPattern: address), count, MADV_DONTNEED) },
            onRelease: { munmap(UnsafeMutableRawPointer(bitPattern: address), count) }
        )
    }
}
