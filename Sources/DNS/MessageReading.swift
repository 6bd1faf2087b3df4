/// What came of reading the octets of a DNS message that somebody else wrote.
public struct MessageReading: Equatable, Sendable {
    /// What could be read; records that could not are missing here, and in `entries` without a value.
    public var message = Message(id: 0)
    /// Every octet of the message, in order, end to end.
    public var layout: [Field] = []
    /// Every question and record on the wire, in order.
    public var entries: [Entry] = []
    public var departures: [Departure] = []

    /// The four lists of a message (RFC 1035 §4.1).
    public enum Section: String, Hashable, Sendable, CaseIterable { case question, answer, authority, additional }

    /// A question or record by its section and its number there, from 0, as it stands on the wire.
    public struct Place: Hashable, Sendable {
        public var section: Section
        public var index: Int

        public init(section: Section, index: Int) { (self.section, self.index) = (section, index) }
    }

    /// One question or record with the octets it takes.
    public struct Entry: Equatable, Sendable {
        public var place: Place
        /// Counted from the message's first octet.
        public var range: Range<Int>
        /// Nil for a question, and where the owner could not be read.
        public var record: ResourceRecord?
        /// Nil for a record, and where the name could not be read.
        public var question: Question?
    }

    /// A run of octets that means one thing.
    public struct Field: Equatable, Sendable {
        public var kind: Kind
        /// Counted from the message's first octet.
        public var range: Range<Int>
        /// Nil in the header and after the last record.
        public var place: Place?

        public init(kind: Kind, range: Range<Int>, place: Place? = nil) {
            self.kind = kind
            self.range = range
            self.place = place
        }
    }

    /// What a run of octets means.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        // Header, RFC 1035 §4.1.1.
        case id, flags, questionCount, answerCount, authorityCount, additionalCount
        // Question, RFC 1035 §4.1.2.
        case questionName, questionType, questionClass
        // What each record begins with, RFC 1035 §4.1.3.
        case owner, type, `class`, ttl, dataLength
        // The same octets of OPT, RFC 6891 §6.1.2.
        case udpPayloadSize, extendedResponseCode, ednsVersion, ednsFlags
        // Data by type.
        case address, preference, exchange, canonicalName, nameServer, pointedName
        case primaryServer, responsibleMailbox, serial, refresh, retry, expire, minimum
        case textLength, text
        case certificateUsage, selector, matchingType, associationData
        case optionCode, optionLength, optionData
        /// Data of a type not known here, or that could not be read.
        case data
        /// Within the data length, but after the data.
        case excess
        /// After a fault that leaves no way to know where the next thing begins.
        case unread
        /// After the last record that the counts announce.
        case trailing
    }

    /// Where the octets differ from what RFC 1035 lets a message be; `at` counts octets from the message's first.
    public enum Departure: Hashable, Sendable {
        /// The message ends inside the header, a question or a record.
        case truncated(at: Int)
        /// The message ends between two entries before the count is reached.
        case countLies(Section, announced: Int, found: Int)
        case trailingOctets(at: Int, count: Int)
        /// A pointer that leads back to itself.
        case compressionLoop(at: Int)
        /// A pointer must point to a *prior* name (RFC 1035 §4.1.4).
        case pointerForward(at: Int, target: Int)
        case pointerOutOfRange(at: Int, target: Int)
        case pointerIntoHeader(at: Int, target: Int)
        /// The first two bits of a label's length are 01 or 10 (RFC 1035 §4.1.4).
        case reservedLabelType(at: Int)
        case nameTooLong(at: Int)
        /// A pointer led to labels that run past the end of the message.
        case nameRunsOut(at: Int)
        /// The data does not fill, or does not fit into, the length that stands before it.
        case dataLengthLies(at: Int, announced: Int)
        case reservedBit
    }
}

extension MessageReading.Departure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated(let at): "the message breaks off after \(at) octets"
        case .countLies(let section, let announced, let found):
            "the header announces \(announced) in the \(section.rawValue) section, \(found) are there"
        case .trailingOctets(let at, let count): "\(count) octets follow the last record, from octet \(at)"
        case .compressionLoop(let at): "the compression pointer at octet \(at) leads back to itself"
        case .pointerForward(let at, let target): "the compression pointer at octet \(at) points forward, to \(target)"
        case .pointerOutOfRange(let at, let target):
            "the compression pointer at octet \(at) points past the end of the message, to \(target)"
        case .pointerIntoHeader(let at, let target):
            "the compression pointer at octet \(at) points into the header, to \(target)"
        case .reservedLabelType(let at): "the label at octet \(at) is of a type that was never given a meaning"
        case .nameTooLong(let at): "the name at octet \(at) takes more than \(Name.maxOctets) octets"
        case .nameRunsOut(let at): "the name at octet \(at) is continued where the message has no room for it"
        case .dataLengthLies(let at, let announced):
            "the data length at octet \(at) says \(announced), the data says otherwise"
        case .reservedBit: "the reserved bit Z of the header is set"
        }
    }
}
