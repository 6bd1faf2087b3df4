import Notation
import Testing

@testable import SMTP

/// What a `.dialog` cannot say: octets that are no text, lines without end, numbers and limits.
@Suite struct ServerDialogueTests {
    /// A server past EHLO, or past 354 with one recipient.
    static func server(
        _ policy: ServerDialogue.Policy = ServerDialogue.Policy(domain: "mx.example"),
        afterDATA: Bool = false
    ) -> ServerDialogue {
        var server = ServerDialogue(policy)
        _ = server.connected()
        let more = ["MAIL FROM:<a@client.example>", "RCPT TO:<b@mx.example>", "DATA"]
        for line in ["EHLO client.example"] + (afterDATA ? more : []) { _ = server.received(WireLine(line)) }
        return server
    }

    /// Everything the server does when these octets come in as one packet, or one by one.
    static func actions(
        _ server: inout ServerDialogue,
        _ octets: some Sequence<UInt8>,
        oneByOne: Bool = false
    ) -> [ServerDialogue.Action] {
        var framer = LineFramer()
        var all: [ServerDialogue.Action] = []
        let packets = oneByOne ? octets.map { [$0] } : [Array(octets)]
        for packet in packets {
            framer.append(packet)
            while true {
                if let due = server.expectedChunkOctets {
                    let chunk = framer.take(octets: due)
                    guard !chunk.isEmpty else { break }
                    all += server.received(chunk: chunk)
                } else if let line = framer.nextLine() {
                    all += server.received(line)
                } else {
                    break
                }
            }
        }
        return all
    }

    static func codes(_ actions: [ServerDialogue.Action]) -> [Int] {
        actions.compactMap {
            guard case .reply(let lines, _) = $0, let last = lines.last else { return nil }
            return Int(last.octets.prefix(3).lossyText)
        }
    }

    static func mails(_ actions: [ServerDialogue.Action]) -> [String] {
        actions.compactMap { if case .accepted(let mail) = $0 { mail.content.lossyText } else { nil } }
    }

    // MARK: The end of mail data

    /// Ends that are none: what follows them would be a second, smuggled mail if they counted (RFC 5321 §4.1.1.4).
    static let noEnds = [
        "\n.\n", "\r.\r", "\r.\n", "\n.\r", "\n.\r\n", "\r\n.\n", "\r.\r\n", "\r\n.\r", "\r\n\0.\r\n", "\r\n.\0\r\n",
        "\r\n.\r\r\n", "\n\r.\r\n", "\r\n. \r\n", "\r\n .\r\n",
    ]

    @Test(arguments: noEnds, [false, true])
    func `only a dot between two CRLF ends the mail data`(end: String, oneByOne: Bool) {
        var server = Self.server(afterDATA: true)
        let smuggled = "before\(end)MAIL FROM:<c@client.example>\r\nRCPT TO:<d@mx.example>\r\nDATA\r\nafter"
        let done = Self.actions(&server, "\(smuggled)\r\n.\r\n".utf8, oneByOne: oneByOne)
        #expect(Self.codes(done) == [250])
        // Kept octet for octet, but for the dot that transparency takes off the start of a line.
        let stored = smuggled.utf8.map { $0 }
        let unstuffed = end.utf8.starts(with: "\r\n.".utf8) ? stored.removingDot(at: 8) : stored
        #expect(Self.mails(done).map { Array($0.utf8) } == [unstuffed + [13, 10]])
        #expect(server.phase == .identified)
    }

    @Test func `a dot right behind the DATA line is the end, one behind a bare line feed of it is not`() {
        var server = Self.server(afterDATA: true)
        #expect(Self.codes(Self.actions(&server, ".\r\n".utf8)) == [250])
        var other = Self.server(afterDATA: true)
        #expect(Self.actions(&other, "\n.\r\n".utf8) == [])
    }

    @Test func `a line of mail data that comes in pieces is unstuffed at its start only`() {
        var server = Self.server(afterDATA: true)
        let long = String(repeating: "x", count: LineFramer.maxLine)
        let done = Self.actions(&server, "\(long).y\r\n..z\r\n.\r\n".utf8)
        #expect(Self.mails(done) == ["\(long).y\r\n.z\r\n"])
    }

    // MARK: Lines that do not end

