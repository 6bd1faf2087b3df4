import DNS
import Testing

/// A message with one question whose name is what the test is about; the name begins at octet 12.
private func question(_ nameOctets: String, _ rest: String = "000F 0001") -> MessageReading {
    MessageReader.read(octets("0000 0000 0001 0000 0000 0000") + octets(nameOctets) + octets(rest))
}

/// A message with one answer of `type` with this data; the data length stands at octet 21 and the data at 23.
private func answer(_ type: UInt16, length: UInt16? = nil, _ data: String) -> MessageReading {
    let data = octets(data)
    let length = length ?? UInt16(data.count)
    return MessageReader.read(
        octets("0000 8000 0000 0001 0000 0000 00") + [UInt8(type >> 8), UInt8(type & 0xFF)]
            + octets("0001 00000000") + [UInt8(length >> 8), UInt8(length & 0xFF)] + data
    )
}

struct MessageReaderFaultTests {
    @Test(
        arguments: [
            ("C00C", .compressionLoop(at: 12)),  // to itself
            ("01 61 C00C", .compressionLoop(at: 14)),  // to the label before it, which leads here again
            ("01 61 C00E", .compressionLoop(at: 14)),
            ("C00D", .pointerForward(at: 12, target: 13)),
            ("C011", .pointerForward(at: 12, target: 17)),  // the last octet that there is
            ("C012", .pointerOutOfRange(at: 12, target: 18)),  // one further
            ("FFFF", .pointerOutOfRange(at: 12, target: 16383)),
            ("C000", .pointerIntoHeader(at: 12, target: 0)),  // the id is no name
            ("C00B", .pointerIntoHeader(at: 12, target: 11)),
        ] as [(String, MessageReading.Departure)]
    )
    func `a pointer that leads nowhere is said, and reading goes on behind it`(
        octets: String,
        departure: MessageReading.Departure
    ) {
        let reading = question(octets)
        #expect(reading.departures == [departure])
        #expect(reading.message.questions == [])
        #expect(reading.layout.suffix(3).map(\.kind) == [.questionName, .questionType, .questionClass])
        #expect(reading.layout.last?.range.upperBound == 16 + octets.filter { $0 != " " }.count / 2)
        #expect(!departure.description.isEmpty)
    }

    /// All 16384 targets: none may hang, crash, or lose an octet.
    @Test func `all values of a pointer`() {
        var understood: [Int] = []
        for target in 0..<0x4000 {
            let pointer = [0xC0 | UInt8(target >> 8), UInt8(target & 0xFF)]
            let reading = MessageReader.read(Sample.mxAnswer[..<34] + pointer + Sample.mxAnswer[36...])
            if !tiles(reading, 90) { Issue.record("\(target)") }
            if reading.entries.count > 1, reading.entries[1].record != nil { understood.append(target) }
        }
        // The question's two labels and its root can be pointed to; the header cannot, nor anything from the pointer on.
        #expect(understood.contains(12) && understood.contains(21) && understood.contains(29))
        #expect(understood.allSatisfy { (12..<34).contains($0) })
    }

