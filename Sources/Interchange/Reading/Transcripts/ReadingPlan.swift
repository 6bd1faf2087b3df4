import SMTP
import Tracing

/// Lines of a text: each without its end, whichever it is.
struct TextLines: Sequence, IteratorProtocol {
    private let octets: [UInt8]
    /// Where in the text the octets begin.
    private let origin: Int
    /// Where in the text the next line begins.
    private(set) var position: Int
    /// Where the octets are a part of the text: what is told when its end is met.
    private let edge: TextEdge?

    init(_ octets: [UInt8], from position: Int = 0, origin: Int = 0, edge: TextEdge? = nil) {
        (self.octets, self.position, self.origin, self.edge) = (octets, position, origin, edge)
    }

    mutating func next() -> ArraySlice<UInt8>? {
        let start = position - origin
        guard start < octets.count else {
            edge?.isMet = true
            return nil
        }
        let (end, next) = octets.withUnsafeBufferPointer { Self.end(of: $0, from: start) }
        position = next + origin
        return octets[start..<end]
    }

    /// Where a line ends, and where the next one begins.
    private static func end(of octets: UnsafeBufferPointer<UInt8>, from start: Int) -> (line: Int, next: Int) {
        var end = start
        while end < octets.count, octets[end] != 10, octets[end] != 13 { end += 1 }
        var next = end
        // CR LF and CR CR LF are one line end.
        while next < octets.count, octets[next] == 13, next - end < 2 { next += 1 }
        if next < octets.count, octets[next] == 10 { return (end, next + 1) }
        return (end, next - end > 1 ? end + 1 : next)
    }
}

/// The end of a part of a text, behind which more lines stand than the part has.
final class TextEdge {
    /// Whether somebody looked for a line behind it, and took it for the end of the text.
    fileprivate(set) var isMet = false
}

/// How a text is to be read, told by its beginning.
///
/// It is asked about each line, so what it holds is shared by all its copies.
struct ReadingPlan: Sendable {
    private let told: Told

    /// What the beginning of the text told.
    private final class Told: Sendable {
        let dialect: Dialect
        let front: LineFront
        let isFenced: Bool
        let indent: Int
        let isDoubled: Bool
        let width: Int
        let ends: WrittenEnds?
        let echoes: EchoingVoices?
        let asksLinesBehind: Bool

        init(
            _ dialect: Dialect,
            _ front: LineFront,
            _ isFenced: Bool,
            _ indent: Int,
            _ isDoubled: Bool,
            _ width: Int,
            _ ends: WrittenEnds?,
            _ echoes: EchoingVoices?,
            _ asksLinesBehind: Bool
        ) {
            (self.dialect, self.front, self.isFenced, self.indent) = (dialect, front, isFenced, indent)
            (self.isDoubled, self.width, self.ends) = (isDoubled, width, ends)
            (self.echoes, self.asksLinesBehind) = (echoes, asksLinesBehind)
        }
    }

    var dialect: Dialect { told.dialect }
    /// What stands before the lines and is no part of them.
    var front: LineFront { told.front }
    /// Only what stands in the code blocks of Markdown is the session.
    var isFenced: Bool { told.isFenced }
    /// Spaces before every line.
    var indent: Int { told.indent }
    /// Every line stands there twice.
    var isDoubled: Bool { told.isDoubled }
    /// The width of the window that the text was copied from; 0 when no line fills it.
    var width: Int { told.width }
    /// How the log writes line ends out, if it does.
    var ends: WrittenEnds? { told.ends }
    /// Voices that say again what another says.
    var echoes: EchoingVoices? { told.echoes }
    /// What some lines are is told by those behind them.
    var asksLinesBehind: Bool { told.asksLinesBehind }

    /// Octets that are looked at to make a plan; when there is no dialogue in them, the next as many.
    static let block = 1 << 20
    /// And the most lines.
    static let maxSample = 20_000

