import Captures
import Notation
import SMTP
import Testing
import Tracing

/// Mail sessions found by what they say, and the lines of a list.
@Suite struct SearchTests {
    private func summary(_ talk: Talk) throws -> CaptureFile.Summary {
        let file = try #require(talk.file)
        return try #require(file.summaries.last)
    }

    private func talk(_ turns: [(Side, String)], port: Int = 4711, open: Bool = true) -> Talk {
        var talk = Talk(serverPort: port)
        if open { talk.open() }
        for (side, text) in turns { talk.say(side, text + "\r\n") }
        return talk
    }

    @Test func `a list tells who, whom and how it went`() throws {
        let told = try summary(Talk.mail())
        #expect(UTCTime(nanoseconds: told.began).listed == "2023-11-14 22:13:20.015")
        #expect([told.ends.client, told.ends.server] == ["192.0.2.1:40000", "192.0.2.25:25"])
        #expect(told.glance.reversePath == Array("<ada@sender.example>".utf8))
        #expect(told.glance.forwardPaths == [Array("<bob@receiver.example>".utf8)])
        #expect(told.glance.recipients == 1)
        #expect(told.words == "accepted")
    }

    @Test(
        arguments: [
            ([(.server, "220 a ESMTP"), (.client, "QUIT"), (.server, "221 b")], "none"),
            ([(.server, "220 a ESMTP"), (.client, "EHLO c"), (.server, "250 a")], "none"),
            ([(.server, "554 no SMTP here")], "refused 554 greeting"),
            (
                [
                    (.server, "220 a ESMTP"), (.client, "HELO c"), (.server, "250 a"), (.client, "MAIL FROM:<>"),
                    (.server, "550 no"),
                ], "refused 550 MAIL"
            ),
            (
                [
                    (.server, "220 a ESMTP"), (.client, "EHLO c"), (.server, "250 a"), (.client, "MAIL FROM:<a@b>"),
                    (.server, "250 k"), (.client, "RCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nDATA"),
                    (.server, "550 no\r\n250 k\r\n354 go"), (.client, "QUIT\r\n."), (.server, "250 k"),
                    (.client, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 6\r\nQUIT\r\nBDAT 0 LAST"),
                    (.server, "250 k\r\n250 k\r\n250 k\r\n250 k"),
                ], "mixed 2 of 3 accepted, 550 RCPT"
            ),
            (
                [
                    (.server, "220 a ESMTP"), (.client, "EHLO c"), (.server, "250 STARTTLS"), (.client, "STARTTLS"),
                    (.server, "220 go"), (.client, "\u{16}\u{3}\u{1}"),
                ], "unknown encrypted"
            ),
            ([(.client, "LHLO c"), (.server, "250 a")], "none"),
        ] as [([(Side, String)], String)]
    )
    func `how a session went is told in a word or two`(turns: [(Side, String)], outcome: String) throws {
        #expect(try summary(talk(turns, port: 25)).words == outcome)
    }

    /// What nobody said, what a server answered in TLS, and TLS that a server took for commands (RFC 8314 §3.3).
    @Test(
        arguments: [
            ([], 465, "deferred TLS comes first here"), ([], 25, "deferred no greeting"), ([], 4711, nil),
            ([(.client, "EHLO c")], 465, "deferred TLS comes first here"),
            ([(.client, "EHLO c")], 4711, "deferred no greeting"),
            (
                [(.client, "EHLO c"), (.server, "\u{15}\u{3}\u{3}\0\u{2}\u{2}")], 2465,
                "deferred TLS comes first here"
            ),
            (
                [(.server, "220 a ESMTP"), (.client, "\u{16}\u{3}\u{1}\0\u{5}hel"), (.server, "500 what?")], 25,
                "deferred TLS to a port in the clear"
            ),
        ] as [([(Side, String)], Int, String?)]
    )
    func `the wrong kind of TLS is told`(turns: [(Side, String)], port: Int, outcome: String?) throws {
        var spoken = talk(turns, port: port)
        spoken.close(.client)
        spoken.close(.server)
        guard let outcome else {
            #expect(try #require(spoken.file).count == 0)
            return
        }
        #expect(try summary(spoken).words == outcome)
    }

    @Test func `mail is found on any port and whoever called`() throws {
        var back = talk(Talk.dialogue.map { ($0, String($1.dropLast())) })
        // The server called, as a relay behind a tunnel does.
        back.change { packets in
            var other = Talk(clientPort: 4711, serverPort: 40_000, clientStart: 5000, serverStart: 1000)
            other.wrap = { segment, isFromClient in
                Packets.ipv4(
                    segment,
                    from: isFromClient ? [192, 0, 2, 25] : [192, 0, 2, 1],
                    to: isFromClient ? [192, 0, 2, 1] : [192, 0, 2, 25]
                )
            }
            other.open()
            packets.replaceSubrange(0..<3, with: other.packets)
        }
        let told = try summary(back)
        #expect([told.ends.client, told.ends.server] == ["192.0.2.1:40000", "192.0.2.25:4711"])
        #expect(told.words == "accepted")
    }

    @Test(
        arguments: [
            [(.client, "GET / HTTP/1.1"), (.server, "HTTP/1.1 200 OK")],
            [(.server, "220 (vsFTPd 3.0.3)"), (.client, "USER anonymous"), (.server, "331 pass?")],
            [
                (.server, "220 Welcome"), (.client, "USER anonymous"), (.server, "331 pass?"), (.client, "QUIT"),
                (.server, "221 bye"),
            ],
            [(.server, "+OK POP3"), (.client, "QUIT"), (.server, "+OK")], [(.server, "* OK IMAP")],
            [(.server, "SSH-2.0-OpenSSH_9")], [(.client, "hello"), (.server, "world")],
            [(.client, "\u{16}\u{3}\u{1}\u{2}")], [(.client, "\0\0\0\0")],
        ] as [[(Side, String)]]
    )
    func `other protocols are counted and left alone`(turns: [(Side, String)]) throws {
        let file = try #require(talk(turns).file)
        #expect(file.count == 0)
        #expect(file.warnings == ["1 other TCP connection left alone"])
    }

    @Test func `TLS from the first octet is known by the port`() throws {
        var talk = Talk(serverPort: 465)
        talk.open()
        talk.say(.client, [22, 3, 1, 0, 2, 1, 0])
        talk.say(.server, [22, 3, 3, 0, 2, 2, 0])
        #expect(try summary(talk).words == "unknown encrypted")
        var other = Talk(clientPort: 465, serverPort: 9000)
        other.open()
        other.say(.client, [22, 3, 1, 0, 2, 1, 0])
        #expect(other.file?.count == 0)
        let lines = try #require(talk.recording).trace.lines.filter { $0.speaker != .note }
        #expect(lines.count >= 2)
        #expect(lines.allSatisfy { $0.place.step == .connection })
    }

    @Test func `a million connections of one packet do not fill the memory`() throws {
        var packets: [Packets.Stored] = []
        for number in 0..<20_000 {
            let from: [UInt8] = [10, UInt8(number >> 16), UInt8(number >> 8 & 255), UInt8(number & 255)]
            let flags: UInt8 = number % 2 == 0 ? 2 : 0x18
            let content = number % 2 == 0 ? [] : Array("hello \(number)\r\n".utf8)
            packets.append(
                .init(
                    frame: Packets.ipv4(Packets.tcp(content, from: 1000, to: 25, sequence: 1, flags: flags), from: from)
                )
            )
        }
        let file = try #require(CaptureFile(CaptureOctets(Packets.pcap(packets + Talk.mail().packets))))
        #expect(file.count == 1)
        #expect(file.recording(0).octets(.client) == Talk.mail().recording?.octets(.client))
    }

    /// Protocols that begin with a reply code as SMTP does, spoken from a client's port that is one for mail.
    static let kindred: [[(Side, String)]] = [
        [(.server, "220 (vsFTPd 3.0.3)"), (.client, "USER ada"), (.server, "331 pass?"), (.client, "PASS lovelace")],
        [
            (.server, "220 Welcome"), (.client, "USER ada"), (.server, "331 pass?"), (.client, "PASS lovelace"),
            (.server, "230 in"), (.client, "NOOP"), (.server, "200 ok"), (.client, "QUIT"), (.server, "221 bye"),
        ],
        [(.server, "200 news.example ready"), (.client, "MODE READER"), (.server, "201 no"), (.client, "QUIT")],
        [(.server, "+OK"), (.client, "USER ada"), (.server, "+OK"), (.client, "PASS lovelace")],
        [(.client, "PASS lovelace"), (.server, "530 no"), (.client, "QUIT"), (.server, "221 bye")],
        [(.server, "220 Welcome"), (.client, "QUIT"), (.server, "221 bye")],
    ]

    @Test(arguments: kindred, [1025, 2525, 587])
    func `only the server's port makes mail of what any protocol may say`(turns: [(Side, String)], port: Int) throws {
        var talk = Talk(clientPort: port, serverPort: 21)
        talk.open()
        for (side, text) in turns { talk.say(side, text + "\r\n") }
        #expect(talk.file?.count == 0)
    }

    @Test(arguments: kindred.dropLast(), [true, false])
    func `on a port of mail, too, the words of FTP, NNTP and POP3 speak against it`(
        turns: [(Side, String)],
        open: Bool
    ) throws {
        #expect(talk(turns, port: 25, open: open).file?.count == 0)
        #expect(talk(turns, port: 1025, open: open).file?.count == 0)
    }

    @Test(
        arguments: [
            [(.server, "220 Welcome"), (.client, "QUIT"), (.server, "221 bye")],
            [(.server, "421 too busy")],
            // Whoever speaks HTTP or FTP to a server of mail is still answered by one.
            [(.server, "220 mx"), (.client, "GET / HTTP/1.1"), (.server, "502 what?")],
            [
                (.server, "220 mx ESMTP"), (.client, "USER ada"), (.server, "500 what?"), (.client, "PASS a"),
                (.server, "500 no"),
            ],
        ] as [[(Side, String)]]
    )
    func `on the server's port of mail a bare reply is enough`(turns: [(Side, String)]) throws {
        #expect(talk(turns, port: 25).file?.count == 1)
        #expect(talk(turns, port: 25, open: false).file?.count == 1)
    }

    @Test func `credentials are masked where the event is born`() throws {
        let secret = "AGFkYQBodW50ZXIyLUNBTkFSWQ=="
        let recording = try #require(
            talk(
                [
                    (.server, "220 a ESMTP"), (.client, "EHLO c"), (.server, "250 AUTH PLAIN LOGIN"),
                    (.client, "AUTH PLAIN \(secret)"), (.server, "535 no"), (.client, "AUTH LOGIN"),
                    (.server, "334 VXNlcm5hbWU6"),
                    (.client, "YWRh"), (.server, "334 UGFzc3dvcmQ6"), (.client, secret), (.server, "235 ok"),
                    (.client, "QUIT"),
                    (.server, "221 b"),
                ]
            ).recording
        )
        let written = RecordingWriter.file(recording)
        #expect(!written.contains(secret))
        #expect(written.contains("AUTH PLAIN ********"))
        #expect(!recording.texts().joined().contains(secret))
        #expect(written.contains("QUIT"))
    }
}

extension CaptureFile.Summary {
    /// How it went.
    fileprivate var words: String {
        var glance = glance
        return glance.verdict().summary
    }
}
