import Foundation
import Testing

/// A live session that is killed at each of the fourteen steps leaves a recording with every octet that was there until then.
@Suite(.timeLimit(.minutes(15)), .enabled(if: Program.has("tmux") && Program.has("python3"), "needs tmux and python3"))
struct KilledSessionTests {
    /// Where the others fall silent at a step.
    struct Silence: Sendable, CustomTestStringConvertible {
        let step: Int
        /// How many times Enter was pressed until then.
        let presses: Int
        /// How many replies the server gives; nil when it is not even reached.
        var replies: Int?
        /// What it says of the next one.
        var part = ""

        var testDescription: String { "step \(step)" }
    }

    /// What Enter does, press by press: with one's own provider, which is step 1 as a whole, and with an exchanger.
    private static let submission = ["connects", "hands the mail to its own server"]
    private static let promises = [
        "asks DNS for the MX", "connects", "sends EHLO", "sends MAIL", "sends RCPT", "sends DATA", "sends the mail",
        "sends QUIT",
    ]

    /// A step of the server is a reply of which only a part has come, with an octet in it that cannot be shown as it is.
    static let silences: [Silence] = [
        .init(step: 1, presses: 2, replies: 1, part: "250-mx.test.example\r\n2\u{1}x"),
        .init(step: 2, presses: 1),
        .init(step: 3, presses: 2),
        .init(step: 4, presses: 2, replies: 0, part: "2\u{1}x"),
        .init(step: 5, presses: 3, replies: 1),
        .init(step: 6, presses: 3, replies: 1, part: "250-mx.test.example\r\n2\u{1}x"),
        .init(step: 7, presses: 4, replies: 2),
        .init(step: 8, presses: 4, replies: 2, part: "2\u{1}x"),
        .init(step: 9, presses: 5, replies: 3),
        .init(step: 10, presses: 5, replies: 3, part: "2\u{1}x"),
        .init(step: 11, presses: 6, replies: 4, part: "3\u{1}x"),
        .init(step: 12, presses: 7, replies: 5),
        .init(step: 13, presses: 7, replies: 5, part: "2\u{1}x"),
        .init(step: 14, presses: 8, replies: 6, part: "2\u{1}x"),
    ]