    init?(_ octets: [UInt8]) {
        var lines = TextLines(octets)
        var isInFence = false
        while true {
            let until = lines.position + Self.block
            var sample: [(line: ArraySlice<UInt8>, isInFence: Bool)] = []
            while lines.position < until, sample.count < Self.maxSample, let line = lines.next() {
                if Self.isFence(line) {
                    isInFence.toggle()
                } else if !line.isEmpty {
                    sample.append((line.prefix(2000), isInFence))
                }
            }
            guard !sample.isEmpty else { return nil }
            if let plan = Self.plan(sample) {
                self = plan
                return
            }
        }
    }

    /// What two plans have in common that read all lines alike.
    var signature: [String] {
        let marks = [isFenced, isDoubled, front.isLogged].map { $0 ? "1" : "0" }
        return [dialect.name, "\(indent)", "\(width)", ends.map { "\($0)" } ?? ""] + marks
    }

    /// Whether what tells the lines apart was learned from them, and may be learned otherwise from more.
    var isLearned: Bool { front.learned != nil || !Dialect.all.contains { $0.name == dialect.name } }

    private init(_ told: Told) { self.told = told }

    static func isFence(_ line: ArraySlice<UInt8>) -> Bool {
        // Perhaps within a quotation.
        let text = line.drop { $0.isBlank || $0 == UInt8(ascii: ">") }
        return text.starts(with: "```".utf8) || text.starts(with: "~~~".utf8)
    }

    private static func plan(_ sample: [(line: ArraySlice<UInt8>, isInFence: Bool)]) -> ReadingPlan? {
        let lines = sample.map(\.line)
        let plain = LineFront.plain(lines)
        let best = Self.best(plain, sample)
        let known = best.flatMap { plan($0.dialect, $0.front, sample) }
        // What a logging system puts before its lines tells sessions apart already.
        if let known, known.front.isLogged { return known }
        // What was learned is believed where the dialogue, or some of it, cannot be seen without it, or its sessions not told apart.
        var learned: (score: Double, plan: ReadingPlan)?
        for front in LineFront.learned(lines, isLogged: plain.contains(where: \.isLogged)) {
            guard let other = Self.best([front], sample) else { continue }
            // What counts lines ends in a number of three digits as well: alone it is no reply.
            let numbers = sample.count { front.take($0.line).rest.isNumberAlone }
            let score = other.score - Double(numbers)
            guard score > learned?.score ?? 0, let plan = plan(other.dialect, front, sample) else { continue }
            learned = (score, plan)
        }
        guard let learned, let best, known != nil else { return known ?? learned?.plan }
        if learned.score > best.score + 1.5 { return learned.plan }
        let tellsSessions = !best.front.isLogged && learned.plan.front.learned?.tellsSessions == true
        return tellsSessions && learned.score >= best.score ? learned.plan : known
    }

    /// The dialect that most lines speak for, and what has to be set aside before them.
    private static func best(_ fronts: [LineFront], _ sample: [(line: ArraySlice<UInt8>, isInFence: Bool)]) -> (
        score: Double, dialect: Dialect, front: LineFront
    )? {
        var best: (score: Double, dialect: Dialect, front: LineFront)?
        let texts = fronts.map { front in sample.map { front.take($0.line).rest } }
        let floor = promise(texts)
        for (front, lines) in zip(fronts, texts) {
            for dialect in Dialect.all {
                let known = max(best.map { $0.score + 0.001 } ?? 0, floor)
                guard let score = score(lines, dialect, above: known) else { continue }
                if score >= 1, score > (best?.score ?? 0) + 0.001 { best = (score, dialect, front) }
            }
        }
        // No line speaks for anything with more than 1. Where one side alone speaks, the other may have marks that nobody knows.
        let isOneSided =
            best.map { speaksOneSide($0.dialect, sample.map(\.line).map($0.front.take).map(\.rest)) } ?? false
        if let best, !isOneSided, best.score * 3 >= Double(sample.count) { return best }
        let least = (best?.score ?? 0) * (isOneSided ? 1 : 3)
        // What the table knows is preferred to what can be guessed.
        var known = 0.0
        for (front, lines) in zip(fronts, texts).reversed() {
            for dialect in [LearnedColumns(lines)?.dialect, LearnedMarks(lines)?.dialect].compactMap(\.self) {
                let score = lines.reduce(0.0) { $0 + weight($1, dialect) } * dialect.trust
                if score >= 4, score > max(least, known) {
                    known = score
                    best = (score, dialect, front)
                }
            }
        }
        return best
    }

