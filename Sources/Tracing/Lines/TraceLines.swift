import SMTP

/// The lines of a trace in order, kept so small that a session of a million lines is held in memory with ease: the octets of many
/// lies end to end, what few lines have is beside them, and a `TraceLine` is made when somebody asks for it.
///
/// It decides nothing: what was appended is what comes out. Lines lie in blocks, so that adding to a trace that somebody else holds
/// as well copies the last block and not all of them.
public struct TraceLines: RandomAccessCollection, Equatable, Sendable {
    /// Those to which nothing is added any more, and the one that grows.
    private var full: [FullBlock] = []
    private var growing = LineBlock()
    public private(set) var count = 0

    public init() {}

    public var startIndex: Int { 0 }
    public var endIndex: Int { count }

    public subscript(index: Int) -> TraceLine {
        precondition(index >= 0 && index < count, "no line \(index) among \(count)")
        return look(at: index) { $0.line($1, index: index) }
    }

    /// Looks at a line where it lies: a block is large, and every view asks for lines.
    @inline(__always)
    private func look<Seen>(at index: Int, _ body: (LineBlock, Int) -> Seen) -> Seen {
        let (block, number) = (index / LineBlock.size, index % LineBlock.size)
        return block < full.count ? body(full[block].block, number) : body(growing, number)
    }

    /// Where a line stands, without the rest of it.
    func place(of index: Int) -> Place { look(at: index) { $0.place(of: $1) } }

    /// A line without its findings, and without its octets where those are mail data, which few ask for.
    func outline(of index: Int) -> TraceLine { look(at: index) { $0.line($1, index: index, withContent: false) } }

    /// How many octets of mail data some lines had on the wire. They may be very many, so none of them is made.
    func mailDataCount(in range: Range<Int>) -> Int {
        range.reduce(0) { sum, index in
            sum + look(at: index) { $0.isMailData($1) ? $0.octetCount(of: $1) : 0 }
        }
    }

    /// The last of some lines that is a reply with a code.
    func lastReply(in range: Range<Int>) -> TraceLine? {
        for index in range.reversed() where look(at: index, { $0.isReply($1) }) {
            let line = self[index]
            if line.replyCode != nil { return line }
        }
        return nil
    }

    /// The findings of a line, without the rest of it.
    func findings(of index: Int) -> [Finding] { look(at: index) { $0.findings(of: $1) } }

    mutating func append(_ line: TraceLine) {
        if count % LineBlock.size == 0 {
            if count > 0 {
                growing.trim()
                full.append(FullBlock(growing))
            }
            growing = LineBlock(before: line)
        }
        growing.append(line)
        count += 1
    }

    mutating func set(_ findings: [Finding], onLine index: Int) {
        let (block, number) = (index / LineBlock.size, index % LineBlock.size)
        guard block < full.count else { return growing.set(findings, of: number) }
        var changed = full[block].block
        changed.set(findings, of: number)
        full[block] = FullBlock(changed)
    }

    public static func == (one: TraceLines, other: TraceLines) -> Bool { one.elementsEqual(other) }
}

/// A block that stays as it is: traces that share it share one thing, however much is in it.
private final class FullBlock: Sendable {
    let block: LineBlock

    init(_ block: LineBlock) { self.block = block }
}

/// A few hundred lines that follow one another.
private struct LineBlock: Sendable {
    /// How many lines a block takes.
    static let size = 1024
    /// How many lines count their octets from the same one.
    private static let row = 16

    private var lines: [KeptLine] = []
    /// What the lines are, each once: there are few different ones.
    private var shapes: [LineShape] = []
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

    init() { base = KeptLine.Numbers(time: 0, substep: 0, transaction: 0, answers: nil) }

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
        var kept = KeptLine(line, end: UInt16(octets.count - start), shape: shapeNumber(of: LineShape(line)))
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

    /// The number of a shape. Lines are mostly like the one before, or follow one another as they did before.
    private mutating func shapeNumber(of shape: LineShape) -> UInt16 {
        let last = Int(lines.last?.shape ?? 0)
        let next = last + 1 < shapes.count ? last + 1 : 0
        if !shapes.isEmpty, shapes[last] == shape { return UInt16(last) }
        if !shapes.isEmpty, shapes[next] == shape { return UInt16(next) }
        if let known = shapes.lastIndex(of: shape) { return UInt16(known) }
        shapes.append(shape)
        return UInt16(shapes.count - 1)
    }

    private func shape(of number: Int) -> LineShape { shapes[Int(lines[number].shape)] }

    private mutating func keep(_ finding: Finding, _ line: UInt16) -> KeptFinding {
        if let kept = KeptFinding(finding, line: line) { return kept }
        alone.append(finding)
        return KeptFinding(finding, line: line, number: alone.count - 1)
    }

    /// No line will be added any more: gives room back that was kept for more.
    mutating func trim() {
        octets = octets.withUnsafeBufferPointer { Array($0) }
        shapes = shapes.withUnsafeBufferPointer { Array($0) }
        findings = findings.withUnsafeBufferPointer { Array($0) }
        wide = wide.withUnsafeBufferPointer { Array($0) }
        folds = folds.withUnsafeBufferPointer { Array($0) }
    }

    /// Findings and the octets of mail data are left out unless `withContent`.
    func line(_ number: Int, index: Int, withContent: Bool = true) -> TraceLine {
        let kept = lines[number]
        let shape = shape(of: number)
        let numbers = numbers(of: number, index: index)
        let rare = kept.marks.contains(.rare) ? rare[UInt16(number)] : nil
        // Made in one piece: what is changed behind that is copied, and every view asks for lines.
        return TraceLine(
            index: index,
            time: numbers.time,
            leg: shape.leg,
            speaker: shape.speaker,
            place: numbers.place(shape.step),
            octets: rare?.octets ?? (withContent || !shape.isMailData ? Array(octets[range(of: number)]) : []),
            ending: shape.ending,
            content: rare?.content
                ?? shape.content(
                    kept.marks,
                    numbers.answers,
                    recipient: rare?.recipient,
                    fold(of: number)
                ),
            isInferred: kept.marks.contains(.isInferred),
            secrets: rare?.secrets ?? [],
            findings: withContent ? findings(of: number) : [],
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
        return (long ?? range(of: number).count) + shape(of: number).ending.octets.count
    }

    func isMailData(_ number: Int) -> Bool { shape(of: number).isMailData }

    func isReply(_ number: Int) -> Bool { shape(of: number).isReply }

    func place(of number: Int) -> Place { numbers(of: number, index: 0).place(shape(of: number).step) }

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
