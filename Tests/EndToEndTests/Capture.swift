import Foundation
import Glibc

/// What tcpdump writes while something runs, of the loopback interface when no other is named.
final class Capture {
    struct CannotStart: Error {}
    struct CannotRead: Error { let reason: String }

    let path: String
    private let folder: Folder
    private let process: Child

    /// Comes back when tcpdump listens. `ports` are those it listens to, all of them when none is known yet: other tests
    /// fill the loopback interface meanwhile. In a network namespace when one is named.
    init(in folder: Folder, ports: Set<Int> = [], interface: String = "lo", namespace: String? = nil) throws {
        self.folder = folder
        path = folder.path("\(interface)-\(UInt32.random(in: 0 ... .max)).pcap")
        let errors = try folder.write("", to: "tcpdump")
        let filter = ports.sorted().map { "port \($0)" }.joined(separator: " or ")
        // Immediate mode: without it the kernel keeps packets back and the last ones would miss the file.
        let arguments =
            ["-i", interface, "-U", "--immediate-mode", "-s", "0", "-B", "65536", "-Z", "root", "-w", path]
            + (filter.isEmpty ? [] : [filter])
        let words = namespace.map { ["ip", "netns", "exec", $0] } ?? []
        let command = words + ["tcpdump"] + arguments
        process = try Child(command[0], Array(command.dropFirst()), files: ["/dev/null", "/dev/null", errors])
        guard waits({ (try? folder.text("tcpdump").contains("listening")) ?? false }) else { throw CannotStart() }
    }

    func end() {
        usleep(300_000)
        process.send(signal: SIGINT)
        process.waits()
    }

    /// Whether the kernel had to leave packets out; such a capture proves nothing.
    var lacksPackets: Bool {
        (try? folder.text("tcpdump").contains("\n0 packets dropped by kernel")) != true
    }

    /// A TCP connection, as the Lab's reader tells it; nothing of that reader is shared with the program under test.
    struct Connection {
        /// The server's address and port.
        let address: String
        let port: Int
        /// Seconds since 1970.
        let began: Double
        let complete: Bool
        let segments: [(time: Double, side: String, text: String)]

        /// How many presses there had been at a time.
        func press(at time: Double, _ presses: [Double]) -> Int { presses.prefix { $0 <= time }.count }

        /// What one side said in one go, and after which press.
        func turns(_ presses: [Double]) -> [Turn] {
            segments.reduce(into: []) { turns, segment in
                let press = press(at: segment.time, presses)
                if let last = turns.last, last.side == segment.side, last.press == press {
                    turns[turns.count - 1].text += segment.text
                } else {
                    turns.append(Turn(press: press, side: segment.side, text: segment.text))
                }
            }
        }
    }

    func connections(in folder: Folder) throws -> [Connection] {
        try values([], in: folder).compactMap { value in
            guard let object = value as? [String: Any], let server = object["server"] as? String,
                let port = server.split(separator: ":").last.flatMap({ Int($0) }),
                let began = object["began"] as? Double, let segments = object["segments"] as? [[Any]]
            else { return nil }
            return Connection(
                address: server,
                port: port,
                began: began,
                complete: object["complete"] as? Bool ?? false,
                segments: segments.compactMap { segment in
                    guard segment.count == 3, let time = segment[0] as? Double, let side = segment[1] as? String else {
                        return nil
                    }
                    return (began + time, side, segment[2] as? String ?? "")
                }
            )
        }
    }

    /// When something went to a UDP port or came from it.
    func datagrams(in folder: Folder) throws -> [(time: Double, port: Int)] {
        try values(["--udp"], in: folder).flatMap { value -> [(time: Double, port: Int)] in
            guard let row = value as? [Any], row.count == 4, let time = row[0] as? Double else { return [] }
            let ends = row[1...2].compactMap { $0 as? String }
            return ends.compactMap { $0.split(separator: ":").last.flatMap { Int($0) } }.map { (time, $0) }
        }
    }

    /// One JSON value a line.
    private func values(_ options: [String], in folder: Folder) throws -> [Any] {
        let read = try Program.run("python3", ["\(Program.tests)/Lab/compare_capture.py", path] + options, in: folder)
        guard read.status == 0 else { throw CannotRead(reason: read.errors) }
        return try read.lines.filter { !$0.isEmpty }.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) }
    }
}

struct Turn: Equatable {
    var press: Int
    var side: String
    var text: String
}

/// The sockets of a process, as Linux tells them.
enum Sockets {
    /// The ports of its sockets in `/proc/net/tcp` or `udp`, those in one state when it is given.
    static func ports(of process: pid_t, table: String, state: String? = nil) throws -> Set<Int> {
        let folder = "/proc/\(process)/fd"
        let own = Set(
            try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { name in
                try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")
            }
        )
        // Linux gives such a table a page at a time, and `String(contentsOfFile:)` is content with the first.
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/net/\(table)"))
        let rows = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self).split(separator: "\n").dropFirst()
        return Set(
            rows.compactMap { row in
                let fields = row.split(separator: " ")
                guard fields.count > 9, own.contains("socket:[\(fields[9])]"), state.map({ $0 == fields[3] }) ?? true
                else { return nil }
                return fields[1].split(separator: ":").last.flatMap { Int($0, radix: 16) }
            }
        )
    }

    /// What a process is and has open, for the message of a test that found something missing.
    static func told(of process: pid_t) -> String {
        let command = (try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)) ?? "gone"
        let folder = "/proc/\(process)/fd"
        let open = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let targets = open.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
        return "\(command.replacing("\0", with: " ")): \(targets)"
    }
}
