import DNS
import Testing

struct MessageReaderTests {
    @Test func `an answer written out by hand is read`() {
        let reading = MessageReader.read(Sample.mxAnswer)
        #expect(reading.departures == [])
        #expect(
            reading.message
                == Message(
                    id: 0x1A2B,
                    flags: [.response, .authoritativeAnswer, .recursionDesired, .recursionAvailable],
                    questions: [Question(name: name("receiver.example"), type: .mx)],
                    answers: [mx(5, "mx1.receiver.example"), mx(10, "mx2.receiver.example")],
                    additionals: [
                        ResourceRecord(
                            owner: name("mx1.receiver.example"),
                            ttl: 60,
                            data: .a(IPv4Address(127, 0, 0, 1))
                        )
                    ]
                )
        )
    }

    @Test func `every octet of that answer is named`() {
        let reading = MessageReader.read(Sample.mxAnswer)
        #expect(tiles(reading, 90))
        let header: [MessageReading.Kind] = [
            .id, .flags, .questionCount, .answerCount, .authorityCount, .additionalCount,
        ]
        let exchanger: [MessageReading.Kind] = [.owner, .type, .class, .ttl, .dataLength, .preference, .exchange]
        let address: [MessageReading.Kind] = [.owner, .type, .class, .ttl, .dataLength, .address]
        #expect(
            reading.layout.map(\.kind)
                == header + [.questionName, .questionType, .questionClass] + exchanger + exchanger + address
        )
        let second = reading.layout.filter { $0.place == .init(section: .answer, index: 1) }
        #expect(second.map(\.range) == [54..<56, 56..<58, 58..<60, 60..<64, 64..<66, 66..<68, 68..<74])
        #expect(reading.layout[0].place == nil)
        #expect(reading.entries.map(\.range) == [12..<34, 34..<54, 54..<74, 74..<90])
        #expect(reading.entries[2].record == mx(10, "mx2.receiver.example"))
        #expect(reading.entries[0].question == Question(name: name("receiver.example"), type: .mx))
        #expect(reading.entries.map(\.place.section) == [.question, .answer, .answer, .additional])
    }

    /// The bits of the second word, one at a time, each where RFC 1035 §4.1.1 and RFC 4035 §3 put it.
    @Test(
        arguments: [
            (0x8000, .response), (0x0400, .authoritativeAnswer), (0x0200, .truncated), (0x0100, .recursionDesired),
            (0x0080, .recursionAvailable), (0x0020, .authenticData), (0x0010, .checkingDisabled),
        ] as [(UInt16, Message.Flags)]
    )
    func `a flag stands at its bit`(word: UInt16, flag: Message.Flags) {
        let message = MessageReader.read([0, 0, UInt8(word >> 8), UInt8(word & 0xFF)] + Array(repeating: 0, count: 8))
            .message
        #expect(message.flags == flag)
        #expect(message.opcode == .query && message.responseCode == .noError)
    }

    @Test func `opcode and response code stand between the flags`() {
        let reading = MessageReader.read(octets("0000 7845 0000 0000 0000 0000"))
        #expect(reading.message.opcode == Opcode(rawValue: 15))
        #expect(reading.message.responseCode == .refused)
        #expect(reading.message.flags == .reserved)
        #expect(reading.departures == [.reservedBit])
    }

    @Test func `data of every known type is read and written the same`() throws {
        let written = try MessageWriter.octets(of: Sample.everyType)
        let reading = MessageReader.read(written)
        #expect(reading.departures == [])
        #expect(reading.message == Sample.everyType)
        #expect(tiles(reading, written.count))
        let faults: Set<MessageReading.Kind> = [.excess, .unread, .trailing]
        #expect(Set(reading.layout.map(\.kind)) == Set(MessageReading.Kind.allCases).subtracting(faults))
        #expect(reading.message.edns == EDNS(Sample.everyType.additionals[0]))
        #expect(reading.message.edns?.udpPayloadSize == 1232)
    }

    /// An answer that breaks off must say so, and keep what came before.
    @Test func `every beginning of an answer keeps what is whole`() throws {
        let all = MessageReader.read(Sample.mxAnswer)
        for count in 0..<Sample.mxAnswer.count {
            let reading = MessageReader.read(Sample.mxAnswer.prefix(count))
            #expect(tiles(reading, count))
            let whole = all.entries.filter { $0.range.upperBound <= count }
            #expect(Array(reading.entries.prefix(whole.count)) == whole)
            #expect(reading.entries.count == whole.count)
            #expect(reading.message.answers.count == whole.filter { $0.place.section == .answer }.count)
            if Sample.boundaries.contains(count) {
                #expect(reading.departures.allSatisfy { if case .countLies = $0 { true } else { false } })
                #expect(!reading.departures.isEmpty)
            } else {
                #expect(reading.departures == [.truncated(at: count)])
            }
        }
    }

    @Test func `every beginning of a message with every type is laid out`() throws {
        let written = try MessageWriter.octets(of: Sample.everyType)
        for count in 0..<written.count {
            let reading = MessageReader.read(written.prefix(count))
            #expect(tiles(reading, count))
            #expect(!reading.departures.isEmpty)
            #expect(reading.message.answers == Array(Sample.everyType.answers.prefix(reading.message.answers.count)))
        }
    }

    @Test func `counts that lie are told apart by section`() {
        let reading = MessageReader.read(octets("0000 8000 0001 FFFF 0002 0000") + octets("01 61 00 0001 0001"))
        #expect(
            reading.departures == [
                .countLies(.answer, announced: 65535, found: 0), .countLies(.authority, announced: 2, found: 0),
            ]
        )
        #expect(reading.message.questions.count == 1)
    }

    @Test func `octets after the last record are kept apart`() {
        let reading = MessageReader.read(Sample.mxAnswer + [1, 2, 3])
        #expect(reading.departures == [.trailingOctets(at: 90, count: 3)])
        #expect(reading.layout.last == .init(kind: .trailing, range: 90..<93, place: nil))
        #expect(reading.message.answers.count == 2)
        #expect(MessageReader.read(Sample.mxAnswer + [0]).departures == [.trailingOctets(at: 90, count: 1)])
    }

    /// One octet of the sample changed at a time, to every value: whatever comes, every octet has its place.
    @Test func `no octet can be changed so that the layout breaks`() {
        for at in Sample.mxAnswer.indices {
            for value in UInt8.min...UInt8.max {
                var changed = Sample.mxAnswer
                changed[at] = value
                let reading = MessageReader.read(changed)
                if !tiles(reading, changed.count) { Issue.record("octet \(at) set to \(value)") }
                if let written = try? MessageWriter.octets(of: reading.message) {
                    let again = MessageReader.read(written)
                    if again.message != reading.message {
                        Issue.record("octet \(at) set to \(value) reads differently")
                    }
                }
            }
        }
    }

    @Test func `junk is laid out too`() {
        var generator = SplitMix64(seed: 5321)
        for _ in 0..<5000 {
            let count = Int(generator.next() % 120)
            let junk = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            // Small counts, so that the reader gets beyond the header.
            let message = junk.count < 12 ? junk : Array(junk[..<4]) + [0, 1, 0, 2, 0, 1, 0, 1] + junk[12...]
            let reading = MessageReader.read(message)
            if !tiles(reading, message.count) { Issue.record("\(message)") }
        }
    }
}

/// Record types by name.
@Suite struct RecordTypeTests {
    @Test(arguments: [
        (1, "A"), (33, "SRV"), (43, "DS"), (46, "RRSIG"), (48, "DNSKEY"), (52, "TLSA"), (257, "CAA"),
        (65280, "TYPE65280"),
    ])
    func `a type is called by its mnemonic, or by its number`(_ number: UInt16, _ name: String) {
        #expect(RecordType(rawValue: number).description == name)
    }
}