    @Test func `all fourteen steps are there`() { #expect(Self.silences.map(\.step) == Array(1...14)) }

    @Test(arguments: silences) func `kill -9 loses nothing that was on the screen`(silence: Silence) throws {
        let folder = try Folder()
        let log = folder.path("log")
        let names = try LabPeer("names.py", silence.step == 2 ? ["--silent"] : ["127.0.0.1"])
        let server = try LabPeer(
            "stalling_server.py",
            ["\(silence.replies ?? 0)", silence.part, "--log", log] + (silence.step == 3 ? ["--deaf"] : [])
        )
        let shown = try walkAndKill(silence, server.port, dns: names.port, in: folder)

        let recordings = folder.path("data/ehlo/recordings")
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: recordings).first)
        let recording = "\(recordings)/\(name)"
        let replayed = try Program.ehlo("replay", recording, "--plain", in: folder)
        #expect(replayed.status == 0, "\(replayed.errors)")
        let steps = replayed.output.matches(of: /\nStep ([0-9]+)[^0-9]/).compactMap { Int($0.output.1) }
        #expect(steps.last == silence.step, "\(replayed.output)")
        #expect(shown.count >= steps.count - 1, "\(shown)")
        for line in shown {
            #expect(replayed.lines.contains { $0.contains(line) }, "'\(line)' is missing in\n\(replayed.output)")
        }
        if silence.step == 2 { #expect(replayed.output.contains("Query: MX? receiver.example")) }
        if silence.step == 3 {
            let note = "Note: connecting to mx1.receiver.example [127.0.0.1], port \(server.port)"
            #expect(replayed.output.contains(note))
        }
        // Nobody else may read it.
        let mode = try FileManager.default.attributesOfItem(atPath: recording)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        // Octet for octet what the server says that it heard and said.
        for side in ["client", "server"] {
            let recorded = try Self.octets(side, in: recording)
            var heard = Data()
            let isSame = waits(seconds: 10) {
                heard = (try? Data(contentsOf: URL(fileURLWithPath: "\(log)/\(side)"))) ?? Data()
                return heard == recorded
            }
            #expect(
                isSame,
                "\(String(decoding: recorded, as: UTF8.self)), not \(String(decoding: heard, as: UTF8.self))"
            )
            #expect(recorded.isEmpty == (silence.replies == nil || side == "client" && silence.step == 4))
        }
    }

    /// Walks a session to where the others fall silent, and kills it there. Answers the lines that were on the screen.
    private func walkAndKill(_ silence: Silence, _ port: Int, dns: Int, in folder: Folder) throws -> [String] {
        let data = folder.path("data")
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        let screen = try TmuxScreen(columns: 120, rows: 40)
        let isSubmission = silence.step == 1
        let password = try folder.write("hunter2\n", to: "password")
        let login = "--no-tls --auth-user ada --auth-password-file \(password) --auth-force-clear"
        let target = isSubmission ? "--submit 127.0.0.1:\(port) \(login)" : "--dns 127.0.0.1:\(dns) --port \(port)"
        try screen.type("env XDG_DATA_HOME=\(data) \(Program.path) live bob@receiver.example \(target)")
        try screen.press("Enter")
        for promise in (isSubmission ? Self.submission : Self.promises).prefix(silence.presses) {
            try #require(screen.shows("Enter \(promise)"), "\(screen.text)")
            try screen.press("Enter")
        }
        try #require(screen.shows("waiting for"), "\(screen.text)")
        // The part of a line that came is seen as it grows.
        if !silence.part.isEmpty { try #require(screen.shows("\\x01x…"), "\(screen.text)") }
        let shown = screen.wireLines
        let child = try #require(try screen.child())
        kill(child, SIGKILL)
        try #require(waits { (try? screen.child()) == nil || (try? screen.child()) != child })
        return shown
    }

    /// All that one side said, as the recording has it; read here, and not by the program.
    private static func octets(_ side: String, in recording: String) throws -> Data {
        let lines = try String(contentsOfFile: recording, encoding: .utf8).split(separator: "\n").dropFirst()
        return try lines.reduce(into: Data()) { octets, line in
            guard let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any], event.count == 4,
                event[2] as? String == side
            else { return }
            if let text = event[3] as? String { octets += Data(text.utf8) }
            if let coded = event[3] as? [String: String], let data = Data(base64Encoded: coded["base64"] ?? "") {
                octets += data
            }
        }
    }
}

extension TmuxScreen {
    /// What stands in the wire pane behind the arrows, as plain text writes it: `Client: QUIT`. What the pane cuts off is missing,
    /// and so are the tables of DNS.
    fileprivate var wireLines: [String] {
        lines.compactMap { line in
            guard let arrow = ["C▶", "S◀", "D▶"].compactMap({ line.firstRange(of: $0) }).first else { return nil }
            let row = line[arrow.upperBound...].prefix { $0 != "┃" && $0 != "…" }
            let text =
                row.replacing(/[ ]*\+[0-9.]+[ ]*$/, with: "").drop { $0 == " " }.split(separator: "  ").first ?? ""
            let isQuery = text.prefix { $0 != " " }.hasSuffix("?")
            let label = isQuery ? "Query" : line[arrow].hasSuffix("▶") ? "Client" : "Server"
            return text.isEmpty ? nil : "\(label): \(text)"
        }
    }
}

/// A script of the Lab that prints its port and ends with this object.
final class LabPeer {
    struct CannotStart: Error {}

    let port: Int
    private let process = Process()
    private let input = Pipe()

    init(_ script: String, _ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "\(Program.tests)/Lab/\(script)"] + arguments
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
