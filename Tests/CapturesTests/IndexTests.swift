import Testing

@testable import Captures

/// How many connections are kept in mind, which go when there are more, and what is said of it.
@Suite struct IndexTests {
    private enum Kind: CaseIterable { case mail, greeting, call, other, talk }

    private static let limits = CaptureIndex.Limits(flows: 64)

    /// Connections one after another, each from an address of its own.
    private func connections(_ count: Int, from first: Int = 0, _ kind: (Int) -> Kind) -> [Packets.Stored] {
        (first..<first + count).flatMap { number -> [Packets.Stored] in
            let kind = kind(number)
            var talk = Talk(serverPort: kind == .other || kind == .talk ? 8000 : 25)
            let address: [UInt8] = [10, 0, UInt8(number >> 8 & 255), UInt8(number & 255)]
            talk.wrap = { segment, isFromClient in
                isFromClient
                    ? Packets.ipv4(segment, from: address)
                    : Packets.ipv4(segment, from: [192, 0, 2, 25], to: address)
            }
            switch kind {
            case .call: talk.segment(.client, at: -1, [], flags: 2)
            case .mail:
                talk.open()
                talk.say(.server, "220 mx ESMTP\r\n")
                talk.say(.client, "EHLO a.example\r\n")
            case .greeting:
                talk.open()
                talk.say(.server, "220 mx\r\n")
            case .other:
                talk.open()
                talk.say(.client, "GET / HTTP/1.1\r\n")
            case .talk:
                talk.open()
                talk.say(.client, "hello\r\n")
            }
            return talk.packets
        }
    }

    /// The packets as they stand, one a millisecond.
    private func index(_ packets: [Packets.Stored]) throws -> CaptureIndex {
        var packets = packets
        for number in packets.indices { packets[number].time = 1_700_000_000 + Double(number) / 1000 }
        return try #require(CaptureIndex(CaptureOctets(Packets.pcap(packets)), limits: Self.limits))
    }

    @Test(arguments: [64, 65, 1000]) func `as many as there is room for are shown, and what is not is said`(count: Int)
        throws
    {
        let index = try index(connections(count) { _ in .mail })
        #expect(index.candidates.count == 64)
        let said = count > 64 ? ["there are more than 64 connections; some later ones are not shown"] : []
        #expect(index.warnings.all == said)
    }

    /// Room is made by looking at every connection, so never more often than after an eighth of them: what it takes in all is
    /// in proportion to the connections that come.
    @Test(arguments: Kind.allCases) private func `room is made seldom enough`(kind: Kind) throws {
        let count = 4000
        let index = try index(connections(count) { _ in kind })
        #expect(index.clearings > 0)
        #expect(index.clearings <= count / Self.limits.recent)
    }

    @Test(arguments: [.call, .other, .talk] as [Kind])
    private func `what is no mail does not crowd out mail`(kind: Kind) throws {
        // Every twenty-fifth is mail, and what was opened stays until it has spoken.
        let index = try index(connections(1000) { $0 % 25 == 24 ? .mail : kind })
        #expect(index.candidates.count { $0.kind == .smtp } == 40)
        let isSaid = index.warnings.all.contains {
            $0 == "there are more than 64 connections; what did not begin as mail does is not shown"
        }
        #expect(isSaid == (kind == .talk))
    }

    @Test func `sessions that have only been greeted stay as long as there is room`() throws {
        let index = try index(connections(60) { _ in .greeting } + connections(1000, from: 60) { _ in .talk })
        #expect(index.candidates.count { $0.greetsAsMail } == 60)
    }

    @Test func `what has just been opened stays when room is made`() throws {
        let mail = connections(1, from: 63) { _ in .mail }
        let index = try index(
            connections(63) { _ in .call } + mail.prefix(3) + connections(4, from: 64) { _ in .call }
                + mail.dropFirst(3)
        )
        #expect(index.clearings == 1)
        let mails = index.candidates.filter { $0.kind == .smtp }
        #expect(mails.count == 1)
        #expect(mails.first?.initiator != nil)
    }

    @Test func `one that was turned away does not come back in its middle`() throws {
        let late = connections(1, from: 64) { _ in .mail }
        let others = connections(10, from: 65) { _ in .mail }
        let index = try index(connections(64) { _ in .mail } + late.prefix(3) + others + late.dropFirst(3))
        #expect(index.candidates.count == 64)
        #expect(index.candidates.allSatisfy { $0.initiator != nil })
    }
}
