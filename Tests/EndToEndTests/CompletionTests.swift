import Foundation
import Testing

/// Tab, in real shells on a terminal.
@Suite(.timeLimit(.minutes(15)), .enabled(if: Program.has("python3"), "needs python3"))
struct CompletionTests {
    @Test(arguments: ["bash", "zsh", "fish"].filter(Program.has))
    func `a shell completes commands, options and their values`(shell: String) throws {
        let script = "\(Program.tests)/Lab/completion.py"
        let run = try Program.run("python3", [script, shell, Program.path], in: Folder())
        #expect(run.status == 0, "\(run.output) \(run.errors)")
        #expect(run.output.contains("completed"))
    }
}