    @Test func `two names that point at each other end`() {
        // The second question points into the first, whose pointer points forward to the second.
        let reading = MessageReader.read(
            octets("0000 0000 0002 0000 0000 0000") + octets("C012 0001 0001") + octets("C00C 0001 0001")
        )
        #expect(
            reading.departures == [.pointerForward(at: 12, target: 18), .pointerForward(at: 12, target: 18)]
        )
        #expect(reading.message.questions == [])
        #expect(reading.entries.count == 2)
    }

    @Test func `a chain of many pointers back is followed`() {
        // 126 questions, each of one label and a pointer to the question before: the longest chain that a name can have.
        var message = octets("0000 0000 007F 0000 0000 0000") + octets("01 61 00 0001 0001")
        var last = 12
        for _ in 1..<127 {
            let here = message.count
            message += octets("01 61") + [0xC0 | UInt8(last >> 8), UInt8(last & 0xFF)] + octets("0001 0001")
            last = here
        }
        let reading = MessageReader.read(message)
        #expect(reading.departures == [])
        #expect(reading.message.questions.last?.name.wireCount == 255)
        // One more does not fit into a name.
        message[5] = 0x80
        let tooLong = MessageReader.read(
            message + octets("01 61") + [0xC0 | UInt8(last >> 8), UInt8(last & 0xFF)] + octets("0001 0001")
        )
        #expect(tooLong.departures == [.nameTooLong(at: message.count)])
        #expect(tooLong.message.questions.count == 127)
    }

    @Test(arguments: [("40 61", 12), ("80", 12), ("01 61 BF", 14)])
    func `a label of a reserved type ends the reading`(octets: String, at: Int) {
        let reading = question(octets)
        #expect(reading.departures == [.reservedLabelType(at: at)])
        #expect(reading.layout.last?.kind == .unread)
        #expect(reading.layout.last?.range.lowerBound == 12)
    }

    @Test func `a name of more than 255 octets is passed over`() {
        let label = "3F" + String(repeating: "61", count: 63)
        // 64 × 4 + 1 = 257 octets.
        let tooLong = question(label + label + label + label + "00")
        #expect(tooLong.departures == [.nameTooLong(at: 12)])
        #expect(tooLong.layout.last?.kind == .questionClass)
        // 64 × 3 + 63 + 1 = 256 octets.
        let oneTooLong = question(label + label + label + "3E" + String(repeating: "61", count: 62) + "00")
        #expect(oneTooLong.departures == [.nameTooLong(at: 12)])
        // 64 × 3 + 62 + 1 = 255 octets.
        let longest = question(label + label + label + "3D" + String(repeating: "61", count: 61) + "00")
        #expect(longest.departures == [])
        #expect(longest.message.questions.first?.name.wireCount == 255)
    }

    @Test func `a pointer to labels that run past the end`() {
        // The pointer leads to 0x3F, a label longer than all that follows.
        let reading = MessageReader.read(
            octets("0000 0000 0002 0000 0000 0000") + octets("01 3F 00 0001 0001") + octets("C00D 0001 0001")
        )
        #expect(reading.departures == [.nameRunsOut(at: 19)])
        #expect(reading.message.questions.count == 1)
        #expect(reading.layout.last?.kind == .questionClass)
    }

    @Test(
        arguments: [
            (15, nil, "000A", 23),  // MX: a preference and no exchange
            (15, nil, "0A", 23),  // MX of one octet
            (15, nil, "", 23),
            (15, nil, "000A 03 6D78", 23),  // the exchange breaks off at the end of the data
            (15, nil, "000A 01 61", 23),  // … or before its root
            (15, nil, "000A C0", 23),  // … or inside a pointer
            (1, nil, "7F0000", 23),  // A: three octets
            (28, nil, "7F000001", 23),  // AAAA: four octets
            (16, nil, "", 23),  // TXT without a string
            (16, nil, "05 61", 23),  // a string longer than the data
            (6, nil, "00 00 00000001", 23),  // SOA without its times
            (52, nil, "0301", 23),  // TLSA without a matching type
            (41, nil, "000A 0004 01", 23),  // an option longer than the data
        ] as [(UInt16, UInt16?, String, Int)]
    )
    func `data too short for its type is kept as octets`(type: UInt16, length: UInt16?, data: String, at: Int) {
        let reading = answer(type, length: length, data)
        #expect(reading.departures == [.dataLengthLies(at: 21, announced: octets(data).count)])
        #expect(reading.message.answers.map(\.data) == [.other(RecordType(rawValue: type), octets(data))])
        #expect(tiles(reading, at + octets(data).count))
        #expect(reading.layout.last?.kind == (data.isEmpty ? .dataLength : .data))
    }

    @Test(
        arguments: [
            (1, "7F000001 00", .a(IPv4Address(127, 0, 0, 1)), 1),
            (15, "0005 01 61 00 FFFF", .mx(preference: 5, exchange: name("a")), 2),
            (5, "00 00", .cname(.root), 1),
        ] as [(UInt16, String, ResourceRecord.Data, Int)]
    )
    func `data longer than its type needs is read, the rest is excess`(
        type: UInt16,
        data: String,
        value: ResourceRecord.Data,
        excess: Int
    ) {
        let reading = answer(type, data)
        #expect(reading.message.answers.map(\.data) == [value])
        #expect(reading.departures == [.dataLengthLies(at: 21, announced: octets(data).count)])
        #expect(reading.layout.last?.kind == .excess)
        #expect(reading.layout.last?.range.count == excess)
    }

    @Test(
        arguments: [
            (15, "0A"), (15, "000A 01 61"), (15, "000A C0"), (1, "7F0000"), (16, "05 61"), (41, "000A 0004 01"),
        ] as [(UInt16, String)]
    )
    func `data too short does not take from the record that follows`(type: UInt16, data: String) {
        let data = octets(data)
        let first = octets("00") + [0, UInt8(type)] + octets("0001 00000000") + [0, UInt8(data.count)] + data
        let second = octets("00 0001 0001 00000000 0004 7F000001")
        let reading = MessageReader.read(octets("0000 8000 0000 0002 0000 0000") + first + second)
        #expect(reading.departures == [.dataLengthLies(at: 21, announced: data.count)])
        #expect(
            reading.message.answers.map(\.data) == [
                .other(RecordType(rawValue: type), data), .a(IPv4Address(127, 0, 0, 1)),
            ]
        )
    }

    @Test func `a name in data may not reach beyond the data, though the message goes on`() {
        // The exchange has its root only in the octets after the data.
        let reading = MessageReader.read(
            octets("0000 8000 0000 0002 0000 0000") + octets("00 000F 0001 00000000 0004 0005 01 61")
                + octets("00 0001 0001 00000000 0004 7F000001")
        )
        #expect(reading.departures == [.dataLengthLies(at: 21, announced: 4)])
        #expect(reading.message.answers.map(\.type) == [.mx, .a])
        #expect(reading.message.answers.first?.data == .other(.mx, octets("0005 01 61")))
    }

    @Test func `a data length that leads out of the message`() {
        let reading = answer(1, length: 5, "7F000001")
        #expect(reading.departures == [.truncated(at: 27)])
        #expect(reading.message.answers == [])
        #expect(reading.layout.last == .init(kind: .unread, range: 23..<27, place: .init(section: .answer, index: 0)))
    }

    @Test(
        arguments: [
            ("0005 C019", .compressionLoop(at: 25)), ("0005 FFFF", .pointerOutOfRange(at: 25, target: 16383)),
            ("0005 41", .reservedLabelType(at: 25)),
        ] as [(String, MessageReading.Departure)]
    )
    func `an exchange that cannot be read leaves its record as octets`(
        data: String,
        departure: MessageReading.Departure
    ) {
        let reading = answer(15, data)
        #expect(reading.departures == [departure])
        #expect(reading.message.answers.map(\.data) == [.other(.mx, octets(data))])
        #expect(reading.layout.last?.kind == .data)
    }

    @Test func `an owner that cannot be read costs one record, not those after it`() {
        var message = Sample.mxAnswer
        message[35] = 0xFF
        let reading = MessageReader.read(message)
        #expect(reading.departures == [.pointerOutOfRange(at: 34, target: 255)])
        #expect(reading.message.answers == [mx(10, "mx2.receiver.example")])
        #expect(reading.entries.map(\.range) == [12..<34, 34..<54, 54..<74, 74..<90])
        #expect(reading.entries[1].record == nil)
    }
}
