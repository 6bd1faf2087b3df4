import Foundation
import Glibc
import Testing

/// `ehlo watch` on the loopback interface, where swaks delivers to `ehlo sandbox`.
@Suite(.timeLimit(.minutes(15)))
struct WatchLoopbackTests {
    private static let mayCapture = Program.isRoot && Program.has("tcpdump") && Program.has("swaks")

    @Test(.enabled(if: mayCapture, "needs root, tcpdump and swaks"))
    func `a session that passes is told when it is over, and the child ends with the program`() throws {
        let server = try PracticeSandbox(count: 5)
        // Files of its own: the sandbox writes to others in this folder.
        let (output, errors) = (try server.folder.write("", to: "told"), try server.folder.write("", to: "warned"))
        let filter = "tcp port \(server.port)"
        let watch = try Child(
            Program.path,
            ["watch", "-i", "lo", "--json", filter],
            files: ["/dev/null", output, errors]
        )
        try #require(waits { Self.capturing(filter) })
        let swaks = [
            "--server", "127.0.0.1:\(server.port)", "--from", "ada@sender.example", "--to", "bob@receiver.example",
        ]
        var told = ""
        // tcpdump may begin to listen a moment after it was started.
        for _ in 1...5 where !told.contains("\"text\":\"EHLO ") {
            _ = try Program.run("swaks", swaks, in: server.folder)
            _ = waits(seconds: 5) {
                told = (try? server.folder.text("told")) ?? ""
                // The lines of a session come behind what is said of it.
                return told.contains("\"text\":\"EHLO ")
            }
        }
        #expect(told.contains("\"outcome\":\"accepted\""))
        #expect(told.contains("\"text\":\"EHLO "))
        watch.send(signal: SIGTERM)
        watch.waits()
        #expect(waits { !Self.capturing(filter) })
    }

    /// Whether a tcpdump with this filter runs.
    private static func capturing(_ filter: String) -> Bool {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.contains { process in
            guard Int(process) != nil,
                let line = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)
            else { return false }
            return line.hasPrefix("tcpdump\0") && line.contains(filter)
        }
    }

    @Test(
        .enabled(
            if: Program.isRoot && Program.has("tcpdump") && Program.has("setpriv"),
            "needs root, tcpdump and setpriv"
        )
    )
    func `without rights one sentence says what helps, and 77`() throws {
        let words = ["--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]
        let outcome = try Program.run("setpriv", words + [Program.path, "watch", "-i", "lo", "--plain"], in: Folder())
        #expect(outcome.status == 77, "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
        for words in ["sudo ehlo watch", "sudo tcpdump", "setcap"] { #expect(outcome.errors.contains(words)) }
    }

    @Test(.enabled(if: Program.isRoot && Program.has("tcpdump"), "needs root and tcpdump"))
    func `an interface that is not there is told in the words of tcpdump, and 69`() throws {
        let outcome = try Program.run(Program.path, ["watch", "-i", "nosuch0", "--plain"], in: Folder())
        #expect(outcome.status == 69)
        #expect(outcome.errors.hasPrefix("ehlo: tcpdump: ") && outcome.errors.contains("nosuch0"), "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }
}
