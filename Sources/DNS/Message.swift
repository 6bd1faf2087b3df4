/// A DNS message: a question and what is known about it (RFC 1035 §4.1).
public struct Message: Hashable, Sendable {
    /// Chosen by who asks, repeated by who answers.
    public var id: UInt16
    public var flags: Flags
    /// 0...15.
    public var opcode: Opcode
    /// 0...15; `extendedResponseCode` counts in what OPT adds.
    public var responseCode: ResponseCode
    public var questions: [Question]
    public var answers: [ResourceRecord]
    public var authorities: [ResourceRecord]
    public var additionals: [ResourceRecord]

    public init(
        id: UInt16,
        flags: Flags = [],
        opcode: Opcode = .query,
        responseCode: ResponseCode = .noError,
        questions: [Question] = [],
        answers: [ResourceRecord] = [],
        authorities: [ResourceRecord] = [],
        additionals: [ResourceRecord] = []
    ) {
        self.id = id
        self.flags = flags
        self.opcode = opcode
        self.responseCode = responseCode
        self.questions = questions
        self.answers = answers
        self.authorities = authorities
        self.additionals = additionals
    }

    /// A query for one name and type; with `udpPayloadSize` it carries an OPT record, which may ask for signatures.
    public static func query(
        id: UInt16,
        _ name: Name,
        _ type: RecordType,
        recursionDesired: Bool = true,
        udpPayloadSize: UInt16? = nil,
        wantsSignatures: Bool = false
    ) -> Message {
        Message(
            id: id,
            flags: recursionDesired ? .recursionDesired : [],
            questions: [Question(name: name, type: type)],
            additionals: udpPayloadSize.map {
                [EDNS(udpPayloadSize: $0, flags: wantsSignatures ? EDNS.signaturesWanted : 0).record]
            } ?? []
        )
    }

    /// The single bits of the header's second word, where they stand in it (RFC 1035 §4.1.1, RFC 4035 §3).
    public struct Flags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// QR.
        public static let response = Flags(rawValue: 0x8000)
        /// AA.
        public static let authoritativeAnswer = Flags(rawValue: 0x0400)
        /// TC.
        public static let truncated = Flags(rawValue: 0x0200)
        /// RD.
        public static let recursionDesired = Flags(rawValue: 0x0100)
        /// RA.
        public static let recursionAvailable = Flags(rawValue: 0x0080)
        /// Z, which must be zero.
        public static let reserved = Flags(rawValue: 0x0040)
        /// AD.
        public static let authenticData = Flags(rawValue: 0x0020)
        /// CD.
        public static let checkingDisabled = Flags(rawValue: 0x0010)
        /// All bits that are neither opcode nor response code.
        static let mask: UInt16 = 0x87F0
    }

    /// What the OPT record says, if there is one.
    public var edns: EDNS? { additionals.lazy.compactMap(EDNS.init).first }
    /// The response code with the upper bits that OPT carries (RFC 6891 §6.1.3).
    public var extendedResponseCode: ResponseCode {
        ResponseCode(rawValue: UInt16(edns?.extendedResponseCode ?? 0) << 4 | responseCode.rawValue)
    }
}

/// What is asked (RFC 1035 §4.1.2).
public struct Question: Hashable, Sendable, CustomStringConvertible {
    public var name: Name
    public var type: RecordType
    public var `class`: RecordClass

    public init(name: Name, type: RecordType, class: RecordClass = .internet) {
        self.name = name
        self.type = type
        self.class = `class`
    }

    public var description: String { "\(name) \(self.class) \(type)" }
}
