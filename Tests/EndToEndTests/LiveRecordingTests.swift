import Foundation
import Testing

/// What a live session leaves behind when everything goes wrong, and what it does not do by accident.
@Suite(.serialized)
struct LiveRecordingTests {
    @Test(.enabled(if: Program.has("tmux") && Program.has("python3"), "needs tmux and python3"))
    func `Esc breaks a wait off, and the session stays on the screen`() throws {
        let server = try LabPeer("stalling_server.py", ["0", "2"])
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
            #expect(run.output.contains("Client: RCPT TO:<bob@receiver.example>"), "\(run.output)")
            #expect(!run.output.contains("Client: DATA"), "\(more)")
            #expect(host.mails.isEmpty, "\(more)")
        }
        // The same with the word for it, so that the test can fail.
        let run = try Program.run(Program.path, words + ["--send"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(waits { host.mails.count == 1 })
    }
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
