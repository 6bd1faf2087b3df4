import Testing

@testable import SMTP

/// Servers that take more than one end of mail data, and mails that come to nothing.
extension ServerDialogueTests {
    /// As an owner does it who hands lines over in pieces where the server asks for that.
    private static func play(_ server: inout ServerDialogue, _ packets: [[UInt8]]) -> [ServerDialogue.Action] {
        var framer = LineFramer()
        var all: [ServerDialogue.Action] = []
        for packet in packets {
            framer.append(packet)
            while let line = framer.nextLine() ?? (server.takesPieces ? framer.finish() : nil) {
                all += server.received(line)
            }
        }
        return all
    }

    private static func lenient(_ ends: Set<EndOfData>) -> ServerDialogue {
        var policy = ServerDialogue.Policy(domain: "mx.example")
        policy.endsOfData = ends
        return server(policy, afterDATA: true)
    }

    private static let hidden = "MAIL FROM:<root@bank.example>\r\nRCPT TO:<b@mx.example>\r\nDATA\r\ninner\r\n.\r\n"

    /// All at once, octet by octet, and cut in two at each octet.
    private static func deliveries(_ octets: [UInt8]) -> [[[UInt8]]] {
        [[octets], octets.map { [$0] }] + (1..<octets.count).map { [Array(octets[..<$0]), Array(octets[$0...])] }
    }

    @Test(arguments: EndOfData.variants)
    func `who takes a variant finds the hidden mail, however the octets come`(end: EndOfData) {
        let octets = Array("outer".utf8) + end.octets + Array(Self.hidden.utf8)
        for packets in Self.deliveries(octets) {
            var server = Self.lenient(EndOfData.variants.union([.standard]))
            let done = Self.play(&server, packets)
            #expect(Self.codes(done) == [250, 250, 250, 354, 250], "\(packets.map(\.count))")
            let lineEnd = Array(end.octets.prefix(end.lineEndBefore)).lossyText
            #expect(Self.mails(done) == ["outer\(lineEnd)", "inner\r\n"])
            let remarks = done.compactMap { if case .remark(let text) = $0 { text } else { nil } }
            #expect(remarks == ["this server takes \(end.phrase) for the end of the mail data"])
        }
    }

    @Test(arguments: EndOfData.variants)
    func `who takes one variant takes no other`(end: EndOfData) {
        for other in EndOfData.variants where other != end {
            // What begins with an end that is taken ends there: CRLF.LF holds LF.LF, and CR.CR begins CR.CRLF.
            let isPart = other.octets.firstRange(of: end.octets) != nil
            var server = Self.lenient([end, .standard])
            let done = Self.play(&server, [Array("outer".utf8) + other.octets + Array(Self.hidden.utf8)])
            #expect(Self.mails(done).count == (isPart ? 2 : 1), "\(end.phrase) taken, \(other.phrase) sent")
        }
    }

    @Test(arguments: ["", "\r\n", "a\r\n", "..\r\n..b\r\nc\r\n", "\n..a\r\n", "a\r\n...\r\n"])
    func `the right end is no variant, and dots are taken off as ever`(wire: String) {
        for ends in [EndOfData.variants.union([.standard]), [.standard]] {
            for packets in Self.deliveries(Array("\(wire).\r\nNOOP\r\n".utf8)) {
                var server = Self.lenient(ends)
                let done = Self.play(&server, packets)
                #expect(Self.codes(done) == [250, 250])
                let lines = wire.utf8.split(separator: 10, omittingEmptySubsequences: false).map { Array($0) }
                var wanted: [UInt8] = []
                for (index, line) in lines.enumerated() {
                    let isAtStart = index == 0 || lines[index - 1].last == 13
                    wanted += (isAtStart ? DotStuffing.unstuff(line) : line) + (index == lines.count - 1 ? [] : [10])
                }
                #expect(Self.mails(done) == [wanted.lossyText])
            }
        }
    }

