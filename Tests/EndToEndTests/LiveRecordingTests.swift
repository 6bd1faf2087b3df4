import Foundation
import Testing

/// What a live session leaves behind when everything goes wrong, and what it does not do by accident.
@Suite(.serialized)
struct LiveRecordingTests {
    /// How many lines were let go before the server fell silent, and what is seen then: the last line of the client, the part
    /// of a reply. Connection, EHLO, MAIL, RCPT, DATA, mail data, QUIT; the last case ends by itself.
    private static let silences: [(replies: Int, presses: Int, shown: String)] = [
        (0, 1, "connected to"), (1, 2, "EHLO"), (2, 3, "MAIL FROM:"), (3, 4, "RCPT TO:"), (4, 5, "DATA"), (5, 6, "."),
        (6, 7, "QUIT"),
    ]

    @Test(
        .enabled(if: Program.has("tmux") && Program.has("python3"), "needs tmux and python3"),
        arguments: silences.indices
    )
    func `kill -9 loses nothing that was on the screen`(index: Int) throws {
        let silence = Self.silences[index]
        let folder = try Folder()
        let server = try StallingServer(silence.replies, part: "2\u{1}x", in: folder)
        let screen = try TmuxScreen(columns: 120, rows: 40)
        let data = folder.path("data")
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        try screen.type(
            "env XDG_DATA_HOME=\(data) \(Program.path) live bob@receiver.example --server 127.0.0.1:\(server.port) --from ada@sender.example"
        )
        try screen.press("Enter")
        for press in 0..<silence.presses {
            let promise = [
                "connects", "sends EHLO", "sends MAIL", "sends RCPT", "sends DATA", "sends the", "sends QUIT",
            ]
            try #require(screen.shows("Enter \(promise[press])"), "\(screen.text)")
            try screen.press("Enter")
        }
        // The part of a line that came is seen as it grows.
        try #require(screen.shows("2\\x01x…"), "\(screen.text)")
        try #require(screen.shows("waiting for"), "\(screen.text)")
        let child = try #require(try screen.child())
        kill(child, SIGKILL)
        try #require(waits { (try? screen.child()) == nil || (try? screen.child()) != child })

        let recordings = folder.path("data/ehlo/recordings")
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: recordings).first)
        let replayed = try Program.ehlo("replay", "\(recordings)/\(name)", "--plain", in: folder)
        #expect(replayed.status == 0, "\(replayed.errors)")
        #expect(replayed.output.contains("S: 2\\x01x"))
        #expect(replayed.output.contains("C: \(silence.shown)") || replayed.output.contains("-- \(silence.shown)"))
        // Nobody else may read it.
        let mode = try FileManager.default.attributesOfItem(atPath: "\(recordings)/\(name)")[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test(.enabled(if: Program.has("tmux") && Program.has("python3"), "needs tmux and python3"))
    func `Esc breaks a wait off, and the session stays on the screen`() throws {
        let folder = try Folder()
        let server = try StallingServer(0, part: "2", in: folder)
        let screen = try TmuxScreen()
        try screen.start("live bob@receiver.example --server 127.0.0.1:\(server.port) --no-record")
        try #require(screen.shows("Enter connects"), "\(screen.text)")
        try screen.press("Enter")
        try #require(screen.shows("waiting for the greeting, 0:0"), "\(screen.text)")
        try #require(screen.shows("of 5:00"), "\(screen.text)")
        try screen.press("Escape")
        #expect(screen.shows("the session was broken off"), "\(screen.text)")
        try screen.press("Q")
        try #require(screen.shows("ready>"), "\(screen.text)")
        #expect(try screen.isGivenBack())
    }

    @Test(
        .enabled(
            if: Program.isRoot && Program.has("ip") && Program.has("smtp-sink"),
            "needs root, iproute2 and Debian's postfix"
        )
    )
    func `nothing is delivered beyond this machine without being asked for`() throws {
        let host = try FarHost()
        let folder = try Folder()
        let words = ["live", "bob@receiver.example", "--server", "203.0.113.25:\(host.port)", "--plain", "--no-record"]
        for more in [[], ["--pipeline"], ["--quit-after", "dot"], ["--drop-after", "data"], ["--protocol", "smtp"]] {
            let run = try Program.run(Program.path, words + more, in: folder)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("C: RCPT TO:<bob@receiver.example>"), "\(run.output)")
            #expect(!run.output.contains("C: DATA"), "\(more)")
            #expect(host.mails.isEmpty, "\(more)")
        }
        // The same with the word for it, so that the test can fail.
        let run = try Program.run(Program.path, words + ["--send"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(waits { host.mails.count == 1 })
    }
}

/// A server that says only so much.
private final class StallingServer {
    struct CannotStart: Error {}

    let port: Int
    private let process = Process()
    private let input = Pipe()

    init(_ replies: Int, part: String, in folder: Folder) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "\(Program.tests)/Lab/stalling_server.py", "\(replies)", part]
        process.standardInput = input
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(said.trimmingCharacters(in: .whitespacesAndNewlines)) else { throw CannotStart() }
        self.port = port
    }

    deinit { process.terminate() }
}

/// A host that is not this machine, in a network namespace.
private final class FarHost {
    struct CannotStart: Error { let reason: String }

    let port = Int.random(in: 20_000...30_000)
    private let folder: Folder

    init() throws {
        folder = try Folder()
        let started = try Self.script("start", folder, "\(port)")
        guard started.status == 0 else { throw CannotStart(reason: started.errors) }
    }

    deinit { _ = try? Self.script("stop", folder) }

    /// The files smtp-sink wrote, one a mail.
    var mails: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path("far/mails"))) ?? [])
    }

    private static func script(_ action: String, _ folder: Folder, _ more: String...) throws -> Program.Outcome {
        try Program.run("bash", ["\(Program.tests)/Lab/far_host.sh", action, folder.path("far")] + more, in: folder)
    }
}
