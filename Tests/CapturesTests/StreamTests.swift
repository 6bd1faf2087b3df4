import SMTP
import Captures
import Testing
import Tracing

/// TCP put together: whatever order, repetition and overlap the network made, the octets are the same.
@Suite struct StreamTests {
    private static let expected = Talk.mail().recording

    private func sameOctets(_ talk: Talk, _ what: String, location: SourceLocation = #_sourceLocation) {
        let recording = talk.recording
        for side in Side.allCases {
            #expect(recording?.octets(side) == Self.expected?.octets(side), "\(what)", sourceLocation: location)
        }
    }

    @Test func `an ordinary session has its link events, its octets and their times`() throws {
        let recording = try #require(Self.expected)
        #expect(recording.events.first?.kind == .connect(to: "192.0.2.25:25"))
        #expect(recording.events[1].kind == .connected(to: "192.0.2.25:25"))
        #expect(recording.events.last?.kind == .close(by: .server))
        #expect(recording.events.map(\.time) == recording.events.map(\.time).sorted())
        #expect(recording.octets(.client).starts(with: "EHLO out.sender.example\r\n".utf8))
        #expect(recording.trace.stops.map(\.place.step.number) == Array(3...14))
        #expect(recording.trace.lines.allSatisfy { $0.findings.isEmpty || $0.place.step != .quit })
    }

    /// As in a capture that was written by hand: the first octet has the sequence number of the SYN.
    private func uncounted(_ sides: Set<Side>, pieces: Int = 1) -> Talk {
        var talk = Talk(clientStart: .max, serverStart: .max)
        talk.segment(.client, at: sides.contains(.client) ? 0 : -1, [], flags: 2)
        talk.segment(.server, at: sides.contains(.server) ? 0 : -1, [], flags: 0x12)
        for (side, text) in Talk.dialogue { talk.say(side, text, pieces: pieces) }
        talk.close(.server)
        return talk
    }

    @Test(arguments: [[.client, .server], [.client], [.server]] as [Set<Side>], [1, 3])
    func `where the SYN takes no number the first octet is not lost, and one note says so`(
        sides: Set<Side>,
        pieces: Int
    ) throws {
        var talk = uncounted(sides, pieces: pieces)
        sameOctets(talk, "in order")
        let notes = try #require(talk.recording).texts(.note)
        #expect(notes.filter { $0.contains("do not count the SYN") }.count == 1)
        #expect(!notes.contains { $0.contains("came again") })
        // The second piece of a greeting came before the first.
        talk.change { $0.swapAt(2, 3) }
        if pieces > 1 { sameOctets(talk, "out of order") }
    }

    @Test func `one octet before the first only asks whether somebody is there`() throws {
        var talk = Talk()
        talk.open()
        talk.segment(.server, at: -1, [0])
        talk.segment(.client, at: -1, [0])
        for (side, text) in Talk.dialogue { talk.say(side, text) }
        talk.close(.server)
        sameOctets(talk, "probes")
        #expect(try !#require(talk.recording).texts(.note).contains { $0.contains("SYN") })
    }

    @Test(arguments: 0..<60) func `segments cut, mixed, repeated and overlapping give the same octets`(seed: UInt64) {
        var dice = Dice(seed)
        var talk = Talk(
            clientStart: seed % 3 == 0 ? .max - 40 : .random(in: 0...UInt32.max, using: &dice),
            serverStart: seed % 3 == 1 ? .max - 90 : .random(in: 0...UInt32.max, using: &dice)
        )
        talk.open()
        var said: [Side: [UInt8]] = [:]
        for (side, text) in Talk.dialogue {
            talk.say(side, text, pieces: Int.random(in: 1...9, using: &dice))
            said[side, default: []] += Array(text.utf8)
        }
        // Parts that were sent again, from anywhere.
        for side in Side.allCases {
            guard let octets = said[side] else { continue }
            for _ in 0..<4 {
                let start = Int.random(in: 0..<octets.count, using: &dice)
                let end = Int.random(in: start...min(octets.count, start + 60), using: &dice)
                talk.segment(side, at: start, Array(octets[start..<end]))
            }
        }
        let handshake = 3
        talk.change { packets in
            let times = packets.map(\.time)
            // Each packet may be overtaken by the next few.
            let order = packets.indices.map {
                ($0, $0 < handshake ? Double($0) : Double($0) + .random(in: 0...6, using: &dice))
            }
            packets = order.sorted { $0.1 < $1.1 }.map { packets[$0.0] }
            for index in packets.indices { packets[index].time = times[index] }
        }
        sameOctets(talk, "seed \(seed)")
    }