    @Test func `the table of ends has eleven rows, all with a dot and line ends around it`() {
        #expect(EndOfData.allCases.count == 11)
        #expect(Set(EndOfData.allCases.map(\.octets)).count == 11)
        for end in EndOfData.allCases {
            #expect(end.octets.contains(46))
            #expect([10, 13].contains(end.octets[0]) && [10, 13].contains(end.octets.last ?? 0))
        }
    }

    // MARK: Mails that come to nothing

    /// What is told of mails that were not accepted: the envelope's paths, the content, the reason.
    private static func lost(_ actions: [ServerDialogue.Action]) -> [String] {
        actions.compactMap {
            guard case .notAccepted(let mail, let why) = $0 else { return nil }
            let paths = [mail.envelope.reversePath.octets] + mail.envelope.forwardPaths.map(\.octets)
            return paths.map(\.lossyText).joined(separator: " ") + " | " + mail.content.lossyText + " | " + why
        }
    }

    @Test(arguments: [
        (["MAIL FROM:<a@b.example>"], "<a@b.example> |  | MAIL was answered 554 5.7.1 Not from there"),
        (
            ["MAIL FROM:<c@d.example> SIZE=11"],
            "<c@d.example> |  | MAIL was answered 552 5.3.4 The mail is too large, 10 octets are taken"
        ),
        (["MAIL FROM:<>", "RSET"], "<> |  | the client gave it up with RSET"),
        (
            ["MAIL FROM:<>", "RCPT TO:<x@y.example>", "EHLO again.example"],
            "<> <x@y.example> |  | the client gave it up with EHLO"
        ),
        (
            ["MAIL FROM:<>", "RCPT TO:<full@y.example>", "QUIT"],
            "<> |  | the client gave it up with QUIT; RCPT TO:<full@y.example> was answered 452 4.2.2 Full"
        ),
        (
            ["MAIL FROM:<>", "RCPT TO:<x@y.example>", "DATA", "0123456789", "."],
            "<> <x@y.example> |  | the mail data was answered 552 5.3.4 The mail is too large, 10 octets are taken"
        ),
        (
            ["MAIL FROM:<c@d.example>", "RCPT TO:<x@y.example>", "DATA", "012", "."],
            "<c@d.example> <x@y.example> | 012\r\n | the mail data was answered 554 5.6.0 Not this"
        ),
    ])
    func `a mail that is not accepted is told of, with the reason`(lines: [String], told: String) {
        let policy = ServerDialogue.Policy(
            domain: "mx.example",
            rules: [
                .init(verb: .mail, path: "a@b.example", code: 554, enhanced: "5.7.1", text: "Not from there"),
                .init(verb: .rcpt, path: "full@", code: 452, enhanced: "4.2.2", text: "Full"),
                .init(turn: .mailData, path: "c@d.example", code: 554, enhanced: "5.6.0", text: "Not this"),
            ],
            sizeLimit: 10
        )
        var server = Self.server(policy)
        let done = lines.flatMap { server.received(WireLine($0)) }
        #expect(Self.lost(done) == [told])
        #expect(Self.lost(server.closed()) == [], "told once")
        #expect(server.acceptedMails == 0)
    }

    @Test func `a mail that is accepted is not told of as lost`() {
        var server = Self.server(afterDATA: true)
        let done = ["Hello", ".", "RSET", "QUIT"].flatMap { server.received(WireLine($0)) }
        #expect(Self.lost(done + server.closed()) == [])
        #expect(Self.mails(done) == ["Hello\r\n"])
    }

    @Test func `a client that speaks ahead is cut off`() {
        var server = Self.server()
        let done = server.spokenAhead()
        #expect(Self.codes(done) == [554])
        #expect(done.last == .close)
        #expect(server.spokenAhead() == [])
    }

    @Test func `a line ended in LF is taken only by who takes it`() {
        for takes in [false, true] {
            var policy = ServerDialogue.Policy(domain: "mx.example")
            policy.takesBareLF = takes
            var server = Self.server(policy)
            #expect(Self.codes(server.received(WireLine(Array("NOOP".utf8), ending: .lf))) == (takes ? [250] : []))
        }
    }
}
