import Glibc

/// Says to the other programs of this person where a tap leads, so that `ehlo live` does not take the address of one that leads
/// beyond this machine for this machine, and mail is sent only where somebody said so.
///
/// A notice is an empty file in a folder that belongs to this person alone: `tap-PID-PORT` of a tap that leads beyond this machine,
/// `tap-PID-PORT-TARGET` of one that leads to another port of it, which may be that of the next tap. It counts as long as its process
/// runs.
final class TapNotice {
    private let path: String

    /// `target` is the port of this machine that the tap leads to, nil for another machine. Nil when no notice can be left; the tap
    /// says itself that mail is real.
    init?(listening address: String, to target: Int?, in folder: String = TapNotice.folder) {
        guard let port = address.split(separator: ":").last.flatMap({ Int($0) }), Self.isOwn(folder, making: true)
        else {
            return nil
        }
        path = "\(folder)/tap-\(getpid())-\(port)" + (target.map { "-\($0)" } ?? "")
        let descriptor = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        close(descriptor)
    }

    deinit { unlink(path) }

    /// The ports of taps that run and lead beyond this machine, on their own or by way of others. Notices of processes that are gone
    /// are taken away.
    static func ports(in folder: String = TapNotice.folder) -> Set<Int> {
        guard isOwn(folder, making: false), let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var ports: Set<Int> = []
        var targets: [(port: Int, target: Int)] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            let words = name.split(separator: "-")
            guard (3...4).contains(words.count), words[0] == "tap", let process = pid_t(words[1]), process > 0,
                let port = Int(words[2])
            else { continue }
            guard kill(process, 0) == 0 || errno == EPERM else {
                unlink("\(folder)/\(name)")
                continue
            }
            if words.count == 3 {
                ports.insert(port)
            } else if let target = Int(words[3]) {
                targets.append((port, target))
            }
        }
        // The first of several taps in a row leads where the last one leads, in whatever order they were started.
        while let next = targets.firstIndex(where: { ports.contains($0.target) }) {
            ports.insert(targets.remove(at: next).port)
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
