import Captures
import Cryptography
import Foundation
import SMTP
import Testing
import Tracing

/// TLS that passes is opened as in a capture, whenever its secrets come.
@Suite struct PassingTLSTests {
    /// What was told, with a clock that the test sets.
    private final class Watched {
        private var clock = ContinuousClock.now
        private(set) var sessions = PassingSessions()
        private(set) var headers: [Int: Recording.Header] = [:]
        private(set) var events: [Int: [WireEvent]] = [:]
        private(set) var ended: [Int] = []

        init(awaitsKeys: Bool = true, _ limits: PassingSessions.Limits = .init(), mailPorts: Set<UInt16> = []) {
            sessions = PassingSessions(limits: limits, awaitsKeys: awaitsKeys, mailPorts: mailPorts) { [unowned self] in
                clock
            }
        }

        func take(_ octets: some Sequence<UInt8>) { note(sessions.take(octets)) }
        func take(_ keys: KeyLog) { note(sessions.take(keys)) }
        func finish() { note(sessions.finish()) }
        func pause(_ duration: Duration) {
            clock += duration
            note(sessions.pause())
        }

        private func note(_ news: [PassingSessions.News]) {
            for piece in news {
                switch piece {
                case .began(let number, let header): headers[number] = header
                case .happened(let number, let event): events[number, default: []].append(event)
                case .ended(let number): ended.append(number)
                }
            }
        }

        func recording(_ number: Int = 1) throws -> Recording {
            Recording(header: try #require(headers[number]), events: events[number] ?? [])
        }
        func inside(_ number: Int = 1) throws -> [String] { OpenedTLSTests.inside(try recording(number)) }
    }

    private static func kinds(_ recording: Recording) -> [String] { recording.events.map { "\($0.kind)" } }

    private static func lines(_ name: String) throws -> [KeyLog] {
        try OpenedTLSTests.octets("\(name).keys").split(separator: 10).map { KeyLog(Array($0)) }
    }

    /// When the secrets come.
    enum Moment: CaseIterable { case before, behind, meanwhile }

    @Test(.timeLimit(.minutes(1)), arguments: OpenedTLSTests.names, Moment.allCases)
    func `what passes is opened as the whole capture is`(name: String, moment: Moment) throws {
        let octets = try OpenedTLSTests.octets("\(name).pcap")
        let (watched, keys) = (Watched(), try Self.lines(name))
        if moment == .before { keys.forEach(watched.take) }
        let step = moment == .meanwhile ? octets.count / (keys.count + 1) : 700
        var late = keys[...]
        for start in stride(from: 0, to: octets.count, by: step) {
            watched.take(octets[start..<min(octets.count, start + step)])
            // A line a time, so that there are secrets of a connection and not all.
            if moment == .meanwhile, let next = late.popFirst() { watched.take(next) }
        }
        late.forEach(watched.take)
        watched.finish()
        let whole = try OpenedTLSTests.open(name)
        #expect(try Self.kinds(watched.recording()) == Self.kinds(whole))
        #expect(watched.ended == [1])
    }

    @Test(.timeLimit(.minutes(1)))
    func `a session that waits is told up to its TLS, ends when it is open, and holds up no other`() throws {
        let watched = Watched()
        watched.take(try OpenedTLSTests.octets("curl13.pcap"))
        #expect(try watched.recording().octets(.client).starts(with: Array("EHLO".utf8)))
        #expect(try watched.inside() == [])
        #expect(watched.ended == [])
        watched.take(try OpenedTLSTests.keys("opensmtpd13"))
        watched.take(try OpenedTLSTests.octets("opensmtpd13.pcap").dropFirst(24))
        #expect(watched.ended == [2])
        watched.take(try OpenedTLSTests.keys("curl13"))
        #expect(watched.ended == [2, 1])
        #expect(try watched.inside() == OpenedTLSTests.inside(try OpenedTLSTests.open("curl13")))
    }

