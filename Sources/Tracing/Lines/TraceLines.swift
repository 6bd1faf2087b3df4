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
    func place(of index: Int) -> Place { blocks[index / LineBlock.size].place(of: index % LineBlock.size) }

    /// A line without its octets where those are mail data, which few ask for.
    func outline(of index: Int) -> TraceLine {
        blocks[index / LineBlock.size].line(index % LineBlock.size, index: index, withContent: false)
    }

    /// How many octets of mail data some lines had on the wire. They may be very many, so none of them is made.
    func mailDataCount(in range: Range<Int>) -> Int {
        range.reduce(0) { sum, index in
            let (block, number) = (index / LineBlock.size, index % LineBlock.size)
            return blocks[block].isMailData(number) ? sum + blocks[block].octetCount(of: number) : sum
        }
    }

    /// The last of some lines that is a reply with a code.
    func lastReply(in range: Range<Int>) -> TraceLine? {
        for index in range.reversed() where blocks[index / LineBlock.size].isReply(index % LineBlock.size) {
            let line = self[index]
            if line.replyCode != nil { return line }
        }
        return nil
    }

    /// The findings of a line, without the rest of it.
    func findings(of index: Int) -> [Finding] { blocks[index / LineBlock.size].findings(of: index % LineBlock.size) }

    mutating func append(_ line: TraceLine) {
        if count % LineBlock.size == 0 {
            if !blocks.isEmpty { blocks[blocks.count - 1].trim() }
            blocks.append(LineBlock(before: line))
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
    /// How many lines count their octets from the same one.
    private static let row = 16

    private var lines: [KeptLine] = []
    private var octets: [UInt8] = []
    /// Where in the octets those of each row begin.
    private var rows: [UInt32] = []
    /// What the lines count from.
    private let base: KeptLine.Numbers
    /// In the order of their lines.
    private var wide: [(line: UInt16, numbers: KeptLine.Numbers)] = []
    /// Where in their fields folded lines begin, in the order of their lines. Of most fields nothing need be known.
    private var folds: [(line: UInt16, bits: UInt32)] = []
    private var findings: [KeptFinding] = []
    /// Those that have more to tell than others. One that was replaced stays.
    private var alone: [Finding] = []
    private var rare: [UInt16: RareParts] = [:]

    init(before line: TraceLine) {
        base = KeptLine.Numbers(of: line)
        lines.reserveCapacity(Self.size)
    }

    mutating func append(_ line: TraceLine) {
        let number = UInt16(lines.count)
        if lines.count % Self.row == 0 { rows.append(UInt32(octets.count)) }
        let start = Int(rows[rows.count - 1])
        // What does not fit into the row lies by itself.
        let isLong = octets.count - start + line.octets.count > Int(UInt16.max)
        if !isLong { octets += line.octets }
        for finding in line.findings { findings.append(keep(finding, number)) }
        var kept = KeptLine(line, end: UInt16(octets.count - start))
        let numbers = KeptLine.Numbers(of: line)
        if !kept.take(numbers, index: line.index, from: base) { wide.append((number, numbers)) }
        if case .mailData(let part) = line.content, let fold = part.fold, fold != .unknown {
            folds.append((number, fold.bits))
        }
        if RareParts.areNeeded(by: line, isLong: isLong) {
            kept.marks.insert(.rare)
            rare[number] = RareParts(of: line, isLong: isLong)
        }
        lines.append(kept)
    }

    private mutating func keep(_ finding: Finding, _ line: UInt16) -> KeptFinding {
        if let kept = KeptFinding(finding, line: line) { return kept }
        alone.append(finding)
        return KeptFinding(finding, line: line, number: alone.count - 1)
    }

    /// No line will be added any more: gives room back that was kept for more.
    mutating func trim() {
        octets = octets.withUnsafeBufferPointer { Array($0) }
        findings = findings.withUnsafeBufferPointer { Array($0) }
        wide = wide.withUnsafeBufferPointer { Array($0) }
        folds = folds.withUnsafeBufferPointer { Array($0) }
    }

    /// Of mail data the octets are left out unless `withContent`.
    func line(_ number: Int, index: Int, withContent: Bool = true) -> TraceLine {
        let kept = lines[number]
        let numbers = numbers(of: number, index: index)
        let rare = kept.marks.contains(.rare) ? rare[UInt16(number)] : nil
        // Made in one piece: what is changed behind that is copied, and every view asks for lines.
        return TraceLine(
            index: index,
            time: numbers.time,
            leg: kept.leg,
            speaker: kept.speaker,
            place: numbers.place(kept.step),
            octets: rare?.octets ?? (withContent || !kept.isMailData ? Array(octets[range(of: number)]) : []),
            ending: kept.ending,
            content: rare?.content ?? kept.content(numbers.answers, recipient: rare?.recipient, fold(of: number)),
            isInferred: kept.marks.contains(.isInferred),
            secrets: rare?.secrets ?? [],
            findings: findings(of: number),
            message: rare?.message ?? [],
            failure: rare?.failure,
            recipient: rare?.toldOf,
            endpoint: rare?.endpoint
        )
    }

    /// How many octets a line had on the wire, its end included.
    func octetCount(of number: Int) -> Int {
        let kept = lines[number]
        let long = kept.marks.contains(.rare) ? rare[UInt16(number)]?.octets?.count : nil
        return (long ?? range(of: number).count) + kept.ending.octets.count
    }

    func isMailData(_ number: Int) -> Bool { lines[number].isMailData }

    func isReply(_ number: Int) -> Bool { lines[number].isReply }

    func place(of number: Int) -> Place { numbers(of: number, index: 0).place(lines[number].step) }

    private func range(of number: Int) -> Range<Int> {
        let row = Int(rows[number / Self.row])
        let start = number % Self.row == 0 ? 0 : Int(lines[number - 1].end)
        return row + start..<row + Int(lines[number].end)
    }

    private func numbers(of number: Int, index: Int) -> KeptLine.Numbers {
        guard lines[number].marks.contains(.wide) else { return lines[number].numbers(index, from: base) }
        return wide[Self.first(of: number, in: wide, \.line)].numbers
    }

    private func fold(of number: Int) -> FieldFold {
        let place = Self.first(of: number, in: folds, \.line)
        return place < folds.count && folds[place].line == number ? FieldFold(bits: folds[place].bits) : .unknown
    }

    func findings(of number: Int) -> [Finding] {
        guard lines[number].marks.contains(.found) else { return [] }
        return findings[firstFinding(of: number)...].prefix { $0.line == number }
            .map { $0.finding(among: alone) }
    }

    mutating func set(_ found: [Finding], of number: Int) {
        let start = firstFinding(of: number)
        let end = firstFinding(of: number + 1)
        findings.replaceSubrange(start..<end, with: found.map { keep($0, UInt16(number)) })
        if found.isEmpty { lines[number].marks.remove(.found) } else { lines[number].marks.insert(.found) }
    }

    /// Where the findings of a line, or of those behind it, begin.
    private func firstFinding(of number: Int) -> Int { Self.first(of: number, in: findings, \.line) }

    /// Where in parts that lie in the order of their lines those of a line, or of the lines behind it, begin.
    private static func first<Part>(of number: Int, in parts: [Part], _ line: (Part) -> UInt16) -> Int {
        var (low, high) = (0, parts.count)
        while low < high {
            let middle = (low + high) / 2
            if line(parts[middle]) < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// What every line has, in 20 octets: its numbers are counted from those of the block's first line.
private struct KeptLine: Sendable {
    /// What the line is, where a word is enough to say it; `rare` where it is not.
    enum Content: Sendable {
        case command, reply, chunk, opaque, rare
        case mailData(TraceLine.MailDataPart.Kind)
    }

    struct Marks: OptionSet, Sendable {
        let rawValue: UInt8
        /// It has parts that few lines have.
        static let rare = Marks(rawValue: 1)
        static let found = Marks(rawValue: 2)
        /// Of a reply.
        static let isFirst = Marks(rawValue: 4)
        static let expectsEnhanced = Marks(rawValue: 8)
        static let isInferred = Marks(rawValue: 16)
        /// Its numbers are too far from those of the block's first line, and lie by themselves.
        static let wide = Marks(rawValue: 32)
    }

    /// The numbers of a line, as they are.
    struct Numbers: Sendable {
        let time: Double
        let substep, transaction: UInt32
        /// The line of what a reply answers; nil where there is none.
        let answers: Int?

        func place(_ step: Step) -> Place { Place(step, substep: Int(substep), transaction: Int(transaction)) }

        /// The time in millionths of a second, where it has no finer parts; nil where it would not come out as it went in.
        fileprivate var micros: Int64? { Self.seconds(nearestMicros) == time ? nearestMicros : nil }
        fileprivate var nearestMicros: Int64 { Int64(exactly: (time * 1e6).rounded()) ?? 0 }

        fileprivate static func seconds(_ micros: Int64) -> Double { Double(micros) / 1e6 }
    }

    /// Millionths of a second behind the block's first line.
    private var time: UInt32 = 0
    /// Where in the row's octets those of the line end.
    let end: UInt16
    /// The two of the place behind those of the block's first line, and how many lines before this one is what it answers,
    /// 0 where there is none. Sub-steps are counted anew with each step, so many are below the first.
    private var substep: Int16 = 0
    private var transaction: Int16 = 0
    private var answers: UInt16 = 0
    let step: Step
    let leg: Leg
    let speaker: TraceLine.Speaker
    let ending: WireLine.Ending
    private let content: Content
    private let turn: CommandSequence.Turn?
    private let verb: Verb?
    var marks: Marks = []

    init(_ line: __shared TraceLine, end: UInt16) {
        (leg, speaker, ending, self.end) = (line.leg, line.speaker, line.ending, end)
        step = line.place.step
        content = Content(line.content)
        if !line.findings.isEmpty { marks.insert(.found) }
        if line.isInferred { marks.insert(.isInferred) }
        guard case .reply(let context) = line.content else {
            (turn, verb) = (nil, nil)
            return
        }
        (turn, verb) = (context.turn, context.verb)
        if context.isFirst { marks.insert(.isFirst) }
        if context.expectsEnhanced { marks.insert(.expectsEnhanced) }
    }

    /// Keeps the numbers, if they are near enough to those of the block's first line to come out as they went in.
    mutating func take(_ numbers: Numbers, index: Int, from base: Numbers) -> Bool {
        let answered = numbers.answers.map { index - $0 } ?? 0
        guard let micros = numbers.micros, let time = UInt32(exactly: micros - base.nearestMicros),
            let substep = Int16(exactly: Int(numbers.substep) - Int(base.substep)),
            let transaction = Int16(exactly: Int(numbers.transaction) - Int(base.transaction)),
            let answers = UInt16(exactly: answered), numbers.answers == nil || answers > 0
        else {
            marks.insert(.wide)
            return false
        }
        (self.time, self.substep, self.transaction, self.answers) = (time, substep, transaction, answers)
        return true
    }

    func numbers(_ index: Int, from base: Numbers) -> Numbers {
        Numbers(
            time: Numbers.seconds(base.nearestMicros + Int64(time)),
            substep: UInt32(clamping: Int(base.substep) + Int(substep)),
            transaction: UInt32(clamping: Int(base.transaction) + Int(transaction)),
            answers: answers > 0 ? index - Int(answers) : nil
        )
    }

    var isMailData: Bool { if case .mailData = content { true } else { false } }
    var isReply: Bool { if case .reply = content { true } else { false } }

    /// What the line is. What is rare was looked up before; a line whose parts are lost would be opaque.
    func content(_ answers: Int?, recipient: Int?, _ fold: FieldFold) -> TraceLine.Content {
        switch content {
        case .command: .command
        case .mailData(let kind): .mailData(TraceLine.MailDataPart(kind, fold))
        case .chunk: .chunk
        case .opaque, .rare: .opaque
        case .reply:
            .reply(
                TraceLine.ReplyContext(
                    turn: turn,
                    verb: verb,
                    isFirst: marks.contains(.isFirst),
                    expectsEnhanced: marks.contains(.expectsEnhanced),
                    answers: answers,
                    recipient: recipient
                )
            )
        }
    }
}

extension KeptLine.Numbers {
    init(of line: __shared TraceLine) {
        (time, answers) = (line.time, line.answers)
        (substep, transaction) = (UInt32(clamping: line.place.substep), UInt32(clamping: line.place.transaction))
    }
}

extension KeptLine.Content {
    init(_ content: TraceLine.Content) {
        switch content {
        case .command: self = .command
        case .reply: self = .reply
        case .mailData(let part): self = .mailData(part.kind)
        case .chunk: self = .chunk
        case .opaque: self = .opaque
        case .saslResponse, .tls, .record, .event: self = .rare
        }
    }
}
