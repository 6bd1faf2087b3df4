import Captures
import Foundation
import SMTP
import Testing
import Tracing

/// Packets that pass: the sessions in them are told as they happen, and are those that the whole capture holds.
@Suite struct PassingTests {
    /// What was told of one session.
    private struct Told {
        var header: Recording.Header
        var events: [WireEvent] = []
        var isOver = false

        var kinds: [String] { events.map { "\($0.kind)" } }
        func octets(_ side: Side) -> [UInt8] { Recording(header: header, events: events).octets(side) }
    }

    private struct Watched {
        var told: [Int: Told] = [:]
        mutating func take(_ news: [PassingSessions.News]) {
            for piece in news {
                switch piece {
                case .began(let number, let header): told[number] = Told(header: header)
                case .happened(let number, let event): told[number]?.events.append(event)
                case .ended(let number): told[number]?.isOver = true
                }
            }
        }
    }

    /// Fed in pieces of chance, of `most` octets at most.
    private static func watch(_ octets: [UInt8], most: Int, seed: UInt64 = 1) -> [Told] {
        var (dice, sessions, watched) = (Dice(seed), PassingSessions(), Watched())
        var rest = octets[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...most, using: &dice))
            rest = rest.dropFirst(piece.count)
            watched.take(sessions.take(piece))
        }
        watched.take(sessions.finish())
        #expect(watched.told.count == sessions.count)
        #expect(watched.told.values.count { !$0.isOver } == 0)
        return watched.told.sorted { $0.key < $1.key }.map(\.value)
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    private static let names: [String] = ["", "Containers/"].flatMap { sub in
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(sub).path)) ?? [])
            .filter { $0.contains(".pcap") || $0.contains(".snoop") || $0.contains(".cap") }.map { sub + $0 }
    }
    .sorted()

    @Test func `there are captures to watch`() { #expect(Self.names.count >= 45) }

    @Test(arguments: names, [1 << 20, 3000, 70])
    func `what passes in pieces is what the whole capture holds`(name: String, most: Int) throws {
        let octets = [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent(name)))
        let whole = try #require(CaptureFile(CaptureOctets(octets)))
        let told = Self.watch(octets, most: most)
        try #require(told.count == whole.count)
        for (number, session) in told.enumerated() {
            let expected = whole.recording(number)
            // A file that is whole can be put in order.
            if !name.contains("unsorted") {
                #expect(session.kinds == expected.events.map { "\($0.kind)" })
                #expect(session.header.began == expected.header.began)
            }
            for side in Side.allCases { #expect(session.octets(side) == expected.octets(side)) }
            #expect(session.header.ends == expected.header.ends)
        }
    }

    @Test func `each packet is told as it comes, and the end of a session before the end of the pipe`() {
        let talk = Talk.mail()
        var (sessions, watched) = (PassingSessions(), Watched())
        var counts: [Int] = []
        let file = Packets.pcap(talk.packets)
        watched.take(sessions.take(file.prefix(24)))
        var start = 24
        for packet in talk.packets {
            let end = start + 16 + packet.frame.count
            watched.take(sessions.take(file[start..<end]))
            start = end
            counts.append(watched.told[1]?.events.count ?? 0)
        }
        #expect(start == file.count)
        // SYN, SYN and ACK, ACK; with the greeting it is known to be mail.
        #expect(Array(counts.prefix(5)) == [0, 0, 0, 3, 4])
        #expect(watched.told[1]?.isOver == true)
        #expect(watched.told[1]?.octets(.client) == talk.recording?.octets(.client))
    }

    @Test func `many at a time are told apart, and what is no mail is not told`() {
        var packets: [Packets.Stored] = []
        for port in 0..<50 {
            packets += Talk.mail(Talk(clientPort: 40_000 + port)).packets
            var web = Talk(clientPort: 50_000 + port, serverPort: 80)
            web.open()
            web.say(.client, "GET / HTTP/1.1\r\n\r\n")
            web.say(.server, "HTTP/1.1 200 OK\r\n\r\nEHLO a\r\n250 ESMTP\r\n")
            packets += web.packets
        }
        packets.sort { $0.time < $1.time }
        let told = Self.watch(Packets.pcap(packets), most: 500)
        #expect(told.count == 50)
        #expect(Set(told.map { $0.header.ends?.client }).count == 50)
        let expected = Talk.mail().recording
        #expect(told.allSatisfy { $0.octets(.client) == expected?.octets(.client) })
    }

    @Test(arguments: 0..<40 as Range<UInt64>) func `segments that change places change nothing`(seed: UInt64) {
        var talk = Talk.mail(pieces: 4)
        var dice = Dice(seed)
        talk.change { packets in
            // The first ones show what the connection is, and the last ones that it is over.
            for at in 4..<packets.count - 4 where Bool.random(using: &dice) {
                let other = min(packets.count - 4, at + Int.random(in: 1...3, using: &dice))
                (packets[at].frame, packets[other].frame) = (packets[other].frame, packets[at].frame)
            }
        }
        let told = Self.watch(Packets.pcap(talk.packets), most: 300, seed: seed)
        for side in Side.allCases { #expect(told.first?.octets(side) == Talk.mail().recording?.octets(side)) }
        #expect(told.count == 1)
    }

    @Test func `what was lost is waited for, and then the session goes on behind a gap`() throws {
        var talk = Talk()
        talk.open()
        talk.say(.server, "220 mx.receiver.example ESMTP\r\n")
        talk.lose(.client, 8)
        talk.say(.client, "MAIL FROM:<a@a.example>\r\n")
        var (sessions, watched) = (PassingSessions(), Watched())
        watched.take(sessions.take(Packets.pcap(talk.packets)))
        #expect(watched.told[1]?.octets(.client) == [])
        watched.take(sessions.pause())
        #expect(watched.told[1]?.kinds.contains { $0.contains("gap") } == true)
        #expect(watched.told[1]?.octets(.client) == Array("MAIL FROM:<a@a.example>\r\n".utf8))
    }

    @Test func `what is kept of connections is bounded, and a session that goes is told to its end`() {
        var limits = PassingSessions.Limits()
        limits.flows = 8
        var (sessions, watched) = (PassingSessions(limits: limits), Watched())
        var packets: [Packets.Stored] = []
        for port in 0..<100 {
            var talk = Talk(clientPort: 40_000 + port)
            talk.time += Double(port)
            talk.open()
            talk.say(.server, "220 mx.receiver.example ESMTP\r\n")
            packets += talk.packets
        }
        watched.take(sessions.take(Packets.pcap(packets)))
        #expect(watched.told.count == 100)
        #expect(watched.told.values.count { !$0.isOver } <= 8)
    }

    @Test func `what is no capture is said to be none, once enough came to know`() {
        var sessions = PassingSessions()
        _ = sessions.take(Array("220 mx ".utf8))
        #expect(!sessions.isForeign)
        _ = sessions.take(Array("ESMTP and so on and on\r\n".utf8))
        #expect(sessions.isForeign)
        var short = PassingSessions()
        _ = short.take(Array("220".utf8))
        _ = short.finish()
        #expect(short.isForeign)
    }

    @Test func `a capture that breaks off says so`() {
        var sessions = PassingSessions()
        _ = sessions.take(Packets.pcap(Talk.mail().packets).dropLast(5))
        #expect(sessions.warnings == [])
        _ = sessions.finish()
        #expect(sessions.warnings.contains { $0.contains("breaks off inside packet") })
    }
}