    @Test func `one octet a segment is the same session`() { sameOctets(Talk.mail(pieces: 1000), "octet by octet") }

    @Test func `what came first wins and both are told`() throws {
        var talk = Talk()
        talk.open()
        talk.say(.server, "220 mx.receiver.example ESMTP\r\n")
        talk.segment(.server, at: 4, Array("EVIL".utf8))
        talk.segment(.server, at: 4, Array("mx.r".utf8))
        talk.say(.client, "EHLO a.example\r\n")
        let recording = try #require(talk.recording)
        #expect(recording.octets(.server) == Array("220 mx.receiver.example ESMTP\r\n".utf8))
        let notes = recording.texts(.note)
        #expect(
            notes.contains {
                $0.contains("4 octets of the server came again and are not the same") && $0.contains("EVIL")
            }
        )
        #expect(notes.contains("4 octets of the server came again and are shown once"))
    }

    @Test func `what was sent in the place of a credential is not told`() throws {
        var talk = Talk()
        talk.open()
        talk.say(.server, "220 mx.receiver.example ESMTP\r\n")
        talk.say(.client, "AUTH PLAIN AGFkYQBodW50ZXIy\r\n")
        talk.segment(.client, at: 11, Array("AGFkYQBvdGhlcjEy".utf8))
        let text = try #require(talk.recording).texts().joined()
        #expect(text.contains("16 octets of the client came again and are not the same"))
        #expect(!text.contains("AGFkYQ"))
    }

    @Test func `a segment that begins before what is known brings only what is new`() {
        var talk = Talk()
        talk.open()
        talk.say(.server, "220 mx.rec")
        talk.segment(.server, at: 4, Array("mx.receiver.example ESMTP\r\n".utf8))
        talk.lose(.server, 21)
        for (side, text) in Talk.dialogue.dropFirst() { talk.say(side, text) }
        sameOctets(talk, "overlap")
    }

    @Test func `an octet that only asks whether the other side is there is none of the session`() {
        var talk = Talk()
        talk.open()
        for (number, (side, text)) in Talk.dialogue.enumerated() {
            talk.say(side, text)
            if number == 0 { talk.segment(.server, at: 30, [0]) }
        }
        let recording = talk.recording
        #expect(recording?.octets(.server) == Self.expected?.octets(.server))
        #expect(recording?.texts(.note).contains { $0.contains("again") } == false)
    }

    // MARK: Gaps

    @Test func `what is missing is a gap in its place and the session is found again behind it`() throws {
        var talk = Talk()
        talk.open()
        for (number, (side, text)) in Talk.dialogue.enumerated() {
            if number == 5 { talk.lose(side, text.utf8.count) } else { talk.say(side, text) }
        }
        talk.close(.server)
        let trace = try #require(talk.recording).trace
        let gap = try #require(
            trace.lines.firstIndex { WireText.shown($0.octets).hasPrefix("gap of 32 octets from the client") }
        )
        #expect(trace.lines[gap].place.step == .mailReply)
        #expect(trace.lines[gap...].contains { $0.place.step == .acceptance && $0.replyCode == 250 })
        #expect(trace.lines.last?.place.step == .quit)
        #expect(trace.lines.flatMap(\.findings).filter { $0.severity == .error }.map(\.id) == [])
        #expect(trace.mails.count == 1)
    }

    @Test(arguments: 0..<13) func `the session goes on behind any lost turn`(lost: Int) throws {
        var talk = Talk()
        talk.open()
        for (number, (side, text)) in Talk.dialogue.enumerated() {
            if number == lost { talk.lose(side, text.utf8.count) } else { talk.say(side, text) }
        }
        talk.close(.server)
        let recording = try #require(talk.recording)
        let trace = recording.trace
        // Every octet that was captured stands in some line.
        let shown = trace.lines.filter(\.isWire).reduce(0) { $0 + $1.octets.count + $1.ending.octets.count }
        #expect(shown == recording.octets(.client).count + recording.octets(.server).count)
        #expect(trace.lines.count { WireText.shown($0.octets).hasPrefix("gap of ") } == 1)
        #expect(trace.lines.flatMap(\.findings).filter { $0.severity == .error }.map(\.id) == [])
        let verbs = trace.lines.compactMap(\.verbName)
        #expect(verbs == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"].filter { $0 != Self.verbs[lost] })
    }

    private static let verbs = [1: "EHLO", 3: "MAIL", 5: "RCPT", 7: "DATA", 11: "QUIT"]

    @Test func `what the capture cut off a packet is a gap`() throws {
        var talk = Talk()
        talk.open()
        for (side, text) in Talk.dialogue {
            let offset = talk.packets.count == 12 ? 60 : nil
            talk.say(side, text)
            if offset != nil { talk.change { $0[$0.count - 1].kept = 60 } }
        }
        let recording = try #require(talk.recording)
        #expect(recording.events.contains { if case .gap(.client, .some, _) = $0.kind { true } else { false } })
        #expect(recording.octets(.server) == Self.expected?.octets(.server))
    }

    @Test func `packets cut to their headers are all gaps and nobody's session`() throws {
        var talk = Talk.mail()
        talk.change { for index in $0.indices { $0[index].kept = 40 } }
        let capture = try #require(talk.file)
        #expect(capture.count == 0)
        #expect(capture.warnings == ["1 other TCP connection left alone"])
    }

    @Test func `a segment that no window reaches is left out`() {
        var talk = Talk()
        talk.open()
        for (number, (side, text)) in Talk.dialogue.enumerated() {
            talk.say(side, text)
            if number == 3 { talk.segment(.client, at: 1 << 30, Array("EVIL\r\n".utf8)) }
        }
        sameOctets(talk, "astray")
        #expect(talk.recording?.texts(.note).contains { $0.contains("fit nowhere") } == true)
    }

    // MARK: Ends

    @Test func `a connection that was open already is said and read`() throws {
        var talk = Talk.mail()
        talk.change { $0.removeFirst(5) }
        let recording = try #require(talk.recording)
        #expect(recording.texts(.note).first == "the connection was open already when the capture began")
        #expect(
            recording.texts(.client).first == "MAIL FROM:<ada@sender.example>"
                || recording.texts(.server).first == "250-mx.receiver.example"
        )
        #expect(recording.trace.mails.count == 1)
    }

    @Test(arguments: Side.allCases) func `one side alone is read`(side: Side) throws {
        var talk = Talk.mail()
        let port = side == .client ? talk.clientPort : talk.serverPort
        talk.change { $0.removeAll { Int($0.frame[20]) << 8 | Int($0.frame[21]) != port } }
        let recording = try #require(talk.recording)
        #expect(recording.octets(side) == Self.expected?.octets(side))
        #expect(recording.octets(side.other).isEmpty)
        #expect(recording.events.contains { $0.kind == .gap(from: side.other, octets: nil) })
        let trace = recording.trace
        #expect(trace.lines.flatMap(\.findings).filter { $0.severity == .error }.map(\.id) == [])
        if side == .client {
            #expect(trace.lines.compactMap(\.verbName) == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"])
            #expect(trace.mails.count == 1)
        }
    }

    @Test func `the same ends used again are another session`() throws {
        var later = Talk(clientStart: 900_000, serverStart: 1)
        later.time += 60
        var second = Talk.mail(later)
        let first = Talk.mail()
        second.change { packets in packets = first.packets + packets }
        let capture = try #require(second.file)
        #expect(capture.count == 2)
        #expect(capture.recording(0).octets(.client) == capture.recording(1).octets(.client))
    }

    @Test func `a reset is told`() throws {
        var talk = Talk()
        talk.open()
        talk.say(.server, "220 mx.receiver.example ESMTP\r\n")
        talk.segment(.client, at: 0, [], flags: 4)
        let recording = try #require(talk.recording)
        #expect(recording.events.last?.kind == .error(.init(.reset, "the client reset the connection")))
    }
}