    @Test(arguments: [
        ("NOOP\nNOOP\r\n", [500]), ("NOOP\rNOOP\r\n", [500]), ("NOOP\0\r\n", [500]), ("\u{1B}[2J\r\n", [500]),
        ("NOOP \u{7F}\r\n", [500]), ("\r\n", [500]), ("\n\r\n", [500]), ("EHLO caf\u{E9}.example\r\n", [501]),
        ("NOOP\r\nNOOP\r\n", [250, 250]), ("NOOP\tx\r\n", [250]), ("NOOP", []), ("NOOP\n", []), ("NOOP\nQUIT\n", []),
    ])
    func `each line ended by CRLF gets one reply, whatever is in it`(octets: String, codes: [Int]) {
        for oneByOne in [false, true] {
            var server = Self.server()
            #expect(Self.codes(Self.actions(&server, octets.utf8, oneByOne: oneByOne)) == codes)
        }
    }

    @Test(arguments: [
        (510, [250]), (511, [500]), (1_000, [500]), (12_287, [500]), (12_289, [500]), (70_000, [500]), (200_000, [500]),
    ])
    func `a command line may have 512 octets with its CRLF, and one too long is answered once`(
        length: Int,
        codes: [Int]
    ) {
        var server = Self.server()
        let line = "NOOP " + String(repeating: "x", count: length - 5) + "\r\n"
        #expect(Self.codes(Self.actions(&server, line.utf8)) == codes)
        #expect(Self.codes(Self.actions(&server, "NOOP\r\n".utf8)) == [250])
    }

    @Test func `a line without end is not kept, and closes the connection after ten million octets`() {
        var server = Self.server()
        let piece = WireLine(Array(repeating: 0x78, count: LineFramer.maxLine), ending: .none)
        for _ in 0..<152 { #expect(server.received(piece) == []) }
        let done = server.received(piece)
        #expect(Self.codes(done) == [421])
        #expect(done.last == .close)
        #expect(server.received(WireLine("NOOP")) == [])
    }

    @Test func `AUTH may have longer lines`() {
        let policy = ServerDialogue.Policy(domain: "mx.example", offered: ["AUTH PLAIN"])
        for (letters, code) in [(12_264, 235), (12_268, 235), (12_276, 500)] {
            var server = Self.server(policy)
            let response = Base64.encode([0, 97, 0] + Array(repeating: 98, count: letters / 4 * 3 - 3))
            #expect(response.count == letters)
            #expect(Self.codes(Self.actions(&server, "AUTH PLAIN ".utf8 + response + [13, 10])) == [code])
        }
    }

    @Test func `an AUTH response that is too long ends the exchange`() {
        var server = Self.server(ServerDialogue.Policy(domain: "mx.example", offered: ["AUTH PLAIN"]))
        #expect(Self.codes(Self.actions(&server, "AUTH PLAIN\r\n".utf8)) == [334])
        #expect(server.phase == .authenticating)
        #expect(Self.codes(Self.actions(&server, String(repeating: "A", count: 13_000).utf8 + [13, 10])) == [501])
        #expect(server.phase == .identified)
    }

    @Test func `the prompt of PLAIN is empty, and = is an empty initial response`() {
        let policy = ServerDialogue.Policy(domain: "mx.example", offered: ["AUTH PLAIN LOGIN"])
        var server = Self.server(policy)
        let prompt = server.received(WireLine("AUTH PLAIN"))
        #expect(prompt == [.reply([OutgoingLine(trusted: "334 ")], answering: .auth)])
        #expect(Self.codes(server.received(WireLine("AGEAYg=="))) == [235])
        var other = Self.server(policy)
        #expect(Self.codes(other.received(WireLine("AUTH PLAIN ="))) == [501])
        #expect(Self.codes(other.received(WireLine("AUTH LOGIN ="))) == [334])
        #expect(Self.codes(other.received(WireLine("Yg=="))) == [235])
    }

    // MARK: Limits

    @Test func `a mail of exactly the limit is taken, one octet more is not, and the session goes on`() {
        let policy = ServerDialogue.Policy(domain: "mx.example", sizeLimit: 10)
        var server = Self.server(policy, afterDATA: true)
        let done = Self.actions(&server, "12345678\r\n.\r\n".utf8)
        #expect(Self.codes(done) == [250])
        #expect(Self.mails(done) == ["12345678\r\n"])
        var other = Self.server(policy, afterDATA: true)
        #expect(Self.codes(Self.actions(&other, "123456789\r\n.\r\nNOOP\r\n".utf8)) == [552, 250])
        #expect(other.acceptedMails == 0)
    }

    @Test func `chunks may come up to the limit`() {
        var server = Self.server(ServerDialogue.Policy(domain: "mx.example", sizeLimit: 4))
        let done = Self.actions(&server, "MAIL FROM:<>\r\nRCPT TO:<b@mx.example>\r\nBDAT 4\r\nabcdBDAT 0 LAST\r\n".utf8)
        #expect(Self.codes(done) == [250, 250, 250, 250])
        #expect(Self.mails(done) == ["abcd"])
    }

    @Test func `a name beyond ASCII is no domain in EHLO`() {
        for octet: UInt8 in [0x80, 0xC3, 0xFF] {
            var server = Self.server()
            #expect(Self.codes(server.received(WireLine(Array("EHLO a.".utf8) + [octet]))) == [501])
        }
    }

    @Test func `what is too much is not kept`() {
        var server = Self.server(ServerDialogue.Policy(domain: "mx.example", sizeLimit: 10), afterDATA: true)
        _ = Self.actions(&server, String(repeating: "12345678\r\n", count: 1_000).utf8)
        #expect(
            server.standing.transaction?.content.lossyText == "12345678\r\n",
            "of what is refused the beginning can be shown"
        )
        #expect(server.standing.transaction?.octets == 10_000)
    }