    /// Whether no line of one side is among what a dialect reads.
    private static func speaksOneSide(_ dialect: Dialect, _ lines: [ArraySlice<UInt8>]) -> Bool {
        var sides = Sides()
        for line in lines where !sides.areBoth {
            let item = dialect.peel(line)?.item
            if case .turn = item { return false }
            let side: Side? =
                switch item {
                case .said(_, let text), .cut(_, let text, _): LineShape(text).side
                case .wrote(_, let octets): LineShape(octets.prefix { $0 != 10 && $0 != 13 }).side
                case .leftOut(let side, _): side
                case nil where dialect.unmarked == .said: LineShape(line).side
                default: nil
                }
            if let side { sides.insert(side) }
        }
        return !sides.areBoth
    }

    /// What the best will come to at least, a little less than one of them does: the one that speaks for most of some lines out
    /// of all. With that known, the others are looked at no longer than they can be better.
    private static func promise(_ texts: [[ArraySlice<UInt8>]]) -> Double {
        var first: (score: Double, dialect: Dialect, lines: [ArraySlice<UInt8>])?
        for lines in texts {
            let some = stride(from: 0, to: lines.count, by: max(1, lines.count / 100)).map { lines[$0] }
            for dialect in Dialect.all {
                let score = some.reduce(0.0) { $0 + weight($1, dialect) } * dialect.trust
                if score > first?.score ?? 0 { first = (score, dialect, lines) }
            }
        }
        return first.flatMap { score($0.lines, $0.dialect, above: 0) }.map { $0 - 0.01 } ?? 0
    }

    /// How much lines speak for a dialect; nil as soon as that cannot be more than `known` any more.
    private static func score(_ lines: [ArraySlice<UInt8>], _ dialect: Dialect, above known: Double) -> Double? {
        var sum = 0.0
        for (index, line) in lines.enumerated() {
            sum += weight(line, dialect)
            if (sum + Double(lines.count - index - 1)) * dialect.trust < known { return nil }
        }
        return sum * dialect.trust
    }

    private static func plan(
        _ dialect: Dialect,
        _ front: LineFront,
        _ sample: [(line: ArraySlice<UInt8>, isInFence: Bool)]
    ) -> ReadingPlan? {
        var (inside, outside, indent) = (0, 0, Int.max)
        var shaped: [(line: ArraySlice<UInt8>, process: [UInt8]?)] = []
        var texts: [ArraySlice<UInt8>] = []
        var told: [(raw: ArraySlice<UInt8>, item: Peeled.Item)] = []
        var processes: Set<[UInt8]> = []
        var isMail = false
        var hasLink = false
        var asksLinesBehind = false
        for entry in sample {
            let taken = front.take(entry.line)
            let line = taken.rest
            asksLinesBehind = asksLinesBehind || Self.asksLinesBehind(line, dialect)
            if case .link = dialect.peel(line)?.item { hasLink = true }
            guard weight(line, dialect) >= 1 else { continue }
            if shaped.isEmpty { isMail = isRefusal(line, dialect, hasLink: hasLink) }
            shaped.append((line, taken.process))
            let item = dialect.peel(line)?.item
            if case .said(_, let text) = item { texts.append(text) }
            told.append((entry.line, item ?? .said(nil, line)))
            if let process = taken.process, !process.isEmpty { processes.insert(process) }
            isMail = isMail || isSign(line, dialect)
            if entry.isInFence { inside += 1 } else { outside += 1 }
            indent = min(indent, line.prefix { $0 == 32 }.count)
        }
        guard isMail else { return nil }
        let pairs = stride(from: 0, to: shaped.count - 1, by: 2).count { at in
            shaped[at].line.elementsEqual(shaped[at + 1].line) && shaped[at].process == shaped[at + 1].process
        }
        let longest = sample.reduce(0) { max($0, $1.line.count) }
        let plan = Told(
            dialect,
            front,
            inside > outside,
            indent == .max ? 0 : indent,
            shaped.count >= 4 && pairs * 2 == shaped.count - shaped.count % 2,
            [80, 100, 120, 132].contains(longest) ? longest : 0,
            WrittenEnds(texts),
            processes.count > 1 ? nil : EchoingVoices(told),
            asksLinesBehind
        )
        return ReadingPlan(plan)
    }

