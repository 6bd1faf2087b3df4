import Foundation
import Glibc
import Testing

/// The program under test, and other programs that help.
enum Program {
    /// The one that was built with these tests, beside their bundle; `EHLO_PROGRAM` names another, as an installed one.
    static let path: String = {
        if let path = ProcessInfo.processInfo.environment["EHLO_PROGRAM"] { return path }
        let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().appending(path: "ehlo").path
    }()

    /// The folder of the tests, where the scripts of the Lab are found.
    static let tests = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().path

    static let isRoot = geteuid() == 0

    /// Whether a program is on the path, or where only root looks for programs.
    static func has(_ name: String) -> Bool {
        folders.contains { access("\($0)/\(name)", X_OK) == 0 }
    }

    /// Whether swaks speaks TLS here: it does so by a module that Debian only recommends, and says itself whether it is there.
    static let swaksHasTLS: Bool = {
        guard has("swaks"), let folder = try? Folder() else { return false }
        return (try? run("swaks", ["--support"], in: folder))?.output.contains("=== TLS supported") == true
    }()

    static let folders: [Substring] =
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") + ["/usr/sbin", "/sbin"]

    /// What a program said, and its exit status.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String

        var lines: [Substring] { output.split(separator: "\n", omittingEmptySubsequences: false) }
    }

    /// Runs `ehlo` to its end, without a terminal.
    @discardableResult
    static func ehlo(_ arguments: String..., input: String = "", in folder: Folder) throws -> Outcome {
        try run(path, arguments, input: input, in: folder)
    }

    /// Runs a program to its end, without a terminal.
    static func run(_ program: String, _ arguments: [String], input: String = "", in folder: Folder) throws -> Outcome {
        // Files, since two pipes that nobody reads at the same time would stop a program that says much.
        let names = ["stdin", "stdout", "stderr"].map { folder.path("\($0)-\(UInt32.random(in: 0 ... .max))") }
        for name in names {
            try (name == names[0] ? input : "").write(toFile: name, atomically: false, encoding: .utf8)
        }
        let status = try Child(program, arguments, files: names).waits()
        return Outcome(
            status: status,
            output: try String(contentsOfFile: names[1], encoding: .utf8),
            errors: try String(contentsOfFile: names[2], encoding: .utf8)
        )
    }

    /// The same for everybody who runs these tests.
    static let environment = [
        "PATH": folders.joined(separator: ":"), "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "HOME": "/nonexistent",
        "SWIFT_BACKTRACE": "enable=no",
    ]
}

/// A process that was started. `Foundation.Process` would wait for daemons as well that the program leaves behind.
final class Child {
    struct CannotStart: Error { let program: String }

    private let id: pid_t
    private var status: Int32?

    /// `files` are those of standard input, output and error.
    init(_ program: String, _ arguments: [String], files: [String]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, file) in files.enumerated() {
            posix_spawn_file_actions_addopen(
                &actions,
                Int32(descriptor),
                file,
                descriptor == 0 ? O_RDONLY : O_WRONLY,
                0
            )
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that this process ignores would be ignored there as well.
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        let path = Program.folders.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 } ?? program
        let words = ([program] + arguments).map { strdup($0) } + [nil]
        let variables = Program.environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var id: pid_t = 0
        let file = program.contains("/") ? program : path
        guard posix_spawn(&id, file, &actions, &attributes, words, variables) == 0 else {
            throw CannotStart(program: program)
        }
        self.id = id
    }

    deinit {
        guard status == nil else { return }
        kill(id, SIGKILL)
        _ = waits()
    }

    func send(signal: Int32) { if status == nil { kill(id, signal) } }

    /// Waits for its end: the exit status, or 128 and the number of the signal, as a shell says it.
    @discardableResult
    func waits() -> Int32 {
        if let status { return status }
        var raw: Int32 = 0
        while waitpid(id, &raw, 0) < 0, errno == EINTR {}
        let found = raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + raw & 0x7F
        status = found
        return found
    }
}

/// A folder of a test's own, gone when the test is.
final class Folder: Sendable {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "ehlo-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    /// The file that a tap here names for clients to trust.
    func tapAuthority() throws -> String {
        let files = try FileManager.default.contentsOfDirectory(atPath: path("data/ehlo"))
        let found = try #require(files.first { $0.hasPrefix("tap-ca-") })
        return path("data/ehlo/\(found)")
    }

    func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: path(name), atomically: false, encoding: .utf8)
        return path(name)
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }
}

/// Asks until the answer is yes; false when it has not been for so many seconds.
func waits(seconds: Double = 20, _ condition: () throws -> Bool) rethrows -> Bool {
    let end = Date(timeIntervalSinceNow: seconds)
    while true {
        if try condition() { return true }
        guard Date() < end else { return false }
        usleep(40_000)
    }
}
