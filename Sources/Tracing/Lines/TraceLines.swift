import SMTP

/// The lines of a trace in order, kept so small that a session of a million lines is held in memory with ease: the octets of many
/// lies end to end, what few lines have is beside them, and a `TraceLine` is made when somebody asks for it.
///
/// It decides nothing: what was appended is what comes out. Lines lie in blocks, so that adding to a trace that somebody else holds
/// as well copies the last block and not all of them.
public struct TraceLines: RandomAccessCollection, Equatable, Sendable {
    private var blocks: [LineBlock] = []
    public private(set) var count = 0

    public init() {}

    public var startIndex: Int { 0 }
    public var endIndex: Int { count }

    public subscript(index: Int) -> TraceLine {
        precondition(index >= 0 && index < count, "no line \(index) among \(count)")
        return blocks[index / LineBlock.size].line(index % LineBlock.size, index: index)
    }

    /// Where a line stands, without the rest of it.
    func place(of index: Int) -> Place { blocks[index / LineBlock.size].lines[index % LineBlock.size].place }

    /// The findings of a line, without the rest of it.
    func findings(of index: Int) -> [Finding] { blocks[index / LineBlock.size].findings(of: index % LineBlock.size) }

    mutating func append(_ line: TraceLine) {
        if count % LineBlock.size == 0 {
            if !blocks.isEmpty { blocks[blocks.count - 1].trim() }
            blocks.append(LineBlock())
        }
        blocks[blocks.count - 1].append(line)
        count += 1
    }

    mutating func set(_ findings: [Finding], onLine index: Int) {
        blocks[index / LineBlock.size].set(findings, of: index % LineBlock.size)
    }

    public static func == (one: TraceLines, other: TraceLines) -> Bool { one.elementsEqual(other) }
}

/// A few hundred lines that follow one another.
private struct LineBlock: Sendable {
    /// How many lines a block takes.
    static let size = 1024
    /// Octets of a longer line lie by themselves.
    private static let maxOctets = 1 << 16

    fileprivate private(set) var lines: [KeptLine] = []
    private var octets: [UInt8] = []
    /// In the order of their lines.
    private var findings: [KeptFinding] = []
    private var rare: [UInt16: RareParts] = [:]

    init() { lines.reserveCapacity(Self.size) }

    mutating func append(_ line: TraceLine) {
        let number = UInt16(lines.count)
        let rare = RareParts(of: line, isLong: line.octets.count > Self.maxOctets)
        if rare.octets == nil { octets += line.octets }
        findings += line.findings.map { KeptFinding($0, line: number) }
        var kept = KeptLine(line, end: UInt32(octets.count))
        if let rare = rare.ifAny {
            kept.marks.insert(.rare)
            self.rare[number] = rare
        }
        lines.append(kept)
    }

    /// No line will be added any more: gives room back that was kept for more.
    mutating func trim() {
        octets = octets.withUnsafeBufferPointer { Array($0) }
        findings = findings.withUnsafeBufferPointer { Array($0) }
    }

    func line(_ number: Int, index: Int) -> TraceLine {
        let kept = lines[number]
        let rare = kept.marks.contains(.rare) ? rare[UInt16(number)] : nil
        let start = number == 0 ? 0 : Int(lines[number - 1].end)
        var line = TraceLine(
            index: index,
            time: kept.time,
            leg: kept.leg,
            speaker: kept.speaker,
            place: kept.place,
            octets: rare?.octets ?? Array(octets[start..<Int(kept.end)]),
            ending: kept.ending,
            content: rare?.content ?? kept.content(recipient: rare?.recipient),
            secrets: rare?.secrets ?? [],
            findings: findings(of: number),
            message: rare?.message ?? [],
            failure: rare?.failure,
            endpoint: rare?.endpoint
        )
        line.isInferred = kept.marks.contains(.isInferred)
        line.recipient = rare?.toldOf
        return line
    }

    func findings(of number: Int) -> [Finding] {
        guard lines[number].marks.contains(.found) else { return [] }
        return findings[firstFinding(of: number)...].prefix { $0.line == number }.map(\.finding)
    }

    mutating func set(_ found: [Finding], of number: Int) {
        let start = firstFinding(of: number)
        let end = firstFinding(of: number + 1)
        findings.replaceSubrange(start..<end, with: found.map { KeptFinding($0, line: UInt16(number)) })
        if found.isEmpty { lines[number].marks.remove(.found) } else { lines[number].marks.insert(.found) }
    }

