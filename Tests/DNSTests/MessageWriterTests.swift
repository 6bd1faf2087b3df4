import DNS
import Testing

struct MessageWriterTests {
    @Test func `what is read is written again octet by octet`() throws {
        #expect(try MessageWriter.octets(of: MessageReader.read(Sample.mxAnswer).message) == Sample.mxAnswer)
    }

    @Test func `a query is what RFC 1035 says`() throws {
        let query = Message.query(id: 0x0102, name("a.example"), .mx)
        #expect(
            try MessageWriter.octets(of: query)
                == octets("0102 0100 0001 0000 0000 0000 01 61 07 6578616D706C65 00 000F 0001")
        )
        let plain = Message.query(id: 1, name("a"), .aaaa, recursionDesired: false, udpPayloadSize: 1232)
        #expect(
            try MessageWriter.octets(of: plain)
                == octets("0001 0000 0001 0000 0000 0001 01 61 00 001C 0001 00 0029 04D0 00000000 0000")
        )
    }

    @Test func `names in another case are not pointed to`() throws {
        var message = Message.query(id: 1, name("Receiver.Example"), .mx)
        message.answers = [mx(1, "mx.receiver.example")]
        #expect(
            MessageReader.read(try MessageWriter.octets(of: message)).message.answers[0].owner.description
                == "receiver.example"
        )
    }

    /// The last octet that 14 bits can name is 16383: a name that begins there is pointed to, one further it is not.
    @Test(arguments: [(16383, 2), (16384, 11)])
    func `the furthest name that is pointed to`(start: Int, octets: Int) throws {
        let padding = ResourceRecord(
            owner: .root,
            ttl: 0,
            data: .other(RecordType(rawValue: 65280), Array(repeating: 0, count: start - 12 - 11))
        )
        let record = ResourceRecord(owner: name("a.example"), ttl: 0, data: .a(IPv4Address(127, 0, 0, 1)))
        let written = try MessageWriter.octets(of: Message(id: 1, answers: [padding, record, record]))
        #expect(written.count == start + (11 + 14) + (octets + 14))
        #expect(MessageReader.read(written).message.answers == [padding, record, record])
    }

    /// A pointer has 14 bits; names further on are written out.
    @Test func `nothing points beyond octet 16383`() throws {
        let owner = { (number: Int) in "host\(number).long-label-\(number).example" }
        var message = Message(id: 1)
        // Each exchange is the next record's owner, so that there is something to point to all the way.
        message.answers = (0..<800).map { mx(UInt16($0), owner($0 + 1), of: owner($0)) }
        let written = try MessageWriter.octets(of: message)
        #expect(written.count > 0x4000)
        let reading = MessageReader.read(written)
        #expect(reading.departures == [])
        #expect(reading.message == message)
    }

    @Test(
        arguments: [
            (Message(id: 0, opcode: Opcode(rawValue: 16)), .codeOutOfRange),
            (Message(id: 0, responseCode: .badVersion), .codeOutOfRange),  // its upper bits belong into OPT
            (Message(id: 0, answers: [EDNS(udpPayloadSize: 512).record]), .misplacedOPT),
            (
                Message(id: 0, additionals: [EDNS(udpPayloadSize: 512).record, EDNS(udpPayloadSize: 512).record]),
                .misplacedOPT
            ),
            (
                Message(id: 0, additionals: [ResourceRecord(owner: name("a"), ttl: 0, data: .opt([]))]), .misplacedOPT
            ),
            (Message(id: 0, answers: [ResourceRecord(owner: .root, ttl: 0, data: .txt([]))]), .noString),
            (
                Message(
                    id: 0,
                    answers: [ResourceRecord(owner: .root, ttl: 0, data: .txt([Array(repeating: 0, count: 256)]))]
                ),
                .stringTooLong(octets: 256)
            ),
            (
                Message(
                    id: 0,
                    answers: [
                        ResourceRecord(owner: .root, ttl: 0, data: .other(.ptr, Array(repeating: 0, count: 65536)))
                    ]
                ),
                .dataTooLong(.ptr, octets: 65536)
            ),
            (
                Message(
                    id: 0,
                    answers: [
                        ResourceRecord(owner: .root, ttl: 0, data: .other(.ptr, Array(repeating: 0, count: 65535)))
                    ]
                ),
                .messageTooLong(octets: 65558)
            ),
            (
                Message(id: 0, questions: Array(repeating: Question(name: .root, type: .a), count: 65536)),
                .tooManyEntries(.question, count: 65536)
            ),
        ] as [(Message, MessageWritingError)]
    )
    func `what cannot go over the wire is refused`(message: Message, error: MessageWritingError) {
        #expect(throws: error) { try MessageWriter.octets(of: message) }
        #expect(!error.description.isEmpty)
    }

    @Test func `the extended response code is in two places`() {
        let message = Message(
            id: 0,
            responseCode: .noError,
            additionals: [EDNS(udpPayloadSize: 512, extendedResponseCode: 1).record]
        )
        #expect(message.extendedResponseCode == .badVersion)
        #expect(message.responseCode == .noError)
    }
}

