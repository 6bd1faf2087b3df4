import DNS

/// The DNS messages of a capture that ask for exchangers and addresses, or answer (RFC 1035 §4.1).
struct LookupIndex {
    /// One message: what it asks, and where it stands.
    struct Message {
        var time: Int64
        var place: Int
        var isApart = false
        var length: Int
        var asker: Endpoint
        var server: Endpoint
        var id: UInt16
        /// 15 is MX, 1 is A, 28 is AAAA.
        var type: UInt16
        var isAnswer: Bool
        /// Where it was captured.
        var path: UInt16 = 0
        /// Made of the name asked for, letters without case.
        var nameHash: UInt64
    }

    /// A header, the root's name, a type and a class.
    static let shortest = 17
    static let maxMessages = 1 << 17
    private static let typesRead: Set<Int> = [1, 15, 28]

    private(set) var messages: [Message] = []
    private(set) var isFull = false

    /// How many of the latest messages are looked at for one that was captured in another place too.
    private static let maxTwins = 8

    mutating func append(_ message: Message) {
        guard !messages.suffix(Self.maxTwins).contains(where: message.isTwin) else { return }
        if messages.count < Self.maxMessages { messages.append(message) } else { isFull = true }
    }

    /// FNV-1a over the name as the wire has it, in lower case.
    static func hash(_ name: Name) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for label in name.labels {
            for octet in [UInt8(label.count)] + label { hash = step(hash, octet) }
        }
        return hash
    }

    fileprivate static func step(_ hash: UInt64, _ octet: UInt8) -> UInt64 {
        (hash ^ UInt64((65...90).contains(octet) ? octet | 0x20 : octet)) &* 0x100_0000_01B3
    }
}

extension LookupIndex.Message {
    /// Whether both are the same packet, captured in two places.
    fileprivate func isTwin(_ other: LookupIndex.Message) -> Bool {
        id == other.id && nameHash == other.nameHash && isAnswer == other.isAnswer && type == other.type
            && asker == other.asker && server == other.server && length == other.length && path != other.path
    }

    /// The octets of UDP's header: two ports, a length and a checksum (RFC 768).
    static let headerLength = 8

    /// The message that a datagram of UDP carries, its place not told yet.
    init?(_ datagram: Datagram, at time: Int64) {
        let header = datagram.content
        guard header.count >= Self.headerLength + LookupIndex.shortest else { return nil }
        let source = Endpoint(address: datagram.source, port: UInt16(header.number16(0)))
        let destination = Endpoint(address: datagram.destination, port: UInt16(header.number16(2)))
        self.init(header.dropping(Self.headerLength), from: source, to: destination, at: time)
        path = datagram.path
    }

    /// Nil for what is no DNS message with one question that matters here, whatever the port.
    init?(_ content: Window, from source: Endpoint, to destination: Endpoint, at time: Int64) {
        guard content.count >= LookupIndex.shortest, content.number16(4) == 1 else { return nil }
        // A standard query (opcode 0) whose reserved bit is clear.
        guard content[2] & 0x78 == 0, content[3] & 0x40 == 0 else { return nil }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var position = 12
        while position < content.count, content[position] != 0 {
            let length = Int(content[position])
            guard length <= 63, position + length + 1 < content.count, position < 12 + 255 else { return nil }
            for at in position...position + length { hash = LookupIndex.step(hash, content[at]) }
            position += length + 1
        }
        guard position + 5 <= content.count, content.number16(position + 3) == 1 else { return nil }
        let type = content.number16(position + 1)
        guard LookupIndex.typesRead.contains(type) else { return nil }
        let isAnswer = content[2] & 0x80 != 0
        self.init(
            time: time,
            place: content.place,
            length: content.count,
            asker: isAnswer ? destination : source,
            server: isAnswer ? source : destination,
            id: UInt16(content.number16(0)),
            type: UInt16(type),
            isAnswer: isAnswer,
            nameHash: hash
        )
    }
}
