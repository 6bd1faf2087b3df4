import SMTP

/// A finding in 8 octets.
struct KeptFinding: Sendable {
    /// Where it begins and ends; of one that lies by itself, its number among those in two parts.
    private let start, end: UInt16
    let line: UInt16
    private let kind: Departure.Kind
    private let liesAlone: Bool

    /// Nil for one that has more to tell than fits.
    init?(_ finding: Finding, line: UInt16) {
        guard finding.difference == nil, let start = UInt16(exactly: finding.range.lowerBound),
            let end = UInt16(exactly: finding.range.upperBound)
        else { return nil }
        (self.start, self.end, self.line, kind, liesAlone) = (start, end, line, finding.kind, false)
    }

    /// One that lies by itself, under a number.
    init(_ finding: Finding, line: UInt16, number: Int) {
        (start, end) = (UInt16(truncatingIfNeeded: number), UInt16(truncatingIfNeeded: number >> 16))
        (self.line, kind, liesAlone) = (line, finding.kind, true)
    }

    /// `alone` are those that lie by themselves.
    func finding(among alone: [Finding]) -> Finding {
        liesAlone
            ? alone[Int(start) | Int(end) << 16] : Finding(Departure(kind, at: Int(start)..<Int(end), difference: nil))
    }
}

/// What few lines have.
struct RareParts: Sendable {
    /// Where a word is not enough to say what the line is.
    let content: TraceLine.Content?
    let recipient: Int?
    /// Those of a long line.
    let octets: [UInt8]?
    let secrets: [Range<Int>]
    let message: [UInt8]
    let failure: LinkFailure?
    let endpoint: String?
    /// Whose fate a log tells.
    let toldOf: [UInt8]?

    /// Whether a line has any of them, asked of every line before one is taken apart.
    static func areNeeded(by line: TraceLine, isLong: Bool) -> Bool {
        let isOfReply = if case .reply(let context) = line.content { context.recipient != nil } else { false }
        return line.content.isRare || isOfReply || isLong || !line.secrets.isEmpty || !line.message.isEmpty
            || line.failure != nil
            || line.endpoint != nil
    }

    init(of line: TraceLine, isLong: Bool) {
        content = line.content.isRare ? line.content : nil
        if case .reply(let context) = line.content { recipient = context.recipient } else { recipient = nil }
        octets = isLong ? line.octets : nil
        (secrets, message, failure, endpoint) = (line.secrets, line.message, line.failure, line.endpoint)
        toldOf = line.recipient
    }
}

extension TraceLine.Content {
    /// Whether a word is not enough to say what the line is.
    fileprivate var isRare: Bool {
        switch self {
        case .command, .reply, .mailData, .chunk, .opaque: false
        case .saslResponse, .tls, .record, .event: true
        }
    }
}