    /// Whether it may be a greeting in a frame of its own, or the end of mail data that stands there without marks.
    private static func asksLinesBehind(_ line: ArraySlice<UInt8>, _ dialect: Dialect) -> Bool {
        switch dialect.peel(line)?.item {
        case nil: ReadingRun.framed(line) != nil || dialect.unmarked == .goesOn && LineShape(line) == .dot
        case .goesOn(let words), .remark(let words): ReadingRun.framed(words) != nil
        default: false
        }
    }

    /// Whether the line is one that SMTP has and HTTP, FTP and lists of numbers have not.
    private static func isSign(_ line: ArraySlice<UInt8>, _ dialect: Dialect) -> Bool {
        let shape: LineShape
        switch dialect.peel(line)?.item {
        case .said(_, let text), .cut(_, let text, _): shape = LineShape(text)
        case .turn(let command, let reply): shape = LineShape(command.isEmpty ? reply : command)
        case .wrote(_, let octets): shape = LineShape(octets.prefix { $0 != 13 && $0 != 10 })
        default: shape = LineShape(line)
        }
        switch shape {
        case .command(let verb): return verb != .help && verb != .noop && verb != .quit && verb != .auth
        case .reply(let code, _): return [220, 221, 235, 250, 334, 354].contains(code)
        case .dot, .blank, .other: return false
        }
    }

    /// Whether the line refuses a connection that the log tells of, or that it marks as the server's (RFC 5321 §3.1).
    ///
    /// A `>` before it is no such mark: mails quote replies so.
    private static func isRefusal(_ line: ArraySlice<UInt8>, _ dialect: Dialect, hasLink: Bool) -> Bool {
        var text = line
        var isMarked = false
        if case .said(let mark, let said) = dialect.peel(line)?.item {
            // Something was taken off: sendmail's replies have no mark.
            isMarked =
                mark == .server && said.startIndex > line.trimmed.startIndex
                && !"<>".utf8.contains(line.trimmed.first ?? 0)
            text = said
        }
        guard case .reply(let code, _) = LineShape(text), code >= 400 else { return false }
        return hasLink || isMarked
    }

    /// Whether a line by itself may be one of a dialogue, behind nothing or what a logging system puts before it.
    static func maySpeak(_ line: ArraySlice<UInt8>) -> Bool {
        let start = line.prefix(2000)
        return [LineFront(), LineFront(isLogged: true)].contains { front in
            let rest = front.take(start).rest
            return Dialect.all.contains { weight(rest, $0) >= 0.9 }
        }
    }

    /// How much a line speaks for a dialect: 1 for a reply or a command under its marks, a little for its other words.
    private static func weight(_ line: ArraySlice<UInt8>, _ dialect: Dialect) -> Double {
        guard let peeled = dialect.peel(line) else {
            guard let side = LineShape(line).side else { return 0 }
            // Lines of a reply that have no mark of their own speak for marks as well.
            guard dialect.unmarked == .said else { return side == .server ? 0.9 : 0 }
            return side == .server || line.count < 1000 ? 1 : 0
        }
        switch peeled.item {
        case .said(_, let text), .cut(_, let text, _):
            return LineShape(text.prefix { $0 != 10 }).side == nil ? 0.01 : 1
        case .wrote(_, let octets): return LineShape(octets.prefix { $0 != 13 && $0 != 10 }).side == nil ? 0.01 : 1
        case .turn: return 1
        case .leftOut: return 0.1
        case .link, .remark, .either, .goesOn, .wraps, .unsent, .again: return 0.01
        }
    }
}

extension ArraySlice<UInt8> {
    /// Whether it is three digits and nothing else.
    fileprivate var isNumberAlone: Bool { count == 3 && allSatisfy { (0x30...0x39).contains($0) } }
}
