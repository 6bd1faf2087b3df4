import Glibc

/// Lines added to a file: all of a line, or nothing of it, so that a full disk leaves a recording that ends with a whole line.
enum WholeLines {
    /// Adds lines, each with its line feed, at the end of a file that nobody else writes to. Answers why that failed, nil
    /// when it did not; then the file holds those lines that went in whole.
    static func add(_ lines: String, to descriptor: Int32) -> Int32? {
        let octets = Array(lines.utf8)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return errno }
        var done = 0
        while done < octets.count {
            let count = octets[done...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                done += count
            } else if errno != EINTR {
                let reason = errno
                let whole = octets[..<done].lastIndex(of: 10).map { $0 + 1 } ?? 0
                // What cannot be cut off stays torn, and whoever reads it says so.
                _ = ftruncate(descriptor, status.st_size + off_t(whole))
                return reason
            }
        }
        return nil
    }
}