    @Test func `SIZE is read without overflow`() {
        for (size, code) in [("10485760", 250), ("10485761", 552), ("18446744073709551615", 552)] {
            var server = Self.server()
            #expect(Self.codes(server.received(WireLine("MAIL FROM:<a@client.example> SIZE=\(size)"))) == [code])
        }
        for size in ["18446744073709551616", "99999999999999999999999999", "-1", "1e3", ""] {
            var server = Self.server()
            #expect(Self.codes(server.received(WireLine("MAIL FROM:<a@client.example> SIZE=\(size)"))) == [501])
        }
    }

    @Test func `a chunk is counted, not allocated, and its owner is told how much is left`() {
        var server = Self.server()
        _ = Self.actions(&server, "MAIL FROM:<>\r\nRCPT TO:<b@mx.example>\r\n".utf8)
        #expect(server.expectedChunkOctets == nil)
        #expect(server.received(WireLine("BDAT 9223372036854775807")) == [])
        #expect(server.expectedChunkOctets == .max)
        #expect(server.received(chunk: [1, 2, 3]) == [])
        #expect(server.expectedChunkOctets == .max - 3)
        #expect(server.received(WireLine("NOOP")) == [], "a line while a chunk is due changes nothing")
        #expect(server.expectedChunkOctets == .max - 3)
    }

    @Test func `octets beyond the chunk are not taken`() {
        var server = Self.server()
        _ = Self.actions(&server, "MAIL FROM:<>\r\nRCPT TO:<b@mx.example>\r\nBDAT 3 LAST\r\n".utf8)
        let done = server.received(chunk: Array("abcdef".utf8))
        #expect(Self.mails(done) == ["abc"])
        #expect(server.received(chunk: [1]) == [])
    }

