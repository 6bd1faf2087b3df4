import Foundation
import Testing

/// `ehlo watch -`: a capture that comes through a pipe, shown while it comes.
@Suite(.timeLimit(.minutes(5))) struct WatchTests {
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .appendingPathComponent("CapturesTests/Fixtures").path

    /// The program, fed through a pipe that stays open for as long as a test likes.
    private final class Piped {
        private let process = Process()
        private let input = Pipe()
        private let output = Pipe()
        private let errors = Pipe()
        private var said: [UInt8] = []

        init(_ arguments: [String]) throws {
            // One that ended early is told by what it said, and does not end the tests.
            signal(SIGPIPE, SIG_IGN)
            process.executableURL = URL(fileURLWithPath: Program.path)
            process.arguments = arguments
            process.environment = [
                "LC_ALL": "C.UTF-8", "TERM": "dumb", "PATH": "/usr/bin:/bin", "EHLO_LESSONS": Program.lessons,
            ]
            process.standardInput = input
            process.standardOutput = output
            process.standardError = errors
            try process.run()
        }

        func feed(_ octets: Data) throws { try input.fileHandleForWriting.write(contentsOf: octets) }

        /// Reads on until the output holds a text; false when it ended before, or has nothing more to say.
        func says(_ text: String) -> Bool {
            while !String(decoding: said, as: UTF8.self).contains(text) {
                var waiting = pollfd(fd: output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&waiting, 1, 60_000) > 0 else { return false }
                let more = output.fileHandleForReading.availableData
                if more.isEmpty { return false }
                said += more
            }
            return true
        }

        func end() throws -> (output: String, errors: String, status: Int32) {
            try input.fileHandleForWriting.close()
            said += output.fileHandleForReading.readDataToEndOfFile()
            let complained = errors.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (
                String(decoding: said, as: UTF8.self), String(decoding: complained, as: UTF8.self),
                process.terminationStatus
            )
        }
    }

    private static func capture(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: "\(fixtures)/\(name)"))
    }

    @Test func `a session is printed step by step, and its end while the pipe is open`() throws {
        let capture = try Self.capture("swaks.pcap")
        let program = try Piped(["watch", "-", "--plain"])
        let middle = capture.count / 2
        try program.feed(capture.prefix(middle))
        #expect(program.says("EHLO"))
        try program.feed(capture.dropFirst(middle))
        #expect(program.says("QUIT") && program.says("Verdict: The mail was accepted."))
        let run = try program.end()
        #expect(run.status == 0)
        #expect(run.errors == "")
    }

    @Test func `as JSON the objects of a session come when it is over, and are those of the export`() throws {
        let program = try Piped(["watch", "-", "--json"])
        try program.feed(try Self.capture("swaks.pcap"))
        #expect(program.says("221"))
        let run = try program.end()
        let exported = try Program.run(["export", "\(Self.fixtures)/swaks.pcap", "--format", "json"])
        let (lines, expected) = (run.output.split(separator: "\n"), exported.output.split(separator: "\n"))
        #expect(lines.count == expected.count && lines.count > 20)
        // The first object says where the session comes from.
        #expect(lines.dropFirst() == expected.dropFirst())
        #expect(run.status == 0)
    }

    @Test(.timeLimit(.minutes(1))) func `secrets that come behind the packets open what passed`() throws {
        try Program.withFolder { folder in
            let path = "\(folder)/keys.txt"
            let program = try Piped(["watch", "-", "--plain", "--keylog", path])
            try program.feed(try Self.capture("TLS/curl13.pcap"))
            #expect(program.says("STARTTLS"))
            // The file itself comes later, and its first line in two pieces.
            let keys = try Self.capture("TLS/curl13.keys")
            try keys.prefix(150).write(to: URL(fileURLWithPath: path))
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try file.seekToEnd()
            try file.write(contentsOf: keys.dropFirst(150))
            #expect(program.says("Client: MAIL FROM:<") && program.says("Verdict: "))
            let run = try program.end()
            #expect(run.status == 0)
            #expect(run.errors == "ehlo: \(path) is not there yet; it is read once it is\n")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a key log that cannot be read, or is the packets, is said before anything is shown`() throws {
        let folder = try Program.shell("$E watch - --plain --keylog / <\(Self.fixtures)/swaks.pcap")
        #expect(folder.status == 66)
        #expect(folder.output == "" && folder.messages.count == 1 && folder.errors.contains("--keylog: / "))
        let both = try Program.shell("cat \(Self.fixtures)/swaks.pcap | $E watch - --plain --keylog -")
        #expect(both.status == 64 && both.output == "")
    }

    @Test func `what is no capture, and nothing at all, are one line and 65`() throws {
        for (line, words) in [("printf 'Jan 1 mx postfix/smtpd' |", "no packet capture"), ("true |", "nothing came")] {
            let run = try Program.shell("\(line) $E watch - --plain")
            #expect(run.status == 65)
            #expect(run.messages.count == 1 && run.errors.contains(words), "\(run.errors)")
        }
    }

    @Test func `a capture that breaks off is shown as far as it goes, and told`() throws {
        let run = try Program.shell("head -c 2000 \(Self.fixtures)/swaks.pcap | $E watch - --plain")
        #expect(run.status == 0)
        #expect(run.output.contains("EHLO"))
        #expect(run.errors.contains("breaks off"))
    }

    @Test func `without tcpdump one sentence says what helps, and 69`() throws {
        let run = try Program.run(["watch", "--plain"], environment: ["PATH": "/nonexistent"])
        #expect(run.status == 69)
        #expect(
            run.messages.count == 1 && run.errors.contains("tcpdump") && run.errors.contains("install"),
            "\(run.errors)"
        )
    }

    @Test func `what cannot be together is a mistake of usage`() throws {
        let both = try Program.run(["watch", "-i", "lo", "-"])
        #expect(both.status == 64)
        let none = try Program.run(["watch", "-", "--keep", "0"])
        #expect(none.status == 64)
    }
}
