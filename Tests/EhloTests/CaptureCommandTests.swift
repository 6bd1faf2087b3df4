import Foundation
import Testing

/// Captures on the command line: lists, standard input, the way out as packets.
@Suite struct CaptureCommandTests {
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("CapturesTests/Fixtures").path

    private static let swaks = fixtures + "/swaks.pcap"
    private static let line =
        "0\t2026-11-24T23:26:19Z\t127.0.0.1:43146\t127.0.0.1:28025\t<ada@sender.example>\t<bob@receiver.example>\taccepted\n"

    @Test(arguments: [["--list"], ["--list", "--plain"]]) func `a list is a line a session and nothing else`(
        options: [String]
    ) throws {
        let run = try Program.run(["replay", Self.swaks] + options)
        #expect(run.status == 0)
        #expect(run.output == Self.line)
        #expect(run.errors == "")
    }

    @Test func `a list, too, says what it does not show`() throws {
        try Program.withFolder { folder in
            let path = folder + "/cut.pcap"
            // A second connection, which is no mail: one call of raw IPv4 behind those of the capture.
            let own = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.swaks)))
            let call: [UInt8] =
                [0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2, 0x9C, 0x40, 0x1F, 0x90]
                + [0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0xFF, 0xFF, 0, 0, 0, 0]
            let frame = [UInt8](repeating: 0, count: 12) + [8, 0] + call
            let header: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, UInt8(frame.count), 0, 0, 0, UInt8(frame.count), 0, 0, 0]
            try Data(own + header + frame).write(to: URL(fileURLWithPath: path))
            let run = try Program.run(["replay", path, "--list"])
            #expect(run.output == Self.line)
            #expect(
                run.messages.count == 1 && run.errors.contains("1 other TCP connection left alone"),
                "\(run.errors)"
            )
        }
    }

    @Test func `a capture comes through standard input or a pipe with a name`() throws {
        #expect(try Program.shell("cat '\(Self.swaks)' | $E replay - --list").output == Self.line)
        try Program.withFolder { folder in
            let run = try Program.shell(
                "mkfifo '\(folder)/p'; cat '\(Self.swaks)' > '\(folder)/p' & timeout 60 $E replay '\(folder)/p' --list"
            )
            #expect(run.output == Self.line)
        }
    }

    @Test func `sessions are counted from 0 and one is taken by its number`() throws {
        try Program.withFolder { folder in
            let two = folder + "/two.pcap"
            let made = try Program.run(["export", Self.swaks, "-o", two])
            #expect(made.status == 0)
            let run = try Program.shell(
                "$E export postfix -o '\(folder)/p.pcap'; cat '\(two)' <(tail -c +25 '\(folder)/p.pcap') > '\(folder)/b.pcap'; $E replay '\(folder)/b.pcap' --list"
            )
            #expect(run.output.split(separator: "\n").map { $0.first } == ["0", "1"])
            let json = try Program.run(["export", folder + "/b.pcap", "--format", "json", "--session", "1"])
            #expect(json.output.split(separator: "\n").allSatisfy { $0.hasPrefix("{\"session\":1,") })
            #expect(try Program.run(["replay", folder + "/b.pcap", "--plain", "--session", "2"]).status == 64)
        }
    }

    @Test func `the walk of a capture has its steps`() throws {
        let run = try Program.run(["replay", Self.swaks, "--plain"])
        #expect(run.status == 0)
        for step in 3...14 { #expect(run.output.contains("\nStep \(step) of 14. ")) }
    }

    @Test func `a capture without mail says so`() throws {
        try Program.withFolder { folder in
            let path = folder + "/empty.pcap"
            try Data(contentsOf: URL(fileURLWithPath: Self.swaks)).prefix(24).write(to: URL(fileURLWithPath: path))
            let run = try Program.run(["replay", path, "--list"])
            #expect(run.status == 65)
            #expect(run.output == "")
            #expect(run.messages.count == 1 && run.errors.contains("there is no mail session among its 0 packets"))
        }
    }

    private static let hasTshark = FileManager.default.isExecutableFile(atPath: "/usr/bin/tshark")

    @Test(.enabled(if: hasTshark, "needs tshark"))
    func `tshark reads what was written and finds nothing to complain of`() throws {
        try Program.withFolder { folder in
            let path = folder + "/x.pcap"
            #expect(try Program.run(["export", "postfix", "--format", "pcap", "-o", path]).status == 0)
            let options =
                "-d tcp.port==2601,smtp -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE"
            let verbs = try Program.shell(
                "tshark -r '\(path)' \(options) -Y smtp.req.command -T fields -e smtp.req.command 2>/dev/null"
            )
            #expect(verbs.output.split(separator: "\n") == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"])
            // Warnings and errors; that a connection is opened and closed is a note.
            let complaints = try Program.shell(
                "tshark -r '\(path)' \(options) -Y '_ws.expert.severity >= 6291456' 2>/dev/null"
            )
            #expect(complaints.output == "")
        }
    }
}
