import Foundation
import Glibc
import Testing

/// A person at a terminal walks through the program.
@Suite(.serialized, .timeLimit(.minutes(15)), .enabled(if: Program.has("tmux"), "needs tmux"))
struct ScreenWalkTests {
    /// Where the cursor's line of the wire begins after each press of `n`.
    private static let steps = [
        "✔S◀ 220 out.sender.example ", " D▶ MX? receiver.example", " •  connecting to mx1.receiver.example",
        "✔S◀ 220 mx1.receiver.example", " C▶ EHLO out.sender.example", "✔S◀ 250-mx1.receiver.example",
        " C▶ MAIL FROM:<ada@sender.example>", "✔S◀ 250 2.1.0", " C▶ RCPT TO:<bob@receiver.example>", "✔S◀ 250 2.1.5",
        " C▶ DATA", " C▶ Received: from", "✔S◀ 250 2.0.0 Accepted", " C▶ QUIT",
    ]

    @Test func `fourteen presses of n reach step 14, and the fifteenth shows the delivered message`() throws {
        let screen = try TmuxScreen()
        try screen.start()
        try #require(screen.shows("live · start"), "\(screen.text)")
        for (index, line) in Self.steps.enumerated() {
            #expect(!screen.text.contains("step \(index + 1)/14"))
            try screen.press("n")
            try #require(screen.shows("step \(index + 1)/14"), "press \(index + 1):\n\(screen.text)")
            #expect(waits { screen.cursorLine.hasPrefix(line) }, "press \(index + 1): \(screen.cursorLine)")
            #expect(screen.text.contains("▶ \(index < 9 ? " " : "")\(index + 1) "), "the mark of the step that is now")
            #expect(screen.text.contains("10 sub-steps: Enter walks them") == (index == 0), "press \(index + 1)")
        }
        #expect(screen.shows("S◀ 221 "), "\(screen.text)")
        try screen.press("n")
        try #require(screen.shows("Delivered: what bob@receiver.example receives"))
        #expect(screen.text.contains("Return-Path: <ada@sender.example>"))
        #expect(screen.text.contains("Received: from out.sender.example"))
        try screen.press("End")
        #expect(screen.shows(" .A line that begins with a dot") || screen.text.contains("more"), "\(screen.text)")
        try screen.press("Escape")
        try #require(waits { screen.cursorLine.hasPrefix(Self.steps[13]) }, "\(screen.text)")
        try screen.press("q")
        try #require(screen.shows("ready>"))
        #expect(try screen.isGivenBack())
    }

    @Test func `a span is named on the wire and in the lesson`() throws {
        let screen = try TmuxScreen()
        try screen.start("replay seed")
        try #require(screen.shows("Press n to take the first"), "\(screen.text)")
        try screen.type("g7")
        try screen.press("Enter")
        try #require(waits { screen.cursorLine.contains("MAIL FROM:pkutaj@gmail.com") }, "\(screen.text)")
        try screen.press("Right")
        #expect(screen.shows("Here the reverse-path is"), "\(screen.text)")
        #expect(screen.text.contains("reverse-path · 3 of 5"), "\(screen.text)")
        try screen.press("q")
        #expect(screen.shows("ready>"))
    }

    @Test func `s asks before it replaces a file, and Esc keeps it`() throws {
        let folder = try Folder()
        let screen = try TmuxScreen()
        try screen.start("replay exim")
        try #require(screen.shows("Press n to take the first"), "\(screen.text)")
        for (name, begins) in [("a.json", "{"), ("a.eml", "")] {
            let file = try folder.write("mine", to: name)
            for (answer, saved) in [("Escape", false), ("y", true)] {
                // A prompt is emptied with ^U.
                try screen.press("s")
                try screen.type("wrong")
                try screen.press("C-u")
                try screen.type(file)
                try screen.press("Enter")
                try #require(screen.shows("is there already. y replaces it:"), "\(screen.text)")
                try screen.press(answer)
                if saved { try screen.press("Enter") }
                try #require(screen.shows(saved ? "saved as " : "not saved: "), "\(screen.text)")
                let text = try String(contentsOfFile: file, encoding: .utf8)
                #expect(saved ? text != "mine" && text.hasPrefix(begins) : text == "mine", "\(name)")
            }
        }
        try screen.press("q")
    }

    @Test func `a command that is copied is shown where copying may not work, and the panes come back`() throws {
        let screen = try TmuxScreen()
        try screen.start("exim")
        try #require(screen.shows("Press n to take the first"), "\(screen.text)")
        try screen.press("c")
        try screen.press("Enter")
        try #require(screen.shows("Enter leads back to the panes."), "\(screen.text)")
        #expect(screen.text.contains("swaks ") && !screen.text.contains("What this program shows"), "\(screen.text)")
        try screen.press("Enter")
        try #require(screen.shows("copied, if the terminal allows it"), "\(screen.text)")
        #expect(screen.text.contains("What this program shows"), "\(screen.text)")
        // It still hears keys, and a signal that comes while the text is shown ends the program.
        try screen.press("c")
        try screen.press("Enter")
        try #require(screen.shows("Enter leads back to the panes."), "\(screen.text)")
        try screen.press("C-c")
        // The prompt of before can be seen above the text as well.
        try #require(waits { screen.lines.last { !$0.isEmpty } == "ready>" }, "\(screen.text)")
        #expect(try screen.isGivenBack())
    }

