import Foundation
import Testing

/// One secret in every spelling in the logs of other programs, those that are understood and those that are not.
@Suite struct SecretPasteTests {
    /// How a program writes a line of the client and one of the server.
    struct Notation: Sendable, CustomStringConvertible {
        let description: String
        let client: @Sendable (String) -> String
        let server: @Sendable (String) -> String
        /// Lines without a mark, of whose sides the lines themselves must tell.
        var isBare = false

        init(
            _ description: String,
            _ client: @escaping @Sendable (String) -> String,
            _ server: @escaping @Sendable (String) -> String,
            isBare: Bool = false
        ) {
            (self.description, self.client, self.server, self.isBare) = (description, client, server, isBare)
        }
    }

    private static let stamp = "Nov 24 23:32:32 mx postfix/smtpd[29806]:"

    static let notations = [
        Notation("the RFCs", { "C: \($0)" }, { "S: \($0)" }),
        Notation("arrows", { "> \($0)" }, { "< \($0)" }),
        Notation("arrows the other way", { "< \($0)" }, { "> \($0)" }),
        Notation(
            "Postfix smtpd",
            { "\(stamp) < c.example[192.0.2.1]: \($0)" },
            { "\(stamp) > c.example[192.0.2.1]: \($0)" }
        ),
        Notation(
            "Postfix smtp",
            { "Nov 24 23:32:39 mx postfix/smtp[29955]: > mx.receiver.example[192.0.2.25]:25: \($0)" },
            { "Nov 24 23:32:39 mx postfix/smtp[29955]: < mx.receiver.example[192.0.2.25]:25: \($0)" }
        ),
        Notation("swaks", { " -> \($0)" }, { "<-  \($0)" }),
        Notation("smtplib", { "send: '\($0)\\r\\n'" }, { "reply: b'\($0)\\r\\n'" }),
        Notation("PHPMailer", { "CLIENT -> SERVER: \($0)" }, { "SERVER -> CLIENT: \($0)" }),
        Notation("Exim", { "  SMTP>> \($0)" }, { "  SMTP<< \($0)" }),
        Notation("msmtp", { "--> \($0)" }, { "<-- \($0)" }),
        Notation("curl", { "23:26:15.511922 > \($0)" }, { "23:26:15.511933 < \($0)" }),
        Notation("Go", { "2026/11/24 23:26:26 -> \"\($0)\\r\\n\"" }, { "2026/11/24 23:26:26 <- \"\($0)\\r\\n\"" }),
        Notation(
            "Nodemailer",
            { "[2026-11-24 23:26:24] DEBUG [w3] C: \($0)" },
            { "[2026-11-24 23:26:24] DEBUG [w3] S: \($0)" }
        ),
        Notation(
            "MDaemon",
            { "Tue 2026-11-24 09:00:00.300: 03: [1234567] <-- \($0)" },
            { "Tue 2026-11-24 09:00:00.301: 02: [1234567] --> \($0)" }
        ),
        Notation("a terminal", { $0 }, { $0 }, isBare: true),
    ]

    /// Everything that a person may paste; what has a hole would not be there to be pasted.
    private static let spellings = SecretSpelling.all.filter { spelling in
        !spelling.turns.contains { if case .lost = $0 { true } else { false } }
    }

    @Test(arguments: notations) func `a log shows no password`(notation: Notation) throws {
        var leaks: [String] = []
        for spelling in Self.spellings {
            let octets = spelling.log(client: notation.client, server: notation.server)
            let places = try SecretOutputs(of: octets, isThorough: false).leaks { Secret.forms(in: $0) }
            if !places.isEmpty { leaks.append("\(spelling): \(places.joined(separator: ", "))") }
        }
        #expect(leaks.isEmpty)
    }

    @Test(arguments: notations) func `the command behind a login is no credential in a log`(notation: Notation) throws {
        let masked = try SecretSpelling.all.filter { spelling in
            guard spelling.goesOn, spelling.isOrderly else { return false }
            let octets = spelling.log(client: notation.client, server: notation.server)
            return try !SecretOutputs(of: octets, isThorough: false).holds(line: SecretSpelling.mail)
        }
        #expect(masked.map(\.name) == [])
    }

