/// Why a message cannot be written.
public enum MessageWritingError: Error, Hashable, CustomStringConvertible {
    case messageTooLong(octets: Int)
    case tooManyEntries(MessageReading.Section, count: Int)
    case dataTooLong(RecordType, octets: Int)
    case stringTooLong(octets: Int), noString
    case codeOutOfRange
    /// OPT stands once, in the additional section, owned by the root (RFC 6891 §6.1.1).
    case misplacedOPT

    public var description: String {
        switch self {
        case .messageTooLong(let octets): "the message has \(octets) octets, DNS carries \(MessageWriter.maxOctets)"
        case .tooManyEntries(let section, let count):
            "the \(section.rawValue) section has \(count) entries, a count goes to 65535"
        case .dataTooLong(let type, let octets):
            "the data of a \(type) record has \(octets) octets, its length goes to 65535"
        case .stringTooLong(let octets): "a string of a TXT record has \(octets) octets, its length goes to 255"
        case .noString: "a TXT record needs at least one string, be it empty"
        case .codeOutOfRange: "opcode and response code go from 0 to 15 in the header"
        case .misplacedOPT: "an OPT record stands once, in the additional section, and its owner is the root"
        }
    }
}

/// Writes messages strictly, with name compression (RFC 1035 §4.1.4).
public enum MessageWriter {
    /// The longest message: over TCP its length goes in two octets (RFC 1035 §4.2.2).
    public static let maxOctets = 65535
    /// The longest message over UDP when the asker sent no OPT record (RFC 1035 §4.2.1).
    public static let maxUDPOctets = 512

    public static func octets(of message: Message) throws(MessageWritingError) -> [UInt8] {
        var sheet = Sheet()
        try sheet.write(message)
        guard sheet.octets.count <= maxOctets else { throw .messageTooLong(octets: sheet.octets.count) }
        return sheet.octets
    }

    /// The message with as much as `limit` octets hold.
    ///
    /// Additional records go first and silently, since the answer is complete without them; only when answers or
    /// authorities must go is TC set (RFC 2181 §9). OPT stays. The header, the questions and OPT stay even where
    /// `limit` is too small for them.
    public static func truncated(_ message: Message, to limit: Int) throws(MessageWritingError) -> Message {
        let isOPT = { (record: ResourceRecord) in record.type == .opt }
        var whole = message
        whole.additionals = message.additionals.filter { !isOPT($0) }
        let opt = message.additionals.filter(isOPT)
        var sheet = Sheet()
        try sheet.write(whole)
        // Pointers only point back, so a record ends at the same octet whether or not others follow it.
        var room = limit
        for record in opt { room -= try wireCount(record) }
        let fitting = sheet.recordEnds.prefix { $0 <= room }.count
        let required = message.answers.count + message.authorities.count
        whole.additionals = Array(whole.additionals.prefix(max(0, fitting - required))) + opt
        guard fitting < required else { return whole }
        whole.flags.insert(.truncated)
        whole.authorities = Array(message.authorities.prefix(max(0, fitting - message.answers.count)))
        whole.answers = Array(message.answers.prefix(fitting))
        return whole
    }

    /// The data of a record in canonical form: every name whole and in lower case (RFC 4034 §6.2).
    static func canonicalData(of record: ResourceRecord) throws(MessageWritingError) -> [UInt8] {
        var sheet = Sheet()
        sheet.isCanonical = true
        try sheet.write(record.data)
        return sheet.octets
    }

    private static func wireCount(_ record: ResourceRecord) throws(MessageWritingError) -> Int {
        var sheet = Sheet()
        try sheet.write(record)
        return sheet.octets.count
    }
}

/// The octets written so far and where in them each name can be pointed to.
private struct Sheet {
    /// Whether names are written whole and in lower case.
    var isCanonical = false
    var octets: [UInt8] = []
    /// Where each record ends, in the order of the wire.
    var recordEnds: [Int] = []
    /// By exact case: a pointer to a name in another case would change the case of what is written.
    private var offsets: [Suffix: Int] = [:]

