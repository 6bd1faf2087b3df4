import Foundation
import Interchange
import Lessons
import Screen
import Testing
import Tracing

@testable import Interface
@testable import ehlo

/// Every source of `Poison` into everything that the program writes: screens, flat text, lists, messages, each format of
/// `ExportFormat` (a new one is among them by itself), copies, names of files.
@Suite(.timeLimit(.minutes(10))) struct PoisonTests {
    /// What a medium must not hold beside characters that show: where it stands, and around it.
    private static func wrong(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).compactMap { line in
            guard let bad = line.unicodeScalars.firstIndex(where: { !WireText.isShown($0) }) else { return nil }
            let scalars = line.unicodeScalars
            let start = scalars.index(bad, offsetBy: -40, limitedBy: scalars.startIndex) ?? scalars.startIndex
            let end = scalars.index(bad, offsetBy: 20, limitedBy: scalars.endIndex) ?? scalars.endIndex
            return WireText.shown(String(scalars[start..<end]).utf8)
        }
    }

    private static func octets(of file: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: file)))
    }

    // MARK: Exports

    /// The files that a format is written to: a worksheet is two kinds.
    private static func endings(_ format: ExportFormat) -> [String] {
        format == .worksheet ? ["md", "html"] : [format.endings.first ?? format.rawValue]
    }

    @Test(arguments: Poison.Source.allCases, ExportFormat.allCases)
    func `no export holds it`(source: Poison.Source, format: ExportFormat) throws {
        let sessions = try Poison.sessions(source).sessions.map { WrittenSession($0) }
        try #require(!sessions.isEmpty && !sessions[0].trace.lines.isEmpty)
        let libraries: (String) throws -> Void = { root in
            for isASCII in [false, true] {
                let writer = SessionWriter(
                    library: try LessonLibrary(root: root),
                    isASCII: isASCII,
                    isForTeacher: true
                )
                for ending in Self.endings(format) {
                    try Program.withFolder { folder in
                        _ = try writer.save([sessions[0]], as: format, to: "\(folder)/x.\(ending)", input: nil)
                        try Self.check(try Self.octets(of: "\(folder)/x.\(ending)"), format, ending)
                    }
                }
            }
        }
        if source == .lesson { try Poison.withLessons(libraries) } else { try libraries(Program.lessons) }
    }

    private static func check(_ octets: [UInt8], _ format: ExportFormat, _ ending: String) throws {
        switch format {
        // The octets as they were are what these are for.
        case .eml, .pcap, .pcapng: return #expect(!octets.isEmpty)
        default: break
        }
        let text = try #require(String(validating: octets, as: UTF8.self), "\(format) is no UTF-8")
        #expect(wrong(text).isEmpty, "\(format).\(ending): \(wrong(text).prefix(3))")
        switch ending {
        case "html", "svg":
            #expect(!text.contains("<poison"), "\(format).\(ending)")
            // It did get there, so that this says something.
            #expect(format != .html || text.contains("&lt;poison"), "\(format).\(ending)")
        case "md":
            // Whoever reads the Markdown finds no element and no link made of it.
            let read = "\(Markdown.read(text))"
            #expect(!read.contains("link(url: \"https://x.example"), "\(format).\(ending)")
        case "cast": try checkFilm(text)
        default: break
        }
    }

    /// What a film sends to a terminal: our own sequences, which end in m, H or J, and what shows.
    private static func checkFilm(_ text: String) throws {
        for line in text.split(separator: "\n").dropFirst() {
            let event = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any])
            let sent = try #require(event.last as? String).replacing(/\u{1B}\[[0-9;]*[mHJ]/, with: "")
            #expect(wrong(sent).isEmpty, "\(wrong(sent).prefix(3))")
        }
    }

    // MARK: Screens and copies

    private static func state(_ source: Poison.Source) throws -> State {
        let recording = try #require(try Poison.sessions(source).sessions.first)
        var state = State(
            title: recording.header.title,
            origin: recording.header.source,
            began: recording.header.began,
            source: .replay,
            trace: Tracer.trace(of: recording.events)
        )
        (state.view.columns, state.view.rows) = (100, 40)
        state.view.notice = Poison.text
        return state
    }

    @Test(arguments: Poison.Source.allCases) func `no cell of a screen holds it`(source: Poison.Source) throws {
        let walk: (String) throws -> Void = { root in
            for glyphs in [Glyphs.unicode, .ascii] {
                let world = Interface.Environment(library: try LessonLibrary(root: root), glyphs: glyphs)
                var state = try Self.state(source)
                Self.check(draw(state, in: world))
                while !state.isAtEnd {
                    let before = state.cursor.reached
                    _ = update(&state, .nextPressed, in: world)
                    guard state.cursor.reached > before else { break }
                    Self.check(draw(state, in: world))
                    _ = update(&state, .rightPressed, in: world)
                    Self.check(draw(state, in: world))
                }
                for look in Overlay.allCases.map(Input.overlayPressed) {
                    _ = update(&state, look, in: world)
                    Self.check(draw(state, in: world))
                    _ = update(&state, .escapePressed, in: world)
                }
                _ = update(&state, .hexPressed, in: world)
                _ = update(&state, .savePressed, in: world)
                _ = update(&state, .pasted(Poison.text), in: world)
                Self.check(draw(state, in: world))
            }
        }
        if source == .lesson { try Poison.withLessons(walk) } else { try walk(Program.lessons) }
    }

    /// A golden's letters stand in rows between line feeds; every cell between them is one that shows.
    private static func check(_ canvas: Canvas) {
        let scalars = canvas.cells.flatMap { Array($0.glyph.unicodeScalars) }
        let bad = scalars.filter { TextWidth.isForbidden($0) || $0.properties.generalCategory == .control }
        #expect(bad.isEmpty, "\(bad.prefix(3))")
    }

    @Test(arguments: Poison.Source.allCases, CopyAs.allCases)
    func `no copy holds it, nor a word that would be an option`(source: Poison.Source, form: CopyAs) throws {
        let text = form.text(of: try Self.state(source).session.trace)
        #expect(Self.wrong(text).isEmpty, "\(Self.wrong(text).prefix(3))")
        #expect(text.hasSuffix("\n") && (!text.hasPrefix("#") || text.split(separator: "\n").count == 1), "\(text)")
        // What stands before is printed for it.
        let command = text.firstRange(of: "swaks --server").map { text[$0.lowerBound...] } ?? ""
        #expect(form != .swaks || !command.contains(/\ \$?'?-oP/), "\(command)")
    }

    // MARK: Standard output and standard error

    /// `tabs` is how many of them part the columns of a line; one more would be a column that a stranger made.
    private static func check(_ run: Program.Run, _ what: String, tabs: Int = 0) {
        let lines = run.output.split(separator: "\n")
        if tabs > 0 { #expect(lines.allSatisfy { $0.count { $0 == "\t" } == tabs }, "\(what): \(run.output)") }
        let output = tabs > 0 ? run.output.replacing("\t", with: " ") : run.output
        #expect(wrong(output).isEmpty, "\(what): \(wrong(output).prefix(3))")
        #expect(wrong(run.errors).isEmpty, "\(what): \(wrong(run.errors).prefix(3))")
        #expect(run.messages.allSatisfy { $0.hasPrefix("ehlo: ") }, "\(what): \(run.errors.prefix(300))")
    }

    @Test(arguments: Poison.Source.allCases.filter { $0 != .lesson })
    func `no flat text, list or message holds it`(source: Poison.Source) throws {
        try Program.withFolder { folder in
            let recording = try #require(try Poison.sessions(source).sessions.first)
            let file = "\(folder)/\(Poison.name).ehlo"
            try Data(RecordingWriter.file(recording).utf8).write(to: URL(fileURLWithPath: file))
            Self.check(try Program.run(["replay", file, "--plain"]), "replay \(source)")
            Self.check(try Program.run(["replay", file, "--list"]), "list \(source)", tabs: 6)
            Self.check(try Program.run(["replay", file, "--session", "7"]), "no such session")
            let target = "\(folder)/no/\(Poison.name)"
            Self.check(try Program.run(["export", file, "--format", "txt", "-o", target]), "export")
        }
    }

    @Test(arguments: [
        ["lessons", "list"], ["lessons", "check"], ["lessons", "show", "step/7"], ["lessons", "show", "command/EHLO"],
        ["lessons", "show", "command/\(Poison.word)"], ["replay", "poison", "--plain"], ["replay", "--list"],
        ["sandbox", "--list-personas"], ["sandbox", "--persona", Poison.name, "--plain", "--once"],
        ["live", "--list-dialogs"], ["live", "--dialog", "poison", "--plain"],
        ["live", "--dialog", Poison.name, "--plain"], ["--plain"],
    ])
    func `a folder of lessons full of it is shown without it`(words: [String]) throws {
        try Poison.withLessons { root in
            let run = try Program.run(words + ["--lessons", root])
            Self.check(run, words.joined(separator: " "))
            #expect(!run.output.isEmpty || !run.errors.isEmpty)
        }
    }

    @Test(arguments: [
        ["replay"], ["replay", "seed", "--session"], ["replay", "seed", "--lang"], ["replay", "seed", "--theme"],
        ["replay", "seed", "--lessons"], ["replay", "seed", "--color"],
        ["export", "seed", "--format", "md", "--title"],
        ["export", "seed", "--format"], ["export", "seed", "-o"], ["lessons", "show"], ["sandbox", "--persona"],
        ["live", "--dialog"], ["live", "bob@b.example", "--server", "127.0.0.1:1", "--from"],
        ["live", "bob@b.example", "--server", "127.0.0.1:1", "--helo"],
        ["live", "bob@b.example", "--server", "127.0.0.1:1", "--subject"],
        ["live", "bob@b.example", "--server", "127.0.0.1:1", "--header"],
        ["live", "bob@b.example", "--server", "127.0.0.1:1", "--title"],
        ["live", "bob@b.example", "--server", "127.0.0.1:1", "--data"],
        ["live", "bob@b.example", "--server", "127.0.0.1:1", "--quit-after"],
        ["live", "bob@b.example", "--server", "127.0.0.1:1", "--record"], ["live", "bob@b.example", "--server"],
        ["live", "--server", "127.0.0.1:1", "--to"], ["tap", "--to", "127.0.0.1:1", "--listen"],
        ["tap", "--listen", "127.0.0.1:0", "--to"], ["--plain", "--from"], ["--plain", "--to"],
        ["--plain", "--subject"],
        [],
    ])
    func `a word of the command line comes back without it`(words: [String]) throws {
        try Program.withFolder { folder in
            // With = the word is the option's value although it begins with a hyphen.
            let last = words.last.map { $0.hasPrefix("--") ? "\($0)=\(Poison.word)" : nil } ?? nil
            let line = last.map { words.dropLast() + [$0] } ?? words + ["\(Poison.word.dropFirst())"]
            let run = try Program.run(Array(line), environment: ["XDG_DATA_HOME": folder, "HOME": folder])
            Self.check(run, words.joined(separator: " "))
            #expect(!run.output.isEmpty || !run.errors.isEmpty, "\(words)")
        }
    }

    // MARK: Names of files

    @Test func `no name of a file is made of more than letters, digits and a few signs`() {
        let name = DataFolder.name(began: "2026-11-26T00:00:00Z", about: Poison.text + "/../é")
        let plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@.-_+"
        #expect(name.hasPrefix("2026-11-26T000000Z-") && name.allSatisfy { plain.contains($0) }, "\(name)")
    }
}