    @Test(.timeLimit(.minutes(1))) func `secrets that do not come are waited for, for a while`() throws {
        let watched = Watched()
        watched.take(try OpenedTLSTests.octets("curl13.pcap"))
        watched.pause(.seconds(9))
        #expect(watched.ended == [])
        watched.pause(.seconds(2))
        #expect(watched.ended == [1])
        let notes = OpenedTLSTests.notes(try watched.recording())
        #expect(notes.count { $0.hasPrefix("TLS stays shut: the key log holds no key") } == 1)
        // What was said in the clear and the records are there all the same.
        let whole = try OpenedTLSTests.recording(OpenedTLSTests.octets("curl13.pcap"), OpenedTLSTests.keys("gcm12"))
        #expect(try Self.kinds(watched.recording()) == Self.kinds(whole))
        // Too late.
        watched.take(try OpenedTLSTests.keys("curl13"))
        #expect(try watched.inside() == [])
    }

    @Test(.timeLimit(.minutes(1))) func `some secrets open what they open, once no others came`() throws {
        let watched = Watched()
        let some = try Self.lines("curl13").filter { !$0.isEmpty }
        watched.take(try OpenedTLSTests.octets("curl13.pcap"))
        let traffic = try OpenedTLSTests.octets("curl13.keys").split(separator: 10).filter {
            String(decoding: $0, as: UTF8.self).contains("_TRAFFIC_SECRET_0")
        }
        #expect(traffic.count == 2 && some.count >= 4)
        for line in traffic { watched.take(KeyLog(Array(line))) }
        #expect(try watched.inside() == [])
        watched.pause(.seconds(11))
        #expect(try watched.inside() == OpenedTLSTests.inside(try OpenedTLSTests.open("curl13")))
    }

    @Test(.timeLimit(.minutes(1))) func `without secrets to come nothing waits`() throws {
        let watched = Watched(awaitsKeys: false)
        watched.take(try OpenedTLSTests.octets("curl13.pcap"))
        #expect(watched.ended == [1])
        #expect(OpenedTLSTests.notes(try watched.recording()).isEmpty)
    }

    // MARK: TLS from the first octet

    @Test(.timeLimit(.minutes(1)), arguments: [false, true])
    func `TLS from the first octet is mail on a port that somebody asked for`(hasKeys: Bool) throws {
        let octets = try OpenedTLSTests.octets("smtps13.pcap", port: 465, moved: 10_465)
        let usual = Watched(awaitsKeys: hasKeys)
        let asked = Watched(awaitsKeys: hasKeys, mailPorts: [10_465])
        for watched in [usual, asked] {
            if hasKeys { watched.take(try OpenedTLSTests.keys("smtps13")) }
            watched.take(octets)
            watched.finish()
        }
        #expect(usual.headers.isEmpty)
        #expect(asked.ended == [1])
        let whole = try OpenedTLSTests.recording(
            OpenedTLSTests.octets("smtps13.pcap"),
            hasKeys ? OpenedTLSTests.keys("smtps13") : KeyLog()
        )
        #expect(try asked.inside() == OpenedTLSTests.inside(whole))
        #expect(try Self.kinds(asked.recording()).count == Self.kinds(whole).count)
        // Of a port that was asked for, what is no TLS is judged as ever.
        let web = Watched(mailPorts: [10_465])
        web.take(try OpenedTLSTests.octets("Web/web13.pcap", port: 8443, moved: 8444))
        web.finish()
        #expect(web.headers.isEmpty)
    }

    /// A hello that offers a protocol (RFC 7301 §3.1), in a record that ends before it does, as a large one does in its first segment.
    private static func hello(_ protocols: [String]) -> [UInt8] {
        let names = protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        let list = Packets.number(names.count, 2) + names
        let extensions =
            Packets.number(10, 2) + Packets.number(2, 2) + [0, 0] + Packets.number(16, 2)
            + Packets.number(list.count, 2)
            + list + Packets.number(51, 2) + Packets.number(1200, 2) + [UInt8](repeating: 7, count: 300)
        let body =
            [3, 3] + [UInt8](repeating: 9, count: 32) + [0] + [0, 2, 0x13, 1] + [1, 0]
            + Packets.number(extensions.count + 900, 2) + extensions
        return [22, 3, 1] + Packets.number(body.count + 904, 2) + [1] + Packets.number(body.count + 900, 3) + body
    }

