import Glibc
import Synchronization

/// A tcpdump that captures packets for us, as a child. It holds the privilege that capturing takes, and gives up the rest of it by
/// itself; we read what it writes.
public final class PacketCapture: Sendable {
    /// Where the packets come from, as pcap.
    public let packets: Int32
    private let complaints: Int32
    private let child: pid_t
    private let program: String
    private let hasEnded = Atomic(false)

    private init(packets: Int32, complaints: Int32, child: pid_t, program: String) {
        (self.packets, self.complaints, self.child, self.program) = (packets, complaints, child, program)
    }

    /// The ports of mail; which of the connections to them is a session its content tells.
    public static let usualFilter = ["tcp", "port", "25", "or", "465", "or", "587", "or", "2525"]

    /// Starts it on an interface, on all of them where none is named.
    public static func start(interface: String?, filter: [String]) throws(PacketCaptureError) -> PacketCapture {
        guard let program = find("tcpdump") else { throw .notInstalled }
        let words =
            ["tcpdump", "-U", "--immediate-mode", "-B", "16384", "-n", "-s", "0", "-w", "-", "-i", interface ?? "any"]
            + person + ["--"]
            + (filter.isEmpty ? usualFilter : filter)
        var (output, errors): ([Int32], [Int32]) = ([0, 0], [0, 0])
        guard pipe(&output) == 0, pipe(&errors) == 0 else { throw .notStarted(errno) }
        for end in output + errors { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer {
            close(output[1])
            close(errors[1])
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        posix_spawn_file_actions_adddup2(&actions, errors[1], 2)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child = pid_t()
        let failure = posix_spawn(&child, program, &actions, nil, &arguments, environ)
        guard failure == 0 else { throw .notStarted(failure) }
        return PacketCapture(packets: output[0], complaints: errors[0], child: child, program: program)
    }

    /// Under sudo it becomes the person who asked for it, so that we may still end it when we are that person too.
    private static var person: [String] { Person.behindSudo.map { ["-Z", $0.name] } ?? [] }

    /// Where a program is. Administrators' programs are looked for beside those of everybody, since not everybody's PATH has them.
    private static func find(_ name: String) -> String? {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        let folders = path.split(separator: ":").flatMap { folder in
            folder.hasSuffix("/bin") ? [String(folder), folder.dropLast(3) + "sbin"] : [String(folder)]
        }
        return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// Ends it; comes back at once.
    public func stop() { if !hasEnded.load(ordering: .acquiring) { kill(child, SIGTERM) } }

    /// Waits for its end, which has come when no more packets do. Gives why, where it was not we who ended it.
    public func end() -> PacketCaptureError? {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        hasEnded.store(true, ordering: .releasing)
        // It ended by itself and said that all is well.
        guard status != 0, status & 0x7F != SIGTERM else { return nil }
        return Rights.mayCapture(program) ? .failed(complaint()) : .noRights
    }

    /// The last line that it said in its own name; it may repeat it in the words of the system alone.
    private func complaint() -> String {
        var octets = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(complaints, &octets, octets.count)
        let lines = octets.prefix(max(0, count)).split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
        let own = lines.last { $0.hasPrefix("tcpdump: ") }.map { String($0.dropFirst(9)) }
        return own ?? lines.last ?? "it said nothing"
    }
}

/// Why no packets come.
public enum PacketCaptureError: Error, Equatable {
    case notInstalled
    case notStarted(Int32)
    case noRights
    /// In tcpdump's own words.
    case failed(String)
}
