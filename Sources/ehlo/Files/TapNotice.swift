import Glibc

/// Says to the other programs of this person that a tap leads beyond this machine, so that `ehlo live` does not take the tap's
/// address for this machine, and mail is sent only where somebody said so.
///
/// A notice is an empty file `tap-PID-PORT` in a folder that belongs to this person alone. It counts as long as its process runs.
final class TapNotice {
    private let path: String

    /// Nil when no notice can be left; the tap says itself that mail is real.
    init?(listening address: String, in folder: String = TapNotice.folder) {
        guard let port = address.split(separator: ":").last.flatMap({ Int($0) }), Self.isOwn(folder, making: true)
        else {
            return nil
        }
        path = "\(folder)/tap-\(getpid())-\(port)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        close(descriptor)
    }

    deinit { unlink(path) }

    /// The ports of taps that run and lead beyond this machine. Notices of processes that are gone are taken away.
    static func ports(in folder: String = TapNotice.folder) -> Set<Int> {
        guard isOwn(folder, making: false), let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var ports: Set<Int> = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            let words = name.split(separator: "-")
            guard words.count == 3, words[0] == "tap", let process = pid_t(words[1]), process > 0,
                let port = Int(words[2])
            else { continue }
            if kill(process, 0) == 0 || errno == EPERM {
                ports.insert(port)
            } else {
                unlink("\(folder)/\(name)")
            }
        }
        return ports
    }

    /// `$XDG_RUNTIME_DIR/ehlo`, or a folder of one's own among those for a while.
    static var folder: String {
        if let runtime = getenv("XDG_RUNTIME_DIR").map({ String(cString: $0) }), runtime.first == "/" {
            return "\(runtime)/ehlo"
        }
        return "/tmp/ehlo-\(getuid())"
    }

    /// Whether the folder is no link and nobody else's.
    private static func isOwn(_ folder: String, making: Bool) -> Bool {
        if making { mkdir(folder, 0o700) }
        var status = stat()
        return lstat(folder, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == getuid()
            && status.st_mode & 0o022 == 0
    }
}
