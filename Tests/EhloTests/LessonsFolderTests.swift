import Foundation
import Testing

@testable import ehlo

/// Folders of lessons laid over the built-in ones.
@Suite struct LessonsFolderTests {
    /// A folder with a lesson, a session and a persona of a teacher's own.
    private func withLessons<Value>(_ body: (String) throws -> Value) throws -> Value {
        try Program.withFolder { folder in
            let manager = FileManager.default
            for name in ["en/command", "sessions"] {
                try manager.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            }
            let lesson = "---\ntitle: The teacher's own\nspec: []\nsummary: A text.\n---\nA text.\n"
            try lesson.write(toFile: folder + "/en/command/MAIL.md", atomically: true, encoding: .utf8)
            try manager.copyItem(atPath: Program.seed, toPath: folder + "/sessions/mine.ehlo")
            return try body(folder)
        }
    }

    @Test func `a folder of lessons lies over the built-in ones`() throws {
        try withLessons { folder in
            func show(_ anchor: String) throws -> Program.Run {
                try Program.run(["lessons", "show", anchor, "--lessons", folder])
            }
            #expect(try show("MAIL").output.hasPrefix("The teacher's own\n"))
            #expect(try show("550").status == 0)
            let list = try Program.run(["replay", "--list", "--lessons", folder]).output
            #expect(list.contains("mine ") && list.contains("seed "))
            for name in ["mine", "seed"] { #expect(try Program.run([name, "--lessons", folder]).status == 0) }
            let personas = try Program.run(["sandbox", "--list-personas", "--lessons", folder])
            #expect(personas.status == 0 && personas.output.contains("greylisting"))
            let dialogs = try Program.run(["live", "--list-dialogs", "--lessons", folder])
            #expect(dialogs.status == 0 && dialogs.output.contains("smuggling"))
        }
    }

    @Test func `check reads the files of the folder over the built-in ones`() throws {
        try withLessons { folder in
            try "no lesson".write(toFile: folder + "/en/command/RCPT.md", atomically: true, encoding: .utf8)
            let run = try Program.run(["lessons", "check", "--lessons", folder])
            #expect(run.status == 65 && run.output.contains("en/command/RCPT.md:"), "\(run.output)")
            #expect(!run.output.contains("there is no lesson for"))
        }
    }
}
