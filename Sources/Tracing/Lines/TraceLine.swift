public import SMTP

/// One line of a trace: a line of the wire or an event, and where in the walk it stands.
public struct TraceLine: Equatable, Sendable {
    /// Who said it: one side of the connection, or the trace itself about something that happened.
    public enum Speaker: String, Sendable { case client, server, note }

    /// What the line is, so far as its own octets do not tell.
    public enum Content: Equatable, Sendable {
        case command
        case reply(ReplyContext)
        case mailData(MailDataPart)
        /// A 334 of the server is a reply; this is what the client answers (RFC 4954 §4).
        case saslResponse(mechanism: String)
        /// Octets of a BDAT chunk (RFC 3030 §2).
        case chunk
        /// Octets that could not be held as a line: the rest of one that is too long.
        case opaque
        /// A part of a TLS record, its octets as they were on the wire; the fields tile them.
        case tls([TLSField])
        /// One record or question of a DNS message.
        case record(DNSLine)
        /// Something that is no line of any protocol; the anchor explains it.
        case event(LessonAnchor)
    }

    /// What a reply line answers and where in its reply it stands.
    public struct ReplyContext: Equatable, Sendable {
        /// What it answers; nil when it answers nothing.
        public var turn: CommandSequence.Turn?
        public var verb: Verb?
        public var isFirst: Bool
        /// Whether the server had offered ENHANCEDSTATUSCODES and the reply should carry one.
        public var expectsEnhanced: Bool
        /// The line of what it answers; nil where nobody saw that.
        public var answers: Int?
        /// Behind mail data that each recipient has a reply to: the line of the RCPT it is about (RFC 2033 §4.2).
        public var recipient: Int?
    }

    /// Where in the mail data a line stands (RFC 5322 §2.1, RFC 5321 §4.1.1.4).
    public enum MailDataPart: Equatable, Sendable {
        case header
        /// A line that goes on with a field, and where in the field it begins (RFC 5322 §2.2.3).
        case foldedHeader(FieldFold)
        case headerEnd, body, end
        /// What divides the parts of a body, and a field of a part, of a mail in it or of a report, with the lines that go on with
        /// it (RFC 2046 §5.1.1, §5.2.1, RFC 3464 §2.1).
        case boundary, partField
        case foldedPartField(FieldFold)
        /// The empty line behind the fields of a part, of a mail that lies in a part, and of each block of a report.
        case partHeaderEnd, innerHeaderEnd, reportBlockEnd

        /// Whether it stands behind the header of the mail and before the end.
        public var isOfBody: Bool {
            switch self {
            case .body, .boundary, .partField, .foldedPartField, .partHeaderEnd, .innerHeaderEnd, .reportBlockEnd: true
            case .header, .foldedHeader, .headerEnd, .end: false
            }
        }

        var fold: FieldFold? {
            switch self {
            case .foldedHeader(let fold), .foldedPartField(let fold): fold
            default: nil
            }
        }
    }

    /// Counted from 0 within the trace.
    public let index: Int
    /// Seconds since the session began.
    public let time: Double
    public let leg: Leg
    public let speaker: Speaker
    public internal(set) var place: Place
    /// Without the ending. For events the text of the trace, which was on no wire.
    public let octets: [UInt8]
    public let ending: WireLine.Ending
    public let content: Content
    /// Whether nobody saw it: a log tells that it must have gone by.
    public internal(set) var isInferred = false
    /// Ranges of `octets` that were a credential and are masked.
    public let secrets: [Range<Int>]
    public internal(set) var findings: [Finding]
    /// What this line came in, for the hex view: the DNS message it was read from, or the TLS records that carried it, which
    /// may have carried its neighbours too. Empty elsewhere.
    public var message: [UInt8] = []
    /// What went wrong, where an event tells of that.
    public internal(set) var failure: LinkFailure?
    /// Whose fate a log tells, where an event tells of one recipient.
    public internal(set) var recipient: [UInt8]?
    /// Whom a connection is being made to, where an event tells of that.
    public internal(set) var endpoint: String?

    /// Whether the octets were on a wire as they stand.
    public var isWire: Bool {
        switch content {
        case .record, .event: false
        case .command, .reply, .mailData, .saslResponse, .chunk, .opaque, .tls: true
        }
    }

    /// The reply code; nil for whatever is no reply.
    public var replyCode: UInt16? { if case .reply = content { ReplyLine.head(octets).code } else { nil } }
    /// What the code says, each line of a reply by its own; nil where `replyCode` is, and where nobody knows the class.
    public var severity: Reply.Severity? { replyCode.flatMap(Reply.Severity.init(ofCode:)) }
    public var enhanced: EnhancedStatusCode? { if case .reply = content { ReplyLine.status(of: octets) } else { nil } }

    /// The line of what a reply answers; nil for whatever is no reply, and where nobody saw that.
    public var answers: Int? { if case .reply(let context) = content { context.answers } else { nil } }

    /// The verb in upper case; nil for whatever is no command, a line that did not come to its end and a masked word among it.
    public var verbName: String? {
        guard case .command = content, ending != .none else { return nil }
        let command = Command(reading: octets)
        let isWord =
            command.typedVerb.allSatisfy { (33...126).contains($0) } && !command.typedVerb.starts(with: Mask.octets)
        return command.name.isEmpty || !isWord ? nil : command.name
    }
}

/// A line about one part of a DNS message, already words: the pieces in the order they are shown.
public struct DNSLine: Equatable, Sendable {
    public struct Piece: Equatable, Sendable {
        public let text: String
        public let anchor: LessonAnchor
        /// What to call it on screen; nil where the end of its anchor says that.
        var name: String?
    }

    public enum Kind: Equatable, Sendable { case question, header, exchanger(chosen: String), record, failure }
    public let kind: Kind
    public let pieces: [Piece]
    /// The pieces with one space between them.
    public var text: String { pieces.map(\.text).joined(separator: " ") }
}

extension TraceLine.MailDataPart {
    /// What a line is, without where in its field it begins, in one octet: for whoever keeps very many.
    enum Kind: Sendable {
        case header, foldedHeader, headerEnd, body, end
        case boundary, partField, foldedPartField, partHeaderEnd, innerHeaderEnd, reportBlockEnd
    }

    var kind: Kind {
        switch self {
        case .header: .header
        case .foldedHeader: .foldedHeader
        case .headerEnd: .headerEnd
        case .body: .body
        case .end: .end
        case .boundary: .boundary
        case .partField: .partField
        case .foldedPartField: .foldedPartField
        case .partHeaderEnd: .partHeaderEnd
        case .innerHeaderEnd: .innerHeaderEnd
        case .reportBlockEnd: .reportBlockEnd
        }
    }

    /// `fold` counts for a line that goes on with a field, and for no other.
    init(_ kind: Kind, _ fold: FieldFold) {
        self =
            switch kind {
            case .header: .header
            case .foldedHeader: .foldedHeader(fold)
            case .headerEnd: .headerEnd
            case .body: .body
            case .end: .end
            case .boundary: .boundary
            case .partField: .partField
            case .foldedPartField: .foldedPartField(fold)
            case .partHeaderEnd: .partHeaderEnd
            case .innerHeaderEnd: .innerHeaderEnd
            case .reportBlockEnd: .reportBlockEnd
            }
    }
}
