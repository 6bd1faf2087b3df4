import Foundation
import Interchange
import Interface
import Lessons
import SMTP
import Screen
import ScreenSupport
import Testing
import Tracing

@testable import ehlo

@Suite struct CastExportTests {
    /// As much of a terminal as a film of ours may need: anything else is a failure.
    private struct Player {
        var rows = Array(repeating: Array(repeating: " ", count: CastExport.columns), count: CastExport.rows)
        var row = 0
        var column = 0
        var strange: [String] = []

        mutating func play(_ text: String) {
            var rest = Substring(text)
            while let first = rest.first {
                guard first == "\u{1B}" else {
                    if first.unicodeScalars.contains(where: { $0.value < 32 || (127...159).contains($0.value) }) {
                        strange.append(String(first))
                    } else {
                        put(String(first))
                    }
                    rest = rest.dropFirst()
                    continue
                }
                let body = rest.dropFirst(2).prefix { $0.isASCII && ($0.isNumber || $0 == ";") }
                let end = rest.dropFirst(2 + body.count).first
                let numbers = body.split(separator: ";", omittingEmptySubsequences: false).compactMap { Int($0) }
                switch (rest.dropFirst().first, end) {
                case ("[", "m"): break
                case ("[", "H") where numbers.count == 2: (row, column) = (numbers[0] - 1, numbers[1] - 1)
                case ("[", "J") where numbers == [2]: rows = Player().rows
                default: strange.append(String(rest.prefix(10)))
                }
                rest = rest.dropFirst(3 + body.count)
            }
        }

        private mutating func put(_ glyph: String) {
            guard rows.indices.contains(row), rows[row].indices.contains(column) else {
                return strange.append("outside")
            }
            rows[row][column] = glyph
            let width = TextWidth.columns(of: glyph)
            for covered in 1..<max(1, width) where column + covered < CastExport.columns {
                rows[row][column + covered] = ""
            }
            column += max(1, width)
        }

        var text: String {
            rows.map { row in
                let line = row.joined()
                return line.lastIndex { $0 != " " }.map { String(line[...$0]) } ?? ""
            }.joined(separator: "\n") + "\n"
        }
    }

    private struct Film {
        let header: [String: Any]
        let events: [(time: Double, text: String)]