    @Test func `a log that is understood shows no password on any screen and in no export`() throws {
        for spelling in [SecretSpelling.all[0]]
            + SecretSpelling.all.filter({ ["LOGIN", "CRAM-MD5"].contains($0.name) })
        {
            let outputs = try SecretOutputs(of: spelling.log(client: { "C: \($0)" }, server: { "S: \($0)" }))
            #expect(outputs.leaks { Secret.forms(in: $0) }.isEmpty)
        }
    }

    // MARK: What was not understood

    /// Lines that are nobody's words, in a log whose other lines are understood.
    static let remarks = [
        ("an app's own words", "DEBUG: about to send AUTH PLAIN \(Secret.plain)"),
        ("in lower case", "debug: sent 'auth plain \(Secret.plain)' (46 octets)"),
        ("a tab", "app: AUTH\tPLAIN\t\(Secret.plain)"), ("LOGIN", "trace AUTH LOGIN \(Secret.login) ok"),
        ("XOAUTH2", "smtp: >>> AUTH XOAUTH2 \(Secret.xoauth2) <<<"),
        ("in JSON", #"{"level":"debug","msg":"AUTH PLAIN \#(Secret.plain)"}"#),
        (
            "tcpdump",
            "11:22:33.1 IP 192.0.2.7.41 > 192.0.2.25.25: Flags [P.], length 32: SMTP: AUTH PLAIN \(Secret.plain)"
        ),
        ("octets of tcpdump -A", "E..T.C@.@.........3d....P....X..AUTH PLAIN \(Secret.plain)"),
        ("dots for line ends", "AUTH PLAIN \(Secret.plain).."),
        ("a word between a 334 and the next reply", "334 VXNlcm5hbWU6 \(Secret.login) 235 2.7.0 ok"),
    ]

    /// The same, for outputs that show what every other shows.
    static let moreRemarks = [
        "log: sent AUTH OAUTH2 \(Secret.xoauth2)",
        "log: 334 UGFzc3dvcmQ6\nlog: wrote \(Secret.login.dropLast())\nlog: 235 ok",
        #"log: sent "AUTH\tLOGIN \#(Secret.login)\r\n""#, "log: AUTH%20LOGIN%20\(Secret.login.dropLast())%3D",
        "<td>AUTH&nbsp;LOGIN&nbsp;\(Secret.login)</td>", "cmd=AUTH arg=\"LOGIN \(Secret.login)\"",
        "log: \u{1B}[32mAUTH\u{1B}[0m \u{1B}[1mLOGIN\u{1B}[0m \(Secret.login)",
        "log: AUTH XOAUTH2 \(Secret.xoauth2.prefix(30))\n\(Secret.xoauth2.dropFirst(30))",
        """
        00000000: 4155 5448 2050 4c41 494e 2041 4746 6b59  AUTH PLAIN AGFkY
        00000010: 5142 6f64 5735 305a 5849 794c 554e 4254  QBodW50ZXIyLUNBT
        00000020: 6b46 5357 5331 784f 513d 3d0d 0a         kFSWS1xOQ==..
        """,
        "$ curl smtp://mx --user ada:\(Secret.password) -T mail", "$ swaks --auth-password \(Secret.password)",
        "connecting to smtp://ada:\(Secret.password)@mx.example", "smtp.password = \(Secret.password)",
    ]

    @Test(arguments: moreRemarks) func `a remark shows no password, however it is written`(words: String) throws {
        let around = ["S: 220 mx.receiver.example ESMTP", "C: EHLO a.example", "S: 250 mx.receiver.example"]
        let after = ["C: QUIT", "S: 221 2.0.0 Bye"]
        for lines in [around + [words] + after, [words] + around + after, around + after + [words]] {
            let octets = Array((lines.joined(separator: "\n") + "\n").utf8)
            #expect(try SecretOutputs(of: octets, isThorough: false).leaks { Secret.forms(in: $0) } == [])
        }
        // What is no dialogue is quoted by what refuses it.
        #expect(try SecretOutputs(of: Array(words.utf8), isThorough: false).leaks { Secret.forms(in: $0) } == [])
    }

    /// A response that the log wraps belongs to the line before, which was understood.
    @Test(arguments: ["C: AUTH XOAUTH2 ", "C: AUTH XOAUTH2\n", "C: AUTH PLAIN\nS: 334 \nC: "], ["", "   "])
    func `a response that is wrapped is masked to its end`(before: String, indent: String) throws {
        let response = before.contains("PLAIN") ? "x" + Secret.plain : Secret.xoauth2
        let wrapped = "\(before)\(response.prefix(30))\n\(indent)\(response.dropFirst(30))"
        let lines = ["S: 220 mx ESMTP", "C: EHLO a", "S: 250-mx", "S: 250 AUTH PLAIN XOAUTH2", wrapped, "S: 235 ok"]
        let octets = Array((lines + ["C: QUIT", "S: 221 bye", ""]).joined(separator: "\n").utf8)
        #expect(try SecretOutputs(of: octets, isThorough: false).leaks { Secret.forms(in: $0) } == [])
    }

    @Test(arguments: remarks) func `a remark in a log shows no password`(name: String, line: String) throws {
        let around = ["S: 220 mx.receiver.example ESMTP", "C: EHLO a.example", "S: 250 mx.receiver.example"]
        let after = ["C: QUIT", "S: 221 2.0.0 Bye"]
        let orders = [around + [line] + after, [line] + around + after, around + after + [line]]
        let leaks = try orders.map { lines in
            try SecretOutputs(of: Array((lines.joined(separator: "\n") + "\n").utf8)).leaks { Secret.forms(in: $0) }
        }
        #expect(leaks == [[], [], []], "the password is in the middle, before, behind")
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("SecretNotes")

    static func note(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    /// Logs that people pasted, with the password in Base64, and one in FTP in the clear.
    @Test(arguments: [
        "excerpt-in-auth.txt", "mail-quoted-replies.txt", "tcpdump-A-auth.txt", "ngrep-auth.txt",
        "nim-starttls-no-ehlo.txt", "wpmailsmtp-gmail535.txt", "hydroxide-synology-interleaved.txt",
        "swiftmailer-echologger.txt", "net-smtp-perl.txt", "wireshark-follow-ascii.txt", "auth-refused.txt",
    ])
    func `what people paste shows no password`(name: String) throws {
        let octets = try Self.note(name)
        #expect(!Secret.forms(of: "lovelace", in: octets).isEmpty, "there is one to be found")
        let places = try SecretOutputs(of: octets).leaks { Secret.forms(of: "lovelace", in: $0) }
        #expect(places.isEmpty, "the password is in \(places.joined(separator: ", "))")
    }

    /// Streams in the notations of tools, each with the password in Base64 that somebody sent in AUTH LOGIN.
    static let saved = [
        "od-c", "od-tx1", "wireshark-yaml", "wireshark-c", "wireshark-raw", "tshark-follow-hex", "tshark-x", "socat-v",
        "tcpflow", "bunyan-viewer", "go-mail-login", "apache-error-log", "small-ends", "google-logs",
    ]

    @Test(arguments: saved) func `a stream that a tool dumped or saved shows no password`(name: String) throws {
        let url = Self.folder.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "InterchangeTests/Transcripts/Pasted/\(name).txt")
        let outputs = try SecretOutputs(of: Array(try Data(contentsOf: url)), isThorough: false)
        #expect(outputs.refusal == nil)
        #expect(outputs.leaks { Secret.forms(of: "lovelace", in: $0) } == [])
    }

    @Test func `a password of FTP is not shown, as that is no mail`() throws {
        let octets = try Self.note("ftp-from-1025.pcap")
        #expect(!Secret.forms(of: "lovelace", in: octets).isEmpty)
        let outputs = try SecretOutputs(of: octets)
        #expect(outputs.leaks { Secret.forms(of: "lovelace", in: $0) } == [])
        #expect(outputs.refusal?.contains("no mail session") == true, "it is not told as mail")
    }

    @Test(arguments: ["235 2.7.0 Ok", "432 4.7.12 Transition", "454 4.7.0 Later", "534 5.7.9 Weak", "535 5.7.8 No"])
    func `a line of Base64 right before the end of an exchange is a credential, whoever seems to say it`(reply: String)
        throws
    {
        var leaks: [String] = []
        for notation in Self.notations where !notation.isBare {
            for (name, write) in [("client", notation.client), ("server", notation.server)] {
                let lines = [
                    write(Secret.login), notation.server(reply), notation.client(SecretSpelling.mail),
                    notation.server("250 Ok"),
                ]
                let outputs = try SecretOutputs(
                    of: Array((lines.joined(separator: "\n") + "\n").utf8),
                    isThorough: false
                )
                let places = outputs.leaks { Secret.forms(in: $0) }
                if !places.isEmpty { leaks.append("\(notation), \(name): \(places.joined(separator: ", "))") }
            }
        }
        #expect(leaks.isEmpty)
    }
}