    @Test(arguments: [(["smtp"], 1), (["esmtp", "h2"], 1), (["h2", "http/1.1"], 0), (["imap"], 0), ([], 0)])
    func `TLS around mail is known by the protocol that its client offers`(offered: [String], count: Int) throws {
        var talk = Talk(serverPort: 4433)
        talk.open()
        talk.say(.client, Self.hello(offered))
        talk.say(.server, [21, 3, 3, 0, 2, 2, 40])
        talk.close(.server)
        let octets = Packets.pcap(talk.packets)
        let watched = Watched(awaitsKeys: false)
        watched.take(octets)
        watched.finish()
        #expect(CaptureFile(CaptureOctets(octets))?.count == count)
        #expect(watched.headers.count == count)
    }

    // MARK: What waits is bounded

    @Test(.timeLimit(.minutes(1))) func `one that is too long goes on without its keys`() throws {
        var limits = PassingSessions.Limits()
        limits.waitingOctets = 1000
        let watched = Watched(limits)
        watched.take(try OpenedTLSTests.octets("curl13.pcap"))
        #expect(watched.ended == [1])
        #expect(OpenedTLSTests.notes(try watched.recording()).contains { $0.hasPrefix("TLS stays shut") })
    }

    @Test(.timeLimit(.minutes(1))) func `where all together are too much, the one that waits longest goes on`() throws {
        let files = try ["curl13", "opensmtpd13", "retry13"].map { try OpenedTLSTests.octets("\($0).pcap") }
        var limits = PassingSessions.Limits()
        limits.allWaitingOctets = files[0].count + files[1].count
        let watched = Watched(limits)
        watched.take(files[0])
        watched.take(files[1].dropFirst(24))
        #expect(watched.ended == [])
        watched.take(files[2].dropFirst(24))
        #expect(watched.ended.first == 1 && watched.ended.count < 3)
        watched.take(try OpenedTLSTests.keys("retry13"))
        #expect(try watched.inside(3) == OpenedTLSTests.inside(try OpenedTLSTests.open("retry13")))
    }

    // MARK: Secrets in the capture

    /// The blocks of a pcapng file of a small machine.
    private static func blocks(_ file: [UInt8]) -> [[UInt8]] {
        var (rest, blocks) = (file[...], [[UInt8]]())
        while rest.count >= 12 {
            let length = rest.dropFirst(4).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            blocks.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return blocks
    }

    private static func isSecrets(_ block: [UInt8]) -> Bool { block.prefix(4) == [10, 0, 0, 0] }

    @Test(.timeLimit(.minutes(1)), arguments: [1 << 20, 999, 50])
    func `the secrets that the stream brings along open it`(most: Int) throws {
        let file = try OpenedTLSTests.octets("secrets.pcapng")
        let watched = Watched(awaitsKeys: false)
        for start in stride(from: 0, to: file.count, by: most) {
            watched.take(file[start..<min(file.count, start + most)])
        }
        #expect(watched.ended == [1])
        #expect(try watched.inside() == OpenedTLSTests.inside(try OpenedTLSTests.open("curl13")))
    }

    @Test(.timeLimit(.minutes(1))) func `they may stand behind the packets`() throws {
        let blocks = Self.blocks(try OpenedTLSTests.octets("secrets.pcapng"))
        let watched = Watched()
        for block in blocks where !Self.isSecrets(block) { watched.take(block) }
        #expect(watched.ended == [])
        for block in blocks where Self.isSecrets(block) { watched.take(block) }
        #expect(watched.ended == [1])
        #expect(try watched.inside() == OpenedTLSTests.inside(try OpenedTLSTests.open("curl13")))
    }

    @Test(.timeLimit(.minutes(1))) func `what was given counts before them`() throws {
        var file = try OpenedTLSTests.octets("secrets.pcapng")
        for line in try OpenedTLSTests.octets("curl13.keys").split(separator: 10) where line.first != UInt8(ascii: "#")
        {
            let secret = Array(line.split(separator: 32).last ?? [])
            let place = try #require(file.indices.first { file[$0...].starts(with: secret) })
            file[place] = file[place] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
        }
        let watched = Watched()
        watched.take(try OpenedTLSTests.keys("curl13"))
        watched.take(file)
        #expect(try watched.inside() == OpenedTLSTests.inside(try OpenedTLSTests.open("curl13")))
    }
}