struct TruncationTests {
    static let five = Message(
        id: 7,
        flags: .response,
        questions: [Question(name: name("receiver.example"), type: .mx)],
        answers: (0..<5).map { mx($0, "mx\($0).receiver.example") },
        authorities: [ResourceRecord(owner: name("receiver.example"), ttl: 1, data: .ns(name("ns.receiver.example")))],
        additionals: (0..<5).map {
            ResourceRecord(owner: name("mx\($0).receiver.example"), ttl: 1, data: .a(IPv4Address(127, 0, 0, $0)))
        } + [EDNS(udpPayloadSize: 1232).record]
    )

    @Test func `a message that fits is not touched`() throws {
        let count = try MessageWriter.octets(of: Self.five).count
        #expect(try MessageWriter.truncated(Self.five, to: count) == Self.five)
        #expect(try MessageWriter.truncated(Self.five, to: count - 1) != Self.five)
    }

    /// Whatever the limit: it is kept, and nothing more is left out than must be.
    @Test func `each limit is kept and used`() throws {
        let whole = try MessageWriter.octets(of: Self.five).count
        let least = 34 + 11
        for limit in least...whole {
            let cut = try MessageWriter.truncated(Self.five, to: limit)
            let count = try MessageWriter.octets(of: cut).count
            #expect(count <= limit)
            #expect(count + 20 > limit)  // the next record would need 16 or 20 octets
            #expect(cut.edns == Self.five.edns)
            let complete = cut.answers == Self.five.answers && cut.authorities == Self.five.authorities
            #expect(cut.flags.contains(.truncated) == !complete)
            if !complete { #expect(cut.additionals.count == 1) }
            if cut.answers != Self.five.answers { #expect(cut.authorities == []) }
        }
    }

    @Test func `a limit too small for the question still gives a message`() throws {
        let cut = try MessageWriter.truncated(Self.five, to: 0)
        #expect(cut.answers == [] && cut.authorities == [])
        #expect(cut.flags.contains(.truncated))
        #expect(cut.questions == Self.five.questions)
    }

    @Test func `500 exchangers are read, sorted, and cut for UDP`() throws {
        var message = Message.query(id: 1, name("receiver.example"), .mx)
        message.answers = (0..<500).map { mx(UInt16(499 - $0), "mx\($0).receiver.example") }
        let written = try MessageWriter.octets(of: message)
        #expect(MessageReader.read(written).message == message)
        var generator = SplitMix64(seed: 1)
        let choice = ExchangerChoice(for: name("receiver.example"), answer: message, using: &generator)
        #expect(choice.candidates.map(\.preference) == Array(0..<500))
        let cut = try MessageWriter.octets(of: MessageWriter.truncated(message, to: MessageWriter.maxUDPOctets))
        #expect((490...512).contains(cut.count))
    }
}
