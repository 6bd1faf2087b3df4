import Foundation
import Testing

/// Every persona shows what its description says, to clients that are not ours: Python's smtplib and plain sockets.
@Suite(.timeLimit(.minutes(15)), .enabled(if: Program.has("python3"), "needs python3"))
struct PersonaTests {
    private static let folder = URL(fileURLWithPath: Program.tests).deletingLastPathComponent()
        .appending(path: "lessons/personas").path
    private static let personas =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".yaml") }
        .map { String($0.dropLast(5)) }.sorted()

    @Test func `there are personas to show`() { #expect(Self.personas.count >= 27) }

    @Test(arguments: personas)
    func `a persona shows what it says`(persona: String) throws {
        let script = "\(Program.tests)/Lab/persona_clients.py"
        let outcome = try Program.run("python3", [script, Program.path, persona], in: Folder())
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test func `the list names each persona in one line`() throws {
        let outcome = try Program.ehlo("sandbox", "--list-personas", in: Folder())
        #expect(outcome.status == 0)
        #expect(Set(outcome.lines.compactMap { $0.split(separator: " ").first.map(String.init) }) == Set(Self.personas))
        #expect(outcome.output.hasPrefix("rfc5321 "))
    }

    @Test func `a persona that is not there, or cannot be used, is said with what to do`() throws {
        let folder = try Folder()
        let unknown = try Program.ehlo("sandbox", "--persona", "grey-listing", in: folder)
        #expect(unknown.status == 66)
        #expect(unknown.errors.contains("spelled alike: greylisting"))
        let file = try folder.write("title: x\nsummary: y\nexplanation: z\nsize-limit: lots\n", to: "mine.yaml")
        let broken = try Program.ehlo("sandbox", "--persona", file, in: folder)
        #expect(broken.status == 65)
        #expect(broken.errors.contains("mine.yaml:4: size-limit: this is a number"))
    }

    @Test func `a port that is taken is said`() throws {
        let folder = try Folder()
        let names = ["stdin", "stdout", "stderr"].map { folder.path($0) }
        for name in names { try "".write(toFile: name, atomically: false, encoding: .utf8) }
        let first = try Child(Program.path, ["sandbox", "--plain", "--port", "0"], files: names)
        defer { first.send(signal: SIGTERM) }
        var said = ""
        #expect(
            try waits {
                said = try folder.text("stderr"); return said.contains("listens on 127.0.0.1:")
            }
        )
        let port = try #require(said.firstMatch(of: /127\.0\.0\.1:([0-9]+)/)).output.1
        let second = try Program.ehlo("sandbox", "--plain", "--port", String(port), in: folder)
        #expect(second.status == 69)
        #expect(second.errors.contains("the port is in use already"))
    }
}
