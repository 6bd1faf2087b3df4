/// Reads the octets of a DNS message totally: it gives what is sound, where each octet belongs, and what departs.
///
/// Does not judge whether an answer belongs to a question, whether it is believable, or what it means for mail.
public enum MessageReader {
    /// Takes linear time: pointers may only point backwards, so that no name can loop.
    public static func read(_ octets: some Sequence<UInt8>) -> MessageReading {
        var scan = MessageScan(octets: Array(octets))
        scan.readMessage()
        return scan.reading
    }
}

/// Where the reader is in the octets, and what it has found so far.
struct MessageScan {
    let octets: [UInt8]
    var at = 0
    /// Reading stops before this octet: the end of the message or, within a record's data, the end of the data.
    var limit: Int
    var place: MessageReading.Place?
    var reading = MessageReading()

    /// Why reading cannot go on at this place.
    enum ScanError: Error {
        /// There are too few octets before `limit`; no departure has been noted yet.
        case short
        /// It is unknown where the next entry begins; the departure has been noted.
        case lost
    }

    init(octets: [UInt8]) {
        self.octets = octets
        limit = octets.count
    }

    mutating func readMessage() {
        do throws(ScanError) {
            let counts = try header()
            for (section, announced) in zip(MessageReading.Section.allCases, counts) {
                try entries(section, announced: announced)
            }
            place = nil
            if at < octets.count { reading.departures.append(.trailingOctets(at: at, count: octets.count - at)) }
            take(.trailing, octets.count - at)
        } catch {
            if error == .short { reading.departures.append(.truncated(at: octets.count)) }
            take(.unread, octets.count - at)
        }
    }

    private mutating func header() throws(ScanError) -> [Int] {
        reading.message.id = try u16(.id)
        let word = try u16(.flags)
        reading.message.flags = Message.Flags(rawValue: word & Message.Flags.mask)
        reading.message.opcode = Opcode(rawValue: UInt8(word >> 11 & 0xF))
        reading.message.responseCode = ResponseCode(rawValue: word & 0xF)
        if reading.message.flags.contains(.reserved) { reading.departures.append(.reservedBit) }
        return [
            Int(try u16(.questionCount)), Int(try u16(.answerCount)), Int(try u16(.authorityCount)),
            Int(try u16(.additionalCount)),
        ]
    }

    private mutating func entries(_ section: MessageReading.Section, announced: Int) throws(ScanError) {
        for index in 0..<announced {
            place = MessageReading.Place(section: section, index: index)
            guard at < octets.count else {
                reading.departures.append(.countLies(section, announced: announced, found: index))
                return
            }
            let start = at
            let (question, record) = section == .question ? (try self.question(), nil) : (nil, try self.record())
            if let place {
                reading.entries.append(
                    MessageReading.Entry(place: place, range: start..<at, record: record, question: question)
                )
            }
            if let question { reading.message.questions.append(question) }
            if let record { keep(record, in: section) }
        }
    }

    private mutating func keep(_ record: ResourceRecord, in section: MessageReading.Section) {
        switch section {
        case .question: break
        case .answer: reading.message.answers.append(record)
        case .authority: reading.message.authorities.append(record)
        case .additional: reading.message.additionals.append(record)
        }
    }

    /// Nil when the name is unreadable but its end is known, so that reading goes on behind it.
    private mutating func question() throws(ScanError) -> Question? {
        let name = try self.name(.questionName)
        let type = RecordType(rawValue: try u16(.questionType))
        let `class` = RecordClass(rawValue: try u16(.questionClass))
        return name.map { Question(name: $0, type: type, class: `class`) }
    }

    private mutating func record() throws(ScanError) -> ResourceRecord? {
        let owner = try name(.owner)
        let type = RecordType(rawValue: try u16(.type))
        let isOPT = type == .opt
        let `class` = RecordClass(rawValue: try u16(isOPT ? .udpPayloadSize : .class))
        let ttl = isOPT ? try extendedTTL() : try u32(.ttl)
        let lengthAt = at
        let length = Int(try u16(.dataLength))
        guard at + length <= octets.count else { throw .short }
        let data = self.data(of: type, length: length, lengthAt: lengthAt)
        return owner.map { ResourceRecord(owner: $0, class: `class`, ttl: ttl, data: data) }
    }

    private mutating func extendedTTL() throws(ScanError) -> UInt32 {
        let code = UInt32(try u8(.extendedResponseCode))
        let version = UInt32(try u8(.ednsVersion))
        return code << 24 | version << 16 | UInt32(try u16(.ednsFlags))
    }
}

/// The smallest fields; each adds its octets to the layout.
extension MessageScan {
    /// Adds `count` octets to the layout as one field; the only place where the position moves.
    mutating func take(_ kind: MessageReading.Kind, _ count: Int) {
        guard count > 0 else { return }
        reading.layout.append(MessageReading.Field(kind: kind, range: at..<at + count, place: place))
        at += count
    }

    mutating func octets(_ kind: MessageReading.Kind, _ count: Int) throws(ScanError) -> ArraySlice<UInt8> {
        guard at + count <= limit else { throw .short }
        take(kind, count)
        return octets[at - count..<at]
    }

    private mutating func number(_ kind: MessageReading.Kind, _ count: Int) throws(ScanError) -> UInt32 {
        try octets(kind, count).reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func u8(_ kind: MessageReading.Kind) throws(ScanError) -> UInt8 { UInt8(try number(kind, 1)) }
    mutating func u16(_ kind: MessageReading.Kind) throws(ScanError) -> UInt16 { UInt16(try number(kind, 2)) }
    mutating func u32(_ kind: MessageReading.Kind) throws(ScanError) -> UInt32 { try number(kind, 4) }
}