    /// Where the findings of a line, or of those behind it, begin.
    private func firstFinding(of number: Int) -> Int {
        var (low, high) = (0, findings.count)
        while low < high {
            let middle = (low + high) / 2
            if findings[middle].line < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// What every line has, in 32 octets.
private struct KeptLine: Sendable {
    /// What the line is, where a word is enough to say it; `rare` where it is not.
    enum Content: Sendable { case command, reply, mailData(TraceLine.MailDataPart), chunk, opaque, rare }

    struct Marks: OptionSet, Sendable {
        let rawValue: UInt8
        /// It has parts that few lines have.
        static let rare = Marks(rawValue: 1)
        static let found = Marks(rawValue: 2)
        /// Of a reply.
        static let isFirst = Marks(rawValue: 4)
        static let expectsEnhanced = Marks(rawValue: 8)
        static let isInferred = Marks(rawValue: 16)
    }

    let time: Double
    /// Where in the block's octets those of the line end.
    let end: UInt32
    private let substep, transaction: UInt32
    /// The line of what a reply answers; the greatest number where there is none.
    private let answers: UInt32
    private let step: Step
    let leg: Leg
    let speaker: TraceLine.Speaker
    let ending: WireLine.Ending
    private let content: Content
    private let turn: CommandSequence.Turn?
    private let verb: Verb?
    var marks: Marks = []

    init(_ line: TraceLine, end: UInt32) {
        (time, leg, speaker, ending, self.end) = (line.time, line.leg, line.speaker, line.ending, end)
        step = line.place.step
        (substep, transaction) = (UInt32(clamping: line.place.substep), UInt32(clamping: line.place.transaction))
        content = Content(line.content)
        if !line.findings.isEmpty { marks.insert(.found) }
        if line.isInferred { marks.insert(.isInferred) }
        guard case .reply(let context) = line.content else {
            (turn, verb, answers) = (nil, nil, .max)
            return
        }
        (turn, verb, answers) = (context.turn, context.verb, context.answers.map { UInt32(clamping: $0) } ?? .max)
        if context.isFirst { marks.insert(.isFirst) }
        if context.expectsEnhanced { marks.insert(.expectsEnhanced) }
    }

    var place: Place { Place(step, substep: Int(substep), transaction: Int(transaction)) }

    /// What the line is. What is rare was looked up before; a line whose parts are lost would be opaque.
    func content(recipient: Int?) -> TraceLine.Content {
        switch content {
        case .command: .command
        case .mailData(let part): .mailData(part)
        case .chunk: .chunk
        case .opaque, .rare: .opaque
        case .reply:
            .reply(
                TraceLine.ReplyContext(
                    turn: turn,
                    verb: verb,
                    isFirst: marks.contains(.isFirst),
                    expectsEnhanced: marks.contains(.expectsEnhanced),
                    answers: answers == .max ? nil : Int(answers),
                    recipient: recipient
                )
            )
        }
    }
}

extension KeptLine.Content {
    init(_ content: TraceLine.Content) {
        switch content {
        case .command: self = .command
        case .reply: self = .reply
        case .mailData(let part): self = .mailData(part)
        case .chunk: self = .chunk
        case .opaque: self = .opaque
        case .saslResponse, .tls, .record, .event: self = .rare
        }
    }
}

/// A finding in 24 octets.
private struct KeptFinding: Sendable {
    private let difference: Int64
    private let start, end: UInt32
    let line: UInt16
    private let kind: Departure.Kind
    private let hasDifference: Bool

    init(_ finding: Finding, line: UInt16) {
        (kind, self.line) = (finding.kind, line)
        (start, end) = (UInt32(clamping: finding.range.lowerBound), UInt32(clamping: finding.range.upperBound))
        (difference, hasDifference) = (Int64(finding.difference ?? 0), finding.difference != nil)
    }

    var finding: Finding {
        Finding(Departure(kind, at: Int(start)..<Int(end), difference: hasDifference ? Int(difference) : nil))
    }
}

/// What few lines have.
private struct RareParts: Sendable {
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

    init(of line: TraceLine, isLong: Bool) {
        if case .rare = KeptLine.Content(line.content) { content = line.content } else { content = nil }
        if case .reply(let context) = line.content { recipient = context.recipient } else { recipient = nil }
        octets = isLong ? line.octets : nil
        (secrets, message, failure, endpoint) = (line.secrets, line.message, line.failure, line.endpoint)
        toldOf = line.recipient
    }

    /// Nil where the line has none of them.
    var ifAny: RareParts? {
        let hasNone =
            content == nil && recipient == nil && octets == nil && secrets.isEmpty && message.isEmpty && failure == nil
            && endpoint == nil
        return hasNone ? nil : self
    }
}