        init(_ lines: [String]) throws {
            let read = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) }
            header = try #require(read.first as? [String: Any])
            events = try read.dropFirst().map { event in
                let parts = try #require(event as? [Any])
                #expect(parts.count == 3 && parts[1] as? String == "o")
                return (try #require(parts[0] as? Double), try #require(parts[2] as? String))
            }
        }
    }

    /// The hostile session of this suite: markup, sequences and every octet there is.
    private static let hostile: Recording = {
        let all = Array(UInt8.min...UInt8.max)
        let bad = Array("\u{1B}]0;owned\u{7}\u{1B}[2J\u{9B}31m\u{202E}<b>\u{0} 漢字 e\u{301}".utf8)
        func say(_ side: Side, _ octets: [UInt8]) -> WireEvent {
            WireEvent(.octets(from: side, octets + [13, 10]), leg: .relay)
        }
        let events = [
            say(.server, Array("220 ".utf8) + bad), say(.client, Array("EHLO ".utf8) + bad),
            say(.server, Array("250 ".utf8) + all),
            say(.client, Array("MAIL FROM:<".utf8) + bad + [62]), say(.server, bad), say(.client, all),
        ]
        let name = String(decoding: bad, as: UTF8.self)
        return Recording(header: .init(began: name, title: name, source: name), events: events)
    }()

    private func sessions() throws -> [(String, Recording)] {
        let names = ["seed", "one-refused", "postfix"]
        return try names.map { name in
            let file = try SessionFile.read("\(Program.lessons)/sessions/\(name).ehlo")
            return (name, try #require(file.sessions.first))
        } + [("hostile", Self.hostile)]
    }

    @Test func `a player of asciicasts sees the program's own screens, one a step`() throws {
        let library = try LessonLibrary(root: Program.lessons)
        for (name, recording) in try sessions() {
            let trace = Tracer.trace(of: recording.events)
            let lines = CastExport(library: library).lines(trace, header: recording.header)
            let film = try Film(lines)
            #expect(film.header["version"] as? Int == 2 && film.header["width"] as? Int == 80)
            #expect(film.header["height"] as? Int == 24 && film.header["title"] is String)
            var state = State(
                title: recording.header.title,
                origin: recording.header.source,
                began: recording.header.began,
                source: .replay,
                trace: trace
            )
            (state.view.columns, state.view.rows) = (CastExport.columns, CastExport.rows)
            let world = Interface.Environment(library: library, glyphs: .unicode)
            var player = Player()
            for (number, event) in film.events.dropLast().enumerated() {
                player.play(event.text)
                #expect(player.text == draw(state, in: world).text, "\(name), screen \(number)")
                _ = update(&state, .nextPressed, in: world)
            }
            #expect(player.strange.isEmpty, "\(name): \(player.strange.prefix(3))")
            #expect(state.isAtEnd, "\(name)")
            #expect(film.events.last?.text == "")
            let gaps = zip(film.events.dropFirst(), film.events).map { $0.time - $1.time }
            #expect(gaps.allSatisfy { $0 >= 1.999 && $0 <= 5.001 }, "\(name): \(gaps)")
            #expect(lines == CastExport(library: library).lines(trace, header: recording.header))
        }
    }

    @Test func `a film has the time of its session, and none when that is not a time`() throws {
        let library = try LessonLibrary(root: Program.lessons)
        func stamp(_ began: String) throws -> Int? {
            let lines = CastExport(library: library).lines(Trace(), header: .init(began: began, title: "", source: ""))
            return try Film(lines).header["timestamp"] as? Int
        }
        #expect(try stamp("2020-04-03T03:59:34Z") == 1_585_886_374)
        #expect(try stamp("yesterday") == nil)
    }

    @Test func `with ASCII alone nothing else is in it`() throws {
        let library = try LessonLibrary(root: Program.lessons)
        for (_, recording) in try sessions().dropLast() {
            let export = CastExport(library: library, isASCII: true)
            let lines = export.lines(Tracer.trace(of: recording.events), header: recording.header)
            #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } })
        }
    }
}