    mutating func write(_ message: Message) throws(MessageWritingError) {
        guard message.opcode.rawValue < 16, message.responseCode.rawValue < 16 else { throw .codeOutOfRange }
        let opts = message.additionals.filter { $0.type == .opt }
        guard opts.count <= 1, opts.allSatisfy(\.owner.isRoot),
            !(message.answers + message.authorities).contains(where: { $0.type == .opt })
        else { throw .misplacedOPT }
        u16(message.id)
        u16(
            message.flags.rawValue & Message.Flags.mask | UInt16(message.opcode.rawValue) << 11
                | message.responseCode.rawValue
        )
        let counts = [
            message.questions.count, message.answers.count, message.authorities.count, message.additionals.count,
        ]
        for (section, count) in zip(MessageReading.Section.allCases, counts) {
            guard let count = UInt16(exactly: count) else { throw .tooManyEntries(section, count: count) }
            u16(count)
        }
        for question in message.questions {
            write(question.name)
            u16(question.type.rawValue)
            u16(question.class.rawValue)
        }
        for record in message.answers + message.authorities + message.additionals { try write(record) }
    }

    mutating func write(_ record: ResourceRecord) throws(MessageWritingError) {
        write(record.owner)
        u16(record.type.rawValue)
        u16(record.class.rawValue)
        u32(record.ttl)
        let lengthAt = octets.count
        u16(0)
        try write(record.data)
        let count = octets.count - lengthAt - 2
        guard let length = UInt16(exactly: count) else { throw .dataTooLong(record.type, octets: count) }
        octets[lengthAt] = UInt8(length >> 8)
        octets[lengthAt + 1] = UInt8(length & 0xFF)
        recordEnds.append(octets.count)
    }

    mutating func write(_ data: ResourceRecord.Data) throws(MessageWritingError) {
        switch data {
        case .a(let address): octets += address.octets
        case .aaaa(let address): octets += address.octets
        case .mx(let preference, let exchange):
            u16(preference)
            write(exchange)
        case .cname(let name), .ns(let name), .ptr(let name): write(name)
        case .soa(let soa):
            write(soa.primaryServer)
            write(soa.responsibleMailbox)
            for number in [soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum] { u32(number) }
        case .txt(let strings):
            guard !strings.isEmpty else { throw .noString }
            for string in strings {
                guard let count = UInt8(exactly: string.count) else { throw .stringTooLong(octets: string.count) }
                octets += [count] + string
            }
        case .tlsa(let tlsa):
            octets += [tlsa.certificateUsage, tlsa.selector, tlsa.matchingType] + tlsa.associationData
        case .opt(let options):
            for option in options {
                guard let count = UInt16(exactly: option.octets.count) else {
                    throw .dataTooLong(.opt, octets: option.octets.count)
                }
                u16(option.code)
                u16(count)
                octets += option.octets
            }
        case .other(_, let data): octets += data
        }
    }

    /// Writes labels up to the first suffix that stands in the message already, then a pointer to it.
    private mutating func write(_ name: Name) {
        guard !isCanonical else { return octets += name.canonicalOctets }
        let wire = name.labels.flatMap { [UInt8($0.count)] + $0 }
        var at = 0
        while at < wire.count {
            let suffix = Suffix(octets: Array(wire[at...]))
            if let offset = offsets[suffix] { return u16(0xC000 | UInt16(offset)) }
            // A pointer has 14 bits, so it cannot reach a name that stands further on.
            if octets.count < 0x4000 { offsets[suffix] = octets.count }
            let end = at + 1 + Int(wire[at])
            octets += wire[at..<end]
            at = end
        }
        octets.append(0)
    }

    /// The labels of a name from one of them on, in wire form; hashed as a whole, which is several times quicker.
    private struct Suffix: Hashable {
        let octets: [UInt8]
        func hash(into hasher: inout Hasher) { octets.withUnsafeBytes { hasher.combine(bytes: $0) } }
    }

    private mutating func u16(_ number: UInt16) { octets += [UInt8(number >> 8), UInt8(number & 0xFF)] }
    private mutating func u32(_ number: UInt32) {
        u16(UInt16(number >> 16))
        u16(UInt16(number & 0xFFFF))
    }
}