    @Test func `a tilde in the name to save under is the person's folder`() throws {
        let folder = try Folder()
        let screen = try TmuxScreen()
        let file = folder.path("a.json")
        try screen.type("HOME=\(file.dropLast("/a.json".count)) \(Program.path) exim")
        try screen.press("Enter")
        try #require(screen.shows("Press n to take the first"), "\(screen.text)")
        try screen.press("s")
        try screen.press("C-u")
        try screen.type("~/a.json")
        try screen.press("Enter")
        try #require(screen.shows("saved as /"), "\(screen.text)")
        #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("{"))
        try screen.press("q")
    }

    @Test func `the seed has fourteen steps and the findings that are in it`() throws {
        let screen = try TmuxScreen(columns: 120, rows: 40)
        try screen.start("replay seed")
        try #require(screen.shows("Press n to take the first"), "\(screen.text)")
        for step in 1...14 {
            try screen.press("]")
            #expect(screen.shows("step \(step)/14"), "press \(step):\n\(screen.text)")
        }
        try screen.press("f")
        for finding in [
            "no angle brackets", "between the colon and the path", "before the first word",
            "before the end of the line",
        ] {
            #expect(screen.shows(finding), "\(finding) is not in\n\(screen.text)")
        }
        try screen.press("Escape")
        // Escape and q in one go would be Alt-q.
        #expect(waits { !screen.text.contains("━ Findings ━") })
        try screen.press("q")
        #expect(screen.shows("ready>"))
    }

    @Test func `the screen takes on each size and keeps its place`() throws {
        let screen = try TmuxScreen()
        try screen.start("replay seed")
        try #require(screen.shows("Press n to take the first"), "\(screen.text)")
        for _ in 1...5 { try screen.press("]") }
        try #require(screen.shows("step 5/14"))
        for (columns, rows) in [(40, 12), (120, 40), (80, 24), (200, 60), (30, 8), (80, 24)] {
            try screen.resize(columns: columns, rows: rows)
            let fits = columns >= 40
            let isDrawn = waits {
                fits
                    ? screen.text.contains(columns < 60 ? " 5" : "5/14") && Self.isWhole(screen.lines, columns)
                    : !screen.text.isEmpty
            }
            #expect(isDrawn, "\(columns)x\(rows):\n\(screen.text)")
        }
        try #require(screen.shows("EHLO gmail.com"))
        try screen.press("q")
        #expect(screen.shows("ready>"))
    }

    /// Whether a rule reaches to the last column and nothing is wider.
    private static func isWhole(_ lines: [Substring], _ columns: Int) -> Bool {
        lines.contains { $0.last == "─" && $0.count == columns } && lines.allSatisfy { $0.count <= columns }
    }

    @Test(arguments: ["q", "Q", "C-c"])
    func `a key leaves and gives the terminal back`(key: String) throws {
        let screen = try TmuxScreen()
        try screen.start("replay seed")
        try #require(screen.shows("Press n to take the first"), "\(screen.text)")
        try screen.press(key)
        try #require(screen.shows("ready>"), "\(screen.text)")
        #expect(try screen.isGivenBack())
    }

    @Test(arguments: [SIGTERM, SIGHUP, SIGINT, SIGSEGV, SIGTRAP])
    func `a signal gives the terminal back`(signal: Int32) throws {
        let screen = try TmuxScreen()
        try screen.start()
        try #require(screen.shows("live · start"), "\(screen.text)")
        try screen.press("n")
        try #require(screen.shows("step 1/14"))
        kill(try #require(try screen.child()), signal)
        try #require(screen.shows("ready>"), "\(screen.text)")
        #expect(try screen.isGivenBack())
    }

    @Test func `stopped and continued, it goes on where it was`() throws {
        let screen = try TmuxScreen()
        try screen.start()
        try #require(screen.shows("live · start"), "\(screen.text)")
        for step in 1...4 {
            try screen.press("n")
            try #require(screen.shows("step \(step)/14"))
        }
        try screen.press("C-z")
        try #require(screen.shows("Stopped"), "\(screen.text)")
        #expect(try screen.isGivenBack())
        try screen.type("fg")
        try screen.press("Enter")
        try #require(screen.shows("step 4/14"), "\(screen.text)")
        try screen.press("n")
        #expect(screen.shows("step 5/14"), "\(screen.text)")
        try screen.press("q")
        #expect(screen.shows("ready>"))
    }
}
