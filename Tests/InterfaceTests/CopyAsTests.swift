import Foundation
import Testing
import Tracing

@testable import Interface

/// Sessions as commands of other programs, taken apart by a real shell: bash runs what was copied, with functions in the place
/// of those programs that write down their words and what they are given.
@Suite(.timeLimit(.minutes(5)), .enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/bash"), "needs bash"))
struct CopyAsTests {
    /// What a shell could make something of, as a recipient.
    static let hostile: [[UInt8]] =
        [
            "it's", "$(touch /tmp/copied)", "`id`", "$HOME", "a;b", "a&b|c", "\"a<b>c\"", "*?[x]", "!history", "~root",
            "#x",
            "a b  c", "\\", "\\\\n", "\"quoted\"", "%s%n", "-rf", "--data", "{a,b}", "\u{1B}[2J", "tab\there", "jörg",
            "",
        ].map { Array("\($0)@b.example".utf8) } + [[0xFF, 0xFE, 39, 0x80] + Array("@b.example".utf8)]

    /// A session with these recipients; with TLS after STARTTLS, from the first octet on, or without.
    private static func trace(_ recipients: [[UInt8]], tls: String = "", withMail: Bool = true) -> Trace {
        var events = [
            WireEvent(.connect(to: "mx.b.example [192.0.2.7]:2525"), leg: .relay),
            WireEvent(.connected(to: "mx.b.example [192.0.2.7]:2525"), leg: .relay),
        ]
        let facts = TLSFacts(version: "TLS 1.3", cipher: "TLS_AES_128_GCM_SHA256")
        if tls == "onConnect" { events.append(WireEvent(.tls(facts), leg: .relay)) }
        events += Fixture.events("S: 220 b\nC: EHLO c.example\nS: 250 b")
        if tls == "startTLS" {
            events += Fixture.events("C: STARTTLS\nS: 220 go")
            events.append(WireEvent(.records(from: .client, [22, 3, 1, 0, 1, 1]), leg: .relay))
            events.append(WireEvent(.tls(facts), leg: .relay))
            events += Fixture.events("C: EHLO c.example\nS: 250 b")
        }
        events += Fixture.events("C: MAIL FROM:<a@c.example>\nS: 250 ok")
        for recipient in recipients {
            let line = Array("RCPT TO:<".utf8) + recipient + [62, 13, 10]
            events.append(WireEvent(.octets(from: .client, line), leg: .relay))
            events += Fixture.events("S: 250 ok")
        }
        if withMail {
            events += Fixture.events(
                "C: DATA\nS: 354 go\nC: Subject: $(x) 'y' %s \\n\nC: \nC: ..dot `z`\nC: .\nS: 250 ok"
            )
        }
        return Tracer.trace(of: events + Fixture.events("C: QUIT\nS: 221 bye"))
    }

    /// What a copied command gave to the program: its words, and its standard input.
    private struct Call: Equatable {
        var words: [[UInt8]] = []
        var input: [UInt8] = []
    }

    private static func run(_ command: String) throws -> Call {
        let programs = ["swaks", "curl", "openssl", "telnet"].map { name in
            "\(name)() { printf '%s\\0' \(name) \"$@\" >&3; cat; }"
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "copied-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = folder.appending(path: "script")
        let text = (["exec 3>words", "sleep() { :; }"] + programs).joined(separator: "\n") + "\n" + command
        try Data(text.utf8).write(to: script)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["--norc", "script"]
        process.currentDirectoryURL = folder
        process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let input = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let trouble = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(process.terminationStatus == 0 && trouble.isEmpty, "\(command)\(trouble)")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(files == ["script", "words"], "a file was made by \(command)")
        let words = try Data(contentsOf: folder.appending(path: "words"))
        return Call(
            words: words.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { Array($0) },
            input: Array(input)
        )
    }

    private static func octets(_ words: [String]) -> [[UInt8]] { words.map { Array($0.utf8) } }

    /// The octets as they were said, line by line.
    private static func said(_ lines: [String], _ recipients: [[UInt8]]) -> [UInt8] {
        lines.flatMap { line -> [UInt8] in
            guard line == "RCPT" else { return Array("\(line)\r\n".utf8) }
            return recipients.flatMap { Array("RCPT TO:<".utf8) + $0 + [62, 13, 10] }
        }
    }

    private static let mail = ["DATA", "Subject: $(x) 'y' %s \\n", "", "..dot `z`", ".", "QUIT"]

    /// telnet itself makes the CR LF of a line end.
    @Test(arguments: hostile.indices) func `telnet is given every octet as it was said`(index: Int) throws {
        let recipient = [Self.hostile[index]]
        let call = try Self.run(CopyAs.telnet.text(of: Self.trace(recipient)))
        #expect(call.words == Self.octets(["telnet", "-E", "192.0.2.7", "2525"]))
        let said = Self.said(["EHLO c.example", "MAIL FROM:<a@c.example>", "RCPT"] + Self.mail, recipient)
        #expect(call.input == said.filter { $0 != 13 })
    }

    @Test(arguments: hostile.indices) func `openssl is given what was said inside TLS`(index: Int) throws {
        let recipient = [Self.hostile[index]]
        let lines = Self.said(["EHLO c.example", "MAIL FROM:<a@c.example>", "RCPT"] + Self.mail, recipient)
        let started = try Self.run(CopyAs.openssl.text(of: Self.trace(recipient, tls: "startTLS")))
        let words = ["openssl", "s_client", "-quiet", "-starttls", "smtp", "-connect", "192.0.2.7:2525"]
        #expect(started == Call(words: Self.octets(words), input: lines))
        let wrapped = try Self.run(CopyAs.openssl.text(of: Self.trace(recipient, tls: "onConnect")))
        #expect(wrapped == Call(words: Self.octets(words.filter { $0 != "-starttls" && $0 != "smtp" }), input: lines))
    }

    @Test func `telnet is told to be of no use inside TLS`() {
        for tls in ["startTLS", "onConnect"] {
            let text = CopyAs.telnet.text(of: Self.trace([Array("b@b.example".utf8)], tls: tls))
            #expect(text.hasPrefix("# ") && text.split(separator: "\n").count == 1)
        }
    }

    @Test(arguments: hostile.indices, ["", "startTLS", "onConnect"])
    func `swaks gets the recipient as one word, and the mail as it is`(index: Int, tls: String) throws {
        let recipient = Self.hostile[index]
        let trace = Self.trace([recipient], tls: tls)
        let mail = Array("Subject: $(x) 'y' %s \\n\n\n.dot `z`\n".utf8)
        guard CopyAs.isValueOfSwaks(recipient) else {
            return #expect(CopyAs.swaks.text(of: trace).hasPrefix("# swaks "))
        }
        let swaks = try Self.run(CopyAs.swaks.text(of: trace))
        let option = ["": [], "startTLS": ["--tls"], "onConnect": ["--tls-on-connect"]][tls] ?? []
        #expect(
            swaks.words
                == Self.octets(
                    ["swaks", "--server", "192.0.2.7", "--port", "2525"] + option
                        + ["--helo", "c.example", "--from", "a@c.example", "--to"]
                ) + [recipient] + Self.octets(["--data", "-"])
        )
        #expect(swaks.input == mail)
    }

    @Test(arguments: hostile.indices, ["", "startTLS", "onConnect"])
    func `curl gets the recipient as one word, and the mail as it is`(index: Int, tls: String) throws {
        let recipient = Self.hostile[index]
        let trace = Self.trace([recipient], tls: tls)
        let mail = Array("Subject: $(x) 'y' %s \\n\n\n.dot `z`\n".utf8)
        let curl = try Self.run(CopyAs.curl.text(of: trace))
        let scheme = tls == "onConnect" ? "smtps" : "smtp"
        #expect(
            curl.words
                == Self.octets(
                    ["curl", "--crlf", "\(scheme)://192.0.2.7:2525/c.example"]
                        + (tls == "startTLS" ? ["--ssl-reqd"] : [])
                        + ["--mail-from", "a@c.example", "--mail-rcpt"]
                ) + [recipient] + Self.octets(["--upload-file", "-"])
        )
        #expect(curl.input == mail)
    }

    @Test func `several recipients, and a session that stopped before DATA`() throws {
        let recipients = ["b@b.example", "it's@b.example"].map { Array($0.utf8) }
        let trace = Self.trace(recipients, withMail: false)
        let swaks = try Self.run(CopyAs.swaks.text(of: trace))
        #expect(
            swaks.words.suffix(4) == Self.octets(["--to", "b@b.example,it's@b.example", "--quit-after", "RCPT"])[...]
        )
        let telnet = try Self.run(CopyAs.telnet.text(of: trace))
        let said = Self.said(["EHLO c.example", "MAIL FROM:<a@c.example>", "RCPT", "QUIT"], recipients)
        #expect(telnet.input == said.filter { $0 != 13 })
        #expect(CopyAs.curl.text(of: trace).hasPrefix("# curl sends a mail as a whole"))
    }

    // MARK: What the programs make of a word

    private static func trace(host: String = "mx.b.example [192.0.2.7]:2525", _ lines: String) -> Trace {
        let link = [WireEvent(.connect(to: host), leg: .relay), WireEvent(.connected(to: host), leg: .relay)]
        return Tracer.trace(of: link + Fixture.events("S: 220 b\n" + lines))
    }

    @Test(arguments: [
        "C: EHLO --pipe=touch${IFS}copied\nS: 250 b", "C: EHLO -x\nS: 250 b", "C: EHLO -\nS: 250 b",
        "C: EHLO c\nS: 250 b\nC: MAIL FROM:<--data=@/etc/passwd>\nS: 250 b",
        "C: EHLO c\nS: 250 b\nC: MAIL FROM:<a@c>\nS: 250 b\nC: RCPT TO:<-t@b>\nS: 250 b\nC: RCPT TO:<b@b>\nS: 250 b",
    ])
    func `swaks is given no value that it would take for an option`(lines: String) {
        let text = CopyAs.swaks.text(of: Self.trace(lines))
        #expect(text.hasPrefix("# swaks would take -") && text.split(separator: "\n").count == 1, "\(text)")
    }

    @Test(
        arguments: CopyAs.allCases,
        ["-x", "-oProxyCommand=x", "a b", "x/@evil.example", "{a,b}.example", "a\u{1B}[2J"]
    )
    func `no program is given a host that is none`(form: CopyAs, host: String) {
        let text = form.text(of: Self.trace(host: "\(host):25", "C: EHLO c\nS: 250 b"))
        #expect(text.hasPrefix("# the server's address, '") && text.split(separator: "\n").count == 1, "\(text)")
    }

    /// The real swaks says what it made of its words, and connects to nothing.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/swaks"), "needs swaks"))
    func `the real swaks understands what was copied`() throws {
        for recipient in Self.hostile where CopyAs.isValueOfSwaks(recipient) {
            let text = CopyAs.swaks.text(of: Self.trace([recipient], withMail: false))
            let process = Process()
            process.executableURL = URL(filePath: "/bin/bash")
            process.arguments = ["--norc", "-c", text.dropLast() + " --dump"]
            process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
            process.standardInput = FileHandle.nullDevice
            let output = Pipe()
            process.standardOutput = output
            process.standardError = output
            try process.run()
            let told = output.fileHandleForReading.readDataToEndOfFile().split(separator: 10).map { Array($0) }
            process.waitUntilExit()
            for (name, value) in [
                ("server", Array("192.0.2.7".utf8)), ("helo", Array("c.example".utf8)),
                ("from", Array("a@c.example".utf8)), ("to", recipient),
            ] {
                let line = told.first { $0.drop { $0 == 32 }.starts(with: Array("\(name) ".utf8)) } ?? []
                let got = line.drop { $0 != UInt8(ascii: "=") }.dropFirst(2)
                #expect(Array(got) == value, "\(name): \(WireText.shown(line))")
            }
        }
    }
}