    @Test func `the errors that count are the client's, not the recipients'`() {
        let policy = ServerDialogue.Policy(
            domain: "mx.example",
            rules: [ServerDialogue.Rule(verb: .rcpt, code: 550, text: "No")],
            errorLimit: 3
        )
        var server = Self.server(policy)
        _ = server.received(WireLine("MAIL FROM:<>"))
        for _ in 0..<10 { #expect(Self.codes(server.received(WireLine("RCPT TO:<x@mx.example>"))) == [550]) }
        for line in ["BLAH", "DATA", "MAIL FROM:<>"] { #expect(Self.codes(server.received(WireLine(line)))[0] >= 500) }
        #expect(Self.codes(server.received(WireLine("NOOP"))) == [250])
        #expect(Self.codes(server.received(WireLine("DATA"))) == [421])
    }

    // MARK: What is said

    /// No octet of a client's reaches a terminal by way of a reply, nor one of a rule's that is no printable ASCII.
    @Test func `replies are printable ASCII, whatever the client or the policy says`() {
        let evil = "\u{1B}]0;x\u{7}\u{202E}\u{9B}é"
        let rules = [
            ServerDialogue.Rule(verb: .rcpt, code: 550, enhanced: "5.1.1", text: evil),
            ServerDialogue.Rule(turn: .greeting, code: 220, text: evil + String(repeating: "x", count: 600)),
        ]
        var server = ServerDialogue(ServerDialogue.Policy(domain: "mx.example", rules: rules))
        let lines = [
            "EHLO \(evil)", "HELO [\(evil)]", evil, "VRFY \(evil)", "EHLO ok.example", "MAIL FROM:<\(evil)>",
            "MAIL FROM:<>",
            "RCPT TO:<\(evil)@mx.example>", "RCPT TO:<b@mx.example>", "AUTH \(evil)", "BDAT \(evil)", "HELP \(evil)",
        ]
        var replies: [OutgoingLine] = []
        for action in server.connected() + lines.flatMap({ server.received(WireLine($0)) }) {
            if case .reply(let lines, _) = action { replies += lines }
        }
        #expect(replies.count > lines.count)
        for reply in replies {
            #expect(reply.octets.allSatisfy { (32...126).contains($0) })
            #expect(reply.onTheWire.count <= 512)
        }
    }

    @Test func `each verb of the table gets exactly one reply in every phase`() {
        let openings: [[String]] = [
            [], ["EHLO a.example"], ["HELO a.example"], ["EHLO a.example", "MAIL FROM:<>"],
            ["EHLO a.example", "MAIL FROM:<>", "RCPT TO:<b@mx.example>"],
            ["EHLO a.example", "MAIL FROM:<>", "RCPT TO:<b@mx.example>", "BDAT 0"],
        ]
        for opening in openings {
            for line in Verb.allCases.map(\.rawValue) + [
                "BDAT 0 LAST", "XYZZY", "MAIL FROM:<a@b.example>", "RCPT TO:<a@b.example>",
            ] {
                var server = ServerDialogue(ServerDialogue.Policy(domain: "mx.example"))
                _ = server.connected()
                for command in opening { #expect(Self.codes(server.received(WireLine(command))).count == 1) }
                #expect(Self.codes(server.received(WireLine(line))).count == 1, "\(line) after \(opening)")
            }
        }
    }

    @Test(arguments: [UInt16(200), 251, 299])
    func `a rule may say yes in words of its own`(code: UInt16) {
        let turns: [CommandSequence.Turn] = [
            .greeting, .hello, .mail, .rcpt, .mailData, .chunk, .rset, .anytime, .quit,
        ]
        let rules = turns.map { ServerDialogue.Rule(turn: $0, code: code, text: "As you like") }
        var server = Self.server(ServerDialogue.Policy(domain: "mx.example", rules: rules), afterDATA: true)
        let lines =
            "x\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<b@mx.example>\r\nBDAT 1\r\nxBDAT 0 LAST\r\nRSET\r\nNOOP\r\nQUIT\r\n"
        let done = Self.actions(&server, lines.utf8)
        #expect(Self.codes(done) == Array(repeating: Int(code), count: 8))
        #expect(Self.mails(done) == ["x\r\n", "x"])
        for case .accepted(let mail) in done { #expect(mail.envelope.forwardPaths.count == 1) }
        #expect(done.last == .close)
    }

    @Test(arguments: [UInt16(300), 354, 400, 451, 550])
    func `a rule for RSET that says no leaves the transaction as it is`(code: UInt16) {
        let rule = ServerDialogue.Rule(verb: .rset, code: code, text: "No")
        var server = Self.server(ServerDialogue.Policy(domain: "mx.example", rules: [rule]))
        let done = Self.actions(&server, "MAIL FROM:<>\r\nRCPT TO:<b@mx.example>\r\nRSET\r\nDATA\r\n.\r\n".utf8)
        #expect(Self.codes(done) == [250, 250, Int(code), 354, 250])
        #expect(Self.mails(done) == [""])
    }

    @Test(arguments: [UInt16(199), 300, 354, 400, 550])
    func `what is no yes is a no`(code: UInt16) {
        for verb: Verb in [.ehlo, .mail, .rcpt] {
            let rule = ServerDialogue.Rule(verb: verb, code: code, text: "No")
            var server = Self.server(ServerDialogue.Policy(domain: "mx.example", rules: [rule]))
            let done = Self.actions(&server, "MAIL FROM:<>\r\nRCPT TO:<b@mx.example>\r\nDATA\r\n".utf8)
            let codes = [Verb.ehlo: [503, 503, 503], .mail: [Int(code), 503, 503], .rcpt: [250, Int(code), 503]]
            #expect(Self.codes(done) == codes[verb])
        }
        let dot = ServerDialogue.Rule(turn: .mailData, code: code, text: "No")
        var server = Self.server(ServerDialogue.Policy(domain: "mx.example", rules: [dot]), afterDATA: true)
        #expect(Self.mails(server.received(WireLine("."))) == [])
    }
}

extension [UInt8] {
    fileprivate func removingDot(at index: Int) -> [UInt8] { Array(self[..<index] + self[(index + 1)...]) }
}