@Suite struct ExportCommandTests {
    @Test func `the ending of a file asks for each format that has one`() throws {
        try Program.withFolder { folder in
            for format in ExportFormat.allCases {
                guard let ending = format.endings.first else { continue }
                let run = try Program.run(["export", "one-refused", "-o", "\(folder)/x.\(ending)"])
                #expect(run.status == 0 && run.output.isEmpty && run.errors.isEmpty, "\(format): \(run.errors)")
                let file = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/x.\(ending)"))
                let said = try Program.run(["export", "one-refused", "--format", format.rawValue])
                #expect(!file.isEmpty, "\(format)")
                // A capture is no text, so it cannot be compared as one.
                if format != .pcap, format != .pcapng { #expect(Data(said.output.utf8) == file, "\(format)") }
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix(".") }
            #expect(left.isEmpty)
        }
    }

    @Test func `a worksheet is Markdown or a page, by its name`() throws {
        try Program.withFolder { folder in
            for (name, start) in [("a.md", "# Worksheet: "), ("a.html", "<!doctype html>")] {
                _ = try Program.run(["export", "seed", "--format", "worksheet", "-o", "\(folder)/\(name)"])
                #expect(try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8).hasPrefix(start))
            }
            #expect(try Program.run(["export", "seed", "-o", "\(folder)/b.worksheet.html"]).status == 0)
            let page = try String(contentsOfFile: "\(folder)/b.worksheet.html", encoding: .utf8)
            #expect(page.contains("<h1>Worksheet: "))
            let bad = try Program.run(["export", "seed", "--format", "worksheet", "-o", "\(folder)/a.svg"])
            #expect(bad.status == 73 && bad.errors.contains(".html"))
        }
    }

    @Test func `a title stands in the place of the session's own`() throws {
        for format in ["html", "svg", "md", "cast", "txt", "worksheet"] {
            let run = try Program.run(["export", "seed", "--format", format, "--title", "Lesson <3>"])
            let shown =
                format == "html" || format == "svg"
                ? "Lesson &lt;3&gt;" : format == "md" || format == "worksheet" ? "Lesson \\<3\\>" : "Lesson <3>"
            #expect(run.output.contains(shown), "\(format)")
            #expect(!run.output.contains("The post: a session"), "\(format)")
        }
    }

    @Test func `what has room for one session says how to take one`() throws {
        try Program.withFolder { folder in
            let path = folder + "/two.ehlo"
            let one = try String(contentsOfFile: Program.seed, encoding: .utf8)
            let other = try String(contentsOfFile: Program.lessons + "/sessions/postfix.ehlo", encoding: .utf8)
            try (one + other).write(toFile: path, atomically: true, encoding: .utf8)
            let sessions = try Program.run(["replay", path, "--list"]).output.split(separator: "\n").count
            try #require(sessions == 2)
            for format in ["html", "svg", "cast", "worksheet"] {
                let run = try Program.run(["export", path, "--format", format])
                #expect(run.status == 65 && run.errors.contains("--session N") && run.output.isEmpty, "\(format)")
                #expect(try Program.run(["export", path, "--format", format, "--session", "1"]).status == 0)
            }
            // Several messages: to standard output not at all, to a name a file each.
            let refused = try Program.run(["export", path, "--format", "eml"])
            #expect(refused.status == 73 && refused.errors.contains("-o NAME.eml") && refused.output.isEmpty)
            let written = try Program.run(["export", path, "-o", folder + "/mail.eml"])
            #expect(
                written.status == 0 && written.errors.contains("mail-1.eml") && written.errors.contains("mail-2.eml")
            )
            #expect(
                try String(contentsOfFile: folder + "/mail-1.eml", encoding: .utf8) == "This is a test message.\r\n"
            )
        }
    }

    /// Longer than what a trace keeps of one mail; in DATA, with stuffed dots, and in a chunk.
    @Test(arguments: [true, false]) func `a long mail is written whole`(isChunk: Bool) throws {
        let line = Array(repeating: UInt8(ascii: "x"), count: 998) + [13, 10]
        let lines = (0..<(TracedMail.maxOctets / 1000 + 2000)).map { $0 % 7 == 0 ? [UInt8(ascii: ".")] + line : line }
        let content = Array(lines.joined())
        var events = [WireEvent(.octets(from: .server, Array("220 b\r\n".utf8)), leg: .relay)]
        func say(_ side: Side, _ octets: [UInt8]) {
            events.append(WireEvent(.octets(from: side, octets), leg: .relay))
        }
        for command in ["EHLO a", "MAIL FROM:<a@a>", "RCPT TO:<b@b>"] {
            say(.client, Array("\(command)\r\n".utf8))
            say(.server, Array("250 b\r\n".utf8))
        }
        if isChunk {
            say(.client, Array("BDAT \(content.count) LAST\r\n".utf8) + content)
        } else {
            say(.client, Array("DATA\r\n".utf8))
            say(.server, Array("354 b\r\n".utf8))
            for line in lines { say(.client, (line.first == UInt8(ascii: ".") ? [UInt8(ascii: ".")] : []) + line) }
            say(.client, Array(".\r\n".utf8))
        }
        say(.server, Array("250 b\r\n".utf8))
        let recording = Recording(header: .init(began: "", title: "long", source: ""), events: events)
        let session = WrittenSession(recording)
        #expect(session.trace.hasCutMail)
        try Program.withFolder { folder in
            let writer = SessionWriter(library: try LessonLibrary(root: Program.lessons))
            let names = try writer.save([session], as: .eml, to: "\(folder)/a.eml", input: nil)
            #expect(names == ["\(folder)/a.eml"])
            #expect(try MailKeeper.save(session, to: "\(folder)/b.eml", replacing: false)?.hasPrefix("saved") == true)
            for name in ["a", "b"] {
                let written = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).eml"))
                #expect(
                    written.count == content.count && written == Data(content),
                    "\(name).eml: \(written.count) octets"
                )
            }
        }
    }

    /// Lines longer than what a trace keeps of one: of three millions of octets, and short ones behind them.
    @Test func `a mail with very long lines is written whole`() throws {
        let content = [3_000_000, 20, 1_200_000].flatMap { Array(repeating: UInt8(ascii: "x"), count: $0) + [13, 10] }
        var events: [WireEvent] = []
        for (side, octets) in [
            (Side.server, Array("220 b\r\n".utf8)), (.client, Array("EHLO a\r\n".utf8)),
            (.server, Array("250 b\r\n".utf8)),
            (.client, Array("MAIL FROM:<a@a>\r\n".utf8)), (.server, Array("250 b\r\n".utf8)),
            (.client, Array("RCPT TO:<b@b>\r\n".utf8)), (.server, Array("250 b\r\n".utf8)),
            (.client, Array("DATA\r\n".utf8)), (.server, Array("354 b\r\n".utf8)),
            (.client, content + Array(".\r\n".utf8)), (.server, Array("250 b\r\n".utf8)),
        ] { events.append(WireEvent(.octets(from: side, octets), leg: .relay)) }
        let recording = Recording(header: .init(began: "", title: "long", source: ""), events: events)
        let messages = WrittenSession(recording).messages
        #expect(messages.map(\.content.count) == [content.count])
        #expect(messages.first?.content == content)
        #expect(MessageExport.warnings(messages) == [])
    }

    /// What the recording lacks, or the client did not send, is not in the file, and that is said.
    @Test(
        arguments: [
            (WireEvent.Kind.gap(from: .client, octets: 7), "lacks octets of it"),
            (.close(by: .client), "it was broken off"),
        ]
    )
    func `a message that is not whole is written with a warning`(kind: WireEvent.Kind, words: String) {
        var events: [WireEvent] = []
        for (side, line) in [
            (Side.server, "220 b"), (.client, "EHLO a"), (.server, "250 b"), (.client, "MAIL FROM:<a@a>"),
            (.server, "250 b"),
            (.client, "RCPT TO:<b@b>"), (.server, "250 b"), (.client, "DATA"), (.server, "354 b"), (.client, "From: a"),
        ] { events.append(WireEvent(.octets(from: side, Array("\(line)\r\n".utf8)), leg: .relay)) }
        events.append(WireEvent(kind, leg: .relay))
        let recording = Recording(header: .init(began: "", title: "long", source: ""), events: events)
        let warnings = MessageExport.warnings(WrittenSession(recording).messages)
        #expect(warnings.count == 1 && warnings.first?.contains(words) == true, "\(warnings)")
    }

    @Test func `a file that is too long is told the limit there is`() throws {
        try Program.withFolder { folder in
            let path = "\(folder)/long.yaml"
            try Data(repeating: 32, count: 70_000).write(to: URL(fileURLWithPath: path))
            let run = try Program.run(["sandbox", "--persona", path, "--plain"])
            #expect(
                run.status == 65 && run.errors.contains("longer than 64 KiB, the most that is read"),
                "\(run.errors)"
            )
        }
    }

    @Test func `a session without a message has none to write`() throws {
        let run = try Program.run(["export", "greylisted", "--format", "eml"])
        #expect(run.status == 65 && run.errors.contains("no message"))
    }

    @Test func `the keys of a page are keys of the program and mean the same`() {
        let meant: [[String]: Input] = [
            ["n", "."]: .nextPressed, ["p", ","]: .previousPressed, ["]"]: .nextStepPressed,
            ["["]: .previousStepPressed,
            ["g"]: .goPressed, ["f"]: .overlayPressed(.findings), ["m"]: .overlayPressed(.message),
            ["?"]: .overlayPressed(.help),
        ]
        let state = State(title: "", source: .replay)
        var checked = 0
        for row in HTMLKeys.rows {
            guard let input = meant[row.keys] else { continue }
            checked += 1
            for key in row.keys {
                #expect(KeyTable.input(for: .character(Character(key)), in: state) == input, "\(key)")
            }
        }
        #expect(checked == meant.count)
        // What the program has not is on a key that means nothing there.
        #expect(HTMLKeys.rows.contains { $0.keys == ["a"] } && KeyTable.input(for: .character("a"), in: state) == nil)
    }

    @Test func `the help says every ending that the key for saving takes`() throws {
        let row = try #require(KeyTable.rows.first { $0.input == .savePressed })
        for format in ExportFormat.allCases {
            if let ending = format.endings.first { #expect(row.words.contains(".\(ending)"), "\(ending)") }
        }
    }
}
